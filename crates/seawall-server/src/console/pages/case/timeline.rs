//! What happened first, what followed, and what is still to come? The anchors of a case, in order.

use std::collections::BTreeSet;

use maud::{Markup, html};
use seawall_charts::{
    table::{Cell, Table},
    text::counted,
};
use seawall_core::case::{
    Moment, Record,
    deadline::{due, rule_of},
    state::{AssetState, Machine as _},
};
use seawall_evidence::custody::{Action, Entry};

use super::{Seen, schedule::now};
use crate::console::{
    cases::Case,
    parts,
    table::{self, Asked, Column},
};

/// Something that others count from.
struct Anchor {
    at: Moment,
    /// Evidence, response, enforcement or deadline.
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

fn anchors(case: &Case) -> Vec<Anchor> {
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
    anchors.sort_by_key(|anchor| (anchor.at, anchor.seq));
    anchors
}

/// From one anchor to the next, in the largest unit that is whole.
fn gap(from: Moment, to: Moment) -> String {
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

pub(super) fn part(seen: &Seen) -> Markup {
    let anchors = anchors(&seen.case);
    let now = now();
    let mut before: Option<Moment> = None;
    let rows: Vec<Markup> = anchors
        .iter()
        .map(|anchor| {
            let gap = before.map(|before| gap(before, anchor.at));
            before = Some(anchor.at);
            html! {
                tr data-row {
                    td { (parts::rfc3339(&anchor.at.to_string())) @if let Some(gap) = gap { span .below { (gap) } } }
                    td { span .tag { (anchor.lane) } }
                    th scope="row" { (parts::sentence(&anchor.what)) @if anchor.at > now { span .below { "to come" } } @else if anchor.seq.is_none() { span .below { strong .warn { "over" } } } }
                    td .number { @match anchor.seq { Some(seq) => (seq), None => "–" } }
                }
            }
        })
        .collect();
    html! {
        p .soft { "Times are those of the custody log, to the nanosecond in the CSV. What happened outside is dated by its item." }
        div .list { (table::table(&Asked::default(), "Anchors of the case", &COLUMNS, ("", false), &html! { @for row in &rows { (row) } })) }
        p .files { a href={ "/cases/" (seen.id()) "/timeline.csv" } download { "CSV" } }
    }
}

pub(super) fn rows(case: &Case) -> Table {
    let mut table = Table::new(&["time", "lane", "what", "custody_seq"]);
    for anchor in anchors(case) {
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
            assert_eq!(gap(from, at(to)), told);
        }
    }
}
