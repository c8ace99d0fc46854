//! With which forms does one say something of a campaign?

use maud::{Markup, html};
use seawall_charts::text;

use super::Seen;
use crate::console::{
    access::{capability::Capability, guard::Visitor},
    parts,
    review::{NOTE_CHARACTERS_MAX, Said},
};

/// Selectors that can be split off by.
const SPLIT_MAX: usize = 20;

pub(super) fn acts(visitor: &Visitor, seen: &Seen) -> Markup {
    let address = format!("/campaigns/{}", seen.id());
    html! {
        section .card aria-label="Decide" {
            (proposals(seen))
            @if visitor.may(Capability::Review) { (decision(seen, &address, "")) }
            div .more {
                (fold("Note", ".", &html! {
                    form method="post" action={ (address) "/note" } {
                        div .field { label for="note" { "Note for others" } textarea #note name="note" required maxlength=(NOTE_CHARACTERS_MAX) {} }
                        button type="submit" { "Add note" }
                    }
                }))
                (fold("Name", "", &html! {
                    form method="post" action={ (address) "/name" } {
                        (saw(seen))
                        div .field { label for="called" { "What people call it" } input #called name="name" value=(text::visible(seen.name(), 72)) required maxlength="72"; }
                        button type="submit" { "Name it" }
                    }
                }))
                @if visitor.may(Capability::Review) { (merge(seen, &address)) (split(seen, &address)) }
                @if visitor.may(Capability::Disrupt) { a .button href={ (address) "/act" } { "Act on accounts …" } }
                (undo(visitor, seen, &address))
            }
        }
    }
}

/// Decision and reason in one motion; `queue` where one goes on to the next.
pub(in crate::console::pages) fn decision(seen: &Seen, address: &str, queue: &str) -> Markup {
    html! {
        form .decision method="post" action={ (address) "/decision" } {
            (saw(seen))
            input type="hidden" name="then" value=(queue);
            div .field {
                label for="why" { "Why " span .soft { "(others read it; may stay empty)" } }
                input #why name="note" maxlength=(NOTE_CHARACTERS_MAX) autocomplete="off";
            }
            div .actions {
                button .primary type="submit" name="decision" value="confirmed" data-key="a" { "Confirm " kbd { "a" } }
                button type="submit" name="decision" value="dismissed" data-key="d" { "Dismiss " kbd { "d" } }
            }
        }
    }
}

/// What models propose, above the form where people decide.
pub(in crate::console::pages) fn proposals(seen: &Seen) -> Markup {
    html! {
        @for (name, event) in &seen.proposals {
            @if let Said::Proposed { decision, note, .. } = &event.said {
                div .state.proposal role="note" {
                    p { strong { "A model proposes: " (decision.as_str()) } " " span .soft { "for " (parts::name(name)) ", " (parts::moment(event.at)) } }
                    p { q { (parts::sentence(note)) } }
                }
            }
        }
    }
}

pub(in crate::console::pages) fn saw(seen: &Seen) -> Markup {
    html! { input type="hidden" name="saw" value=(seen.review.version()); }
}

fn fold(title: &str, key: &str, form: &Markup) -> Markup {
    let key = (!key.is_empty()).then_some(key);
    html! { details { summary data-key=[key] { (title) " …" @if let Some(key) = key { " " kbd { (key) } } } (form) } }
}

fn merge(seen: &Seen, address: &str) -> Markup {
    fold(
        "Merge",
        "m",
        &html! {
            form method="post" action={ (address) "/merge" } {
                (saw(seen))
                div .field { label for="into" { "Id of the campaign that this one is part of" } input #into name="into" required pattern="c-[0-9a-f]{12}" placeholder="c-0123456789ab" maxlength="40"; }
                div .field { label for="merge-why" { "Why" } input #merge-why name="note" maxlength=(NOTE_CHARACTERS_MAX); }
                button type="submit" { "Merge" }
            }
        },
    )
}

fn split(seen: &Seen, address: &str) -> Markup {
    fold(
        "Split",
        "",
        &html! {
            form method="post" action={ (address) "/split" } {
                (saw(seen))
                div .field {
                    label for="selector" { "What carries this selector is somebody else's" }
                    select #selector name="selector" required {
                        @for own in seen.campaign.selectors.iter().take(SPLIT_MAX) {
                            option value={ (own.kind) ":" (own.value_hash) } { (seen.titles.of(&own.kind)) " " (text::visible(&own.value, 60)) }
                        }
                    }
                }
                div .field { label for="split-name" { "What that part is called" } input #split-name name="name" required maxlength="72"; }
                div .field { label for="split-why" { "Why" } input #split-why name="note" maxlength=(NOTE_CHARACTERS_MAX); }
                button type="submit" { "Split off" }
            }
        },
    )
}

fn undo(visitor: &Visitor, seen: &Seen, address: &str) -> Markup {
    html! {
        @if let Some(event) = seen.review.last_of(&visitor.person.id) {
            form method="post" action={ (address) "/undo" } {
                (saw(seen))
                input type="hidden" name="entry" value=(event.sequence);
                button type="submit" data-key="u" { "Undo my last " kbd { "u" } }
                " " span .soft { (parts::moment(event.at)) }
            }
        }
    }
}
