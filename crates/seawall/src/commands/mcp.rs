//! `seawall mcp`: what may a model be told?

use std::path::PathBuf;

use clap::Args;
use seawall_core::actor::Picture;
use seawall_engine::output::StoredRun;

use crate::{
    failure::{Exit, Failure, Outcome},
    intel::Place,
    mcp::{Capability, Desk},
};

const EXAMPLES: &str = "\
Examples:
  seawall mcp --run run
  seawall mcp --run run --may campaigns,accounts,actors --data seawall-data

A program that speaks the Model Context Protocol starts this and asks over standard input and output.
Nothing listens on a port. The tools read: campaigns, what binds them, why an account belongs, what is
claimed of actors. Accounts are shown by pseudonyms and personal values masked, lists have at most 50
rows, and texts that outsiders chose are marked as such.";

/// Answer a model's questions about a run, and change nothing
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Folder of the run, as given to `seawall detect --out`
    #[arg(long, value_name = "DIR")]
    run: PathBuf,
    /// What may be asked for
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "campaigns"
    )]
    may: Vec<Capability>,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let run = StoredRun::open(&arguments.run)?;
    let findings = run.findings()?;
    let picture = if arguments.may.contains(&Capability::Actors) {
        arguments.place.picture()?
    } else {
        Picture::default()
    };
    let desk = Desk::new(run, findings, picture, &arguments.may);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(desk.answer())
        .map_err(|error| Failure::new(Exit::Failed, format!("the conversation ended: {error}")))?;
    Ok(Outcome::Done)
}
