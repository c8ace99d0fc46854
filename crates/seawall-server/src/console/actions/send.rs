//! How is the site asked, so that each account is asked for once, and what it answers is kept?
//!
//! One batch of an action at a time, each in the journal before it is sent and its answer after. What is sent follows from
//! the journal alone, time included, so that a second attempt sends the same bytes under the same id.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use seawall_core::selector::{account_hash, pseudonym};
use serde::Deserialize;
use serde_json::{Value, json};
use ureq::Agent;

use super::{
    Came, Desk, Entry, Settings, Step, key,
    ledger::{Batch, Next},
    list::Line,
    plan::{Plan, Verb},
};
use crate::{
    clock::now_milliseconds,
    console::{
        Console,
        act::{Act, SERVER},
        book::BookError,
        live::News,
    },
    service::locked,
    webhook::{Received, Signed, client, post},
};

/// How often it is looked whether something is due.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// Actions that are worked on at a time.
const UNDER_WAY_MAX: usize = 4;
/// How long an action is left alone where nothing could be kept.
const UNKEPT_PAUSE: Duration = Duration::from_mins(1);

/// Whether nothing is to be sent any more: the server is ending.
#[derive(Debug, Default)]
struct Ending(Arc<AtomicBool>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Sends what is due, for as long as it is polled. Without a place to send to nothing is.
pub(in crate::console) async fn deliver(console: Arc<Console>) {
    let Some(settings) = console.actions.settings.clone() else { return };
    let networks = console.app.service.networks().to_vec();
    let site = Arc::new((client(networks, settings.timeout_seconds), settings));
    let under_way: Arc<Mutex<BTreeSet<String>>> = Arc::default();
    let ending = Ending::default();
    let own = Arc::clone(&console);
    // What cannot be kept now is asked for again, under the same ids.
    let _ = tokio::task::spawn_blocking(move || keep_lost(&own)).await;
    let mut every = tokio::time::interval(LOOK_EVERY);
    every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        every.tick().await;
        let own = Arc::clone(&console);
        let _ = tokio::task::spawn_blocking(move || keep_exonerated(&own)).await;
        for id in due(&console, &under_way) {
            locked(&under_way).insert(id.clone());
            let (console, site, under_way, ended) = (
                Arc::clone(&console),
                Arc::clone(&site),
                Arc::clone(&under_way),
                Arc::clone(&ending.0),
            );
            tokio::spawn(async move {
                let own = id.clone();
                let worked =
                    tokio::task::spawn_blocking(move || work(&console, &site, &own, &ended)).await;
                if !matches!(worked, Ok(Ok(()))) {
                    tokio::time::sleep(UNKEPT_PAUSE).await;
                }
                locked(&under_way).remove(&id);
            });
        }
    }
}

/// Keeps that nobody knows what came of what the server was asking for when it ended.
fn keep_lost(console: &Console) -> Result<(), BookError> {
    console.book.act(SERVER, |state, now| {
        let all = state.actions.all();
        let lost = all.flat_map(|(id, action)| {
            action.lost(now).into_iter().map(|step| act(id, step)).collect::<Vec<_>>()
        });
        Ok((lost.collect(), ()))
    })
}

/// Keeps who of an action was labelled exonerated, wherever that was, for an action that more may come of.
fn keep_exonerated(console: &Console) -> Result<(), BookError> {
    let accounts = console.app.service.take_exonerated();
    if accounts.is_empty() {
        return Ok(());
    }
    let open: Vec<(String, String)> = {
        let state = console.book.state();
        let open = state.actions.all().filter(|(_, action)| action.may_halt());
        open.map(|(id, action)| (id.to_owned(), action.plan.list.clone())).collect()
    };
    let row = |id: &str, list: &str, account: &String| {
        let own = pseudonym(account_hash(account));
        let lines = console.actions.list(id, list).and_then(|list| list.find(key(id, &own)));
        // A list that cannot be read is told of when it is sent.
        lines.ok()?.into_iter().find(|line| line.account == *account).map(|line| line.row)
    };
    let found: Vec<(&String, u32)> = open
        .iter()
        .flat_map(|(id, list)| {
            accounts.iter().filter_map(move |account| Some((id, row(id, list, account)?)))
        })
        .collect();
    console.book.act(SERVER, |state, _| {
        // Who was restored on their page stands there as wronged already.
        let is_new = |id: &str, row| state.actions.of(id).is_some_and(|own| !own.is_upheld(row));
        let new = found.iter().filter(|(id, row)| is_new(id, *row));
        let acts = new.map(|(id, row)| act(id, Step::Exonerated { row: *row })).collect();
        Ok((acts, ()))
    })
}

/// Actions about which something is to be done now.
fn due(console: &Console, under_way: &Mutex<BTreeSet<String>>) -> Vec<String> {
    let (now, under_way) = (now_milliseconds(), locked(under_way));
    let room = UNDER_WAY_MAX.saturating_sub(under_way.len());
    let state = console.book.state();
    let free = state.actions.all().filter(|(id, _)| !under_way.contains(*id));
    free.filter(|(_, action)| action.next(now).is_some())
        .map(|(id, _)| id.to_owned())
        .take(room)
        .collect()
}

/// Does what is due about an action, until nothing is, or the server ends.
fn work(
    console: &Console,
    site: &(Agent, Settings),
    id: &str,
    ended: &AtomicBool,
) -> Result<(), BookError> {
    while !ended.load(Ordering::Relaxed) {
        let Some((plan, batch)) = keep_next(console, id)? else { break };
        let received = match console.actions.list(id, &plan.list) {
            Ok(list) => list.rows(&batch.rows).map(|lines| ask(site, id, &plan, &batch, &lines)),
            Err(error) => Err(error),
        };
        let steps = match received {
            Ok(received) => answered(&site.1, id, &batch, &received),
            Err(error) => not_sent(&batch, &error.to_string()),
        };
        let is_told = steps.iter().any(Step::is_told);
        let acts = steps.into_iter().map(|step| act(id, step)).collect();
        console.book.act(SERVER, |_, _| Ok::<_, BookError>((acts, ())))?;
        if is_told {
            console.tell(News::Action(id.to_owned()));
        }
    }
    Ok(())
}

fn act(id: &str, step: Step) -> Act {
    Act::Acted(Entry { action: id.to_owned(), step })
}

/// Keeps the steps that come by themselves; the batch that is to be sent then, if there is one.
fn keep_next(console: &Console, id: &str) -> Result<Option<(Plan, Batch)>, BookError> {
    loop {
        let next = console.book.act(SERVER, |state, now| {
            let Some(action) = state.actions.of(id) else { return Ok((Vec::new(), None)) };
            Ok::<_, BookError>(match action.next(now) {
                Some(Next::Keep(step)) => (vec![act(id, step.clone())], Some(Err(step))),
                Some(Next::Send(batch)) => (Vec::new(), Some(Ok((action.plan.clone(), batch)))),
                None => (Vec::new(), None),
            })
        })?;
        match next {
            Some(Ok(found)) => return Ok(Some(found)),
            Some(Err(step)) if step.is_told() => {
                console.tell(News::Action(id.to_owned()));
            }
            Some(Err(_)) => {}
            None => return Ok(None),
        }
    }
}

/// What the site knows an account of an action by: it does what it was asked for under one such key once.
fn item_id(action: &str, row: u32, back: bool) -> String {
    if back { format!("{action}.{row}.restore") } else { format!("{action}.{row}") }
}

/// What is sent: an event as `CloudEvents` 1.0 has it.
fn body(id: &str, plan: &Plan, batch: &Batch, lines: &[Line]) -> Value {
    let verb = if batch.back { Verb::Restore } else { plan.verb };
    let time = jiff::Timestamp::from_millisecond(batch.at).unwrap_or_default();
    let accounts: Vec<Value> = lines
        .iter()
        .map(|line| json!({ "id": item_id(id, line.row, batch.back), "account": line.account }))
        .collect();
    json!({
        "specversion": "1.0",
        "id": message_id(id, batch),
        "source": "/seawall/actions",
        "type": format!("seawall.account.{}", verb.as_str()),
        "subject": id,
        "time": time.to_string(),
        "datacontenttype": "application/json",
        "data": {
            "action": id,
            "do": verb.as_str(),
            "campaign": plan.campaign,
            "reason": plan.reason,
            "accounts": accounts,
        },
    })
}

fn message_id(id: &str, batch: &Batch) -> String {
    format!("{id}.batch-{}", batch.number)
}

fn ask(
    (client, settings): &(Agent, Settings),
    id: &str,
    plan: &Plan,
    batch: &Batch,
    lines: &[Line],
) -> Received {
    let body = body(id, plan, batch, lines).to_string();
    let message = message_id(id, batch);
    let signed = Signed { secrets: &settings.secrets, id: &message, at: now_milliseconds() };
    let media_type = "application/cloudevents+json; charset=utf-8";
    post(client, &settings.url, media_type, &signed, body.as_bytes())
}

/// What a site may say of single accounts of a batch that it took.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    accounts: Vec<ToldOf>,
}

#[derive(Deserialize)]
struct ToldOf {
    id: String,
    status: u16,
}

/// The rows of a batch that the site did not take, although it took the batch.
fn not_taken(id: &str, batch: &Batch, body: &[u8]) -> Vec<(u32, u16)> {
    let Ok(told) = serde_json::from_slice::<Told>(body) else { return Vec::new() };
    let of = |row: u32| (item_id(id, row, batch.back), row);
    let rows: BTreeMap<String, u32> = batch.rows.iter().copied().map(of).collect();
    let refused = told.accounts.iter().filter(|own| !matches!(own.status, 200..=299));
    let refused: BTreeMap<u32, u16> =
        refused.filter_map(|own| Some((*rows.get(&own.id)?, own.status))).collect();
    refused.into_iter().collect()
}

/// What is written of an answer.
fn answered(settings: &Settings, id: &str, batch: &Batch, received: &Received) -> Vec<Step> {
    let (now, attempt) = (now_milliseconds(), batch.attempts + 1);
    let pause = settings.retry_seconds.get(batch.attempts as usize);
    let next_at = pause.map(|seconds| now + i64::from(*seconds) * 1000);
    let came = match received.status {
        Some(200..=299) => Came::Accepted,
        Some(408 | 425 | 429 | 500..) | None if next_at.is_some() => Came::Again,
        // Of the first of these, it is not the site that was meant: another attempt would go the same way.
        Some(300..=399 | 401 | 410 | 408 | 425 | 429 | 500..) | None => Came::GivenUp,
        Some(_) => Came::Refused,
    };
    let refused =
        if came == Came::Accepted { not_taken(id, batch, &received.body) } else { Vec::new() };
    let mut steps = vec![Step::Answered {
        batch: batch.number,
        attempt,
        came,
        status: received.status,
        unanswered: received.unanswered,
        why: received.why.clone(),
        refused,
        next_at: next_at.filter(|_| came == Came::Again),
    }];
    if came == Came::GivenUp {
        steps.push(Step::Paused { why: given_up(received, attempt) });
    }
    steps
}

/// What is written where a batch cannot be sent at all.
fn not_sent(batch: &Batch, why: &str) -> Vec<Step> {
    let answered = Step::Answered {
        batch: batch.number,
        attempt: batch.attempts + 1,
        came: Came::GivenUp,
        status: None,
        unanswered: false,
        why: Some(why.to_owned()),
        refused: Vec::new(),
        next_at: None,
    };
    vec![answered, Step::Paused { why: why.to_owned() }]
}

fn given_up(received: &Received, attempts: u32) -> String {
    match (received.status, &received.why) {
        (Some(410), _) => "the site said that it is gone (410)".to_owned(),
        (Some(401), _) => "the site does not know the signature (401)".to_owned(),
        (Some(status @ 300..=399), _) => {
            format!("the site points elsewhere ({status}), which is not followed")
        }
        (Some(status), _) => format!("a batch was given up after {attempts} attempts: {status}"),
        (None, why) => format!(
            "a batch was given up after {attempts} attempts: {}",
            why.as_deref().unwrap_or("no answer")
        ),
    }
}

impl Desk {
    /// Whether anything can be sent.
    pub(in crate::console) const fn is_ready(&self) -> bool {
        self.settings.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::console::actions::plan::Scope;

    fn batch(attempts: u32) -> Batch {
        Batch {
            number: 3,
            back: false,
            rows: vec![4, 5, 6],
            at: 1_777_593_600_000,
            attempts,
            ..Batch::default()
        }
    }

    fn plan() -> Plan {
        Plan {
            campaign: "c-0".to_owned(),
            called: "farm".to_owned(),
            run: "today".to_owned(),
            verb: Verb::Suspend,
            scope: Scope::All,
            accounts: 7,
            left_out: 0,
            people: 0.1,
            stages: vec![1, 7],
            list: String::new(),
            batch: 3,
            delay_seconds_max: 0,
            limits: None,
            by_itself: None,
            needs_approval: false,
            reason: "why".to_owned(),
        }
    }

    #[test]
    fn what_is_sent_is_a_cloud_event_that_is_the_same_each_time() {
        let line = Line { row: 4, key: 1, account: "user \"4\"".to_owned(), confidence: 0.9 };
        let sent = body("act-1", &plan(), &batch(0), std::slice::from_ref(&line));
        assert_eq!(sent, body("act-1", &plan(), &batch(2), &[line]));
        // The attributes that CloudEvents 1.0 requires.
        for (name, value) in [
            ("specversion", "1.0"),
            ("id", "act-1.batch-3"),
            ("source", "/seawall/actions"),
            ("type", "seawall.account.suspend"),
            ("time", "2026-05-01T00:00:00Z"),
        ] {
            assert_eq!(sent[name], value);
        }
        assert_eq!(
            sent["data"]["accounts"][0],
            json!({ "id": "act-1.4", "account": "user \"4\"" })
        );
    }

    #[test]
    fn answers_are_taken_for_what_they_are() {
        let settings = Settings::for_tests(&[1, 2]);
        let came = |status: Option<u16>, attempts: u32| {
            let received = Received { status, ..Received::default() };
            let steps = answered(&settings, "act-1", &batch(attempts), &received);
            let Step::Answered { came, next_at, .. } = &steps[0] else { panic!("no answer") };
            assert_eq!(next_at.is_some(), *came == Came::Again);
            assert_eq!(steps.len(), 1 + usize::from(*came == Came::GivenUp));
            *came
        };
        for status in [200, 202, 204] {
            assert_eq!(came(Some(status), 0), Came::Accepted);
        }
        for status in [400, 403, 404, 409, 422] {
            assert_eq!(came(Some(status), 0), Came::Refused);
        }
        for status in [301, 308, 401, 410] {
            assert_eq!(came(Some(status), 0), Came::GivenUp);
        }
        for status in [Some(500), Some(503), Some(429), None] {
            assert_eq!(came(status, 0), Came::Again);
            assert_eq!(came(status, 2), Came::GivenUp);
        }
    }

    #[test]
    fn a_site_may_refuse_single_accounts_and_those_of_others_are_passed_over() {
        let told = json!({ "accounts": [
            { "id": "act-1.5", "status": 409 },
            { "id": "act-1.6", "status": 200 },
            { "id": "act-1.7", "status": 404 },
            { "id": "act-2.4", "status": 404 },
        ] });
        assert_eq!(not_taken("act-1", &batch(0), told.to_string().as_bytes()), [(5, 409)]);
        assert_eq!(not_taken("act-1", &batch(0), b"ok"), []);
    }
}
