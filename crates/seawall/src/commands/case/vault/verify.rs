//! `seawall case vault verify`: is every object what it was when it came in?

use clap::Args;
use seawall_evidence::{custody::Action, vault::Known};
use serde_json::json;

use crate::{
    case::{Acting, Answer, Desk, items, to_core},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall case vault verify --as kim

Exit code 7 where something was changed, swapped, added or deleted; each is named.";

/// Check that every object is what it was when it came in
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
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
    let known: Vec<Known> =
        items(&desk.entries)
            .map(|item| Known {
                sha256: item.sha256,
                size: item.size,
                ciphertext_sha256: item.ciphertext_sha256,
                is_disposed: desk.state.items.get(&to_core(&item.id)).is_some_and(|known| {
                    known.state == seawall_core::case::state::ItemState::Disposed
                }),
            })
            .collect();
    let mut progress = Progress::new(console.interactive);
    progress.stage("reading every object");
    let problems = desk.vault.check(&known);
    progress.finish();
    let problems: Vec<String> = problems?.iter().map(ToString::to_string).collect();
    let said = if problems.is_empty() {
        format!("{} objects are what they were", known.len())
    } else {
        format!("{} of {} objects are not what they were", problems.len(), known.len())
    };
    let object = desk.file.id.clone();
    let act = desk.act(Action::Verify, object, &said)?;
    let written = desk.write(vec![act])?;
    Answer::new().with("objects", known.len()).with("problems", json!(problems)).say(
        written,
        arguments.format,
        console,
    )?;
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Exit::Integrity, format!("{said}\n{}", problems.join("\n"))))
}
