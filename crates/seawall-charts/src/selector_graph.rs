//! Which selectors of a campaign occur together?
//!
//! Tiers by family, not forces: selectors of one family stand together, ordered so that lines cross
//! little. The same graph always gives the same picture, and the picture stays readable with all of a
//! campaign's selectors, where forces give a tangle.

use maud::{Markup, html};
use seawall_core::{
    campaign::findings::{Graph, GraphEdge, GraphNode},
    selector::{Family, Role},
};

use crate::{
    card::{Card, outline, role_class, role_shape},
    pixel::px,
    text::{count, expected, visible},
    tiers::{Block, CARD_HEIGHT, Link, Tiers, columns_max, order, partition},
    words,
    words::Titles,
};

/// Lines drawn at most, strongest first.
const EDGES_MAX: usize = 150;
const LEGEND: f64 = 52.0;
/// Selectors drawn of one family; the list beside the picture has all.
const FAMILY_MAX: usize = 12;

/// Families from left to right: what is rented, what it runs on, who it claims to be, who sent it and
/// what it does.
const ORDER: [Family; 11] = [
    Family::Network,
    Family::Timing,
    Family::Challenge,
    Family::Device,
    Family::Domain,
    Family::Name,
    Family::Recovery,
    Family::Phone,
    Family::Payment,
    Family::Referral,
    Family::Action,
];

/// A drawn graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SelectorGraph {
    /// The picture.
    pub svg: String,
    /// Selectors of the graph that the picture leaves out.
    pub nodes_hidden: u64,
    /// Pairs that the picture leaves out.
    pub edges_hidden: u64,
}

/// Draws the graph of a campaign with `members` accounts, `width` CSS pixels wide (at least 420);
/// `id` is unique within the page: ASCII letters, digits, hyphens.
pub fn selector_graph(
    id: &str,
    graph: &Graph,
    members: u64,
    titles: &Titles,
    width: f64,
) -> SelectorGraph {
    let tiers = lay_out(graph, width.max(420.0));
    let edges = drawn_edges(graph, &tiers);
    let edges_hidden = (graph.edges.len() - edges.len()) as u64;
    let shown = tiers.places.iter().flatten().count();
    let nodes_hidden = graph.nodes_omitted + (graph.nodes.len() - shown) as u64;
    let height = tiers.height + LEGEND;
    let svg = html! {
        svg .chart .graph xmlns="http://www.w3.org/2000/svg" role="img" width=(px(tiers.width)) height=(px(height))
            viewBox={ "0 0 " (px(tiers.width)) " " (px(height)) } aria-labelledby={ (id) "-t " (id) "-d" } {
            title id={ (id) "-t" } { "Selectors that occur together" }
            desc id={ (id) "-d" } { (description(graph, &tiers, &edges)) }
            @for edge in &edges { (draw_edge(edge, graph, &tiers, members)) }
            @for (x, y, title) in &tiers.headers {
                text .strong .soft .halo x=(px(*x)) y=(px(*y)) { (title) }
            }
            @for (index, node) in graph.nodes.iter().enumerate() {
                @if let Some(place) = tiers.place(index) { (card(index, node, members, titles).draw(place)) }
            }
            (legend(tiers.height, nodes_hidden, edges_hidden))
        }
    }
    .into_string();
    SelectorGraph { svg, nodes_hidden, edges_hidden }
}

fn lay_out(graph: &Graph, width: f64) -> Tiers {
    let mut blocks = blocks(graph);
    let columns = partition(&blocks, columns_max(width));
    let links: Vec<Link> = graph
        .edges
        .iter()
        .map(|edge| Link {
            from: edge.from as usize,
            to: edge.to as usize,
            weight: edge.accounts as f64,
        })
        .collect();
    order(&mut blocks, &columns, graph.nodes.len(), &links);
    Tiers::new(&blocks, &columns, &vec![CARD_HEIGHT; graph.nodes.len()], width)
}

/// The families with nodes, each with its largest nodes.
fn blocks(graph: &Graph) -> Vec<Block> {
    ORDER
        .into_iter()
        .filter_map(|family| {
            let mut nodes: Vec<usize> = (0..graph.nodes.len())
                .filter(|index| graph.nodes[*index].family == family)
                .collect();
            nodes.sort_by_key(|index| (std::cmp::Reverse(graph.nodes[*index].members), *index));
            nodes.truncate(FAMILY_MAX);
            let title = words::family(family).to_owned();
            (!nodes.is_empty()).then_some(Block { title, nodes })
        })
        .collect()
}

/// Edges between drawn nodes, strongest first and at most [`EDGES_MAX`], returned weakest first so
/// that strong lines lie on top.
fn drawn_edges<'a>(graph: &'a Graph, tiers: &Tiers) -> Vec<&'a GraphEdge> {
    let drawn = |index: u32| tiers.place(index as usize).is_some();
    let mut edges: Vec<&GraphEdge> =
        graph.edges.iter().filter(|edge| drawn(edge.from) && drawn(edge.to)).collect();
    edges.sort_by_key(|edge| (std::cmp::Reverse(edge.accounts), edge.from, edge.to));
    edges.truncate(EDGES_MAX);
    edges.reverse();
    edges
}

fn value(graph: &Graph, index: u32) -> String {
    graph.nodes.get(index as usize).map_or_else(String::new, |node| visible(&node.value, 60))
}

fn description(graph: &Graph, tiers: &Tiers, edges: &[&GraphEdge]) -> String {
    let drawn = tiers.places.iter().flatten().count();
    let text = format!("{drawn} selectors in {} families.", tiers.headers.len());
    if let Some(strongest) = edges.last() {
        return format!(
            "{text} Most accounts, {}, carry both {} and {}.",
            count(strongest.accounts),
            value(graph, strongest.from),
            value(graph, strongest.to)
        );
    }
    text
}

fn draw_edge(edge: &GraphEdge, graph: &Graph, tiers: &Tiers, members: u64) -> Markup {
    let (Some(from), Some(to)) = (tiers.place(edge.from as usize), tiers.place(edge.to as usize))
    else {
        return Markup::default();
    };
    let thickness = 0.8 + 5.0 * (edge.accounts as f64 / members.max(1) as f64).min(1.0).sqrt();
    html! {
        path .edge stroke-width=(px(thickness)) d=(tiers.line(from, to)) data-from=(edge.from) data-to=(edge.to) {
            title {
                (count(edge.accounts)) " accounts carry both " (value(graph, edge.from)) " and " (value(graph, edge.to))
                "; " (expected(edge.expected)) " expected by chance"
            }
        }
    }
}

/// The card of a selector.
pub(crate) fn card(index: usize, node: &GraphNode, members: u64, titles: &Titles) -> Card<'static> {
    let title = titles.of(&node.kind);
    Card {
        node: index,
        class: role_class(node.role),
        shape: role_shape(node.role),
        title: format!(
            "{title} {}: {} of {} members; {}",
            visible(&node.value, 120),
            count(node.members),
            count(members),
            words::role(node.role)
        ),
        is_value: true,
        first: node.value.clone(),
        second: format!("{} · {}", visible(&title, 16), count(node.members)),
        share: Some(node.members as f64 / members.max(1) as f64),
    }
}

fn legend(top: f64, nodes_hidden: u64, edges_hidden: u64) -> Markup {
    let line = top + 22.0;
    let key = |role: Role, x: f64| {
        html! {
            g .node.(role_class(role)) { path .body d=(outline(role_shape(role), x, line - 10.0, 24.0, 13.0)) {} }
            text .soft x=(px(x + 30.0)) y=(px(line)) { (words::role(role)) }
        }
    };
    html! {
        (key(Role::Link, 4.0))
        (key(Role::Corroborate, 84.0))
        g .node { rect .share x="196" y=(px(line - 6.0)) width="24" height="4" rx="2" {} rect .bar x="196" y=(px(line - 6.0)) width="15" height="4" rx="2" {} }
        text .soft x="226" y=(px(line)) { "share of members" }
        path .edge stroke-width="4" d={ "M346 " (px(line - 4.0)) "h24" } {}
        text .soft x="376" y=(px(line)) { "carried together" }
        @if nodes_hidden + edges_hidden > 0 {
            text .soft x="4" y=(px(line + 20.0)) {
                "Not drawn: " (count(nodes_hidden)) " selectors and " (count(edges_hidden)) " lines, the weakest."
            }
        }
    }
}
