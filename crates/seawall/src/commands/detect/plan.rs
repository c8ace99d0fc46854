//! `seawall detect --dry-run`: what would it take, and is there room for it?

use std::{
    io::{self, Write},
    time::{Duration, Instant},
};

use indicatif::{HumanBytes, HumanDuration};
use seawall_charts::text::count;
use seawall_engine::{
    detect::Room,
    plan::{Plan, Shortage},
};
use seawall_store::objects::Url;
use serde::Serialize;

use crate::{
    console::Console,
    failure::{Exit, Failure},
    format::Format,
    pipeline::{self, Request},
};

/// Inputs below are not planned for: they fit, and looking at their first events would be most of the work.
const PLANNED_BYTES_MIN: u64 = 256 << 20;
/// How many times as long as the first events by one thread, nothing of which is in the cache yet, a whole detection takes
/// on two: seen were 0.8 at ten million accounts and about 1.7 at a hundred million. What else the machine does adds to it.
const TIMES_READING: [f64; 2] = [0.75, 3.0];

/// What is told, smallest and largest guess side by side.
#[derive(Debug, Serialize)]
struct Told {
    input_bytes: u64,
    sampled_bytes: u64,
    events: u64,
    accounts: [u64; 2],
    memory_bytes: [u64; 2],
    memory_bytes_given: u64,
    spill_bytes: [u64; 2],
    spill_bytes_given: u64,
    seconds: [u64; 2],
    fits: bool,
}

/// Refuses what cannot fit; small inputs always do.
pub(super) fn check(request: &Request, room: &Room) -> Result<(), Failure> {
    let bytes = |input: &String| fs_err::metadata(input).map_or(0, |metadata| metadata.len());
    let bytes = if request.inputs.iter().any(|input| Url::is_url(input)) {
        pipeline::input_bytes(request)?
    } else {
        request.inputs.iter().map(bytes).sum()
    };
    if bytes < PLANNED_BYTES_MIN {
        return Ok(());
    }
    refuse(pipeline::plan(request)?.shortage(room))
}

/// Tells the plan, and refuses as [`check`] does.
pub(super) fn tell(
    request: &Request,
    room: &Room,
    format: Format,
    console: &mut Console,
) -> Result<(), Failure> {
    let started = now();
    let plan = pipeline::plan(request)?;
    let sampling = now().duration_since(started);
    let shortage = plan.shortage(room);
    let told = told(&plan, sampling, room, shortage.is_none());
    let out = console.data();
    match format {
        Format::Json | Format::Ndjson => writeln!(out, "{}", serde_json::to_string(&told)?)?,
        Format::Csv => write_csv(out, &told)?,
        Format::Table => write_lines(out, &told)?,
    }
    refuse(shortage)
}

fn told(plan: &Plan, sampling: Duration, room: &Room, fits: bool) -> Told {
    let share = plan.input_bytes as f64 / plan.sampled_bytes.max(1) as f64;
    let reading = sampling.as_secs_f64() * share;
    Told {
        input_bytes: plan.input_bytes,
        sampled_bytes: plan.sampled_bytes,
        events: plan.events,
        accounts: plan.accounts,
        memory_bytes: plan.memory_bytes(room.memory_bytes),
        memory_bytes_given: room.memory_bytes,
        spill_bytes: plan.spill_bytes(room.memory_bytes),
        spill_bytes_given: room.spill_bytes,
        seconds: TIMES_READING.map(|times| seconds(reading * times)),
        fits,
    }
}

/// A detection ends with the plan told as an error where even the least would not fit.
fn refuse(shortage: Option<Shortage>) -> Result<(), Failure> {
    let text = match shortage {
        None => return Ok(()),
        Some(Shortage::Memory(needed, given)) => format!(
            "it needs about {} of memory at least, and has {}\nhint: --memory {needed} would do; or detect in fewer days at a time",
            HumanBytes(needed),
            HumanBytes(given)
        ),
        Some(Shortage::Spill(needed, given)) => format!(
            "what does not fit in memory needs about {} of disk, and has {}\nhint: --spill {needed} would do, or a --spill-folder on a larger disk, or more --memory",
            HumanBytes(needed),
            HumanBytes(given)
        ),
    };
    Err(Failure::new(Exit::Failed, text))
}

fn write_lines(out: &mut dyn Write, told: &Told) -> io::Result<()> {
    let sampled = 100.0 * told.sampled_bytes as f64 / told.input_bytes.max(1) as f64;
    let between = |[least, most]: [String; 2]| {
        if least == most { least } else { format!("{least} to {most}") }
    };
    let bytes = |range: [u64; 2]| between(range.map(|bytes| HumanBytes(bytes).to_string()));
    let time = |seconds: u64| HumanDuration(Duration::from_secs(seconds)).to_string();
    writeln!(out, "Guessed from the first {sampled:.1} % of the input:")?;
    writeln!(
        out,
        "  input     {}, about {} events",
        HumanBytes(told.input_bytes),
        count(told.events)
    )?;
    writeln!(out, "  accounts  {}", between(told.accounts.map(count)))?;
    let given = HumanBytes(told.memory_bytes_given);
    writeln!(out, "  memory    {}, of {given}", bytes(told.memory_bytes))?;
    let given = HumanBytes(told.spill_bytes_given);
    writeln!(out, "  disk      {}, of {given}", bytes(told.spill_bytes))?;
    writeln!(out, "  time      {}", between(told.seconds.map(time)))
}

fn write_csv(out: &mut dyn Write, told: &Told) -> io::Result<()> {
    let [accounts, memory, disk, time] =
        [told.accounts, told.memory_bytes, told.spill_bytes, told.seconds];
    writeln!(out, "what,least,most,given")?;
    writeln!(out, "input_bytes,{0},{0},", told.input_bytes)?;
    writeln!(out, "events,{0},{0},", told.events)?;
    writeln!(out, "accounts,{},{},", accounts[0], accounts[1])?;
    writeln!(out, "memory_bytes,{},{},{}", memory[0], memory[1], told.memory_bytes_given)?;
    writeln!(out, "spill_bytes,{},{},{}", disk[0], disk[1], told.spill_bytes_given)?;
    writeln!(out, "seconds,{},{},", time[0], time[1])
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, as wanted"
)]
fn seconds(seconds: f64) -> u64 {
    seconds.ceil() as u64
}

#[expect(
    clippy::disallowed_methods,
    reason = "a guess of time needs a clock; no result depends on it"
)]
fn now() -> Instant {
    Instant::now()
}
