//! What does one say of a campaign? Every form ends here.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    response::{IntoResponse as _, Redirect, Response},
};
use seawall_charts::text::visible;
use serde::Deserialize;

use super::{
    super::{act, away, back, person, unreadable, who, words},
    Seen, accounts, bound_by, whole,
};
use crate::{
    console::{
        Console, Trouble,
        access::guard::Visitor,
        act::Act,
        review::{Decision, Entry, NOTE_CHARACTERS_MAX, Refused, Said},
        runs::Order,
        state::State as Folded,
        table::Asked,
    },
    service::{Label, LabelWord},
};

/// Members of a campaign that a decision labels, for the account model: more of them say the same.
const LABELS_MAX: usize = 1000;
/// Probability of membership from which a decision on the campaign is one on the account.
const LABELS_FROM: f64 = 0.95;

#[derive(Deserialize)]
pub(in crate::console) struct DecisionForm {
    saw: u64,
    decision: String,
    #[serde(default)]
    note: String,
    #[serde(default)]
    then: String,
}

#[derive(Deserialize)]
pub(in crate::console) struct MergeForm {
    saw: u64,
    into: String,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
pub(in crate::console) struct SplitForm {
    saw: u64,
    selector: String,
    name: String,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
pub(in crate::console) struct NameForm {
    saw: u64,
    name: String,
}

#[derive(Deserialize)]
pub(in crate::console) struct NoteForm {
    note: String,
}

#[derive(Deserialize)]
pub(in crate::console) struct MemberForm {
    account: String,
    belongs: String,
    #[serde(default)]
    back: String,
}

#[derive(Deserialize)]
pub(in crate::console) struct UndoForm {
    saw: u64,
    entry: u64,
    #[serde(default)]
    then: String,
}

#[derive(Deserialize)]
pub(in crate::console) struct RevealForm {
    purpose: String,
    #[serde(default)]
    page: String,
    #[serde(default)]
    order: String,
}

/// Checks what is said against the state of that moment.
pub(in crate::console::pages) fn checked(
    state: &Folded,
    entry: Entry,
    by: &str,
    saw: u64,
    now: i64,
) -> Result<Act, Trouble> {
    match state.reviews.check(&entry, by, saw, now) {
        Ok(()) => Ok(Act::Reviewed(entry)),
        Err(Refused::Wrong(why)) => Err(Trouble::Wrong(why.to_owned())),
        Err(Refused::Claimed(other)) => Err(Trouble::Stale(vec![format!(
            "{} is looking at it.",
            visible(&person(state, &other), 64)
        )])),
        Err(Refused::Stale(events)) => Err(Trouble::Stale(
            events
                .iter()
                .map(|event| {
                    format!("{} {}", visible(&person(state, &event.by), 64), told(&event.said))
                })
                .collect(),
        )),
    }
}

/// What somebody said, in a sentence without markup.
fn told(said: &Said) -> String {
    let with = |what: &str, note: &str| {
        if note.is_empty() { format!("{what}.") } else { format!("{what}: “{note}”") }
    };
    match said {
        Said::Claimed { .. } | Said::Released => "looked at it.".to_owned(),
        Said::Skipped { reason } => with("skipped it", reason),
        Said::Decided { decision, note, .. } => {
            with(&format!("said it is {}", decision.as_str()), note)
        }
        Said::Proposed { decision, note, .. } => {
            with(&format!("had a model propose “{}”", decision.as_str()), note)
        }
        Said::Noted { note } => with("noted", note),
        Said::Named { name } => format!("named it “{name}”."),
        Said::Merged { into, note, .. } => with(&format!("merged it into {into}"), note),
        Said::Split { name, note, .. } => with(&format!("split off “{name}”"), note),
        Said::Member { account, belongs } => {
            format!("said that {account} {}.", if *belongs { "belongs" } else { "does not belong" })
        }
        Said::Undone { .. } => "took back what they had said.".to_owned(),
    }
}

async fn say(
    console: &Arc<Console>,
    visitor: &Visitor,
    id: &str,
    saw: u64,
    said: Said,
) -> Result<(), Trouble> {
    let (entry, by) = (Entry { campaign: id.to_owned(), said }, who(visitor));
    act(console, &who(visitor), move |state, now| {
        Ok((vec![checked(state, entry, &by, saw, now)?], ()))
    })
    .await
}

fn to(id: &str, part: &str) -> Response {
    Redirect::to(&format!("/campaigns/{id}{part}")).into_response()
}

pub(in crate::console) async fn decide(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<DecisionForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let decision = Decision::parse(&form.decision)
        .ok_or_else(|| Trouble::Wrong("There is no such decision.".to_owned()))?;
    let said = Said::Decided {
        decision,
        note: words(&form.note, NOTE_CHARACTERS_MAX),
        bound_by: bound_by(&seen.campaign),
    };
    say(&console, &visitor, &id, form.saw, said).await?;
    label(&console, &visitor, &seen, Some(decision)).await?;
    if form.then == "queue" {
        return Ok(Redirect::to(&format!("/queue?decided={id}")).into_response());
    }
    Ok(to(&id, ""))
}

/// What is said of a campaign is said of its surest members: the account model learns from it.
pub(in crate::console::pages) async fn label(
    console: &Arc<Console>,
    visitor: &Visitor,
    seen: &Seen,
    decision: Option<Decision>,
) -> Result<(), Trouble> {
    let (run, position) = (Arc::clone(&seen.run), seen.position);
    let rows =
        away(move || run.members.page(position, Order::Random, 0, LABELS_MAX).map_err(unreadable))
            .await?;
    let word = match decision {
        Some(Decision::Confirmed) => LabelWord::Fraudulent,
        Some(Decision::Dismissed) => LabelWord::Genuine,
        None => LabelWord::Undecided,
    };
    let note = Some(format!("decision on {}", seen.id()));
    let sure = rows.into_iter().filter(|row| row.confidence >= LABELS_FROM);
    let labels: Vec<Label> =
        sure.map(|row| Label { account: row.account, label: word, note: note.clone() }).collect();
    keep(console, visitor, labels).await
}

pub(in crate::console::pages) async fn keep(
    console: &Arc<Console>,
    visitor: &Visitor,
    labels: Vec<Label>,
) -> Result<(), Trouble> {
    if labels.is_empty() {
        return Ok(());
    }
    let by = format!("console {}", visitor.person.id);
    let kept = console
        .app
        .service
        .label(labels, &by)
        .map_err(|error| Trouble::CannotKeep(error.to_string()))?;
    match kept.await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(Trouble::CannotKeep(error.to_string())),
        Err(_) => Err(Trouble::CannotKeep("the server is ending".to_owned())),
    }
}

pub(in crate::console) async fn merge(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<MergeForm>,
) -> Result<Response, Trouble> {
    let into = form.into.trim().to_owned();
    let seen = Seen::read(&console, &id).await?;
    let whole = Seen::read(&console, &into).await.map_err(|error| match error {
        Trouble::NotFound(_) => {
            Trouble::Wrong("The campaign to merge into is not in the run that is shown.".to_owned())
        }
        other => other,
    })?;
    say(
        &console,
        &visitor,
        &id,
        form.saw,
        Said::Merged {
            into,
            note: words(&form.note, NOTE_CHARACTERS_MAX),
            bound_by: bound_by(&seen.campaign),
            into_bound_by: bound_by(&whole.campaign),
        },
    )
    .await?;
    Ok(to(&id, "?tab=activity"))
}

pub(in crate::console) async fn split(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<SplitForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let known = seen
        .campaign
        .selectors
        .iter()
        .any(|own| form.selector == format!("{}:{}", own.kind, own.value_hash));
    if !known {
        return Err(Trouble::Wrong("The campaign has no such selector.".to_owned()));
    }
    let said = Said::Split {
        selector: form.selector,
        name: words(&form.name, 72),
        note: words(&form.note, NOTE_CHARACTERS_MAX),
        bound_by: bound_by(&seen.campaign),
    };
    say(&console, &visitor, &id, form.saw, said).await?;
    Ok(to(&id, "?tab=activity"))
}

pub(in crate::console) async fn name(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<NameForm>,
) -> Result<Response, Trouble> {
    Seen::read(&console, &id).await?;
    let name = words(&form.name, 72);
    if name.is_empty() {
        return Err(Trouble::Wrong("A name is needed.".to_owned()));
    }
    say(&console, &visitor, &id, form.saw, Said::Named { name }).await?;
    Ok(to(&id, ""))
}

pub(in crate::console) async fn note(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<NoteForm>,
) -> Result<Response, Trouble> {
    Seen::read(&console, &id).await?;
    let note = words(&form.note, NOTE_CHARACTERS_MAX);
    if note.is_empty() {
        return Err(Trouble::Wrong("A note is needed.".to_owned()));
    }
    say(&console, &visitor, &id, 0, Said::Noted { note }).await?;
    Ok(to(&id, "?tab=activity"))
}

pub(in crate::console) async fn member(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<MemberForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let (run, position, account) = (Arc::clone(&seen.run), seen.position, form.account);
    let rows = away(move || run.members.find(&account, 16).map_err(unreadable)).await?;
    let row = rows.into_iter().find(|(own, _)| *own == position).map(|(_, row)| row);
    let row = row.ok_or(Trouble::NotFound("The campaign has no such account."))?;
    let belongs = form.belongs == "yes";
    say(&console, &visitor, &id, 0, Said::Member { account: row.pseudonym, belongs }).await?;
    let label = if belongs { LabelWord::Fraudulent } else { LabelWord::Genuine };
    let note = Some(format!("looked at in {id}"));
    keep(&console, &visitor, vec![Label { account: row.account, label, note }]).await?;
    Ok(Redirect::to(&back(&form.back, &format!("/campaigns/{id}?tab=accounts"))).into_response())
}

pub(in crate::console) async fn undo(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<UndoForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let undone = seen.review.history.iter().find(|event| event.sequence == form.entry).cloned();
    say(&console, &visitor, &id, form.saw, Said::Undone { entry: form.entry }).await?;
    if undone.is_some_and(|event| matches!(event.said, Said::Decided { .. })) {
        // What others said, or what was said before, counts again.
        let decision = console
            .book
            .state()
            .reviews
            .of(&id)
            .and_then(|own| own.decisions().into_values().next_back());
        label(&console, &visitor, &seen, decision).await?;
    }
    Ok(if form.then == "queue" {
        Redirect::to("/queue").into_response()
    } else {
        to(&id, "?tab=activity")
    })
}

/// Shows whose accounts a page of the list are; that it did, and for what, is kept before anything is shown.
pub(in crate::console) async fn reveal(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(form): Form<RevealForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &id).await?;
    let purpose = words(&form.purpose, 400);
    if purpose.chars().count() < 8 {
        return Err(Trouble::Wrong("Say for what, in eight characters or more.".to_owned()));
    }
    let asked = Asked::new(&format!("/campaigns/{id}?tab=accounts"));
    let asked = Asked::new(&asked.with("order", &form.order));
    let asked = Asked::new(&asked.with("page", &form.page));
    let what = format!("account ids of {id}, {} page {}", form.order, asked.page() + 1);
    let revealed = Act::Revealed { what, purpose: purpose.clone() };
    act(&console, &who(&visitor), move |_, _| Ok((vec![revealed], ()))).await?;
    let part = accounts::part(&seen, &visitor, &asked, Some(&purpose)).await?;
    Ok(whole(&console, &visitor, &seen, "accounts", &part))
}
