//! `/api/v1/models`: which account model is asked, and which one beside it?

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{
        Path, Query, State,
        rejection::{PathRejection, QueryRejection},
    },
    http::{HeaderMap, StatusCode},
    response::Response,
};
use seawall_core::model::MODEL_BYTES_MAX;
use serde::Deserialize;

use super::{
    App,
    bodies::{answer, kept, media_type, problem, unsupported, whole_body},
    decisions::reading,
};
use crate::{
    access::Scope,
    problem::Problem,
    service::{Error, OVER, Role},
};

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ForWhat {
    #[serde(default)]
    role: Role,
}

/// From now on the model in the body is asked.
pub(super) async fn promote(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<Query<ForWhat>, QueryRejection>,
    body: Body,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Admin)?;
    let Query(ForWhat { role }) =
        query.map_err(|_| Problem::bad_request("known: `role`, champion or challenger"))?;
    if media_type(&headers) != "application/octet-stream" {
        return Err(unsupported("application/octet-stream"));
    }
    let bytes = whole_body(body, MODEL_BYTES_MAX).await?;
    let before = app.service.models()[role as usize].clone();
    let id = reading(&app, move |app| {
        app.service.take_model(&bytes).map_err(|error| match error {
            Error::Model(error) => Problem::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "not-a-model",
                "This is no account model that can be asked",
            )
            .detail(error.to_string()),
            error => problem(&error),
        })
    })
    .await?;
    kept(app.service.promote_model(role, Some(&id))).await?;
    Ok(answer(StatusCode::OK, &serde_json::json!({ "role": role, "model": id, "before": before })))
}

/// From now on none is asked.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    path: Result<Path<Role>, PathRejection>,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Admin)?;
    let Path(role) = path.map_err(|_| Problem::not_found("known: champion and challenger"))?;
    let before = app.service.models()[role as usize].clone();
    kept(app.service.promote_model(role, None)).await?;
    let model: Option<String> = None;
    Ok(answer(
        StatusCode::OK,
        &serde_json::json!({ "role": role, "model": model, "before": before }),
    ))
}

pub(super) async fn show(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Read)?;
    let [champion, challenger] = app.service.models();
    let compared = OVER.iter().zip(app.service.compared().counts());
    let compared: serde_json::Map<String, serde_json::Value> =
        compared.map(|(over, count)| ((*over).to_owned(), count.into())).collect();
    let body = serde_json::json!({
        "champion": champion,
        "challenger": challenger,
        "over": compared,
    });
    Ok(answer(StatusCode::OK, &body))
}
