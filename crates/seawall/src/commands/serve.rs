//! `seawall serve`: who answers a site when somebody signs up?

use std::{net::SocketAddr, path::PathBuf};

use clap::Args;
use seawall_charts::text::{count, counted};
use seawall_engine::output::{AtHand, SNAPSHOT};
use seawall_server::{
    ServeOptions,
    access::{Scope, Tokens},
    serve,
    service::{Options, Started},
};

use super::detect::threads;
use crate::{
    config::Settings,
    console::Console,
    failure::{Exit, Failure, Outcome},
    progress::Progress,
};

const EXAMPLES: &str = "\
Examples:
  seawall serve --data seawall-data --new-token site --scope decide --scope events
  seawall serve --data seawall-data --run run
  seawall serve --data seawall-data --listen 127.0.0.1:8080 --selectors 8000000

The API is described at /api/v1/openapi.json. Each request has a token: `Authorization: Bearer …`. A
token is shown once, when it is made. There is no TLS: put a proxy that has it in front.

Whatever is acknowledged is in the journal first. The state is read from the journal at every start.";

/// Answer decisions over HTTP
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Folder where everything is kept
    #[arg(long, value_name = "DIR", default_value = "seawall-data")]
    data: PathBuf,
    /// Run of `seawall detect`, folder or URL, to decide by from now on [default: the one before]
    #[arg(long, value_name = "DIR")]
    run: Option<PathBuf>,
    /// Address and port
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Selectors to track, 48 bytes each [default: as before, or 4194304]
    #[arg(long, value_name = "N")]
    selectors: Option<u64>,
    /// Accounts to know, some 300 bytes each [default: as before, or 1000000]
    #[arg(long, value_name = "N")]
    accounts: Option<u64>,
    /// Requests that may wait before others are told to come again
    #[arg(long, value_name = "N", default_value_t = 8192)]
    waiting: usize,
    /// Threads that answer [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Make a token of this name, show it, and end; one of the same name stops working
    #[arg(long, value_name = "NAME", requires = "scope")]
    new_token: Option<String>,
    /// What the token is for: decide, events, label, read, metrics, admin
    #[arg(long, value_name = "SCOPE", requires = "new_token")]
    scope: Vec<String>,
}

pub(crate) fn run(
    arguments: &Arguments,
    settings: &Settings,
    console: &mut Console,
) -> Result<Outcome, Failure> {
    if let Some(name) = &arguments.new_token {
        return new_token(arguments, name, console);
    }
    let run = arguments.run.as_ref().map(|run| AtHand::new(run, &[SNAPSHOT])).transpose()?;
    let options = ServeOptions {
        listen: arguments.listen,
        service: Options {
            data: arguments.data.clone(),
            snapshot: run.as_ref().map(|run| run.folder().join(SNAPSHOT)),
            selectors_max: arguments.selectors,
            accounts_max: arguments.accounts,
            waiting_max: arguments.waiting,
        },
        threads: threads(arguments.threads.unwrap_or(settings.threads)),
    };
    let mut progress = Progress::new(console.interactive);
    let mut told = Ok(());
    let mut entries_done = |done, _| progress.events("reading the journal", done);
    serve(&options, &mut entries_done, &mut |address, started| {
        told = tell(console, address, started);
    })?;
    told?;
    Ok(Outcome::Done)
}

fn new_token(arguments: &Arguments, name: &str, console: &mut Console) -> Result<Outcome, Failure> {
    let scopes: Option<Vec<Scope>> =
        arguments.scope.iter().map(|word| Scope::parse(word)).collect();
    let scopes = scopes.ok_or_else(|| {
        let words = Scope::ALL.map(Scope::as_str).join(", ");
        Failure::new(Exit::Usage, format!("no such scope\nhint: known are {words}"))
    })?;
    let token = Tokens::open(&arguments.data)?.add(&arguments.data, name, &scopes)?;
    writeln!(console.data(), "{token}")?;
    console.hint(
        "it is not kept, and cannot be shown again; a running server knows it after a restart",
    )?;
    Ok(Outcome::Done)
}

/// Where it listens and what it found, before anybody is answered.
fn tell(console: &mut Console, address: SocketAddr, started: &Started) -> Result<(), Failure> {
    let Started { entries, torn_bytes, records_restored, records_differing, snapshot, campaigns } =
        started;
    console.note("journal", counted(*entries, "entry", "entries"))?;
    if *torn_bytes > 0 {
        console.note(
            "set aside",
            format!("{} that a crash left unfinished", counted(*torn_bytes, "byte", "bytes")),
        )?;
    }
    if *records_restored > 0 {
        console.note(
            "restored",
            counted(*records_restored, "record of a decision", "records of decisions"),
        )?;
    }
    if *records_differing > 0 {
        console.note(
            "differing",
            format!(
                "{} came out otherwise than they are kept: another version made them",
                count(*records_differing)
            ),
        )?;
    }
    console.note(
        "snapshot",
        format!("{snapshot}, {}", counted(*campaigns as u64, "campaign", "campaigns")),
    )?;
    console.note("listening", format!("http://{address}"))?;
    console.flush()
}
