//! `/api/v1/streams`: how far were streams read, and what in them was no event?

use std::sync::Arc;

use axum::{
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};

use super::{App, bodies::answer, decisions::listed};
use crate::{access::Scope, page::PageQuery, problem::Problem, service::Service};

pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Read)?;
    let stats = app.service.stream_stats();
    let (faults, last_fault) = stats.faults();
    let body = serde_json::json!({
        "partitions": stats.partitions(&app.service.next_offsets()),
        "faults": faults,
        "last_fault": last_fault,
    });
    Ok(answer(StatusCode::OK, &body))
}

pub(super) async fn rejects(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let listed = listed(&app, &headers, query, Service::rejects).await?;
    Ok(answer(StatusCode::OK, &listed))
}
