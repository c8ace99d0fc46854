//! `seawall case show`: what stands in a case?

use clap::Args;
use seawall_charts::text::counted;
use seawall_core::case::{CaseState, deadline::due, people, state::Machine as _};
use seawall_evidence::custody::SealBody;
use serde_json::{Value, json};

use crate::{
    case::{Acting, Reading, seals},
    console::Console,
    failure::Failure,
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case show
  seawall case show --case storm --log
  seawall case show --case storm --format json";

/// Show what stands in a case
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Show the custody log as well
    #[arg(long)]
    log: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let reading = Reading::open(&acting.place)?;
    let state = &reading.state;
    if arguments.format == AnswerFormat::Json {
        let mut document = document(&reading)?;
        if arguments.log {
            document["log"] = serde_json::to_value(&reading.entries)?;
        }
        serde_json::to_writer_pretty(&mut *console.data(), &document)?;
        writeln!(console.data())?;
        return Ok(());
    }
    let out = console.data();
    writeln!(out, "{} ({}), {}", state.title, reading.file.id, state.stage().name())?;
    for (title, lines) in sections(state, &seals(&reading.entries)?) {
        if !lines.is_empty() {
            writeln!(out, "\n{title}")?;
            for line in lines {
                writeln!(out, "  {}", seawall_charts::text::visible(&line, 400))?;
            }
        }
    }
    if arguments.log {
        writeln!(out, "\nCustody log")?;
        for entry in &reading.entries {
            let line = format!(
                "{:>5} {} {} ({}) {} {}: {}",
                entry.seq,
                entry.time,
                entry.actor,
                entry.role,
                entry.action,
                entry.object,
                entry.reason
            );
            writeln!(out, "  {}", seawall_charts::text::visible(&line, 400))?;
        }
    }
    let checkpoint = reading.checkpoint;
    console.note("custody", format!("entry {}", checkpoint.size.saturating_sub(1)))?;
    console.note("checkpoint", format!("{} {}", checkpoint.size, checkpoint.root))
}

fn sections(state: &CaseState, seals: &[SealBody]) -> Vec<(&'static str, Vec<String>)> {
    let person = |person: &people::Person| format!("{}: {}", person.id, person.role.name());
    vec![
        ("People", state.people.values().map(person).collect()),
        ("Waiting for approval", waiting(state)),
        (
            "Items",
            state
                .items
                .values()
                .map(|item| {
                    format!("{} {} {}", item.facts.id, item.state.name(), item.facts.sha256)
                })
                .collect(),
        ),
        ("Seals", seals.iter().map(dated).collect()),
        (
            "Figures",
            state.figures.values().map(|it| format!("{} {}", it.id, it.state.name())).collect(),
        ),
        (
            "Assets",
            state
                .assets
                .values()
                .map(|it| format!("{} {} {}", it.asset.id, it.state.name(), it.asset.display()))
                .collect(),
        ),
        (
            "Documents and exhibits",
            state
                .documents
                .iter()
                .map(|(key, document)| {
                    let word = match (state.released.contains(key), document.is_final) {
                        (true, _) => "released",
                        (false, true) => "final, not released",
                        (false, false) => "draft",
                    };
                    format!("{} v{} {word} {}", key.0, key.1, document.sha256)
                })
                .collect(),
        ),
        (
            "Holds",
            state.holds.values().map(|hold| format!("{}: {}", hold.id, hold.basis)).collect(),
        ),
        (
            "Deadlines",
            state
                .deadlines
                .values()
                .filter_map(|it| {
                    due(it).ok().map(|due| format!("{} {} {:?}", it.id, due.safe, it.kind))
                })
                .collect(),
        ),
    ]
}

/// A seal, and whether a clock that is not ours says when it was there.
fn dated(seal: &SealBody) -> String {
    let dated = match seal.time_stamps.len() {
        0 => "not yet time-stamped".to_owned(),
        count => counted(count as u64, "time-stamp", "time-stamps"),
    };
    format!("{} {dated}", seal.id)
}

/// Proposals that nobody has made use of, and who still has to approve.
fn waiting(state: &CaseState) -> Vec<String> {
    state
        .proposals
        .values()
        .filter(|known| known.used_by.is_none())
        .map(|known| {
            let missing: Vec<String> = known
                .missing()
                .iter()
                .map(|roles| roles.iter().map(|role| role.name()).collect::<Vec<_>>().join(" or "))
                .collect();
            let still = if missing.is_empty() {
                "approved, not yet carried out".to_owned()
            } else {
                format!("still needs {}", missing.join(", "))
            };
            let proposal = &known.proposal;
            format!("{} to {}: {still}", proposal.id, proposal.power.title())
        })
        .collect()
}

fn document(reading: &Reading) -> Result<Value, Failure> {
    let state = &reading.state;
    let seals = seals(&reading.entries)?;
    Ok(json!({
        "schema": "seawall.case/v1",
        "case": reading.file,
        "stage": state.stage(),
        "profile": state.profile.as_ref().map(|profile| json!(profile)),
        "people": state.people.values().collect::<Vec<_>>(),
        "items": state.items.values().map(|item| json!({
            "id": item.facts.id, "sha256": item.facts.sha256, "state": item.state, "cited": item.cited,
        })).collect::<Vec<_>>(),
        "seals": seals.iter().map(|seal| json!({
            "seal": seal, "time_stamped": !seal.time_stamps.is_empty(),
        })).collect::<Vec<_>>(),
        "figures": state.figures.values().collect::<Vec<_>>(),
        "assets": state.assets.values().map(|it| json!({
            "asset": it.asset, "state": it.state, "verified_by": it.verified_by,
        })).collect::<Vec<_>>(),
        "documents": state.documents.iter().map(|(key, it)| json!({
            "document": it, "released": state.released.contains(key),
        })).collect::<Vec<_>>(),
        "proposals": state.proposals.values().map(|it| json!({
            "proposal": it.proposal, "approved_by": it.approvals.iter().map(|(_, who, _)| who).collect::<Vec<_>>(),
            "used_by": it.used_by,
        })).collect::<Vec<_>>(),
        "holds": state.holds.values().collect::<Vec<_>>(),
        "custody_seq": reading.checkpoint.size.saturating_sub(1),
        "checkpoint": reading.checkpoint,
    }))
}
