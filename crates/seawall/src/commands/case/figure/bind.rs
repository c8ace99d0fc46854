//! `seawall case figure bind`: what do the sealed data answer, and what number follows?

use std::collections::BTreeMap;

use clap::Args;
use seawall_core::case::{
    Id, Record,
    record::{AnsweredQuery, FigureRecord},
    state::FigureState,
};
use seawall_evidence::{
    canonical,
    custody::Act,
    figure::{Answers, Draft},
    item::ItemKind,
};
use serde_json::json;

use super::answers::ask_all;
use crate::{
    case::{Acting, Answer, Desk, Intake, hash, id, to_core},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall case figure bind --as ana
  seawall case figure bind F-001 F-002 --as ana";

/// Ask the questions, and bind the figures to the answers
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Figures to bind [default: all drafts]
    #[arg(value_name = "FIGURE")]
    figures: Vec<String>,
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
    let drafts: Vec<FigureRecord> = desk
        .state
        .figures
        .values()
        .filter(|known| known.state == FigureState::Draft)
        .filter(|known| {
            arguments.figures.is_empty()
                || arguments.figures.iter().any(|id| id == known.id.as_str())
        })
        .cloned()
        .collect();
    if drafts.is_empty() {
        return Err(Failure::new(
            Exit::NoInput,
            "there is no draft of a figure to bind\nhint: `seawall case figure add`",
        ));
    }
    let mut progress = Progress::new(console.interactive);
    let answers = ask_all(&desk, &drafts, &mut progress);
    progress.finish();
    let answers = answers?;
    let mut acts = Vec::new();
    let stored = keep(&mut desk, &answers, &mut acts)?;
    let mut shown = Vec::new();
    for known in &drafts {
        let draft = desk.item(known.item.as_str())?;
        let draft: Draft = canonical::parse(&desk.content(draft.sha256)?)?;
        let figure = draft
            .bind(&answers)
            .map_err(|error| Failure::new(Exit::Conflict, format!("{}: {error}", known.id)))?;
        let content = canonical::to_bytes(&figure)?;
        let source = format!("figure {}", known.id);
        let intake = Intake::derived(ItemKind::File, "application/json", &source, Vec::new());
        let (item, act) = desk.take(&intake, &mut content.as_slice())?;
        acts.push(act);
        let queries = known
            .queries
            .iter()
            .map(|query| {
                let (item, aggregate) = stored[query.query.as_str()].clone();
                AnsweredQuery { query: query.query.clone(), item, aggregate: Some(aggregate) }
            })
            .collect();
        let record = FigureRecord {
            id: known.id.clone(),
            state: FigureState::Bound,
            item: to_core(&item.id),
            sha256: hash(item.sha256),
            queries,
        };
        acts.push(desk.record(id(&known.id), &Record::Figure(record), "bound to sealed data")?);
        shown.push(format!("{} {} {}", known.id, figure.display, figure.draft.label));
    }
    let written = desk.write(acts)?;
    Answer::new().with("figures", json!(shown)).say(written, arguments.format, console)
}

/// Keeps each query and its aggregate; their items, by query.
fn keep(
    desk: &mut Desk,
    answers: &Answers,
    acts: &mut Vec<Act>,
) -> Result<BTreeMap<String, (Id, Id)>, Failure> {
    let mut stored = BTreeMap::new();
    for (name, answer) in answers {
        let query = answer.query.to_bytes()?;
        let mut put = |kind, media_type: &str, source: String, content: &[u8]| {
            let intake = Intake::derived(kind, media_type, &source, Vec::new());
            let (item, act) = desk.take(&intake, &mut &*content)?;
            acts.push(act);
            Ok::<_, Failure>(to_core(&item.id))
        };
        let item = put(ItemKind::File, "application/json", format!("query {name}"), &query)?;
        let aggregate = put(
            ItemKind::Aggregate,
            "application/x-ndjson",
            format!("the aggregate of query {name}"),
            answer.aggregate.as_bytes(),
        )?;
        stored.insert(name.clone(), (item, aggregate));
    }
    Ok(stored)
}
