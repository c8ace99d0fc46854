//! How does somebody sign in with a provider of `OpenID` Connect?

use std::sync::Arc;

use axum::{
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{AppendHeaders, IntoResponse as _, Redirect, Response},
};
use maud::html;
use serde::Deserialize;

use super::{super::act, Next, home, keep_refusal, refused};
use crate::{
    clock::now_milliseconds,
    console::{
        Console, Trouble,
        access::{
            digest,
            session::{self, Cookie},
        },
        act::{Act, SERVER, Way},
        openid::{Answer, Openid, Refusal, Visit},
        shell,
    },
};

/// Where the provider sends a browser, after the address of the console.
const BACK: &str = "/login/openid/back";

/// What a provider has a browser bring back (RFC 6749, 4.1.2).
#[derive(Deserialize)]
pub(in crate::console) struct Brought {
    #[serde(default)]
    state: String,
    code: Option<String>,
    iss: Option<String>,
}

fn not_offered() -> Response {
    let body = html! {
        h1 { "Not offered" }
        p { "This console takes the word of no provider." }
        p { a href="/login" { "Sign in" } }
    };
    shell::outside(StatusCode::NOT_FOUND, "Not offered", &body)
}

pub(in crate::console) async fn begin(
    State(console): State<Arc<Console>>,
    Query(Next { next }): Query<Next>,
    headers: HeaderMap,
) -> Response {
    let Some(openid) = &console.openid else { return not_offered() };
    let next = super::back(&next, "/");
    match openid.begin(format!("{}{BACK}", home(&console, &headers)), next.clone()).await {
        Ok(begun) => {
            let keep = session::set(Cookie::SignIn, Some(&begun.browser), console.site.is_some());
            ([(header::SET_COOKIE, keep)], Redirect::to(&begun.address)).into_response()
        }
        Err(refusal) => told(&console, &headers, &next, refusal, None),
    }
}

pub(in crate::console) async fn back(
    State(console): State<Arc<Console>>,
    Query(Brought { state, code, iss }): Query<Brought>,
    headers: HeaderMap,
) -> Response {
    let Some(openid) = console.openid.clone() else { return not_offered() };
    let secure = console.site.is_some();
    let browser = session::secret(&headers, Cookie::SignIn, secure).unwrap_or_default();
    let key = digest(&browser);
    if !openid.attempts.allowed(&key, now_milliseconds()) {
        let wait = "Too many attempts. Wait a quarter of an hour.";
        return refused(&console, &headers, StatusCode::TOO_MANY_REQUESTS, "/", wait);
    }
    let answer = Answer { state, code, issuer: iss };
    let visit = openid.answered(&browser, answer).await;
    let entered = match &visit {
        Ok(visit) => enter(&console, &openid, visit).await,
        Err(refusal) => Err((*refusal, None)),
    };
    let next = visit.as_ref().map_or("/", |visit| &visit.next);
    match entered {
        Ok(cookie) => {
            openid.attempts.succeeded(&key);
            let forget = session::set(Cookie::SignIn, None, secure);
            let cookies = [(header::SET_COOKIE, cookie), (header::SET_COOKIE, forget)];
            (AppendHeaders(cookies), Redirect::to(next)).into_response()
        }
        Err((refusal, person)) => {
            openid.attempts.failed(&key, now_milliseconds());
            keep_refusal(&console, person, Way::Openid, refusal.to_string()).await;
            told(&console, &headers, next, refusal, visit.as_ref().ok())
        }
    }
}

/// Lets in whom the provider knows, if it is one of us, with the roles that its groups have.
async fn enter(
    console: &Arc<Console>,
    openid: &Arc<Openid>,
    visit: &Visit,
) -> Result<header::HeaderValue, (Refusal, Option<String>)> {
    let (own, visited) = (Arc::clone(openid), visit.clone());
    let known = act(console, SERVER, move |state, _| {
        let known = own.person(&visited, &state.people);
        let roles =
            known.as_ref().ok().and_then(|known| known.roles.clone().map(|roles| (known, roles)));
        let changed =
            roles.map(|(known, roles)| Act::RolesChanged { person: known.person.clone(), roles });
        Ok((changed.into_iter().collect(), known.map(|known| known.person)))
    });
    let unkept = |_: Trouble| (Refusal::NotKept, None);
    let person = known.await.map_err(unkept)??;
    super::begin(console, &person, Way::Openid).await.map_err(unkept)
}

/// Says why somebody does not get in; to whom the provider knows, also by what.
fn told(
    console: &Console,
    headers: &HeaderMap,
    next: &str,
    refusal: Refusal,
    visit: Option<&Visit>,
) -> Response {
    let status = match refusal {
        Refusal::Provider(_) => StatusCode::BAD_GATEWAY,
        Refusal::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Refusal::NotKept => StatusCode::INSUFFICIENT_STORAGE,
        _ => StatusCode::UNAUTHORIZED,
    };
    let mut problem = format!("You were not signed in: {refusal}.");
    if let (Refusal::Unknown, Some(visit)) = (refusal, visit) {
        problem += " Whoever runs Seawall can name you in its settings: your subject there is ";
        problem += visit.subject();
        problem.push('.');
    }
    refused(console, headers, status, next, &problem)
}
