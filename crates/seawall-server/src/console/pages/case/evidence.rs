//! Which items does the vault hold, where is each from, and who has touched it?

use std::collections::BTreeMap;

use maud::{Markup, html};
use seawall_charts::table::{Cell, Table};
use seawall_core::case::{Id, state::Machine as _};
use seawall_evidence::{
    custody::{self, Entry},
    item::Item,
};

use super::Seen;
use crate::console::{
    cases::Case,
    parts,
    table::{self, Asked, Column, ROWS, encode},
};

/// What stands for a source that tells of persons.
const MASKED: &str = "•••";
/// Hexadecimal digits of a hash that are shown; the copy button has all.
const HASH_SHOWN: usize = 12;

/// Characters of an id that are shown; the copy button has all.
const ID_SHOWN: usize = 10;

/// A line of the table.
struct Line {
    item: Item,
    kind: String,
    state: &'static str,
    cited: bool,
    /// Entries of the log that speak of it.
    events: usize,
}

/// A name as files have it: `web_capture`.
pub(super) fn word(value: &impl serde::Serialize) -> String {
    let word = serde_json::to_value(value).ok().and_then(|word| word.as_str().map(str::to_owned));
    word.unwrap_or_default()
}

/// Whether an entry speaks of an item.
pub(super) fn speaks_of(entry: &Entry, item: &Item) -> bool {
    entry.object == item.id || entry.object_sha256 == Some(item.sha256)
}

fn lines(case: &Case) -> Vec<Line> {
    let mut objects: BTreeMap<&str, usize> = BTreeMap::new();
    let mut hashes: BTreeMap<_, usize> = BTreeMap::new();
    for entry in &case.entries {
        *objects.entry(entry.object.as_str()).or_default() += 1;
        if let Some(sha256) = entry.object_sha256 {
            *hashes.entry((sha256, entry.object.as_str())).or_default() += 1;
        }
    }
    custody::items(&case.entries)
        .filter_map(|item| {
            let known = case.state.items.get(&item.id.as_str().parse::<Id>().ok()?)?;
            let own = objects.get(item.id.as_str()).copied().unwrap_or_default();
            let from = (item.sha256, "");
            let others: usize = hashes
                .range(from..)
                .take_while(|((sha256, _), _)| *sha256 == item.sha256)
                .filter(|((_, object), _)| *object != item.id.as_str())
                .map(|(_, count)| count)
                .sum();
            Some(Line {
                kind: word(&item.kind),
                state: known.state.name(),
                cited: known.cited,
                events: own + others,
                item,
            })
        })
        .collect()
}

/// Where it is from; not shown where it tells of persons.
fn source(item: &Item) -> &str {
    if item.personal_data { MASKED } else { item.source.as_str() }
}

const COLUMNS: [Column; 7] = [
    Column::text("kind", "Item"),
    Column::text("", "SHA-256"),
    Column::text("source", "Source"),
    Column::text("collector", "Collector"),
    Column::text("acquired", "Acquired"),
    Column::text("state", "State"),
    Column::number("events", "Custody events"),
];

pub(super) fn part(seen: &Seen, asked: &Asked) -> Markup {
    let all = lines(&seen.case);
    let here = format!("/cases/{}", seen.id());
    if all.is_empty() {
        return parts::empty(
            "The vault is empty",
            &html! { p { "Evidence is taken in where it lies, so that its hash is that of its source: " code { "seawall case vault add FILE --source WHERE --class public --as NAME" } ". A whole detection: " code { "seawall case detection seal RUN" } "." } },
        );
    }
    let wanted = asked.get("q").unwrap_or_default().to_lowercase();
    let state = asked.get("state").unwrap_or_default();
    let fits = |line: &&Line| {
        let texts =
            [line.item.id.as_str(), &line.kind, source(&line.item), line.item.acquired_by.as_str()];
        let found = texts.iter().any(|text| text.to_lowercase().contains(&wanted))
            || line.item.sha256.to_string().starts_with(&wanted);
        found && (state.is_empty() || line.state == state)
    };
    let mut found: Vec<&Line> = all.iter().filter(fits).collect();
    let order =
        asked.sort(&["kind", "source", "collector", "acquired", "state", "events"], "acquired");
    found.sort_by(|one, other| match order.0 {
        "kind" => one.kind.cmp(&other.kind),
        "source" => source(&one.item).cmp(source(&other.item)),
        "collector" => one.item.acquired_by.cmp(&other.item.acquired_by),
        "state" => one.state.cmp(other.state),
        "events" => one.events.cmp(&other.events),
        _ => one.item.acquired_at.cmp(&other.item.acquired_at),
    });
    if order.1 {
        found.reverse();
    }
    let rows = html! { @for line in found.iter().skip(asked.page() * ROWS).take(ROWS) { (row(&here, line)) } };
    let mut states: Vec<&str> = all.iter().map(|line| line.state).collect();
    states.sort_unstable();
    states.dedup();
    html! {
        form .filters data-swap action=(here) {
            (asked.hidden(&["q", "state"]))
            div .field { label for="q" { "Id, kind, source, hash" } input #q type="search" name="q" value=(wanted) maxlength="200" spellcheck="false"; }
            div .field { label for="state" { "State" } select #state name="state" { option value="" { "All" } @for own in states { option value=(own) selected[own == state] { (own) } } } }
            button type="submit" { "Filter" }
        }
        @if found.is_empty() { (parts::filtered_out(&asked.without(&["q", "state"]))) } @else {
            div .list { (table::table(asked, "Items of the vault", &COLUMNS, order, &rows)) (table::pager(asked, found.len(), ROWS)) }
            p .files { a href={ (here) "/evidence.csv" } download { "CSV" } }
        }
    }
}

/// The end of an id tells items of a case apart; what comes before is the time.
fn short(id: &str) -> String {
    match id.char_indices().rev().nth(ID_SHOWN - 1) {
        Some((from, _)) if from > 0 => format!("…{}", &id[from..]),
        _ => id.to_owned(),
    }
}

fn row(here: &str, line: &Line) -> Markup {
    let Line { item, kind, state, cited, events } = line;
    let hash = item.sha256.to_string();
    html! {
        tr data-row {
            th scope="row" { (kind.replace('_', " ")) span .below { code .id title=(item.id) { (short(item.id.as_str())) } (parts::copy(item.id.as_str())) } }
            td { code { (&hash[..HASH_SHOWN]) "…" } (parts::copy(&hash)) span .below { (parts::number(item.size)) " bytes, " (parts::value(item.media_type.as_str())) } }
            td { @if item.personal_data { (parts::masked(MASKED, None)) span .below { "tells of persons" } } @else { (parts::value(item.source.as_str())) } }
            td { (parts::name(item.acquired_by.as_str())) span .below { (parts::value(item.method.as_str())) } }
            td { (parts::rfc3339(&item.acquired_at.to_string())) }
            td { (state.replace('_', " ")) span .below { (word(&item.content_class).replace('_', " ")) @if *cited { ", cited" } } }
            td .number { a href={ (here) "?tab=activity&object=" (encode(item.id.as_str())) } aria-label={ (events) " custody events of " (item.id) } { (events) } }
        }
    }
}

pub(super) fn rows(case: &Case) -> Table {
    let mut table = Table::new(&[
        "item",
        "kind",
        "state",
        "cited",
        "sha256",
        "bytes",
        "media_type",
        "source",
        "collector",
        "method",
        "acquired_at",
        "class",
        "personal_data",
        "custody_events",
    ]);
    for line in lines(case) {
        let Line { item, kind, state, cited, events } = &line;
        table.rows.push(vec![
            item.id.as_str().into(),
            kind.as_str().into(),
            (*state).into(),
            (if *cited { "true" } else { "false" }).into(),
            item.sha256.to_string().into(),
            Cell::Count(item.size),
            item.media_type.as_str().into(),
            source(item).into(),
            item.acquired_by.as_str().into(),
            item.method.as_str().into(),
            item.acquired_at.to_string().into(),
            word(&item.content_class).into(),
            (if item.personal_data { "true" } else { "false" }).into(),
            Cell::Count(*events as u64),
        ]);
    }
    table
}
