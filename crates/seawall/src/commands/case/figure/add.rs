//! `seawall case figure add`: which questions are asked, and which figures come of the answers?

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use seawall_core::case::{
    Record,
    record::{AnsweredQuery, FigureRecord},
    state::FigureState,
};
use seawall_evidence::{
    canonical,
    figure::Draft,
    item::ItemKind,
    query::{Members, Question},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    case::{Acting, Answer, Desk, Intake, hash, id, items, read_file, to_core},
    commands::case::dataset,
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case figure add figures.json --as ana

figures.json:
  {\"queries\": [{\"id\": \"Q-001\", \"dataset\": \"DS-1\", \"where\": [], \"group_by\": [],
     \"measures\": [{\"name\": \"accounts\", \"of\": \"count\"}]}],
   \"figures\": [{\"id\": \"F-001\", \"label\": \"accounts created\", \"definition\": \"…\",
     \"unit\": \"accounts\", \"query\": \"Q-001\", \"cell\": {\"group\": {}, \"measure\": \"accounts\"},
     \"rounding\": \"exact\"}]}";

/// Longest file.
const BYTES_MAX: u64 = 16 << 20;

/// State questions and the figures that come of them
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Questions and figures, as JSON
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stated {
    queries: Vec<Question>,
    figures: Vec<Draft>,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::new(
            Exit::Usage,
            format!(
                "{}: {error}\nhint: `seawall case figure add --help` shows the form",
                arguments.file.display()
            ),
        )
    };
    let text = read_file(&arguments.file, BYTES_MAX)?;
    let stated: Stated = serde_json::from_slice(&text).map_err(|error| wrong(&error))?;
    let mut desk = Desk::open(acting, console)?;
    let (mut acts, mut queries) = (Vec::new(), BTreeMap::new());
    for question in &stated.queries {
        let manifest = dataset::find(&desk, &question.dataset)?;
        question.check(&manifest).map_err(|error| wrong(&format!("{}: {error}", question.id)))?;
        let unknown = question
            .members()
            .find(|members| !items(&desk.entries).any(|item| item.sha256 == members.file));
        if let Some(Members { file, .. }) = unknown {
            let what = format!("{}: no item of the case has the hash {file}", question.id);
            return Err(wrong(&what));
        }
        let content = canonical::to_bytes(question)?;
        let source = format!("the question of query {}", question.id);
        let intake = Intake::derived(ItemKind::File, "application/json", &source, Vec::new());
        let (item, act) = desk.take(&intake, &mut content.as_slice())?;
        acts.push(act);
        queries.insert(question.id.clone(), to_core(&item.id));
    }
    for figure in &stated.figures {
        let content = canonical::to_bytes(figure)?;
        let source = format!("the draft of figure {}", figure.id);
        let intake = Intake::derived(ItemKind::File, "application/json", &source, Vec::new());
        let (item, act) = desk.take(&intake, &mut content.as_slice())?;
        acts.push(act);
        let rests_on = std::iter::once(&figure.query)
            .chain(figure.over.as_ref().and_then(|over| over.query.as_ref()))
            .map(|query| {
                let item = queries
                    .get(query)
                    .ok_or_else(|| wrong(&format!("{}: there is no query {query}", figure.id)))?;
                let query = query.parse().map_err(|error| wrong(&error))?;
                Ok(AnsweredQuery { query, item: item.clone(), aggregate: None })
            })
            .collect::<Result<_, Failure>>()?;
        let record = FigureRecord {
            id: figure.id.parse().map_err(|error| wrong(&error))?,
            state: FigureState::Draft,
            item: to_core(&item.id),
            sha256: hash(item.sha256),
            queries: rests_on,
        };
        let object = id(&record.id);
        acts.push(desk.record(object, &Record::Figure(record), &figure.label)?);
    }
    let written = desk.write(acts)?;
    let ids: Vec<&str> = stated.figures.iter().map(|figure| figure.id.as_str()).collect();
    Answer::new().with("figures", json!(ids)).say(written, arguments.format, console)
}
