//! `seawall case figure`: which numbers may a document show, and where does each come from?

use clap::{Args, Subcommand};

use crate::{case::Acting, console::Console, failure::Failure};

mod add;
mod answers;
mod bind;
mod ladder;
mod lint;
mod verify;

pub(super) use answers::{answers_of, figures};

const EXAMPLES: &str = "\
Examples:
  seawall case figure add figures.json --as ana
  seawall case figure bind --as ana
  seawall case figure verify --as ana
  seawall case figure ladder
  seawall case figure lint D2";

/// Bind numbers to frozen data
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// State questions and the figures that come of them
    Add(add::Arguments),
    /// Ask the questions, and bind the figures to the answers
    Bind(bind::Arguments),
    /// Ask again, and compare
    Verify(verify::Arguments),
    /// Show the count ladder: attempted, created, survived, used, offered, sold
    Ladder(ladder::Arguments),
    /// Find numbers in a document that are no figures
    Lint(lint::Arguments),
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    match &arguments.command {
        Command::Add(arguments) => add::run(arguments, acting, console),
        Command::Bind(arguments) => bind::run(arguments, acting, console),
        Command::Verify(arguments) => verify::run(arguments, acting, console),
        Command::Ladder(arguments) => ladder::run(arguments, acting, console),
        Command::Lint(arguments) => lint::run(arguments, acting, console),
    }
}
