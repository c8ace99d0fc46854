//! What does one do in a case from here? Every form ends here, and then in its custody log.

use std::sync::Arc;

use axum::{
    Form,
    extract::{Path, State},
    http::{HeaderValue, header},
    response::{IntoResponse as _, Redirect, Response},
};
use maud::{Markup, html};
use seawall_charts::text::counted;
use serde::Deserialize;

use super::{
    super::{
        away,
        cases::{keeper, told_to_audit},
        files, words,
    },
    Seen, shown,
};
use crate::console::{
    Console, Trouble,
    access::guard::Visitor,
    cases::Verified,
    parts,
    table::{Asked, encode},
};

/// Characters of a purpose at least, and at most.
const PURPOSE: std::ops::RangeInclusive<usize> = 8..=200;
/// Problems of a check that are shown.
const PROBLEMS_MAX: usize = 100;

/// Reads everything again, and says what came out.
pub(in crate::console) async fn verify(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let by = seen.acting().ok().map(str::to_owned);
    let (cases, case) = (keeper(&console)?, id.clone());
    let verified = away(move || Ok(cases.verify(&case, by.as_deref())?)).await?;
    let what = format!(
        "verified vault and log: {} entries, {} objects, {}",
        verified.entries,
        verified.objects,
        counted(verified.problems.len() as u64, "problem", "problems"),
    );
    told_to_audit(&console, &visitor, &id, &what).await?;
    // The log may tell of it by now.
    let seen = Seen::read(&console, &visitor, &id).await?;
    let asked = Asked::new(&format!("/cases/{id}"));
    shown(&console, &visitor, &seen, &asked, &outcome(&verified)).await
}

fn outcome(verified: &Verified) -> Markup {
    let Verified { entries, objects, approvals, problems, logged } = verified;
    let read = html! {
        p {
            "Read again: " (parts::number(*entries as u64)) " entries of the custody log against its signed checkpoint and the rules of a case, "
            (parts::number(*objects as u64)) " objects of the vault against their hashes, "
            (counted(*approvals as u64, "approval", "approvals")) " against the keys of their approvers. "
            @if *logged { "The custody log tells of it." } @else { "The audit log tells of it; the custody log does not, since you are none of the people of the case." }
        }
    };
    if problems.is_empty() {
        return html! { div .done role="status" { p { strong { "All of it is what it was." } } (read) } };
    }
    html! {
        div .state.error role="alert" {
            p .state-title { (counted(problems.len() as u64, "thing is", "things are")) " not what they were" }
            ul { @for problem in problems.iter().take(PROBLEMS_MAX) { li { (parts::sentence(problem)) } } }
            (read)
            p { "Keep the folder of the case as it is, and compare it with a copy: what was lost here may be whole there." }
        }
    }
}

#[derive(Deserialize)]
pub(in crate::console) struct LookForm {
    document: String,
    version: u64,
    #[serde(default)]
    purpose: String,
}

/// Shows a document, once the custody log tells of it.
pub(in crate::console) async fn look(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(typed): Form<LookForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let by = seen.acting()?.to_owned();
    let key = (typed.document.parse(), typed.version);
    let (Ok(document), version) = key else {
        return Err(Trouble::Wrong("There is no such document.".to_owned()));
    };
    let record = seen.case.state.documents.get(&(document, version));
    let record = record.ok_or(Trouble::NotFound("There is no such version of it."))?;
    let purpose = words(&typed.purpose, *PURPOSE.end());
    if record.personal_data && !PURPOSE.contains(&purpose.chars().count()) {
        return Err(Trouble::Wrong(
            "It tells of persons: say for what, in eight characters or more.".to_owned(),
        ));
    }
    let (cases, case, name) = (keeper(&console)?, id.clone(), typed.document.clone());
    let asked_for = purpose.clone();
    let pdf = away(move || Ok(cases.look(&case, &by, (&name, version), &asked_for)?)).await?;
    let mut what = format!("looked at {} version {version}", typed.document);
    if !purpose.is_empty() {
        what = format!("{what}: {purpose}");
    }
    told_to_audit(&console, &visitor, &id, &what).await?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf")),
        (
            header::CONTENT_DISPOSITION,
            HeaderValue::from_str(&format!(
                "inline; filename=\"{}-v{version}.pdf\"",
                typed.document
            ))
            .unwrap_or(HeaderValue::from_static("inline")),
        ),
    ];
    Ok((headers, pdf).into_response())
}

#[derive(Deserialize)]
pub(in crate::console) struct ProposeForm {
    document: String,
    sha256: String,
}

/// Proposes that a document be released.
pub(in crate::console) async fn propose(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(typed): Form<ProposeForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let by = seen.acting()?.to_owned();
    let what = format!("proposed to release {}", words(&typed.document, 128));
    let (cases, case) = (keeper(&console)?, id.clone());
    away(move || Ok(cases.propose_release(&case, &by, &typed.document, &typed.sha256)?)).await?;
    told_to_audit(&console, &visitor, &id, &what).await?;
    Ok(Redirect::to(&format!("/cases/{id}?tab=approvals")).into_response())
}

/// The text that whoever asks signs to approve.
pub(in crate::console) async fn to_sign(
    State(console): State<Arc<Console>>,
    Path((id, proposal)): Path<(String, String)>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let by = seen.acting()?.to_owned();
    let cases = keeper(&console)?;
    let text = away(move || Ok(cases.to_sign(&id, &by, &proposal)?)).await?;
    Ok(files::attached("text/plain; charset=utf-8", text))
}

#[derive(Deserialize)]
pub(in crate::console) struct ApproveForm {
    proposal: String,
    note: String,
}

/// Takes a signed approval in.
pub(in crate::console) async fn approve(
    State(console): State<Arc<Console>>,
    Path(id): Path<String>,
    visitor: Visitor,
    Form(typed): Form<ApproveForm>,
) -> Result<Response, Trouble> {
    let seen = Seen::read(&console, &visitor, &id).await?;
    let by = seen.acting()?.to_owned();
    let proposal = words(&typed.proposal, 128);
    let (cases, case, of) = (keeper(&console)?, id.clone(), proposal.clone());
    away(move || Ok(cases.approve(&case, &by, &of, &typed.note)?)).await?;
    told_to_audit(&console, &visitor, &id, &format!("approved {proposal}")).await?;
    let then = format!("/cases/{id}?tab=approvals&done={}", encode(&proposal));
    Ok(Redirect::to(&then).into_response())
}

/// That an approval of theirs is kept, where the case says so, and how much is missing.
pub(super) fn kept(seen: &Seen, proposal: &str) -> Option<Markup> {
    let (me, _) = seen.me.as_ref()?;
    let known = seen.case.state.proposals.get(&proposal.parse().ok()?)?;
    known.approvals.iter().find(|(_, who, _)| who == me)?;
    Some(match known.missing().len() {
        0 => parts::done("Your approval is kept. Nothing is missing: it can be carried out."),
        count => parts::done(&format!("Your approval is kept. Still missing: {count}.")),
    })
}
