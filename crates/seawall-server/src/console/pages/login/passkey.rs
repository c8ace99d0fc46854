//! How does somebody sign in with a passkey?

use std::sync::Arc;

use axum::{
    Form,
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use serde::Deserialize;

use super::{begin_by, home, keep_refusal, refused};
use crate::{
    clock::now_milliseconds,
    console::{
        Console, Trouble,
        access::{
            digest, secret,
            session::{self, Cookie},
        },
        act::{Act, Way},
        passkey::{Place, Refusal, Shown},
    },
};

/// What a browser brings.
#[derive(Deserialize)]
pub(in crate::console) struct Brought {
    credential: String,
    #[serde(default)]
    next: String,
}

/// What is asked of a browser that wants to show a passkey, as JSON.
pub(in crate::console) async fn options(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
) -> Response {
    let place = Place::of(&home(&console, &headers));
    let (Some(place), Some(browser)) = (place, secret()) else {
        return (StatusCode::NOT_FOUND, "passkeys are not offered here\n").into_response();
    };
    match console.passkeys.begin_asking(&place, &digest(&browser), now_milliseconds()) {
        Ok(asked) => {
            let keep = session::set(Cookie::SignIn, Some(&browser), console.site.is_some());
            let headers = [
                (header::SET_COOKIE, keep),
                (header::CONTENT_TYPE, header::HeaderValue::from_static("application/json")),
            ];
            (headers, asked).into_response()
        }
        Err(refusal) => (StatusCode::NOT_FOUND, format!("{refusal}\n")).into_response(),
    }
}

pub(in crate::console) async fn sign_in(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Form(Brought { credential, next }): Form<Brought>,
) -> Response {
    let next = super::back(&next, "/");
    let secure = console.site.is_some();
    let browser = session::secret(&headers, Cookie::SignIn, secure).unwrap_or_default();
    let key = digest(&browser);
    let now = now_milliseconds();
    if !console.passkeys.attempts.allowed(&key, now) {
        let wait = "Too many attempts. Wait a quarter of an hour.";
        return refused(&console, &headers, StatusCode::TOO_MANY_REQUESTS, &next, wait);
    }
    let shown = match Place::of(&home(&console, &headers)) {
        Some(place) => console.passkeys.shown(&place, &key, &credential, now, |id| {
            console.book.state().passkeys.by_credential(id).cloned()
        }),
        None => Err((Refusal::NotBegun, None)),
    };
    let entered = match shown {
        Ok(shown) => enter(&console, shown).await,
        Err(refused) => Err(refused),
    };
    match entered {
        Ok(cookie) => {
            console.passkeys.attempts.succeeded(&key);
            let forget = session::set(Cookie::SignIn, None, secure);
            let cookies = [(header::SET_COOKIE, cookie), (header::SET_COOKIE, forget)];
            (AppendHeaders(cookies), Redirect::to(&next)).into_response()
        }
        Err((refusal, person)) => {
            console.passkeys.attempts.failed(&key, now);
            keep_refusal(&console, person, Way::Passkey, refusal.to_string()).await;
            let status = match refusal {
                Refusal::NotKept => StatusCode::INSUFFICIENT_STORAGE,
                _ => StatusCode::UNAUTHORIZED,
            };
            let problem = format!("You were not signed in: {refusal}.");
            refused(&console, &headers, status, &next, &problem)
        }
    }
}

/// Lets in whose passkey it is, if it is still as it was when it was checked.
async fn enter(
    console: &Arc<Console>,
    shown: Shown,
) -> Result<header::HeaderValue, (Refusal, Option<String>)> {
    let person = shown.passkey.person.clone();
    let entered = begin_by(console, &person, Way::Passkey, move |state| {
        let own = state.people.by_id(&shown.passkey.person);
        if own.is_none_or(|own| own.disabled) {
            return Err(Refusal::Disabled);
        }
        let known = state.passkeys.by_credential(&shown.passkey.credential.id);
        let known = known.filter(|own| own.id == shown.passkey.id).ok_or(Refusal::Unknown)?;
        if known.state != shown.passkey.state {
            return Err(Refusal::Raced);
        }
        Ok(vec![Act::PasskeyUsed { passkey: shown.passkey.id, state: shown.state }])
    });
    let entered = entered.await.map_err(|_: Trouble| (Refusal::NotKept, None))?;
    entered.map_err(|refusal| (refusal, Some(person)))
}
