//! Does a detection whose counting is done in parts, by others and in any order, come to the same bytes?

use std::{
    collections::BTreeMap,
    ops::ControlFlow,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use seawall_core::selector::Kind;
use seawall_engine::{
    Error,
    count::{Grouped, SHARED_MIN, group},
    detect::{DetectOptions, Detection, Knowledge, Room, detect_with},
    read::Source,
    spread::{
        Carried, Flaw, Gather, Here, Keep, Pair,
        grouping::{Part, join, part_of, shared_rows},
        pairing::{Counted, pairs_of},
    },
    write::EventWriter,
};
use seawall_sim::{Preset, WorldOptions, generate};

/// Leading bits of a hash that say which part it is in.
const BITS: u32 = 4;

/// Counts as several machines do: each has some of the rows, parts are brought together, and nothing is in order.
struct Apart {
    machines: usize,
    /// Part that nobody answers for, or twice.
    lost: Option<u32>,
    twice: Option<u32>,
    grouped: AtomicU64,
    paired: AtomicU64,
}

impl Apart {
    fn new(machines: usize) -> Self {
        let (grouped, paired) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { machines, lost: None, twice: None, grouped, paired }
    }

    fn try_group(&self, values: &[u64]) -> Result<Grouped, Flaw> {
        let mut parts: BTreeMap<u32, (Vec<u64>, Vec<u32>)> = BTreeMap::new();
        for machine in (0..self.machines).rev() {
            let own = (0_u32..).zip(values).skip(machine).step_by(self.machines);
            for (row, hash) in own.filter(|(_, hash)| **hash != 0) {
                let part = parts.entry(part_of(*hash, BITS)).or_default();
                part.0.push(*hash);
                part.1.push(row);
            }
        }
        let answer = |(part, (hashes, rows)): (&u32, &(Vec<u64>, Vec<u32>))| Part {
            part: *part,
            rows: rows.len() as u64,
            shared: shared_rows(hashes, rows),
        };
        let mut answers: Vec<Part> = parts.iter().rev().map(answer).collect();
        answers.retain(|answer| Some(answer.part) != self.lost);
        let again = answers.iter().find(|answer| Some(answer.part) == self.twice).cloned();
        answers.extend(again);
        join(values, BITS, answers)
    }

    fn try_pairs(&self, carried: &Carried<'_>, keep: &Keep<'_>) -> Result<Vec<Pair>, Flaw> {
        let bundles: Vec<Vec<u64>> = carried.bundles().map(Iterator::collect).collect();
        let mut counts: BTreeMap<u64, u64> = BTreeMap::new();
        for machine in 0..self.machines {
            for bundle in bundles.iter().skip(machine).step_by(self.machines) {
                pairs_of(bundle, |pair| *counts.entry(pair).or_default() += 1);
            }
        }
        let mut counted = Counted::new(carried, keep);
        for (pair, accounts) in counts.iter().rev() {
            counted.take(*pair, *accounts)?;
        }
        counted.finish()
    }
}

fn told(flaw: Flaw) -> Error {
    Error::Elsewhere { message: flaw.to_string(), hint: "try again" }
}

impl Gather for Apart {
    fn group(&self, _: &Kind, values: &[u64]) -> Result<Grouped, Error> {
        self.grouped.fetch_add(values.len() as u64, Ordering::Relaxed);
        self.try_group(values).map_err(told)
    }

    fn pairs(&self, carried: &Carried<'_>, keep: &Keep<'_>) -> Result<Vec<Pair>, Error> {
        let pairs = self.try_pairs(carried, keep).map_err(told)?;
        self.paired.fetch_add(pairs.len() as u64, Ordering::Relaxed);
        Ok(pairs)
    }
}

fn world(folder: &Path, preset: Preset) -> Source {
    let path = folder.join("events.ndjson");
    let mut writer = EventWriter::create(&path).expect("created");
    let _ = generate(
        &WorldOptions::new(preset, 3_000, 5),
        &mut |event| {
            writer.write(event).expect("written");
            ControlFlow::Continue(())
        },
        &mut |_| (),
    );
    writer.finish().expect("written");
    Source::open(&[path.to_str().expect("UTF-8").to_owned()], None).expect("opened")
}

fn detect(source: &Source, gather: &dyn Gather) -> Result<Detection, Error> {
    let options = DetectOptions {
        report_bits: 4.0,
        threads: 2,
        reveal: false,
        knowledge: Knowledge::default(),
        room: Room { memory_bytes: 1 << 30, spill: std::env::temp_dir(), spill_bytes: 1 << 30 },
    };
    detect_with(source, &options, gather, None, &mut |_| (), &mut |_| ())
}

/// All that comes of a detection, in bytes.
fn bytes(detection: &Detection) -> (Vec<u8>, String, Vec<u8>) {
    let Detection { findings, members, snapshot, .. } = detection;
    let findings = serde_json::to_vec(findings).expect("JSON");
    (findings, format!("{members:?}"), snapshot.encode())
}

#[test]
fn parts_come_to_the_same_bytes() {
    for preset in [Preset::Standard, Preset::FirstRun] {
        let folder = tempfile::tempdir().expect("made");
        let source = world(folder.path(), preset);
        let here = detect(&source, &Here::new(2)).expect("found");
        assert!(!here.findings.campaigns.is_empty(), "there is something to lose");
        for machines in [1, 3, 16] {
            let apart = Apart::new(machines);
            let found = detect(&source, &apart).expect("found");
            assert_eq!(bytes(&found), bytes(&here), "{machines} machines");
            let asked = (apart.grouped.into_inner(), apart.paired.into_inner());
            assert!(asked.0 > 10_000 && asked.1 > 10, "they had something to do: {asked:?}");
        }
    }
}

#[test]
fn a_part_that_is_lost_or_comes_twice_is_no_finding() {
    let folder = tempfile::tempdir().expect("made");
    let source = world(folder.path(), Preset::Standard);
    let flawed =
        [Apart { lost: Some(3), ..Apart::new(3) }, Apart { twice: Some(3), ..Apart::new(3) }];
    for apart in flawed {
        let error = detect(&source, &apart).expect_err("it does not add up");
        assert!(matches!(error, Error::Elsewhere { .. }), "{error}");
    }
}

#[test]
fn an_answer_to_something_else_is_refused() {
    // Hashes are spread over all of their bits.
    let hash = |value: u64| (value + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let values: Vec<u64> = (0..4_000).map(|row| hash(row % 900)).collect();
    let rows: Vec<u32> = (0..4_000).collect();
    let expected = group(&values);
    let whole = Part { part: 0, rows: 4_000, shared: shared_rows(&values, &rows) };
    assert_eq!(join(&values, 0, vec![whole.clone()]), Ok(expected));
    let fewest = SHARED_MIN as usize - 1;
    let changes: [fn(&mut Part, usize); 4] = [
        |part, fewest| part.shared.truncate(fewest),
        |part, _| part.shared[0] = (1 << 32) + 4_000,
        |part, _| part.shared[0] = part.shared[1],
        |part, _| part.shared.iter_mut().for_each(|shared| *shared += 1 << 32),
    ];
    for change in changes {
        let mut changed = whole.clone();
        change(&mut changed, fewest);
        assert_eq!(join(&values, 0, vec![changed]), Err(Flaw::Foreign));
    }
}
