//! `seawall simulate`: what would detection have to find, with the truth known?

use std::{
    io,
    path::{Path, PathBuf},
};

use clap::{Args, ValueEnum, builder::PossibleValuesParser};
use seawall_charts::text::counted;

use super::detect::show;
use crate::{
    console::Console,
    failure::{Exit, Failure, Outcome},
    pipeline::{self, World},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall simulate --preset standard --accounts 100000 --seed 7 --out world
  seawall simulate --preset clean --accounts 20000 --seed 1 --out world --events-format parquet

Written to DIR: the events, truth.csv (account, campaign, and what it is), world.json.";

/// The truth about every account.
pub(super) const TRUTH: &str = "truth.csv";
/// What says that a folder holds a world of ours.
const WORLD: &str = "world.json";

/// Form of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum EventsFormat {
    Ndjson,
    #[value(name = "ndjson.gz")]
    NdjsonGz,
    #[value(name = "ndjson.zst")]
    NdjsonZst,
    Csv,
    #[value(name = "csv.gz")]
    CsvGz,
    #[value(name = "csv.zst")]
    CsvZst,
    Parquet,
}

impl EventsFormat {
    const fn extension(self) -> &'static str {
        match self {
            Self::Ndjson => "ndjson",
            Self::NdjsonGz => "ndjson.gz",
            Self::NdjsonZst => "ndjson.zst",
            Self::Csv => "csv",
            Self::CsvGz => "csv.gz",
            Self::CsvZst => "csv.zst",
            Self::Parquet => "parquet",
        }
    }
}

/// Make a synthetic world with known truth
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Which kind of world
    #[arg(long, value_name = "NAME", default_value = "standard", value_parser = PossibleValuesParser::new(pipeline::presets()))]
    preset: String,
    /// Benign accounts that sign up
    #[arg(long, value_name = "N", default_value_t = 100_000)]
    accounts: u64,
    /// The same seed makes the same world
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// How much accounts do after signup, as a multiple of the usual; 0 makes signups only
    #[arg(long, value_name = "F", default_value_t = 1.0, value_parser = activity)]
    activity: f64,
    /// Folder for the world; an earlier one in it is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Form of the events
    #[arg(long, value_enum, default_value = "ndjson.zst")]
    events_format: EventsFormat,
    /// Write to DIR even though it holds something else
    #[arg(long)]
    force: bool,
}

fn activity(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(factor) if (0.0..=10.0).contains(&factor) => Ok(factor),
        _ => Err("a number from 0 to 10".to_owned()),
    }
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let folder = Folder::prepare(&arguments.out, arguments.force)?;
    let world = World {
        preset: arguments.preset.clone(),
        accounts: arguments.accounts,
        seed: arguments.seed,
        activity: arguments.activity,
        events: arguments.out.join(format!("events.{}", arguments.events_format.extension())),
        truth: arguments.out.join(TRUTH),
    };
    let mut progress = Progress::new(console.interactive);
    let made = pipeline::simulate(&world, &mut |step| show(&mut progress, step));
    progress.finish();
    let (events, accounts) = made?;
    folder.finish(&world, events, accounts)?;
    console.note(
        "events",
        format!("{} in {}", counted(events, "event", "events"), world.events.display()),
    )?;
    console.note(
        "truth",
        format!("{} in {}", counted(accounts, "account", "accounts"), world.truth.display()),
    )?;
    console.hint(format!("seawall detect {} --out run", world.events.display()))?;
    Ok(Outcome::Done)
}

/// A folder for a world: new, empty, or of an earlier world.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes the folder ready; what is not ours is not touched.
    pub(super) fn prepare(path: &Path, force: bool) -> Result<Self, Failure> {
        fs_err::create_dir_all(path)?;
        let folder = Self { path: path.to_owned() };
        let marker = path.join(WORLD);
        let ours = marker.try_exists()?;
        let mut entries = fs_err::read_dir(path)?;
        if let Some(entry) = entries.next().transpose()?.filter(|_| !ours && !force) {
            return Err(Failure::new(
                Exit::Conflict,
                format!(
                    "the folder `{}` holds something else (`{}`)\nhint: name a new folder with --out",
                    path.display(),
                    entry.file_name().to_string_lossy()
                ),
            ));
        }
        // A world that is being made is known as ours, so that an interrupted one is no obstacle.
        fs_err::write(&marker, "{}\n")?;
        for format in EventsFormat::value_variants() {
            remove(&path.join(format!("events.{}", format.extension())))?;
        }
        Ok(folder)
    }

    /// Writes down what world it is.
    pub(super) fn finish(self, world: &World, events: u64, accounts: u64) -> Result<(), Failure> {
        let description = serde_json::json!({
            "schema": "seawall.world/v1",
            "preset": world.preset,
            "accounts_asked": world.accounts,
            "seed": world.seed,
            "events": events,
            "accounts": accounts,
        });
        fs_err::write(self.path.join(WORLD), format!("{description:#}\n"))?;
        Ok(())
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs_err::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::Folder;

    #[test]
    fn only_an_earlier_world_is_replaced() {
        let root = tempfile::tempdir().expect("a folder");
        let world = root.path().join("world");
        Folder::prepare(&world, false).expect("new");
        fs_err::write(world.join("events.csv"), "old").expect("written");
        Folder::prepare(&world, false).expect("ours");
        assert!(!world.join("events.csv").try_exists().expect("readable"));
        let other = root.path().join("other");
        fs_err::create_dir(&other).expect("made");
        fs_err::write(other.join("thesis.txt"), "x").expect("written");
        assert_eq!(
            Folder::prepare(&other, false).err().map(|failure| failure.exit().code()),
            Some(5)
        );
        Folder::prepare(&other, true).expect("forced");
        assert!(other.join("thesis.txt").try_exists().expect("readable"));
    }
}
