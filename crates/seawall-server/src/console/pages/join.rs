//! How does somebody who was invited get in? By a link that counts once.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    http::{StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{act, login, words};
use crate::{
    clock::now_milliseconds,
    console::{
        Console, Trouble,
        access::{digest, password, people::NAME_CHARACTERS_MAX},
        act::{Act, Way},
        shell,
    },
};

/// What is typed.
#[derive(Deserialize)]
pub(in crate::console) struct Typed {
    name: String,
    password: String,
    again: String,
}

pub(in crate::console) async fn form(
    State(console): State<Arc<Console>>,
    Path(secret): Path<String>,
) -> Response {
    let name = {
        let state = console.book.state();
        state.people.invited(&digest(&secret), now_milliseconds()).map(|own| own.name.clone())
    };
    match name {
        Some(name) => shell::outside(StatusCode::OK, "Welcome", &fields(&name, None)),
        None => gone(),
    }
}

fn gone() -> Response {
    let body = html! {
        h1 { "This link does not count any more" }
        p { "Links count once, and for two days. Whoever manages people can make another one." }
        p { a href="/login" { "Sign in" } }
    };
    shell::outside(StatusCode::GONE, "Link used", &body)
}

fn fields(name: &str, problem: Option<&str>) -> Markup {
    html! {
        h1 { "Welcome" }
        p .soft { "Choose the name that others see, and a password of 12 characters or more. A few words are easiest to remember." }
        @if let Some(problem) = problem { div .state.error role="alert" { p { (problem) } } }
        form method="post" {
            div .field {
                label for="name" { "Name" }
                input #name name="name" value=(name) required autocomplete="username" autocapitalize="none" spellcheck="false" maxlength=(NAME_CHARACTERS_MAX);
            }
            div .field {
                label for="password" { "Password" }
                input #password name="password" type="password" required minlength="12" maxlength="256" autocomplete="new-password";
            }
            div .field {
                label for="again" { "Password again" }
                input #again name="again" type="password" required minlength="12" maxlength="256" autocomplete="new-password";
            }
            button .primary type="submit" { "Set password and sign in" }
        }
    }
}

pub(in crate::console) async fn join(
    State(console): State<Arc<Console>>,
    Path(secret): Path<String>,
    Form(typed): Form<Typed>,
) -> Response {
    let name = words(&typed.name, NAME_CHARACTERS_MAX);
    let again = |problem| {
        shell::outside(StatusCode::UNPROCESSABLE_ENTITY, "Welcome", &fields(&name, Some(problem)))
    };
    if name.is_empty() || name.chars().any(char::is_control) {
        return again("A name is needed.");
    }
    if typed.password != typed.again {
        return again("The two passwords are not the same.");
    }
    if let Err(problem) = password::check(&typed.password, &name) {
        return again(problem);
    }
    let known = digest(&secret);
    let invited = {
        let state = console.book.state();
        state.people.invited(&known, now_milliseconds()).map(|own| own.id.clone())
    };
    let Some(invited) = invited else { return gone() };
    let Some(password) = console.hasher.hash(typed.password).await else {
        return again("The password cannot be kept.");
    };
    let called = name.clone();
    let joined = act(&console, &invited, move |state, now| {
        let own = state.people.invited(&known, now).ok_or(Trouble::NotFound(""))?;
        if state.people.by_name(&called).is_some_and(|other| other.id != own.id) {
            return Err(Trouble::Wrong(String::new()));
        }
        let person = own.id.clone();
        Ok((vec![Act::Joined { person: person.clone(), name: called, password }], person))
    });
    match joined.await {
        Ok(person) => match login::begin(&console, &person, Way::Password).await {
            Ok(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response(),
            Err(_) => Redirect::to("/login").into_response(),
        },
        Err(Trouble::Wrong(_)) => again("Somebody else has this name."),
        Err(Trouble::NotFound(_)) => gone(),
        Err(_) => again("Nothing can be written. Try again later."),
    }
}
