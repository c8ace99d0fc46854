//! Who has to do with whom, with what, and who says so?
//!
//! Tiers: who buys, who runs it, what they run it with, what campaigns that made. A line that rests on one source
//! alone is dotted, one that is contradicted is dashed and crossed, so that nobody takes a rumour for a finding.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};
use seawall_core::{
    actor::{Claim, ClaimKey, Picture, Relation, Standing, Target, ThingKind},
    case::badge::Badge,
};

use crate::{
    calendar::moment,
    card::{Card, Shape},
    pixel::px,
    table::{Cell, Table},
    text::{count, counted, visible},
    tiers::{Block, CARD_HEIGHT, Link, Tiers, order, width_min},
};

/// Things drawn of one sort.
const SORT_MAX: usize = 10;
const LEGEND: f64 = 52.0;
/// How much taller the card of a thing is that has a state.
const STATE_HEIGHT: f64 = 14.0;

/// What [`actor_graph`] draws.
#[derive(Clone, Copy, Debug)]
pub struct ActorGraph<'a> {
    /// Unique within the page; ASCII letters, digits, hyphens.
    pub id: &'a str,
    /// Who or what stands in the middle.
    pub start: &'a str,
    /// All that is claimed.
    pub picture: &'a Picture,
    /// How many claims away things are drawn.
    pub steps: u8,
    /// What became of a thing, by its id.
    pub states: &'a BTreeMap<String, ThingState>,
    /// Width in CSS pixels, at least 794.
    pub width: f64,
}

/// What became of a thing, as cases know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThingState {
    /// In a word.
    pub badge: Badge,
    /// In full: the state, of which case, since when.
    pub told: String,
}

/// Sorts of things, in the order of tiers from left to right.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sort {
    Customer,
    Actor,
    Service,
    Domain,
    SocialAccount,
    Wallet,
    Infrastructure,
    Capability,
    Campaign,
}

impl Sort {
    const fn tier(self) -> usize {
        match self {
            Self::Customer => 0,
            Self::Actor => 1,
            Self::Campaign => 3,
            _ => 2,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Customer => "customers",
            Self::Actor => "actors",
            Self::Service => "services",
            Self::Domain => "domains",
            Self::SocialAccount => "social accounts",
            Self::Wallet => "wallets",
            Self::Infrastructure => "infrastructure",
            Self::Capability => "capabilities",
            Self::Campaign => "campaigns",
        }
    }
}

/// Things that claims lead to, in so many steps, either way, from one of them.
pub fn reach(picture: &Picture, start: &str, steps: u8) -> BTreeSet<String> {
    let mut reached = BTreeSet::from([start.to_owned()]);
    for _ in 0..steps {
        let mut next = reached.clone();
        for (key, claim) in &picture.claims {
            let Target::Thing(target) = &key.target else { continue };
            if claim.standing() == Standing::Withdrawn {
                continue;
            }
            if reached.contains(&key.subject) {
                next.insert(target.clone());
            }
            if reached.contains(target) {
                next.insert(key.subject.clone());
            }
        }
        reached = next;
    }
    reached
}

/// What is drawn and where.
struct Drawing<'a> {
    input: &'a ActorGraph<'a>,
    ids: Vec<&'a str>,
    sorts: Vec<Sort>,
    edges: Vec<(&'a ClaimKey, &'a Claim)>,
    tiers: Tiers,
    hidden: BTreeMap<Sort, usize>,
}

/// Draws what an actor has to do with.
pub fn actor_graph(input: &ActorGraph<'_>) -> String {
    let drawing = Drawing::new(input);
    let height = drawing.tiers.height + LEGEND;
    html! {
        svg .chart .graph .actors xmlns="http://www.w3.org/2000/svg" role="img" width=(px(drawing.tiers.width)) height=(px(height))
            viewBox={ "0 0 " (px(drawing.tiers.width)) " " (px(height)) } aria-labelledby={ (input.id) "-t " (input.id) "-d" } {
            title id={ (input.id) "-t" } { "What " (visible(name(input.picture, input.start), 80)) " has to do with" }
            desc id={ (input.id) "-d" } { (drawing.description()) }
            @for (key, claim) in &drawing.edges { (drawing.edge(key, claim)) }
            @for (x, y, title) in &drawing.tiers.headers {
                text .strong .soft .halo x=(px(*x)) y=(px(*y)) { (title) }
            }
            @for index in 0..drawing.ids.len() { (drawing.card(index)) }
            (drawing.legend())
        }
    }
    .into_string()
}

/// Every claim within reach as a row, drawn or not.
pub fn actor_graph_table(input: &ActorGraph<'_>) -> Table {
    let mut table = Table::new(&[
        "subject",
        "subject_state",
        "relation",
        "target",
        "target_state",
        "standing",
        "assessed",
        "sources",
        "contradicted_by",
        "first_asserted_at",
        "last_asserted_at",
    ]);
    let reached = reach(input.picture, input.start, input.steps);
    for (key, claim) in claims(input.picture, &reached) {
        let graded = |said: &seawall_core::actor::Assertion| match said.grade {
            Some(grade) => format!("{} {grade}", said.source.name),
            None => format!("{} (not graded)", said.source.name),
        };
        let sources: Vec<String> = claim.supports.values().map(graded).collect();
        let against: Vec<String> = claim.contradicts.values().map(graded).collect();
        let at =
            |moment: Option<jiff::Timestamp>| moment.map_or(Cell::None, |at| at.to_string().into());
        let state = |id: &str| match input.states.get(id) {
            Some(ThingState { badge, told }) => format!("{}: {told}", badge.as_str()).into(),
            None => Cell::None,
        };
        table.rows.push(vec![
            name(input.picture, &key.subject).into(),
            state(&key.subject),
            key.relation.name().replace('_', " ").into(),
            name(input.picture, key.target.as_str()).into(),
            state(key.target.as_str()),
            claim.standing().words().into(),
            claim.assessed().word().into(),
            sources.join("; ").into(),
            if against.is_empty() { Cell::None } else { against.join("; ").into() },
            at(claim.first_asserted_at),
            at(claim.last_asserted_at),
        ]);
    }
    table
}

/// Claims between things that were reached.
fn claims<'a>(
    picture: &'a Picture,
    reached: &'a BTreeSet<String>,
) -> impl Iterator<Item = (&'a ClaimKey, &'a Claim)> {
    picture.claims.iter().filter(|(key, claim)| {
        claim.standing() != Standing::Withdrawn
            && reached.contains(&key.subject)
            && matches!(&key.target, Target::Thing(id) if reached.contains(id))
    })
}

fn name<'a>(picture: &'a Picture, id: &'a str) -> &'a str {
    picture.things.get(id).map_or(id, |(thing, _)| &thing.name)
}

fn sort(picture: &Picture, start: &str, id: &str) -> Sort {
    let Some((thing, _)) = picture.things.get(id) else { return Sort::Infrastructure };
    match thing.kind {
        ThingKind::Campaign => Sort::Campaign,
        ThingKind::Infrastructure => Sort::Infrastructure,
        ThingKind::Service => Sort::Service,
        ThingKind::Capability => Sort::Capability,
        ThingKind::Wallet => Sort::Wallet,
        ThingKind::Domain => Sort::Domain,
        ThingKind::SocialAccount => Sort::SocialAccount,
        ThingKind::Actor if id != start && buys(picture, id) => Sort::Customer,
        ThingKind::Actor => Sort::Actor,
    }
}

/// Whether somebody sells accounts to it.
fn buys(picture: &Picture, id: &str) -> bool {
    let mut claims = picture.leading_to(id);
    claims.any(|(key, claim)| {
        key.relation == Relation::SellsTo && claim.standing() != Standing::Withdrawn
    })
}

impl<'a> Drawing<'a> {
    fn new(input: &'a ActorGraph<'a>) -> Self {
        let picture = input.picture;
        let reached = reach(picture, input.start, input.steps);
        let mut by_sort: BTreeMap<Sort, Vec<&'a str>> = BTreeMap::new();
        for id in picture.things.keys().filter(|id| reached.contains(*id)) {
            by_sort.entry(sort(picture, input.start, id)).or_default().push(id);
        }
        let mut degree: BTreeMap<&str, usize> = BTreeMap::new();
        for (key, _) in claims(picture, &reached) {
            *degree.entry(&key.subject).or_default() += 1;
            *degree.entry(key.target.as_str()).or_default() += 1;
        }
        let (mut ids, mut sorts, mut hidden) = (Vec::new(), Vec::new(), BTreeMap::new());
        let mut blocks: Vec<(Sort, Block)> = Vec::new();
        for (sort, mut own) in by_sort {
            own.sort_by_key(|id| (*id != input.start, std::cmp::Reverse(degree.get(id)), *id));
            if own.len() > SORT_MAX {
                hidden.insert(sort, own.len() - SORT_MAX);
                own.truncate(SORT_MAX);
            }
            let nodes = (ids.len()..ids.len() + own.len()).collect();
            sorts.extend(std::iter::repeat_n(sort, own.len()));
            ids.extend(own);
            let title = match hidden.get(&sort) {
                Some(more) => format!("{} (+ {more} more)", sort.words()),
                None => sort.words().to_owned(),
            };
            blocks.push((sort, Block { title, nodes }));
        }
        let columns: Vec<_> = (0..4)
            .map(|tier| {
                let start = blocks.partition_point(|(sort, _)| sort.tier() < tier);
                start..blocks.partition_point(|(sort, _)| sort.tier() <= tier)
            })
            .filter(|column| !column.is_empty())
            .collect();
        let mut blocks: Vec<Block> = blocks.into_iter().map(|(_, block)| block).collect();
        let number: BTreeMap<&str, usize> =
            ids.iter().enumerate().map(|(index, id)| (*id, index)).collect();
        let edges: Vec<(&ClaimKey, &Claim)> = picture
            .claims
            .iter()
            .filter(|(key, claim)| {
                claim.standing() != Standing::Withdrawn
                    && number.contains_key(key.subject.as_str())
                    && matches!(&key.target, Target::Thing(id) if number.contains_key(id.as_str()))
            })
            .collect();
        let links: Vec<Link> = edges
            .iter()
            .filter_map(|(key, _)| {
                let to = *number.get(key.target.as_str())?;
                Some(Link { from: *number.get(key.subject.as_str())?, to, weight: 1.0 })
            })
            .collect();
        order(&mut blocks, &columns, ids.len(), &links);
        let height = |id: &&str| {
            CARD_HEIGHT + if input.states.contains_key(*id) { STATE_HEIGHT } else { 0.0 }
        };
        let heights: Vec<f64> = ids.iter().map(height).collect();
        let tiers = Tiers::new(&blocks, &columns, &heights, input.width.max(width_min(4)));
        Self { input, ids, sorts, edges, tiers, hidden }
    }

    fn index(&self, id: &str) -> Option<usize> {
        self.ids.iter().position(|known| *known == id)
    }

    fn description(&self) -> String {
        let one =
            self.edges.iter().filter(|(_, claim)| claim.standing() == Standing::OneSource).count();
        let against = self
            .edges
            .iter()
            .filter(|(_, claim)| claim.standing() == Standing::Contradicted)
            .count();
        format!(
            "{} and {}; {} on one source alone, {} contradicted.",
            counted(self.ids.len() as u64, "thing", "things"),
            counted(self.edges.len() as u64, "claim", "claims"),
            count(one as u64),
            count(against as u64)
        )
    }

    fn edge(&self, key: &ClaimKey, claim: &Claim) -> Markup {
        let ends = self.index(&key.subject).zip(self.index(key.target.as_str()));
        let Some((from, to)) = ends else { return Markup::default() };
        let (Some(start), Some(end)) = (self.tiers.place(from), self.tiers.place(to)) else {
            return Markup::default();
        };
        let class = match claim.standing() {
            Standing::OneSource => "one-source",
            Standing::Contradicted => "contradicted",
            _ => "corroborated",
        };
        let sources: Vec<String> =
            claim.supports.values().map(|said| visible(&said.source.name, 40)).collect();
        let thickness = 1.2 + 0.7 * claim.supports.len().min(5) as f64;
        html! {
            path .edge.(class) stroke-width=(px(thickness)) d=(self.tiers.line(start, end)) data-from=(from) data-to=(to) {
                title {
                    (visible(name(self.input.picture, &key.subject), 60)) " " (key.relation.name().replace('_', " ")) " "
                    (visible(name(self.input.picture, key.target.as_str()), 60)) ": " (claim.standing().words()) "; "
                    (sources.join(", "))
                    @if let Some(at) = claim.last_asserted_at { "; last said " (moment(&at.to_string())) }
                }
            }
        }
    }

    fn card(&self, index: usize) -> Markup {
        let id = self.ids[index];
        let Some(place) = self.tiers.place(index) else { return Markup::default() };
        let picture = self.input.picture;
        let state = self.input.states.get(id);
        let sort = self.sorts[index];
        let sources = picture.things.get(id).map_or(0, |(_, sources)| sources.len() as u64);
        let card = Card {
            node: index,
            class: if id == self.input.start { "start" } else { "thing" },
            shape: match sort {
                Sort::Actor | Sort::Customer => Shape::Round,
                Sort::Campaign => Shape::Folded,
                Sort::Service | Sort::Capability => Shape::Pointed,
                _ => Shape::Square,
            },
            title: format!("{}, {}", visible(name(picture, id), 120), sort.words()),
            is_value: !matches!(sort, Sort::Actor | Sort::Customer | Sort::Campaign),
            first: name(picture, id).to_owned(),
            second: counted(sources, "source", "sources"),
            share: None,
        };
        html! {
            (card.draw(place))
            @if let Some(state) = state {
                text .state.(state.badge.as_str()) x=(px(place.x + 10.0)) y=(px(place.y + 46.0)) {
                    title { (visible(&state.told, 160)) }
                    (state.badge.mark()) " " (state.badge.as_str())
                }
            }
        }
    }

    fn legend(&self) -> Markup {
        let line = self.tiers.height + 22.0;
        let hidden: usize = self.hidden.values().sum();
        let key = |class: &str, x: f64, words: &str| {
            html! {
                path .edge.(class) stroke-width="2.5" d={ "M" (px(x)) " " (px(line - 4.0)) "h30" } {}
                text .soft x=(px(x + 37.0)) y=(px(line)) { (words) }
            }
        };
        html! {
            (key("corroborated", 4.0, "several sources"))
            (key("one-source", 164.0, "one source alone"))
            (key("contradicted", 324.0, "contradicted"))
            text .soft x="480" y=(px(line)) { "thicker: more sources" }
            @if hidden > 0 {
                text .soft x="4" y=(px(line + 20.0)) { "Not drawn: " (counted(hidden as u64, "thing", "things")) " with fewer claims; the table has them." }
            }
        }
    }
}
