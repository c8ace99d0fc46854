//! `seawall case vault view`: what is in an item? Whoever looks is told of in the log, before they see it.

use clap::Args;
use seawall_evidence::custody::{Act, Action};

use crate::{
    case::{Acting, Desk},
    console::Console,
    failure::Failure,
};

const EXAMPLES: &str = "\
Examples:
  seawall case vault view ITEM --reason \"check the price list\" --as ana > price-list.html

A file or a pipe gets the content byte for byte. On a terminal, all that could steer it is shown as an escape.";

/// Show the content of an item; the log tells who saw it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Id of the item
    #[arg(value_name = "ITEM")]
    item: String,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut desk = Desk::open(acting, console)?;
    let item = desk.item(&arguments.item)?;
    let act = Act {
        object_sha256: Some(item.sha256),
        ..desk.act(Action::View, item.id, "looked at the content")?
    };
    let written = desk.write(vec![act])?;
    console.content(&mut desk.vault.open(item.sha256)?)?;
    console.note("custody", format!("entry {}", written.seq))?;
    console.note("checkpoint", format!("{} {}", written.checkpoint.size, written.checkpoint.root))
}
