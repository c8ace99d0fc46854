//! `seawall intel`: what do others know, and what do we tell them?

use clap::{Args, Subcommand};

use crate::{
    config::Settings,
    console::Console,
    failure::{Failure, Outcome},
    intel::Place,
};

mod approve;
mod collection;
mod export;
mod feed;
mod import;
mod look;
mod person;
mod propose;
mod pull;
mod push;
mod recall;
mod selectors;
mod shares;
mod show;
mod signals;

pub(super) use propose::Terms;

const EXAMPLES: &str = "\
Examples:
  seawall intel import bundle.json feed.csv --source CERT --tlp amber
  seawall intel match signups.ndjson.gz
  seawall intel person ana
  seawall intel propose --run run --campaign c-1a2b3c4d5e6f --organisation Site --by ana
  seawall intel approve share-0001 --sha256 HASH --by bo
  seawall intel export share-0001 --out outgoing --by bo
  seawall intel pull https://taxii.example/taxii2/ --token-file token --every 1h

What others know is evidence with a source, never truth. Nothing leaves that one person proposed and
another has not approved, and what left can be recalled.";

/// Take in what others know, look for it, and share what was found
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    place: Place,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Take in STIX, MISP, tables and lists
    Import(import::Arguments),
    /// Show what was taken in, with all its versions
    Show(show::Arguments),
    /// Look for indicators in events
    Match(look::Arguments),
    /// Write the selectors that indicators name, as a list for a detection
    Selectors(selectors::Arguments),
    /// Tell a server which selectors indicators name
    Feed(feed::Arguments),
    /// Let somebody in who may propose, approve and recall
    Person(person::Arguments),
    /// Propose to share a campaign
    Propose(propose::Arguments),
    /// Approve what another proposed to share
    Approve(approve::Arguments),
    /// Show what is shared, or is to be
    Shares(shares::Arguments),
    /// Write what was approved, as STIX or for MISP
    Export(export::Arguments),
    /// Take back what was shared
    Recall(recall::Arguments),
    /// Take in what a TAXII server offers, and go on where the last pull ended
    Pull(pull::Arguments),
    /// Give what was approved to a TAXII server, and keep its receipt
    Push(push::Arguments),
    /// Take in what other sites say of single accounts
    Signals(signals::Arguments),
    /// Say what is offered over TAXII
    Collection(collection::Arguments),
}

pub(crate) fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let place = &arguments.place;
    match &arguments.command {
        Command::Import(arguments) => import::run(arguments, place, console),
        Command::Show(arguments) => show::run(arguments, place, console),
        Command::Match(arguments) => look::run(arguments, place, settings, console),
        Command::Selectors(arguments) => selectors::run(arguments, place, console),
        Command::Feed(arguments) => feed::run(arguments, place, console),
        Command::Person(arguments) => person::run(arguments, place, console),
        Command::Propose(arguments) => propose::run(arguments, place, console),
        Command::Approve(arguments) => approve::run(arguments, place, console),
        Command::Shares(arguments) => shares::run(arguments, place, console),
        Command::Export(arguments) => export::run(arguments, place, console),
        Command::Recall(arguments) => recall::run(arguments, place, console),
        Command::Pull(arguments) => pull::run(arguments, place, console),
        Command::Push(arguments) => push::run(arguments, place, console),
        Command::Signals(arguments) => signals::run(arguments, place, console),
        Command::Collection(arguments) => collection::run(arguments, place, console),
    }?;
    Ok(Outcome::Done)
}
