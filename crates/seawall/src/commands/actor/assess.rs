//! `seawall actor assess`: what has to be judged?

use clap::Args;
use seawall_core::actor::{
    Confidence, Picture, Standing, Target,
    names::{Finding, findings},
};
use serde_json::json;

use super::{one, titled};
use crate::{case::Rows, console::Console, failure::Failure, format::Format, intel::Place};

const EXAMPLES: &str = "\
Examples:
  seawall actor assess
  seawall actor assess \"Scattered Spider\" --format json

Names that two actors share, numbers of one scheme that exclude each other, claims that are contradicted, and
claims between things that rest on one source. High takes two good sources (A1 to B2), nobody who contradicts,
and another explanation that was weighed.";

/// Show what has to be judged: names, weak and contradicted claims
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Only what is about this one: a name or an id
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
    let about: Option<Vec<String>> = match &arguments.name {
        None => None,
        Some(name) => {
            let found = picture.find(name);
            if found.is_empty() {
                one(&picture, name)?;
            }
            Some(found.iter().map(|thing| thing.id.clone()).collect())
        }
    };
    let wanted = |ids: &[&str]| {
        about.as_ref().is_none_or(|about| about.iter().any(|id| ids.contains(&id.as_str())))
    };
    let mut rows = Rows::new(
        "seawall.actor.assessment/v1",
        &["what", "first", "second", "why", "sources", "ids"],
    );
    for finding in findings(&picture) {
        let (Finding::Duplicate { actors, .. } | Finding::Conflict { actors, .. }) = &finding;
        if wanted(&[&actors[0], &actors[1]]) {
            push_names(&picture, &finding, &mut rows);
        }
    }
    push_claims(&picture, &wanted, &mut rows);
    rows.write(arguments.format, console)
}

fn push_names(picture: &Picture, finding: &Finding, rows: &mut Rows) {
    let (what, actors, why, sources) = match finding {
        Finding::Duplicate { actors, names, of_both, sources } => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let what = if *of_both { "same name" } else { "shared name" };
            let why =
                format!("both are called {}; nobody says whether they are one", names.join(", "));
            let sources: Vec<&String> = sources.iter().flatten().collect();
            (what, actors, why, json!(sources))
        }
        Finding::Conflict { actors, shared, names, .. } => {
            let shared: Vec<&str> = shared.iter().map(String::as_str).collect();
            let said =
                |names: &std::collections::BTreeMap<String, std::collections::BTreeSet<String>>| {
                    names
                        .iter()
                        .map(|(name, by)| {
                            let by: Vec<&str> = by.iter().map(String::as_str).collect();
                            format!("{name} ({})", by.join(", "))
                        })
                        .collect::<Vec<_>>()
                        .join(", ")
                };
            let why = format!(
                "both are called {}, but one is {}, the other {}",
                shared.join(", "),
                said(&names[0]),
                said(&names[1])
            );
            let sources: std::collections::BTreeSet<&String> =
                names.iter().flat_map(|names| names.values().flatten()).collect();
            ("conflict of names", actors, why, json!(sources))
        }
    };
    rows.push(vec![
        json!(what),
        json!(titled(picture, &actors[0])),
        json!(titled(picture, &actors[1])),
        json!(why),
        sources,
        json!(actors),
    ]);
}

fn push_claims(picture: &Picture, wanted: &dyn Fn(&[&str]) -> bool, rows: &mut Rows) {
    for (key, claim) in &picture.claims {
        let Target::Thing(target) = &key.target else { continue };
        let what = match (claim.standing(), claim.assessed()) {
            (Standing::Contradicted, _) => "contradicted",
            (Standing::OneSource, _) => "one source",
            (Standing::Corroborated, Confidence::Moderate) => "not weighed",
            _ => continue,
        };
        if !wanted(&[&key.subject, target]) {
            continue;
        }
        let why = match what {
            "contradicted" => {
                let against: Vec<&str> = claim.contradicts.keys().map(String::as_str).collect();
                format!("{}: {} say that it is not so", key.relation.name(), against.join(", "))
            }
            "one source" => format!("{}: nobody else says so", key.relation.name()),
            _ => format!(
                "{}: two good sources and another explanation are needed for more",
                key.relation.name()
            ),
        };
        let sources: Vec<&String> = claim.supports.keys().collect();
        rows.push(vec![
            json!(what),
            json!(titled(picture, &key.subject)),
            json!(titled(picture, target)),
            json!(why),
            json!(sources),
            json!([key.subject, target]),
        ]);
    }
}
