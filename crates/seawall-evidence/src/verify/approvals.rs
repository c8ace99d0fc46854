//! Did a second person agree to exactly what was done?

use std::collections::BTreeMap;

use super::{
    Report,
    facts::{Approved, Facts},
};
use crate::{
    approval::Approval,
    bundle::{Bundle, Person, layout},
    canonical,
    custody::{Action, Approve},
    storage::Error,
    text::Actor,
};

const PEOPLE_BYTES_MAX: u64 = 1 << 20;

pub(super) fn check(bundle: &Bundle, facts: &Facts, report: &mut Report) -> Result<(), Error> {
    let people = people(bundle, report)?;
    for (seq, approve) in &facts.approvals {
        let id = format!("approval:{seq}");
        match one(*seq, approve, facts, &people) {
            Ok(()) => {
                let what = format!("`{}` approved `{}`", approve.approver, approve.proposal);
                report.pass(id, what);
            }
            Err(reason) => report.fail(id, reason),
        }
    }
    for (seq, approved) in &facts.approved {
        let id = format!("approved:{seq}");
        match rests_on(*seq, approved, facts) {
            Ok(approval) => {
                report.pass(id, format!("`{}` rests on approval {approval}", approved.action));
            }
            Err(reason) => report.fail(id, reason),
        }
    }
    Ok(())
}

fn people(bundle: &Bundle, report: &mut Report) -> Result<BTreeMap<Actor, Person>, Error> {
    let file = match bundle.read(&layout::people(), PEOPLE_BYTES_MAX) {
        Err(Error::TooLarge { .. }) => None,
        file => file?,
    };
    let people: Vec<Person> = match file.as_deref().map(canonical::parse) {
        Some(Ok(people)) => people,
        Some(Err(error)) => {
            report.fail("people", format!("`people.json`: {error}"));
            Vec::new()
        }
        None => {
            report.fail("people", "`people.json` is missing or too large");
            Vec::new()
        }
    };
    let mut by_name = BTreeMap::new();
    for person in people {
        let name = person.name.clone();
        if by_name.insert(person.name.clone(), person).is_some() {
            report.fail("people", format!("`{name}` is there twice"));
        }
    }
    Ok(by_name)
}

fn one(
    seq: u64,
    approve: &Approve,
    facts: &Facts,
    people: &BTreeMap<Actor, Person>,
) -> Result<(), String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let proposal = facts.proposals.get(&approve.proposal).filter(|(before, _)| *before < seq);
    let (_, proposal) = proposal.ok_or("approves what was not proposed before")?;
    let person = people
        .get(&approve.approver)
        .ok_or_else(|| format!("the key of `{}` is not in `people.json`", approve.approver))?;
    let verifier = person.verifier().map_err(|error| text(&error))?;
    Approval::entered(approve, proposal, &verifier).map_err(|error| text(&error))?;
    Ok(())
}

/// Which approval an act rests on.
fn rests_on(seq: u64, approved: &Approved, facts: &Facts) -> Result<u64, String> {
    let action = approved.action;
    let number =
        approved.approval.ok_or(format!("`{action}` needs an approval, and names none"))?;
    let approve = facts.approvals.get(&number).filter(|_| number < seq);
    let approve =
        approve.ok_or(format!("entry {number}, on which it rests, is no approval before it"))?;
    if approved.content_sha256.is_some_and(|is| is != approve.content_sha256) {
        return Err(format!(
            "approval {number} is of {}: it is void for anything else",
            approve.content_sha256
        ));
    }
    let kind = facts.proposals.get(&approve.proposal).map(|(_, proposal)| proposal.kind.as_str());
    let needed = match action {
        Action::Release => Some("release"),
        Action::Dispose => Some("dispose"),
        _ => None,
    };
    match (needed, kind) {
        (Some(needed), Some(kind)) if needed != kind => {
            Err(format!("approval {number} is of a `{kind}`, not of a `{needed}`"))
        }
        _ => Ok(number),
    }
}
