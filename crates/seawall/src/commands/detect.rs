//! `seawall detect`: which campaigns are in these logs?

mod plan;

use std::path::{Path, PathBuf};

use bytesize::ByteSize;
use clap::Args;
use seawall_charts::text::{count, counted, percent};
use seawall_core::campaign::{
    findings::{Findings, RunSummary},
    lineage::{Line, What},
};
use seawall_engine::{
    detect::Room,
    output::{self, Overwrite, Provenance, REPORT, RunWriter, StoredRun},
    resume::{Resume, Taken},
    state::{Keep, Night},
};

use crate::{
    config::{Settings, check_report_bits},
    console::Console,
    failure::{Failure, Outcome},
    format::Format,
    machine,
    pipeline::{self, Detected, Nightly, Request, Step},
    progress::Progress,
    table,
};

const EXAMPLES: &str = "\
Examples:
  seawall detect signups.ndjson.gz --out run
  seawall detect logs/ more/*.parquet --out run --threads 2
  zcat events.gz | seawall detect - --out run --map ours.toml
  seawall detect events.csv --out run --format csv --fail-on 1
  seawall detect logs/ --out run --dry-run
  seawall detect logs/ --out run --resume /data/work   (once more, should it be stopped)
  seawall detect 's3://logs/2026-03/*.parquet' --out s3://fraud/runs/march
  seawall detect night-2026-03-02.ndjson --state state --out runs/2026-03-02
  seawall detect logs/ --out run --reviews reviews.ndjson

An input is NDJSON, CSV or Parquet, also .gz or .zst; a folder stands for all of them in it, `-`
for standard input. Each event needs `time`, `type` and `account`; everything else helps.
s3://bucket/…, gs://bucket/… and az://container/… are read and written as folders are; who you are
comes from AWS_…, GOOGLE_… or AZURE_… in the environment.

With --resume what is done is kept, and the same command goes on from there after a stop: what was
read is not read again, and long steps are not done again. Other inputs or options are refused. The
folder holds hashes of accounts and values, no texts; it is deleted once the run is written.

Written to DIR: report.html (open it first), campaigns.ndjson, members.csv, selectors.ndjson,
rejects.ndjson, findings.json, snapshot.bin (for decisions), manifest.json.

With --state only new events are read: what earlier ones said is kept there as hashes, with ids of
accounts and masked texts. Campaigns keep their ids; `seawall history` tells what became of each.";

/// Trusted accounts that stay as the history unless a number is named: rates of one in a hundred thousand show.
const HISTORY_ACCOUNTS: usize = 1_000_000;

/// What people said and was not applied, in the notes; `findings.json` has all.
const REVIEWS_MAX: usize = 10;

/// Find campaigns in event logs
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Files, folders, patterns, the same by URL, or - for standard input
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<String>,
    /// Folder or URL for the results; made if absent, an earlier run in it is replaced
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Names of fields in the input (TOML: ours = "theirs")
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// Folder of lists: `disposable_domains.txt`, `hosting_*.txt`, `vpn_*.txt`, `hubs.txt`, `known_selectors.txt`
    #[arg(long, value_name = "DIR")]
    lists: Option<PathBuf>,
    /// Countries of addresses, for events that have none (`.mmdb`)
    #[arg(long, value_name = "FILE")]
    country_mmdb: Option<PathBuf>,
    /// Networks of addresses, for events that have none (`.mmdb`)
    #[arg(long, value_name = "FILE")]
    asn_mmdb: Option<PathBuf>,
    /// What people said of campaigns of earlier runs, as `seawall review export` writes it
    #[arg(long, value_name = "FILE")]
    reviews: Option<PathBuf>,
    /// Report campaigns from so many bits [default: 4]
    #[arg(long, value_name = "BITS")]
    report_bits: Option<f64>,
    /// Threads; the result is the same for any number [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Memory to use, such as 8GiB [default: three quarters of what is available]
    #[arg(long, value_name = "SIZE")]
    memory: Option<ByteSize>,
    /// Disk to use for what does not fit in memory [default: nine tenths of what is free]
    #[arg(long, value_name = "SIZE")]
    spill: Option<ByteSize>,
    /// Folder for what does not fit in memory [default: the one for temporary files]
    #[arg(long, value_name = "DIR")]
    spill_folder: Option<PathBuf>,
    /// Keep here what these events say, and judge them with what earlier ones said
    #[arg(long, value_name = "DIR", conflicts_with = "dry_run")]
    state: Option<PathBuf>,
    /// Let accounts go that nobody has heard of for so many days [default: never]
    #[arg(long, value_name = "DAYS", requires = "state", value_parser = clap::value_parser!(u32).range(1..))]
    window: Option<u32>,
    /// Trusted accounts beyond the window that stay as the history
    #[arg(long, value_name = "ACCOUNTS", requires = "window", default_value_t = HISTORY_ACCOUNTS)]
    history: usize,
    /// Folder that keeps what is done, from which the same command goes on after a stop
    #[arg(long, value_name = "DIR", conflicts_with_all = ["spill_folder", "state"])]
    resume: Option<PathBuf>,
    /// Show personal values in clear instead of masked
    #[arg(long)]
    reveal: bool,
    /// Form of the campaigns on standard output
    #[arg(long, value_enum, default_value_t)]
    format: Format,
    /// End with exit code 6 where there are at least N campaigns
    #[arg(long, value_name = "N")]
    fail_on: Option<usize>,
    /// Tell what it would take of memory, disk and time, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Write to DIR even though it holds something else
    #[arg(long)]
    force: bool,
}

pub(crate) fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    let room = room(arguments);
    let request = request(arguments, settings, room.clone())?;
    if arguments.dry_run {
        plan::tell(&request, &room, arguments.format, console)?;
        return Ok(Outcome::Done);
    }
    plan::check(&request, &room)?;
    let overwrite = if arguments.force { Overwrite::Force } else { Overwrite::OwnRun };
    let findings = detect_into(&request, &arguments.out, overwrite, console)?;
    let width = console.width;
    table::write(console.data(), &findings, arguments.format, width)?;
    notes(&findings.run, &arguments.out, console)?;
    let limit = arguments.fail_on.filter(|limit| findings.campaigns.len() >= (*limit).max(1));
    Ok(if limit.is_some() { Outcome::Findings } else { Outcome::Done })
}

fn request(arguments: &Arguments, settings: &Settings, room: Room) -> Result<Request, Failure> {
    let report_bits = arguments.report_bits.unwrap_or(settings.report_bits);
    check_report_bits(report_bits)?;
    let either = |flag: &Option<PathBuf>, setting: &Option<PathBuf>| {
        flag.clone().or_else(|| setting.clone())
    };
    Ok(Request {
        inputs: arguments.inputs.clone(),
        map: either(&arguments.map, &settings.map),
        lists: either(&arguments.lists, &settings.lists),
        country_mmdb: either(&arguments.country_mmdb, &settings.country_mmdb),
        asn_mmdb: either(&arguments.asn_mmdb, &settings.asn_mmdb),
        reviews: arguments.reviews.clone(),
        report_bits,
        threads: threads(arguments.threads.unwrap_or(settings.threads)),
        reveal: arguments.reveal,
        room: Some(room),
        nightly: arguments.state.clone().map(|folder| Nightly {
            folder,
            keep: Keep { window_days: arguments.window, history_accounts: arguments.history },
        }),
        resume: arguments.resume.clone(),
    })
}

fn room(arguments: &Arguments) -> Room {
    let resume = arguments.resume.as_deref();
    let all = machine::room(resume.or(arguments.spill_folder.as_deref()));
    // What is kept already is part of what may be.
    let spill_bytes = all.spill_bytes.saturating_add(resume.map_or(0, Resume::bytes_in));
    Room {
        memory_bytes: arguments.memory.map_or(all.memory_bytes, |size| size.as_u64()),
        spill_bytes: arguments.spill.map_or(spill_bytes, |size| size.as_u64()),
        spill: all.spill,
    }
}

/// 0 stands for one thread for each core.
pub(super) fn threads(asked: usize) -> usize {
    if asked > 0 {
        return asked.min(1024);
    }
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// Detects and writes the run; nothing half-written is left where it fails.
pub(super) fn detect_into(
    request: &Request,
    directory: &Path,
    overwrite: Overwrite,
    console: &mut Console,
) -> Result<Findings, Failure> {
    let mut writer = RunWriter::create(directory, overwrite)?;
    if let Some(folder) = request.resume.as_deref().filter(|folder| Resume::bytes_in(folder) > 0) {
        console.note("going on", format!("from what {} keeps", folder.display()))?;
    }
    let mut progress = Progress::new(console.interactive);
    let mut failed: Option<output::Error> = None;
    let detected = pipeline::detect(
        request,
        &mut |reject| {
            if failed.is_none() {
                failed = writer.reject(&reject).err();
            }
        },
        &mut |step| show(&mut progress, step),
    );
    if let Some(error) = failed {
        progress.finish();
        return Err(error.into());
    }
    let Detected {
        mut findings,
        members,
        snapshot,
        inputs,
        knowledge,
        bad_list_lines,
        ignored,
        night,
        resume,
    } = detected.inspect_err(|_| progress.finish())?;
    findings.run.rejects = writer.rejects();
    progress.stage("writing the report");
    let report = seawall_documents::report_html(&findings);
    let mut config = config(request);
    if let Some((_, night)) = &night {
        config.insert("night".to_owned(), night.number().into());
    }
    let provenance = Provenance { config, inputs, knowledge };
    let written = writer.finish(&findings, &members, &snapshot, &report, provenance);
    progress.finish();
    written?;
    // Only now: a night whose findings nobody has is one that can be had again.
    if let Some((state, night)) = night {
        console.note("night", tonight(&night))?;
        state.commit(night)?;
    }
    if let Some(resume) = resume {
        taken_up(resume.taken(), console)?;
        resume.finish()?;
    }
    for (list, lines) in bad_list_lines {
        console.note(&list, format!("{} that are no entry", counted(lines, "line", "lines")))?;
    }
    if !ignored.is_empty() {
        console.note("passed over", passed_over(&ignored))?;
    }
    Ok(findings)
}

/// What a night changed, in a line.
fn tonight(night: &Night) -> String {
    let happened = |what: What| {
        let own = |line: &&Line| {
            line.history.iter().any(|own| own.night == night.number() && own.what == what)
        };
        night.lineage().lines().iter().filter(own).count()
    };
    format!(
        "{}: {} new, {} grew, {} became part of others, {} ended",
        night.number(),
        counted(happened(What::Born) as u64, "campaign", "campaigns"),
        happened(What::Grew),
        happened(What::MergedInto),
        happened(What::Ended)
    )
}

/// Says what of earlier work this run rests on.
fn taken_up(taken: &Taken, console: &mut Console) -> Result<(), Failure> {
    if taken.damaged {
        console
            .note("damaged", "some of what was kept was not as it was written; it was made anew")?;
    }
    if taken.events == 0 && taken.parts.is_empty() {
        return Ok(());
    }
    let events = counted(taken.events, "event", "events");
    let parts = taken.parts.iter().cloned();
    console.note("taken up", std::iter::once(events).chain(parts).collect::<Vec<_>>().join(", "))
}

/// Files of a folder or pattern that were not read, by name as far as there is room.
fn passed_over(ignored: &[PathBuf]) -> String {
    let names: Vec<String> =
        ignored.iter().take(3).map(|path| path.display().to_string()).collect();
    let more = if ignored.len() > names.len() { ", …" } else { "" };
    format!("{}: {}{more}", counted(ignored.len() as u64, "file", "files"), names.join(", "))
}

pub(super) fn show(progress: &mut Progress, step: Step<'_>) {
    match step {
        Step::Reading(done, total, events) => progress.bytes("reading", done, total, events),
        Step::Stage(name) => progress.stage(name),
        Step::Writing(events) => progress.events("writing the world", events),
    }
}

/// What bears on the result, and nothing else: not the number of threads, not where files lie.
fn config(request: &Request) -> serde_json::Map<String, serde_json::Value> {
    let mut config = serde_json::Map::new();
    let name = |path: &Option<PathBuf>| {
        path.as_ref()
            .and_then(|path| path.file_name())
            .map(|name| name.to_string_lossy().into_owned())
    };
    config.insert("report_bits".to_owned(), request.report_bits.into());
    config.insert("reveal".to_owned(), request.reveal.into());
    let files = [
        ("map", &request.map),
        ("lists", &request.lists),
        ("country_mmdb", &request.country_mmdb),
        ("asn_mmdb", &request.asn_mmdb),
        ("reviews", &request.reviews),
    ];
    if let Some(Nightly { keep, .. }) = &request.nightly {
        config.insert("window_days".to_owned(), keep.window_days.into());
        config.insert("history_accounts".to_owned(), keep.history_accounts.into());
    }
    for (key, path) in files {
        if let Some(name) = name(path) {
            config.insert(key.to_owned(), name.into());
        }
    }
    config
}

/// What people should know beside the campaigns.
pub(super) fn notes(
    run: &RunSummary,
    directory: &Path,
    console: &mut Console,
) -> Result<(), Failure> {
    console.note(
        "read",
        format!(
            "{} of {}",
            counted(run.events, "event", "events"),
            counted(run.accounts, "account", "accounts")
        ),
    )?;
    let stored = StoredRun::open(directory)?;
    if run.rejects > 0 {
        let share = percent(run.rejects as f64 / run.events.max(1) as f64);
        let path = stored.path(output::REJECTS);
        console.note(
            "rejects",
            format!("{} ({share} of the events), listed in {}", count(run.rejects), path.display()),
        )?;
    }
    let applied = run.reviews.iter().filter(|own| own.applied).count();
    if !run.reviews.is_empty() {
        console.note("reviews", format!("{applied} of {} applied", run.reviews.len()))?;
    }
    for own in run.reviews.iter().filter(|own| !own.applied).take(REVIEWS_MAX) {
        console.note("not applied", format!("{} {}: {}", own.campaign, own.said, own.why))?;
    }
    console.note("report", stored.path(REPORT).display())
}

#[cfg(test)]
mod tests {
    use super::{Request, config, threads};

    #[test]
    fn the_manifest_does_not_depend_on_the_machine() {
        let request = |threads, folder: &str| Request {
            map: Some(format!("{folder}/ours.toml").into()),
            report_bits: 4.0,
            threads,
            ..Request::default()
        };
        assert_eq!(config(&request(1, "/tmp/one")), config(&request(8, "/var/two")));
    }

    #[test]
    fn no_number_of_threads_is_one_for_each_core() {
        assert!(threads(0) >= 1);
        assert_eq!(threads(3), 3);
        assert_eq!(threads(usize::MAX), 1024);
    }
}
