//! When did the accounts come, and which of them came in campaigns?

use std::fmt::Write as _;

use maud::{Markup, html};
use seawall_core::campaign::findings::Series;

use crate::{
    COLOURS,
    calendar::{self, Mark},
    pixel::{Pixel, px},
    scale::{Linear, rebin, round_step, whole},
    text::{count, visible},
};

const LEFT: f64 = 52.0;
const RIGHT: f64 = 14.0;
const TOP: f64 = 30.0;
const PLOT: f64 = 200.0;
const LANE: f64 = 50.0;
const LANE_PLOT: f64 = 24.0;
const AXIS: f64 = 24.0;
/// Radius of a campaign's number.
const BADGE: f64 = 9.0;

/// The signups of one campaign.
#[derive(Clone, Copy, Debug)]
pub struct Burst<'a> {
    /// Its place in the list of campaigns, from 1; 0 for several taken together.
    pub number: usize,
    /// Its colour, 1 to [`COLOURS`]; 0 for the colour that many share.
    pub colour: usize,
    /// Its name.
    pub name: &'a str,
    /// Its signups, in the steps of the whole input.
    pub series: &'a Series,
}

/// What [`signups`] draws.
#[derive(Clone, Copy, Debug)]
pub struct Signups<'a> {
    /// Unique within the page; ASCII letters, digits, hyphens.
    pub id: &'a str,
    /// All signups.
    pub all: &'a Series,
    /// Campaigns to tell apart, from the base line upwards.
    pub bursts: &'a [Burst<'a>],
    /// Width in CSS pixels, at least 280.
    pub width: f64,
}

/// The counts of a chart, all in the same bins.
struct Binned {
    all: Vec<u64>,
    bursts: Vec<Vec<u64>>,
    start_seconds: i64,
    bin_seconds: i64,
}

/// Signups over time: campaigns stacked on the base line, everyone else above them, and below a lane
/// for each campaign at a height of its own.
pub fn signups(input: &Signups<'_>) -> String {
    let width = input.width.max(280.0);
    let binned = Binned::new(input, (width - LEFT - RIGHT) / 3.0);
    let x = binned.horizontal(width);
    let lanes_top = TOP + PLOT + 14.0;
    let height = lanes_top + LANE * input.bursts.len() as f64 + AXIS;
    let marks = binned.marks(width);
    html! {
        svg .chart xmlns="http://www.w3.org/2000/svg" role="img" width=(px(width)) height=(px(height))
            viewBox={ "0 0 " (px(width)) " " (px(height)) } aria-labelledby={ (input.id) "-t " (input.id) "-d" } {
            title id={ (input.id) "-t" } { "Signups over time" }
            desc id={ (input.id) "-d" } { (description(input, &binned)) }
            (grid(&marks, x, height - AXIS))
            (stack(input, &binned, x, width))
            @for (index, burst) in input.bursts.iter().enumerate() {
                (lane(burst, &binned.bursts[index], &binned, x, lanes_top + LANE * index as f64, width))
            }
            (time_axis(&marks, x, height - 7.0, width))
        }
    }
    .into_string()
}

/// The signups of one campaign alone, `width` CSS pixels wide.
pub fn burst(id: &str, series: &Series, width: f64) -> String {
    let empty = Signups { id, all: series, bursts: &[], width };
    let width = width.max(280.0);
    let binned = Binned::new(&empty, (width - LEFT - RIGHT) / 3.0);
    let x = binned.horizontal(width);
    let (top, plot) = (10.0, 74.0);
    let height = top + plot + AXIS;
    let peak = binned.all.iter().copied().max().unwrap_or_default();
    let y = Linear::new((0.0, peak.max(1) as f64), (top + plot, top));
    let marks = binned.marks(width);
    let step = calendar::length(binned.bin_seconds);
    html! {
        svg .chart xmlns="http://www.w3.org/2000/svg" role="img" width=(px(width)) height=(px(height))
            viewBox={ "0 0 " (px(width)) " " (px(height)) } aria-labelledby={ (id) "-t " (id) "-d" } {
            title id={ (id) "-t" } { "Signups of this campaign over time" }
            desc id={ (id) "-d" } {
                (count(series.counts.iter().sum())) " signups; at most " (count(peak)) " in " (step) "."
            }
            (grid(&marks, x, top + plot))
            line .axis x1=(px(LEFT)) x2=(px(width - RIGHT)) y1=(px(top + plot)) y2=(px(top + plot)) {}
            path .bar d=(area(&binned.all, None, x, y)) {}
            text .soft .end x=(px(LEFT - 8.0)) y=(px(top + 9.0)) { (count(peak)) }
            text .soft .end x=(px(LEFT - 8.0)) y=(px(top + plot)) { "0" }
            text .soft .end x=(px(LEFT - 8.0)) y=(px(top + plot / 2.0 + 4.0)) { "in " (step) }
            (time_axis(&marks, x, height - 7.0, width))
        }
    }
    .into_string()
}

impl Binned {
    fn new(input: &Signups<'_>, bins_max: f64) -> Self {
        let (all, merged) = rebin(&input.all.counts, whole(bins_max).max(1));
        let bursts = input
            .bursts
            .iter()
            .map(|burst| {
                let mut bins: Vec<u64> =
                    burst.series.counts.chunks(merged).map(|chunk| chunk.iter().sum()).collect();
                bins.resize(all.len(), 0);
                bins
            })
            .collect();
        let merged = i64::try_from(merged).unwrap_or(1);
        Self {
            all,
            bursts,
            start_seconds: input.all.start_seconds,
            bin_seconds: input.all.step_seconds.max(1).saturating_mul(merged),
        }
    }

    fn end_seconds(&self) -> i64 {
        let bins = i64::try_from(self.all.len()).unwrap_or(i64::MAX);
        self.start_seconds.saturating_add(self.bin_seconds.saturating_mul(bins))
    }

    /// From the number of a bin to its left edge.
    fn horizontal(&self, width: f64) -> Linear {
        Linear::new((0.0, self.all.len().max(1) as f64), (LEFT, width - RIGHT))
    }

    /// Marks, their time replaced by the (fractional) number of a bin.
    fn marks(&self, width: f64) -> Vec<(f64, Mark)> {
        let marks_max = whole((width - LEFT - RIGHT) / 90.0).max(2);
        calendar::marks(self.start_seconds, self.end_seconds(), marks_max)
            .into_iter()
            .map(|mark| {
                ((mark.seconds - self.start_seconds) as f64 / self.bin_seconds as f64, mark)
            })
            .collect()
    }
}

fn description(input: &Signups<'_>, binned: &Binned) -> String {
    let step = calendar::length(binned.bin_seconds);
    let peak = |bins: &[u64]| count(bins.iter().copied().max().unwrap_or_default());
    let mut sentences = vec![format!(
        "{} signups; the busiest {step} had {}.",
        count(input.all.counts.iter().sum()),
        peak(&binned.all)
    )];
    for (burst, bins) in input.bursts.iter().zip(&binned.bursts) {
        sentences.push(format!(
            "Campaign {}: {} signups, at most {} in {step}.",
            burst.number,
            count(burst.series.counts.iter().sum()),
            peak(bins)
        ));
    }
    sentences.join(" ")
}

pub(crate) fn grid(marks: &[(f64, Mark)], x: Linear, bottom: f64) -> Markup {
    html! {
        @for (bin, _) in marks {
            line .rule x1=(px(x.at(*bin))) x2=(px(x.at(*bin))) y1="8" y2=(px(bottom)) {}
        }
    }
}

pub(crate) fn time_axis(marks: &[(f64, Mark)], x: Linear, baseline: f64, width: f64) -> Markup {
    html! {
        // A mark too near the right end would be cut off.
        @for (bin, mark) in marks.iter().filter(|(bin, _)| x.at(*bin) + 46.0 <= width) {
            text .soft x=(px(x.at(*bin))) y=(px(baseline)) { (mark.label) }
        }
    }
}

fn stack(input: &Signups<'_>, binned: &Binned, x: Linear, width: f64) -> Markup {
    let bottom = TOP + PLOT;
    let mut below = vec![0_u64; binned.all.len()];
    let mut layers = Vec::new();
    for (burst, bins) in input.bursts.iter().zip(&binned.bursts) {
        let top: Vec<u64> = below.iter().zip(bins).map(|(base, more)| base + more).collect();
        layers.push((burst, below, top.clone()));
        below = top;
    }
    let total: Vec<u64> = binned.all.iter().zip(&below).map(|(all, base)| *all.max(base)).collect();
    let peak = total.iter().copied().max().unwrap_or_default().max(1) as f64;
    let step = round_step(peak, 4.0, 1.0);
    let y = Linear::new((0.0, (peak / step).ceil() * step), (bottom, TOP));
    let badges = badges(input, binned, x);
    html! {
        @for tick in ticks(step, peak) {
            line .rule x1=(px(LEFT)) x2=(px(width - RIGHT)) y1=(px(y.at(tick))) y2=(px(y.at(tick))) {}
            text .soft .end x=(px(LEFT - 8.0)) y=(px(y.at(tick) + 4.0)) { (count(whole(tick) as u64)) }
        }
        path .rest d=(area(&total, Some(&below), x, y)) {}
        @for (burst, base, top) in &layers {
            path .area.(colour(burst.colour)) d=(area(top, Some(base), x, y)) {
                title { (visible(burst.name, 80)) }
            }
        }
        line .axis x1=(px(LEFT)) x2=(px(width - RIGHT)) y1=(px(bottom)) y2=(px(bottom)) {}
        @for (burst, from, to) in badges {
            path .leader d={ "M" (px(to)) " " (px(TOP - 8.0)) "L" (px(from)) " " (px(TOP)) "V" (px(bottom)) } {}
            (badge(burst, to, TOP - 17.0))
        }
    }
}

/// Where each campaign's number goes: (campaign, its peak, its place), moved apart so that none hides
/// another.
fn badges<'a>(
    input: &'a Signups<'_>,
    binned: &Binned,
    x: Linear,
) -> Vec<(&'a Burst<'a>, f64, f64)> {
    let mut places: Vec<(&Burst<'_>, f64, f64)> = input
        .bursts
        .iter()
        .zip(&binned.bursts)
        .map(|(burst, bins)| {
            let peak = bins.iter().copied().max().unwrap_or_default();
            let bin = bins.iter().position(|count| *count == peak).unwrap_or_default();
            let at = x.at(bin as f64 + 0.5);
            (burst, at, at)
        })
        .collect();
    places
        .sort_by(|left, right| left.1.total_cmp(&right.1).then(left.0.number.cmp(&right.0.number)));
    let apart = 2.0 * BADGE + 3.0;
    for index in 1..places.len() {
        places[index].2 = places[index].2.max(places[index - 1].2 + apart);
    }
    let mut limit = input.width.max(280.0) - BADGE;
    for place in places.iter_mut().rev() {
        place.2 = place.2.min(limit);
        limit = place.2 - apart;
    }
    places
}

fn lane(
    burst: &Burst<'_>,
    bins: &[u64],
    binned: &Binned,
    x: Linear,
    top: f64,
    width: f64,
) -> Markup {
    let peak = bins.iter().copied().max().unwrap_or_default();
    let bottom = top + LANE - 6.0;
    let y = Linear::new((0.0, peak.max(1) as f64), (bottom, bottom - LANE_PLOT));
    let note = format!("at most {} in {}", count(peak), calendar::length(binned.bin_seconds));
    let letters = whole((width - LEFT - RIGHT) / 7.0);
    let letters = letters.saturating_sub(note.chars().count() + 2);
    html! {
        (badge(burst, LEFT / 2.0, bottom - LANE_PLOT / 2.0))
        text x=(px(LEFT)) y=(px(top + 13.0)) {
            tspan .strong { (visible(burst.name, letters)) }
        }
        text .soft .end x=(px(width - RIGHT)) y=(px(top + 13.0)) { (note) }
        path .(colour(burst.colour)) d=(area(bins, None, x, y)) {}
        line .axis x1=(px(LEFT)) x2=(px(width - RIGHT)) y1=(px(bottom)) y2=(px(bottom)) {}
    }
}

fn badge(burst: &Burst<'_>, x: f64, y: f64) -> Markup {
    html! {
        circle .(colour(burst.colour)) cx=(px(x)) cy=(px(y)) r=(px(BADGE)) {}
        text .badge x=(px(x)) y=(px(y + 4.0)) {
            @if burst.number == 0 { "+" } @else { (burst.number) }
        }
    }
}

/// The class of a colour, 0 where it is none of [`COLOURS`].
pub(crate) fn colour(number: usize) -> String {
    format!("c{}", if number <= COLOURS { number } else { 0 })
}

fn ticks(step: f64, peak: f64) -> impl Iterator<Item = f64> {
    (1..=12).map(move |index| f64::from(index) * step).take_while(move |tick| *tick < peak + step)
}

/// The area between two stairs; the base line where there is no lower one.
pub(crate) fn area(top: &[u64], base: Option<&[u64]>, x: Linear, y: Linear) -> String {
    let zero = px(y.at(0.0));
    let mut path = format!("M{} {zero}", px(x.at(0.0)));
    let mut last = zero;
    for (index, value) in top.iter().enumerate() {
        let level = px(y.at(*value as f64));
        if level != last || index == 0 {
            put(&mut path, px(x.at(index as f64)), level);
            last = level;
        }
    }
    write!(path, "H{}", px(x.at(top.len() as f64))).expect("a String accepts every write");
    last = px(f64::INFINITY);
    for (index, value) in base.unwrap_or_default().iter().enumerate().rev() {
        let level = px(y.at(*value as f64));
        if level != last {
            put(&mut path, px(x.at(index as f64 + 1.0)), level);
            last = level;
        }
    }
    if base.is_none() {
        write!(path, "V{zero}").expect("a String accepts every write");
    }
    path.push('Z');
    path
}

fn put(path: &mut String, x: Pixel, level: Pixel) {
    write!(path, "H{x}V{level}").expect("a String accepts every write");
}
