//! From where do its accounts come, as far as its selectors tell?

use maud::{Markup, html};
use seawall_charts::text::{bits, count, share};
use seawall_core::{campaign::findings::SelectorEvidence, selector::Family};

use super::{Seen, pictures::Picture};
use crate::console::parts;

pub(super) fn part(seen: &Seen) -> Markup {
    let of = |family: Family| -> Vec<&SelectorEvidence> {
        seen.campaign.selectors.iter().filter(|own| own.family == family).collect()
    };
    let (network, phone) = (of(Family::Network), of(Family::Phone));
    let somewhere = !seen.campaign.countries.is_empty();
    if network.is_empty() && phone.is_empty() && !somewhere {
        return parts::empty(
            "Nothing is known about places",
            &html! {
                p { "No account of it has a country, and none of the selectors that bind it is a network or a telephone prefix." }
            },
        );
    }
    html! {
        @if somewhere { (Picture::Places.figure(seen)) }
        div .halves {
            (parts::block("networks", "Networks and countries", &list(seen, &network)))
            (parts::block("phones", "Telephone", &list(seen, &phone)))
        }
    }
}

fn list(seen: &Seen, selectors: &[&SelectorEvidence]) -> Markup {
    if selectors.is_empty() {
        return html! { p .soft { "None of these binds it." } };
    }
    parts::scroller(
        "Selectors of places",
        &html! {
            table {
                thead { tr { th scope="col" { "Selector" } th scope="col" .number { "Members with it" } th scope="col" .number { "Bits" } } }
                tbody { @for own in selectors {
                    tr {
                        th scope="row" { (parts::value(&own.value)) span .below { (seen.titles.of(&own.kind)) } }
                        td .number { (share(own.members, seen.campaign.accounts)) span .below { (count(own.members)) } }
                        td .number { (bits(own.bits)) }
                    }
                } }
            }
        },
    )
}
