//! D4: which assets are to be seized, who can do it, and in which state are they to be left? "Appendix A".

use seawall_evidence::{
    document::{Document, Kind, Text},
    hash::Digest,
};

use super::{
    draft::Draft,
    known::{Asset, Matter, Operator},
    words::{asset, date, identifier, joined, references, short_hash, text},
};

/// The schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// The matter.
    pub matter: Matter,
    /// The assets, in the order of their numbers.
    pub assets: Vec<ScheduledAsset>,
    /// The schedule before this version.
    pub previous: Vec<ScheduledAsset>,
}

/// A row of the schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduledAsset {
    /// Its number, which it keeps in later versions.
    pub number: u32,
    /// What it is.
    pub asset: Asset,
    /// Top-level domain, for names.
    pub top_level_domain: Option<String>,
    /// Who runs it.
    pub registry: Option<Operator>,
    /// Who sold it.
    pub registrar: Option<Operator>,
    /// Where it is served from, and in which country.
    pub host: Option<Operator>,
    /// Day of registration.
    pub created: Option<String>,
    /// Day on which it lapses.
    pub expires: Option<String>,
    /// Name servers.
    pub name_servers: Vec<String>,
    /// EPP status codes.
    pub statuses: Vec<String>,
    /// Whether others would be hit.
    pub collateral: Text,
    /// What is asked for.
    pub requested: Vec<Text>,
    /// Who is ordered.
    pub respondent: Text,
    /// Hash of the snapshot that this row was taken from.
    pub snapshot: Digest,
    /// When it was taken.
    pub snapshot_at: String,
}

/// What changed from one version to the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScheduleChange {
    /// A number that is new.
    Added(u32),
    /// A number that is gone.
    Removed(u32),
    /// A number whose row says something else.
    Changed(u32),
}

/// What changed, by number.
pub fn changes(previous: &[ScheduledAsset], current: &[ScheduledAsset]) -> Vec<ScheduleChange> {
    let mut numbers: Vec<u32> = previous.iter().chain(current).map(|row| row.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let find =
        |rows: &[ScheduledAsset], number| rows.iter().find(|row| row.number == number).cloned();
    numbers
        .into_iter()
        .filter_map(|number| match (find(previous, number), find(current, number)) {
            (None, Some(_)) => Some(ScheduleChange::Added(number)),
            (Some(_), None) => Some(ScheduleChange::Removed(number)),
            (Some(before), Some(after)) if before != after => Some(ScheduleChange::Changed(number)),
            _ => None,
        })
        .collect()
}

/// The schedule as a document: one table to act from, and each asset in full.
pub fn schedule(input: &Schedule) -> Document {
    let mut draft = Draft::new(&input.matter, Kind::D4, text("Appendix A: schedule of assets"));
    overview(&mut draft, input);
    draft.section("detail", "Each asset in full");
    for row in &input.assets {
        detail(&mut draft, row);
    }
    if !input.previous.is_empty() {
        draft.section("changes", "Changes from the version before");
        let changed = changes(&input.previous, &input.assets);
        if changed.is_empty() {
            draft.paragraph("None.");
        }
        draft.list(changed.iter().map(change).collect());
    }
    draft.finish()
}

fn number(number: u32) -> Text {
    identifier(&format!("A-{number}"))
}

fn change(change: &ScheduleChange) -> Text {
    match change {
        ScheduleChange::Added(each) => text("Adds ").then(number(*each)).text("."),
        ScheduleChange::Removed(each) => text("Removes ").then(number(*each)).text("."),
        ScheduleChange::Changed(each) => text("Changes ").then(number(*each)).text("."),
    }
}

fn overview(draft: &mut Draft, input: &Schedule) {
    draft.section("schedule", "Schedule");
    let rows = input.assets.iter().map(|row| {
        vec![
            number(row.number),
            asset(&row.asset),
            operator(row.registry.as_ref()),
            operator(row.registrar.as_ref()),
            lines(&row.name_servers),
            joined(row.requested.iter().cloned(), "; "),
            row.respondent.clone(),
        ]
    });
    draft.table(
        "Assets, operators and requested end state",
        &[
            ("No.", 2, false),
            ("Name", 6, false),
            ("Registry operator", 6, false),
            ("Registrar", 6, false),
            ("Name servers", 5, false),
            ("Requested end state", 8, false),
            ("Respondent", 5, false),
        ],
        rows.collect(),
    );
}

fn detail(draft: &mut Draft, row: &ScheduledAsset) {
    let day = |day: Option<&String>| day.map_or_else(|| text("–"), |day| date(day));
    let domain = row.top_level_domain.as_ref().map_or_else(|| text("–"), |name| identifier(name));
    draft.facts(
        number(row.number).text(": ").then(asset(&row.asset)),
        vec![
            ("What it is", row.asset.kind.clone()),
            ("Role", row.asset.role.clone()),
            ("Top-level domain", domain),
            ("Registry operator", full_operator(row.registry.as_ref())),
            ("Registrar", full_operator(row.registrar.as_ref())),
            ("Host or network", full_operator(row.host.as_ref())),
            ("Created", day(row.created.as_ref())),
            ("Expires", day(row.expires.as_ref())),
            ("Name servers", lines(&row.name_servers)),
            ("Status codes", lines(&row.statuses)),
            ("Shown in", references(&row.asset.proof)),
            ("Others affected", row.collateral.clone()),
            ("Requested end state", joined(row.requested.iter().cloned(), "; ")),
            ("Respondent", row.respondent.clone()),
            ("Snapshot", short_hash(&row.snapshot).text(" of ").then(date(&row.snapshot_at))),
        ],
    );
}

fn operator(operator: Option<&Operator>) -> Text {
    operator.map_or_else(
        || text("–"),
        |operator| match &operator.iana {
            Some(iana) => operator.organisation.clone().text(", ").then(identifier(iana)),
            None => operator.organisation.clone(),
        },
    )
}

fn full_operator(given: Option<&Operator>) -> Text {
    given.map_or_else(
        || text("–"),
        |given| {
            operator(Some(given)).text("; ").then(given.address.clone()).text("; ").then(
                given.contact.as_deref().map_or_else(|| text("contact to be found"), identifier),
            )
        },
    )
}

fn lines(values: &[String]) -> Text {
    if values.is_empty() {
        return text("–");
    }
    joined(values.iter().map(|value| identifier(value)), ", ")
}
