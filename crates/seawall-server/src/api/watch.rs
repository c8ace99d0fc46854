//! What goes on: activity as it happens, health, metrics, and the document of the API.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse as _, Response,
        sse::{Event, KeepAlive, Sse},
    },
};
use tokio_stream::{StreamExt as _, wrappers::BroadcastStream};

use super::{App, bodies::answer};
use crate::{access::Scope, problem::Problem};

/// The document of the API.
pub(super) const OPENAPI: &str = include_str!("openapi.json");

pub(super) async fn activity(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Read)?;
    let events = BroadcastStream::new(app.service.watch()).map(|summary| {
        Ok::<_, Infallible>(match summary {
            Ok(summary) => Event::default().event("decision").data(&*summary),
            // Whoever reads too slowly is told how much it missed.
            Err(tokio_stream::wrappers::errors::BroadcastStreamRecvError::Lagged(missed)) => {
                Event::default().event("missed").data(missed.to_string())
            }
        })
    });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Sse::new(events).keep_alive(keep_alive).into_response())
}

pub(super) async fn health(State(app): State<Arc<App>>) -> Response {
    let (snapshot, campaigns) = app.service.snapshot();
    let body = serde_json::json!({
        "status": "ok",
        "version": env!("CARGO_PKG_VERSION"),
        "snapshot": snapshot,
        "campaigns": campaigns,
        "policy": app.service.policy().id(),
    });
    answer(StatusCode::OK, &body)
}

pub(super) async fn metrics(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Metrics)?;
    let read = Arc::clone(&app);
    let text = tokio::task::spawn_blocking(move || read.service.metrics()).await;
    let text = text.map_err(|_| Problem::overloaded())?;
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response())
}

pub(super) async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], OPENAPI).into_response()
}
