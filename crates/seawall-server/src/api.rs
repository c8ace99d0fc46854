//! Which paths are there, and what do they have in common?

mod bodies;
mod decisions;
mod events;
mod labels;
mod models;
mod policies;
mod snapshots;
mod streams;
mod webhooks;
mod watch;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    http::StatusCode,
    response::IntoResponse as _,
    routing::{delete, get, post},
};
use seawall_core::decision::{
    Answer,
    reason::Reason,
    record::{Decision, EVENT_TYPES, Membership, ProvisionalMembership, Record},
    scored::Scored,
};
use serde::Serialize;

pub(crate) use decisions::one_line;

use crate::{access::Tokens, problem::Problem, service::Service};

/// Longest body of a single request.
const BODY_BYTES_MAX: usize = 8 << 20;

/// What every request is answered with.
pub struct App {
    /// What is asked.
    pub service: Service,
    /// Who may ask.
    pub tokens: Tokens,
}

/// The paths of decisions, events, labels and policies, with health and metrics. Others may be merged.
pub fn router(app: Arc<App>) -> Router {
    Router::new()
        .route("/api/v1/decisions", post(decisions::decide).get(decisions::list))
        .route("/api/v1/decisions/batch", post(decisions::decide_batch))
        .route("/api/v1/decisions/{decision_id}", get(decisions::explain))
        .route("/api/v1/decisions/{decision_id}/replay", post(decisions::replay))
        .route("/api/v1/events", post(events::report))
        .route("/api/v1/labels", post(labels::label).get(labels::list))
        .route("/api/v1/indicators", post(labels::name))
        .route("/api/v1/policies", post(policies::promote).get(policies::list))
        .route("/api/v1/policies/current", get(policies::current))
        .route("/api/v1/policies/{policy_id}/promote", post(policies::roll_back))
        .route("/api/v1/snapshots", post(snapshots::promote).get(snapshots::list))
        .route("/api/v1/models", post(models::promote).get(models::show))
        .route("/api/v1/models/{role}", delete(models::remove))
        .route("/api/v1/streams", get(streams::list))
        .route("/api/v1/streams/rejects", get(streams::rejects))
        .route("/api/v1/webhooks", post(webhooks::add).get(webhooks::list))
        .route("/api/v1/webhooks/{webhook_id}", delete(webhooks::remove))
        .route("/api/v1/webhooks/{webhook_id}/enable", post(webhooks::enable))
        .route("/api/v1/webhooks/{webhook_id}/rotate", post(webhooks::rotate))
        .route("/api/v1/webhooks/{webhook_id}/deliveries", get(webhooks::deliveries))
        .route(
            "/api/v1/webhooks/{webhook_id}/deliveries/{message_id}/redeliver",
            post(webhooks::redeliver),
        )
        .route("/api/v1/activity", get(watch::activity))
        .route("/api/v1/openapi.json", get(watch::openapi))
        .route("/health", get(watch::health))
        .route("/metrics", get(watch::metrics))
        .fallback(async || Problem::not_found("no such path").into_response())
        .method_not_allowed_fallback(async || {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method-not-allowed",
                "This path has no such method",
            )
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .with_state(app)
}

/// Id of the decision about an event's entry.
pub(crate) fn decision_id(sequence: u64) -> String {
    format!("d-{sequence:016x}")
}

pub(crate) fn parse_decision_id(id: &str) -> Option<u64> {
    let digits = id.strip_prefix("d-")?;
    let is_ours = digits.len() == 16 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    is_ours.then(|| u64::from_str_radix(digits, 16).ok()).flatten()
}

/// A decision as it is answered.
#[derive(Serialize)]
struct Answered<'a> {
    decision_id: Option<String>,
    decision: Answer,
    late: bool,
    rule: Option<&'a str>,
    without_limit: Option<Answer>,
    limit: Option<&'a str>,
    reasons: &'a [Reason],
    membership: Option<&'a Membership>,
    provisional: Option<&'a ProvisionalMembership>,
    indicators: &'a [String],
    shadow: Vec<Shadow<'a>>,
    policy: &'a str,
    snapshot: &'a str,
    model: Option<&'a Scored>,
}

/// What a watched rule would say.
#[derive(Serialize)]
struct Shadow<'a> {
    rule: &'a str,
    decision: Answer,
}

impl<'a> Answered<'a> {
    fn of(record: &'a Record) -> Self {
        let Decision {
            decision,
            rule,
            without_limit,
            limit,
            reasons,
            membership,
            provisional,
            indicators,
            shadow,
            model,
        } = &record.decision;
        let shadow = shadow.iter().map(|(rule, decision)| Shadow { rule, decision: *decision });
        Self {
            decision_id: Some(decision_id(record.inputs.sequence)),
            decision: *decision,
            late: false,
            rule: rule.as_deref(),
            without_limit: *without_limit,
            limit: limit.as_deref(),
            reasons,
            membership: membership.as_ref(),
            provisional: provisional.as_ref(),
            indicators,
            shadow: shadow.collect(),
            policy: &record.policy,
            snapshot: &record.snapshot,
            model: model.as_ref(),
        }
    }

    /// What is answered where the decision takes too long.
    const fn late(decision: Answer, policy: &'a str, snapshot: &'a str) -> Self {
        Self {
            decision_id: None,
            decision,
            late: true,
            rule: None,
            without_limit: None,
            limit: None,
            reasons: &[],
            membership: None,
            provisional: None,
            indicators: &[],
            shadow: Vec::new(),
            policy,
            snapshot,
            model: None,
        }
    }
}

/// A decision in a few words, for lists and those who watch.
pub(crate) fn summary(record: &Record) -> serde_json::Value {
    let inputs = &record.inputs;
    serde_json::json!({
        "decision_id": decision_id(inputs.sequence),
        "time": jiff::Timestamp::from_millisecond(inputs.time).map(|time| time.to_string()).unwrap_or_default(),
        "type": EVENT_TYPES[usize::from(inputs.event_type)].1,
        "account_hash": format!("{:016x}", inputs.account),
        "decision": record.decision.decision,
        "rule": record.decision.rule,
        "campaign": record.decision.membership.as_ref().filter(|own| own.bound).map(|own| &own.campaign),
    })
}
