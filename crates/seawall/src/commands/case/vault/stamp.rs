//! `seawall case vault stamp`: which seals are not dated yet, and does an authority date them now?

use clap::Args;
use seawall_evidence::custody::SealBody;
use serde_json::json;

use super::seals;
use crate::{
    case::{Acting, Answer, Desk},
    console::Console,
    failure::{Exit, Failure},
    format::AnswerFormat,
};

const EXAMPLES: &str = "\
Examples:
  seawall case vault stamp --as kim
  seawall case vault stamp SEAL --late --as kim

  # seawall.toml: one or two authorities (RFC 3161), each with its certificate or that of who issued it
  [[case.time_stamp]]
  url = \"https://time.example/tsr\"
  certificates = [\"time-example-root.pem\"]

Every authority is asked for every seal that it has not dated yet. A date more than ten minutes from
when a seal was made is flagged by every verifier, for ever: it is taken with --late only. Seal the
items anew instead, by name, while there is a network.

Exit code 1 where a seal is left without a time-stamp.";

/// Ask the time-stamp authorities for every seal that they have not dated yet
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(super) struct Arguments {
    /// Seals to have dated [default: all]
    #[arg(value_name = "SEAL")]
    seals: Vec<String>,
    /// Take a date that verifiers flag as late
    #[arg(long)]
    late: bool,
    /// Form of the answer
    #[arg(long, value_enum, default_value_t)]
    format: AnswerFormat,
}

pub(super) fn run(
    arguments: &Arguments,
    acting: &Acting,
    console: &mut Console,
) -> Result<(), Failure> {
    if acting.authorities.is_empty() {
        return Err(Failure::new(
            Exit::Usage,
            "no time-stamp authority is configured\nhint: [[case.time_stamp]] in seawall.toml, as `seawall case vault stamp --help` shows",
        ));
    }
    let mut desk = Desk::open(acting, console)?;
    let (mut stamped, mut waiting) = (Vec::new(), Vec::new());
    for body in meant(&desk, &arguments.seals)? {
        let asked = seals::ask(&mut desk, &body, &acting.authorities, arguments.late)?;
        for (url, failure) in &asked.failed {
            tell(console, body.id.as_str(), url, failure)?;
        }
        if !asked.checked.is_empty() {
            seals::write(&mut desk, &body, &asked.checked, acting)?;
            let dates = seals::dates(&asked.checked).join(", ");
            stamped.push(format!("{}: {dates}", body.id));
        }
        if asked.checked.is_empty() && body.time_stamps.is_empty() {
            waiting.push(body.id.to_string());
        }
    }
    Answer::new()
        .with("stamped", json!(stamped))
        .with("not_yet_time_stamped", json!(waiting))
        .say(desk.written(), arguments.format, console)?;
    if waiting.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        Exit::Failed,
        format!("{} of the seals are not yet time-stamped", waiting.len()),
    ))
}

/// The seals that were named, or all.
fn meant(desk: &Desk, named: &[String]) -> Result<Vec<SealBody>, Failure> {
    let all = seals::bodies(desk)?;
    if let Some(name) =
        named.iter().find(|name| !all.iter().any(|body| body.id.as_str() == name.as_str()))
    {
        let message = format!("there is no seal `{name}` in the case");
        return Err(Failure::new(Exit::NoInput, message));
    }
    let is_meant =
        |body: &SealBody| named.is_empty() || named.iter().any(|name| name == body.id.as_str());
    Ok(all.into_iter().filter(is_meant).collect())
}

/// Says why an authority did not date a seal.
pub(super) fn tell(
    console: &mut Console,
    seal: &str,
    url: &str,
    failure: &Failure,
) -> Result<(), Failure> {
    console.setback("not time-stamped", format!("{seal} by {url}"), failure)
}
