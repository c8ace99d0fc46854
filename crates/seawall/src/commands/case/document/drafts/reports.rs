//! Who did what with each item, and how far is each asset?

use seawall_core::case::state::{ItemState, Machine as _};
use seawall_documents::case as documents;
use seawall_evidence::{
    custody::Action,
    document::{LiteralKind, Text},
};

use super::super::{
    Knowledge, Words,
    known::{said, state_of, to_the_minute},
};
use crate::{case::Desk, failure::Failure};

pub(super) fn custody(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::CustodyReport, Failure> {
    let entries = &desk.entries;
    let examined = knowledge.examined();
    let items = examined
        .iter()
        .map(|item| documents::ItemHistory {
            item: item.clone(),
            entries: entries
                .iter()
                .filter(|entry| entry.object.as_str() == item.id)
                .map(|entry| documents::CustodyRow {
                    seq: entry.seq,
                    time: to_the_minute(entry.time.timestamp()),
                    actor: said(entry.actor.as_str()),
                    role: said(entry.role.as_str()),
                    action: entry.action.to_string(),
                    reason: Text::default().quoted(entry.reason.as_str()),
                })
                .collect(),
        })
        .collect();
    let disposed = desk.state.items.values().filter(|it| it.state == ItemState::Disposed).count();
    let mut gaps = words.paragraphs("gaps", knowledge)?;
    if disposed > 0 {
        gaps.push(Text::new(
            "Some items were disposed of; the log says which, when, and on what ground.",
        ));
    }
    let denied = entries.iter().any(|entry| entry.action == Action::Denied);
    if denied {
        gaps.push(Text::new(
            "The log holds refusals: somebody asked for what is not theirs to do.",
        ));
    }
    Ok(documents::CustodyReport {
        matter: knowledge.matter(desk, words, 1)?,
        items,
        justification: words.paragraphs("justification", knowledge)?,
        gaps,
    })
}

pub(super) fn status(
    desk: &Desk,
    knowledge: &Knowledge,
    words: &Words,
) -> Result<documents::StatusReport, Failure> {
    use seawall_core::case::{Record, state::AssetState};
    let entries = &desk.entries;
    let reached = |asset: &str, state: AssetState| {
        entries.iter().filter(|entry| entry.action == Action::Record).find_map(|entry| match entry
            .body::<Record>()
            .ok()?
        {
            Record::AssetState(change) if change.asset.as_str() == asset && change.to == state => {
                Some(entry.time.timestamp().strftime("%Y-%m-%d").to_string())
            }
            _ => None,
        })
    };
    let assets = knowledge
        .assets
        .iter()
        .filter(|asset| state_of(desk, &asset.id) != AssetState::Identified.name())
        .map(|asset| {
            let id: seawall_core::case::Id = asset.id.parse()?;
            let known = desk.state.asset(&id).map_err(crate::case::failure)?;
            let respondents: Vec<&str> =
                known.asset.operators.iter().map(|it| it.organisation.as_str()).collect();
            let measurements = desk
                .state
                .observations_of(&id)
                .iter()
                .map(|seen| {
                    Text::new(format!("{} from ", seen.method.name()))
                        .literal(LiteralKind::Identifier, seen.vantage.as_str())
                        .text(", ")
                        .literal(LiteralKind::Date, seen.at.date().to_string())
                })
                .collect();
            Ok(documents::AssetStatus {
                asset: asset.clone(),
                respondent: said(&respondents.join(", ")),
                ordered: reached(&asset.id, AssetState::Ordered),
                served: reached(&asset.id, AssetState::Served),
                claimed: reached(&asset.id, AssetState::Executed),
                verified: reached(&asset.id, AssetState::Verified),
                measurements,
            })
        })
        .collect::<Result<_, Failure>>()?;
    Ok(documents::StatusReport {
        matter: knowledge.matter(desk, words, 1)?,
        assets,
        open: words.paragraphs("open", knowledge)?,
    })
}
