//! `/api/v1/events`: what happened?

use std::{sync::Arc, sync::atomic::Ordering, time::Duration};

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, StatusCode},
    response::Response,
};
use http_body_util::BodyExt as _;
use seawall_core::event::LINE_BYTES_MAX;
use serde::Serialize;

use super::{
    App,
    bodies::{answer, idempotency_key, json_body, media_type, not_kept, problem, unsupported},
    decisions::{check, fingerprint, known, one_line},
};
use crate::{access::Scope, problem::Problem, service::Wish};

/// Lines that are written together.
const TOGETHER_MAX: usize = 1000;
/// Bytes that are written together.
const TOGETHER_BYTES_MAX: usize = 1 << 20;
/// Rejects that are told one by one.
const REJECTS_MAX: usize = 100;
/// How long the next part of a stream may take to come.
const PART_SECONDS_MAX: u64 = 30;

/// What became of events.
#[derive(Debug, Default, Serialize)]
struct Reported {
    accepted: u64,
    rejected: u64,
    rejects: Vec<LineReject>,
}

#[derive(Debug, Serialize)]
struct LineReject {
    line: u64,
    reason: String,
}

pub(super) async fn report(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let by = app.tokens.authorize(&headers, Scope::Events)?;
    let key = idempotency_key(&headers, &by)?;
    let reported = match media_type(&headers).as_str() {
        "application/json" => one(&app, &headers, body, key).await?,
        "application/x-ndjson" if key.is_some() => {
            return Err(Problem::bad_request(
                "a stream has no Idempotency-Key: send events one by one, or a batch",
            ));
        }
        "application/x-ndjson" => stream(&app, body).await?,
        _ => return Err(unsupported("application/json, application/x-ndjson")),
    };
    app.service.stats().rejects.fetch_add(reported.rejected, Ordering::Relaxed);
    Ok(answer(StatusCode::OK, &reported))
}

async fn one(
    app: &Arc<App>,
    headers: &HeaderMap,
    body: Body,
    key: Option<String>,
) -> Result<Reported, Problem> {
    let bytes = json_body(headers, body, LINE_BYTES_MAX).await?;
    let line = one_line(&bytes)?;
    check(app, &line, None)?;
    let lines = [line];
    let fingerprint = fingerprint(Wish::Report, &lines);
    if let Some(key) = &key
        && let Some((_, events)) = known(app, key, fingerprint)?
    {
        return Ok(Reported { accepted: events.into(), ..Reported::default() });
    }
    let mut reported = Reported::default();
    let written =
        write(app, &lines, key.clone().map(|key| (key, fingerprint)), &mut reported).await;
    if let (Err(_), Some(key)) = (&written, &key) {
        app.service.forget(key);
    }
    written.map(|()| reported)
}

/// Reads lines as they come, in bounded memory; what was accepted before an error stays accepted.
async fn stream(app: &Arc<App>, mut body: Body) -> Result<Reported, Problem> {
    let mut reported = Reported::default();
    let mut lines = Lines::default();
    loop {
        let frame = tokio::time::timeout(Duration::from_secs(PART_SECONDS_MAX), body.frame()).await;
        let data = match frame {
            Ok(Some(Ok(frame))) => frame.into_data().ok(),
            Ok(Some(Err(_))) => return Err(Problem::bad_request(broken_off(&reported))),
            Ok(None) => break,
            Err(_) => {
                return Err(Problem::new(
                    StatusCode::REQUEST_TIMEOUT,
                    "too-slow",
                    "The body took too long",
                ));
            }
        };
        for byte_run in data.iter().flat_map(|data| data.chunks(64 << 10)) {
            lines.push(app, byte_run, &mut reported);
            if lines.is_enough() {
                write(app, &lines.take(), None, &mut reported).await?;
            }
        }
    }
    lines.end_line(app, &mut reported);
    let rest = lines.take();
    if !rest.is_empty() {
        write(app, &rest, None, &mut reported).await?;
    }
    Ok(reported)
}

fn broken_off(reported: &Reported) -> String {
    format!("the body broke off; {} events were accepted before", reported.accepted)
}

/// Lines of a stream that wait to be written.
#[derive(Default)]
struct Lines {
    whole: Vec<Vec<u8>>,
    bytes: usize,
    /// The beginning of the line that is coming.
    part: Vec<u8>,
    /// The line that is coming is too long, and passed over.
    too_long: bool,
    number: u64,
}

impl Lines {
    fn push(&mut self, app: &App, mut bytes: &[u8], reported: &mut Reported) {
        while let Some(end) = bytes.iter().position(|byte| *byte == b'\n') {
            self.extend(&bytes[..end]);
            self.end_line(app, reported);
            bytes = &bytes[end + 1..];
        }
        self.extend(bytes);
    }

    fn extend(&mut self, bytes: &[u8]) {
        self.too_long |= self.part.len() + bytes.len() > LINE_BYTES_MAX;
        if !self.too_long {
            self.part.extend_from_slice(bytes);
        }
    }

    fn end_line(&mut self, app: &App, reported: &mut Reported) {
        let line = std::mem::take(&mut self.part);
        let too_long = std::mem::take(&mut self.too_long);
        self.number += 1;
        if !too_long && line.iter().all(u8::is_ascii_whitespace) {
            return;
        }
        let reason = if too_long {
            Some("longer than 1 MiB".to_owned())
        } else {
            app.service.check(&line).err().map(|rejects| {
                rejects
                    .first()
                    .map_or_else(|| "not an event".to_owned(), |reject| reject.reason.clone())
            })
        };
        let Some(reason) = reason else {
            self.bytes += line.len();
            self.whole.push(line);
            return;
        };
        reported.rejected += 1;
        if reported.rejects.len() < REJECTS_MAX {
            reported.rejects.push(LineReject { line: self.number, reason });
        }
    }

    fn is_enough(&self) -> bool {
        self.whole.len() >= TOGETHER_MAX || self.bytes >= TOGETHER_BYTES_MAX
    }

    fn take(&mut self) -> Vec<Vec<u8>> {
        self.bytes = 0;
        std::mem::take(&mut self.whole)
    }
}

async fn write(
    app: &Arc<App>,
    lines: &[Vec<u8>],
    key: Option<(String, u64)>,
    reported: &mut Reported,
) -> Result<(), Problem> {
    let taken = app.service.take(lines, Wish::Report, key).map_err(|error| problem(&error))?;
    match taken.write().await {
        Ok(Ok(taken)) => {
            reported.accepted += u64::from(taken.events);
            Ok(())
        }
        Ok(Err(error)) => Err(not_kept(&error)),
        Err(_) => Err(Problem::overloaded()),
    }
}
