//! `seawall intel collection`: what do we offer others over TAXII?

use std::{
    collections::BTreeMap,
    io::{BufReader, Read as _},
    path::{Path, PathBuf},
};

use clap::{Args, Subcommand, ValueEnum};
use seawall_intel::{
    stix::{Limits, read_bundle},
    taxii::{Manifest, Microseconds, parse_microseconds},
};
use seawall_server::taxii::{CollectionSettings, Loader, Settings, new_id};
use serde_json::json;

use crate::{
    case::Rows,
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    intel::Place,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel collection add \"Farms we found\" --alias farms --access read
  seawall intel collection list
  seawall intel collection load objects.json --into farms --manifest manifest.json
  seawall serve --new-token cert --scope taxii_read

`seawall serve` offers them at /taxii2/, to those whose token has the scopes `taxii_read` and `taxii_write`. They
stand in `taxii.toml` in the data directory, with the size of pages and bodies; a running server knows what
changed after a restart.";

/// Longest manifest that is read.
const MANIFEST_BYTES_MAX: u64 = 1 << 30;

/// What may be done with a collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Access {
    ReadWrite,
    Read,
    Write,
}

/// Say what is offered over TAXII
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Add a collection
    Add(Add),
    /// List them
    List(List),
    /// Load objects of another server, with the dates that it gave them, while ours does not run
    Load(Load),
}

#[derive(Debug, Args)]
struct Add {
    /// What it is called
    #[arg(value_name = "TITLE")]
    title: String,
    /// What it is
    #[arg(long, value_name = "TEXT")]
    description: Option<String>,
    /// Name that stands for its id in URLs
    #[arg(long, value_name = "NAME")]
    alias: Option<String>,
    /// UUID [default: a new one]
    #[arg(long, value_name = "UUID")]
    id: Option<String>,
    /// API root
    #[arg(long, value_name = "NAME", default_value = "intel")]
    root: String,
    /// What may be done with it
    #[arg(long, value_enum, default_value = "read-write")]
    access: Access,
}

#[derive(Debug, Args)]
struct List {
    /// Form of the list
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

#[derive(Debug, Args)]
struct Load {
    /// Bundle or envelope
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Collection, by id or alias
    #[arg(long, value_name = "NAME")]
    into: String,
    /// Manifest of the other server, which says when it got each version
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    match &arguments.command {
        Command::Add(arguments) => add(arguments, place, console),
        Command::List(arguments) => list(arguments, place, console),
        Command::Load(arguments) => load(arguments, place, console),
    }
}

fn add(arguments: &Add, place: &Place, console: &mut Console) -> Result<(), Failure> {
    let mut settings = Settings::open(place.data())?.unwrap_or_default();
    let id = match &arguments.id {
        Some(id) => id.clone(),
        None => new_id()?,
    };
    settings
        .add(CollectionSettings {
            id: id.clone(),
            title: arguments.title.clone(),
            description: arguments.description.clone(),
            alias: arguments.alias.clone(),
            root: arguments.root.clone(),
            can_read: arguments.access != Access::Write,
            can_write: arguments.access != Access::Read,
        })
        .map_err(|error| Failure::new(Exit::Usage, error))?;
    settings.keep(place.data())?;
    writeln!(console.data(), "{id}")?;
    console.hint("a running server knows it after a restart")
}

fn list(arguments: &List, place: &Place, console: &mut Console) -> Result<(), Failure> {
    let settings = Settings::open(place.data())?.unwrap_or_default();
    let mut rows = Rows::new(
        "seawall.intel.collections/v1",
        &["collection", "title", "alias", "root", "can_read", "can_write"],
    );
    for own in &settings.collections {
        rows.push(vec![
            json!(own.id),
            json!(own.title),
            json!(own.alias),
            json!(own.root),
            json!(own.can_read),
            json!(own.can_write),
        ]);
    }
    rows.write(arguments.format, console)
}

/// Dates by id and version.
type Dates = BTreeMap<String, BTreeMap<Microseconds, Microseconds>>;

fn dates(path: &Path) -> Result<Dates, Failure> {
    let mut text = String::new();
    fs_err::File::open(path)?.take(MANIFEST_BYTES_MAX).read_to_string(&mut text)?;
    let unsound = |what: &str| {
        let text = format!("`{}` is no manifest of TAXII 2.1: {what}", path.display());
        Failure::new(Exit::NoInput, text)
    };
    let manifest: Manifest = serde_json::from_str(&text).map_err(|_| unsound("not its members"))?;
    let mut dates = Dates::new();
    for record in manifest.objects {
        let version = parse_microseconds(&record.version).ok_or_else(|| unsound("a version"))?;
        let added = parse_microseconds(&record.date_added).ok_or_else(|| unsound("a date"))?;
        dates.entry(record.id).or_default().insert(version, added);
    }
    Ok(dates)
}

fn load(arguments: &Load, place: &Place, console: &mut Console) -> Result<(), Failure> {
    let settings = Settings::open(place.data())?.unwrap_or_default();
    let collection = settings.collection(&arguments.into).ok_or_else(|| {
        let hint = "hint: `seawall intel collection list` lists them";
        Failure::new(Exit::NoInput, format!("there is no collection `{}`\n{hint}", arguments.into))
    })?;
    let dates = arguments.manifest.as_deref().map(dates).transpose()?.unwrap_or_default();
    let mut loader = Loader::open(place.data(), collection)?;
    let name = arguments.file.display().to_string();
    let mut reader = BufReader::new(fs_err::File::open(&arguments.file)?);
    let (mut undated, mut rejects) = (0_u64, Vec::new());
    read_bundle(&mut reader, &name, Limits::default(), &mut |taken| {
        match taken {
            Ok(object) => {
                let of_id = dates.get(object.id().as_str());
                let added = of_id.and_then(|of_id| match Loader::version(&object) {
                    Some(version) => of_id.get(&version),
                    None => of_id.values().next(),
                });
                undated += u64::from(added.is_none());
                loader.add(&object, added.copied()).map_err(std::io::Error::other)?;
            }
            Err(reject) => rejects.push(reject),
        }
        Ok(())
    })?;
    let loaded = loader.finish()?;
    writeln!(console.data(), "added            {}", loaded.added)?;
    writeln!(console.data(), "there already    {}", loaded.present)?;
    if undated > 0 && arguments.manifest.is_some() {
        console
            .note("undated", format!("{undated} are not in the manifest, and have today's date"))?;
    }
    if let Some(first) = rejects.first() {
        let text =
            format!("{}; the first is object {}: {}", rejects.len(), first.line, first.reason);
        console.note("rejects", text)?;
    }
    Ok(())
}
