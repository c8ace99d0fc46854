//! `seawall case vault`: what content is kept, and what is done with it?

use clap::{Args, Subcommand};

use crate::{case::Acting, console::Console, failure::Failure};

mod add;
mod dispose;
mod export;
mod list;
mod seal;
mod seals;
mod stamp;
mod verify;
mod view;

pub(super) use export::{GroundName, ProfileName, RecipientName, denial, gate_of};
pub(super) use verify::{Checked, check};
pub(super) use view::look;

const EXAMPLES: &str = "\
Examples:
  seawall case vault add price-list.html --kind web-capture --source https://shop.example \\
      --class public --as ana
  seawall case vault seal --as kim
  seawall case vault stamp --as kim
  seawall case vault verify --as kim
  seawall case vault view ITEM --reason \"match with purchases\" --as ana";

/// Keep content: add, list, verify, seal, stamp, view, export, dispose
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take a file into the case
    Add(add::Arguments),
    /// List the items of the case
    List(list::Arguments),
    /// Check that every object is what it was when it came in
    Verify(verify::Arguments),
    /// Seal items: they must not change any more
    Seal(seal::Arguments),
    /// Ask the time-stamp authorities for every seal that they have not dated yet
    Stamp(stamp::Arguments),
    /// Show the content of an item; the log tells who saw it
    View(view::Arguments),
    /// Write the content of an item to a file, for somebody
    Export(export::Arguments),
    /// Destroy the key of an item: nobody can read it any more
    Dispose(dispose::Arguments),
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    match &arguments.command {
        Command::Add(arguments) => add::run(arguments, acting, console),
        Command::List(arguments) => list::run(arguments, acting, console),
        Command::Verify(arguments) => verify::run(arguments, acting, console),
        Command::Seal(arguments) => seal::run(arguments, acting, console),
        Command::Stamp(arguments) => stamp::run(arguments, acting, console),
        Command::View(arguments) => view::run(arguments, acting, console),
        Command::Export(arguments) => export::run(arguments, acting, console),
        Command::Dispose(arguments) => dispose::run(arguments, acting, console),
    }
}
