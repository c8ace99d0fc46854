//! `seawall doctor`: is this machine ready?

use std::io::{Read as _, Write as _};

use clap::Args;
use seawall_charts::text::count;

use super::detect::threads;
use crate::{
    config::Settings,
    console::{Console, STRONG},
    failure::{Exit, Failure, Outcome},
    machine::memory_bytes,
};

const EXAMPLES: &str = "\
Examples:
  seawall doctor
  TMPDIR=/big/disk seawall doctor";

/// Below this much room for temporary files, big inputs may not fit.
const TEMPORARY_BYTES: u64 = 10 << 30;
/// Below this much memory, a million accounts may not fit.
const MEMORY_BYTES: u64 = 2 << 30;

/// Check whether this machine is ready
#[derive(Clone, Copy, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {}

/// What a check found.
enum State {
    Good,
    /// Works, but not for everything.
    Short,
    Bad,
}

/// One check: what was looked at, how it is, in words.
type Check = (&'static str, State, String);

pub(crate) fn run(settings: &Settings, console: &mut Console) -> Result<Outcome, Failure> {
    let checks = [
        version(),
        cores(settings),
        memory(),
        temporary_space(),
        temporary_file(),
        lists(settings),
    ];
    let mut bad = 0;
    for (name, state, text) in checks {
        let word = match state {
            State::Good => "ok",
            State::Short => "short",
            State::Bad => {
                bad += 1;
                "bad"
            }
        };
        writeln!(console.data(), "{STRONG}{word:<6}{STRONG:#} {name:<16} {text}")?;
    }
    if bad > 0 {
        return Err(Failure::new(Exit::Failed, format!("{bad} of the checks failed")));
    }
    Ok(Outcome::Done)
}

fn version() -> Check {
    ("version", State::Good, env!("CARGO_PKG_VERSION").to_owned())
}

fn cores(settings: &Settings) -> Check {
    ("threads", State::Good, format!("{} would be used", threads(settings.threads)))
}

fn memory() -> Check {
    match memory_bytes() {
        Some(bytes) if bytes < MEMORY_BYTES => (
            "memory",
            State::Short,
            format!(
                "{} available; close other programs for more than a million accounts",
                size(bytes)
            ),
        ),
        Some(bytes) => ("memory", State::Good, format!("{} available", size(bytes))),
        None => ("memory", State::Good, "not known on this system".to_owned()),
    }
}

fn temporary_space() -> Check {
    let folder = std::env::temp_dir();
    match fs4::available_space(&folder) {
        Ok(bytes) if bytes < TEMPORARY_BYTES => (
            "temporary room",
            State::Short,
            format!(
                "{} in {}; set TMPDIR to a bigger disk for big inputs",
                size(bytes),
                folder.display()
            ),
        ),
        Ok(bytes) => {
            ("temporary room", State::Good, format!("{} in {}", size(bytes), folder.display()))
        }
        Err(error) => ("temporary room", State::Bad, format!("{}: {error}", folder.display())),
    }
}

/// Writes a file, reads it back and compares.
fn temporary_file() -> Check {
    let text = b"seawall".repeat(1_000);
    let same = tempfile::NamedTempFile::new().and_then(|mut file| {
        file.write_all(&text)?;
        file.as_file().sync_all()?;
        let mut back = vec![0; text.len()];
        file.reopen()?.read_exact(&mut back)?;
        Ok(back == text)
    });
    match same {
        Ok(true) => ("temporary file", State::Good, "written and read back".to_owned()),
        Ok(false) => {
            ("temporary file", State::Bad, "what was read back is not what was written".to_owned())
        }
        Err(error) => ("temporary file", State::Bad, error.to_string()),
    }
}

fn lists(settings: &Settings) -> Check {
    let Some(folder) = &settings.lists else {
        return (
            "lists",
            State::Good,
            "none set; hosting, VPN and throw-away domains are not told apart".to_owned(),
        );
    };
    match fs_err::read_dir(folder) {
        Ok(entries) => (
            "lists",
            State::Good,
            format!("{} files in {}", count(entries.count() as u64), folder.display()),
        ),
        Err(error) => ("lists", State::Bad, error.to_string()),
    }
}

fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}
