//! `seawall actor export`: what of an actor should others know?

use clap::Args;
use seawall_charts::reach;
use seawall_intel::{actors, indicator::source_identity};

use super::{super::intel::Terms, one};
use crate::{
    console::Console,
    failure::Failure,
    intel::{Content, Place},
};

const EXAMPLES: &str = "\
Examples:
  seawall actor export Storm-1152 --organisation Site --by ana
  seawall actor export Storm-1152 --organisation Site --tlp red --steps 2 --by ana

This proposes; another person approves (`seawall intel approve`), and `seawall intel export` writes the bundle.
What rests on one source, or is contradicted, says so and is passed on as an even chance at most.";

/// Propose to share what is known of an actor
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A name, another name, or an id
    #[arg(value_name = "NAME")]
    name: String,
    /// How many claims away
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=6))]
    steps: u8,
    #[command(flatten)]
    terms: Terms,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let picture = place.picture()?;
    let thing = one(&picture, &arguments.name)?;
    let things = reach(&picture, &thing.id, arguments.steps);
    let conditions = arguments.terms.conditions(place)?;
    let identity = source_identity(&conditions.organisation);
    let mut objects = actors::objects(&picture, &things, identity.id(), conditions.tlp);
    objects.extend([identity, conditions.tlp.object()]);
    let objects = objects.iter().map(serde_json::to_value).collect::<Result<_, _>>()?;
    let content = Content { conditions, objects, event: None };
    let about = format!("{} {}", thing.kind.name(), thing.name);
    arguments.terms.propose(about, content, place, console)
}
