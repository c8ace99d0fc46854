//! `seawall mcp`: what may a model be told?

use std::{path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use seawall_engine::output::AtHand;
use seawall_server::{
    console::runs::Run,
    mcp::{Desk, Topic},
};

use crate::{
    failure::{Exit, Failure, Outcome},
    intel::Place,
};

const EXAMPLES: &str = "\
Examples:
  seawall mcp --run run
  seawall mcp --run run --may campaigns,accounts,actors --data seawall-data

A program that speaks the Model Context Protocol starts this and asks over standard input and output.
Nothing listens on a port. The tools read: campaigns, what binds them, why an account belongs, what is
claimed of actors. Accounts are shown by pseudonyms and personal values masked, lists have at most 50
rows, and texts that outsiders chose are marked as such.";

/// What the caller may ask for.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum May {
    /// Campaigns, what binds them, and when
    Campaigns,
    /// Members and why each belongs
    Accounts,
    /// What is claimed of actors
    Actors,
}

impl May {
    const fn topic(self) -> Topic {
        match self {
            Self::Campaigns => Topic::Campaigns,
            Self::Accounts => Topic::Accounts,
            Self::Actors => Topic::Actors,
        }
    }
}

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
    may: Vec<May>,
    #[command(flatten)]
    place: Place,
}

pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Failure> {
    let files = AtHand::new(&arguments.run, &Run::FILES)?;
    let run = Arc::new(Run::open(files.folder())?);
    let topics: Vec<Topic> = arguments.may.iter().map(|may| may.topic()).collect();
    let desk = Desk::new(Some(run), arguments.place.data().join("actors"), &topics);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime
        .block_on(desk.answer())
        .map_err(|error| Failure::new(Exit::Failed, format!("the conversation ended: {error}")))?;
    Ok(Outcome::Done)
}
