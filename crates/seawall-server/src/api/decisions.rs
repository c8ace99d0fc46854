//! `/api/v1/decisions`: allow, challenge or block?

use std::{sync::Arc, time::Duration};

use axum::{
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use seawall_core::decision::record::Record;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::{
    Answered, App,
    bodies::{answer, idempotency_key, json_body, not_kept, parse, problem},
    parse_decision_id, summary,
};
use crate::{
    access::Scope,
    clock::Stopwatch,
    page::{Listed, Page, PageQuery},
    problem::Problem,
    service::{Error, Known, Service, Taken, Wish},
};

const ONE_BYTES_MAX: usize = 1 << 20;
const BATCH_BYTES_MAX: usize = 8 << 20;
const BATCH_MAX: usize = 1000;

/// Events of a batch.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Batch {
    events: Vec<Box<RawValue>>,
}

/// What is answered to it.
#[derive(Serialize)]
struct DecidedBatch<'a> {
    decisions: Vec<Answered<'a>>,
}

/// An event of JSON as one line: lines are what the journal keeps.
pub(crate) fn one_line(json: &[u8]) -> Result<Vec<u8>, Problem> {
    if !json.iter().any(|byte| matches!(byte, b'\n' | b'\r')) {
        return Ok(json.to_vec());
    }
    let value: serde_json::Value = parse(json)?;
    serde_json::to_vec(&value).map_err(|_| Problem::bad_request("not valid JSON"))
}

/// Checks a line, and says what is wrong with it.
pub(super) fn check(app: &App, line: &[u8], number: Option<usize>) -> Result<(), Problem> {
    app.service.check(line).map_err(|rejects| {
        let place = number.map_or(String::new(), |number| format!("event {number}: "));
        let why = rejects.first().map_or_else(
            || "not an event".to_owned(),
            |reject| {
                reject
                    .field
                    .map_or(reject.reason.clone(), |field| format!("`{field}`: {}", reject.reason))
            },
        );
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "not-an-event", "This is no event")
            .detail(format!("{place}{why}"))
    })
}

pub(super) async fn decide(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let watch = Stopwatch::start();
    let by = app.tokens.authorize(&headers, Scope::Decide)?;
    let key = idempotency_key(&headers, &by)?;
    let bytes = json_body(&headers, body, ONE_BYTES_MAX).await?;
    let line = one_line(&bytes)?;
    check(&app, &line, None)?;
    let response = match answers(&app, &[line], key).await? {
        Decided::Made(records) => match records.first() {
            Some(record) => answer(StatusCode::OK, &Answered::of(record)),
            None => return Err(Problem::not_found("the decision of this key is not kept")),
        },
        Decided::Late => {
            let policy = app.service.policy();
            answer(
                StatusCode::OK,
                &Answered::late(policy.late(), policy.id(), &app.service.snapshot().0),
            )
        }
    };
    app.service.stats().answering.add(watch.passed());
    Ok(response)
}

pub(super) async fn decide_batch(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let by = app.tokens.authorize(&headers, Scope::Decide)?;
    let key = idempotency_key(&headers, &by)?;
    let bytes = json_body(&headers, body, BATCH_BYTES_MAX).await?;
    let Batch { events } = parse(&bytes)?;
    if events.is_empty() || events.len() > BATCH_MAX {
        return Err(Problem::bad_request(format!("a batch has 1 to {BATCH_MAX} events")));
    }
    let mut lines = Vec::with_capacity(events.len());
    for (number, event) in events.iter().enumerate() {
        let line = one_line(event.get().as_bytes())?;
        check(&app, &line, Some(number))?;
        lines.push(line);
    }
    let count = lines.len();
    let decided = answers(&app, &lines, key).await?;
    let policy = app.service.policy();
    let snapshot = app.service.snapshot().0;
    let decisions: Vec<Answered<'_>> = match &decided {
        Decided::Made(records) => records.iter().map(|record| Answered::of(record)).collect(),
        Decided::Late => {
            (0..count).map(|_| Answered::late(policy.late(), policy.id(), &snapshot)).collect()
        }
    };
    Ok(answer(StatusCode::OK, &DecidedBatch { decisions }))
}

/// What became of a wish for decisions.
enum Decided {
    Made(Vec<Arc<Record>>),
    /// The policy says what is answered.
    Late,
}

/// Decides about checked lines, once for a key.
async fn answers(
    app: &Arc<App>,
    lines: &[Vec<u8>],
    key: Option<String>,
) -> Result<Decided, Problem> {
    let fingerprint = fingerprint(Wish::Decide, lines);
    if let Some(key) = &key
        && let Some((first, events)) = known(app, key, fingerprint)?
    {
        return kept(app, first, events).map(Decided::Made);
    }
    let policy = app.service.policy();
    let events = lines.len() as u32;
    let taken = app.service.take(lines, Wish::Decide, key.clone().map(|key| (key, fingerprint)));
    let on_the_way = taken.map_err(|error| {
        if let Some(key) = &key {
            app.service.forget(key);
        }
        problem(&error)
    })?;
    // Others that ask now share the write.
    tokio::task::yield_now().await;
    let told = on_the_way.write();
    // Whoever asks about many waits for all of them.
    let deadline = Duration::from_millis(policy.deadline_milliseconds().into()) * events;
    match tokio::time::timeout(deadline, told).await {
        Ok(Ok(Ok(Taken { records, .. }))) => Ok(Decided::Made(records)),
        Ok(Ok(Err(error))) => Err(not_kept(&error)),
        Ok(Err(_)) => Err(Problem::overloaded()),
        Err(_) => {
            app.service.note_late(policy.late(), events);
            Ok(Decided::Late)
        }
    }
}

/// The decisions of a request that was made before.
fn kept(app: &App, first: u64, events: u32) -> Result<Vec<Arc<Record>>, Problem> {
    let mut records = Vec::new();
    for sequence in first..first + u64::from(events) {
        records.extend(app.service.record(sequence).map_err(|error| problem(&error))?);
    }
    Ok(records)
}

/// What identifies a request beside its key.
pub(super) fn fingerprint(wish: Wish, lines: &[Vec<u8>]) -> u64 {
    let seed = u64::from(wish == Wish::Decide);
    lines.iter().fold(seed, |hash, line| xxhash_rust::xxh3::xxh3_64_with_seed(line, hash))
}

/// Where the events of a request are that was made before; an error where it is another request, or not done yet.
pub(super) fn known(app: &App, key: &str, fingerprint: u64) -> Result<Option<(u64, u32)>, Problem> {
    let conflict = |detail: &str| {
        Problem::new(StatusCode::CONFLICT, "key-in-use", "This Idempotency-Key is taken")
            .detail(detail)
    };
    match app.service.begin(key, fingerprint) {
        None => Ok(None),
        Some(Known::UnderWay { .. }) => Err(conflict("the request with this key is under way")),
        Some(Known::Done { fingerprint: own, first, events }) if own == fingerprint => {
            Ok(Some((first, events)))
        }
        Some(Known::Done { .. }) => Err(conflict("another request had this key")),
    }
}

/// Reads something of the journal on a thread that may wait for the disk.
pub(super) async fn reading<T: Send + 'static>(
    app: &Arc<App>,
    read: impl FnOnce(&App) -> Result<T, Problem> + Send + 'static,
) -> Result<T, Problem> {
    let app = Arc::clone(app);
    let read = tokio::task::spawn_blocking(move || read(&app)).await;
    read.unwrap_or_else(|_| Err(Problem::overloaded()))
}

fn record(app: &App, id: &str) -> Result<Arc<Record>, Problem> {
    let missing = || Problem::not_found("no decision has this id");
    let sequence = parse_decision_id(id).ok_or_else(missing)?;
    let found = app.service.record(sequence).map_err(|error| problem(&error))?;
    found.ok_or_else(missing)
}

pub(super) async fn explain(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Read)?;
    let record = reading(&app, move |app| record(app, &id)).await?;
    let body = serde_json::json!({ "answer": Answered::of(&record), "inputs": record.inputs });
    Ok(answer(StatusCode::OK, &body))
}

pub(super) async fn replay(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    app.tokens.authorize(&headers, Scope::Read)?;
    let replayed = reading(&app, move |app| {
        let record = record(app, &id)?;
        app.service.replay(&record).map_err(|error| {
            Problem::new(StatusCode::CONFLICT, "cannot-replay", "The decision cannot be made again")
                .detail(error.to_string())
        })
    })
    .await?;
    Ok(answer(StatusCode::OK, &replayed))
}

/// The page that a query asks for.
pub(super) fn page(query: Result<Query<PageQuery>, QueryRejection>) -> Result<Page, Problem> {
    let Query(query) = query.map_err(|_| Problem::bad_request("known: `cursor` and `limit`"))?;
    query.check()
}

/// A page of something of the journal, for whoever may read.
pub(super) async fn listed<T: Send + 'static>(
    app: &Arc<App>,
    headers: &HeaderMap,
    query: Result<Query<PageQuery>, QueryRejection>,
    read: impl FnOnce(&Service, Page) -> Result<T, Error> + Send + 'static,
) -> Result<T, Problem> {
    app.tokens.authorize(headers, Scope::Read)?;
    let page = page(query)?;
    reading(app, move |app| read(&app.service, page).map_err(|error| problem(&error))).await
}

pub(super) async fn list(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    query: Result<Query<PageQuery>, QueryRejection>,
) -> Result<Response, Problem> {
    let Listed { items, next_cursor } = listed(&app, &headers, query, Service::decisions).await?;
    let items = items.iter().map(summary).collect();
    Ok(answer(StatusCode::OK, &Listed { items, next_cursor }).into_response())
}
