//! `seawall case figure verify`: do the sealed data still answer the same?

use clap::Args;
use seawall_core::case::{Record, record::FigureRecord, state::FigureState};
use seawall_evidence::{
    canonical,
    figure::{Figure, Status},
    item::ItemKind,
};
use serde_json::json;

use super::answers::{answers_of, ask_all};
use crate::{
    case::{Acting, Answer, Desk, Intake, hash, id, to_core},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall case figure verify --as ana

Exit code 6 where a number differs from what the sealed data give.";

/// Ask again, and compare
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    let bound: Vec<FigureRecord> = desk
        .state
        .figures
        .values()
        .filter(|known| known.state == FigureState::Bound)
        .cloned()
        .collect();
    if bound.is_empty() {
        return Err(Failure::new(Exit::NoInput, "no figure waits to be verified"));
    }
    let mut progress = Progress::new(console.interactive);
    let again = ask_all(&desk, &bound, &mut progress);
    progress.finish();
    let again = again?;
    let stored = answers_of(&desk.state, &desk.vault)?;
    let (mut acts, mut differ) = (Vec::new(), Vec::new());
    for (query, answer) in &again {
        let same = stored.get(query).is_some_and(|stored| stored.query == answer.query);
        if !same {
            differ.push(format!("query {query} has another answer"));
        }
    }
    for known in &bound {
        let item = desk.item(known.item.as_str())?;
        let figure: Figure = canonical::parse(&desk.content(item.sha256)?)?;
        for difference in figure.differences(&again)? {
            let (what, expected, got) = (difference.what, &difference.expected, &difference.got);
            differ.push(format!("{} {what} (expected {expected}, got {got})", known.id));
        }
        let figure = figure.become_status(Status::Verified)?;
        let content = canonical::to_bytes(&figure)?;
        let source = format!("figure {}", known.id);
        let intake = Intake::derived(ItemKind::File, "application/json", &source, Vec::new());
        let (item, act) = desk.take(&intake, &mut content.as_slice())?;
        acts.push(act);
        let record = FigureRecord {
            state: FigureState::Verified,
            item: to_core(&item.id),
            sha256: hash(item.sha256),
            ..known.clone()
        };
        acts.push(desk.record(
            id(&known.id),
            &Record::Figure(record),
            "computed again, the same",
        )?);
    }
    if !differ.is_empty() {
        return Err(Failure::new(Exit::Findings, differ.join("\n")));
    }
    let written = desk.write(acts)?;
    let ids: Vec<&str> = bound.iter().map(|known| known.id.as_str()).collect();
    Answer::new().with("verified", json!(ids)).say(written, arguments.format, console)
}
