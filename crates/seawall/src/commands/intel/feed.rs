//! `seawall intel feed`: what should decisions know of what others know?

use std::{collections::BTreeMap, path::PathBuf};

use clap::Args;
use seawall_core::event::TIME_END_MILLISECONDS;
use seawall_intel::selectors::{NamedSelector, named_selectors};
use serde::{Deserialize, Serialize};

use super::selectors::told;
use crate::{console::Console, failure::Failure, intel::Place, remote::Remote};

const EXAMPLES: &str = "\
Examples:
  seawall intel feed --server http://127.0.0.1:8080 --token-file label-token
  seawall intel feed --confidence-min 70 --server http://127.0.0.1:8080 --token-file label-token

The server is told what is new or was changed since the last time, until when it is good and sure enough, and to forget
what was revoked, expired or is known to a warning list. Confidence falls with time; 30 is where MISP draws the line. What a rule makes of an indicator is up to the policy (`indicators.count`).";

/// Values that a request may name.
const TOGETHER: usize = 1000;

/// Tell a server which selectors indicators name
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Server to tell
    #[arg(long, value_name = "URL")]
    server: String,
    /// File of a token that may label
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
    /// Leave out indicators that are less sure by now, 0 to 100
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = clap::value_parser!(u8).range(0..=100))]
    confidence_min: u8,
}

/// What a server is told of a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Told {
    id: String,
    kind: String,
    value: String,
    /// Second from which it no longer holds; 0 to forget it.
    valid_until: i64,
}

/// The same, as it is written down here.
#[derive(Debug, Serialize, Deserialize)]
struct Line {
    server: String,
    #[serde(flatten)]
    told: Told,
}

type ByValue = BTreeMap<(String, String), Told>;

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let named = named_selectors(&place.watch(arguments.confidence_min)?, place.now()?);
    let before = told_before(place, &arguments.server)?;
    let changes = changes(&before, &wanted(&named.items));
    let remote = Remote::new(&arguments.server, &arguments.token_file)?;
    for part in changes.chunks(TOGETHER) {
        let body = serde_json::json!({ "indicators": part }).to_string();
        remote.post("/api/v1/indicators", &body)?;
        let line = |told: &Told| {
            serde_json::to_string(&Line { server: arguments.server.clone(), told: told.clone() })
        };
        // What the server acknowledged is known at once, so that an end here repeats little.
        place.fed().append(&part.iter().map(line).collect::<Result<Vec<_>, _>>()?)?;
    }
    let forgotten = changes.iter().filter(|told| told.valid_until == 0).count();
    writeln!(console.data(), "told             {}", changes.len() - forgotten)?;
    writeln!(console.data(), "forgotten        {forgotten}")?;
    told(&named, console)
}

fn told_before(place: &Place, server: &str) -> Result<ByValue, Failure> {
    let mut before = ByValue::new();
    place.fed().lines(&mut |text| {
        let line: Line = serde_json::from_str(text)?;
        if line.server == server {
            before.insert((line.told.kind.clone(), line.told.value.clone()), line.told);
        }
        Ok(())
    })?;
    Ok(before)
}

/// One indicator for each value: the one that is surest, then the one that is good for longest.
fn wanted(named: &[NamedSelector]) -> ByValue {
    let rank = |own: &NamedSelector| {
        (own.confidence, own.sure_until, std::cmp::Reverse(own.indicator.clone()))
    };
    let mut best: BTreeMap<(String, String), &NamedSelector> = BTreeMap::new();
    for own in named {
        let key = (own.kind.kind().name.to_owned(), own.value.clone());
        let known = best.entry(key).or_insert(own);
        if rank(own) > rank(known) {
            *known = own;
        }
    }
    let told = |((kind, value), own): ((String, String), &NamedSelector)| {
        let end = TIME_END_MILLISECONDS / 1000;
        let until = own.sure_until.as_second().min(end);
        let id = own.indicator.to_string();
        ((kind.clone(), value.clone()), Told { id, kind, value, valid_until: until })
    };
    best.into_iter().map(told).collect()
}

/// What is new or other than before, and what is to be forgotten.
fn changes(before: &ByValue, wanted: &ByValue) -> Vec<Told> {
    let new = wanted.iter().filter(|(key, told)| before.get(*key) != Some(told));
    let gone = before
        .iter()
        .filter(|(key, told)| told.valid_until > 0 && !wanted.contains_key(*key))
        .map(|(_, told)| Told { valid_until: 0, ..told.clone() });
    new.map(|(_, told)| told.clone()).chain(gone).collect()
}
