//! Which accounts of a campaign share what, however many they are?
//!
//! Not a node for each account: accounts that carry the same selectors are one card, between what they run on and
//! what they claim to be. A hundred thousand accounts are then as readable as a hundred, and the number of cards has
//! a cap.

use std::collections::BTreeMap;

use maud::{Markup, html};
use seawall_core::{
    campaign::findings::{AccountGroup, Campaign, GraphNode},
    selector::Family,
};

use crate::{
    card::{Card, Shape, outline},
    pixel::px,
    selector_graph,
    table::{Cell, Table},
    text::{count, counted, share, visible},
    tiers::{Block, CARD_HEIGHT, Link, Tiers, order, width_min},
    words,
    words::Titles,
};

/// Selectors drawn on each side.
const SIDE_MAX: usize = 14;
/// Selectors drawn of one family.
const FAMILY_MAX: usize = 7;
/// Share of the members that have to carry a selector for its lines to say nothing.
const ALL: f64 = 0.97;
/// Share of a group that has to carry a selector for a line.
const LINE_MIN: f64 = 0.05;
/// Lines drawn at most, strongest first.
const LINES_MAX: usize = 160;
/// How much taller the card of a group is that has all accounts.
const GROUP_GROWTH: f64 = 56.0;
const LEGEND: f64 = 52.0;

/// What accounts run on; on the left.
const LEFT: [Family; 3] = [Family::Device, Family::Network, Family::Timing];
/// What they claim to be, how they pass, and what they do; on the right.
const RIGHT: [Family; 8] = [
    Family::Name,
    Family::Domain,
    Family::Recovery,
    Family::Phone,
    Family::Challenge,
    Family::Payment,
    Family::Referral,
    Family::Action,
];

/// What stands on a card.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Node {
    /// A selector, by its index in the graph.
    Selector(usize),
    /// An account group, by its index.
    Group(usize),
    /// Selectors of a family that are not drawn: how many.
    More(Family, usize),
}

/// A line: which nodes, and how many accounts.
struct Line {
    from: usize,
    to: usize,
    accounts: u64,
}

/// The nodes of a picture and where they stand.
struct Drawing<'a> {
    campaign: &'a Campaign,
    nodes: Vec<Node>,
    lines: Vec<Line>,
    tiers: Tiers,
    lines_hidden: usize,
}

/// Draws the account groups of a campaign, `width` CSS pixels wide (at least 582); `id` is unique within the page:
/// ASCII letters, digits, hyphens. A run of an earlier version has no groups: then only selectors stand there.
pub fn campaign_graph(id: &str, campaign: &Campaign, titles: &Titles, width: f64) -> String {
    let drawing = Drawing::new(campaign, width.max(width_min(3)));
    let height = drawing.tiers.height + LEGEND;
    html! {
        svg .chart .graph .summary xmlns="http://www.w3.org/2000/svg" role="img" width=(px(drawing.tiers.width)) height=(px(height))
            viewBox={ "0 0 " (px(drawing.tiers.width)) " " (px(height)) } aria-labelledby={ (id) "-t " (id) "-d" } {
            title id={ (id) "-t" } { "Account groups and what they share" }
            desc id={ (id) "-d" } { (description(campaign)) }
            @for line in drawing.lines.iter().rev() { (drawing.line(line)) }
            @for (x, y, title) in &drawing.tiers.headers {
                text .strong .soft .halo x=(px(*x)) y=(px(*y)) { (title) }
            }
            @for (index, node) in drawing.nodes.iter().enumerate() {
                @if let Some(place) = drawing.tiers.place(index) { (drawing.card(index, *node, titles).draw(place)) }
            }
            (drawing.legend())
        }
    }
    .into_string()
}

/// The same as rows: first the groups, then every selector of the graph, drawn or not.
pub fn campaign_graph_table(campaign: &Campaign, titles: &Titles) -> Table {
    let mut table = Table::new(&["part", "name", "accounts", "share", "carried_with"]);
    let graph = &campaign.graph;
    let members = campaign.accounts;
    let of_members = |accounts: u64| Cell::Share(accounts as f64 / members.max(1) as f64);
    for (index, group) in graph.groups.iter().enumerate() {
        let carried = group.selectors.iter().filter_map(|(node, accounts)| {
            let node = graph.nodes.get(*node as usize)?;
            let part = if *accounts == group.accounts {
                String::new()
            } else {
                format!(" ({})", count(*accounts))
            };
            Some(format!("{} {}{part}", titles.of(&node.kind), node.value))
        });
        let carried: Vec<String> = carried.collect();
        table.rows.push(vec![
            "account group".into(),
            group_name(index, group).into(),
            Cell::Count(group.accounts),
            of_members(group.accounts),
            carried.join("; ").into(),
        ]);
    }
    for (index, node) in graph.nodes.iter().enumerate() {
        let with = graph.groups.iter().enumerate().filter_map(|(number, group)| {
            let tie = group.selectors.iter().find(|tie| tie.0 as usize == index)?;
            Some(format!("{} ({})", group_name(number, group), count(tie.1)))
        });
        let with: Vec<String> = with.collect();
        table.rows.push(vec![
            titles.of(&node.kind).into(),
            node.value.clone().into(),
            Cell::Count(node.members),
            of_members(node.members),
            with.join("; ").into(),
        ]);
    }
    table
}

/// What a group is called: its place, since it has no name.
fn group_name(index: usize, group: &AccountGroup) -> String {
    if group.groups > 1 {
        format!("{} groups", count(group.groups))
    } else {
        format!("group {}", index + 1)
    }
}

fn description(campaign: &Campaign) -> String {
    let groups = &campaign.graph.groups;
    let mut text = format!(
        "{} in {}; {}.",
        counted(campaign.accounts, "account", "accounts"),
        counted(groups.iter().map(|group| group.groups).sum(), "group", "groups"),
        counted(
            campaign.graph.nodes.len() as u64 + campaign.graph.nodes_omitted,
            "selector",
            "selectors"
        ),
    );
    if let Some(first) = groups.first() {
        let largest =
            format!(" The largest group has {}.", counted(first.accounts, "account", "accounts"));
        text.push_str(&largest);
    }
    text
}

impl<'a> Drawing<'a> {
    fn new(campaign: &'a Campaign, width: f64) -> Self {
        let (mut nodes, mut blocks) = (Vec::new(), Vec::new());
        let left = side(campaign, &LEFT, &mut nodes, &mut blocks);
        let groups: Vec<usize> = (0..campaign.graph.groups.len())
            .map(|group| {
                nodes.push(Node::Group(group));
                nodes.len() - 1
            })
            .collect();
        let middle = left..left + usize::from(!groups.is_empty());
        if !groups.is_empty() {
            blocks.push(Block { title: "account groups".to_owned(), nodes: groups });
        }
        side(campaign, &RIGHT, &mut nodes, &mut blocks);
        let columns: Vec<_> = [0..left, middle.clone(), middle.end..blocks.len()]
            .into_iter()
            .filter(|column| !column.is_empty())
            .collect();
        let (lines, lines_hidden) = lines(campaign, &nodes);
        let links: Vec<Link> = lines
            .iter()
            .map(|line| Link { from: line.from, to: line.to, weight: line.accounts as f64 })
            .collect();
        let more: Vec<usize> =
            (0..nodes.len()).filter(|node| matches!(nodes[*node], Node::More(..))).collect();
        order(&mut blocks, &columns, nodes.len(), &links);
        // What is not drawn stands last, wherever its lines lead.
        for block in &mut blocks {
            block.nodes.sort_by_key(|node| more.contains(node));
        }
        let heights: Vec<f64> = nodes.iter().map(|node| height(campaign, *node)).collect();
        let tiers = Tiers::new(&blocks, &columns, &heights, width);
        Self { campaign, nodes, lines, tiers, lines_hidden }
    }

    fn line(&self, line: &Line) -> Markup {
        let (Some(from), Some(to)) = (self.tiers.place(line.from), self.tiers.place(line.to))
        else {
            return Markup::default();
        };
        let share = (line.accounts as f64 / self.campaign.accounts.max(1) as f64).min(1.0);
        html! {
            path .edge stroke-width=(px(0.8 + 9.0 * share.sqrt())) d=(self.tiers.line(from, to)) data-from=(line.from) data-to=(line.to) {
                title { (count(line.accounts)) " accounts: " (self.name(line.from)) " – " (self.name(line.to)) }
            }
        }
    }

    fn name(&self, node: usize) -> String {
        match self.nodes[node] {
            Node::Selector(index) => visible(&self.campaign.graph.nodes[index].value, 60),
            Node::Group(index) => group_name(index, &self.campaign.graph.groups[index]),
            Node::More(family, number) => format!("{number} more of {}", words::family(family)),
        }
    }

    fn card(&self, index: usize, node: Node, titles: &Titles) -> Card<'static> {
        let members = self.campaign.accounts;
        match node {
            Node::Selector(selector) => {
                selector_graph::card(index, &self.campaign.graph.nodes[selector], members, titles)
            }
            Node::Group(number) => {
                let group = &self.campaign.graph.groups[number];
                let name = group_name(number, group);
                Card {
                    node: index,
                    class: "group",
                    shape: if group.groups > 1 { Shape::Folded } else { Shape::Square },
                    title: format!(
                        "{name}: {} of {} members",
                        count(group.accounts),
                        count(members)
                    ),
                    is_value: false,
                    first: counted(group.accounts, "account", "accounts"),
                    second: format!("{name} · {}", share(group.accounts, members)),
                    share: Some(group.accounts as f64 / members.max(1) as f64),
                }
            }
            Node::More(family, number) => Card {
                node: index,
                class: "more",
                shape: Shape::Folded,
                title: format!(
                    "{number} more of {}, carried by fewer members; the table has them",
                    words::family(family)
                ),
                is_value: false,
                first: format!("+ {number} more"),
                second: words::family(family).to_owned(),
                share: None,
            },
        }
    }

    fn legend(&self) -> Markup {
        let line = self.tiers.height + 22.0;
        let omitted = self.campaign.graph.nodes_omitted;
        html! {
            g .node.group { path .body d=(outline(Shape::Square, 4.0, line - 10.0, 24.0, 13.0)) {} }
            text .soft x="34" y=(px(line)) { "accounts with the same selectors" }
            path .edge stroke-width="4" d={ "M264 " (px(line - 4.0)) "h24" } {}
            text .soft x="294" y=(px(line)) { "carried by (thicker: more accounts)" }
            g .node { rect .share x="530" y=(px(line - 6.0)) width="24" height="4" rx="2" {} rect .bar x="530" y=(px(line - 6.0)) width="15" height="4" rx="2" {} }
            text .soft x="562" y=(px(line)) { "share of members" }
            text .soft x="4" y=(px(line + 20.0)) {
                "Without lines: carried by nearly all members."
                @if omitted > 0 { " Not in the graph: " (counted(omitted, "selector", "selectors")) " that fewer members carry." }
                @if self.lines_hidden > 0 { " Not drawn: " (count(self.lines_hidden as u64)) " thin lines." }
            }
        }
    }
}

fn height(campaign: &Campaign, node: Node) -> f64 {
    let Node::Group(group) = node else { return CARD_HEIGHT };
    let accounts = campaign.graph.groups[group].accounts as f64;
    CARD_HEIGHT + GROUP_GROWTH * (accounts / campaign.accounts.max(1) as f64).min(1.0)
}

fn is_of_all(campaign: &Campaign, node: &GraphNode) -> bool {
    node.members as f64 >= ALL * campaign.accounts as f64
}

/// Adds the blocks of one side, family by family; returns how many.
fn side(
    campaign: &Campaign,
    families: &[Family],
    nodes: &mut Vec<Node>,
    blocks: &mut Vec<Block>,
) -> usize {
    let graph = &campaign.graph;
    let of = |family: Family| {
        (0..graph.nodes.len()).filter(move |node| graph.nodes[*node].family == family)
    };
    let present: Vec<Family> =
        families.iter().copied().filter(|family| of(*family).next().is_some()).collect();
    // Every family has its share of the room, so that none is crowded out.
    let each = (SIDE_MAX / present.len().max(1)).clamp(2, FAMILY_MAX);
    for family in &present {
        let mut own: Vec<usize> = of(*family).collect();
        own.sort_by_key(|node| (std::cmp::Reverse(graph.nodes[*node].members), *node));
        let hidden = own.len().saturating_sub(each);
        let mut block = Block { title: words::family(*family).to_owned(), nodes: Vec::new() };
        let shown = own.into_iter().take(each).map(Node::Selector);
        let more = (hidden > 0).then_some(Node::More(*family, hidden));
        for node in shown.chain(more) {
            block.nodes.push(nodes.len());
            nodes.push(node);
        }
        blocks.push(block);
    }
    present.len()
}

/// Lines between groups and selectors, strongest first, and how many are left out. Where groups are few, or a selector
/// is everyone's, nothing would be told by a line.
fn lines(campaign: &Campaign, nodes: &[Node]) -> (Vec<Line>, usize) {
    let graph = &campaign.graph;
    let mut place: BTreeMap<usize, usize> = BTreeMap::new();
    let mut more: BTreeMap<Family, usize> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        match node {
            Node::Selector(selector) => {
                place.insert(*selector, index);
            }
            Node::More(family, _) => {
                more.insert(*family, index);
            }
            Node::Group(_) => {}
        }
    }
    let mut accounts: BTreeMap<(usize, usize), u64> = BTreeMap::new();
    for (index, node) in nodes.iter().enumerate() {
        let Node::Group(group) = node else { continue };
        let group = &graph.groups[*group];
        for (selector, carriers) in &group.selectors {
            let Some(known) = graph.nodes.get(*selector as usize) else { continue };
            let few = (*carriers as f64) < LINE_MIN * group.accounts as f64;
            if few || graph.groups.len() > 1 && is_of_all(campaign, known) {
                continue;
            }
            let other = place.get(&(*selector as usize)).or_else(|| more.get(&known.family));
            if let Some(other) = other {
                // Of those not drawn, an account may carry several: the most that one has is a lower bound.
                let most = accounts.entry((index, *other)).or_default();
                *most = (*most).max(*carriers);
            }
        }
    }
    let mut lines: Vec<Line> =
        accounts.into_iter().map(|((from, to), accounts)| Line { from, to, accounts }).collect();
    lines.sort_by_key(|line| (std::cmp::Reverse(line.accounts), line.from, line.to));
    let hidden = lines.len().saturating_sub(LINES_MAX);
    lines.truncate(LINES_MAX);
    (lines, hidden)
}
