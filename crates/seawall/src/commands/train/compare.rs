//! `seawall train compare`: what would a challenger do otherwise than the champion?

use std::path::PathBuf;

use clap::Args;
use seawall_engine::train::{Labels, measure::compare};
use seawall_server::service;

use super::{check::lines, read_examples};
use crate::{commands::decide::read_model, console::Console, failure::Failure, progress::Progress};

const EXAMPLES: &str = "\
Examples:
  seawall train compare model.bin challenger.bin april.examples
  seawall train compare model.bin challenger.bin --data seawall-data
  seawall serve --data seawall-data --model challenger.bin

Nothing comes of it: both are asked about decisions that were made. The last line brings the
challenger into force.";

/// Ask a challenger beside its champion, without any effect
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The model in force
    #[arg(value_name = "CHAMPION")]
    champion: PathBuf,
    /// The other one
    #[arg(value_name = "CHALLENGER")]
    challenger: PathBuf,
    /// Files of `seawall train examples`
    #[arg(value_name = "FILE", required_unless_present = "data", conflicts_with = "data")]
    examples: Vec<PathBuf>,
    /// Folder of a server, whose labelled decisions are asked about; it may be running
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// All numbers, as JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<(), Failure> {
    let (champion, challenger) =
        (read_model(&arguments.champion)?, read_model(&arguments.challenger)?);
    let examples = match &arguments.data {
        Some(data) => {
            let mut progress = Progress::new(console.interactive);
            let read = service::examples(data, &mut Labels::default(), &mut |entries| {
                progress.events("reading the journal", entries);
            });
            progress.finish();
            read?
        }
        None => read_examples(&arguments.examples)?,
    };
    let compared = compare(&champion, &challenger, &examples);
    if arguments.json {
        serde_json::to_writer_pretty(console.data(), &compared)?;
        writeln!(console.data())?;
        return Ok(());
    }
    let (own, theirs) = (lines(&compared.champion), lines(&compared.challenger));
    writeln!(console.data(), "{:<34} {:<28} challenger", "", "champion")?;
    for ((name, own), (_, theirs)) in own.iter().zip(&theirs).take(11) {
        writeln!(console.data(), "{name:<34} {own:<28} {theirs}")?;
    }
    for (name, [both, one, two]) in
        [("people", compared.people), ("operations", compared.fraudulent)]
    {
        writeln!(
            console.data(),
            "{name} over: {both} of both, {one} of the champion alone, {two} of the challenger alone"
        )?;
    }
    Ok(())
}
