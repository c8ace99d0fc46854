//! What would a site have to learn from, in a simulated world?
//!
//! A world's window is cut in half. A detection over what is before the cut leaves the snapshot; signups after it are
//! examples. What is said of them comes later, as it does on a site: a detection over everything, analysts who looked at
//! some accounts, people who earned trust.

use std::{collections::BTreeMap, ops::ControlFlow, path::Path, sync::Arc};

use seawall_core::{
    decision::{
        exposed::Loaded,
        live::{Limits, Live},
        policy::Policy,
    },
    selector::{Lists, account_hash},
};
use seawall_engine::{
    detect::{DetectOptions, Detection, Knowledge, Room, detect},
    read::{LineReader, Source},
    train::{Examples, Gather, Labels, Word},
    write::EventWriter,
};
use seawall_sim::{Preset, WorldOptions, generate};

/// Midnight in the middle of every window, in milliseconds since the Unix epoch: 2026-03-17.
const CUT: i64 = (20_514 + 15) * 86_400_000;

/// What the world's maker knows of an account.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    fraud: bool,
    campaign: String,
}

/// Who says what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Voices {
    /// A later detection, analysts who looked at three in ten of the farms' accounts, trust for seven in ten people.
    Site,
    /// The world's maker, of everybody: to measure by.
    Maker,
}

/// The examples of a world of so many people.
pub(crate) fn examples(preset: Preset, accounts: u64, seed: u64, voices: Voices) -> Examples {
    let folder = tempfile::tempdir().expect("a folder");
    let (all, early) = (folder.path().join("all.ndjson"), folder.path().join("early.ndjson"));
    let truth = world(preset, accounts, seed, &all, &early);
    let labels = match voices {
        Voices::Site => of_site(&truth, &detected(&all, folder.path())),
        Voices::Maker => of_maker(&truth),
    };
    let snapshot = detected(&early, folder.path()).snapshot;
    gather(&all, Loaded::new(snapshot), &labels, &format!("world {seed}"))
}

/// Writes a world, all of it and what is before the cut; what its maker knows.
pub(crate) fn world(
    preset: Preset,
    accounts: u64,
    seed: u64,
    all: &Path,
    early: &Path,
) -> BTreeMap<String, Truth> {
    let mut writers = [all, early].map(|path| EventWriter::create(path).expect("a file"));
    let mut truth = BTreeMap::new();
    let done = generate(
        &WorldOptions::new(preset, accounts, seed),
        &mut |event| {
            writers[0].write(event).expect("written");
            if event.time.milliseconds() < CUT {
                writers[1].write(event).expect("written");
            }
            ControlFlow::Continue(())
        },
        &mut |own| {
            let campaign = own.campaign.to_owned();
            truth.insert(own.account.to_owned(), Truth { fraud: own.fraud, campaign });
        },
    );
    assert!(done.is_continue());
    for writer in writers {
        writer.finish().expect("written");
    }
    truth
}

pub(crate) fn detected(path: &Path, spill: &Path) -> Detection {
    let source = Source::open(&[path.display().to_string()], None).expect("a source");
    let options = DetectOptions {
        report_bits: 4.0,
        threads: 2,
        reveal: true,
        knowledge: Knowledge::default(),
        room: Room { memory_bytes: 1 << 30, spill: spill.to_owned(), spill_bytes: 8 << 30 },
    };
    detect(&source, &options, &mut |_| {}, &mut |_| {}).expect("detected")
}

fn of_site(truth: &BTreeMap<String, Truth>, later: &Detection) -> Labels {
    let mut labels = Labels::default();
    for member in &later.members {
        labels.add(&member.account, Word::Member, Some(&member.campaign));
    }
    for (account, own) in truth {
        let draw = account_hash(account) % 10;
        if own.fraud && draw < 3 {
            labels.add(account, Word::Fraudulent, Some(&own.campaign));
        } else if !own.fraud && draw < 7 {
            labels.add(account, Word::Trusted, None);
        }
    }
    labels
}

fn of_maker(truth: &BTreeMap<String, Truth>) -> Labels {
    let mut labels = Labels::default();
    for (account, own) in truth {
        let word = if own.fraud { Word::Fraudulent } else { Word::Genuine };
        labels.add(account, word, own.fraud.then_some(own.campaign.as_str()));
    }
    labels
}

/// Replays a log.
pub(crate) fn gather(path: &Path, loaded: Loaded, labels: &Labels, source: &str) -> Examples {
    let policy = Policy::standard();
    let limits = Limits { selectors_max: 1 << 20, accounts_max: 10_000_000, secret: 0 };
    let (loaded, lists) = (Arc::new(loaded), Arc::new(Lists::default()));
    let live = Live::new(loaded, Arc::new(Policy::standard()), lists, limits);
    let mut gather = Gather::new(live, labels, &policy, source);
    let text = fs_err::read(path).expect("the log");
    let lines = LineReader::default();
    for line in text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
        assert!(lines.read("log", line, &mut gather).is_empty());
    }
    assert_eq!(gather.late, 0);
    gather.into_examples()
}
