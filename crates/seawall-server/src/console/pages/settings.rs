//! Who may do what, and who did what?

use std::sync::Arc;

use axum::{extract::State, response::Response};
use maud::{Markup, html};

use crate::console::{
    Console,
    access::{
        capability::{Capability, Role},
        guard::Visitor,
    },
    parts,
    shell::{Page, Place},
};

pub(in crate::console) mod audit;
pub(in crate::console) mod own;
pub(in crate::console) mod passkeys;
pub(in crate::console) mod people;
pub(in crate::console) mod tokens;

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Response {
    let body = html! {
        h1 { "Settings" }
        (tabs(&visitor, ""))
        (parts::block("you", "You", &html! {
            p { "Signed in as " strong { (parts::name(&visitor.person.name)) } " with " (parts::id(&visitor.person.id)) "." }
            p { "You may:" }
            ul { @for own in &visitor.capabilities { li { (own.title()) } } }
        }))
        (parts::block("roles", "Roles", &matrix()))
    };
    Page::new(Place::Settings, "Settings", body).answer(&console, &visitor)
}

/// The parts of the settings that one may see.
fn tabs(visitor: &Visitor, here: &str) -> Markup {
    let all: [_; 6] = [
        ("", "You and roles", None),
        ("/passkeys", "Your passkeys", None),
        ("/own-tokens", "Your tokens", None),
        ("/people", "People", Some(Capability::People)),
        ("/tokens", "Tokens", Some(Capability::People)),
        ("/audit", "Audit log", Some(Capability::Audit)),
    ];
    html! {
        nav .tabs aria-label="Parts of the settings" {
            @for (path, title, needed) in all {
                @if needed.is_none_or(|needed| visitor.may(needed)) {
                    a data-swap href={ "/settings" (path) } aria-current=[(path == here).then_some("page")] { (title) }
                }
            }
        }
    }
}

fn matrix() -> Markup {
    parts::scroller(
        "Roles and what they may do",
        &html! {
            table .matrix {
                thead { tr { th scope="col" { "May …" } @for role in Role::ALL { th scope="col" { (role.title()) } } } }
                tbody { @for capability in Capability::ALL {
                    tr {
                        th scope="row" { (capability.title()) }
                        @for role in Role::ALL { td { @if role.capabilities().contains(&capability) { span .yes { "✓" span .hidden { "yes" } } } @else { span .hidden { "no" } } } }
                    }
                } }
            }
        },
    )
}
