//! `seawall evaluate`: how right was a run?

use std::path::PathBuf;

use clap::Args;
use seawall_engine::output::{AtHand, MEMBERS};

use crate::{
    console::Console,
    failure::{Failure, Outcome},
    format::AnswerFormat,
    pipeline,
};

const EXAMPLES: &str = "\
Examples:
  seawall evaluate --run run --truth world/truth.csv
  seawall evaluate --members members.csv --truth truth.csv --format json

The truth has a header and the columns `account` and `campaign`; campaign is empty for accounts
of people.";

/// Compare a run with the truth
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Folder or URL of the run
    #[arg(
        long,
        value_name = "DIR",
        required_unless_present = "members",
        conflicts_with = "members"
    )]
    run: Option<PathBuf>,
    /// Members of campaigns, with the columns `account` and `campaign`
    #[arg(long, value_name = "FILE")]
    members: Option<PathBuf>,
    /// What each account really is
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let run = arguments.run.as_ref().map(|run| AtHand::new(run, &[MEMBERS])).transpose()?;
    let members = match (&arguments.members, &run) {
        (None, Some(run)) => run.folder().join(MEMBERS),
        (members, _) => members.clone().unwrap_or_default(),
    };
    let (text, document) = pipeline::evaluate(&members, &arguments.truth)?;
    match arguments.format {
        AnswerFormat::Table => write!(console.data(), "{text}")?,
        AnswerFormat::Json => writeln!(console.data(), "{document:#}")?,
    }
    Ok(Outcome::Done)
}
