//! `seawall verify`: does a bundle hold, without trusting anyone who made it?

use std::{path::PathBuf, sync::Arc};

use clap::{Args, ValueEnum};
use seawall_evidence::{
    note::Verifier,
    storage::Folder,
    verify::{self, Level, Options, Outcome as Result_, Report},
};

use crate::{
    case::read_file,
    console::Console,
    failure::{Exit, Failure, Outcome},
    knowledge::Given,
    progress::Progress,
};

mod rerun;

const EXAMPLES: &str = "\
Examples:
  seawall verify bundle
  seawall verify bundle --level 2 --checkpoint printed-in-the-declaration.txt
  seawall verify bundle --level 3 --format json
  seawall verify bundle --level 3 --knowledge lists --knowledge asn.mmdb

Levels: 0 the bag, the log, seals and approvals; 1 figures and documents; 2 the sealed data;
3 the detector again. A level includes those below it. No network is used, at any level.

Exit codes: 0 every check passed, 2 wrong usage, 3 something that the level needs is not there,
6 a number differs, 7 a byte, a hash, a signature, an order or an approval is not what it was.";

/// Longest checkpoint and key that are read.
const NOTE_BYTES_MAX: u64 = 64 << 10;

/// Check a bundle, trusting nobody
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Folder of the bundle
    #[arg(value_name = "BUNDLE")]
    bundle: PathBuf,
    /// How far to look
    #[arg(long, value_name = "LEVEL", default_value_t = 1, value_parser = clap::value_parser!(u8).range(0..=3))]
    level: u8,
    /// A checkpoint that you know from before: this log must go on from it
    #[arg(long, value_name = "FILE")]
    checkpoint: Option<PathBuf>,
    /// The key of the log, as you know it from elsewhere
    #[arg(long, value_name = "KEY")]
    log_key: Option<Verifier>,
    /// A certificate of a time-stamp authority that you trust, as DER
    #[arg(long = "certificate", value_name = "FILE")]
    certificates: Vec<PathBuf>,
    /// Lists and databases that a run used and that are not in the bundle, or folders of them, for level 3
    #[arg(long, value_name = "PATH")]
    knowledge: Vec<PathBuf>,
    /// Form of the report
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// Form of a report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
enum Form {
    /// One line a check
    #[default]
    Text,
    /// One document
    Json,
    /// One check a line
    Ndjson,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    if !arguments.bundle.try_exists()? {
        return Err(Failure::new(
            Exit::Usage,
            format!("there is no bundle at `{}`", arguments.bundle.display()),
        ));
    }
    let read = |path: &PathBuf| read_file(path, NOTE_BYTES_MAX);
    let older = arguments.checkpoint.as_ref().map(read).transpose()?;
    let certificates: Vec<Vec<u8>> =
        arguments.certificates.iter().map(read).collect::<Result<_, _>>()?;
    let given = Given::new(&arguments.knowledge)?;
    let rerun = |_: &_, manifest: &[u8]| rerun::rerun(&arguments.bundle, &given, manifest);
    let options = Options {
        level: match arguments.level {
            0 => Level::Zero,
            1 => Level::One,
            2 => Level::Two,
            _ => Level::Three,
        },
        older: older.as_deref(),
        log_key: arguments.log_key.as_ref().map(Verifier::key),
        certificates: &certificates,
        rerun: Some(&rerun),
    };
    let mut progress = Progress::new(console.interactive);
    progress.stage("checking the bundle");
    let report = verify::verify(Arc::new(Folder::new(&arguments.bundle)), &options);
    progress.finish();
    let report = report?;
    say(&report, arguments.format, console)?;
    match report.exit_code() {
        0 => Ok(Outcome::Done),
        3 => Err(Failure::new(
            Exit::NoInput,
            count(&report, "could not be made", |outcome| outcome == Result_::Skip),
        )),
        6 => Err(Failure::new(Exit::Findings, count(&report, "failed", failed))),
        _ => Err(Failure::new(Exit::Integrity, count(&report, "failed", failed))),
    }
}

const fn failed(outcome: Result_) -> bool {
    matches!(outcome, Result_::Fail(_))
}

fn count(report: &Report, what: &str, which: impl Fn(Result_) -> bool) -> String {
    let found: Vec<&str> = report
        .checks
        .iter()
        .filter(|check| which(check.outcome))
        .map(|check| check.id.as_str())
        .collect();
    let shown = found.iter().take(5).copied().collect::<Vec<_>>().join(", ");
    let more = if found.len() > 5 { ", …" } else { "" };
    format!("{} of {} checks {what}: {shown}{more}", found.len(), report.checks.len())
}

fn say(report: &Report, form: Form, console: &mut Console) -> Result<(), Failure> {
    let out = console.data();
    match form {
        Form::Text => {
            for check in &report.checks {
                writeln!(out, "{}", seawall_charts::text::visible(&check.to_string(), 2_000))?;
            }
        }
        Form::Json => {
            let document = serde_json::json!({
                "schema": "seawall.verify/v1", "exit_code": report.exit_code(), "checks": report.checks,
            });
            serde_json::to_writer_pretty(&mut *out, &document)?;
            writeln!(out)?;
        }
        Form::Ndjson => {
            for check in &report.checks {
                serde_json::to_writer(&mut *out, check)?;
                writeln!(out)?;
            }
        }
    }
    Ok(())
}
