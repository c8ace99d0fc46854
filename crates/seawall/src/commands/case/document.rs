//! `seawall case document`: what do people read and sign, and what of it has gone out?

use clap::{Args, Subcommand};

use crate::{case::Acting, console::Console, failure::Failure};

mod accounts;
mod deny;
mod draft;
mod drafts;
mod known;
mod leaks;
mod lists;
mod recipients;
mod release;
mod small_counts;
mod store;
mod words;

pub(super) use known::Knowledge;
pub(super) use recipients::Recipients;
pub(super) use store::{Extras, answered, checked, store};
pub(super) use words::Words;

const EXAMPLES: &str = "\
Examples:
  seawall case document draft D2 --words words.json --as ana
  seawall case document draft D2 --words words.json --profile court-public --final --as ana
  seawall case propose release D2 --as lee
  seawall case document release D2 --to court --recipient \"the court\" --as lee

What only a person can say is a gap, filled from the file of words. Software signs nothing.";

/// Draft and release documents
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a version of a document
    Draft(draft::Arguments),
    /// Name texts that must not get out, for every later release
    Deny(deny::Arguments),
    /// Let the approved version go out
    Release(release::Arguments),
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    match &arguments.command {
        Command::Draft(arguments) => draft::run(arguments, acting, console),
        Command::Deny(arguments) => deny::run(arguments, acting, console),
        Command::Release(arguments) => release::run(arguments, acting, console),
    }
}
