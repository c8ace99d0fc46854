//! What happened when? Lanes over one axis of time, with bursts as bands behind them.

use maud::{Markup, html};
use seawall_core::campaign::findings::Series;

use crate::{
    calendar::{self, Mark, length, moment_of},
    pixel::px,
    scale::{Linear, rebin, whole},
    signups::{area, grid, time_axis},
    table::{Cell, Table},
    text::{count, counted, visible},
};

const COUNTS_HEIGHT: f64 = 74.0;
const EVENTS_HEIGHT: f64 = 38.0;
/// Room for the name of a lane above it, where there is none beside it.
const NAME_HEIGHT: f64 = 18.0;
const TOP: f64 = 26.0;
const AXIS: f64 = 24.0;
const RIGHT: f64 = 14.0;
/// From this width on, names stand beside their lanes.
const WIDE: f64 = 640.0;
/// Events closer than this, in CSS pixels, are one mark with a number.
const APART: f64 = 16.0;
/// Characters of a band's label.
const LABEL_CHARACTERS: usize = 24;
/// Events named when pointing at a mark.
const NAMED_MAX: usize = 8;

/// What [`timeline`] draws.
#[derive(Clone, Copy, Debug)]
pub struct Timeline<'a> {
    /// Unique within the page; ASCII letters, digits, hyphens.
    pub id: &'a str,
    /// The picture in one line, for those who do not see it.
    pub title: &'a str,
    /// Times to stand out, behind all lanes.
    pub bands: &'a [Band],
    /// From top to bottom.
    pub lanes: &'a [Lane<'a>],
    /// Width in CSS pixels, at least 280.
    pub width: f64,
}

/// A time that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Band {
    /// Its start, seconds since the Unix epoch.
    pub from_seconds: i64,
    /// Its end.
    pub until_seconds: i64,
    /// What it is, short.
    pub label: String,
}

/// Things of one sort.
#[derive(Clone, Copy, Debug)]
pub struct Lane<'a> {
    /// What they are.
    pub name: &'a str,
    /// They.
    pub content: Content<'a>,
}

/// What stands in a lane.
#[derive(Clone, Copy, Debug)]
pub enum Content<'a> {
    /// How many there were in each step.
    Counts(&'a Series),
    /// Single things.
    Events(&'a [Moment]),
}

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// When, seconds since the Unix epoch.
    pub at_seconds: i64,
    /// What, in a few words.
    pub label: String,
    /// How it is drawn.
    pub mark: Sort,
}

/// The shape of a mark: each says something, so that colour need not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sort {
    /// A dot: something happened.
    #[default]
    Plain,
    /// A diamond: something was asked for or doubted.
    Doubt,
    /// A square: something was done about it.
    Done,
    /// A cross: something was refused or failed.
    Refused,
}

/// Draws lanes over one axis of time.
pub fn timeline(input: &Timeline<'_>) -> String {
    let width = input.width.max(280.0);
    let left = if width >= WIDE { 128.0 } else { 14.0 };
    let (from, until) = span(input);
    let x = Linear::new((from as f64, until as f64), (left, width - RIGHT));
    let tops = tops(input, width);
    let bottom = tops.last().copied().unwrap_or(TOP);
    let height = bottom + AXIS;
    let marks_max = whole((width - left - RIGHT) / 90.0).max(2);
    let marks: Vec<(f64, Mark)> = calendar::marks(from, until, marks_max)
        .into_iter()
        .map(|mark| (mark.seconds as f64, mark))
        .collect();
    html! {
        svg .chart .timeline xmlns="http://www.w3.org/2000/svg" role="img" width=(px(width)) height=(px(height))
            viewBox={ "0 0 " (px(width)) " " (px(height)) } aria-labelledby={ (input.id) "-t " (input.id) "-d" } {
            title id={ (input.id) "-t" } { (visible(input.title, 160)) }
            desc id={ (input.id) "-d" } { (description(input)) }
            @for (band, label) in input.bands.iter().zip(labels(input.bands, x, width)) { (draw_band(band, label, x, bottom)) }
            (grid(&marks, x, bottom))
            @for (lane, tops) in input.lanes.iter().zip(tops.windows(2)) {
                (draw_lane(lane, x, (tops[0], tops[1]), width))
            }
            (time_axis(&marks, x, height - 7.0, width))
        }
    }
    .into_string()
}

/// The same as rows, in the order of time within each lane.
pub fn timeline_table(input: &Timeline<'_>) -> Table {
    let mut table = Table::new(&["lane", "at", "what", "count"]);
    for band in input.bands {
        let what = format!("{}, until {}", band.label, moment_of(band.until_seconds));
        table.rows.push(vec![
            "burst".into(),
            moment_of(band.from_seconds).into(),
            what.into(),
            Cell::None,
        ]);
    }
    for lane in input.lanes {
        match lane.content {
            Content::Counts(series) => {
                let steps = (0..).zip(&series.counts).filter(|(_, count)| **count > 0);
                for (step, number) in steps {
                    table.rows.push(vec![
                        lane.name.into(),
                        moment_of(step_start(series, step)).into(),
                        format!("in {}", length(series.step_seconds)).into(),
                        Cell::Count(*number),
                    ]);
                }
            }
            Content::Events(moments) => {
                for moment in sorted(moments) {
                    table.rows.push(vec![
                        lane.name.into(),
                        moment_of(moment.at_seconds).into(),
                        moment.label.clone().into(),
                        Cell::None,
                    ]);
                }
            }
        }
    }
    table
}

fn step_start(series: &Series, step: i64) -> i64 {
    series.start_seconds.saturating_add(series.step_seconds.max(1).saturating_mul(step))
}

fn sorted(moments: &[Moment]) -> Vec<&Moment> {
    let mut sorted: Vec<&Moment> = moments.iter().collect();
    sorted.sort_by(|a, b| a.at_seconds.cmp(&b.at_seconds).then(a.label.cmp(&b.label)));
    sorted
}

/// From the first thing to the last, and a little beyond; a day where there is nothing.
fn span(input: &Timeline<'_>) -> (i64, i64) {
    let mut ends: Vec<i64> =
        input.bands.iter().flat_map(|band| [band.from_seconds, band.until_seconds]).collect();
    for lane in input.lanes {
        match lane.content {
            Content::Counts(series) => {
                let steps = i64::try_from(series.counts.len()).unwrap_or(i64::MAX);
                ends.extend([series.start_seconds, step_start(series, steps)]);
            }
            Content::Events(moments) => ends.extend(moments.iter().map(|moment| moment.at_seconds)),
        }
    }
    let first = ends.iter().min().copied().unwrap_or(0);
    let last = ends.iter().max().copied().unwrap_or(86_400);
    let beyond = (last.saturating_sub(first) / 50).max(30);
    let only_counts = input.lanes.iter().all(|lane| matches!(lane.content, Content::Counts(_)));
    if only_counts && !input.lanes.is_empty() {
        (first, last)
    } else {
        (first.saturating_sub(beyond), last.saturating_add(beyond))
    }
}

/// Where each lane begins, and where the last ends.
fn tops(input: &Timeline<'_>, width: f64) -> Vec<f64> {
    let name = if width >= WIDE { 0.0 } else { NAME_HEIGHT };
    let mut at = if input.bands.is_empty() { 10.0 } else { TOP };
    let mut tops = vec![at];
    for lane in input.lanes {
        at += name
            + match lane.content {
                Content::Counts(_) => COUNTS_HEIGHT,
                Content::Events(_) => EVENTS_HEIGHT,
            };
        tops.push(at);
    }
    tops
}

fn description(input: &Timeline<'_>) -> String {
    let mut sentences: Vec<String> = input
        .lanes
        .iter()
        .map(|lane| match lane.content {
            Content::Counts(series) => format!(
                "{}: {} in all, at most {} in {}.",
                lane.name,
                count(series.counts.iter().fold(0, |sum: u64, count| sum.saturating_add(*count))),
                count(series.counts.iter().copied().max().unwrap_or_default()),
                length(series.step_seconds)
            ),
            Content::Events(moments) => format!("{}: {}.", lane.name, count(moments.len() as u64)),
        })
        .collect();
    if !input.bands.is_empty() {
        sentences.push(format!("{}.", counted(input.bands.len() as u64, "burst", "bursts")));
    }
    visible(&sentences.join(" "), 800)
}

/// Where the label of each band begins; a label that would run into the one before is left out.
fn labels(bands: &[Band], x: Linear, width: f64) -> Vec<Option<f64>> {
    let mut free = 2.0;
    let place = |band: &Band| {
        let long = 7.0 * visible(&band.label, LABEL_CHARACTERS).chars().count() as f64;
        let start = x.at(band.from_seconds as f64).min(width - RIGHT - long).max(2.0);
        let fits = start >= free;
        if fits {
            free = start + long + 4.0;
        }
        fits.then_some(start)
    };
    bands.iter().map(place).collect()
}

fn draw_band(band: &Band, label: Option<f64>, x: Linear, bottom: f64) -> Markup {
    let (from, to) = (x.at(band.from_seconds as f64), x.at(band.until_seconds as f64));
    let wide = (to - from).max(2.0);
    html! {
        g .band {
            title { (visible(&band.label, 120)) ": " (calendar::period_of(band.from_seconds, band.until_seconds)) }
            rect .band x=(px(from)) y=(px(TOP - 4.0)) width=(px(wide)) height=(px(bottom - TOP + 4.0)) {}
            path .band-edge d={ "M" (px(from)) " " (px(bottom)) "V" (px(TOP - 4.0)) "H" (px(from + wide)) "V" (px(bottom)) } {}
            @if let Some(start) = label {
                text .soft x=(px(start)) y=(px(TOP - 9.0)) { (visible(&band.label, LABEL_CHARACTERS)) }
            }
        }
    }
}

fn draw_lane(lane: &Lane<'_>, x: Linear, (top, bottom): (f64, f64), width: f64) -> Markup {
    let wide = width >= WIDE;
    let inner = if wide { top } else { top + NAME_HEIGHT };
    let middle = f64::midpoint(inner, bottom);
    html! {
        @if wide {
            text .end .strong x="116" y=(px(middle + if matches!(lane.content, Content::Counts(_)) { -2.0 } else { 4.0 })) { (visible(lane.name, 18)) }
        } @else {
            text .strong .halo x="14" y=(px(top + 14.0)) { (visible(lane.name, 40)) }
        }
        @match lane.content {
            Content::Counts(series) => { (draw_counts(series, x, (inner, bottom), wide)) }
            Content::Events(moments) => {
                line .rule x1=(px(x.at_start())) x2=(px(width - RIGHT)) y1=(px(middle)) y2=(px(middle)) {}
                @for mark in clustered(moments, x) { (draw_mark(&mark, middle)) }
            }
        }
    }
}

fn draw_counts(series: &Series, x: Linear, (top, bottom): (f64, f64), wide: bool) -> Markup {
    let (bins, merged) = rebin(&series.counts, 300);
    let peak = bins.iter().copied().max().unwrap_or_default();
    let y = Linear::new((0.0, peak.max(1) as f64), (bottom - 6.0, top + 8.0));
    let bin_seconds = series.step_seconds.max(1) as f64 * merged as f64;
    let start = series.start_seconds as f64;
    let by_bin = Linear::new((0.0, 1.0), (x.at(start), x.at(start + bin_seconds)));
    let note = format!("peak {} in {}", count(peak), length(whole(bin_seconds) as i64));
    html! {
        path .bar d=(area(&bins, None, by_bin, y)) { title { (note) } }
        line .axis x1=(px(x.at(start))) x2=(px(by_bin.at(bins.len() as f64))) y1=(px(bottom - 6.0)) y2=(px(bottom - 6.0)) {}
        @if wide {
            text .soft .end x="116" y=(px(f64::midpoint(top, bottom) + 13.0)) { (note) }
        } @else {
            text .soft .end .halo x=(px(x.at_end())) y=(px(top - 4.0)) { (note) }
        }
    }
}

/// Events at one place.
struct Marked<'a> {
    x: f64,
    moments: Vec<&'a Moment>,
}

fn clustered(moments: &[Moment], x: Linear) -> Vec<Marked<'_>> {
    let mut marks: Vec<Marked<'_>> = Vec::new();
    for moment in sorted(moments) {
        let at = x.at(moment.at_seconds as f64);
        match marks.last_mut() {
            Some(last) if at - last.x < APART => last.moments.push(moment),
            _ => marks.push(Marked { x: at, moments: vec![moment] }),
        }
    }
    marks
}

fn draw_mark(mark: &Marked<'_>, y: f64) -> Markup {
    let number = mark.moments.len();
    let same = mark.moments.iter().all(|moment| moment.mark == mark.moments[0].mark);
    let sort = if same { mark.moments[0].mark } else { Sort::Plain };
    html! {
        g .mark.(class(sort)) {
            title {
                @for moment in mark.moments.iter().take(NAMED_MAX) {
                    (moment_of(moment.at_seconds)) " " (visible(&moment.label, 80)) "\n"
                }
                @if number > NAMED_MAX { "and " (count((number - NAMED_MAX) as u64)) " more" }
            }
            path .body d=(shape(sort, mark.x, y, if number > 1 { 8.0 } else { 5.5 })) {}
            @if number > 1 { text .middle .count x=(px(mark.x)) y=(px(y - 11.0)) { (count(number as u64)) } }
        }
    }
}

const fn class(sort: Sort) -> &'static str {
    match sort {
        Sort::Plain => "plain",
        Sort::Doubt => "doubt",
        Sort::Done => "done",
        Sort::Refused => "refused",
    }
}

fn shape(sort: Sort, x: f64, y: f64, radius: f64) -> String {
    let r = px(radius);
    match sort {
        Sort::Plain => format!(
            "M{} {}a{r} {r} 0 1 0 {} 0a{r} {r} 0 1 0 -{} 0Z",
            px(x - radius),
            px(y),
            px(2.0 * radius),
            px(2.0 * radius)
        ),
        Sort::Doubt => format!("M{} {}l{r} {r}l-{r} {r}l-{r} -{r}Z", px(x), px(y - radius)),
        Sort::Done => format!(
            "M{} {}h{}v{}h-{}Z",
            px(x - radius * 0.85),
            px(y - radius * 0.85),
            px(1.7 * radius),
            px(1.7 * radius),
            px(1.7 * radius)
        ),
        Sort::Refused => {
            let (arm, thick) = (radius, radius * 0.42);
            let inner = px(arm - thick);
            let t = px(thick);
            format!(
                "M{} {}l{inner} {inner}l{inner} -{inner}l{t} {t}l-{inner} {inner}l{inner} {inner}l-{t} {t}l-{inner} -{inner}l-{inner} {inner}l-{t} -{t}l{inner} -{inner}l-{inner} -{inner}Z",
                px(x - arm + thick),
                px(y - arm),
            )
        }
    }
}
