//! `seawall intel approve`: may it leave?

use clap::Args;
use seawall_core::case::Id;

use crate::{console::Console, failure::Failure, intel::Place};

const EXAMPLES: &str = "\
Examples:
  seawall intel shares share-0001
  seawall intel approve share-0001 --sha256 HASH --by bo

An approval is of one content and no other, by somebody else than who proposed it.";

/// Approve what another proposed to share
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// What was proposed
    #[arg(value_name = "ID")]
    id: String,
    /// Hash of what was looked at
    #[arg(long, value_name = "HASH")]
    sha256: String,
    /// Who approves
    #[arg(long, value_name = "PERSON")]
    by: Id,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let by = (place.now()?, arguments.by.clone());
    let share = place.shares().approve(&arguments.id, &arguments.sha256, by)?;
    writeln!(console.data(), "approved         {}", share.id)?;
    console.hint(format!("seawall intel export {} --out DIR --by PERSON", share.id))
}
