//! `seawall demo`: what does it look like when it works?

use std::path::{Path, PathBuf};

use clap::Args;
use seawall_charts::text::counted;
use seawall_core::campaign::findings::Findings;
use seawall_engine::output::{Overwrite, REPORT};

use super::{
    detect::{detect_into, show, threads},
    simulate::{self, Folder},
};
use crate::{
    config::Settings,
    console::Console,
    failure::{Failure, Outcome},
    format::Format,
    pipeline::{self, Request, World},
    progress::Progress,
    table,
};

const EXAMPLES: &str = "\
Examples:
  seawall demo
  seawall demo --accounts 200000 --seed 7 --out /tmp/demo

Everything in it is synthetic. The folder then holds the log (events.ndjson.zst), the truth
(truth.csv) and the run (run/report.html).";

/// Make a synthetic world, detect in it, and show the result
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Benign accounts that sign up
    #[arg(long, value_name = "N", default_value_t = 50_000)]
    accounts: u64,
    /// The same seed makes the same world
    #[arg(long, value_name = "S", default_value_t = 7)]
    seed: u64,
    /// Folder for the world and the run; an earlier demo in it is replaced
    #[arg(long, value_name = "DIR", default_value = "seawall-demo")]
    out: PathBuf,
}

pub(crate) fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let Arguments { accounts, seed, out } = arguments;
    let run = out.join("run");
    let findings = make(out, &run, (*accounts, *seed), settings, console)?;
    let width = console.width;
    table::write(console.data(), &findings, Format::Table, width)?;
    console.note("report", run.join(REPORT).display())?;
    console.hint(format!(
        "look closer: seawall explain ACCOUNT --run {}   (accounts are in its members.csv)",
        run.display()
    ))?;
    console.hint("now your own log: seawall detect YOUR-LOG --out my-run")?;
    Ok(Outcome::Done)
}

/// Makes a world of so many accounts and a seed in a folder, and detects in it. An earlier world, or run, is replaced.
pub(super) fn make(
    out: &Path,
    run: &Path,
    (accounts, seed): (u64, u64),
    settings: &Settings,
    console: &mut Console,
) -> Result<Findings, Failure> {
    let folder = Folder::prepare(out, false)?;
    let world = World {
        preset: "standard".to_owned(),
        accounts,
        seed,
        activity: 1.0,
        events: out.join("events.ndjson.zst"),
        truth: out.join(simulate::TRUTH),
    };
    let mut progress = Progress::new(console.interactive);
    let made = pipeline::simulate(&world, &mut |step| show(&mut progress, step));
    progress.finish();
    let (events, accounts) = made?;
    folder.finish(&world, events, accounts)?;
    console.note(
        "world",
        format!(
            "{} of {}, written to {}",
            counted(events, "event", "events"),
            counted(accounts, "account", "accounts"),
            world.events.display()
        ),
    )?;
    let request = Request {
        inputs: vec![world.events.to_string_lossy().into_owned()],
        report_bits: settings.report_bits,
        threads: threads(settings.threads),
        ..Request::default()
    };
    detect_into(&request, run, Overwrite::OwnRun, console)
}
