//! Who has signed what, and whose word is still missing?

use std::{collections::BTreeMap, sync::Arc};

use maud::{Markup, html};
use seawall_charts::{
    table::{Cell, Table},
    text,
};
use seawall_core::case::{
    Id,
    fold::CaseProposal,
    people::{Power, Role, check_approval},
    record::DocumentRecord,
};
use seawall_evidence::custody::{Action, Entry};

use super::{
    super::{away, cases::keeper},
    Seen, documents,
};
use crate::console::{
    Console, Trouble,
    access::{capability::Capability, guard::Visitor},
    cases::Case,
    parts,
};

/// Characters of what is proposed that are shown.
const CONTENT_CHARACTERS: usize = 8_000;

/// A proposal with the entry that made it.
struct Proposed<'a> {
    known: &'a CaseProposal,
    entry: Option<&'a Entry>,
}

/// All of them, the newest first.
fn proposals(case: &Case) -> Vec<Proposed<'_>> {
    let entries: BTreeMap<&str, &Entry> = case
        .entries
        .iter()
        .filter(|entry| entry.action == Action::Propose)
        .map(|entry| (entry.object.as_str(), entry))
        .collect();
    let mut all: Vec<Proposed<'_>> = case
        .state
        .proposals
        .values()
        .map(|known| Proposed { known, entry: entries.get(known.proposal.id.as_str()).copied() })
        .collect();
    all.sort_by_key(|own| std::cmp::Reverse(own.entry.map(|entry| entry.seq)));
    all
}

fn roles(roles: &[Role]) -> String {
    roles.iter().map(|role| role.name().replace('_', " ")).collect::<Vec<_>>().join(" or ")
}

/// What has become of a proposal, in words.
fn standing(known: &CaseProposal) -> String {
    let missing = known.missing();
    match known.used_by {
        Some(entry) => format!("carried out, entry {entry}"),
        None if missing.is_empty() => "approved, not carried out".to_owned(),
        None => format!(
            "waits for {}",
            missing.iter().map(|them| roles(them)).collect::<Vec<_>>().join(", and ")
        ),
    }
}

fn mark(known: &CaseProposal) -> &'static str {
    match (known.used_by, known.missing().is_empty()) {
        (Some(_), _) => "●",
        (None, true) => "◉",
        (None, false) => "◐",
    }
}

/// The document that a release is of.
fn document<'a>(case: &'a Case, known: &CaseProposal) -> Option<&'a DocumentRecord> {
    let of = |record: &&DocumentRecord| record.sha256 == known.proposal.content_sha256;
    case.state.documents.values().find(of).filter(|_| known.proposal.power == Power::Release)
}

pub(super) async fn part(
    console: &Arc<Console>,
    visitor: &Visitor,
    seen: &Seen,
) -> Result<Markup, Trouble> {
    let all = proposals(&seen.case);
    if all.is_empty() {
        return Ok(parts::empty(
            "Nothing was proposed yet",
            &html! { p { "What takes two is proposed by one person and approved by another: releasing a document under Exhibits and documents, anything else with " code { "seawall case propose" } "." } },
        ));
    }
    let contents = contents(console, seen, &all).await?;
    Ok(html! {
        p .soft { "Who proposes never approves. An approval is a signature over the hash of exactly what is proposed: when that changes, it is void. It is made with a key that never comes here." }
        @for own in &all {
            (card(visitor, seen, own, contents.get(&own.known.proposal.id)))
        }
        p .files { a href={ "/cases/" (seen.id()) "/approvals.csv" } download { "CSV" } }
    })
}

/// What is proposed, of those that wait, where it is text.
async fn contents(
    console: &Console,
    seen: &Seen,
    all: &[Proposed<'_>],
) -> Result<BTreeMap<Id, String>, Trouble> {
    let waiting = all.iter().filter(|own| own.known.used_by.is_none());
    let ids: Vec<Id> = waiting.map(|own| own.known.proposal.id.clone()).collect();
    let (cases, case) = (keeper(console)?, seen.id().to_owned());
    away(move || Ok(cases.proposed(&case, &ids)?)).await
}

fn card(visitor: &Visitor, seen: &Seen, own: &Proposed<'_>, content: Option<&String>) -> Markup {
    let Proposed { known, entry } = own;
    let proposal = &known.proposal;
    let why = entry.map_or("", |entry| entry.reason.as_str());
    html! {
        section .block aria-labelledby=(proposal.id) {
            h2 id=(proposal.id) { (parts::sentence(why)) }
            p { span aria-hidden="true" { (mark(known)) } " " strong { (standing(known)) } }
            p .soft {
                "Proposed by " (parts::name(proposal.proposer.as_str()))
                @if let Some(entry) = entry { " " (parts::rfc3339(&entry.time.to_string())) ", entry " (entry.seq) }
                @if proposal.personal_data { " · tells of persons, so that privacy approves as well" }
            }
            p { "SHA-256 " (parts::id(proposal.content_sha256.as_str())) }
            @if !known.approvals.is_empty() {
                ul { @for (seq, who, role) in &known.approvals { li { "Signed by " strong { (parts::name(who.as_str())) } ", " (role.name().replace('_', " ")) ", entry " (seq) } } }
            }
            @if let Some(record) = document(&seen.case, known) {
                div .actions { (documents::look(seen, record)) }
            }
            @if let Some(content) = content {
                details { summary { "What is proposed" } pre .content { (text::visible(content, CONTENT_CHARACTERS)) } }
            }
            (next(visitor, seen, own))
        }
    }
}

/// What comes next for a proposal: signing it, or carrying it out.
fn next(visitor: &Visitor, seen: &Seen, own: &Proposed<'_>) -> Markup {
    let known = own.known;
    if known.used_by.is_some() {
        return Markup::default();
    }
    if known.missing().is_empty() {
        return html! { p { "Carried out where the case lies: " code { (carried_out(&seen.case, known)) } } };
    }
    let Some((me, _)) = seen.me.as_ref().filter(|_| visitor.may(Capability::ChangeCases)) else {
        return Markup::default();
    };
    let Some(person) = seen.case.state.people.get(me) else { return Markup::default() };
    if known.approvals.iter().any(|(_, who, _)| who == me) {
        return html! { p .soft { "You have signed it." } };
    }
    match check_approval(&known.proposal, person, &known.proposal.content_sha256) {
        Ok(()) => sign(seen, known, me),
        Err(why) => {
            html! { p .soft { "You cannot approve it: " (parts::sentence(why.to_string().lines().next().unwrap_or_default())) "." } }
        }
    }
}

fn sign(seen: &Seen, known: &CaseProposal, me: &Id) -> Markup {
    let id = &known.proposal.id;
    let sha256 = known.proposal.content_sha256.as_str();
    let command = format!("seawall case sign approval.txt --sha256 {sha256} --key {me}.key");
    html! {
        details .sign {
            summary { "Approve …" }
            ol {
                li { "Read what is proposed, and compare its hash." }
                li { a href={ "/cases/" (seen.id()) "/sign/" (id) } download="approval.txt" { "Save what to sign" span .hidden { " to approve " (id) } } ": the text of this approval, with the time of now." }
                li { "Sign it where your key is: " code .secret { (command) (parts::copy(&command)) } }
                li {
                    form method="post" action={ "/cases/" (seen.id()) "/approve" } {
                        input type="hidden" name="proposal" value=(id);
                        div .field { label for={ "note-" (id) } { "Paste the signed note" } textarea id={ "note-" (id) } name="note" rows="6" required maxlength="65536" spellcheck="false" autocomplete="off" {} }
                        button .primary type="submit" { "Approve" }
                    }
                }
            }
        }
    }
}

/// The command that does what was approved.
fn carried_out(case: &Case, known: &CaseProposal) -> String {
    let by = "--as NAME";
    match known.proposal.power {
        Power::Release => {
            let id = document(case, known).map_or("DOCUMENT", |record| record.id.as_str());
            format!("seawall case document release {id} --to KIND --recipient WHO {by}")
        }
        Power::Advance => format!("seawall case advance STAGE {by}"),
        Power::Attribute => format!("seawall case asset advance ASSET STATE {by}"),
        Power::Dispose => format!("seawall case vault dispose ITEM {by}"),
        Power::ReleaseHold => format!("seawall case hold release HOLD {by}"),
        _ => format!("seawall case --help, to {}", known.proposal.power.title()),
    }
}

pub(super) fn rows(case: &Case) -> Table {
    let mut table = Table::new(&[
        "proposal",
        "seq",
        "time",
        "to",
        "what",
        "proposer",
        "sha256",
        "approved_by",
        "state",
    ]);
    for Proposed { known, entry } in proposals(case) {
        let signed: Vec<String> = known
            .approvals
            .iter()
            .map(|(seq, who, role)| format!("{who} ({}, entry {seq})", role.name()))
            .collect();
        table.rows.push(vec![
            known.proposal.id.as_str().into(),
            entry.map_or(Cell::None, |entry| Cell::Count(entry.seq)),
            entry.map_or(Cell::None, |entry| entry.time.to_string().into()),
            known.proposal.power.title().into(),
            entry.map_or(Cell::None, |entry| entry.reason.as_str().into()),
            known.proposal.proposer.as_str().into(),
            known.proposal.content_sha256.as_str().into(),
            signed.join("; ").into(),
            standing(known).into(),
        ]);
    }
    table
}
