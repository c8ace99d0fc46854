//! `seawall intel match`: which accounts were seen with what others know?

use std::{collections::BTreeMap, path::PathBuf};

use clap::{Args, ValueEnum};
use seawall_core::event::Event;
use seawall_engine::read::{FieldMap, Sink, Source, read};
use seawall_intel::{
    indicator::source_identity,
    sighting::{Gathered, Piece, Sightings, Watch},
    stix::{Object, Tlp, write_bundle},
};
use serde_json::json;

use super::super::detect::show;
use crate::{
    case::Rows, config::Settings, console::Console, failure::Failure, format::Format, intel::Place,
    pipeline::Step, progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel match signups.ndjson.gz
  seawall intel match events/ --confidence-min 60 --format csv
  seawall intel match signups.csv --map map.toml --format ndjson
  seawall intel match signups.csv --format stix --organisation Site > sightings.json

An indicator counts at the time of the event: before it was good, and after it expired, it says nothing, and its
confidence falls from when it was last said (`confidence_then`: what was left when it was last seen). What a
warning list knows is not looked for. A sighting is evidence with a source: it decides nothing.";

/// Look for indicators in events
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files, folders, patterns of names, or `-`
    #[arg(value_name = "INPUT", required = true)]
    inputs: Vec<String>,
    /// Names of the fields in the input
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Leave out indicators that were less sure at the time of the event, 0 to 100
    #[arg(long, value_name = "N", default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=100))]
    confidence_min: u8,
    /// Form of the sightings; STIX has one for each indicator, and no accounts
    #[arg(long, value_enum, default_value = "table")]
    format: Form,
    /// In whose name sightings of STIX are made
    #[arg(long, value_name = "NAME", required_if_eq("format", "stix"))]
    organisation: Option<String>,
    /// How far sightings of STIX may be passed on
    #[arg(long, value_name = "TLP", default_value = "amber")]
    tlp: Tlp,
}

/// In which form sightings are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    Table,
    Json,
    Ndjson,
    Csv,
    Stix,
}

impl Form {
    /// The form of a list; `None` for STIX, which is none.
    const fn of_list(self) -> Option<Format> {
        match self {
            Self::Table => Some(Format::Table),
            Self::Json => Some(Format::Json),
            Self::Ndjson => Some(Format::Ndjson),
            Self::Csv => Some(Format::Csv),
            Self::Stix => None,
        }
    }
}

/// A piece of the input.
struct Looking<'w>(Piece<'w>);

impl Sink for Looking<'_> {
    fn event(&mut self, event: &Event<'_>) {
        self.0.event(event);
    }
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    settings: &Settings,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut progress = Progress::new(console.interactive);
    progress.stage("reading indicators");
    let watch = place.watch(arguments.confidence_min)?;
    let map = arguments.map.as_deref().map(FieldMap::open).transpose()?;
    let source = Source::open(&arguments.inputs, map.as_ref())?;
    let threads = match settings.threads {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        threads => threads,
    };
    let mut gathered = Gathered::default();
    let mut rejected = 0;
    let summary = read(
        &source,
        threads,
        &|| Looking(Piece::new(&watch)),
        &mut |Looking(piece), rejects| {
            rejected += rejects.iter().filter(|reject| !reject.event_kept).count();
            gathered.add(piece.into_gathered());
            Ok(())
        },
        &mut |done| {
            let step = Step::Reading(done.bytes_done, done.bytes_total, done.events);
            show(&mut progress, step);
        },
    )?;
    progress.finish();
    let sightings = gathered.finish(&watch);
    match arguments.format.of_list() {
        Some(format) => rows(&sightings).write(format, console)?,
        None => bundle(&sightings, arguments, console)?,
    }
    told(&watch, &sightings, console)?;
    console.note("events", format!("{} read, {rejected} rejected", summary.events))
}

fn rows(sightings: &Sightings) -> Rows {
    let mut rows = Rows::new(
        "seawall.intel.sightings/v1",
        &[
            "account",
            "indicator",
            "source",
            "confidence",
            "confidence_then",
            "tlp",
            "first_seen",
            "last_seen",
            "events",
            "id",
        ],
    );
    for sighting in &sightings.items {
        let indicator = &sighting.indicator;
        rows.push(vec![
            json!(sighting.account),
            json!(indicator.name),
            json!(indicator.source),
            json!(indicator.confidence),
            json!(indicator.confidence_at(sighting.last_seen)),
            json!(indicator.tlp),
            json!(sighting.first_seen),
            json!(sighting.last_seen),
            json!(sighting.count),
            json!(indicator.id),
        ]);
    }
    rows
}

/// Sightings as STIX, with who made them and how far they may be passed on.
fn bundle(
    sightings: &Sightings,
    arguments: &Arguments,
    console: &mut Console,
) -> Result<(), Failure> {
    let by = source_identity(arguments.organisation.as_deref().unwrap_or_default());
    let seen = sightings.objects(by.id(), arguments.tlp);
    let marking = arguments.tlp.object();
    let objects: Vec<&Object> = [&by, &marking].into_iter().chain(&seen).collect();
    write_bundle(&mut *console.data(), &objects)?;
    Ok(())
}

/// What was not looked for, and what could not be said.
fn told(watch: &Watch, sightings: &Sightings, console: &mut Console) -> Result<(), Failure> {
    console.note("indicators", format!("{} looked for", watch.indicators().len()))?;
    let mut reasons: BTreeMap<String, u64> = BTreeMap::new();
    for (_, reason) in watch.unused() {
        let reason = reason.to_string();
        let first = reason.lines().next().unwrap_or_default();
        *reasons.entry(first.to_owned()).or_default() += 1;
    }
    for (reason, count) in reasons {
        console.note("left out", format!("{count}: {reason}"))?;
    }
    for (count, what) in [
        (sightings.outdated, "events had what an indicator is about outside its time"),
        (sightings.faded, "events had it when too little confidence was left"),
        (sightings.failed, "comparisons failed"),
        (
            sightings.undecided.len() as u64,
            "patterns could not be decided: too many events or ways",
        ),
    ] {
        if count > 0 {
            console.note("note", format!("{count} {what}"))?;
        }
    }
    Ok(())
}
