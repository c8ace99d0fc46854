//! Which assets does the appendix for a court list, and what is asked of each?

use seawall_core::case::{
    asset::{Operator, OperatorKind},
    schedule::Schedule,
};
use seawall_documents::case as documents;
use seawall_evidence::document::{LiteralKind, Text};

use super::super::{
    Knowledge, Words,
    known::{said, to_the_minute},
};
use crate::{
    case::Desk,
    commands::case::asset,
    failure::{Exit, Failure},
};

pub(super) fn schedule(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::Schedule, Failure> {
    let latest = latest(desk)?;
    let before = match desk.state.schedules.iter().rev().nth(1) {
        Some(record) => {
            let content = desk.content(record.sha256.as_str().parse()?)?;
            rows(&seawall_evidence::canonical::parse(&content)?, knowledge)?
        }
        None => Vec::new(),
    };
    Ok(documents::Schedule {
        matter: knowledge.matter(desk, words, 1)?,
        assets: rows(&latest, knowledge)?,
        previous: before,
    })
}

/// The schedule that was made last.
pub(super) fn latest(desk: &Desk) -> Result<Schedule, Failure> {
    asset::previous(desk)?.ok_or_else(|| {
        Failure::new(
            Exit::Conflict,
            "there is no schedule yet\nhint: `seawall case asset schedule`",
        )
    })
}

/// An operator as documents have it.
pub(super) fn operator(found: &Operator) -> documents::Operator {
    documents::Operator {
        organisation: said(&found.organisation),
        address: said(found.country.as_deref().unwrap_or("unknown")),
        iana: found.iana_id.map(|id| format!("IANA {id}")),
        contact: found.legal_contact.clone().or_else(|| found.abuse_contact.clone()),
    }
}

fn rows(
    schedule: &Schedule,
    knowledge: &Knowledge,
) -> Result<Vec<documents::ScheduledAsset>, Failure> {
    let day = |at: Option<seawall_core::case::Moment>| at.map(|at| at.date().to_string());
    schedule
        .rows
        .iter()
        .map(|row| {
            let of = |kinds: &[OperatorKind]| {
                row.respondents.iter().find(|known| kinds.contains(&known.kind)).map(operator)
            };
            let respondents: Vec<&str> =
                row.respondents.iter().map(|operator| operator.organisation.as_str()).collect();
            let unknown =
                || Failure::new(Exit::NoInput, format!("there is no asset `{}`", row.asset));
            Ok(documents::ScheduledAsset {
                number: u32::try_from(row.number)?,
                asset: knowledge.asset(row.asset.as_str()).ok_or_else(unknown)?.clone(),
                top_level_domain: row.top_level.clone(),
                registry: of(&[OperatorKind::Registry]),
                registrar: of(&[OperatorKind::Registrar]),
                host: of(&[OperatorKind::Host, OperatorKind::Cdn, OperatorKind::Platform]),
                created: day(row.created_at),
                expires: day(row.expires_at),
                name_servers: row.name_servers.clone(),
                statuses: row.statuses.clone(),
                collateral: said(&row.collateral),
                requested: requested(row),
                respondent: said(&respondents.join(", ")),
                snapshot: row.snapshot_sha256.as_str().parse()?,
                snapshot_at: to_the_minute(row.snapshot_at.timestamp()),
            })
        })
        .collect()
}

/// The end state in words.
fn requested(row: &seawall_core::case::schedule::Row) -> Vec<Text> {
    let wanted = &row.end_state;
    let list = |set: &std::collections::BTreeSet<String>| {
        set.iter().cloned().collect::<Vec<_>>().join(", ")
    };
    let mut texts = Vec::new();
    let mut ask = |what: &str, value: String| {
        if !value.is_empty() {
            texts.push(Text::new(format!("{what} ")).literal(LiteralKind::Identifier, value));
        }
    };
    ask("set the status", list(&wanted.statuses));
    ask("change the name servers to", list(&wanted.name_servers));
    ask("let it answer from", list(&wanted.addresses));
    ask(
        "transfer it to the registrar with the number",
        wanted.registrar_iana_id.map(|id| format!("IANA {id}")).unwrap_or_default(),
    );
    ask(
        "show the page with the hash",
        wanted.page_sha256.as_ref().map(ToString::to_string).unwrap_or_default(),
    );
    texts
}
