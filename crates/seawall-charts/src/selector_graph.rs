//! Which selectors of a campaign occur together?
//!
//! Tiers by family, not forces: selectors of one family stand together, ordered so that lines cross
//! little. The same graph always gives the same picture, and the picture stays readable with all of a
//! campaign's selectors, where forces give a tangle.

use maud::{Markup, html};
use seawall_core::{
    campaign::findings::{Graph, GraphEdge, GraphNode},
    selector::Role,
};

use crate::{
    pixel::px,
    text::{count, expected, visible},
    words,
    words::Titles,
};

mod layout;

use layout::{CARD_HEIGHT, CARD_WIDTH, Layout};

/// Lines drawn at most, strongest first.
const EDGES_MAX: usize = 150;
const LEGEND: f64 = 52.0;
/// How far lines within a column bend out.
const BEND: f64 = 36.0;

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
    let layout = Layout::new(graph, width.max(420.0));
    let edges = drawn_edges(graph, &layout);
    let edges_hidden = (graph.edges.len() - edges.len()) as u64;
    let nodes_hidden = graph.nodes_omitted + layout.hidden;
    let height = layout.height + LEGEND;
    let svg = html! {
        svg .chart .graph xmlns="http://www.w3.org/2000/svg" role="img" width=(px(layout.width)) height=(px(height))
            viewBox={ "0 0 " (px(layout.width)) " " (px(height)) } aria-labelledby={ (id) "-t " (id) "-d" } {
            title id={ (id) "-t" } { "Selectors that occur together" }
            desc id={ (id) "-d" } { (description(graph, &layout, &edges)) }
            @for edge in &edges { (draw_edge(edge, graph, &layout, members)) }
            @for (x, y, family) in &layout.headers {
                text .strong .soft .halo x=(px(*x)) y=(px(*y)) { (words::family(*family)) }
            }
            @for (index, node) in graph.nodes.iter().enumerate() {
                @if let Some(place) = layout.places[index] { (draw_node(node, place, members, titles)) }
            }
            (legend(layout.height, nodes_hidden, edges_hidden))
        }
    }
    .into_string();
    SelectorGraph { svg, nodes_hidden, edges_hidden }
}

/// Edges between drawn nodes, strongest first and at most [`EDGES_MAX`], returned weakest first so
/// that strong lines lie on top.
fn drawn_edges<'a>(graph: &'a Graph, layout: &Layout) -> Vec<&'a GraphEdge> {
    let drawn = |index: u32| layout.place(index).is_some();
    let mut edges: Vec<&GraphEdge> =
        graph.edges.iter().filter(|edge| drawn(edge.from) && drawn(edge.to)).collect();
    edges.sort_by_key(|edge| (std::cmp::Reverse(edge.accounts), edge.from, edge.to));
    edges.truncate(EDGES_MAX);
    edges.reverse();
    edges
}

fn description(graph: &Graph, layout: &Layout, edges: &[&GraphEdge]) -> String {
    let drawn = layout.places.iter().flatten().count();
    let text = format!("{drawn} selectors in {} families.", layout.headers.len());
    if let Some(strongest) = edges.last() {
        let value = |index: u32| {
            graph
                .nodes
                .get(index as usize)
                .map_or_else(String::new, |node| visible(&node.value, 60))
        };
        return format!(
            "{text} Most accounts, {}, carry both {} and {}.",
            count(strongest.accounts),
            value(strongest.from),
            value(strongest.to)
        );
    }
    text
}

fn draw_edge(edge: &GraphEdge, graph: &Graph, layout: &Layout, members: u64) -> Markup {
    let (Some(mut from), Some(mut to)) = (layout.place(edge.from), layout.place(edge.to)) else {
        return Markup::default();
    };
    if from.0 > to.0 {
        std::mem::swap(&mut from, &mut to);
    }
    let middle = CARD_HEIGHT / 2.0;
    let (start_x, start_y, end_y) = (from.0 + CARD_WIDTH, from.1 + middle, to.1 + middle);
    // Lines within a column leave and come back on the right.
    let same = (from.0 - to.0).abs() < 1.0;
    // Lines within the last column do so on the left, where there is room.
    let outside = same && start_x + BEND > layout.width;
    let start_x = if outside { from.0 } else { start_x };
    let end_x = if same { start_x } else { to.0 };
    let bend = match (same, outside) {
        (true, true) => -BEND,
        (true, false) => BEND,
        _ => (end_x - start_x) / 2.0,
    };
    let end_bend = if same { end_x + bend } else { end_x - bend };
    let thickness = 0.8 + 5.0 * (edge.accounts as f64 / members.max(1) as f64).min(1.0).sqrt();
    let value = |index: u32| {
        graph.nodes.get(index as usize).map_or_else(String::new, |node| visible(&node.value, 60))
    };
    html! {
        path .edge stroke-width=(px(thickness)) d={
            "M" (px(start_x)) " " (px(start_y)) "C" (px(start_x + bend)) " " (px(start_y)) " "
            (px(end_bend)) " " (px(end_y)) " " (px(end_x)) " " (px(end_y))
        } {
            title {
                (count(edge.accounts)) " accounts carry both " (value(edge.from)) " and " (value(edge.to))
                "; " (expected(edge.expected)) " expected by chance"
            }
        }
    }
}

fn draw_node(node: &GraphNode, (x, y): (f64, f64), members: u64, titles: &Titles) -> Markup {
    let title = titles.of(&node.kind);
    let share = (node.members as f64 / members.max(1) as f64).min(1.0);
    let inset = 10.0;
    let track = CARD_WIDTH - 2.0 * inset;
    html! {
        g .node.(role_class(node.role)) {
            title {
                (title) " " (visible(&node.value, 120)) ": " (count(node.members)) " of "
                (count(members)) " members; " (words::role(node.role))
            }
            path .body d=(outline(node.role, x, y, CARD_WIDTH, CARD_HEIGHT)) {}
            rect .share x=(px(x + inset)) y=(px(y + CARD_HEIGHT - 8.0)) width=(px(track)) height="4" rx="2" {}
            rect .bar x=(px(x + inset)) y=(px(y + CARD_HEIGHT - 8.0)) width=(px((track * share).max(2.0))) height="4" rx="2" {}
            text .mono x=(px(x + inset)) y=(px(y + 15.0)) { (visible(&node.value, 20)) }
            text .soft x=(px(x + inset)) y=(px(y + 29.0)) {
                (visible(&title, 16)) " · " (count(node.members))
            }
        }
    }
}

const fn role_class(role: Role) -> &'static str {
    match role {
        Role::Link => "link",
        Role::Corroborate => "corroborate",
        Role::Stratum => "stratum",
    }
}

/// Round corners bind, pointed ends add weight, square corners are context.
fn outline(role: Role, x: f64, y: f64, width: f64, height: f64) -> String {
    let (right, bottom) = (x + width, y + height);
    match role {
        Role::Link => {
            let round = 7.0_f64.min(height / 2.0);
            format!(
                "M{} {}H{}a{r} {r} 0 0 1 {r} {r}V{}a{r} {r} 0 0 1 -{r} {r}H{}a{r} {r} 0 0 1 -{r} -{r}V{}a{r} {r} 0 0 1 {r} -{r}Z",
                px(x + round),
                px(y),
                px(right - round),
                px(bottom - round),
                px(x + round),
                px(y + round),
                r = px(round)
            )
        }
        Role::Corroborate => {
            let point = 8.0_f64.min(height / 2.0);
            format!(
                "M{} {}H{}L{} {}L{} {}H{}L{} {}Z",
                px(x + point),
                px(y),
                px(right - point),
                px(right),
                px(y + height / 2.0),
                px(right - point),
                px(bottom),
                px(x + point),
                px(x),
                px(y + height / 2.0)
            )
        }
        Role::Stratum => format!("M{} {}H{}V{}H{}Z", px(x), px(y), px(right), px(bottom), px(x)),
    }
}

fn legend(top: f64, nodes_hidden: u64, edges_hidden: u64) -> Markup {
    let line = top + 22.0;
    let key = |role: Role, x: f64| {
        html! {
            g .node.(role_class(role)) { path .body d=(outline(role, x, line - 10.0, 24.0, 13.0)) {} }
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
