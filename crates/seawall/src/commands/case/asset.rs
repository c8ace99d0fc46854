//! `seawall case asset`: which infrastructure is named, what was measured of it, and what is asked for?

use clap::{Args, Subcommand};
use seawall_core::case::state::{AssetState, Machine as _};

use crate::{
    case::{Acting, named},
    console::Console,
    failure::{Exit, Failure},
};

mod add;
mod advance;
mod check;
mod list;
mod measured;
mod observe;
mod resolve;
mod schedule;

pub(super) use schedule::{outdated, previous};

const EXAMPLES: &str = "\
Examples:
  seawall case asset add asset.json --as ana
  seawall case asset resolve ASSET --vantage frankfurt --as ana
  seawall case asset observe ASSET rdap.json --method rdap --vantage frankfurt --as ana
  seawall case asset check ASSET
  seawall case asset schedule --as lee";

/// Name infrastructure, measure it, schedule it
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Name an asset, or change what is known of it
    Add(add::Arguments),
    /// Look an asset up: registration, DNS, certificates, front page
    Resolve(resolve::Arguments),
    /// Record what was measured of an asset
    Observe(observe::Arguments),
    /// Move an asset on
    Advance(advance::Arguments),
    /// List the assets
    List(list::Arguments),
    /// What differs from what was ordered, and what runs out?
    Check(check::Arguments),
    /// Make the schedule for a court, or a supplement to it
    Schedule(schedule::Arguments),
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    match &arguments.command {
        Command::Add(arguments) => add::run(arguments, acting, console),
        Command::Resolve(arguments) => resolve::run(arguments, acting, console),
        Command::Observe(arguments) => observe::run(arguments, acting, console),
        Command::Advance(arguments) => advance::run(arguments, acting, console),
        Command::List(arguments) => list::run(arguments, acting, console),
        Command::Check(arguments) => check::run(arguments, acting, console),
        Command::Schedule(arguments) => schedule::run(arguments, acting, console),
    }
}

/// The state of that name.
pub(super) fn state(name: &str) -> Result<AssetState, Failure> {
    named(name).map_err(|_| {
        let all: Vec<&str> = AssetState::ALL.iter().map(|state| state.name()).collect();
        Failure::new(
            Exit::Usage,
            format!("there is no state `{name}`\nhint: one of {}", all.join(", ")),
        )
    })
}
