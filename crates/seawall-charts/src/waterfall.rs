//! How do the bits of evidence add up, and which of them do not count?

use maud::{Markup, html};
use seawall_core::campaign::evidence::probability;

use crate::{
    pixel::px,
    scale::{Linear, round_step, whole},
    text::{bits, percent, times, visible},
};

mod steps;

pub use steps::{campaign_steps, member_steps};

const ROW: f64 = 34.0;
const ROW_NARROW: f64 = 46.0;
const BAR: f64 = 18.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 40.0;
/// From this width on, labels stand beside the bars instead of above them.
const WIDE: f64 = 560.0;
/// Bits up to which "times as likely" is written.
const RATIO_BITS_MAX: f64 = 20.0;

/// What a bar means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// What is known before any evidence.
    Prior,
    /// Evidence that counts.
    Counted,
    /// Evidence that an innocent explanation accounts for: hatched, and added only after the total.
    Excused,
    /// The sum that is stated.
    Total,
    /// What the sum would be with nothing excused: outlined.
    TotalUnexcused,
}

/// One bar.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// What it is, for people.
    pub label: String,
    /// What it rests on, shorter than a line; may be empty.
    pub detail: String,
    /// Its length; a total starts at zero, everything else where the bar above it ended.
    pub bits: f64,
    /// What it means.
    pub meaning: Meaning,
}

/// What [`waterfall`] draws.
#[derive(Clone, Copy, Debug)]
pub struct Waterfall<'a> {
    /// Unique within the page; ASCII letters, digits, hyphens.
    pub id: &'a str,
    /// The picture in one line, for those who do not see it.
    pub title: &'a str,
    /// From top to bottom.
    pub steps: &'a [Step],
    /// Bits from which something is reported, drawn as a line.
    pub threshold: Option<f64>,
    /// Width in CSS pixels, at least 280.
    pub width: f64,
}

/// A bar with its two ends.
struct Placed<'a> {
    step: &'a Step,
    from: f64,
    to: f64,
}

/// What stands on the second axis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Second {
    /// How many times as likely.
    Times,
    /// The probability that the bits so far come to, where they begin with a prior.
    Probability,
}

/// Bits of evidence as a waterfall, with "times as likely" on a second axis.
pub fn waterfall(input: &Waterfall<'_>) -> String {
    drawn(input, Second::Times)
}

/// The same where the first bar is a prior: with the probability that the bits come to on the second axis.
pub fn waterfall_from_prior(input: &Waterfall<'_>) -> String {
    drawn(input, Second::Probability)
}

fn drawn(input: &Waterfall<'_>, second: Second) -> String {
    let width = input.width.max(280.0);
    let wide = width >= WIDE;
    let row = if wide { ROW } else { ROW_NARROW };
    let left = if wide { 212.0 } else { 18.0 };
    let placed = place(input.steps);
    let ends = placed.iter().flat_map(|bar| [bar.from, bar.to]);
    let (low, high) =
        ends.fold((0.0_f64, 21.0_f64), |(low, high), end| (low.min(end), high.max(end)));
    let x = Linear::new((low, high), (left, width - 58.0));
    let height = TOP + row * placed.len() as f64 + BOTTOM;
    let bottom = height - BOTTOM;
    let threshold = input.threshold.filter(|bits| *bits > low && *bits < high);
    html! {
        svg .chart xmlns="http://www.w3.org/2000/svg" role="img" width=(px(width)) height=(px(height))
            viewBox={ "0 0 " (px(width)) " " (px(height)) } aria-labelledby={ (input.id) "-t " (input.id) "-d" } {
            title id={ (input.id) "-t" } { (visible(input.title, 160)) }
            desc id={ (input.id) "-d" } { (description(input.steps)) }
            defs {
                pattern id={ (input.id) "-h" } width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)" {
                    line .hatch x1="0" y1="0" x2="0" y2="6" {}
                }
            }
            (axis(x, (low, high), bottom, second))
            @if let Some(bits) = threshold {
                line .threshold x1=(px(x.at(bits))) x2=(px(x.at(bits))) y1=(px(TOP - 8.0)) y2=(px(bottom)) {}
                text .soft x=(px((x.at(bits) - 50.0).max(2.0))) y=(px(TOP - 13.0)) { "reported from here" }
            }
            @for (index, bar) in placed.iter().enumerate() {
                (draw(input.id, bar, x, TOP + row * index as f64, wide, placed.get(index + 1)))
            }
        }
    }
    .into_string()
}

fn place(steps: &[Step]) -> Vec<Placed<'_>> {
    let mut at = 0.0;
    steps
        .iter()
        .map(|step| {
            if matches!(step.meaning, Meaning::Total | Meaning::TotalUnexcused) {
                return Placed { step, from: 0.0, to: step.bits };
            }
            let from = at;
            at += step.bits;
            Placed { step, from, to: at }
        })
        .collect()
}

fn description(steps: &[Step]) -> String {
    let parts: Vec<String> = steps
        .iter()
        .map(|step| {
            let note = if step.meaning == Meaning::Excused { ", excused" } else { "" };
            format!("{}: {} bits{note}", visible(&step.label, 32), bits(step.bits))
        })
        .collect();
    format!("{}.", parts.join("; "))
}

fn axis(x: Linear, (low, high): (f64, f64), bottom: f64, second: Second) -> Markup {
    // At least 70 pixels between marks, so that "×32,000" fits below.
    let fitting = ((x.at(high) - x.at(low)) / 70.0).max(1.0);
    let step = round_step(high - low, fitting, 5.0);
    let marks = (0..=whole((high - low) / step) + 1)
        .map(|index| (low / step).ceil() * step + index as f64 * step)
        .take_while(|mark| *mark <= high);
    html! {
        @for mark in marks {
            line .(if mark.abs() < 0.5 { "axis" } else { "rule" }) x1=(px(x.at(mark))) x2=(px(x.at(mark))) y1=(px(TOP - 6.0)) y2=(px(bottom)) {}
            text .soft .middle x=(px(x.at(mark))) y=(px(bottom + 15.0)) { (mark_label(mark)) }
            // Ratios beyond what is ever stated would suggest a certainty that no model has.
            @if second == Second::Probability {
                text .soft .middle x=(px(x.at(mark))) y=(px(bottom + 30.0)) { (probability_label(mark)) }
            } @else if mark <= RATIO_BITS_MAX {
                text .soft .middle x=(px(x.at(mark))) y=(px(bottom + 30.0)) { (ratio_label(mark)) }
            }
        }
    }
}

fn mark_label(mark: f64) -> String {
    let text = bits(mark);
    let number = text.strip_suffix(".0").unwrap_or(&text);
    if mark.abs() < 0.5 { "0 bits".to_owned() } else { number.to_owned() }
}

/// Never certain: a model says it.
fn probability_label(mark: f64) -> String {
    match probability(mark) {
        below if below < 0.001 => "<0.1 %".to_owned(),
        above if above > 0.999 => ">99.9 %".to_owned(),
        between => percent(between),
    }
}

fn ratio_label(mark: f64) -> String {
    if mark < 0.0 { format!("÷{}", times(-mark)) } else { format!("×{}", times(mark)) }
}

fn draw(
    id: &str,
    bar: &Placed<'_>,
    x: Linear,
    top: f64,
    wide: bool,
    next: Option<&Placed<'_>>,
) -> Markup {
    let (from, to) = (x.at(bar.from.min(bar.to)), x.at(bar.from.max(bar.to)));
    let bar_top = if wide { top + (ROW - BAR) / 2.0 } else { top + ROW_NARROW - BAR - 5.0 };
    let total = matches!(bar.step.meaning, Meaning::Total | Meaning::TotalUnexcused);
    let class = class(bar.step);
    let joint =
        next.filter(|next| (next.from - bar.to).abs() < 1e-9 && !total).map(|_| x.at(bar.to));
    let row = if wide { ROW } else { ROW_NARROW };
    html! {
        @if wide {
            @let middle = top + ROW / 2.0;
            @if bar.step.detail.is_empty() {
                text .end .strong[total] x="200" y=(px(middle + 4.0)) { (visible(&bar.step.label, 32)) }
            } @else {
                text .end .strong[total] x="200" y=(px(middle - 2.0)) { (visible(&bar.step.label, 32)) }
                text .end .soft x="200" y=(px(middle + 12.0)) { (visible(&bar.step.detail, 34)) }
            }
        } @else {
            text .halo .strong[total] x="18" y=(px(top + 16.0)) {
                (visible(&bar.step.label, 30))
                @if !bar.step.detail.is_empty() {
                    tspan .soft dx="6" { (visible(&bar.step.detail, 26)) }
                }
            }
        }
        @if let Some(at) = joint {
            line .joint x1=(px(at)) x2=(px(at)) y1=(px(bar_top + BAR)) y2=(px(bar_top + row)) {}
        }
        rect class=(class) x=(px(from)) y=(px(bar_top)) width=(px((to - from).max(1.0))) height=(px(BAR)) rx="2"
            fill=[(bar.step.meaning == Meaning::Excused).then(|| format!("url(#{id}-h)"))] {}
        text .halo .strong[total] x=(px(to + 6.0)) y=(px(bar_top + BAR / 2.0 + 4.0)) { (bits(bar.step.bits)) }
    }
}

fn class(step: &Step) -> &'static str {
    match step.meaning {
        Meaning::Prior => "bar prior",
        Meaning::Counted if step.bits < 0.0 => "bar against",
        Meaning::Counted => "bar",
        // A fill of the stylesheet would win over the hatch.
        Meaning::Excused => "excused",
        Meaning::Total => "bar total",
        Meaning::TotalUnexcused => "bar outline",
    }
}
