//! With which passkeys does somebody sign in?

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

use super::{
    super::{act, login::home, who, words},
    tabs,
};
use crate::{
    clock::now_milliseconds,
    console::{
        Console, Trouble,
        access::{
            self,
            guard::Visitor,
            passkeys::{PASSKEYS_MAX, Passkey},
            people::NAME_CHARACTERS_MAX,
        },
        act::Act,
        parts,
        passkey::{Place, Refusal},
        shell::{Page, Place as Part, sign_in_again},
    },
};

const PATH: &str = "/settings/passkeys";

#[derive(Deserialize)]
pub(in crate::console) struct Made {
    #[serde(default)]
    name: String,
    #[serde(default)]
    credential: String,
}

#[derive(Deserialize)]
pub(in crate::console) struct Removed {
    #[serde(default)]
    passkey: String,
}

fn own_of(console: &Console, person: &str) -> Vec<Passkey> {
    console.book.state().passkeys.of(person).into_iter().cloned().collect()
}

pub(in crate::console) async fn page(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    let own = own_of(&console, &visitor.person.id);
    let home = home(&console, &headers);
    let body = html! {
        h1 { "Your passkeys" }
        (tabs(&visitor, "/passkeys"))
        p { "A passkey signs you in with a finger, a face or a number that your device checks, and with no password. It stays on your device, or where that keeps its passkeys; here is only what it is recognised by." }
        @if own.is_empty() { (parts::empty("You have no passkey", &html! { p { "Make one on a device that is yours alone." } })) }
        @else { div .list { (table(&own)) } }
        @if Place::of(&home).is_some() {
            @if visitor.is_fresh(&console) { (make_form()) } @else { (sign_in_again(PATH)) }
        }
        @else { (parts::stale(&html! { "A passkey belongs to a name, and this address is a number. On this machine open " (parts::value(&named(&home))) "." })) }
    };
    Page::new(Part::Settings, "Your passkeys", body)
        .under("Settings", "/settings")
        .answer(&console, &visitor)
}

/// The same address by the name of this machine.
fn named(home: &str) -> String {
    let port = home.rsplit_once(':').map(|(_, port)| port).filter(|port| !port.contains('/'));
    format!("http://localhost:{}", port.unwrap_or("80"))
}

fn table(own: &[Passkey]) -> Markup {
    parts::scroller(
        "Your passkeys",
        &html! {
            table {
                thead { tr { th scope="col" { "Name" } th scope="col" { "Added" } th scope="col" { "Used last" } th scope="col" { "Take away" } } }
                tbody { @for passkey in own {
                    tr data-row {
                        th scope="row" { (parts::name(&passkey.name)) span .below { (passkey.id) } }
                        td { (parts::moment(passkey.added_at)) }
                        td { @match passkey.used_at { Some(at) => (parts::moment(at)), None => span .soft { "never" } } }
                        td { form method="post" action="/settings/passkeys/remove" { input type="hidden" name="passkey" value=(passkey.id); button .danger type="submit" { "Take away" } } }
                    }
                } }
            }
        },
    )
}

fn make_form() -> Markup {
    parts::block(
        "make",
        "Add a passkey",
        &html! {
            p .soft data-passkey-none { "This browser has no passkeys, or its scripts are off." }
            form method="post" action="/settings/passkeys" data-passkey="create" data-options="/settings/passkeys/options" hidden {
                div .state.error role="alert" hidden { p {} }
                input type="hidden" name="credential";
                div .field { label for="name" { "Name" } input #name name="name" required maxlength=(NAME_CHARACTERS_MAX) autocomplete="off"; small { "The device it is on, as you know it again." } }
                button .primary type="submit" { "Add it" }
            }
        },
    )
}

/// What is asked of a browser that is to make a passkey, as JSON.
pub(in crate::console) async fn options(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    visitor.must_be_fresh(&console)?;
    let place = place(&console, &headers)?;
    let own = own_of(&console, &visitor.person.id);
    let now = now_milliseconds();
    let asked = console.passkeys.begin_adding(&place, &visitor.person, &own, &visitor.session, now);
    let asked = asked.map_err(not_kept)?;
    let media_type = HeaderValue::from_static("application/json");
    Ok(([(header::CONTENT_TYPE, media_type)], asked).into_response())
}

fn place(console: &Console, headers: &HeaderMap) -> Result<Place, Trouble> {
    let wrong = || Trouble::Wrong("A passkey belongs to a name, not to a number.".to_owned());
    Place::of(&home(console, headers)).ok_or_else(wrong)
}

fn not_kept(refusal: Refusal) -> Trouble {
    Trouble::Wrong(format!("The passkey is not kept: {refusal}."))
}

pub(in crate::console) async fn add(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    headers: HeaderMap,
    Form(made): Form<Made>,
) -> Result<Response, Trouble> {
    visitor.must_be_fresh(&console)?;
    let place = place(&console, &headers)?;
    let name = words(&made.name, NAME_CHARACTERS_MAX);
    if name.is_empty() || name.chars().any(char::is_control) {
        return Err(Trouble::Wrong("A passkey needs a name.".to_owned()));
    }
    let now = now_milliseconds();
    let added = console.passkeys.added(&place, &visitor.session, &made.credential, now);
    let (credential, state) = added.map_err(not_kept)?;
    let passkey = access::id("w")
        .ok_or_else(|| Trouble::Broken("the system gives no random numbers".to_owned()))?;
    let person = who(&visitor);
    act(&console, &who(&visitor), move |kept, _| {
        if kept.passkeys.by_credential(&credential.id).is_some() {
            return Err(not_kept(Refusal::Known));
        }
        if kept.passkeys.of(&person).len() >= PASSKEYS_MAX {
            let most = format!("You have {PASSKEYS_MAX} passkeys: take one away before.");
            return Err(Trouble::Wrong(most));
        }
        Ok((vec![Act::PasskeyAdded { passkey, name, credential, state }], ()))
    })
    .await?;
    Ok(Redirect::to("/settings/passkeys").into_response())
}

pub(in crate::console) async fn remove(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
    Form(Removed { passkey }): Form<Removed>,
) -> Result<Response, Trouble> {
    let person = who(&visitor);
    act(&console, &who(&visitor), move |state, _| {
        if !state.passkeys.of(&person).iter().any(|own| own.id == passkey) {
            return Err(Trouble::NotFound("There is no such passkey."));
        }
        Ok((vec![Act::PasskeyRemoved { passkey }], ()))
    })
    .await?;
    Ok(Redirect::to("/settings/passkeys").into_response())
}
