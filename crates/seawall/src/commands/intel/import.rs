//! `seawall intel import`: what do others know?

use std::{
    collections::HashSet,
    io::Write as _,
    path::{Path, PathBuf},
};

use clap::Args;
use seawall_core::actor::names;
use seawall_evidence::hash::Digest;
use seawall_intel::{
    indicator::{Terms, source_identity},
    stix::Tlp,
};
use serde_json::json;

use crate::{
    case::Rows,
    console::Console,
    failure::Failure,
    format::Format,
    intel::{self, Place},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel import bundle.json --source CERT
  seawall intel import indicators.csv --source Meta --tlp green --days 180 --confidence 60
  seawall intel import threat-actor.json warninglist.json.gz --source MISP
  seawall intel import bundle.json --source CERT --rejects rejects.ndjson

What a file is, is found by looking: STIX 2.1 (bundle, TAXII envelope, object), MISP events, galaxies and
warning lists, tables with a header, plain lists; each also .gz. Broken addresses (`evil[.]com`) are mended.
The same content again changes nothing; a later version stands beside the earlier ones.";

/// Take in STIX, MISP, tables and lists
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files
    #[arg(value_name = "FILE", required = true)]
    pub(super) files: Vec<PathBuf>,
    /// Who says it, where a file does not say so itself
    #[arg(long, value_name = "NAME")]
    pub(super) source: String,
    /// How far it may be passed on, where a file does not say so itself
    #[arg(long, value_name = "TLP", default_value = "amber")]
    pub(super) tlp: Tlp,
    /// How sure the source is, 0 to 100, where a file does not say so itself
    #[arg(long, value_name = "N", default_value_t = 50, value_parser = clap::value_parser!(u8).range(0..=100))]
    pub(super) confidence: u8,
    /// For how many days an indicator is good, where a file does not say so itself
    #[arg(long, value_name = "N", default_value_t = 90, value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) days: u16,
    /// Who writes claims about actors down
    #[arg(long, value_name = "PERSON", default_value = "import")]
    pub(super) by: String,
    /// File for what could not be taken, with line and reason
    #[arg(long, value_name = "FILE")]
    pub(super) rejects: Option<PathBuf>,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut progress = Progress::new(console.interactive);
    progress.stage("reading what is kept");
    let mut known = known(place)?;
    let mut rows = Rows::new(
        "seawall.intel.import/v1",
        &["file", "form", "objects", "new", "claims", "rejects", "passed_over"],
    );
    let (mut rejects, mut entries) = (Vec::new(), Vec::new());
    for file in &arguments.files {
        progress.stage(&format!("reading {}", file.display()));
        let taken = take(file, arguments, place, &mut known)?;
        rows.push(vec![
            json!(file.display().to_string()),
            json!(taken.read.form.words()),
            json!(taken.objects),
            json!(taken.new),
            json!(taken.read.entries.len()),
            json!(taken.read.rejects.len()),
            json!(taken.read.passed_over),
        ]);
        rejects.extend(taken.read.rejects);
        // Claims of one file may lead to things of another.
        entries.extend(taken.read.entries);
    }
    let recorded =
        if entries.is_empty() { None } else { Some(place.record(entries, &arguments.by)?) };
    progress.finish();
    rows.write(arguments.format, console)?;
    if let Some(path) = &arguments.rejects {
        let mut out = std::io::BufWriter::new(fs_err::File::create(path)?);
        for reject in &rejects {
            serde_json::to_writer(&mut out, reject)?;
            writeln!(out)?;
        }
        out.flush()?;
    } else if let Some(first) = rejects.first() {
        console
            .note("rejects", format!("{}, line {}: {}", first.source, first.line, first.reason))?;
        console.hint("--rejects FILE writes all of them down")?;
    }
    if let Some(recorded) = recorded {
        told(&recorded, console)?;
    }
    Ok(())
}

/// What was written down about actors, and what is to be judged now.
pub(super) fn told(recorded: &intel::Recorded, console: &mut Console) -> Result<(), Failure> {
    console.note("claims", format!("{} written down", recorded.entries))?;
    if !recorded.misfits.is_empty() {
        let text =
            format!("{} lead to what nobody has named, and were left out", recorded.misfits.len());
        console.note("claims", text)?;
    }
    let findings = names::findings(&recorded.picture);
    if !findings.is_empty() {
        let text = format!("{} to judge about names; nothing was merged", findings.len());
        console.note("actors", text)?;
        console.hint("seawall actor assess")?;
    }
    Ok(())
}

/// Hashes of the lines that are kept.
pub(super) fn known(place: &Place) -> Result<HashSet<Digest>, Failure> {
    let mut known = HashSet::new();
    place.received().lines(&mut |line| {
        known.insert(Digest::of(line));
        Ok(())
    })?;
    Ok(known)
}

/// What came of a file.
pub(super) struct Taken {
    pub(super) read: intel::Read,
    objects: u64,
    pub(super) new: u64,
}

/// Reads a file, and keeps its objects: all of them, or where it cannot be read, none.
pub(super) fn take(
    file: &Path,
    arguments: &Arguments,
    place: &Place,
    known: &mut HashSet<Digest>,
) -> Result<Taken, Failure> {
    let identity = source_identity(&arguments.source);
    let terms = Terms {
        source: identity.id().clone(),
        at: place.now()?,
        days: arguments.days,
        confidence: arguments.confidence,
        tlp: arguments.tlp,
    };
    let (mut objects, mut new) = (0, 0);
    let mut read = None;
    let mut added = Vec::new();
    place.received().append_with(&mut |out| {
        let mut keep = |line: String| -> std::io::Result<()> {
            let digest = Digest::of(&line);
            if known.insert(digest) {
                added.push(digest);
                new += 1;
                writeln!(out, "{line}")?;
            }
            Ok(())
        };
        keep(serde_json::to_string(&identity)?)?;
        read = Some(intel::read(file, &arguments.source, &terms, &mut |object| {
            objects += 1;
            keep(serde_json::to_string(&object).map_err(std::io::Error::from)?)
        })?);
        Ok(new > 0)
    })?;
    let read = read.expect("set where nothing failed");
    if let Some(list) = &read.warning {
        place.warnings().append(std::slice::from_ref(list))?;
    }
    Ok(Taken { read, objects, new })
}
