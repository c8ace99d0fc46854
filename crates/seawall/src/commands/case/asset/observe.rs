//! `seawall case asset observe`: what was measured of an asset? From files: raw bytes, kept as they came.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use seawall_core::case::{
    Record,
    asset::{Method, Observation, observation},
};
use seawall_evidence::{
    custody::Action,
    hash::Digest,
    item::{ContentClass, ItemKind, Origin},
};
use serde_json::to_value;

use crate::{
    case::{Acting, Answer, Desk, Intake, failure, hash, id, moment, now, read_file, to_core},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  curl -s https://rdap.example/domain/shop.example > rdap.json
  seawall case asset observe ASSET rdap.json --method rdap --vantage frankfurt --as ana
  dig +noall +answer NS shop.example > dns.txt
  seawall case asset observe ASSET dns.txt --method dns --vantage frankfurt --as ana

The file is taken into the vault as it is; what it says is read from it. Only measurements from two
vantages, by two methods, a day apart, move an asset to `verified`.";

/// Record what was measured of an asset
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(in crate::commands::case) struct Arguments {
    /// Id of the asset
    #[arg(value_name = "ASSET")]
    asset: String,
    /// What was received, byte for byte
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// How it was measured
    #[arg(long, value_enum)]
    method: MethodName,
    /// From where: a name for a network and place of one's own
    #[arg(long, value_name = "NAME")]
    vantage: String,
    /// When it was measured [default: now]
    #[arg(long, value_name = "TIME")]
    observed_at: Option<String>,
    /// Where the bytes came from
    #[arg(long, value_name = "TEXT", default_value = "a public server")]
    source: String,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

/// How something was measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum MethodName {
    /// Registration data (RFC 9083)
    Rdap,
    /// Records as `dig +noall +answer` prints them
    Dns,
    /// A certificate, as DER
    Tls,
    /// A reply, head and body, as `curl -i` prints it
    Http,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    let usage = |error: &dyn std::fmt::Display| Failure::new(Exit::Usage, error);
    let method = match arguments.method {
        MethodName::Rdap => Method::Rdap,
        MethodName::Dns => Method::Dns,
        MethodName::Tls => Method::Tls,
        MethodName::Http => Method::Http,
    };
    let raw = read_file(&arguments.file, observation::RAW_BYTES_MAX as u64)?;
    let facts = observation::read(method, &raw, &|bytes| hash(Digest::of(bytes)))
        .map_err(|error| usage(&format!("{}: {error}", arguments.file.display())))?;
    let mut desk = Desk::open(acting, console)?;
    let asset = arguments.asset.parse().map_err(|error| usage(&error))?;
    let named = desk.state.asset(&asset).map_err(failure)?.asset.identifier.clone();
    if let Some(name) = &facts.name
        && *name != named
    {
        return Err(usage(&format!("the answer is about `{name}`, not about `{named}`")));
    }
    let at = arguments.observed_at.as_deref().map(|text| now(Some(text))).transpose()?;
    let intake = Intake {
        action: Action::Acquire,
        origin: Origin::ThirdParty,
        content_class: ContentClass::Public,
        legal_basis: "publicly available".to_owned(),
        method: format!("{} from {}", method.name(), arguments.vantage),
        reason: format!("measured by {}", method.name()),
        ..Intake::derived(kind(method), "application/octet-stream", &arguments.source, Vec::new())
    };
    let (item, taken) = desk.take(&intake, &mut raw.as_slice())?;
    let observation = Observation {
        asset,
        item: to_core(&item.id),
        at: moment(at.unwrap_or(desk.now)),
        vantage: arguments.vantage.parse().map_err(|error| usage(&error))?,
        method,
        raw_sha256: hash(item.sha256),
        facts,
    };
    let said = to_value(&observation.facts)?;
    let object = id(&observation.asset);
    let act = desk.record(object, &Record::Observation(Box::new(observation)), "measured")?;
    let written = desk.write(vec![taken, act])?;
    Answer::new().text("item", &item.id).text("sha256", item.sha256).with("facts", said).say(
        written,
        arguments.format,
        console,
    )
}

const fn kind(method: Method) -> ItemKind {
    match method {
        Method::Rdap => ItemKind::RdapSnapshot,
        Method::Dns => ItemKind::DnsSnapshot,
        Method::Tls => ItemKind::File,
        Method::Http => ItemKind::WebCapture,
    }
}
