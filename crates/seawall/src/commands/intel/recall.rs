//! `seawall intel recall`: what was wrong?

use clap::Args;
use seawall_core::case::Id;

use crate::{console::Console, failure::Failure, intel::Place};

const EXAMPLES: &str = "\
Examples:
  seawall intel recall share-0001 --reason \"a reseller's customers\" --by ana
  seawall intel export share-0001 --out recall --by ana

A recall needs no second person. Every object is revoked under the id that it had.";

/// Take back what was shared
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// What was shared
    #[arg(value_name = "ID")]
    id: String,
    /// Why
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Who takes it back
    #[arg(long, value_name = "PERSON")]
    by: Id,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let by = (place.now()?, arguments.by.clone());
    place.shares().recall(&arguments.id, &arguments.reason, by)?;
    writeln!(console.data(), "recalled         {}", arguments.id)?;
    console.hint(format!(
        "seawall intel export {} --out DIR --by PERSON writes what revokes it",
        arguments.id
    ))
}
