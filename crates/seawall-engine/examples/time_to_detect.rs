//! How many accounts does a farm get, and how many minutes, until one of them is challenged?
//!
//! `cargo run -p seawall-engine --example time_to_detect -- ACCOUNTS SEED OTHER [MODEL]`: a world of so many people and that seed,
//! decided in order by the detection of a world of the seed OTHER, whose farms are others; with an account model where one is
//! named. Prints a table of Markdown.
#![expect(clippy::print_stdout, reason = "it says what it measured")]

#[path = "../tests/it/training/worlds.rs"]
#[expect(dead_code, reason = "a test uses the rest")]
mod worlds;

use std::{
    collections::{BTreeMap, HashMap},
    ops::ControlFlow,
    sync::Arc,
};

use seawall_core::{
    decision::{
        Answer,
        exposed::Loaded,
        live::{Limits, Live},
        policy::Policy,
        scored::Ready,
        snapshot::Snapshot,
    },
    event::EventType,
    selector::Lists,
};
use seawall_sim::{Preset, WorldOptions, generate};

/// How a farm, or a crowd of people, fares.
#[derive(Default)]
struct Fate {
    fraud: bool,
    accounts: u64,
    /// Time of its first signup, in milliseconds.
    began: i64,
    /// Its account that was not allowed first, and minutes since the first signup.
    stopped: Option<(u64, i64)>,
    /// Accounts that any event of theirs was challenged or blocked at.
    met: u64,
}

/// An account: its fate, its number in it, and whether it was met.
struct Own {
    kind: String,
    number: u64,
    met: bool,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize, usual: u64| {
        arguments.get(at).and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (accounts, seed, other) = (number(0, 60_000), number(1, 11), number(2, 12));
    let loaded = Arc::new(Loaded::new(snapshot(accounts, other)));
    let limits = Limits { selectors_max: 1 << 22, accounts_max: 10_000_000, secret: 0 };
    let lists = Arc::new(Lists::default());
    let mut live = Live::new(loaded, Arc::new(Policy::standard()), lists, limits);
    if let Some(path) = arguments.get(3) {
        let bytes = fs_err::read(path).expect("a model");
        live.set_model(Some(Arc::new(Ready::decode(&bytes).expect("a model"))));
    }
    let fates = decided(&mut live, &WorldOptions::new(Preset::Standard, accounts, seed));
    println!(
        "| rung or crowd | accounts | first answer at account | minutes | challenged or blocked in the end |"
    );
    println!("|---|---|---|---|---|");
    for fraud in [true, false] {
        for (kind, fate) in fates.iter().filter(|(_, fate)| fate.fraud == fraud) {
            let (first, minutes) = fate.stopped.map_or_else(
                || ("never".to_owned(), "–".to_owned()),
                |(account, minutes)| (account.to_string(), minutes.to_string()),
            );
            let share = fate.met as f64 / fate.accounts.max(1) as f64;
            println!("| {kind} | {} | {first} | {minutes} | {share:.3} |", fate.accounts);
        }
    }
}

/// The snapshot of a detection over all of a world.
fn snapshot(accounts: u64, seed: u64) -> Snapshot {
    let folder = tempfile::tempdir().expect("a folder");
    let (all, early) = (folder.path().join("all.ndjson"), folder.path().join("early.ndjson"));
    worlds::world(Preset::Standard, accounts, seed, &all, &early);
    worlds::detected(&all, folder.path()).snapshot
}

fn decided(live: &mut Live, options: &WorldOptions) -> BTreeMap<String, Fate> {
    let mut fates: BTreeMap<String, Fate> = BTreeMap::new();
    let known: std::cell::RefCell<HashMap<String, Own>> = std::cell::RefCell::default();
    let kinds: std::cell::RefCell<BTreeMap<String, bool>> = std::cell::RefCell::default();
    let mut sequence = 0;
    let done = generate(
        options,
        &mut |event| {
            let inputs = live.observe(event, sequence, event.time.seconds());
            sequence += 1;
            let answer = live.decide(inputs).decision.decision;
            let mut known = known.borrow_mut();
            let own = known.get_mut(event.account).expect("told before");
            let fate = fates.entry(own.kind.clone()).or_default();
            fate.fraud = kinds.borrow()[&own.kind];
            let time = event.time.milliseconds();
            if own.number == 0 {
                fate.accounts += 1;
                own.number = fate.accounts;
                if fate.accounts == 1 {
                    fate.began = time;
                }
            }
            // A farm is found at a signup or later; what is asked is how many it had by then.
            if answer > Answer::Allow && !own.met {
                own.met = true;
                fate.met += 1;
                if fate.stopped.is_none() {
                    let is_signup = event.event_type == EventType::Signup;
                    let account = if is_signup { own.number } else { fate.accounts };
                    fate.stopped = Some((account, (time - fate.began) / 60_000));
                }
            }
            ControlFlow::Continue(())
        },
        &mut |truth| {
            kinds.borrow_mut().insert(truth.kind.to_owned(), truth.fraud);
            let own = Own { kind: truth.kind.to_owned(), number: 0, met: false };
            known.borrow_mut().insert(truth.account.to_owned(), own);
        },
    );
    assert!(done.is_continue());
    fates
}
