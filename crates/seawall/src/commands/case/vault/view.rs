//! `seawall case vault view`: what is in an item? Whoever looks is told of in the log, before they see it.
//!
//! Content that tells of persons is revealed, which fewer people may do than look at other content, and some of those
//! only for a purpose that they state.

use clap::Args;
use seawall_core::case::people::{Power, check_act};
use seawall_evidence::{
    custody::{Act, Action},
    item::Item,
};

use crate::{
    case::{Acting, Desk, Written},
    console::Console,
    failure::{Exit, Failure},
};

const EXAMPLES: &str = "\
Examples:
  seawall case vault view ITEM --reason \"check the price list\" --as ana > price-list.html

A file or a pipe gets the content byte for byte. On a terminal, all that could steer it is shown as an escape. Content that
tells of persons is logged as revealed; who is not counsel or privacy says why, with --reason.";

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
    let sha256 = item.sha256;
    let written = look(&mut desk, item, acting.reason.as_deref())?;
    console.content(&mut desk.vault.open(sha256)?)?;
    console.note("custody", format!("entry {}", written.seq))?;
    console.note("checkpoint", format!("{} {}", written.checkpoint.size, written.checkpoint.root))
}

/// Writes down that whoever acts looks at the item, if they may; what tells of persons for a purpose.
pub(in crate::commands::case) fn look(
    desk: &mut Desk,
    item: Item,
    purpose: Option<&str>,
) -> Result<Written, Failure> {
    let (action, power) = if item.personal_data {
        (Action::Reveal, Power::Reveal)
    } else {
        (Action::View, Power::ReadEvidence)
    };
    let act = Act {
        object_sha256: Some(item.sha256),
        ..desk.act(action, item.id, "looked at the content")?
    };
    // What a command says of itself is no purpose of whoever runs it.
    if let Err(refusal) = check_act(desk.role, power, purpose) {
        desk.deny(&act, &refusal.to_string().lines().collect::<Vec<_>>().join("; "))?;
        return Err(Failure::new(Exit::Permission, refusal));
    }
    desk.write(vec![act])
}
