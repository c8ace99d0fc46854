//! `/api/v1/policies`: by which rules?

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use seawall_core::decision::policy::{POLICY_BYTES_MAX, Policy};
use serde::Deserialize;

use super::{
    App,
    bodies::{answer, json_body, kept, parse},
    decisions::listed,
};
use crate::{access::Scope, page::PageQuery, problem::Problem, service::Service};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Promote {
    text: String,
    #[serde(default = "all", deserialize_with = "crate::service::whole")]
    per_mille: i64,
}

const ALL: u16 = 1000;

const fn all() -> i64 {
    ALL as i64
}

pub(super) async fn promote(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let by = app.tokens.authorize(&headers, Scope::Admin)?;
    let Promote { text, per_mille } =
        parse(&json_body(&headers, body, 2 * POLICY_BYTES_MAX).await?)?;
    let not_valid = |detail: String| {
        Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "not-a-policy",
            "This policy cannot come into force",
        )
        .detail(detail)
    };
    let per_mille = u16::try_from(per_mille).ok().filter(|share| (1..=ALL).contains(share));
    let per_mille = per_mille.ok_or_else(|| not_valid("per_mille is 1 to 1000".to_owned()))?;
    let policy = Policy::parse(&text).map_err(|error| not_valid(error.to_string()))?;
    put(&app, &policy, per_mille, &by).await
}

/// An earlier policy comes into force again, for all.
pub(super) async fn roll_back(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let by = app.tokens.authorize(&headers, Scope::Admin)?;
    let known = app.service.policy_by_id(&id);
    let policy =
        known.ok_or_else(|| Problem::not_found("no policy that was in force has this id"))?;
    put(&app, &policy, ALL, &by).await
}

async fn put(app: &App, policy: &Policy, per_mille: u16, by: &str) -> Result<Response, Problem> {
    let before = app.service.policy();
    kept(app.service.promote(policy, per_mille, by)).await?;
    let body = serde_json::json!({
        "policy": policy.id(),
        "per_mille": per_mille,
        "before": before.id(),
        "rules_changed": before.difference(policy),
    });
    Ok(answer(StatusCode::OK, &body))
}

pub(super) async fn current(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Read)?;
    let policy = app.service.policy();
    Ok(answer(StatusCode::OK, &serde_json::json!({ "policy": policy.id(), "text": policy.text() })))
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let listed = listed(&app, &headers, query, Service::promotions).await?;
    Ok(answer(StatusCode::OK, &listed))
}
