//! Which selectors of the campaign occur together?

use maud::{Markup, html};
use seawall_charts::{
    selector_graph,
    text::{count, counted},
    words,
};

use super::Seen;
use crate::console::parts::{self, Figure};

/// Width of the picture in CSS pixels; it scrolls where there is less room.
pub(super) const WIDTH: f64 = 1060.0;

pub(super) fn part(seen: &Seen) -> Markup {
    let (graph, id) = (&seen.campaign.graph, seen.id());
    if graph.nodes.is_empty() {
        return parts::empty(
            "There is no graph",
            &html! { p { "A graph needs two selectors that occur together; this campaign is bound by one." } },
        );
    }
    let drawn = selector_graph("graph", graph, seen.campaign.accounts, &seen.titles, WIDTH);
    let (csv, svg) = (format!("/campaigns/{id}/graph.csv"), format!("/campaigns/{id}/graph.svg"));
    html! {
        (Figure {
            id: "graph-figure",
            title: "Selectors that occur together",
            note: "Lines join selectors of different families that the same accounts carry more often than chance would have it; the thicker, the more accounts. Shared and rented things (dashed, dotted) add weight but never make a campaign.",
            wide: drawn.svg,
            narrow: String::new(),
            table: list(seen),
            files: Some((&csv, &svg)),
        })
        @if drawn.nodes_hidden + drawn.edges_hidden > 0 {
            p .state.partial { "Not drawn: " (counted(drawn.nodes_hidden, "weaker selector", "weaker selectors")) " and " (counted(drawn.edges_hidden, "thinner line", "thinner lines")) "." }
        }
    }
}

fn list(seen: &Seen) -> Markup {
    let members = seen.campaign.accounts;
    parts::scroller(
        "Selectors of the graph",
        &html! {
            table {
                thead { tr {
                    th scope="col" { "Selector" }
                    th scope="col" { "Family" }
                    th scope="col" .number { "Members with it" }
                } }
                tbody {
                    @for node in &seen.campaign.graph.nodes {
                        tr {
                            th scope="row" { (parts::value(&node.value)) span .below { (seen.titles.of(&node.kind)) " · " (words::role(node.role)) } }
                            td { (words::family(node.family)) }
                            td .number { (count(node.members)) " of " (count(members)) }
                        }
                    }
                }
            }
        },
    )
}
