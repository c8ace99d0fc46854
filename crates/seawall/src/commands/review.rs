//! `seawall review`: what have people decided about campaigns, for the next detection?

use std::path::PathBuf;

use clap::{Args, Subcommand};
use seawall_charts::text::counted;
use seawall_server::console::book::state_of;

use crate::{
    console::Console,
    failure::{Exit, Failure, Outcome},
};

const EXAMPLES: &str = "\
Examples:
  seawall review export --data seawall-data > reviews.ndjson
  seawall detect logs/ --out runs/today --reviews reviews.ndjson

What people merged, split and dismissed in the console, one JSON object a line: by whom, when, why.
A detection that reads it joins and parts campaigns accordingly and excuses what was dismissed; the
evidence on each is weighed anew. Confirmations are labels, which `seawall train` reads.";

/// Hand on what people decided in the console
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write what stands to standard output, for `seawall detect --reviews`
    #[command(after_help = EXAMPLES)]
    Export {
        /// Folder where everything is kept, as given to `seawall serve --data`
        #[arg(long, value_name = "DIR", default_value = "seawall-data")]
        data: PathBuf,
    },
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let Command::Export { data } = &arguments.command;
    let folder = data.join("console");
    if !folder.is_dir() {
        let why = format!("{} has no console\nhint: `seawall serve` makes one", data.display());
        return Err(Failure::new(Exit::NoInput, why));
    }
    let state =
        state_of(&folder).map_err(|error| Failure::new(Exit::Integrity, error.to_string()))?;
    let exported = state.reviews.export();
    write!(console.data(), "{}", exported.lines())?;
    console.note("reviews", counted(exported.reviews.len() as u64, "line", "lines"))?;
    if exported.left_out > 0 {
        let why = "of earlier versions, which did not keep what bound the campaigns";
        console.note("left out", format!("{} {why}", exported.left_out))?;
    }
    Ok(Outcome::Done)
}
