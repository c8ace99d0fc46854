//! Who said what of it, and when?

use maud::{Markup, html};

use super::{super::person, Seen};
use crate::console::{Console, access::guard::Visitor, parts, review::Said, shell};

pub(super) fn part(console: &Console, seen: &Seen, visitor: &Visitor) -> Markup {
    if seen.review.history.is_empty() {
        return parts::empty(
            "Nobody said anything yet",
            &html! { p { "Decisions, notes and names stand here, with who gave them. Nothing is ever taken out." } },
        );
    }
    let state = console.book.state();
    let names: Vec<String> =
        seen.review.history.iter().map(|event| person(&state, &event.by)).collect();
    drop(state);
    parts::block(
        "activity",
        "Activity",
        &html! {
            ol .history reversed {
                @for (event, name) in seen.review.history.iter().zip(&names).rev() {
                    li data-row {
                        (parts::moment(event.at))
                        div {
                            span .undone[event.undone] { strong { (parts::name(name)) } " " (shell::said(&event.said)) }
                            @if event.by == visitor.person.id && !event.undone && !matches!(event.said, Said::Undone { .. }) {
                                form .actions method="post" action={ "/campaigns/" (seen.id()) "/undo" } {
                                    input type="hidden" name="entry" value=(event.sequence);
                                    input type="hidden" name="saw" value=(seen.review.version());
                                    button type="submit" { "Undo" }
                                }
                            }
                        }
                    }
                }
            }
        },
    )
}
