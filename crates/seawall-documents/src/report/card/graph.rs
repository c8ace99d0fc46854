//! Which selectors occur together, as a picture and as a list?

use maud::{Markup, html};
use seawall_charts::{
    selector_graph,
    text::{count, counted},
    words,
    words::Titles,
};
use seawall_core::campaign::findings::{Campaign, Graph};

use super::{parts, svg};

/// Width of the picture in CSS pixels; it scrolls where there is less room.
const WIDTH: f64 = 1060.0;
/// Companions named for each selector in the list.
const COMPANIONS: usize = 4;

pub(super) fn section(campaign: &Campaign, titles: &Titles, id: &str) -> Markup {
    let graph = &campaign.graph;
    if graph.nodes.is_empty() {
        return Markup::default();
    }
    let drawn = selector_graph(&format!("{id}-graph"), graph, campaign.accounts, titles, WIDTH);
    html! {
        h4 { "Selectors that occur together" }
        p .soft {
            "Lines join selectors of different families that the same accounts carry, more often than chance would have it; the thicker, "
            "the more accounts. Shared and rented things (dashed, pointed) add weight but never make a campaign."
        }
        (parts::scroller("Graph of selectors", svg(drawn.svg)))
        details {
            summary { "The same graph as a list (" (counted(graph.nodes.len() as u64, "selector", "selectors")) ")" }
            (parts::scroller("Selectors and what they occur with", list(graph, campaign.accounts, titles)))
            @if graph.nodes_omitted > 0 {
                p .soft { (counted(graph.nodes_omitted, "weaker selector is", "weaker selectors are")) " not part of the graph." }
            }
        }
    }
}

fn list(graph: &Graph, members: u64, titles: &Titles) -> Markup {
    html! {
        table {
            thead { tr {
                th scope="col" { "Selector" }
                th scope="col" { "Family" }
                th scope="col" .number { "Members with it" }
                th scope="col" { "Occurs most with" }
            } }
            tbody {
                @for (index, node) in graph.nodes.iter().enumerate() {
                    tr {
                        th scope="row" { (parts::value(&node.value)) span .soft .below { (titles.of(&node.kind)) " · " (words::role(node.role)) } }
                        td { (words::family(node.family)) }
                        td .number { (count(node.members)) span .soft { " of " (count(members)) } }
                        td .ties {
                            @for (accounts, other) in companions(graph, index) {
                                span .tie { (parts::value(&graph.nodes[other].value)) span .soft { " " (counted(accounts, "account", "accounts")) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// (accounts, node) of what a node occurs with, most accounts first.
fn companions(graph: &Graph, index: usize) -> Vec<(u64, usize)> {
    let mut found: Vec<(u64, usize)> = graph
        .edges
        .iter()
        .filter_map(|edge| {
            let (from, to) = (edge.from as usize, edge.to as usize);
            let other = if from == index {
                to
            } else if to == index {
                from
            } else {
                return None;
            };
            (other < graph.nodes.len()).then_some((edge.accounts, other))
        })
        .collect();
    found.sort_by_key(|(accounts, other)| (std::cmp::Reverse(*accounts), *other));
    found.truncate(COMPANIONS);
    found
}
