//! How do bits of evidence add up, on a terminal?

use std::io::{self, Write};

use seawall_charts::text::{bits, visible};

use crate::console::{SOFT, STRONG};

const LABEL: usize = 24;
const BITS: usize = 7;
const BAR_MIN: usize = 20;
const BAR_MAX: usize = 60;

/// One bar.
pub(crate) struct Bar {
    pub(crate) label: String,
    /// What it rests on; may be empty.
    pub(crate) detail: String,
    pub(crate) bits: f64,
    /// A total starts at zero, everything else where the bar above ended.
    pub(crate) total: bool,
    /// Drawn lighter: what is known before any evidence.
    pub(crate) light: bool,
}

/// Draws the bars, no line wider than `width` columns.
pub(crate) fn write(out: &mut dyn Write, bars: &[Bar], width: usize) -> io::Result<()> {
    let detail =
        bars.iter().map(|bar| bar.detail.chars().count()).max().unwrap_or_default().min(28);
    let room = width.saturating_sub(LABEL + BITS + detail + 6).clamp(BAR_MIN, BAR_MAX);
    let placed = place(bars);
    let ends = placed.iter().flat_map(|(from, to)| [*from, *to]);
    let (low, high) =
        ends.fold((0.0_f64, 1.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let column = |value: f64| (value - low) / (high - low) * room as f64;
    for (bar, (from, to)) in bars.iter().zip(&placed) {
        let start = cells(column(from.min(*to)));
        let end = cells(column(from.max(*to))).max(start + 1).min(room);
        let start = start.min(end - 1);
        let zero = cells(column(0.0)).min(room - 1);
        let mark = if bar.light { '░' } else { '█' };
        let line: String = (0..room)
            .map(|cell| match cell {
                cell if (start..end).contains(&cell) => mark,
                cell if cell == zero => '│',
                _ => ' ',
            })
            .collect();
        let style = if bar.total { STRONG } else { anstyle::Style::new() };
        let text = format!(
            "{style}{:<LABEL$} {:>BITS$}{style:#}  {line}",
            visible(&bar.label, LABEL - 1),
            bits(bar.bits),
        );
        write!(out, "{}", text.trim_end())?;
        if bar.detail.is_empty() {
            writeln!(out)?;
        } else {
            // Details stand below each other, whatever the bars end with.
            let gap = line.chars().rev().take_while(|cell| *cell == ' ').count() + 2;
            writeln!(out, "{:gap$}{SOFT}{}{SOFT:#}", "", visible(&bar.detail, 27))?;
        }
    }
    Ok(())
}

fn place(bars: &[Bar]) -> Vec<(f64, f64)> {
    let mut at = 0.0;
    bars.iter()
        .map(|bar| {
            if bar.total {
                return (0.0, bar.bits);
            }
            let from = at;
            at += bar.bits;
            (from, at)
        })
        .collect()
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, as wanted"
)]
fn cells(value: f64) -> usize {
    value.round() as usize
}
