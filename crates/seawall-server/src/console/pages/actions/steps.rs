//! What does somebody do about an action? Every form ends here.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use seawall_charts::text::visible;
use serde::Deserialize;

use super::{
    super::{act, away, back, campaign::acts::keep, who, words},
    bound, name, row_of,
};
use crate::{
    console::{
        Console, Trouble,
        access::guard::Visitor,
        act::Act,
        actions::{Entry, Step, ledger::Action, ledger::Event, ledger::Refused},
        state::State as Folded,
    },
    service::{Label, LabelWord},
};

/// Shortest and longest reason.
const REASON_CHARACTERS_MIN: usize = 8;
pub(in crate::console::pages) const REASON_CHARACTERS_MAX: usize = 400;

#[derive(Deserialize)]
pub(in crate::console) struct StepForm {
    saw: u64,
    #[serde(default)]
    reason: String,
    #[serde(default)]
    anyway: String,
    #[serde(default)]
    account: String,
    #[serde(default)]
    back: String,
}

/// A reason that is one.
pub(in crate::console::pages) fn reason(given: &str) -> Result<String, Trouble> {
    let reason = words(given, REASON_CHARACTERS_MAX);
    if reason.chars().count() < REASON_CHARACTERS_MIN {
        return Err(Trouble::Wrong("Say why, in eight characters or more.".to_owned()));
    }
    Ok(reason)
}

/// Checks a step against the state of that moment.
pub(in crate::console::pages) fn checked(
    state: &Folded,
    entry: Entry,
    by: &str,
    saw: u64,
) -> Result<Act, Trouble> {
    match state.actions.check(&entry.action, &entry.step, by, saw) {
        Ok(()) => Ok(Act::Acted(entry)),
        Err(Refused::Unknown) => Err(Trouble::NotFound("There is no action with this id.")),
        Err(Refused::Wrong(why)) => Err(Trouble::Wrong(why.to_owned())),
        Err(Refused::Stale(events)) => {
            Err(Trouble::Stale(events.iter().map(|event| since(state, event)).collect()))
        }
    }
}

/// What was done, in a sentence without markup.
fn since(state: &Folded, event: &Event) -> String {
    let what = match &event.step {
        Step::Proposed { .. } => "proposed it.".to_owned(),
        Step::Approved => "approved it.".to_owned(),
        Step::Withdrawn { reason } => format!("withdrew it: “{reason}”"),
        Step::Started { stage } => format!("began stage {stage}."),
        Step::Paused { why } => format!("paused it: “{why}”"),
        Step::Resumed => "let it go on.".to_owned(),
        Step::RolledBack { reason } => format!("rolled it back: “{reason}”"),
        Step::Appealed { .. } => "restored one account.".to_owned(),
        _ => "did something about it.".to_owned(),
    };
    format!("{} {what}", visible(&name(state, &event.by), 64))
}

pub(in crate::console) async fn take(
    State(console): State<Arc<Console>>,
    Path((id, word)): Path<(String, String)>,
    visitor: Visitor,
    Form(form): Form<StepForm>,
) -> Result<Response, Trouble> {
    let (me, saw, anyway) = (who(&visitor), form.saw, form.anyway == "yes");
    let found = console.book.state().actions.of(&id).map(|own| (own.plan.list.clone(), own.stage));
    let (list, stage) = found.ok_or(Trouble::NotFound("There is no action with this id."))?;
    let sends = !matches!(word.as_str(), "approve" | "withdraw" | "pause");
    if sends && !console.actions.is_ready() {
        let why =
            "The server does not know where the site listens: it was started without --actions.";
        return Err(Trouble::Wrong(why.to_owned()));
    }
    let mut appealed = None;
    let step = match word.as_str() {
        "approve" => Step::Approved,
        "withdraw" => Step::Withdrawn { reason: reason(&form.reason)? },
        "start" => Step::Started { stage: stage + 1 },
        "pause" => Step::Paused { why: words(&form.reason, REASON_CHARACTERS_MAX) },
        "resume" => Step::Resumed,
        "again" => Step::Again,
        "rollback" => Step::RolledBack { reason: reason(&form.reason)? },
        "restore" => {
            let reason = reason(&form.reason)?;
            let (row, account) = row_and_account(&console, &id, &list, form.account).await?;
            appealed = Some(account);
            Step::Appealed { row, reason }
        }
        _ => return Err(Trouble::NotFound("An action has no such step.")),
    };
    let failures_max = console.actions.settings.as_ref().map_or(0.0, |own| own.failures_max);
    let entry = Entry { action: id.clone(), step };
    act(&console, &who(&visitor), move |state, _| {
        let acts = vec![checked(state, entry.clone(), &me, saw)?];
        if let (Step::Started { .. }, Some(own), false) =
            (&entry.step, state.actions.of(&entry.action), anyway)
        {
            went_well(own, failures_max)?;
        }
        Ok((acts, ()))
    })
    .await?;
    if let Some(account) = appealed {
        // Whoever learns from labels learns that this one was wronged.
        let note = Some(format!("restored after an appeal, {id}"));
        keep(&console, &visitor, vec![Label { account, label: LabelWord::Exonerated, note }])
            .await?;
    }
    Ok(Redirect::to(&back(&form.back, &format!("/actions/{id}"))).into_response())
}

/// Whether the stage before went so well that the next one may begin without a further word.
fn went_well(own: &Action, failures_max: f64) -> Result<(), Trouble> {
    let (failures, rows) = (own.failures(), own.plan.rows(own.stage));
    let accounts = rows.end - rows.start;
    if f64::from(failures) <= failures_max * f64::from(accounts) {
        return Ok(());
    }
    Err(Trouble::Wrong(format!(
        "{failures} of {accounts} in stage {} were refused or failed, more than {}. Tick that you go on all the same.",
        own.stage,
        bound(failures_max)
    )))
}

async fn row_and_account(
    console: &Arc<Console>,
    id: &str,
    list: &str,
    account: String,
) -> Result<(u32, String), Trouble> {
    let (own, id, list) = (Arc::clone(console), id.to_owned(), list.to_owned());
    away(move || {
        let unreadable =
            |error: crate::console::actions::ListError| Trouble::Broken(error.to_string());
        let row = row_of(&own, &id, &list, &account).map_err(unreadable)?;
        let row = row.ok_or(Trouble::NotFound("The action has no such account."))?;
        let lines = own.actions.list(&id, &list).and_then(|own| own.rows(&[row]));
        let line = lines.map_err(unreadable)?.pop();
        let line = line.ok_or(Trouble::NotFound("The action has no such account."))?;
        Ok((row, line.account))
    })
    .await
}
