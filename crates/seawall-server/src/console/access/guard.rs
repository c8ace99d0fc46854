//! What is asked of every request before a page is made?

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Redirect, Response},
};

use super::{
    capability::Capability,
    digest, id,
    people::Person,
    session::{self, Cookie},
};
use crate::{
    clock::now_milliseconds,
    console::{Console, Trouble, routes::Needs, shell, table::encode},
};

/// What a route asks for.
#[derive(Clone)]
pub(in crate::console) struct Gate {
    pub(in crate::console) console: Arc<Console>,
    pub(in crate::console) needs: Needs,
}

/// Who asks.
#[derive(Clone, Debug)]
pub(in crate::console) struct Visitor {
    pub(in crate::console) person: Person,
    pub(in crate::console) capabilities: BTreeSet<Capability>,
    /// Digest of the session.
    pub(in crate::console) session: String,
    /// When they signed in, in milliseconds since the Unix epoch.
    pub(in crate::console) signed_in_at: i64,
    /// Path and query that were asked for.
    pub(in crate::console) address: String,
    /// Names this request to whoever runs the server.
    pub(in crate::console) request: String,
}

impl Visitor {
    pub(in crate::console) fn may(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    /// Whether they signed in a moment ago: who finds a browser open is not to add what signs in later.
    pub(in crate::console) fn is_fresh(&self, console: &Console) -> bool {
        now_milliseconds() - self.signed_in_at < console.fresh
    }

    /// Refuses what adds a way in, where they signed in long ago.
    pub(in crate::console) fn must_be_fresh(&self, console: &Console) -> Result<(), Trouble> {
        if self.is_fresh(console) { Ok(()) } else { Err(Trouble::SignInAgain) }
    }
}

impl<S: Sync> FromRequestParts<S> for Visitor {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, StatusCode> {
        // A route that asks for nobody has no visitor; a page that wants one is not shown there.
        parts.extensions.get::<Self>().cloned().ok_or(StatusCode::UNAUTHORIZED)
    }
}

/// Lets through who may see the route.
pub(in crate::console) async fn guard(
    State(Gate { console, needs }): State<Gate>,
    mut request: Request,
    next: Next,
) -> Response {
    if needs == Needs::Nobody {
        return next.run(request).await;
    }
    let Some(visitor) = visitor(&console, &request) else { return sign_in(&request) };
    if let Needs::Capability(capability) = needs
        && !visitor.may(capability)
    {
        return shell::trouble(&console, &visitor, &Trouble::Forbidden(capability));
    }
    request.extensions_mut().insert(visitor.clone());
    let mut response = next.run(request).await;
    match response.extensions_mut().remove::<Trouble>() {
        Some(trouble) => shell::trouble(&console, &visitor, &trouble),
        None => response,
    }
}

fn visitor(console: &Console, request: &Request) -> Option<Visitor> {
    let secret = session::secret(request.headers(), Cookie::Session, console.site.is_some())?;
    let session = digest(&secret);
    let mut state = console.book.state();
    let person = state.sessions.used(&session, now_milliseconds())?;
    let person = state.people.by_id(&person).filter(|person| !person.disabled)?.clone();
    let signed_in_at = state.sessions.begun_at(&session)?;
    drop(state);
    Some(Visitor {
        capabilities: person.capabilities(),
        person,
        session,
        signed_in_at,
        address: address(request),
        request: request_id(request),
    })
}

fn address(request: &Request) -> String {
    request.uri().path_and_query().map_or("/", |own| own.as_str()).to_owned()
}

fn request_id(request: &Request) -> String {
    request.extensions().get::<RequestId>().map_or_else(String::new, |id| id.0.clone())
}

/// To the page where one signs in, and back from there.
fn sign_in(request: &Request) -> Response {
    let page = matches!(*request.method(), Method::GET | Method::HEAD);
    let next = if page { address(request) } else { "/".to_owned() };
    Redirect::to(&format!("/login?next={}", encode(&next))).into_response()
}

#[derive(Clone)]
struct RequestId(String);

const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// What every answer says to the browser.
const HEADERS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
];

/// Refuses hosts that are not ours, names the request, and sets the headers of all answers.
pub(crate) async fn headers(
    State(console): State<Arc<Console>>,
    mut request: Request,
    next: Next,
) -> Response {
    if !is_ours(&console, request.headers()) {
        // A name that somebody else points to this address must not act for whoever is signed in.
        return (StatusCode::MISDIRECTED_REQUEST, "this host is not served here\n").into_response();
    }
    let id = id("r").unwrap_or_default();
    request.extensions_mut().insert(RequestId(id.clone()));
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if console.site.is_some() {
        let always = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, always);
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(HeaderName::from_static("x-request-id"), id);
    }
    response
}

/// Whether the host is this machine's, or the one that the console was given.
fn is_ours(console: &Console, headers: &HeaderMap) -> bool {
    let Some(host) = headers.get(header::HOST).and_then(|host| host.to_str().ok()) else {
        return false;
    };
    let host = host.to_ascii_lowercase();
    if let Some(site) = &console.site {
        return host == site.host;
    }
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => &host,
    };
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}
