//! With which tokens may a model ask for somebody?

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    super::{act, who, words},
    tabs,
};
use crate::{
    clock::now_milliseconds,
    console::{
        Console, Trouble,
        access::{
            self, digest,
            guard::Visitor,
            people::NAME_CHARACTERS_MAX,
            tokens::{DAY, DAYS, PersonalToken, TOKENS_MAX},
        },
        act::Act,
        parts,
        shell::{Page, Place, sign_in_again},
    },
    mcp::http::PATH,
};

#[derive(Deserialize)]
pub(in crate::console) struct Wanted {
    #[serde(default)]
    name: String,
    #[serde(default)]
    days: i64,
}

#[derive(Deserialize)]
pub(in crate::console) struct Revoked {
    #[serde(default)]
    token: String,
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Response {
    let own: Vec<PersonalToken> = {
        let state = console.book.state();
        state.tokens.of(&visitor.person.id).into_iter().cloned().collect()
    };
    let body = html! {
        h1 { "Your tokens" }
        (tabs(&visitor, "/own-tokens"))
        p { "A model that has one asks in your name: it sees what you may look at, under pseudonyms, and every question stands in the audit log. It decides nothing." }
        @if own.is_empty() { (parts::empty("You have no token", &html! { p { "Make one for a program that speaks the Model Context Protocol." } })) }
        @else { div .list { (table(&own)) } }
        @if console.models {
            @if visitor.is_fresh(&console) { (make_form()) } @else { (sign_in_again("/settings/own-tokens")) }
        }
        @else { (parts::stale(&html! { "This server answers no models. Whoever runs it starts it with " code { "--mcp" } "." })) }
    };
    Page::new(Place::Settings, "Your tokens", body)
        .under("Settings", "/settings")
        .answer(&console, &visitor)
}

fn table(own: &[PersonalToken]) -> Markup {
    parts::scroller(
        "Your tokens",
        &html! {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Made" } th scope="col" { "Used last" } th scope="col" { "Counts until" } th scope="col" { "Take away" } } }
                tbody { @for token in own {
                    tr data-row {
                        th scope="row" { (parts::name(&token.name)) span .below { (token.id) } }
                        td { (parts::moment(token.made_at)) }
                        td { @match token.used_at { Some(at) => (parts::moment(at)), None => span .soft { "not since the server started" } } }
                        td { (until(token)) }
                        td { form method="post" action="/settings/own-tokens/revoke" { (revoke(token)) } }
                    }
                } }
            }
        },
    )
}

/// Until when a token counts, or that it does not any more.
pub(super) fn until(token: &PersonalToken) -> Markup {
    html! { (parts::moment(token.until)) @if token.until <= now_milliseconds() { " " span .tag { "expired" } } }
}

/// What takes a token away, within a form.
pub(super) fn revoke(token: &PersonalToken) -> Markup {
    html! { input type="hidden" name="token" value=(token.id); button .danger type="submit" { "Take away" } }
}

fn make_form() -> Markup {
    parts::block(
        "make",
        "Make a token",
        &html! {
            form method="post" action="/settings/own-tokens" {
                div .field { label for="name" { "Name" } input #name name="name" required maxlength=(NAME_CHARACTERS_MAX) autocomplete="off"; small { "What will ask with it, as you know it again." } }
                div .field { label for="days" { "Counts for" } select #days name="days" { @for days in DAYS { option value=(days) selected[days == 30] { (days) " days" } } } }
                button .primary type="submit" { "Make it" }
            }
        },
    )
}

pub(in crate::console) async fn make(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(wanted): Form<Wanted>,
) -> Result<Response, Trouble> {
    if !console.models {
        return Err(Trouble::Wrong("This server answers no models.".to_owned()));
    }
    visitor.must_be_fresh(&console)?;
    let name = words(&wanted.name, NAME_CHARACTERS_MAX);
    if name.is_empty() || name.chars().any(char::is_control) || !DAYS.contains(&wanted.days) {
        return Err(Trouble::Wrong("A token needs a name, and 7, 30 or 90 days.".to_owned()));
    }
    let chance = || Trouble::Broken("the system gives no random numbers".to_owned());
    let secret = format!("swp_{}", access::secret().ok_or_else(chance)?);
    let (token, sha256) = (access::id("k").ok_or_else(chance)?, digest(&secret));
    let (called, person) = (name.clone(), who(&visitor));
    act(&console, &who(&visitor), move |state, now| {
        let own = state.tokens.of(&person);
        if own.iter().filter(|own| now < own.until).count() >= TOKENS_MAX {
            let most = format!("You have {TOKENS_MAX} tokens: take one away before.");
            return Err(Trouble::Wrong(most));
        }
        let until = now + wanted.days * DAY;
        Ok((vec![Act::PersonalTokenMade { token, name: called, sha256, until }], ()))
    })
    .await?;
    let body = html! {
        h1 { "Token " (parts::name(&name)) }
        p { "It is not kept and cannot be shown again." }
        p { code .secret { (secret) } (parts::copy(&secret)) }
        p .soft { "A program sends it as " code { "Authorization: Bearer …" } " to " code { (PATH) } " of this address." }
        p { a .button href="/settings/own-tokens" { "Back to your tokens" } }
    };
    Ok(Page::new(Place::Settings, "Token", body)
        .under("Settings", "/settings")
        .under("Your tokens", "/settings/own-tokens")
        .answer(&console, &visitor))
}

pub(in crate::console) async fn revoke_own(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(form): Form<Revoked>,
) -> Result<Response, Trouble> {
    take_away(&console, &visitor, who(&visitor), form.token).await?;
    Ok(Redirect::to("/settings/own-tokens").into_response())
}

/// For those who manage people.
pub(in crate::console) async fn revoke_of(
    State(console): State<Arc<Console>>,
    Path(person): Path<String>,
    visitor: Visitor,
    Form(form): Form<Revoked>,
) -> Result<Response, Trouble> {
    take_away(&console, &visitor, person, form.token).await?;
    Ok(Redirect::to("/settings/people").into_response())
}

async fn take_away(
    console: &Arc<Console>,
    visitor: &Visitor,
    person: String,
    token: String,
) -> Result<(), Trouble> {
    act(console, &who(visitor), move |state, _| {
        if !state.tokens.of(&person).iter().any(|own| own.id == token) {
            return Err(Trouble::NotFound("There is no such token."));
        }
        Ok((vec![Act::PersonalTokenRevoked { person, token }], ()))
    })
    .await
}
