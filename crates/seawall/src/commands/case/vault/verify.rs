//! `seawall case vault verify`: is every object what it was when it came in?

use clap::Args;
use seawall_core::case::{CaseState, state::ItemState};
use seawall_evidence::{
    custody::{Action, Entry},
    text::Id,
    vault::{Known, Vault},
};
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
    let mut progress = Progress::new(console.interactive);
    progress.stage("reading every object");
    let checked = check(&desk.entries, &desk.state, &desk.vault);
    progress.finish();
    let Checked { objects, problems, said } = checked?;
    let object = desk.file.id.clone();
    let act = desk.act(Action::Verify, object, &said)?;
    let written = desk.write(vec![act])?;
    Answer::new().with("objects", objects).with("problems", json!(problems)).say(
        written,
        arguments.format,
        console,
    )?;
    if problems.is_empty() {
        return Ok(());
    }
    Err(Failure::new(Exit::Integrity, format!("{said}\n{}", problems.join("\n"))))
}

/// What a check of the vault came to.
pub(in crate::commands::case) struct Checked {
    pub(in crate::commands::case) objects: usize,
    /// What is wrong, each in a sentence.
    pub(in crate::commands::case) problems: Vec<String>,
    /// All of it in one.
    pub(in crate::commands::case) said: String,
}

/// Reads every object that the log knows.
pub(in crate::commands::case) fn check(
    entries: &[Entry],
    state: &CaseState,
    vault: &Vault,
) -> Result<Checked, Failure> {
    let is_disposed = |id: &Id| {
        let known = state.items.get(&to_core(id));
        known.is_some_and(|known| known.state == ItemState::Disposed)
    };
    let known: Vec<Known> = items(entries)
        .map(|item| Known {
            sha256: item.sha256,
            size: item.size,
            ciphertext_sha256: item.ciphertext_sha256,
            is_disposed: is_disposed(&item.id),
        })
        .collect();
    let problems: Vec<String> = vault.check(&known)?.iter().map(ToString::to_string).collect();
    let said = if problems.is_empty() {
        format!("{} objects are what they were", known.len())
    } else {
        format!("{} of {} objects are not what they were", problems.len(), known.len())
    };
    Ok(Checked { objects: known.len(), problems, said })
}
