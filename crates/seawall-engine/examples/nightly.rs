//! How long does a night take, and how long would one look at everything? `cargo run --release -p seawall-engine
//! --example nightly -- night STATE EVENTS [WINDOW_DAYS HISTORY_ACCOUNTS]`, `… whole EVENTS…`, or `… world FOLDER
//! ACCOUNTS NIGHT_SHARE`, which makes events of a base and of a night.
#![expect(clippy::print_stdout, reason = "it says what it measured")]

use std::{ops::ControlFlow, path::Path, time::Instant};

use seawall_engine::{
    detect::{DetectOptions, Knowledge, Room, Step, detect},
    read::Source,
    state::{Keep, State, detect_night},
    write::EventWriter,
};
use seawall_sim::{Preset, WorldOptions, generate};

type Fallible<T> = Result<T, Box<dyn std::error::Error>>;

fn main() -> Fallible<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [what, rest @ ..] = arguments.as_slice() else {
        return Err("say world, night or whole".into());
    };
    match (what.as_str(), rest) {
        ("world", [folder, accounts, share]) => {
            world(Path::new(folder), accounts.parse()?, share.parse()?)
        }
        ("whole", inputs) => whole(inputs),
        ("night", [state, input, keep @ ..]) => night(Path::new(state), input, &kept(keep)?),
        _ => Err("say world, night or whole".into()),
    }
}

fn kept(arguments: &[String]) -> Fallible<Keep> {
    Ok(match arguments {
        [days, accounts] => {
            Keep { window_days: Some(days.parse()?), history_accounts: accounts.parse()? }
        }
        _ => Keep::ALL,
    })
}

/// Writes `base.parquet`, and `night.parquet` with so many accounts of the last ones that sign up.
fn world(folder: &Path, accounts: u64, night: u64) -> Fallible<()> {
    fs_err::create_dir_all(folder)?;
    let mut options = WorldOptions::new(Preset::Standard, accounts, 1);
    options.activity = 0.0;
    let mut events = 0_u64;
    let count = &mut |_: &seawall_core::event::Event<'_>| {
        events += 1;
        ControlFlow::Continue(())
    };
    let _ = generate(&options, count, &mut |_| ());
    let base = events.saturating_sub(night);
    let mut writers = [
        EventWriter::create(&folder.join("base.parquet"))?,
        EventWriter::create(&folder.join("night.parquet"))?,
    ];
    let (mut at, mut failed) = (0, None);
    let write = &mut |event: &seawall_core::event::Event<'_>| {
        at += 1;
        match writers[usize::from(at > base)].write(event) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    };
    let _ = generate(&options, write, &mut |_| ());
    if let Some(error) = failed {
        return Err(error.into());
    }
    for writer in writers {
        writer.finish()?;
    }
    println!("{base} events and {night}");
    Ok(())
}

fn options() -> DetectOptions {
    DetectOptions {
        report_bits: 4.0,
        threads: 2,
        reveal: false,
        knowledge: Knowledge::default(),
        room: Room { memory_bytes: 12 << 30, spill: std::env::temp_dir(), spill_bytes: 16 << 30 },
    }
}

#[expect(clippy::disallowed_methods, reason = "time is what is measured")]
fn watched() -> impl FnMut(Step) {
    let start = Instant::now();
    let mut last = "";
    move |step| {
        let name = match step {
            Step::Stage(name) => name,
            Step::Reading(_) => "reading",
        };
        if std::mem::replace(&mut last, name) != name {
            println!("{:8.1} s  {name}", start.elapsed().as_secs_f64());
        }
    }
}

fn whole(inputs: &[String]) -> Fallible<()> {
    let mut watch = watched();
    let found = detect(&Source::open(inputs, None)?, &options(), &mut |_| (), &mut watch)?;
    watch(Step::Stage("done"));
    println!("{} campaigns, {} members", found.findings.campaigns.len(), found.members.len());
    Ok(())
}

fn night(state: &Path, input: &str, keep: &Keep) -> Fallible<()> {
    let mut watch = watched();
    let state = State::open(state, false)?;
    let source = Source::open(&[input.to_owned()], None)?;
    let (found, night) = detect_night(&state, &source, &options(), *keep, &mut |_| (), &mut watch)?;
    state.commit(night)?;
    watch(Step::Stage("done"));
    println!(
        "{} accounts, {} campaigns, {} members",
        found.findings.run.accounts,
        found.findings.campaigns.len(),
        found.members.len()
    );
    Ok(())
}
