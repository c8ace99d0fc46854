//! What happened on which day, as far as the case knows and people say?

use std::collections::BTreeMap;

use seawall_core::case::{
    Record,
    asset::Method,
    state::{AssetState, Machine as _},
};
use seawall_documents::case as documents;
use seawall_evidence::{
    custody::Action,
    document::{LiteralKind, Text},
};

use super::super::{
    Knowledge,
    words::{EventWords, text},
};
use crate::{case::Desk, failure::Failure};

/// Registrations, the window of each frozen log, what became of assets, and what people add; day by day.
pub(super) fn timeline(
    desk: &Desk,
    knowledge: &Knowledge,
    said: &[EventWords],
) -> Result<Vec<documents::Moment>, Failure> {
    let mut events: Vec<(String, Text)> = Vec::new();
    for (day, assets) in registered(desk) {
        events.push((day, of_assets("registered", &assets, knowledge)));
    }
    for manifest in &knowledge.datasets {
        let log = Text::new("the log that was frozen as ")
            .literal(LiteralKind::Identifier, manifest.id.as_str());
        for (at, edge) in [(manifest.window.from, " begins"), (manifest.window.to, " ends")] {
            let day = at.timestamp().strftime("%Y-%m-%d").to_string();
            events.push((day, log.clone().text(edge)));
        }
    }
    for ((day, state), assets) in moved(desk)? {
        events.push((day, of_assets(&state.name().replace('_', " "), &assets, knowledge)));
    }
    for event in said {
        events.push((event.day.to_string(), text(&event.what, knowledge)?));
    }
    // A log is frozen to a day that may be still to come.
    let today = desk.now.timestamp().strftime("%Y-%m-%d").to_string();
    events.retain(|(day, _)| *day <= today);
    // What is of one day stays in this order.
    events.sort_by(|(one, _), (other, _)| one.cmp(other));
    Ok(events.into_iter().map(|(day, what)| documents::Moment { day, what }).collect())
}

/// The days on which names were registered, as the registry says.
fn registered(desk: &Desk) -> BTreeMap<String, Vec<String>> {
    let mut days: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for seen in desk.state.observations.iter().filter(|seen| seen.method == Method::Rdap) {
        if let Some(at) = seen.facts.created_at {
            let assets = days.entry(at.date().to_string()).or_default();
            if !assets.iter().any(|known| known == seen.asset.as_str()) {
                assets.push(seen.asset.to_string());
            }
        }
    }
    days
}

/// The days on which assets came to a state that others brought about or saw.
fn moved(desk: &Desk) -> Result<BTreeMap<(String, AssetState), Vec<String>>, Failure> {
    let mut days: BTreeMap<(String, AssetState), Vec<String>> = BTreeMap::new();
    for entry in desk.log.reader().entries()? {
        if entry.action != Action::Record {
            continue;
        }
        let Ok(Record::AssetState(change)) = entry.body::<Record>() else { continue };
        // That it was attributed or put on a list is work on the case, and no event.
        if matches!(change.to, AssetState::Attributed | AssetState::Scheduled) {
            continue;
        }
        let day = entry.time.timestamp().strftime("%Y-%m-%d").to_string();
        days.entry((day, change.to)).or_default().push(change.asset.to_string());
    }
    Ok(days)
}

fn of_assets(what: &str, assets: &[String], knowledge: &Knowledge) -> Text {
    let known = assets.iter().filter_map(|id| knowledge.asset(id));
    known.enumerate().fold(Text::new(format!("{what}: ")), |text, (number, asset)| {
        text.text(if number == 0 { "" } else { ", " }).reference(&asset.id, &asset.name)
    })
}
