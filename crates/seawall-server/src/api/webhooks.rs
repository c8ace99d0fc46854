//! `/api/v1/webhooks`: who is told what, and did it arrive?

use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock},
};

use axum::{
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use rand::TryRng as _;
use regex::Regex;
use seawall_core::decision::Answer;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    App,
    bodies::{answer, json_body, kept, parse, problem},
    decisions::{page, reading},
};
use crate::{
    access::Scope,
    clock::now_milliseconds,
    page::{Listed, PageQuery},
    problem::Problem,
    webhook::{Attempt, Change, Endpoint, Message, Secret, Topic},
};

const BYTES_MAX: usize = 64 << 10;
const URL_BYTES_MAX: usize = 2000;
/// What a URL may be, in the words of the document of the API: a web address (RFC 3986) with a name or address of a
/// host, without a user and without a fragment, which nobody would be sent.
const URL: &str = concat!(
    r"^https?://([A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?|\[[0-9A-Fa-f]{0,4}(:[0-9A-Fa-f]{0,4}){2,7}\])",
    r"(:([1-9][0-9]{0,3}|[1-5][0-9]{4}|6[0-4][0-9]{3}|65[0-4][0-9]{2}|655[0-2][0-9]|6553[0-5]))?",
    r"(/[A-Za-z0-9/._~!$&'()*+,;=:@%-]*)?(\?[A-Za-z0-9/?._~!$&'()*+,;=:@%-]*)?$",
);
static IS_URL: LazyLock<Regex> = LazyLock::new(|| Regex::new(URL).expect("a pattern"));
const ENDPOINTS_MAX: usize = 100;
/// How long a secret that was replaced goes on signing.
const OLD_SECRET_MILLISECONDS: i64 = 86_400_000;
/// Secrets that sign at the same time.
const SECRETS_MAX: usize = 3;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    url: String,
    #[serde(rename = "events")]
    topics: BTreeSet<Topic>,
    #[serde(default)]
    decisions: BTreeSet<Answer>,
}

fn not_valid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-valid", "Something in it cannot be")
        .detail(detail)
}

fn no_chance() -> Problem {
    let title = "The system gives no random numbers";
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", title)
}

/// An endpoint as it is shown: without its secrets.
fn shown(endpoint: &Endpoint) -> Value {
    let Endpoint { id, url, topics, decisions, secrets, disabled, by, at } = endpoint;
    json!({
        "id": id,
        "url": url,
        "events": topics,
        "decisions": decisions,
        "secrets": secrets.len(),
        "disabled": disabled,
        "by": by,
        "at": at,
    })
}

fn check_url(text: &str) -> Result<(), Problem> {
    if text.len() <= URL_BYTES_MAX && IS_URL.is_match(text) {
        return Ok(());
    }
    Err(not_valid(
        "url is no http or https URL of a host, or has a user, a fragment, or letters that no URL has in it",
    ))
}

pub(super) async fn add(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let by = app.tokens.authorize(&headers, Scope::Admin)?;
    let Wanted { url, topics, decisions } = parse(&json_body(&headers, body, BYTES_MAX).await?)?;
    check_url(&url)?;
    if topics.is_empty() {
        return Err(not_valid("events is empty: known are decision.made and campaign.alarm"));
    }
    if app.service.endpoints().len() >= ENDPOINTS_MAX {
        return Err(not_valid(format!("there are {ENDPOINTS_MAX} webhooks, and no more may be")));
    }
    let secret = Secret::new().ok_or_else(no_chance)?;
    let number = rand::rngs::SysRng.try_next_u64().map_err(|_| no_chance())?;
    let endpoint = Endpoint {
        id: format!("wh_{number:016x}"),
        url,
        topics,
        decisions,
        secrets: vec![secret.clone()],
        disabled: None,
        by,
        at: now_milliseconds(),
    };
    put(&app, &endpoint).await?;
    Ok(answer(StatusCode::OK, &with_secret(&endpoint, &secret)))
}

/// An endpoint with its newest secret, which is shown this once.
fn with_secret(endpoint: &Endpoint, secret: &Secret) -> Value {
    let mut body = shown(endpoint);
    body["secret"] = secret.text().into();
    body
}

async fn put(app: &App, endpoint: &Endpoint) -> Result<(), Problem> {
    kept(app.service.change_webhooks(&Change::Put(endpoint.clone()))).await
}

fn known(app: &App, id: &str) -> Result<Endpoint, Problem> {
    app.service.endpoint(id).ok_or_else(|| Problem::not_found("no webhook has this id"))
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Read)?;
    let items: Vec<Value> = app.service.endpoints().iter().map(shown).collect();
    Ok(answer(StatusCode::OK, &json!({ "items": items })))
}

pub(super) async fn remove(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Admin)?;
    let endpoint = known(&app, &id)?;
    kept(app.service.change_webhooks(&Change::Removed { id })).await?;
    Ok(answer(StatusCode::OK, &shown(&endpoint)))
}

/// Sends to an endpoint again that was left alone.
pub(super) async fn enable(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Admin)?;
    let endpoint = Endpoint { disabled: None, at: now_milliseconds(), ..known(&app, &id)? };
    put(&app, &endpoint).await?;
    Ok(answer(StatusCode::OK, &shown(&endpoint)))
}

/// A new secret; the one before it goes on signing for a day, so that receivers can change over.
pub(super) async fn rotate(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Admin)?;
    let mut endpoint = known(&app, &id)?;
    let (secret, now) = (Secret::new().ok_or_else(no_chance)?, now_milliseconds());
    for old in &mut endpoint.secrets {
        old.until.get_or_insert(now + OLD_SECRET_MILLISECONDS);
    }
    endpoint.secrets.retain(|old| old.until.is_some_and(|until| now < until));
    endpoint.secrets.insert(0, secret.clone());
    endpoint.secrets.truncate(SECRETS_MAX);
    endpoint.at = now;
    put(&app, &endpoint).await?;
    Ok(answer(StatusCode::OK, &with_secret(&endpoint, &secret)))
}

/// An attempt as it is shown.
fn attempt(own: &Attempt) -> Value {
    let Attempt { message, attempt, at, status, why, next_at, .. } = own;
    json!({
        "message": message.id(),
        "event": message.topic,
        "attempt": attempt,
        "at": at,
        "status": status,
        "arrived": own.arrived(),
        "why": why,
        "next_at": next_at,
    })
}

pub(super) async fn deliveries(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Read)?;
    let page = page(query)?;
    known(&app, &id)?;
    let listed =
        reading(&app, move |app| app.service.attempts(&id, page).map_err(|e| problem(&e))).await?;
    let Listed { items, next_cursor } = listed;
    let items: Vec<Value> = items.iter().map(attempt).collect();
    Ok(answer(StatusCode::OK, &Listed { items, next_cursor }))
}

/// Sends a message once more, whatever came of it before.
pub(super) async fn redeliver(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path((id, message)): Path<(String, String)>,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Admin)?;
    let endpoint = known(&app, &id)?;
    if endpoint.disabled.is_some() {
        return Err(Problem::new(StatusCode::CONFLICT, "disabled", "The webhook is disabled"));
    }
    let missing = || Problem::not_found("no message has this id");
    let message = Message::parse(&message).ok_or_else(missing)?;
    let there = reading(&app, move |app| {
        app.service.record(message.sequence).map_err(|error| problem(&error))
    });
    there.await?.ok_or_else(missing)?;
    let again = Change::Again { id, message, at: now_milliseconds() };
    kept(app.service.change_webhooks(&again)).await?;
    Ok(answer(StatusCode::OK, &json!({ "message": message.id() })))
}

#[cfg(test)]
mod tests {
    use axum::http::Uri;

    use super::*;
    use crate::api::watch::OPENAPI;

    #[test]
    fn the_document_says_which_urls_are_taken() {
        let document: Value = serde_json::from_str(OPENAPI).expect("JSON");
        let url = document
            .pointer("/paths/~1api~1v1~1webhooks/post/requestBody/content/application~1json/schema/properties/url");
        assert_eq!(url.expect("it is described")["pattern"], URL);
    }

    #[test]
    fn a_url_that_is_taken_can_be_asked() {
        let urls = [
            "https://hooks.example",
            "http://localhost:8080",
            "http://seawall_hooks:65535/a-b/%C3%A9",
            "https://[2001:db8::1]:8443/hook?key=a%20b&x=(1)",
            "http://[1:2:3:4:5:6:7:8]",
            "http://a..b?",
            "https://Hooks.Example?topic=alarm",
        ];
        for text in urls {
            assert!(check_url(text).is_ok(), "{text}");
            let uri: Uri = text.parse().expect("a URI");
            let host = uri.host().expect("it has one");
            assert!(!host.is_empty(), "{text}");
            let after_host = &uri.authority().expect("it has one").as_str()[host.len()..];
            assert_eq!(uri.port_u16().is_some(), !after_host.is_empty(), "{text}");
        }
    }

    #[test]
    fn what_is_no_web_address_is_refused() {
        let long = format!("https://hooks.example/{}", "a".repeat(URL_BYTES_MAX));
        let texts = [
            "http://0*",
            "ftp://hooks.example",
            "https://",
            "https://user@hooks.example",
            "https://hooks.example:65536",
            "https://hooks.example:0",
            "https://hooks.example/a#b",
            "https://hooks.example/a b",
            "https://hooks.example\n",
            "https://-hooks.example",
            "http://[:::::::::]",
            "hooks.example",
            &long,
        ];
        for text in texts {
            assert!(check_url(text).is_err(), "{text}");
        }
    }
}
