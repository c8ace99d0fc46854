//! `seawall decide`: allow, challenge or block, from the command line?

use std::{
    io::{BufRead, BufReader, BufWriter, Read as _, Write as _},
    path::PathBuf,
    sync::Arc,
};

use clap::Args;
use seawall_charts::text::counted;
use seawall_core::{
    decision::{
        Answer,
        exposed::Loaded,
        live::{Limits, Live},
        policy::{POLICY_BYTES_MAX, Policy},
        record::Record,
        scored::Ready,
        snapshot::{SNAPSHOT_BYTES_MAX, Snapshot},
    },
    event::{Event, LINE_BYTES_MAX},
    model::MODEL_BYTES_MAX,
    selector::Lists,
};
use seawall_engine::{
    output::{AtHand, SNAPSHOT},
    read::{LineReader, Sink},
};
use seawall_server::clock::now_milliseconds;

use crate::{
    console::Console,
    failure::{Exit, Failure, Outcome},
    progress::Progress,
    remote::Remote,
};

const EXAMPLES: &str = "\
Examples:
  seawall decide events.ndjson --run run
  zstdcat world/events.ndjson.zst | seawall decide - --run run --policy ours.toml
  seawall decide events.ndjson --run run --model model.bin
  seawall decide events.ndjson --server http://127.0.0.1:8080 --token-file token

An input is NDJSON, in the order in which things happened; `-` is standard input. Without a server,
decisions are made here and nothing is kept: what a server would have answered, had it seen these events
and no others. One decision a line.";

/// Lines sent to a server together.
const TOGETHER: usize = 500;

/// Allow, challenge or block
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// NDJSON of events, or - for standard input
    #[arg(value_name = "INPUT")]
    input: PathBuf,
    /// Run of `seawall detect`, folder or URL, to decide by
    #[arg(long, value_name = "DIR", conflicts_with = "server")]
    run: Option<PathBuf>,
    /// Policy [default: `seawall policy show`]
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    policy: Option<PathBuf>,
    /// Account model to ask about signups: `seawall train fit` writes one [default: none]
    #[arg(long, value_name = "FILE", conflicts_with = "server")]
    model: Option<PathBuf>,
    /// Selectors to track, 48 bytes each
    #[arg(long, value_name = "N", default_value_t = 1 << 20)]
    selectors: usize,
    /// Server to ask instead
    #[arg(long, value_name = "URL", requires = "token_file")]
    server: Option<String>,
    /// File of the token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// Say how many were decided how, and no more
    #[arg(long)]
    summary: bool,
}

/// How many were decided how.
#[derive(Default)]
struct Tally {
    answers: [u64; 3],
    rejected: u64,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console) -> Result<Outcome, Failure> {
    let mut progress = Progress::new(console.interactive);
    let mut tally = Tally::default();
    match &arguments.server {
        Some(server) => {
            let token_file = arguments.token_file.clone().unwrap_or_default();
            let remote = Remote::new(server, &token_file)?;
            ask(arguments, &remote, &mut tally, &mut progress, console)?;
        }
        None => decide_here(arguments, &mut tally, &mut progress, console)?,
    }
    progress.finish();
    let [allowed, challenged, blocked] = tally.answers;
    if arguments.summary {
        writeln!(console.data(), "allow {allowed}\nchallenge {challenged}\nblock {blocked}")?;
    }
    if tally.rejected > 0 {
        console.note(
            "rejected",
            counted(tally.rejected, "line that is no event", "lines that are no events"),
        )?;
    }
    Ok(Outcome::Done)
}

/// Opens an input of lines; `-` is standard input.
pub(super) fn input(path: &std::path::Path) -> Result<Box<dyn BufRead>, Failure> {
    if path.as_os_str() == "-" {
        return Ok(Box::new(BufReader::new(std::io::stdin())));
    }
    Ok(Box::new(BufReader::with_capacity(1 << 20, fs_err::File::open(path)?)))
}

/// Reads a line, no longer than any may be; `false` at the end.
pub(super) fn read_line(input: &mut dyn BufRead, line: &mut Vec<u8>) -> Result<bool, Failure> {
    line.clear();
    let limit = LINE_BYTES_MAX as u64 + 1;
    let read = input.take(limit).read_until(b'\n', line)?;
    while line.len() as u64 == limit && line.last() != Some(&b'\n') {
        // What is too long is read to its end, and rejected as it is.
        let mut rest = Vec::new();
        if input.take(limit).read_until(b'\n', &mut rest)? == 0 || rest.last() == Some(&b'\n') {
            break;
        }
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    }
    Ok(read > 0)
}

/// Reads a file, but no more of it than may be.
pub(super) fn read_capped(path: &std::path::Path, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let file = fs_err::File::open(path)?;
    std::io::copy(&mut file.take(bytes_max as u64), &mut bytes)?;
    Ok(bytes)
}

/// The snapshot of a run.
pub(super) fn read_snapshot(run: &std::path::Path) -> Result<Loaded, Failure> {
    let run = AtHand::new(run, &[SNAPSHOT])?;
    let bytes = read_capped(&run.folder().join(SNAPSHOT), SNAPSHOT_BYTES_MAX)?;
    Ok(Loaded::with_id(Snapshot::decode(&bytes)?, Snapshot::id(&bytes)))
}

/// An account model.
pub(super) fn read_model(path: &std::path::Path) -> Result<Ready, Failure> {
    Ready::decode(&read_capped(path, MODEL_BYTES_MAX)?)
        .map_err(|error| Failure::new(Exit::Usage, format!("{}: {error}", path.display())))
}

/// The snapshot and the policy that are asked for.
fn rules(arguments: &Arguments) -> Result<(Arc<Loaded>, Arc<Policy>), Failure> {
    let loaded = match &arguments.run {
        Some(run) => read_snapshot(run)?,
        None => Loaded::new(Snapshot::empty()),
    };
    let policy = match &arguments.policy {
        Some(path) => read_policy(path)?,
        None => Policy::standard(),
    };
    Ok((Arc::new(loaded), Arc::new(policy)))
}

/// Reads and checks a policy.
pub(super) fn read_policy(path: &std::path::Path) -> Result<Policy, Failure> {
    let mut text = String::new();
    fs_err::File::open(path)?.take(POLICY_BYTES_MAX as u64 + 1).read_to_string(&mut text)?;
    Policy::parse(&text)
        .map_err(|error| Failure::new(Exit::Usage, format!("{}: {error}", path.display())))
}

/// Observes the event of a line, and decides.
struct Decide<'a> {
    live: &'a mut Live,
    sequence: u64,
    record: Option<Record>,
}

impl Sink for Decide<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let received_at = now_milliseconds().div_euclid(1000);
        let inputs = self.live.observe(event, self.sequence, received_at);
        self.record = Some(self.live.decide(inputs));
    }
}

fn decide_here(
    arguments: &Arguments,
    tally: &mut Tally,
    progress: &mut Progress,
    console: &mut Console,
) -> Result<(), Failure> {
    let (loaded, policy) = rules(arguments)?;
    let limits = Limits { selectors_max: arguments.selectors, accounts_max: 10_000_000, secret: 0 };
    let mut live = Live::new(loaded, policy, Arc::new(Lists::default()), limits);
    let model = arguments.model.as_deref().map(read_model).transpose()?;
    live.set_model(model.map(Arc::new));
    let (lines, mut input) = (LineReader::default(), input(&arguments.input)?);
    let mut out = BufWriter::new(console.data());
    let mut line = Vec::new();
    for sequence in 0.. {
        if !read_line(&mut *input, &mut line)? {
            break;
        }
        let mut decide = Decide { live: &mut live, sequence, record: None };
        lines.read("input", &line, &mut decide);
        let Some(record) = decide.record else {
            tally.rejected += u64::from(!line.iter().all(u8::is_ascii_whitespace));
            continue;
        };
        tally.answers[record.decision.decision as usize] += 1;
        if !arguments.summary {
            let account = account_of(&line);
            let told = serde_json::json!({ "account": account, "answer": record.decision });
            writeln!(out, "{told}")?;
        }
        if sequence % 4096 == 0 {
            progress.events("deciding", sequence);
        }
    }
    out.flush()?;
    Ok(())
}

/// The account of a line that was read as an event: whose decision it is, for whoever asked.
fn account_of(line: &[u8]) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Account {
        account: String,
    }
    serde_json::from_slice::<Account>(line).ok().map(|own| own.account)
}

fn ask(
    arguments: &Arguments,
    remote: &Remote,
    tally: &mut Tally,
    progress: &mut Progress,
    console: &mut Console,
) -> Result<(), Failure> {
    let mut input = input(&arguments.input)?;
    let mut line = Vec::new();
    let mut events: Vec<String> = Vec::new();
    let mut done = 0;
    loop {
        let more = read_line(&mut *input, &mut line)?;
        let text = std::str::from_utf8(&line).map(str::trim).unwrap_or_default();
        if more && !text.is_empty() {
            events.push(text.to_owned());
        }
        if events.len() == TOGETHER || !more && !events.is_empty() {
            let body = format!("{{\"events\":[{}]}}", events.join(","));
            let answer = remote.post("/api/v1/decisions/batch", &body)?;
            for (decision, event) in
                answer["decisions"].as_array().into_iter().flatten().zip(&events)
            {
                count(tally, &decision["decision"]);
                if !arguments.summary {
                    let account = account_of(event.as_bytes());
                    let told = serde_json::json!({ "account": account, "answer": decision });
                    writeln!(console.data(), "{told}")?;
                }
            }
            done += events.len() as u64;
            events.clear();
            progress.events("asking", done);
        }
        if !more {
            return Ok(());
        }
    }
}

fn count(tally: &mut Tally, word: &serde_json::Value) {
    for answer in [Answer::Allow, Answer::Challenge, Answer::Block] {
        tally.answers[answer as usize] += u64::from(word == answer.as_str());
    }
}
