//! `seawall train promote`: which account model does a running server ask?

use std::path::PathBuf;

use clap::Args;

use crate::{console::Console, failure::Failure, remote::Remote};

const EXAMPLES: &str = "\
Examples:
  seawall train promote model.bin --server http://127.0.0.1:8080 --token-file admin-token
  seawall train promote other.bin --challenger --server http://127.0.0.1:8080 --token-file admin-token

The server goes on answering meanwhile. A challenger is asked beside the model in force, and
nothing comes of it but numbers: GET /api/v1/models, and /metrics. To go back, promote the model
before.";

/// Let a running server ask another model
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// The model
    #[arg(value_name = "MODEL")]
    model: PathBuf,
    /// Only compare it with the model in force
    #[arg(long)]
    challenger: bool,
    /// The server
    #[arg(long, value_name = "URL")]
    server: String,
    /// File of a token with the scope `admin`
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<(), Failure> {
    let model = fs_err::read(&arguments.model)?;
    let remote = Remote::new(&arguments.server, &arguments.token_file)?;
    let role = if arguments.challenger { "challenger" } else { "champion" };
    let path = format!("/api/v1/models?role={role}");
    let answer = remote.send(&path, "application/octet-stream", &model)?;
    writeln!(console.data(), "{answer:#}")?;
    Ok(())
}
