//! `seawall case`: what is done in a case, one command each?

use clap::{Args, Subcommand};

use crate::{
    case::Acting,
    config::Settings,
    console::Console,
    failure::{Failure, Outcome},
};

mod advance;
mod approve;
mod asset;
mod bundle;
mod dataset;
mod deadline;
pub(super) mod detection;
mod document;
mod exhibit;
mod export;
mod figure;
mod hold;
mod key;
mod lever;
mod list;
mod new;
mod offered;
mod person;
mod propose;
mod show;
mod sign;
mod vault;

pub(crate) use offered::Offered;

const EXAMPLES: &str = "\
Examples:
  seawall case new storm --title \"Storm\" --origin example.org/storm --as ada
  seawall case person add ana --role analyst --as ada
  seawall case vault add capture.html --source https://shop.example --class public --as ana
  seawall case show --case storm

Every act is an entry of the custody log of the case. What takes two is proposed by one person and
approved by another: `seawall case propose`, then `seawall case approve`.";

/// Keep a case: evidence, figures, assets, documents, and what takes two
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(flatten)]
    acting: Acting,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Open a case
    New(new::Arguments),
    /// Show what stands in a case
    Show(show::Arguments),
    /// List the cases
    List(list::Arguments),
    /// Move a case on
    Advance(advance::Arguments),
    /// Add the people of a case
    Person(person::Arguments),
    /// Keep content: add, list, verify, seal, stamp, view, export, dispose
    Vault(vault::Arguments),
    /// Freeze Parquet files
    Dataset(dataset::Arguments),
    /// Bind numbers to frozen data
    Figure(figure::Arguments),
    /// Seal a run of `seawall detect`
    Detection(detection::Arguments),
    /// Name infrastructure, measure it, schedule it
    Asset(asset::Arguments),
    /// Which means would reach an asset, and why
    Lever(lever::Arguments),
    /// Draft and release documents
    Document(document::Arguments),
    /// Build exhibits
    Exhibit(exhibit::Arguments),
    /// Propose what takes two
    Propose(propose::Arguments),
    /// Approve what another proposed
    Approve(approve::Arguments),
    /// Sign an approval with a key of your own
    Sign(sign::Arguments),
    /// Make a key to sign with, in a file of your own
    Key(key::Arguments),
    /// Place and release holds
    Hold(hold::Arguments),
    /// What runs out, and when
    Deadline(deadline::Arguments),
    /// Write a bundle for others to check
    Bundle(bundle::Arguments),
    /// Write the case in other forms
    Export(export::Arguments),
}

pub(crate) fn run(
    arguments: Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let acting = arguments.acting.with(settings);
    match arguments.command {
        Command::New(arguments) => new::run(&arguments, &acting, console),
        Command::Show(arguments) => show::run(&arguments, &acting, console),
        Command::List(arguments) => list::run(&arguments, &acting, console),
        Command::Advance(arguments) => advance::run(&arguments, &acting, console),
        Command::Person(arguments) => person::run(&arguments, &acting, console),
        Command::Vault(arguments) => vault::run(&arguments, &acting, console),
        Command::Dataset(arguments) => dataset::run(&arguments, &acting, console),
        Command::Figure(arguments) => figure::run(&arguments, &acting, console),
        Command::Detection(arguments) => detection::run(&arguments, &acting, console),
        Command::Asset(arguments) => asset::run(&arguments, &acting, console),
        Command::Lever(arguments) => lever::run(&arguments, &acting, console),
        Command::Document(arguments) => document::run(&arguments, &acting, console),
        Command::Exhibit(arguments) => exhibit::run(&arguments, &acting, console),
        Command::Propose(arguments) => propose::run(&arguments, &acting, console),
        Command::Approve(arguments) => approve::run(&arguments, &acting, console),
        Command::Sign(arguments) => sign::run(&arguments, console),
        Command::Key(arguments) => key::run(&arguments, acting.seed.as_deref(), console),
        Command::Hold(arguments) => hold::run(&arguments, &acting, console),
        Command::Deadline(arguments) => deadline::run(&arguments, &acting, console),
        Command::Bundle(arguments) => bundle::run(&arguments, &acting, console),
        Command::Export(arguments) => export::run(&arguments, &acting, console),
    }?;
    Ok(Outcome::Done)
}
