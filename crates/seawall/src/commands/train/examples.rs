//! `seawall train examples`: what was at hand when labelled accounts signed up?

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::Args;
use seawall_charts::text::counted;
use seawall_core::{
    decision::{
        live::{Limits, Live},
        policy::Policy,
    },
    event::Event,
    selector::Lists,
};
use seawall_engine::{
    output::StoredRun,
    read::{LineReader, Sink},
    train::{Examples, Gather, Labels, Word},
};
use seawall_server::service;

use super::write_whole;
use crate::{
    commands::decide::{input, read_line, read_snapshot},
    console::Console,
    failure::{Exit, Failure},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall train examples march.ndjson --run february --campaigns march --trusted trusted.txt --out march.examples
  seawall train examples march.ndjson --run february --labels labels.ndjson --out march.examples
  seawall train examples --data seawall-data --out server.examples

An input is NDJSON in the order of time; it is read twice, so it is a file. `--run` is a detection
over what came before: signups that it saw itself leave no example. With `--data`, examples are of
the decisions that a server made, as it made them, and of its labels.

A label is a line of JSON: {\"account\": ..., \"label\": \"fraudulent\", \"genuine\" or \"exonerated\"}, with a
\"campaign\" where it is known. Of a campaign, one word for all its accounts is enough.";

/// Gather what was at hand when labelled accounts signed up
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// NDJSON of events
    #[arg(
        value_name = "INPUT",
        required_unless_present = "data",
        conflicts_with = "data",
        requires = "run"
    )]
    input: Option<PathBuf>,
    /// Run of `seawall detect` over what came before
    #[arg(long, value_name = "DIR", conflicts_with = "data")]
    run: Option<PathBuf>,
    /// Folder of a server; it may be running
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// What people said of accounts
    #[arg(long, value_name = "FILE")]
    labels: Option<PathBuf>,
    /// Later run of `seawall detect`, whose campaigns are what operations look like
    #[arg(long, value_name = "DIR")]
    campaigns: Option<PathBuf>,
    /// Bits that such a campaign has at least
    #[arg(long, value_name = "BITS", default_value_t = 8.0)]
    campaign_bits: f64,
    /// Accounts that the site trusts, one a line, beside those whose events say so
    #[arg(long, value_name = "FILE")]
    trusted: Option<PathBuf>,
    /// Selectors to track, 48 bytes each
    #[arg(long, value_name = "N", default_value_t = 1 << 20)]
    selectors: usize,
    /// File to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Share of clusters as strong that chance alone would make, at most, for a campaign to be learned from.
const DECOY_Q_MAX: f64 = 0.001;

pub(super) fn run(arguments: &Arguments, console: &mut Console) -> Result<(), Failure> {
    let mut progress = Progress::new(console.interactive);
    let mut labels = Labels::default();
    if let Some(run) = &arguments.campaigns {
        progress.stage("reading campaigns");
        of_campaigns(run, arguments.campaign_bits, &mut labels)?;
    }
    if let Some(path) = &arguments.trusted {
        each_line(path, |line| {
            labels.add(line, Word::Trusted, None);
            Ok(())
        })?;
    }
    if let Some(path) = &arguments.labels {
        each_line(path, |line| of_label(line, &mut labels))?;
    }
    let examples = match (&arguments.data, &arguments.input, &arguments.run) {
        (Some(data), ..) => service::examples(data, &mut labels, &mut |entries| {
            progress.events("reading the journal", entries);
        })?,
        (None, Some(path), Some(run)) => {
            replay(arguments, path, run, &mut labels, &mut progress, console)?
        }
        _ => return Err(Failure::new(Exit::Usage, "an input needs --run, or else --data")),
    };
    progress.finish();
    let fraudulent = examples.examples.iter().filter(|own| own.word.is_fraudulent()).count();
    let people = examples.examples.len() - fraudulent;
    console.note("operations", counted(fraudulent as u64, "account", "accounts"))?;
    console.note("people", counted(people as u64, "account", "accounts"))?;
    write_whole(&arguments.out, &examples.encode())?;
    writeln!(console.data(), "{}", arguments.out.display())?;
    Ok(())
}

/// Members of campaigns that are strong enough, and that no chance made.
fn of_campaigns(run: &Path, bits_min: f64, labels: &mut Labels) -> Result<(), Failure> {
    let run = StoredRun::open(run)?;
    let findings = run.findings()?;
    let strong =
        findings.campaigns.iter().filter(|own| own.bits >= bits_min && own.decoy_q <= DECOY_Q_MAX);
    let strong: std::collections::BTreeSet<&str> =
        strong.map(|own| own.campaign.as_str()).collect();
    run.each_member(&mut |row| {
        if strong.contains(row.member.campaign.as_str()) {
            labels.add(&row.member.account, Word::Member, Some(&row.member.campaign));
        }
    })?;
    Ok(())
}

/// Hands on each line that is not empty.
fn each_line(
    path: &Path,
    mut take: impl FnMut(&str) -> Result<(), &'static str>,
) -> Result<(), Failure> {
    let (mut input, mut line) = (input(path)?, Vec::new());
    for number in 1_u64.. {
        if !read_line(&mut *input, &mut line)? {
            break;
        }
        let text = std::str::from_utf8(&line).map(str::trim).map_err(|_| "not UTF-8");
        let taken = text.and_then(|text| if text.is_empty() { Ok(()) } else { take(text) });
        taken.map_err(|why| {
            Failure::new(Exit::Usage, format!("{}: line {number} is {why}", path.display()))
        })?;
    }
    Ok(())
}

/// A line of labels.
#[derive(serde::Deserialize)]
struct Line {
    account: String,
    label: service::LabelWord,
    #[serde(default)]
    campaign: Option<String>,
}

fn of_label(line: &str, labels: &mut Labels) -> Result<(), &'static str> {
    let Line { account, label, campaign } = serde_json::from_str(line).map_err(
        |_| "no label\nhint: {\"account\": ..., \"label\": fraudulent, genuine, exonerated or undecided}",
    )?;
    let word = match label {
        service::LabelWord::Fraudulent => Word::Fraudulent,
        service::LabelWord::Genuine => Word::Genuine,
        service::LabelWord::Exonerated => Word::Exonerated,
        service::LabelWord::Undecided => {
            labels.withdraw(&account);
            return Ok(());
        }
    };
    labels.add(&account, word, campaign.as_deref());
    Ok(())
}

/// Takes the site's own word of trust.
struct Trust<'a>(&'a mut Labels);

impl Sink for Trust<'_> {
    fn event(&mut self, event: &Event<'_>) {
        if event.trusted == Some(true) {
            self.0.add(event.account, Word::Trusted, None);
        }
    }
}

/// Reads all lines of an input; returns how many were no events.
fn read_all(
    path: &Path,
    stage: &str,
    sink: &mut dyn Sink,
    progress: &mut Progress,
) -> Result<u64, Failure> {
    let lines = LineReader::default();
    let (mut input, mut line, mut rejected) = (input(path)?, Vec::new(), 0);
    for number in 1_u64.. {
        if !read_line(&mut *input, &mut line)? {
            break;
        }
        rejected += lines.read("input", &line, sink).len() as u64;
        if number.is_multiple_of(4096) {
            progress.events(stage, number);
        }
    }
    Ok(rejected)
}

fn replay(
    arguments: &Arguments,
    path: &Path,
    run: &Path,
    labels: &mut Labels,
    progress: &mut Progress,
    console: &mut Console,
) -> Result<Examples, Failure> {
    let loaded = Arc::new(read_snapshot(run)?);
    read_all(path, "looking who is trusted", &mut Trust(labels), progress)?;
    let limits = Limits { selectors_max: arguments.selectors, accounts_max: 10_000_000, secret: 0 };
    let policy = Policy::standard();
    let live = Live::new(loaded, Arc::new(Policy::standard()), Arc::new(Lists::default()), limits);
    let source = path.file_name().unwrap_or_default().to_string_lossy();
    let mut gather = Gather::new(live, labels, &policy, &source);
    let rejected = read_all(path, "replaying", &mut gather, progress)?;
    for (label, events, why) in [
        ("rejected", rejected, "that are no events, or not whole"),
        ("out of order", gather.late, "that came after a later one, and leave no example"),
    ] {
        if events > 0 {
            console.note(label, format!("{} {why}", counted(events, "line", "lines")))?;
        }
    }
    if gather.known > 0 {
        console.note(
            "left out",
            format!(
                "{} that the detection of --run saw itself",
                counted(gather.known, "labelled signup", "labelled signups")
            ),
        )?;
    }
    Ok(gather.into_examples())
}
