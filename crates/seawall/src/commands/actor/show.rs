//! `seawall actor show`: which actors are there, and what is claimed of one?

use clap::Args;
use seawall_core::actor::{Claim, ClaimKey, Picture, Target, ThingKind};
use serde_json::{Value, json};

use super::{one, titled};
use crate::{case::Rows, console::Console, failure::Failure, format::Format, intel::Place};

const EXAMPLES: &str = "\
Examples:
  seawall actor show
  seawall actor show \"Octo Tempest\"
  seawall actor show threat-actor--e18dca82-0524-4338-9a66-e13e67c81ac4 --format json";

/// List actors, or show what is claimed of one
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// A name, another name, or an id [default: all]
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let picture = place.picture()?;
    let Some(name) = &arguments.name else {
        return all(&picture).write(arguments.format, console);
    };
    let thing = one(&picture, name)?;
    let mut rows = Rows::new("seawall.actor.claims/v1", &CLAIM_COLUMNS);
    let claims = picture.of_subject(&thing.id).chain(picture.leading_to(&thing.id));
    for (key, claim) in claims {
        rows.push(claim_row(&picture, key, claim));
    }
    console.note(thing.kind.name(), format!("{} ({})", thing.name, thing.id))?;
    if let Some(description) = &thing.description {
        console.note("said", seawall_charts::text::visible(description, 2_000))?;
    }
    for source in &picture.things[&thing.id].1 {
        console.note("named by", &source.name)?;
    }
    rows.write(arguments.format, console)
}

fn all(picture: &Picture) -> Rows {
    let mut rows =
        Rows::new("seawall.actors/v1", &["name", "other_names", "claims", "named_by", "id"]);
    for (thing, sources) in picture.things.values() {
        if thing.kind != ThingKind::Actor {
            continue;
        }
        let names: Vec<&str> = picture.names(&thing.id).map(|(name, _)| name).collect();
        let sources: Vec<&str> = sources.iter().map(|source| source.name.as_str()).collect();
        rows.push(vec![
            json!(thing.name),
            json!(names),
            json!(picture.of_subject(&thing.id).count()),
            json!(sources),
            json!(thing.id),
        ]);
    }
    rows
}

/// What is said of a claim.
pub(super) const CLAIM_COLUMNS: [&str; 10] = [
    "subject",
    "relation",
    "target",
    "standing",
    "assessed",
    "confidence",
    "sources",
    "contradicted_by",
    "first_asserted_at",
    "last_asserted_at",
];

/// A claim, as a row.
pub(super) fn claim_row(picture: &Picture, key: &ClaimKey, claim: &Claim) -> Vec<Value> {
    let graded = |said: &seawall_core::actor::Assertion| match said.grade {
        Some(grade) => format!("{} {grade}", said.source.name),
        None => format!("{} (not graded)", said.source.name),
    };
    let sources: Vec<String> = claim.supports.values().map(graded).collect();
    let against: Vec<String> = claim.contradicts.values().map(graded).collect();
    let target = match &key.target {
        Target::Thing(id) => titled(picture, id),
        Target::Text(text) => text.clone(),
    };
    let confidence = claim.confidences().map(|(least, greatest)| {
        if least == greatest { least.to_string() } else { format!("{least} to {greatest}") }
    });
    vec![
        json!(titled(picture, &key.subject)),
        json!(key.relation),
        json!(target),
        json!(claim.standing().words()),
        json!(claim.assessed().word()),
        json!(confidence),
        json!(sources),
        if against.is_empty() { Value::Null } else { json!(against) },
        json!(claim.first_asserted_at),
        json!(claim.last_asserted_at),
    ]
}
