//! How far is a case, step by step?

use maud::{Markup, html};
use seawall_core::case::progress::{Progress, Step};

use super::super::cases::in_words;

/// A word and a mark: colour alone tells nothing.
const fn standing(progress: Progress) -> (&'static str, &'static str) {
    match (progress.is_done(), progress.done) {
        (true, _) => ("done", "●"),
        (false, 0) => ("not begun", "○"),
        (false, _) => ("under way", "◐"),
    }
}

/// The tab where one sees what a step counts.
const fn tab(step: Step) -> &'static str {
    match step {
        Step::Evidence => "evidence",
        Step::Exhibits => "documents",
        Step::Schedule => "schedule",
        Step::Approvals => "approvals",
        Step::Served | Step::Executed | Step::Watch => "assets",
    }
}

/// What a step counts.
const fn what(step: Step) -> &'static str {
    match step {
        Step::Evidence => "items sealed",
        Step::Exhibits => "documents final",
        Step::Schedule => "assets asked for",
        Step::Approvals => "proposals approved",
        Step::Served => "assets served",
        Step::Executed => "assets executed",
        Step::Watch => "assets watched",
    }
}

/// All steps, each with a link to what it counts.
pub(super) fn steps(case: &str, progress: &[Progress]) -> Markup {
    html! {
        ol .stepper aria-label="How far the case is" {
            @for own in progress {
                @let (word, mark) = standing(*own);
                li .{ "is-" (word.replace(' ', "-")) } {
                    a href={ "/cases/" (case) "?tab=" (tab(own.step)) } data-swap {
                        span .step-title { span aria-hidden="true" { (mark) } " " (own.step.title()) }
                        span .below { @if own.of == 0 { "nothing yet" } @else { (own.done) " of " (own.of) " " (what(own.step)) } span .hidden { ", " (word) } }
                    }
                }
            }
        }
    }
}

/// The same in a cell of a list.
pub(in crate::console::pages) fn marks(progress: &[Progress]) -> Markup {
    html! {
        span .steps-small role="img" aria-label=(progress.iter().map(|own| in_words(*own)).collect::<Vec<_>>().join(", ")) {
            @for own in progress { span title=(in_words(*own)) { (standing(*own).1) } }
        }
    }
}
