//! Which programs may ask the API?

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    response::{IntoResponse as _, Redirect, Response},
};
use maud::html;
use serde::Deserialize;

use super::{
    super::{act, away, who, words},
    tabs,
};
use crate::{
    access::Scope,
    console::{
        Console, Trouble,
        access::guard::Visitor,
        act::Act,
        parts,
        shell::{Page, Place, sign_in_again},
    },
};

#[derive(Deserialize)]
pub(in crate::console) struct Revoked {
    name: String,
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Response {
    let tokens = console.app.tokens.names();
    let body = html! {
        h1 { "Tokens" }
        (tabs(&visitor, "/tokens"))
        @if tokens.is_empty() { (parts::empty("No program has a token", &html! { p { "A site needs one to ask for decisions and to report events." } })) }
        @else { div .list { (parts::scroller("Tokens", &html! {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "For" } th scope="col" { "Take away" } } }
                tbody { @for (name, scopes) in &tokens {
                    tr data-row {
                        th scope="row" { (parts::name(name)) }
                        td { @for scope in scopes { span .tag { (scope.as_str()) } " " } }
                        td { form method="post" action="/settings/tokens/revoke" { input type="hidden" name="name" value=(name); button .danger type="submit" { "Take away" } } }
                    }
                } }
            }
        })) } }
        @if !visitor.is_fresh(&console) { (sign_in_again("/settings/tokens")) } @else { (parts::block("make", "Make a token", &html! {
            form method="post" action="/settings/tokens" {
                div .field { label for="name" { "Name" } input #name name="name" required maxlength="64" autocomplete="off"; small { "One of the same name stops working." } }
                fieldset .field { legend { "For" } @for scope in Scope::ALL { label .tick for={ "scope-" (scope.as_str()) } { input type="checkbox" id={ "scope-" (scope.as_str()) } name="scope" value=(scope.as_str()); (scope.as_str()) } } }
                button .primary type="submit" { "Make it" }
            }
        })) }
    };
    Page::new(Place::Settings, "Tokens", body)
        .under("Settings", "/settings")
        .answer(&console, &visitor)
}

pub(in crate::console) async fn make(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(fields): Form<Vec<(String, String)>>,
) -> Result<Response, Trouble> {
    visitor.must_be_fresh(&console)?;
    let name = fields
        .iter()
        .find(|(name, _)| name == "name")
        .map_or_else(String::new, |(_, value)| words(value, 64));
    let scopes: Option<Vec<Scope>> = fields
        .iter()
        .filter(|(name, _)| name == "scope")
        .map(|(_, word)| Scope::parse(word))
        .collect();
    let scopes = scopes.filter(|own| !own.is_empty());
    let (Some(scopes), false) = (scopes, name.is_empty() || name.chars().any(char::is_control))
    else {
        return Err(Trouble::Wrong(
            "A token needs a name and something that it is for.".to_owned(),
        ));
    };
    let made = Act::TokenMade {
        name: name.clone(),
        scopes: scopes.iter().map(|own| own.as_str().to_owned()).collect(),
    };
    act(&console, &who(&visitor), move |_, _| Ok((vec![made], ()))).await?;
    let (own, called) = (Arc::clone(&console), name.clone());
    let token = away(move || {
        let added = own.app.tokens.add(own.data(), &called, &scopes);
        added.map_err(|error| Trouble::CannotKeep(error.to_string()))
    })
    .await?;
    let body = html! {
        h1 { "Token " (parts::name(&name)) }
        p { "It is not kept and cannot be shown again." }
        p { code .secret { (token) } (parts::copy(&token)) }
        p { a .button href="/settings/tokens" { "Back to tokens" } }
    };
    Ok(Page::new(Place::Settings, "Token", body)
        .under("Settings", "/settings")
        .under("Tokens", "/settings/tokens")
        .answer(&console, &visitor))
}

pub(in crate::console) async fn revoke(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(Revoked { name }): Form<Revoked>,
) -> Result<Response, Trouble> {
    let (own, called) = (Arc::clone(&console), name.clone());
    let found = away(move || {
        let revoked = own.app.tokens.revoke(own.data(), &called);
        revoked.map_err(|error| Trouble::CannotKeep(error.to_string()))
    })
    .await?;
    if !found {
        return Err(Trouble::NotFound("There is no token of this name."));
    }
    let revoked = Act::TokenRevoked { name: words(&name, 64) };
    act(&console, &who(&visitor), move |_, _| Ok((vec![revoked], ()))).await?;
    Ok(Redirect::to("/settings/tokens").into_response())
}
