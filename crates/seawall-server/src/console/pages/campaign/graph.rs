//! What do its accounts share, and which selectors occur together?

use maud::{Markup, html};

use super::{Seen, pictures::Picture};
use crate::console::parts;

pub(super) fn part(seen: &Seen) -> Markup {
    if seen.campaign.graph.nodes.is_empty() {
        return parts::empty(
            "There is no graph",
            &html! { p { "A graph needs two selectors that occur together; this campaign is bound by one." } },
        );
    }
    html! {
        (Picture::Groups.figure(seen))
        (Picture::Selectors.figure(seen))
    }
}
