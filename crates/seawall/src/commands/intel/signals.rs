//! `seawall intel signals`: what do other sites say of single accounts?

use std::{
    collections::BTreeMap,
    io::Read as _,
    path::{Path, PathBuf},
};

use clap::Args;
use seawall_intel::signals::Refusal;
use seawall_server::signals::{Book, BookError, Taken};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    case::Rows,
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    intel::{Login, Place},
    lookup::taxii::Server,
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall intel signals tokens.txt
  seawall intel signals --poll https://idp.example/ssf/poll --token-file token

Security event tokens (RFC 8417) of RISC and CAEP: one a line, or as a transmitter answers who polls (RFC 8936). Whose
are taken, and their keys, stands in `signals.toml` in the data directory. A running server takes them at
/api/v1/signals (RFC 8935); while it runs, nobody else does. What follows is kept beside what was imported, and is
evidence with a source: `seawall intel match` looks for it.";

/// Longest file.
const FILE_BYTES_MAX: u64 = 1 << 30;
/// Tokens that are asked for at once, and pages of them.
const TOGETHER: usize = 500;
const PAGES_MAX: usize = 100_000;

/// Take in what other sites say of single accounts
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Files of tokens
    #[arg(value_name = "FILE", required_unless_present = "poll")]
    files: Vec<PathBuf>,
    /// URL to poll
    #[arg(long, value_name = "URL", conflicts_with = "files")]
    poll: Option<String>,
    #[command(flatten)]
    login: Login,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What a transmitter answers who polls (RFC 8936, 2.3), by the ids of the tokens.
#[derive(Deserialize)]
struct Page {
    sets: BTreeMap<String, String>,
    #[serde(default, rename = "moreAvailable")]
    more_available: bool,
}

/// What who polls asks for and acknowledges (2.2).
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
struct Poll {
    max_events: usize,
    return_immediately: bool,
    ack: Vec<String>,
    set_errs: BTreeMap<String, serde_json::Value>,
}

/// What became of tokens.
#[derive(Default)]
struct Counts {
    new: u64,
    present: u64,
    refused: BTreeMap<String, u64>,
}

pub(super) fn run(
    arguments: &Arguments,
    place: &Place,
    console: &mut Console,
) -> Result<(), Failure> {
    let book = Book::open(place.data()).map_err(failure)?;
    let mut progress = Progress::new(console.interactive);
    let mut rows = Rows::new("seawall.intel.signals/v1", &["from", "new", "present", "refused"]);
    let mut refused: BTreeMap<String, u64> = BTreeMap::new();
    let mut add = |from: &str, counts: Counts| {
        let count: u64 = counts.refused.values().sum();
        rows.push(vec![json!(from), json!(counts.new), json!(counts.present), json!(count)]);
        for (why, count) in counts.refused {
            *refused.entry(why).or_default() += count;
        }
    };
    for file in &arguments.files {
        progress.stage(&format!("reading {}", file.display()));
        let mut counts = Counts::default();
        for token in tokens(file)? {
            take(&book, &token, place, &mut counts)?;
        }
        add(&file.display().to_string(), counts);
    }
    if let Some(url) = &arguments.poll {
        let server = Server::of(url, &arguments.login.credentials()?)?;
        add(url, poll(&server, &book, place, &mut progress)?);
    }
    progress.finish();
    rows.write(arguments.format, console)?;
    for (why, count) in refused {
        console.note("refused", format!("{count}: {why}"))?;
    }
    Ok(())
}

fn failure(error: BookError) -> Failure {
    match error {
        BookError::Nobody => Failure::new(Exit::NoInput, error),
        other => other.into(),
    }
}

/// The tokens of a file: one a line, or the answer of a transmitter.
fn tokens(file: &Path) -> Result<Vec<String>, Failure> {
    let mut text = String::new();
    fs_err::File::open(file)?.take(FILE_BYTES_MAX).read_to_string(&mut text)?;
    if text.trim_start().starts_with('{') {
        let page: Page = serde_json::from_str(&text).map_err(|_| {
            let text = format!("`{}` has no `sets` as of RFC 8936", file.display());
            Failure::new(Exit::NoInput, text)
        })?;
        return Ok(page.sets.into_values().collect());
    }
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    Ok(lines.map(ToOwned::to_owned).collect())
}

/// Takes a token; why it was refused, where it was.
fn take(
    book: &Book,
    token: &str,
    place: &Place,
    counts: &mut Counts,
) -> Result<Option<Refusal>, Failure> {
    let told = match book.take(token, place.now()?) {
        Ok(told) => told,
        Err(BookError::Refused(refusal)) => {
            *counts.refused.entry(refusal.to_string()).or_default() += 1;
            return Ok(Some(refusal));
        }
        Err(error) => return Err(failure(error)),
    };
    let ended = |_| Failure::new(Exit::Failed, "the journal was closed");
    match told.blocking_recv().map_err(ended)?.map_err(BookError::Store)? {
        Taken::New => counts.new += 1,
        Taken::Present => counts.present += 1,
    }
    Ok(None)
}

/// Polls until there is no more. What is on the disk is acknowledged with the next poll.
fn poll(
    server: &Server,
    book: &Book,
    place: &Place,
    progress: &mut Progress,
) -> Result<Counts, Failure> {
    let mut counts = Counts::default();
    let mut poll = Poll { max_events: TOGETHER, return_immediately: true, ..Poll::default() };
    for number in 1..=PAGES_MAX {
        progress.stage(&format!("page {number}"));
        let page: Page = server.poll(&serde_json::to_vec(&poll)?)?;
        let before = counts.new;
        (poll.ack, poll.set_errs) = Default::default();
        for (id, token) in &page.sets {
            match take(book, token, place, &mut counts)? {
                None => poll.ack.push(id.clone()),
                Some(refusal) => {
                    let error = json!({"err": refusal.code(), "description": refusal.to_string()});
                    poll.set_errs.insert(id.clone(), error);
                }
            }
        }
        // One that gives what it was told we have has nothing else to give.
        if page.sets.is_empty() || !page.more_available || counts.new == before {
            break;
        }
    }
    if !(poll.ack.is_empty() && poll.set_errs.is_empty()) {
        poll.max_events = 0;
        let _: serde_json::Value = server.poll(&serde_json::to_vec(&poll)?)?;
    }
    Ok(counts)
}
