//! `seawall actor graph`: what does an actor have to do with?

use std::collections::BTreeSet;

use clap::{Args, ValueEnum};
use seawall_charts::reach;
use seawall_core::actor::{Claim, ClaimKey, Picture, Standing, Target};

use super::{
    one,
    show::{CLAIM_COLUMNS, claim_row},
    titled,
};
use crate::{case::Rows, console::Console, failure::Failure, format::Format, intel::Place};

const EXAMPLES: &str = "\
Examples:
  seawall actor graph Storm-1152
  seawall actor graph Storm-1152 --steps 2 --form dot | dot -Tsvg > storm.svg

What rests on one source is drawn dashed, what is contradicted dotted and red.";

/// Form of the graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Table,
    Json,
    Dot,
}

/// Draw what an actor has to do with
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A name, another name, or an id
    #[arg(value_name = "NAME")]
    name: String,
    /// How many claims away
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..=6))]
    steps: u8,
    /// Form of the graph
    #[arg(long, value_enum, default_value = "table")]
    form: Form,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let picture = place.picture()?;
    let start = one(&picture, &arguments.name)?;
    let things = reach(&picture, &start.id, arguments.steps);
    let edges = picture.claims.iter().filter(|(key, claim)| {
        claim.standing() != Standing::Withdrawn
            && things.contains(&key.subject)
            && matches!(&key.target, Target::Thing(id) if things.contains(id))
    });
    if arguments.form == Form::Dot {
        return dot(&picture, &things, edges, console);
    }
    let mut rows = Rows::new("seawall.actor.graph/v1", &CLAIM_COLUMNS);
    for (key, claim) in edges {
        rows.push(claim_row(&picture, key, claim));
    }
    let format = if arguments.form == Form::Json { Format::Json } else { Format::Table };
    rows.write(format, console)
}

fn dot<'a>(
    picture: &Picture,
    things: &BTreeSet<String>,
    edges: impl Iterator<Item = (&'a ClaimKey, &'a Claim)>,
    console: &mut Console,
) -> Result<(), Failure> {
    let quoted = |text: &str| {
        let text = seawall_charts::text::visible(text, 200);
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    };
    let out = console.data();
    writeln!(out, "digraph claims {{")?;
    for id in things {
        let kind = picture.things.get(id).map_or("", |(thing, _)| thing.kind.name());
        let label = format!("{} ({kind})", titled(picture, id));
        writeln!(out, "  {} [label={}];", quoted(id), quoted(&label))?;
    }
    for (key, claim) in edges {
        let style = match claim.standing() {
            Standing::Contradicted => "style=dotted, color=red",
            Standing::OneSource => "style=dashed",
            _ => "style=solid",
        };
        let label = key.relation.name().replace('_', " ");
        let (from, to) = (quoted(&key.subject), quoted(key.target.as_str()));
        writeln!(out, "  {from} -> {to} [label={}, {style}];", quoted(&label))?;
    }
    writeln!(out, "}}")?;
    Ok(())
}
