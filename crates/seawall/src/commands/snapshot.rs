//! `seawall snapshot`: by which detection does a running server decide?

use std::path::PathBuf;

use clap::{Args, Subcommand};
use seawall_engine::output::SNAPSHOT;

use crate::{
    console::Console,
    failure::{Failure, Outcome},
    remote::Remote,
};

const EXAMPLES: &str = "\
Examples:
  seawall snapshot promote run --server http://127.0.0.1:8080 --token-file admin-token

The server goes on answering meanwhile. To go back, promote the run before.";

/// Let a running server decide by another run
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Decide by this run from now on
    Promote {
        /// Folder of the run
        #[arg(value_name = "RUN")]
        run: PathBuf,
        /// The server
        #[arg(long, value_name = "URL")]
        server: String,
        /// File of a token with the scope `admin`
        #[arg(long, value_name = "FILE")]
        token_file: PathBuf,
    },
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Promote { run, server, token_file } => {
            let snapshot = fs_err::read(run.join(SNAPSHOT))?;
            let remote = Remote::new(server, token_file)?;
            let answer = remote.send("/api/v1/snapshots", "application/octet-stream", &snapshot)?;
            writeln!(console.data(), "{answer:#}")?;
        }
    }
    Ok(Outcome::Done)
}
