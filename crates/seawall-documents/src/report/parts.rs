//! What do several parts of the report share?

use maud::{Markup, PreEscaped, Render, html};
use seawall_charts::{text, words};
use seawall_core::campaign::findings::{Campaign, Series};

/// Characters of a value shown at most; the files have it whole.
pub(super) const VALUE_CHARACTERS: usize = 96;
/// Characters of a sentence shown at most.
pub(super) const SENTENCE_CHARACTERS: usize = 600;

/// Width of a chart for desktops and for telephones, in CSS pixels.
pub(super) const WIDTHS: [(&str, f64); 2] = [("wide", 1060.0), ("narrow", 344.0)];

/// A text that may come from an attacker: made visible, cut, escaped, and kept apart from its
/// surroundings in the direction of writing.
pub(super) fn value(text: &str) -> Markup {
    html! { bdi .value { (text::visible(text, VALUE_CHARACTERS)) } }
}

/// A name of a campaign, which holds values.
pub(super) fn name(campaign: &Campaign) -> Markup {
    html! { bdi { (text::visible(&campaign.name, 72)) } }
}

/// A sentence, which may hold values.
pub(super) fn sentence(text: &str) -> Markup {
    html! { bdi { (text::visible(text, SENTENCE_CHARACTERS)) } }
}

/// An id as the anchor of its card: letters, digits and hyphens only.
pub(super) fn anchor(campaign: &Campaign) -> String {
    campaign
        .campaign
        .chars()
        .filter(|character| character.is_ascii_alphanumeric() || *character == '-')
        .take(32)
        .collect()
}

/// The number of a campaign, in its colour.
pub(super) fn badge(number: usize, colour: usize) -> Markup {
    html! { span .badge.{ "c" (colour) } { (number) } }
}

/// A picture drawn for desktops and again for telephones; the style sheet shows one of them.
pub(super) fn both(id: &str, draw: impl Fn(&str, f64) -> String) -> Markup {
    html! {
        @for (class, width) in WIDTHS {
            div .(class) { (PreEscaped(draw(&format!("{id}-{class}"), width))) }
        }
    }
}

/// A part that scrolls sideways within itself, reachable by keyboard.
pub(super) fn scroller(label: &str, content: impl Render) -> Markup {
    html! { div .scroller role="group" aria-label=(label) tabindex="0" { (content) } }
}

/// The sum of several series of equal steps.
pub(super) fn sum<'a>(series: impl Iterator<Item = &'a Series>) -> Option<Series> {
    series.fold(None, |sum, next| match sum {
        None => Some(next.clone()),
        Some(mut sum) => {
            if sum.counts.len() < next.counts.len() {
                sum.counts.resize(next.counts.len(), 0);
            }
            for (total, count) in sum.counts.iter_mut().zip(&next.counts) {
                *total = total.saturating_add(*count);
            }
            Some(sum)
        }
    })
}

/// What people said of earlier campaigns that this one is made by. A dismissal stands among the explanations.
pub(super) fn reviewed(campaign: &Campaign) -> Markup {
    let shapes = campaign.reviewed.iter().filter(|own| own.said != "dismissed");
    html! { @for own in shapes { p { (sentence(&words::by_review(own))) "." } } }
}
