//! Who are you?

use std::sync::Arc;

use axum::{
    Form,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use serde::Deserialize;

pub(in crate::console) mod openid;
pub(in crate::console) mod passkey;

use super::{act, back, who};
use crate::{
    clock::now_milliseconds,
    console::{
        Console, Trouble,
        access::{
            digest,
            guard::Visitor,
            secret,
            session::{self, Cookie},
        },
        act::{Act, SERVER, Way},
        parts,
        passkey::Place,
        shell,
        state::State as Folded,
        table::encode,
    },
};

/// Where to go then.
#[derive(Default, Deserialize)]
pub(in crate::console) struct Next {
    #[serde(default)]
    next: String,
}

/// What is typed.
#[derive(Deserialize)]
pub(in crate::console) struct Typed {
    name: String,
    password: String,
    #[serde(default)]
    next: String,
}

pub(in crate::console) async fn form(
    State(console): State<Arc<Console>>,
    Query(Next { next }): Query<Next>,
    headers: HeaderMap,
) -> Response {
    let anyone = console.book.state().people.anyone_joined();
    let body =
        if anyone { fields(&console, &headers, &back(&next, "/"), None) } else { nobody_yet() };
    shell::outside(StatusCode::OK, "Sign in", &body)
}

fn nobody_yet() -> Markup {
    html! {
        h1 { "Nobody is here yet" }
        p { "Open the link that " code { "seawall serve" } " printed when it started. It lets the first person set a password, once." }
        p .soft { "Lost it? Start the server again: it prints a new one, and the old one no longer counts." }
    }
}

fn fields(console: &Console, headers: &HeaderMap, next: &str, problem: Option<&str>) -> Markup {
    let passkeys =
        Place::of(&home(console, headers)).is_some() && console.book.state().passkeys.any();
    html! {
        h1 { "Sign in" }
        @if let Some(problem) = problem { div .state.error role="alert" { p { (parts::sentence(problem)) } } }
        form method="post" action="/login" {
            input type="hidden" name="next" value=(next);
            div .field {
                label for="name" { "Name" }
                input #name name="name" required autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" autofocus;
            }
            div .field {
                label for="password" { "Password" }
                input #password name="password" type="password" required autocomplete="current-password" maxlength="256";
            }
            button .primary type="submit" { "Sign in" }
        }
        @if passkeys {
            form method="post" action="/login/passkey" data-passkey="get" data-options="/login/passkey/options" hidden {
                div .state.error role="alert" hidden { p {} }
                input type="hidden" name="next" value=(next);
                input type="hidden" name="credential";
                button type="submit" { "Sign in with a passkey" }
            }
        }
        @if let Some(openid) = &console.openid {
            // A link: the content policy rightly lets no form lead elsewhere.
            p { a .button href={ "/login/openid?next=" (encode(next)) } { "Sign in with " (parts::name(&openid.settings.name)) } }
        }
    }
}

fn refused(
    console: &Console,
    headers: &HeaderMap,
    status: StatusCode,
    next: &str,
    problem: &str,
) -> Response {
    let body = fields(console, headers, next, Some(problem));
    let mut response = shell::outside(status, "Sign in", &body);
    if status == StatusCode::TOO_MANY_REQUESTS {
        response.headers_mut().insert(header::RETRY_AFTER, header::HeaderValue::from_static("900"));
    }
    response
}

pub(in crate::console) async fn sign_in(
    State(console): State<Arc<Console>>,
    headers: HeaderMap,
    Form(Typed { name, password, next }): Form<Typed>,
) -> Response {
    let next = back(&next, "/");
    if !console.attempts.allowed(&name, now_milliseconds()) {
        return refused(
            &console,
            &headers,
            StatusCode::TOO_MANY_REQUESTS,
            &next,
            "Too many attempts. Wait a quarter of an hour, or ask whoever manages people for a new link.",
        );
    }
    let (person, kept) = {
        let state = console.book.state();
        let person = state.people.by_name(&name).filter(|person| !person.disabled);
        (person.map(|own| own.id.clone()), person.and_then(|own| own.password.clone()))
    };
    if !console.hasher.is(password, kept).await {
        console.attempts.failed(&name, now_milliseconds());
        keep_refusal(&console, person, Way::Password, String::new()).await;
        return refused(
            &console,
            &headers,
            StatusCode::UNAUTHORIZED,
            &next,
            "This name and password do not go together.",
        );
    }
    console.attempts.succeeded(&name);
    match begin(&console, &person.unwrap_or_default(), Way::Password).await {
        Ok(cookie) => ([(header::SET_COOKIE, cookie)], Redirect::to(&next)).into_response(),
        Err(_) => refused(
            &console,
            &headers,
            StatusCode::INSUFFICIENT_STORAGE,
            &next,
            "Nothing can be written, so nobody can sign in.",
        ),
    }
}

/// The address of the console, as the browser knows it: its host is ours, or the request would not be here.
pub(super) fn home(console: &Console, headers: &HeaderMap) -> String {
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    match &console.site {
        Some(site) => format!("https://{}", site.host),
        None => format!("http://{host}"),
    }
}

/// Keeps that somebody was not let in.
async fn keep_refusal(console: &Arc<Console>, person: Option<String>, way: Way, why: String) {
    let failed = Act::SignInFailed { person, way, why };
    let _ = act(console, SERVER, move |_, _| Ok((vec![failed], ()))).await;
}

/// Begins a session; the cookie that holds it.
pub(super) async fn begin(
    console: &Arc<Console>,
    person: &str,
    way: Way,
) -> Result<header::HeaderValue, Trouble> {
    let id = person.to_owned();
    let begun = begin_by(console, person, way, move |state| {
        // Somebody may have been shut out a moment ago.
        let may = state.people.by_id(&id).is_some_and(|own| !own.disabled);
        if may { Ok(Vec::new()) } else { Err(Trouble::NotFound("There is nobody with this id.")) }
    });
    begun.await?
}

/// Begins a session, after what `decide` says is done before, if it lets that be; the cookie that holds it.
async fn begin_by<E: Send + 'static>(
    console: &Arc<Console>,
    person: &str,
    way: Way,
    decide: impl FnOnce(&Folded) -> Result<Vec<Act>, E> + Send + 'static,
) -> Result<Result<header::HeaderValue, E>, Trouble> {
    let secret = secret().ok_or_else(|| Trouble::Broken("no random numbers".to_owned()))?;
    let begun = Act::SignedIn { session: digest(&secret), way };
    let decided = act(console, person, move |state, _| match decide(state) {
        Ok(mut acts) => {
            acts.push(begun);
            Ok((acts, Ok(())))
        }
        Err(refusal) => Ok((Vec::new(), Err(refusal))),
    });
    let cookie = || session::set(Cookie::Session, Some(&secret), console.site.is_some());
    Ok(decided.await?.map(|()| cookie()))
}

pub(in crate::console) async fn sign_out(
    State(console): State<Arc<Console>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let ended = Act::SignedOut { session: visitor.session.clone() };
    act(&console, &who(&visitor), move |_, _| Ok((vec![ended], ()))).await?;
    let forget = session::set(Cookie::Session, None, console.site.is_some());
    Ok(([(header::SET_COOKIE, forget)], Redirect::to("/login")).into_response())
}
