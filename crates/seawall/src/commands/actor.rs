//! `seawall actor`: what is claimed of actors, and by whom?

use clap::{Args, Subcommand};
use seawall_core::actor::{Picture, Thing};

use crate::{
    console::Console,
    failure::{Exit, Failure, Outcome},
    intel::Place,
};

mod assess;
mod export;
mod graph;
mod link;
mod relate;
mod show;

const EXAMPLES: &str = "\
Examples:
  seawall actor show Storm-1152
  seawall actor assess
  seawall actor link Storm-1152 sells_to \"Octo Tempest\" --source \"Court filing\" --grade B2 --confidence 70 --by ana
  seawall actor graph Storm-1152 --form dot

Whatever is known of actors is a claim with its sources. Nothing is merged, changed or deleted: sources that
disagree stand side by side, and a claim of one source is shown as weak.";

/// Hold what is claimed of actors: who says what, and how good that is
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
    /// List actors, or show what is claimed of one
    Show(show::Arguments),
    /// Draw what an actor has to do with
    Graph(graph::Arguments),
    /// Write down what a source says, or another explanation
    Link(Box<link::Arguments>),
    /// Compare the campaigns of a run with what actors have
    Relate(relate::Arguments),
    /// Show what has to be judged: names, weak and contradicted claims
    Assess(assess::Arguments),
    /// Propose to share what is known of an actor
    Export(export::Arguments),
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let place = &arguments.place;
    match &arguments.command {
        Command::Show(arguments) => show::run(arguments, place, console),
        Command::Graph(arguments) => graph::run(arguments, place, console),
        Command::Link(arguments) => link::run(arguments, place, console),
        Command::Relate(arguments) => relate::run(arguments, place, console),
        Command::Assess(arguments) => assess::run(arguments, place, console),
        Command::Export(arguments) => export::run(arguments, place, console),
    }?;
    Ok(Outcome::Done)
}

/// The one thing that is meant. Where several have the name, all are named: which is meant is not for us to say.
fn one<'a>(picture: &'a Picture, text: &str) -> Result<&'a Thing, Failure> {
    match picture.find(text).as_slice() {
        [only] => Ok(only),
        [] => Err(Failure::new(
            Exit::NoInput,
            format!("nothing is known of `{text}`\nhint: `seawall actor show` lists what is known"),
        )),
        several => {
            let ids: Vec<String> =
                several.iter().map(|thing| format!("{} ({})", thing.id, thing.name)).collect();
            Err(Failure::new(
                Exit::Conflict,
                format!(
                    "several things have the name `{text}`: {}\nhint: name one by its id, or say that they are one with `seawall actor link ID same_as ID`",
                    ids.join(", ")
                ),
            ))
        }
    }
}

/// The name of a thing, and its id.
fn titled(picture: &Picture, id: &str) -> String {
    picture.things.get(id).map_or_else(|| id.to_owned(), |(thing, _)| thing.name.clone())
}
