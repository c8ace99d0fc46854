//! How far is the end of each asset? A board with a column for each group of states.

use maud::{Markup, html};
use seawall_charts::{
    table::{Cell, Table},
    text::counted,
};
use seawall_core::case::{
    asset::{Asset, AssetType, drift, lapses},
    fold::CaseAsset,
    state::{AssetState, Machine as _},
};

use super::{Seen, evidence::word, schedule};
use crate::console::{cases::Case, parts};

/// Columns of the board, and which states stand in each.
const BOARD: [(&str, &[AssetState]); 7] = [
    ("Found", &[AssetState::Identified]),
    ("Attributed", &[AssetState::Attributed]),
    ("Asked for", &[AssetState::Noticed, AssetState::Scheduled, AssetState::Ordered]),
    ("Served", &[AssetState::Served, AssetState::Acknowledged]),
    ("Executed", &[AssetState::Executed]),
    (
        "Measured",
        &[
            AssetState::Verified,
            AssetState::Controlled,
            AssetState::Disabled,
            AssetState::Removed,
            AssetState::Monitored,
        ],
    ),
    (
        "Needs somebody, or over",
        &[
            AssetState::Contested,
            AssetState::Refused,
            AssetState::Lapsed,
            AssetState::ReEmerged,
            AssetState::OutOfReach,
            AssetState::Returned,
            AssetState::WithdrawnInError,
        ],
    ),
];

/// What names it, without what would name a person.
fn shown(asset: &Asset) -> String {
    let whole = asset.display();
    match asset.asset_type {
        AssetType::Mailbox => {
            let domain = whole.rsplit_once('@').map_or("•••", |(_, domain)| domain);
            format!("•••@{domain}")
        }
        AssetType::Phone => {
            let digits: Vec<char> = whole.chars().filter(char::is_ascii_digit).collect();
            let last: String = digits.iter().skip(digits.len().saturating_sub(2)).collect();
            format!("•••{last}")
        }
        _ => whole,
    }
}

/// What differs from what was ordered, and what runs out.
fn warnings(case: &Case, known: &CaseAsset) -> Vec<String> {
    let seen = case.state.observations_of(&known.asset.id);
    let mut warnings = match (&known.verified_by, &known.asset.end_state) {
        (Some(_), Some(wanted)) => drift(wanted, &seen),
        _ => Vec::new(),
    };
    if let Some(at) = lapses(&seen, schedule::now()) {
        warnings.push(format!("its registration runs out on {}", at.date()));
    }
    warnings
}

pub(super) fn part(seen: &Seen) -> Markup {
    let case = &seen.case;
    if case.state.assets.is_empty() {
        return parts::empty(
            "No asset is named yet",
            &html! { p { "Domains, hosts, channels, wallets that the operation uses, each with an item that shows it: " code { "seawall case asset add FILE --as NAME" } "." } },
        );
    }
    let numbers = case.state.scheduled();
    html! {
        p .soft { "An asset moves when somebody records it, and becomes verified by measurement alone: " code { "seawall case asset advance" } ", " code { "resolve" } ", " code { "check" } "." }
        div .scroller .board role="group" aria-label="Assets by state" tabindex="0" {
            @for (title, states) in BOARD {
                @let own: Vec<_> = case.state.assets.values().filter(|it| states.contains(&it.state)).collect();
                section .column aria-label=(title) {
                    h2 { (title) " " span .soft { (own.len()) } }
                    @if own.is_empty() { p .soft { "none" } }
                    @for known in own { (card(case, known, numbers.get(&known.asset.id).copied())) }
                }
            }
        }
        p .files { a href={ "/cases/" (seen.id()) "/assets.csv" } download { "CSV" } }
    }
}

fn card(case: &Case, known: &CaseAsset, number: Option<u64>) -> Markup {
    let asset = &known.asset;
    let warnings = warnings(case, known);
    let looked = case
        .state
        .observations
        .iter()
        .filter(|seen| seen.asset == asset.id)
        .map(|seen| seen.at)
        .max();
    html! {
        article .asset data-row {
            h3 { (parts::value(&shown(asset))) }
            p { strong { (known.state.name().replace('_', " ")) } " · " (word(&asset.asset_type).replace('_', " ")) ", " (word(&asset.role).replace('_', " ")) }
            @if let Some(number) = number { p .soft { "Number " (number) " of the schedule" } }
            p .soft { @if asset.operators.is_empty() { "Nobody is named who could act" } @else {
                @for (index, operator) in asset.operators.iter().enumerate() { @if index > 0 { "; " } (schedule::operator(operator.kind)) " " (parts::name(&operator.organisation)) }
            } }
            p .soft { @match looked { Some(at) => { "Looked at " (parts::rfc3339(&at.to_string())) } None => { "Never looked at" } } }
            @if !warnings.is_empty() { div .note { p { (counted(warnings.len() as u64, "warning", "warnings")) } ul { @for warning in warnings.iter().take(8) { li { (parts::sentence(warning)) } } } } }
        }
    }
}

pub(super) fn rows(case: &Case) -> Table {
    let mut table = Table::new(&[
        "asset",
        "type",
        "identifier",
        "role",
        "state",
        "number",
        "operators",
        "observations",
        "last_looked_at",
        "warnings",
    ]);
    let numbers = case.state.scheduled();
    for known in case.state.assets.values() {
        let asset = &known.asset;
        let seen = case.state.observations_of(&asset.id);
        let operators: Vec<String> = asset
            .operators
            .iter()
            .map(|it| format!("{}: {}", schedule::operator(it.kind), it.organisation))
            .collect();
        let last = seen.iter().map(|seen| seen.at).max();
        table.rows.push(vec![
            asset.id.as_str().into(),
            word(&asset.asset_type).into(),
            shown(asset).into(),
            word(&asset.role).into(),
            known.state.name().into(),
            numbers.get(&asset.id).map_or(Cell::None, |number| Cell::Count(*number)),
            operators.join("; ").into(),
            Cell::Count(seen.len() as u64),
            last.map_or(Cell::None, |at| at.to_string().into()),
            warnings(case, known).join("; ").into(),
        ]);
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_state_stands_in_one_column() {
        for state in AssetState::ALL {
            let columns = BOARD.iter().filter(|(_, states)| states.contains(state)).count();
            assert_eq!(columns, 1, "{}", state.name());
        }
    }
}
