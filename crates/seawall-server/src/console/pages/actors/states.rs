//! What became of what actors have, as the cases know it, for those who may see cases?

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use seawall_charts::ThingState;
use seawall_core::{
    actor::{Picture, Standing, Target},
    case::{
        Id, Moment, Record,
        badge::{Badge, KnownBy},
        state::Machine as _,
    },
};
use seawall_evidence::custody::Action;

use super::super::away;
use crate::console::{
    Console, Trouble,
    access::{capability::Capability, guard::Visitor},
    cases::Case,
    parts,
};

/// States of things, by their ids.
#[derive(Debug, Default)]
pub(super) struct States {
    /// For pictures.
    pub(super) by_thing: BTreeMap<String, ThingState>,
    /// Which case says so.
    cases: BTreeMap<String, String>,
    /// Whether the visitor may know that there are any.
    pub(super) are_shown: bool,
    /// Cases that could not be read.
    unreadable: usize,
}

/// The last state of an asset in one case, in the order in which later ones come after.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Last {
    /// When it came to that; none where no entry says.
    at: Option<Moment>,
    case: String,
    badge: Badge,
    state: &'static str,
}

impl States {
    /// Of all things of the picture; none for who may not see cases.
    pub(super) async fn read(
        console: &Console,
        visitor: &Visitor,
        picture: &Picture,
    ) -> Result<Self, Trouble> {
        let keeper = console.cases.clone().filter(|_| visitor.may(Capability::Cases));
        let Some(cases) = keeper else { return Ok(Self::default()) };
        let (last, unreadable) = away(move || {
            let (mut last, mut unreadable) = (BTreeMap::new(), 0);
            for id in cases.ids()? {
                match cases.read(&id) {
                    Ok(case) => take(&case, &mut last),
                    Err(_) => unreadable += 1,
                }
            }
            Ok((last, unreadable))
        })
        .await?;
        let mut states = Self { are_shown: true, unreadable, ..Self::default() };
        for (thing, _) in picture.things.values() {
            let Some(known_by) = KnownBy::of_thing(thing.kind, &thing.name) else { continue };
            let Some(last) = last.get(&known_by) else { continue };
            states.by_thing.insert(thing.id.clone(), last.shown());
            states.cases.insert(thing.id.clone(), last.case.clone());
        }
        Ok(states)
    }

    /// The badge of a thing, and the case that says so.
    pub(super) fn badge(&self, id: &str) -> Markup {
        let Some((state, case)) = self.by_thing.get(id).zip(self.cases.get(id)) else {
            return Markup::default();
        };
        html! { " " a .tag href={ "/cases/" (case) "?tab=assets" } title=(state.told) {
            span aria-hidden="true" { (state.badge.mark()) } " " (state.badge.as_str())
        } }
    }

    /// How many of what it has are where, in the order of badges.
    pub(super) fn of_those_it_has(&self, picture: &Picture, id: &str) -> Markup {
        let own =
            picture.of_subject(id).filter(|(_, claim)| claim.standing() != Standing::Withdrawn);
        let things: BTreeSet<&str> = own
            .filter_map(|(key, _)| match &key.target {
                Target::Thing(thing) => Some(thing.as_str()),
                Target::Text(_) => None,
            })
            .collect();
        let badges: Vec<Badge> = things
            .iter()
            .filter_map(|thing| self.by_thing.get(*thing))
            .map(|own| own.badge)
            .collect();
        let counted =
            Badge::ALL.map(|badge| (badge, badges.iter().filter(|own| **own == badge).count()));
        html! {
            @if badges.is_empty() { span .soft { "–" } }
            @for (badge, number) in counted.iter().filter(|(_, number)| *number > 0) {
                span .tag { (number) " " (badge.as_str()) } " "
            }
        }
    }

    /// What is missing.
    pub(super) fn note(&self) -> Markup {
        html! { @if self.unreadable > 0 {
            (parts::stale(&html! { (parts::number(self.unreadable as u64)) " of the cases cannot be read: what they know of assets is not shown." }))
        } }
    }
}

impl Last {
    fn shown(&self) -> ThingState {
        let since = self.at.map_or(String::new(), |at| format!(" since {}", at.date()));
        ThingState {
            badge: self.badge,
            told: format!("{} in case {}{since}", self.state.replace('_', " "), self.case),
        }
    }
}

/// Takes the states of a case in: of several that know one thing, the last word counts.
fn take(case: &Case, last: &mut BTreeMap<KnownBy, Last>) {
    let since = since(case);
    for (id, known) in &case.state.assets {
        let Some(known_by) = KnownBy::of_asset(&known.asset) else { continue };
        let Some(badge) = Badge::of(known.state) else { continue };
        let own = Last {
            at: since.get(id).copied(),
            case: case.file.id.as_str().to_owned(),
            badge,
            state: known.state.name(),
        };
        let slot = last.entry(known_by).or_insert_with(|| own.clone());
        if own > *slot {
            *slot = own;
        }
    }
}

/// When each asset came to the state that it is in: when that was written, else when it was named.
fn since(case: &Case) -> BTreeMap<Id, Moment> {
    let mut since = BTreeMap::new();
    for entry in case.entries.iter().filter(|entry| entry.action == Action::Record) {
        let at = Moment::new(entry.time.timestamp());
        match entry.body() {
            Ok(Record::AssetState(change)) => drop(since.insert(change.asset, at)),
            Ok(Record::Asset(asset)) => drop(since.entry(asset.id).or_insert(at)),
            _ => {}
        }
    }
    since
}
