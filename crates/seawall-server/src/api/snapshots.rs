//! `/api/v1/snapshots`: by which detection?

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use seawall_core::decision::snapshot::SNAPSHOT_BYTES_MAX;

use super::{
    App,
    bodies::{answer, kept, media_type, problem, unsupported, whole_body},
    decisions::{listed, reading},
};
use crate::{
    access::Scope,
    page::PageQuery,
    problem::Problem,
    service::{Error, Service},
};

/// From now on decisions are made by the snapshot in the body.
pub(super) async fn promote(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Admin)?;
    if media_type(&headers) != "application/octet-stream" {
        return Err(unsupported("application/octet-stream"));
    }
    let bytes = whole_body(body, SNAPSHOT_BYTES_MAX).await?;
    let (before, _) = app.service.snapshot();
    let loaded = reading(&app, move |app| {
        app.service.take_snapshot(&bytes).map_err(|error| match error {
            Error::Snapshot(error) => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "not-a-snapshot",
                "This is no snapshot that decisions can be made by",
            )
            .detail(error.to_string()),
            error => problem(&error),
        })
    })
    .await?;
    kept(app.service.promote_snapshot(&loaded.id)).await?;
    let body = serde_json::json!({
        "snapshot": loaded.id,
        "campaigns": loaded.snapshot.campaigns.len(),
        "before": before,
    });
    Ok(answer(StatusCode::OK, &body))
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let listed = listed(&app, &headers, query, Service::snapshots).await?;
    Ok(answer(StatusCode::OK, &listed))
}
