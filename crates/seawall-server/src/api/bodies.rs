//! What did the client send?

use std::{sync::Arc, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::{Serialize, de::DeserializeOwned};
use tokio::sync::oneshot;

use crate::{problem::Problem, service::Error};

/// How long a body may take to come.
const BODY_SECONDS_MAX: u64 = 30;
const KEY_BYTES_MAX: usize = 200;

/// Media type of a body, without its parameters.
pub(super) fn media_type(headers: &HeaderMap) -> String {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let plain = given.unwrap_or_default().split(';').next().unwrap_or_default();
    plain.trim().to_ascii_lowercase()
}

pub(super) fn unsupported(known: &str) -> Problem {
    let title = "The body has a form that is not read here";
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", title)
        .detail(format!("known: {known}"))
}

/// Reads a body of JSON, no longer than `bytes_max`.
pub(super) async fn json_body(
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<Bytes, Problem> {
    if media_type(headers) != "application/json" {
        return Err(unsupported("application/json"));
    }
    whole_body(body, bytes_max).await
}

/// Reads a body, no longer than `bytes_max`.
pub(super) async fn whole_body(body: Body, bytes_max: usize) -> Result<Bytes, Problem> {
    let read = Limited::new(body, bytes_max).collect();
    match tokio::time::timeout(Duration::from_secs(BODY_SECONDS_MAX), read).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => {
            Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "The body is too large")
                .detail(format!("at most {bytes_max} bytes")))
        }
        Ok(Err(_)) => Err(Problem::bad_request("the body broke off")),
        Err(_) => {
            Err(Problem::new(StatusCode::REQUEST_TIMEOUT, "too-slow", "The body took too long"))
        }
    }
}

/// Reads JSON without quoting it where it is wrong.
pub(super) fn parse<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let place = format!("line {}, column {}", error.line(), error.column());
        Problem::bad_request(match error.classify() {
            serde_json::error::Category::Data => {
                format!("not the fields that are expected, at {place}")
            }
            _ => format!("not valid JSON at {place}"),
        })
    })
}

/// The key of a request that must have its effect once.
pub(super) fn idempotency_key(headers: &HeaderMap, by: &str) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let is_key = |key: &&str| {
        (1..=KEY_BYTES_MAX).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
    };
    let key = value.to_str().ok().filter(is_key);
    let key = key.ok_or_else(|| {
        Problem::bad_request(format!("Idempotency-Key is 1 to {KEY_BYTES_MAX} visible letters"))
    })?;
    Ok(Some(format!("{by}/{key}")))
}

pub(super) fn answer(status: StatusCode, body: &impl Serialize) -> Response {
    let mut bytes = Vec::with_capacity(1024);
    match serde_json::to_writer(&mut bytes, body) {
        Ok(()) => (status, [(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
        Err(_) => internal().into_response(),
    }
}

fn internal() -> Problem {
    Problem::new(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Something is wrong here, not with the request",
    )
}

/// What an error of the service is to a client.
pub(super) fn problem(error: &Error) -> Problem {
    match error {
        Error::Busy => Problem::overloaded(),
        Error::Closed => {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "ending", "The server is ending")
        }
        Error::Store(seawall_store::Error::Archived { .. }) => {
            Problem::new(StatusCode::GONE, "archived", "It is archived").detail(
                "its part of the journal was taken away; whoever runs the server can put it back",
            )
        }
        Error::Store(error) => not_kept(error),
        _ => internal(),
    }
}

/// An entry on its way to the disk.
pub(super) type Written = Result<oneshot::Receiver<Result<u64, Arc<seawall_store::Error>>>, Error>;

/// Waits until an entry is on the disk.
pub(super) async fn kept(written: Written) -> Result<(), Problem> {
    match written.map_err(|error| problem(&error))?.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(not_kept(&error)),
        Err(_) => Err(Problem::overloaded()),
    }
}

/// What a failed write is to a client.
pub(super) fn not_kept(error: &seawall_store::Error) -> Problem {
    let text = error.to_string();
    // Paths of the machine are nobody's business.
    let known = if error.is_full() { "no room is left" } else { "a write failed" };
    debug_assert!(!text.is_empty(), "an error says something");
    Problem::cannot_keep(known)
}
