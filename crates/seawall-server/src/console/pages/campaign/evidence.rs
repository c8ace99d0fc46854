//! How does the evidence add up?

use maud::{Markup, html};

use super::{Seen, pictures::Picture};

pub(super) fn part(seen: &Seen) -> Markup {
    html! {
        (Picture::Evidence.figure(seen))
        p .soft {
            "The same numbers are in the run's files and its report; " code { "seawall explain" }
            " recomputes those of one account."
        }
    }
}
