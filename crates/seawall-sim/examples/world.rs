//! Writes a world to files: `world PRESET ACCOUNTS SEED OUT_DIR` gives `events.ndjson` and `truth.csv`.

use std::error::Error;
use std::io::Write as _;
use std::ops::ControlFlow;
use std::path::Path;

use seawall_core::event::{ChallengeOutcome, Event, EventType, Outcome};
use seawall_sim::{WorldOptions, generate};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [preset, accounts, seed, directory] = arguments.as_slice() else {
        return Err("usage: world PRESET ACCOUNTS SEED OUT_DIR".into());
    };
    let options = WorldOptions::new(preset.parse()?, accounts.parse()?, seed.parse()?);
    let directory = Path::new(directory);
    fs_err::create_dir_all(directory)?;
    let mut events = buffered(&directory.join("events.ndjson"))?;
    let mut truths = buffered(&directory.join("truth.csv"))?;
    writeln!(truths, "account,fraud,campaign,operator,kind")?;
    let mut failed = None;
    let mut line = Vec::new();
    let _ = generate(
        &options,
        &mut |event| {
            line.clear();
            match write_event(event, &mut line).and_then(|()| events.write_all(&line)) {
                Ok(()) => ControlFlow::Continue(()),
                Err(error) => {
                    failed = Some(error);
                    ControlFlow::Break(())
                }
            }
        },
        &mut |truth| {
            // A failure shows again when the buffer is flushed.
            let _ = writeln!(
                truths,
                "{},{},{},{},{}",
                truth.account,
                u8::from(truth.fraud),
                truth.campaign,
                truth.operator,
                truth.kind
            );
        },
    );
    if let Some(error) = failed {
        return Err(error.into());
    }
    events.flush()?;
    truths.flush()?;
    Ok(())
}

fn buffered(path: &Path) -> std::io::Result<std::io::BufWriter<fs_err::File>> {
    Ok(std::io::BufWriter::with_capacity(1 << 20, fs_err::File::create(path)?))
}

fn write_event(event: &Event<'_>, line: &mut Vec<u8>) -> std::io::Result<()> {
    let kind = match event.event_type {
        EventType::Signup => "signup",
        EventType::Login => "login",
        EventType::Challenge => "challenge",
        EventType::Action => "action",
    };
    write!(line, "{{\"time\":{},\"type\":\"{kind}\"", event.time.milliseconds())?;
    text(line, "account", Some(event.account))?;
    if let Some(ip) = event.ip {
        write!(line, ",\"ip\":\"{ip}\"")?;
    }
    number(line, "asn", event.asn)?;
    text(line, "country", event.country.as_ref().map(seawall_core::event::Country::as_str))?;
    for (name, value) in [
        ("email", event.email),
        ("recovery_email", event.recovery_email),
        ("phone", event.phone),
        ("username", event.username),
        ("display_name", event.display_name),
        ("user_agent", event.user_agent),
        ("ja4", event.ja4),
        ("device_id", event.device_id),
        ("locale", event.locale),
        ("timezone", event.timezone),
        ("referrer", event.referrer),
        ("invite", event.invite),
        ("payment_id", event.payment_id),
        ("challenge_provider", event.challenge_provider),
        ("action", event.action),
        ("target", event.target),
    ] {
        text(line, name, value)?;
    }
    let outcome = event.challenge_outcome.map(|outcome| match outcome {
        ChallengeOutcome::Passed => "passed",
        ChallengeOutcome::Failed => "failed",
        ChallengeOutcome::Abandoned => "abandoned",
    });
    text(line, "challenge_outcome", outcome)?;
    number(line, "challenge_ms", event.challenge_milliseconds)?;
    number(line, "challenge_attempts", event.challenge_attempts)?;
    let outcome = event.outcome.map(|outcome| match outcome {
        Outcome::Success => "success",
        Outcome::Failure => "failure",
    });
    text(line, "outcome", outcome)?;
    if let Some(trusted) = event.trusted {
        write!(line, ",\"trusted\":{trusted}")?;
    }
    line.extend_from_slice(b"}\n");
    Ok(())
}

fn text(line: &mut Vec<u8>, name: &str, value: Option<&str>) -> std::io::Result<()> {
    if let Some(value) = value {
        write!(line, ",\"{name}\":")?;
        serde_json::to_writer(line, value)?;
    }
    Ok(())
}

fn number(line: &mut Vec<u8>, name: &str, value: Option<u32>) -> std::io::Result<()> {
    if let Some(value) = value {
        write!(line, ",\"{name}\":{value}")?;
    }
    Ok(())
}
