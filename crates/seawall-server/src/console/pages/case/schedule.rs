//! What is a court asked for, asset by asset, of whom, and by when?

use jiff::civil::Date;
use maud::{Markup, html};
use seawall_charts::table::{Cell, Table};
use seawall_core::case::{
    Moment,
    asset::{Operator, OperatorKind},
    deadline::{Due, Urgency, due, rule_of, urgency},
    schedule::{FRESH_HOURS, Row, still_fresh},
    state::{AssetState, Machine as _},
};

use super::Seen;
use crate::{
    clock::now_milliseconds,
    console::{
        cases::Case,
        parts,
        table::{self, Asked, Column},
    },
};

const COLUMNS: [Column; 7] = [
    Column::number("", "No."),
    Column::text("", "Name"),
    Column::text("", "Registrar"),
    Column::text("", "Registry"),
    Column::text("", "Contact"),
    Column::text("", "Status"),
    Column::text("", "Deadline"),
];

pub(super) fn now() -> Moment {
    Moment::new(jiff::Timestamp::from_millisecond(now_milliseconds()).unwrap_or_default())
}

fn operators(row: &Row, kind: OperatorKind) -> impl Iterator<Item = &Operator> {
    row.respondents.iter().filter(move |operator| operator.kind == kind)
}

/// What they do for the asset, for people.
pub(super) const fn operator(kind: OperatorKind) -> &'static str {
    match kind {
        OperatorKind::Registry => "registry",
        OperatorKind::Registrar => "registrar",
        OperatorKind::Host => "host",
        OperatorKind::Cdn => "content network",
        OperatorKind::Platform => "platform",
        OperatorKind::PaymentProvider => "payment provider",
    }
}

/// Where an order reaches them; an address for reports where there is no other.
fn contact(operator: &Operator) -> Option<&str> {
    operator.legal_contact.as_deref().or(operator.abuse_contact.as_deref())
}

fn state(case: &Case, row: &Row) -> Option<AssetState> {
    case.state.assets.get(&row.asset).map(|known| known.state)
}

/// By when something must be done about a row: the snapshot that it rests on ages until it is asked for, and the
/// registration runs out after that.
fn deadline(case: &Case, row: &Row) -> Option<(&'static str, Moment)> {
    if !is_open(case, row) {
        return Some(("registration runs out", row.expires_at?));
    }
    Some(("snapshot is too old after", row.snapshot_at.plus_hours(FRESH_HOURS)))
}

pub(super) fn part(seen: &Seen) -> Markup {
    let case = &seen.case;
    html! {
        @match &case.schedule {
            Some(schedule) => {
                (outdated(case, &schedule.rows))
                p .soft { "Version " (schedule.version) @if let Some(record) = case.state.schedules.last() { ", made " (parts::rfc3339(&record.made_at.to_string())) ", SHA-256 " (parts::id(record.sha256.as_str())) } ". It goes out as D4 and D5, while its snapshots are fresh." }
                div .list { (table::table(&Asked::default(), "Seizure schedule", &COLUMNS, ("", false), &html! { @for row in &schedule.rows { (line(case, row)) } })) }
                p .files { a href={ "/cases/" (seen.id()) "/schedule.csv" } download { "CSV" } }
            }
            None => (nothing(case)),
        }
        (parts::block("deadlines", "Deadlines", &deadlines(case)))
    }
}

/// Whether nothing was asked of anybody yet for this row.
fn is_open(case: &Case, row: &Row) -> bool {
    state(case, row)
        .is_some_and(|state| matches!(state, AssetState::Attributed | AssetState::Scheduled))
}

/// Why the schedule does not go out as it is, if so.
fn outdated(case: &Case, rows: &[Row]) -> Markup {
    let open = rows.iter().filter(|row| is_open(case, row));
    let why: Vec<String> = open
        .filter_map(|row| still_fresh(row, &case.state.observations, now()).err())
        .map(|why| why.to_string().lines().next().unwrap_or_default().to_owned())
        .collect();
    if why.is_empty() {
        return Markup::default();
    }
    parts::stale(&html! {
        p { "It does not go out as it is. Look again, then make a new version: " code { "seawall case asset schedule" } "." }
        ul { @for own in why.iter().take(20) { li { (parts::sentence(own)) } } }
    })
}

fn nothing(case: &Case) -> Markup {
    let ready = case.state.assets.values().filter(|it| it.state == AssetState::Attributed).count();
    parts::empty(
        "There is no schedule yet",
        &html! {
            @if case.state.assets.is_empty() {
                p { "First name what the operation uses: " code { "seawall case asset add FILE --as NAME" } ", and look it up: " code { "seawall case asset resolve ASSET --vantage WHERE --as NAME" } "." }
            } @else if ready == 0 {
                p { "Only what two people said to belong to the operation is asked for: " code { "seawall case propose attribute ASSET --as NAME" } "." }
            } @else {
                p { (ready) " attributed. With fresh snapshots: " code { "seawall case asset schedule --as NAME" } "." }
            }
        },
    )
}

fn line(case: &Case, row: &Row) -> Markup {
    let names = |kind| {
        html! {
            @let mut all = operators(row, kind).peekable();
            @if all.peek().is_none() { span .soft { "–" } }
            @for operator in all { div { (parts::name(&operator.organisation)) @if let Some(country) = &operator.country { span .soft { ", " (parts::name(country)) } } } }
        }
    };
    html! {
        tr data-row {
            td .number { (row.number) }
            th scope="row" { (parts::value(&row.display)) @if row.display != row.identifier { span .below { (parts::value(&row.identifier)) } } }
            td { (names(OperatorKind::Registrar)) }
            td { (names(OperatorKind::Registry)) }
            td { @for operator in &row.respondents { @if let Some(contact) = contact(operator) { div { span .soft { (self::operator(operator.kind)) ": " } (parts::value(contact)) } } } }
            td {
                @if let Some(state) = state(case, row) { (state.name().replace('_', " ")) }
                span .below { @if row.statuses.is_empty() { "no status values" } @else { (parts::value(&row.statuses.join(", "))) } }
            }
            td { @match deadline(case, row) { Some((what, at)) => { (parts::rfc3339(&at.to_string())) span .below { (what) @if at < now() { strong .warn { ", over" } } } } None => { span .soft { "–" } } } }
        }
    }
}

fn urgent(due: Due, today: Date) -> &'static str {
    match urgency(due, today) {
        Urgency::Missed => "missed",
        Urgency::Today => "due today",
        Urgency::Soon => "within a week",
        Urgency::Later => "later",
    }
}

const DEADLINES: [Column; 5] = [
    Column::text("", "What"),
    Column::text("", "Act by"),
    Column::text("", "Last day"),
    Column::text("", "Urgency"),
    Column::text("", "Owner"),
];

/// What runs out in the case, the next first.
fn deadlines(case: &Case) -> Markup {
    let today = now().date();
    let mut all: Vec<_> = case.state.deadlines.values().map(|own| (due(own).ok(), own)).collect();
    all.sort_by_key(|(due, own)| (due.is_none(), *due, own.id.clone()));
    if all.is_empty() {
        return parts::empty(
            "No deadline is kept",
            &html! { p { "What an order or the law sets is kept with " code { "seawall case deadline add KIND --from TIME --source ITEM --as NAME" } "." } },
        );
    }
    let rows = html! { @for (due, own) in &all {
        @let rule = rule_of(own.kind);
        tr {
            th scope="row" { (rule.title) span .below { (rule.basis) ", " (own.id) } }
            @match due {
                Some(due) => { td { (due.safe.to_string()) } td { (due.last.to_string()) } td { @let word = urgent(*due, today); @if word == "later" { (word) } @else { strong .warn { (word) } } } }
                None => { td colspan="3" { span .warn { "nobody has set its day" } } }
            }
            td { (parts::name(own.owner.as_str())) }
        }
    } };
    table::table(&Asked::default(), "Deadlines", &DEADLINES, ("", false), &rows)
}

pub(super) fn rows(case: &Case) -> Table {
    let mut table = Table::new(&[
        "number",
        "asset",
        "identifier",
        "registrar",
        "registry",
        "contacts",
        "state",
        "statuses",
        "snapshot_at",
        "deadline",
        "deadline_at",
    ]);
    let Some(schedule) = &case.schedule else { return table };
    let names = |row: &Row, kind| {
        operators(row, kind).map(|it| it.organisation.as_str()).collect::<Vec<_>>().join("; ")
    };
    for row in &schedule.rows {
        let contacts: Vec<&str> = row.respondents.iter().filter_map(contact).collect();
        let deadline = deadline(case, row);
        table.rows.push(vec![
            Cell::Count(row.number),
            row.asset.as_str().into(),
            row.identifier.as_str().into(),
            names(row, OperatorKind::Registrar).into(),
            names(row, OperatorKind::Registry).into(),
            contacts.join("; ").into(),
            state(case, row).map_or(Cell::None, |state| state.name().into()),
            row.statuses.join("; ").into(),
            row.snapshot_at.to_string().into(),
            deadline.map_or(Cell::None, |(what, _)| what.into()),
            deadline.map_or(Cell::None, |(_, at)| at.to_string().into()),
        ]);
    }
    table
}
