//! What happened first, what followed, and what is still to come? The anchors of a case, in order.

use std::collections::BTreeSet;

use maud::{Markup, Render as _, html};
use seawall_charts::{
    table::{Cell, Table},
    text::counted,
    timeline as chart,
};
use seawall_core::case::{
    Moment, Record,
    badge::Badge,
    deadline::{due, rule_of},
    state::{AssetState, CaseStage, Machine as _},
};
use seawall_evidence::custody::{Action, Entry};

use super::{Seen, schedule::now};
use crate::console::{
    Console,
    cases::Case,
    parts::{self, Figure},
    table::{self, Asked, Column},
};

/// Widths in CSS pixels, for wide screens and for narrow ones.
const WIDTHS: [f64; 2] = [930.0, 320.0];
const TITLE: &str = "From the first activity to the end";
/// Lanes of the picture from top to bottom: as anchors have them, and for people.
const LANES: [(&str, &str); 5] = [
    ("turning point", "Turning points"),
    ("evidence", "Evidence"),
    ("response", "Response"),
    ("enforcement", "Enforcement"),
    ("deadline", "Deadlines"),
];

/// Something that others count from.
struct Anchor {
    at: Moment,
    /// One of [`LANES`].
    lane: &'static str,
    what: String,
    /// Position of its entry; none for what is to come.
    seq: Option<u64>,
}

/// What an entry begins, if it begins anything; each is an anchor the first time only.
fn begins(entry: &Entry) -> Option<(&'static str, String)> {
    let first = |what: &str| what.to_owned();
    Some(match entry.action {
        Action::Open => ("response", first("The case was opened")),
        Action::Acquire | Action::Receive | Action::Import => {
            ("evidence", first("First evidence was taken in"))
        }
        Action::Seal => ("evidence", first("First seal")),
        Action::Propose => ("response", first("First proposal")),
        Action::Approve => ("response", first("First approval")),
        Action::Release => ("response", format!("{} was released", entry.object)),
        Action::Export => ("response", first("Something left the case for the first time")),
        Action::Record => return recorded(entry.body().ok()?),
        _ => return None,
    })
}

fn recorded(record: Record) -> Option<(&'static str, String)> {
    Some(match record {
        Record::Stage(change) => {
            ("response", format!("The case is {}", change.to.name().replace('_', " ")))
        }
        Record::Run(_) => ("evidence", "First detection was sealed in".to_owned()),
        Record::Asset(_) => ("enforcement", "First asset was named".to_owned()),
        Record::Schedule(schedule) => {
            ("enforcement", format!("Schedule, version {}", schedule.version))
        }
        Record::AssetState(change) => {
            let anchors = [
                AssetState::Attributed,
                AssetState::Noticed,
                AssetState::Ordered,
                AssetState::Served,
                AssetState::Executed,
                AssetState::Verified,
                AssetState::Monitored,
                AssetState::Contested,
                AssetState::ReEmerged,
            ];
            let known = anchors.contains(&change.to);
            let what = format!("First asset {}", change.to.name().replace('_', " "));
            return known.then_some(("enforcement", what));
        }
        _ => return None,
    })
}

/// What a case is measured by: where each of them is known, when, and the entry that says so.
struct TurningPoints([(&'static str, Option<TurningPoint>); 5]);

/// When, and the number of the entry that says so, where one does.
type TurningPoint = (Moment, Option<u64>);

impl TurningPoints {
    fn of(case: &Case, first_activity: Option<Moment>) -> Self {
        let entries = || {
            let records = case.entries.iter().filter(|entry| entry.action == Action::Record);
            records.filter_map(|entry| Some((entry, entry.body::<Record>().ok()?)))
        };
        let at = |entry: &Entry| (Moment::new(entry.time.timestamp()), Some(entry.seq));
        let detection = entries().find(|(_, record)| matches!(record, Record::Run(_)));
        let response = entries().find(|(_, record)| {
            let Record::AssetState(change) = record else { return false };
            matches!(change.to, AssetState::Noticed | AssetState::Served)
        });
        // Contained: of all that is said to belong to the operation it was measured that it ended.
        let states =
            || case.state.assets.values().filter(|own| own.state != AssetState::Identified);
        let badges = || states().filter_map(|own| Badge::of(own.state));
        let is_contained = badges().next().is_some() && badges().all(|own| own == Badge::Seized);
        let mut measured = entries().filter(|(_, record)| {
            matches!(record, Record::AssetState(change) if change.to == AssetState::Verified)
        });
        let mut closed = entries().filter(
            |(_, record)| matches!(record, Record::Stage(change) if change.to == CaseStage::Closed),
        );
        Self([
            ("First activity", first_activity.map(|at| (at, None))),
            ("First detection", detection.map(|(entry, _)| at(entry))),
            ("First response", response.map(|(entry, _)| at(entry))),
            (
                "Containment",
                measured.next_back().filter(|_| is_contained).map(|(entry, _)| at(entry)),
            ),
            (
                "Closure",
                closed
                    .next_back()
                    .filter(|_| case.state.closed_at.is_some())
                    .map(|(entry, _)| at(entry)),
            ),
        ])
    }

    /// What each stands for.
    const NOTES: [&'static str; 5] = [
        "of the campaign, as the run that is shown says",
        "a detection was sealed in",
        "a notice went out, or an order was served",
        "it was measured that all of it ended",
        "the case was closed",
    ];

    fn shown(&self) -> Markup {
        let mut before: Option<Moment> = None;
        let figures: Vec<(&str, Markup, Markup)> = self
            .0
            .iter()
            .zip(Self::NOTES)
            .map(|((title, known), note)| match known {
                Some((at, _)) => {
                    let gap = before.filter(|before| before <= at);
                    let gap = gap.map_or_else(String::new, |before| gap_of(before, *at));
                    before = Some(*at);
                    (
                        *title,
                        html! { (at.date().to_string()) },
                        html! { (gap) @if !gap.is_empty() { ": " } (note) },
                    )
                }
                None => (*title, html! { "–" }, html! { "not known, or not yet: " (note) }),
            })
            .collect();
        parts::figures(&figures)
    }
}

/// When the campaign that the case was opened from was first active, where the run that is shown has it.
fn first_activity(console: &Console, case: &Case) -> Option<Moment> {
    let (campaign, run) = (super::campaign(case)?, console.shelf.run()?);
    run.campaigns[run.position(campaign.as_str())?].first_seen.parse().ok()
}

fn anchors(case: &Case, turning_points: &TurningPoints) -> Vec<Anchor> {
    let mut told = BTreeSet::new();
    let mut anchors: Vec<Anchor> = case
        .entries
        .iter()
        .filter_map(|entry| {
            let (lane, what) = begins(entry)?;
            let at = Moment::new(entry.time.timestamp());
            told.insert(what.clone()).then_some(Anchor { at, lane, what, seq: Some(entry.seq) })
        })
        .collect();
    let known = turning_points.0.iter().filter_map(|(title, known)| Some((title, (*known)?)));
    anchors.extend(known.map(|(title, (at, seq))| Anchor {
        at,
        lane: "turning point",
        what: (*title).to_owned(),
        seq,
    }));
    for deadline in case.state.deadlines.values() {
        let Ok(due) = due(deadline) else { continue };
        let day = due.safe.to_zoned(jiff::tz::TimeZone::UTC);
        let Ok(day) = day else { continue };
        let what = format!("{}: act by this day", rule_of(deadline.kind).title);
        anchors.push(Anchor {
            at: Moment::new(day.timestamp()),
            lane: "deadline",
            what,
            seq: None,
        });
    }
    // Stable: what an entry begins stands before what it is a turning point of.
    anchors.sort_by_key(|anchor| (anchor.at, anchor.seq));
    anchors
}

/// From one anchor to the next, in the largest unit that is whole.
fn gap_of(from: Moment, to: Moment) -> String {
    let seconds = to.since(from).as_secs().unsigned_abs();
    match seconds {
        0..60 => "at once".to_owned(),
        60..3_600 => format!("{} later", counted(seconds / 60, "minute", "minutes")),
        3_600..172_800 => format!("{} later", counted(seconds / 3_600, "hour", "hours")),
        _ => format!("{} later", counted(seconds / 86_400, "day", "days")),
    }
}

const COLUMNS: [Column; 4] = [
    Column::text("", "When (UTC)"),
    Column::text("", "Lane"),
    Column::text("", "What"),
    Column::number("", "Entry"),
];

/// The picture, or its rows: `draw` makes either.
fn pictured<T>(
    anchors: &[Anchor],
    (id, width): (&str, f64),
    draw: fn(&chart::Timeline<'_>) -> T,
) -> T {
    let now = now();
    let moments: Vec<(&str, Vec<chart::Moment>)> = LANES
        .iter()
        .map(|(word, name)| {
            let own = anchors.iter().filter(|anchor| anchor.lane == *word);
            (*name, own.map(|anchor| moment(anchor, now)).collect())
        })
        .collect();
    let lanes: Vec<chart::Lane<'_>> = moments
        .iter()
        .filter(|(_, moments)| !moments.is_empty())
        .map(|(name, moments)| chart::Lane { name, content: chart::Content::Events(moments) })
        .collect();
    draw(&chart::Timeline { id, title: TITLE, bands: &[], lanes: &lanes, width })
}

fn moment(anchor: &Anchor, now: Moment) -> chart::Moment {
    let mark = match anchor.lane {
        "turning point" => chart::Sort::Done,
        "deadline" if anchor.at <= now => chart::Sort::Refused,
        "deadline" => chart::Sort::Doubt,
        _ => chart::Sort::Plain,
    };
    chart::Moment {
        at_seconds: anchor.at.timestamp().as_second(),
        label: anchor.what.clone(),
        mark,
    }
}

/// The picture alone.
pub(super) fn picture(console: &Console, case: &Case) -> String {
    let anchors = anchors(case, &TurningPoints::of(case, first_activity(console, case)));
    pictured(&anchors, ("timeline", WIDTHS[0]), seawall_charts::timeline)
}

pub(super) fn part(console: &Console, seen: &Seen) -> Markup {
    let turning_points = TurningPoints::of(&seen.case, first_activity(console, &seen.case));
    let anchors = anchors(&seen.case, &turning_points);
    let now = now();
    let address = |ending: &str| format!("/cases/{}/timeline.{ending}", seen.id());
    let draw = |id: &str, width| pictured(&anchors, (id, width), seawall_charts::timeline);
    let mut before: Option<Moment> = None;
    let rows: Vec<Markup> = anchors
        .iter()
        .map(|anchor| {
            let gap = before.map(|before| gap_of(before, anchor.at));
            before = Some(anchor.at);
            html! {
                tr data-row {
                    td { (parts::rfc3339(&anchor.at.to_string())) @if let Some(gap) = gap { span .below { (gap) } } }
                    td { span .tag { (anchor.lane) } }
                    th scope="row" { (parts::sentence(&anchor.what)) @if anchor.at > now { span .below { "to come" } } @else if anchor.lane == "deadline" { span .below { strong .warn { "over" } } } }
                    td .number { @match anchor.seq { Some(seq) => (seq), None => "–" } }
                }
            }
        })
        .collect();
    html! {
        (turning_points.shown())
        (Figure {
            id: "timeline",
            title: TITLE,
            note: "A square is a turning point, a dot what happened in the case, a diamond a day to act by, a cross one that is over.",
            wide: draw("timeline-wide", WIDTHS[0]),
            narrow: draw("timeline-narrow", WIDTHS[1]),
            table: &pictured(&anchors, ("table", WIDTHS[0]), seawall_charts::timeline_table),
            files: Some((&address("csv"), &address("svg"))),
        }.render())
        p .soft { "Times are those of the custody log, to the nanosecond in the CSV. What happened outside is dated by its item." }
        div .list { (table::table(&Asked::default(), "Anchors of the case", &COLUMNS, ("", false), &html! { @for row in &rows { (row) } })) }
    }
}

pub(super) fn rows(console: &Console, case: &Case) -> Table {
    let mut table = Table::new(&["time", "lane", "what", "custody_seq"]);
    let turning_points = TurningPoints::of(case, first_activity(console, case));
    for anchor in anchors(case, &turning_points) {
        table.rows.push(vec![
            anchor.at.to_string().into(),
            anchor.lane.into(),
            anchor.what.into(),
            anchor.seq.map_or(Cell::None, Cell::Count),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_told_in_the_largest_whole_unit() {
        let at = |text: &str| text.parse::<Moment>().unwrap();
        let from = at("2026-03-01T00:00:00Z");
        for (to, told) in [
            ("2026-03-01T00:00:59Z", "at once"),
            ("2026-03-01T00:01:00Z", "1 minute later"),
            ("2026-03-02T23:59:59Z", "47 hours later"),
            ("2026-03-03T00:00:00Z", "2 days later"),
        ] {
            assert_eq!(gap_of(from, at(to)), told);
        }
    }
}
