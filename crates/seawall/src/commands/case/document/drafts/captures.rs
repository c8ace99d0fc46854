//! What shows that the operation uses an asset, when was it seen, and from where?

use seawall_core::case::{Id, asset::Method};
use seawall_documents::case as documents;
use seawall_evidence::document::{LiteralKind, Text};

use super::super::{Knowledge, known::to_the_minute};
use crate::{
    case::{Desk, failure},
    failure::Failure,
};

/// The items that show its use: those named with the asset, then what its host replied, each once.
pub(super) fn showing(desk: &Desk, asset: &Id) -> Result<Vec<Id>, Failure> {
    let known = desk.state.asset(asset).map_err(failure)?;
    let named = known.asset.used_by_operation.iter().map(|shown| shown.item.clone());
    let seen = desk.state.observations_of(asset);
    let replies = seen.iter().filter(|it| it.method == Method::Http).map(|it| it.item.clone());
    let mut items: Vec<Id> = Vec::new();
    for item in named.chain(replies) {
        if !items.contains(&item) {
            items.push(item);
        }
    }
    Ok(items)
}

/// A capture, with when it was seen.
pub(super) struct Seen {
    pub(super) at: jiff::Timestamp,
    pub(super) capture: documents::Capture,
}

/// The item as a capture: as it was measured, or else as it was acquired.
pub(super) fn seen(desk: &Desk, knowledge: &Knowledge, item: &Id) -> Result<Seen, Failure> {
    let (record, shown) = knowledge.item(item.as_str())?;
    let observed = desk.state.observations.iter().find(|observation| observation.item == *item);
    let (at, vantage) = match observed {
        Some(observation) => {
            let vantage = observation.vantage.as_str();
            let from = Text::new("measured from ").literal(LiteralKind::Identifier, vantage);
            (observation.at.timestamp(), from)
        }
        None => (record.acquired_at.timestamp(), shown.source.clone()),
    };
    let capture = documents::Capture { item: shown.clone(), seen_at: to_the_minute(at), vantage };
    Ok(Seen { at, capture })
}
