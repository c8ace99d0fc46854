//! `seawall train`: what do labelled accounts say of those that nobody labelled?

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use seawall_engine::train::{Examples, examples::EXAMPLES_BYTES_MAX};

use super::decide::read_capped;
use crate::{
    config::Settings,
    console::Console,
    failure::{Exit, Failure, Outcome},
};

mod check;
mod compare;
mod examples;
mod fit;
mod promote;
mod show;

const EXAMPLES: &str = "\
Examples:
  seawall train examples march.ndjson --run february --labels labels.ndjson --campaigns march --out march.examples
  seawall train examples --data seawall-data --out server.examples
  seawall train fit march.examples --out model.bin
  seawall train check model.bin april.examples
  seawall train compare model.bin challenger.bin --data seawall-data
  seawall train show model.bin
  seawall train promote challenger.bin --server http://127.0.0.1:8080 --token-file admin-token

A model learns from what people said of accounts, campaigns of a detection, the site's trust, and
appeals that were upheld. It is a file that never changes; decisions name it. It comes into force
when it is promoted, or a server started with it. Without labels there is none, and decisions work
from evidence alone.";

/// Learn from labelled accounts a model that decisions ask, and measure it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Gather what was at hand when labelled accounts signed up
    Examples(examples::Arguments),
    /// Learn a model from examples
    Fit(fit::Arguments),
    /// Measure a model with examples, and look for drift
    Check(check::Arguments),
    /// Ask a challenger beside its champion, without any effect
    Compare(compare::Arguments),
    /// Let a running server ask another model
    Promote(promote::Arguments),
    /// Say what a model learned from, what it states, and what it asks
    Show(show::Arguments),
}

pub(crate) fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    match &arguments.command {
        Command::Examples(arguments) => examples::run(arguments, console),
        Command::Fit(arguments) => fit::run(arguments, settings, console),
        Command::Check(arguments) => check::run(arguments, console),
        Command::Compare(arguments) => compare::run(arguments, console),
        Command::Promote(arguments) => promote::run(arguments, console),
        Command::Show(arguments) => show::run(arguments, console),
    }?;
    Ok(Outcome::Done)
}

/// Reads files of examples together.
fn read_examples(paths: &[PathBuf]) -> Result<Examples, Failure> {
    let read = |path: &PathBuf| -> Result<Examples, Failure> {
        Examples::decode(&read_capped(path, EXAMPLES_BYTES_MAX)?)
            .map_err(|error| Failure::new(Exit::Usage, format!("{}: {error}", path.display())))
    };
    Ok(Examples::join(paths.iter().map(read).collect::<Result<Vec<_>, _>>()?))
}

/// Writes a file whole or not at all.
fn write_whole(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let staged = path.with_extension("new");
    fs_err::write(&staged, content)?;
    fs_err::rename(&staged, path)?;
    Ok(())
}
