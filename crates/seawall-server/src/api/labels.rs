//! `/api/v1/labels` and `/api/v1/indicators`: what do people know?

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use seawall_core::{event::TIME_END_MILLISECONDS, selector::KindId};
use serde::Deserialize;

use super::{
    App,
    bodies::{Written, answer, json_body, kept, parse},
    decisions::listed,
};
use crate::{
    access::Scope,
    page::PageQuery,
    problem::Problem,
    service::{Label, NamedValue, Service},
};

const BYTES_MAX: usize = 8 << 20;
const MANY_MAX: usize = 1000;
/// Letters of an account id or the id of an indicator.
const ID_MAX: usize = 256;
/// Letters of a note or a value.
const NOTE_MAX: usize = 1000;
/// Latest second that an indicator holds.
const UNTIL_MAX: i64 = TIME_END_MILLISECONDS / 1000;

fn length(text: &str, letters_max: usize) -> bool {
    (1..=letters_max).contains(&text.chars().count())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Labels {
    labels: Vec<Label>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Indicators {
    indicators: Vec<NamedValue>,
}

fn invalid(detail: impl Into<String>) -> Problem {
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-valid", "Something in it cannot be")
        .detail(detail)
}

fn number_of<T>(items: &[T]) -> Result<(), Problem> {
    if items.is_empty() || items.len() > MANY_MAX {
        return Err(invalid(format!("1 to {MANY_MAX} at a time")));
    }
    Ok(())
}

pub(super) async fn label(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let by = app.tokens.authorize(&headers, Scope::Label)?;
    let Labels { labels } = parse(&json_body(&headers, body, BYTES_MAX).await?)?;
    number_of(&labels)?;
    for (number, label) in labels.iter().enumerate() {
        if !length(&label.account, ID_MAX)
            || label.note.as_ref().is_some_and(|note| note.chars().count() > NOTE_MAX)
        {
            return Err(invalid(format!(
                "label {number}: an account has 1 to {ID_MAX} letters, a note at most {NOTE_MAX}"
            )));
        }
    }
    let accepted = labels.len();
    acknowledge(accepted, app.service.label(labels, &by)).await
}

pub(super) async fn name(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Label)?;
    let Indicators { indicators } = parse(&json_body(&headers, body, BYTES_MAX).await?)?;
    number_of(&indicators)?;
    for (number, named) in indicators.iter().enumerate() {
        if !length(&named.id, ID_MAX) || !length(&named.value, NOTE_MAX) {
            return Err(invalid(format!("indicator {number}: an id or a value of that length")));
        }
        if !(0..=UNTIL_MAX).contains(&named.valid_until) {
            return Err(invalid(format!(
                "indicator {number}: valid_until is no second before 2100"
            )));
        }
        if KindId::from_name(&named.kind).is_none() {
            return Err(invalid(format!("indicator {number}: no such kind of selector")));
        }
    }
    acknowledge(indicators.len(), app.service.name(&indicators)).await
}

async fn acknowledge(accepted: usize, written: Written) -> Result<Response, Problem> {
    kept(written).await?;
    Ok(answer(StatusCode::OK, &serde_json::json!({ "accepted": accepted })))
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let listed = listed(&app, &headers, query, Service::labels).await?;
    Ok(answer(StatusCode::OK, &listed))
}
