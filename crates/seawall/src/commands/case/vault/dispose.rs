//! `seawall case vault dispose`: may content be made unreadable, and is it?

use clap::Args;
use seawall_core::case::people::Power;
use seawall_evidence::custody::{Act, Action, Dispose};

use crate::{
    case::{Acting, Answer, Desk, RETENTION, to_words, value},
    console::Console,
    failure::Failure,
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case propose dispose ITEM --as kim
  seawall case approve PROPOSAL --sha256 HASH --as cora
  seawall case vault dispose ITEM --as kim

A hold beats every other reason. The log keeps the hash, and goes on verifying.";

/// Destroy the key of an item: nobody can read it any more
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Id of the item
    #[arg(value_name = "ITEM")]
    item: String,
    /// Why: `retention` where its time has come, else the order or right that asks for it
    #[arg(long, value_name = "TEXT", default_value = RETENTION)]
    basis: String,
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
    let item = desk.item(&arguments.item)?;
    let body = Dispose { sha256: item.sha256, basis: to_words(&arguments.basis)? };
    let act = Act {
        object_sha256: Some(item.sha256),
        body: Some(value(&body)?),
        ..desk.act(Action::Dispose, item.id.clone(), "disposed of")?
    };
    let act = desk.rest(act, Power::Dispose)?;
    // The entry comes first. A crash between the two leaves a mark, and the disposal comes about next time.
    desk.vault.announce(item.sha256)?;
    let written = desk.write(vec![act])?;
    desk.vault.dispose(item.sha256)?;
    Answer::new().text("disposed", &item.id).text("sha256", item.sha256).say(
        written,
        arguments.format,
        console,
    )
}
