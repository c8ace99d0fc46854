//! Who did what in the case? Its custody log, the newest first.

use maud::{Markup, html};
use seawall_charts::{
    table::{Cell, Table},
    text,
};
use seawall_evidence::custody::{self, Action, Entry};

use super::{Seen, evidence::speaks_of};
use crate::console::{
    cases::Case,
    parts,
    table::{self, Asked, Column, ROWS},
};

const COLUMNS: [Column; 6] = [
    Column::number("", "No."),
    Column::text("", "When (UTC)"),
    Column::text("", "Who"),
    Column::text("", "Did"),
    Column::text("", "With"),
    Column::text("", "Why"),
];

/// Characters of a name shown at most.
const ACTOR_CHARACTERS: usize = 72;
/// Actions by which somebody only looked or took something along.
const READS: [Action; 4] = [Action::View, Action::Reveal, Action::Export, Action::Verify];

/// Who it was, as an address and a field may have it: nothing in it changes how they look.
fn shown(entry: &Entry) -> String {
    text::visible(entry.actor.as_str(), ACTOR_CHARACTERS)
}

pub(super) fn part(seen: &Seen, asked: &Asked) -> Markup {
    let here = format!("/cases/{}", seen.id());
    let object = asked.get("object").unwrap_or_default();
    let who = asked.get("who").unwrap_or_default();
    let what = asked.get("what").unwrap_or_default();
    let item = custody::items(&seen.case.entries).find(|item| item.id.as_str() == object);
    let fits = |entry: &&Entry| {
        let of_object = object.is_empty()
            || entry.object.as_str() == object
            || item.as_ref().is_some_and(|item| speaks_of(entry, item));
        let wanted = match what {
            "reads" => READS.contains(&entry.action),
            "refused" => entry.action == Action::Denied,
            _ => true,
        };
        of_object && wanted && (who.is_empty() || shown(entry) == who)
    };
    let found: Vec<&Entry> = seen.case.entries.iter().rev().filter(fits).collect();
    let mut actors: Vec<String> = seen.case.entries.iter().map(shown).collect();
    actors.sort_unstable();
    actors.dedup();
    let rows = html! { @for entry in found.iter().skip(asked.page() * ROWS).take(ROWS) {
        tr data-row {
            td .number { (entry.seq) }
            td { (parts::rfc3339(&entry.time.to_string())) }
            td { (parts::name(entry.actor.as_str())) span .below { (entry.role.as_str().replace('_', " ")) } }
            td { @if entry.action == Action::Denied { span .warn { strong { "was refused" } } } @else { (entry.action.to_string().replace('_', " ")) } @if let Some(approval) = entry.approval { span .below { "rests on entry " (approval) } } }
            td { code .id { (entry.object) } }
            td { (parts::sentence(entry.reason.as_str())) }
        }
    } };
    html! {
        form .filters data-swap action=(here) {
            (asked.hidden(&["object", "who", "what"]))
            div .field { label for="object" { "Of an item, a document, a proposal" } input #object type="search" name="object" value=(object) maxlength="128" spellcheck="false"; }
            div .field { label for="who" { "Who" } select #who name="who" { option value="" { "Everybody" } @for own in &actors { option value=(own) selected[own == who] { (own) } } } }
            div .field { label for="what" { "What" } select #what name="what" {
                option value="" { "Everything" }
                option value="reads" selected[what == "reads"] { "Looked, verified, took along" }
                option value="refused" selected[what == "refused"] { "Was refused" }
            } }
            button type="submit" { "Filter" }
        }
        @if found.is_empty() { (parts::filtered_out(&asked.without(&["object", "who", "what"]))) } @else {
            div .list { (table::table(asked, "Custody log", &COLUMNS, ("", false), &rows)) (table::pager(asked, found.len(), ROWS)) }
            p .files { a href={ (here) "/activity.csv" } download { "CSV" } }
        }
    }
}

pub(super) fn rows(case: &Case) -> Table {
    let mut table = Table::new(&[
        "seq",
        "time",
        "actor",
        "role",
        "action",
        "object",
        "object_sha256",
        "approval",
        "reason",
        "tool",
    ]);
    for entry in &case.entries {
        table.rows.push(vec![
            Cell::Count(entry.seq),
            entry.time.to_string().into(),
            entry.actor.as_str().into(),
            entry.role.as_str().into(),
            entry.action.to_string().into(),
            entry.object.as_str().into(),
            entry.object_sha256.map_or(Cell::None, |sha256| sha256.to_string().into()),
            entry.approval.map_or(Cell::None, Cell::Count),
            entry.reason.as_str().into(),
            entry.tool.as_str().into(),
        ]);
    }
    table
}
