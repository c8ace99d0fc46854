//! Are two accounts of one hand? Side by side, what speaks for each.

use std::collections::BTreeMap;

use maud::{Markup, html};
use seawall_charts::{
    text::{bits, confidence},
    words,
};
use seawall_core::selector::Family;

use super::Known;
use crate::console::{
    parts,
    table::{self, Asked, Column},
};

const COLUMNS: [Column; 4] = [
    Column::text("", "Compared"),
    Column::text("", "This account"),
    Column::text("", "The other"),
    Column::text("", "Alike?"),
];

/// The form, and the other account where one is asked for.
pub(super) fn part(asked: &Asked, known: &Known, other: Option<(&str, Option<&Known>)>) -> Markup {
    let typed = other.map_or("", |(id, _)| id);
    parts::block(
        "compare",
        "Side by side with another account",
        &html! {
            form .filters data-swap action={ "/accounts/" (known.pseudonym) } {
                div .field { label for="with" { "The other account" } input #with type="search" name="with" value=(typed) placeholder="Id or pseudonym" maxlength="400" spellcheck="false"; }
                button type="submit" { "Compare" }
                @if other.is_some() { a .button data-swap href=(asked.without(&["with"])) { "Clear" } }
            }
            @match other {
                None => {}
                Some((id, None)) => { (parts::empty("Not found", &html! { p { "Nobody knows the account " (parts::value(id)) "." } })) }
                Some((_, Some(other))) => { (beside(known, other)) }
            }
        },
    )
}

fn beside(known: &Known, other: &Known) -> Markup {
    let rows = html! {
        (row("Pseudonym", &html! { code { (known.pseudonym) } }, &html! { a href={ "/accounts/" (other.pseudonym) } { code { (other.pseudonym) } } }, None))
        (row("Campaign", &campaign(known), &campaign(other), Some(same_campaign(known, other))))
        (row("Probability", &probability(known), &probability(other), None))
        @for family in families(known, other) {
            @let (own, theirs) = (of(known, family), of(other, family));
            @let alike = own.zip(theirs).map(|(own, theirs)| own.1 == theirs.1);
            (row(words::family(family), &cell(known, own), &cell(other, theirs), alike.or(Some(false))))
        }
        (row("Last decision", &decision(known), &decision(other), None))
    };
    html! {
        (table::table(&Asked::default(), "Two accounts side by side", &COLUMNS, ("", false), &rows))
        p .soft { "Alike in a family: the same kind of selector speaks for both. That two accounts share the very value is said by their campaign, and by the hashes of their decisions." }
        (values(known, other))
    }
}

fn row(title: &str, own: &Markup, other: &Markup, alike: Option<bool>) -> Markup {
    html! { tr {
        th scope="row" { (title) }
        td { (own) } td { (other) }
        td { @match alike { Some(true) => "✓ alike", Some(false) => { span .soft { "not alike" } } None => {} } }
    } }
}

fn campaign(known: &Known) -> Markup {
    if let Some(own) = known.first() {
        html! { a href={ "/campaigns/" (own.campaign.campaign) } { (parts::name(&own.campaign.name)) } }
    } else {
        html! { span .soft { "none" } }
    }
}

fn same_campaign(known: &Known, other: &Known) -> bool {
    let id = |own: &Known| own.first().map(|own| own.campaign.campaign.clone());
    id(known).is_some() && id(known) == id(other)
}

fn probability(known: &Known) -> Markup {
    html! { @if let Some(own) = known.first() { (confidence(own.row.confidence)) } @else { "–" } }
}

fn decision(known: &Known) -> Markup {
    html! { @if let Some(own) = known.decisions.first() { (own.decision.decision.as_str()) " " (parts::moment(own.inputs.time)) } @else { "–" } }
}

/// Families that speak for either, those that say most of this account first.
fn families(known: &Known, other: &Known) -> Vec<Family> {
    let mut found: Vec<Family> = Vec::new();
    for own in [known, other].into_iter().filter_map(Known::first) {
        for (family, ..) in &own.row.families {
            if !found.contains(family) {
                found.push(*family);
            }
        }
    }
    found
}

fn of(known: &Known, family: Family) -> Option<(f64, &str)> {
    let families = &known.first()?.row.families;
    families.iter().find(|own| own.0 == family).map(|(_, bits, kind)| (*bits, kind.as_str()))
}

fn cell(known: &Known, said: Option<(f64, &str)>) -> Markup {
    html! { @match said {
        Some((own, kind)) => { strong { (bits(own)) } " bits" span .below { (known.titles.of(kind)) } }
        None => { span .soft { "nothing" } }
    } }
}

/// Values that both showed at their last decisions.
fn values(known: &Known, other: &Known) -> Markup {
    let (Some(own), Some(theirs)) = (known.decisions.first(), other.decisions.first()) else {
        return Markup::default();
    };
    let theirs: BTreeMap<(u8, u64), u32> =
        theirs.inputs.selectors.iter().map(|own| ((own.kind, own.value), own.accounts)).collect();
    let both: Vec<_> = own
        .inputs
        .selectors
        .iter()
        .filter(|own| theirs.contains_key(&(own.kind, own.value)))
        .collect();
    html! {
        h3 { "The very same values at their last decisions" }
        @if both.is_empty() { p { "None." } } @else {
            ul { @for own in both { li { (seawall_core::selector::KindId(own.kind).kind().title) " " code { (format!("{:016x}", own.value)) } ", which " (parts::number(u64::from(own.accounts))) " accounts have" } } }
        }
    }
}
