//! `seawall case dataset`: what exactly were the data, and what was left out?

use std::{
    collections::BTreeMap,
    num::NonZeroUsize,
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand};
use rand::Rng as _;
use seawall_evidence::{
    custody::Act,
    dataset::{
        Manifest, Part, Request, SaltKey,
        completeness::Gap,
        freeze::{self, Claim},
        manifest::Window,
    },
    hash::Digest,
    item::ItemKind,
    text::Id,
};
use serde_json::json;

use crate::{
    case::{Acting, Answer, Desk, Intake, id, now, to_core},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
    progress::Progress,
};
use seawall_core::case::{Record, record::DatasetRecord};

const EXAMPLES: &str = "\
Examples:
  seawall case dataset freeze accounts=accounts.parquet --id DS-1 --received accounts=0..5211 \\
      --from 2023-10-01T00:00:00Z --to 2023-11-01T00:00:00Z --as ana
  seawall case dataset freeze a=1.parquet a=2.parquet --id DS-2 --received a=0..99 \\
      --gap a=17..18=\"disk full\" --from 2023-10-01T00:00:00Z --to 2023-11-01T00:00:00Z --as ana

What a source received is in the files or in a gap; otherwise nothing is frozen.";

/// Freeze Parquet files
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Freeze files under one root, and take them into the case
    #[command(after_help = EXAMPLES)]
    Freeze(Freeze),
}

#[derive(Debug, Args)]
struct Freeze {
    /// Parquet files, each with the source of its rows
    #[arg(required = true, value_name = "SOURCE=FILE")]
    files: Vec<String>,
    /// Id of the dataset
    #[arg(long, value_name = "ID")]
    id: String,
    /// The first and the last number that a source received, as it counts
    #[arg(long, required = true, value_name = "SOURCE=FIRST..LAST")]
    received: Vec<String>,
    /// Numbers that have no row, and why
    #[arg(long, value_name = "SOURCE=FIRST..LAST=REASON")]
    gap: Vec<String>,
    /// Begin of the time that the data are of
    #[arg(long, value_name = "TIME")]
    from: String,
    /// End of that time, not included
    #[arg(long, value_name = "TIME")]
    to: String,
    /// The column that says when a row was; every row must lie in the time
    #[arg(long, value_name = "COLUMN")]
    time_column: Option<String>,
    /// The rows tell of persons
    #[arg(long)]
    personal_data: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let Command::Freeze(freeze) = &arguments.command;
    let request = request(freeze)?;
    let mut desk = Desk::open(acting, console)?;
    let key = salt_key(&mut desk);
    let mut progress = Progress::new(console.interactive);
    progress.stage("hashing every row");
    let threads = std::thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
    let frozen = freeze::freeze(&request, &key, threads).map_err(refused);
    progress.finish();
    let manifest = frozen?;
    let bytes = manifest.to_bytes()?;
    let (mut acts, mut files) = (Vec::new(), Vec::new());
    for part in &request.files {
        let (item, act) = desk.take_file(&intake(freeze, part, None), &part.path)?;
        files.push(item.id);
        acts.push(act);
    }
    let of_manifest = Intake {
        dataset: Some(Digest::of(&bytes)),
        ..Intake::derived(
            ItemKind::Dataset,
            "application/json",
            &format!("the manifest of dataset {}", freeze.id),
            files.clone(),
        )
    };
    let (item, act) = desk.take(&of_manifest, &mut bytes.as_slice())?;
    acts.push(act);
    keep_key(&mut desk, freeze, &key, &item.id, &files, &mut acts)?;
    let written = desk.write(acts)?;
    Answer::new()
        .with("dataset", manifest.id.clone())
        .text("item", item.id)
        .with("rows", manifest.rows())
        .text("root", manifest.root)
        .with(
            "sources",
            json!(
                manifest
                    .sources
                    .iter()
                    .map(|source| {
                        format!(
                            "{}: {} received, {} sealed, {} gaps",
                            source.name,
                            source.received,
                            source.sealed,
                            source.gaps.len()
                        )
                    })
                    .collect::<Vec<_>>()
            ),
        )
        .say(written, freeze.format, console)
}

/// The key of the salts is content of the case as well: who has it can open every row.
fn keep_key(
    desk: &mut Desk,
    freeze: &Freeze,
    key: &SaltKey,
    manifest: &Id,
    files: &[Id],
    acts: &mut Vec<Act>,
) -> Result<(), Failure> {
    let of_key = Intake {
        personal_data: freeze.personal_data,
        ..Intake::derived(
            ItemKind::File,
            "text/plain",
            &format!("the key of the salts of dataset {}", freeze.id),
            vec![manifest.clone()],
        )
    };
    let (key_item, act) = desk.take(&of_key, &mut format!("{}\n", key.to_hex()).as_bytes())?;
    acts.push(act);
    let record = DatasetRecord {
        id: freeze.id.parse().map_err(|error| Failure::new(Exit::Usage, error))?,
        manifest: to_core(manifest),
        files: files.iter().map(to_core).collect(),
        salt_key: to_core(&key_item.id),
    };
    let object = id(&record.id);
    acts.push(desk.record(object, &Record::Dataset(record), "data are frozen")?);
    Ok(())
}

fn salt_key(desk: &mut Desk) -> SaltKey {
    let mut bytes = [0; 32];
    desk.chance.fill_bytes(&mut bytes);
    SaltKey::from_bytes(bytes)
}

fn intake(freeze: &Freeze, part: &Part, dataset: Option<Digest>) -> Intake {
    Intake {
        action: seawall_evidence::custody::Action::Acquire,
        personal_data: freeze.personal_data,
        dataset,
        method: "read from a file".to_owned(),
        reason: format!("frozen as part of dataset {}", freeze.id),
        ..Intake::derived(
            ItemKind::Dataset,
            "application/vnd.apache.parquet",
            &format!("source {}, file {}", part.source, part.name),
            Vec::new(),
        )
    }
}

fn request(freeze: &Freeze) -> Result<Request, Failure> {
    let files = freeze
        .files
        .iter()
        .map(|text| {
            let (source, path) = split(text, '=', "SOURCE=FILE")?;
            let path = PathBuf::from(path);
            Ok(Part { name: name(&path), source: source.to_owned(), path })
        })
        .collect::<Result<_, Failure>>()?;
    let mut sources = freeze
        .received
        .iter()
        .map(|text| {
            let (name, numbers) = split(text, '=', "SOURCE=FIRST..LAST")?;
            let (first, last) = range(numbers)?;
            Ok(Claim { name: name.to_owned(), first, last, gaps: Vec::new() })
        })
        .collect::<Result<Vec<_>, Failure>>()?;
    for text in &freeze.gap {
        let (source, rest) = split(text, '=', "SOURCE=FIRST..LAST=REASON")?;
        let (numbers, reason) = split(rest, '=', "SOURCE=FIRST..LAST=REASON")?;
        let (first, last) = range(numbers)?;
        let claim = sources
            .iter_mut()
            .find(|claim| claim.name == source)
            .ok_or_else(|| usage(format!("no --received tells of the source `{source}`")))?;
        claim.gaps.push(Gap { first, last, reason: reason.to_owned() });
    }
    let window = Window {
        column: freeze.time_column.clone(),
        from: now(Some(&freeze.from))?,
        to: now(Some(&freeze.to))?,
    };
    Ok(Request { id: freeze.id.clone(), window, sources, files })
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn split<'a>(text: &'a str, at: char, form: &str) -> Result<(&'a str, &'a str), Failure> {
    text.split_once(at).ok_or_else(|| usage(format!("`{text}` is not {form}")))
}

fn range(text: &str) -> Result<(u64, u64), Failure> {
    let parsed = text
        .split_once("..")
        .and_then(|(first, last)| Some((first.parse().ok()?, last.parse().ok()?)));
    parsed.ok_or_else(|| usage(format!("`{text}` is not FIRST..LAST")))
}

fn usage(message: String) -> Failure {
    Failure::new(Exit::Usage, message)
}

/// What cannot be frozen is no fault of the program.
fn refused(error: seawall_evidence::dataset::Error) -> Failure {
    Failure::new(Exit::Conflict, error)
}

/// Writes the files of a dataset into a folder; where each lies, by its name.
pub(super) fn files(
    desk: &Desk,
    manifest: &Manifest,
    folder: &Path,
) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let files = manifest.files.iter();
    files.map(|file| Ok((file.name.clone(), desk.laid_out(file.sha256, folder)?))).collect()
}

/// The manifest of the dataset of that id, and the hash of each of its files by name.
pub(super) fn find(desk: &Desk, id: &str) -> Result<Manifest, Failure> {
    let known = id.parse().ok().and_then(|id| desk.state.datasets.get(&id));
    let record = known.ok_or_else(|| {
        Failure::new(
            Exit::NoInput,
            format!("there is no dataset `{id}` in the case\nhint: `seawall case dataset freeze`"),
        )
    })?;
    let item = desk.item(record.manifest.as_str())?;
    Ok(Manifest::parse(&desk.content(item.sha256)?)?)
}
