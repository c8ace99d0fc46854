//! `seawall serve`: who answers a site when somebody signs up?

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use clap::Args;
use ipnet::IpNet;
use seawall_charts::text::{count, counted};
use seawall_engine::output::{AtHand, SNAPSHOT};
#[cfg(feature = "kafka")]
use seawall_server::kafka;
use seawall_server::{
    ServeOptions,
    access::{Scope, Tokens},
    console as pages, mcp, serve,
    service::{Asked, Files, Options, Started},
    taxii,
};

use super::{case::Offered, detect::threads};
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
  seawall serve --data seawall-data --model model.bin
  seawall serve --data seawall-data --revoke-token site
  seawall serve --data seawall-data --listen 127.0.0.1:8080 --selectors 8000000
  seawall serve --data seawall-data --taxii
  seawall serve --data seawall-data --runs runs --console-url https://seawall.example.org
  seawall serve --data seawall-data --actions actions.toml
  seawall serve --data seawall-data --openid openid.toml
  seawall serve --data seawall-data --mcp
  seawall serve --data seawall-data --cases /srv/cases
  seawall serve --data seawall-data --kafka kafka.toml

The API is described at /api/v1/openapi.json. Each request has a token: `Authorization: Bearer …`. A
token is shown once, when it is made. There is no TLS: put a proxy that has it in front.

Whatever is acknowledged is in the journal first. A start reads the newest checkpoint and the
journal after it. Segments of the journal that two checkpoints stand for go to `journal/archived`:
decisions of that time are explained and made again as long as they lie there.";

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
    /// Account model to ask about signups from now on: `seawall train fit` writes one [default: the one before]
    #[arg(long, value_name = "FILE", conflicts_with = "no_model")]
    model: Option<PathBuf>,
    /// Ask no account model any more
    #[arg(long)]
    no_model: bool,
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
    /// Entries of the journal after which the state is kept, so that a start is short; 0 for at the end only [default:
    /// 2000000]. It takes the time and the memory of a second server meanwhile
    #[arg(long, value_name = "N")]
    checkpoint_every: Option<u64>,
    /// Folder of lists to use from now on: mail domains, networks, hubs [default: as before]
    #[arg(long, value_name = "DIR")]
    lists: Option<PathBuf>,
    /// Database of countries of addresses to use from now on [default: as before]
    #[arg(long, value_name = "FILE")]
    country_mmdb: Option<PathBuf>,
    /// Database of networks of addresses to use from now on [default: as before]
    #[arg(long, value_name = "FILE")]
    asn_mmdb: Option<PathBuf>,
    /// Private network that webhooks may be sent to
    #[arg(long, value_name = "NETWORK")]
    webhook_network: Vec<IpNet>,
    /// Offer collections over TAXII 2.1, with one to begin with [default: where there are any]
    #[arg(long)]
    taxii: bool,
    /// Offer the console, for people, in a browser [default: where only this machine can reach it]
    #[arg(long)]
    console: bool,
    /// Offer no console
    #[arg(long, conflicts_with = "console")]
    no_console: bool,
    /// Run, or folder of runs, that the console shows: of several the newest [default: `runs` in the data folder]
    #[arg(long, value_name = "DIR")]
    runs: Option<PathBuf>,
    /// Folder of cases and their keys that the console shows [default: as `seawall case`, else the data folder]
    #[arg(long, value_name = "DIR")]
    cases: Option<PathBuf>,
    /// Where a proxy with TLS offers the console to people, as `https://seawall.example.org`
    #[arg(long, value_name = "URL")]
    console_url: Option<String>,
    /// Where the site listens that is asked to act on accounts: a file of settings
    #[arg(long, value_name = "FILE")]
    actions: Option<PathBuf>,
    #[arg(
        long,
        value_name = "FILE",
        help = "Provider of OpenID Connect that people may sign in to the console with: a file of settings"
    )]
    openid: Option<PathBuf>,
    /// Answer models at `/mcp` of the console's address, for people who make a token for that
    #[arg(long)]
    mcp: bool,
    /// Topics of Kafka that events come from, and decisions go to: a file of settings
    #[cfg(feature = "kafka")]
    #[arg(long, value_name = "FILE")]
    kafka: Option<PathBuf>,
    /// Threads that answer [default: one for each core]
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Make a token of this name, show it, and end; one of the same name stops working
    #[arg(long, value_name = "NAME", requires = "scope")]
    new_token: Option<String>,
    /// Take the token of this name away, and end
    #[arg(long, value_name = "NAME", conflicts_with = "new_token")]
    revoke_token: Option<String>,
    #[arg(
        long,
        value_name = "SCOPE",
        requires = "new_token",
        help = "What the token is for: decide, events, label, read, metrics, admin, taxii_read, taxii_write, signals"
    )]
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
    if let Some(name) = &arguments.revoke_token {
        if !Tokens::open(&arguments.data)?.revoke(&arguments.data, name)? {
            return Err(Failure::new(Exit::NoInput, "there is no token of this name"));
        }
        return Ok(Outcome::Done);
    }
    let pages = console_options(arguments, settings)?;
    if arguments.mcp && pages.is_none() {
        let why = "models ask in the name of people, whom the console knows\nhint: offer it as well, with `--console`";
        return Err(Failure::new(Exit::Usage, why));
    }
    if arguments.openid.is_some() && pages.is_none() {
        let why = "people sign in to the console, which is not offered\nhint: offer it as well, with `--console`";
        return Err(Failure::new(Exit::Usage, why));
    }
    let run = arguments.run.as_ref().map(|run| AtHand::new(run, &[SNAPSHOT])).transpose()?;
    let options = ServeOptions {
        listen: arguments.listen,
        service: Options {
            data: arguments.data.clone(),
            snapshot: run.as_ref().map(|run| run.folder().join(SNAPSHOT)),
            model: asked(arguments),
            selectors_max: arguments.selectors,
            accounts_max: arguments.accounts,
            waiting_max: arguments.waiting,
            checkpoint_every: arguments.checkpoint_every,
            networks: arguments.webhook_network.clone(),
            knowledge: Files {
                lists: arguments.lists.clone(),
                country_mmdb: arguments.country_mmdb.clone(),
                asn_mmdb: arguments.asn_mmdb.clone(),
            },
        },
        threads: threads(arguments.threads.unwrap_or(settings.threads)),
        taxii: arguments.taxii,
        console: pages,
        #[cfg(feature = "kafka")]
        kafka: arguments.kafka.as_deref().map(kafka::Settings::read).transpose()?,
    };
    let mut progress = Progress::new(console.interactive);
    let mut told = Ok(());
    let mut entries_done = |done, _| progress.events("reading the journal", done);
    serve(&options, &mut entries_done, &mut |address, started, link| {
        told = tell(console, address, started)
            .and_then(|()| tell_taxii(console, address, &arguments.data))
            .and_then(|()| tell_console(console, address, &options, link));
    })?;
    told?;
    Ok(Outcome::Done)
}

/// A console on an address that others can reach is only offered when it is said how: passwords go over TLS.
fn console_options(
    arguments: &Arguments,
    settings: &Settings,
) -> Result<Option<pages::Options>, Failure> {
    let offered =
        arguments.console || arguments.console_url.is_some() || arguments.listen.ip().is_loopback();
    if !offered || arguments.no_console {
        return Ok(None);
    }
    Ok(Some(pages::Options {
        data: arguments.data.clone(),
        runs: arguments.runs.clone().unwrap_or_else(|| arguments.data.join("runs")),
        url: arguments.console_url.clone(),
        actions: arguments.actions.as_deref().map(pages::actions::Settings::read).transpose()?,
        openid: arguments.openid.as_deref().map(pages::OpenidSettings::read).transpose()?,
        models: arguments.mcp,
        cases: Some(Offered::of(
            arguments.cases.as_ref().or(settings.case_data.as_ref()).unwrap_or(&arguments.data),
        )),
        fresh: pages::FRESH,
    }))
}

fn asked(arguments: &Arguments) -> Option<Asked> {
    let file = arguments.model.clone().map(Asked::File);
    file.or_else(|| arguments.no_model.then_some(Asked::Nobody))
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
    console.hint("it is not kept, and cannot be shown again; a running server knows it at once")?;
    Ok(Outcome::Done)
}

/// Where it listens and what it found, before anybody is answered.
fn tell(console: &mut Console, address: SocketAddr, started: &Started) -> Result<(), Failure> {
    let Started {
        entries,
        torn_bytes,
        records_restored,
        records_differing,
        from_checkpoint,
        checkpoints_set_aside,
        snapshot,
        campaigns,
        model,
    } = started;
    console.note("journal", counted(*entries, "entry", "entries"))?;
    if *from_checkpoint > 0 {
        console.note("checkpoint", format!("stands for the first {}", count(*from_checkpoint)))?;
    }
    for (position, why) in checkpoints_set_aside {
        console.note("set aside", format!("the checkpoint after {}: {why}", count(*position)))?;
    }
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
    if let Some(model) = model {
        console.note("account model", model)?;
    }
    console.note("listening", format!("http://{address}"))?;
    console.flush()
}

/// Where people go, and by which link the first of them gets in.
fn tell_console(
    console: &mut Console,
    address: SocketAddr,
    options: &ServeOptions,
    link: Option<&str>,
) -> Result<(), Failure> {
    let Some(pages::Options { url, models, .. }) = &options.console else { return Ok(()) };
    let here = url.clone().unwrap_or_else(|| format!("http://{address}"));
    console.note("console", &here)?;
    if *models {
        console.note("models", format!("{here}{}", mcp::http::PATH))?;
    }
    if let Some(link) = link {
        console.note("first link", format!("{here}{link} lets the first person in, once"))?;
    }
    console.flush()
}

/// What it offers to others, where it does.
fn tell_taxii(console: &mut Console, address: SocketAddr, data: &Path) -> Result<(), Failure> {
    if let Some(offered) = taxii::Settings::open(data)? {
        let collections = counted(offered.collections.len() as u64, "collection", "collections");
        console.note("taxii", format!("{collections} at http://{address}/taxii2/"))?;
    }
    console.flush()
}
