//! `seawall case asset observe`: what was measured of an asset elsewhere? From files: raw bytes, kept as they came.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use seawall_core::case::asset::{Method, observation};
use serde_json::to_value;

use super::measured::Measured;
use crate::{
    case::{Acting, Answer, Desk, now, read_file},
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
    /// Certificates as DER, one after the other, that of the host first
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
    let mut desk = Desk::open(acting, console)?;
    let asset = arguments.asset.parse().map_err(|error| usage(&error))?;
    let at = arguments.observed_at.as_deref().map(|text| now(Some(text))).transpose()?;
    let measured = Measured {
        method,
        raw: &raw,
        media_type: "application/octet-stream",
        source: &arguments.source,
        at: at.unwrap_or(desk.now),
    };
    let vantage = arguments.vantage.parse().map_err(|error| usage(&error))?;
    let recorded = measured.record(&mut desk, &asset, &vantage)?;
    let said = to_value(&recorded.facts)?;
    let written = desk.write(recorded.acts)?;
    Answer::new()
        .text("item", &recorded.item.id)
        .text("sha256", recorded.item.sha256)
        .with("facts", said)
        .say(written, arguments.format, console)
}
