//! Does the log keep what it acknowledged, whatever happens, and is each change to it noticed?

use std::{collections::BTreeMap, path::Path, sync::Arc};

use proptest::prelude::*;
use seawall_evidence::{
    custody::{CustodyLog, Entry, Error, LogReader, Unacknowledged},
    hash::Digest,
    merkle,
    storage::{
        self, Memory, Storage,
        faulty::{FAULTS, Fault, Faulty},
    },
};

use crate::support::{folder, log_key, path, view};

fn open(storage: Arc<dyn Storage>) -> Result<(CustodyLog, Unacknowledged), Error> {
    CustodyLog::open(storage, path("log"), log_key(), &mut |_| {})
}

fn create(storage: Arc<dyn Storage>, entries: i64) -> Result<CustodyLog, Error> {
    CustodyLog::create(storage, path("log"), log_key(), (0..entries).map(view).collect())
}

fn reader(root: &Path) -> Result<LogReader, Error> {
    LogReader::open(folder(root), path("log"), log_key().verifier())
}

fn files(storage: &dyn Storage) -> BTreeMap<String, Vec<u8>> {
    let stored = storage.list(None).unwrap().files;
    let read = |path| storage.read(path, u64::MAX / 2).unwrap().unwrap();
    stored.iter().map(|file| (file.path.to_string(), read(&file.path))).collect()
}

#[test]
fn what_is_appended_is_read_again() {
    let root = tempfile::tempdir().unwrap();
    let mut log = create(folder(root.path()), 1).unwrap();
    log.append(view(1)).unwrap();
    let appended = log.append_many((2..5).map(view).collect()).unwrap();
    assert_eq!((appended.first_seq, appended.checkpoint.size), (2, 5));
    let expected: Vec<Entry> = (0..5).map(|seq| Entry::new(seq, view(seq as i64))).collect();
    assert_eq!(log.reader().entries().unwrap(), expected);
    drop(log);
    assert_eq!(reader(root.path()).unwrap().entries().unwrap(), expected);
    let (mut log, unacknowledged) = open(folder(root.path())).unwrap();
    assert_eq!(unacknowledged, Unacknowledged::default());
    assert!(matches!(log.append(view(3)), Err(Error::Time { seq: 5, .. })), "time goes forward");
    assert_eq!(log.append(view(5)).unwrap().first_seq, 5);
}

#[test]
fn one_writer_and_one_beginning() {
    let root = tempfile::tempdir().unwrap();
    let log = create(folder(root.path()), 1).unwrap();
    assert!(matches!(open(folder(root.path())), Err(Error::Storage(storage::Error::Locked(_)))));
    reader(root.path()).unwrap().entries().unwrap();
    drop(log);
    assert!(matches!(create(folder(root.path()), 1), Err(Error::LogExists)));
    let empty = tempfile::tempdir().unwrap();
    assert!(matches!(open(folder(empty.path())), Err(Error::NoLog)));
}

/// Each operation of a history goes wrong in each way, once; around the place where a tile becomes full.
#[test]
fn nothing_acknowledged_is_lost() {
    let batches: [&[i64]; 4] = [&[254], &[255, 256, 257], &[258], &[259]];
    let start = Memory::new();
    drop(create(Arc::new(start.clone()), 254).unwrap());
    let mut struck = 0;
    for fault in FAULTS {
        for operation in 0.. {
            let disk = Arc::new(start.copy());
            let faulty = Arc::new(Faulty::new(disk.clone(), fault, operation));
            let acknowledged = play(&(faulty.clone() as Arc<dyn Storage>), &batches);
            if !faulty.has_struck() {
                assert_eq!(acknowledged, 260);
                break;
            }
            struck += 1;
            after_a_crash(&(disk as Arc<dyn Storage>), acknowledged, &batches);
        }
    }
    assert!(struck > 100, "{struck}");
}

/// The same on a real disk, with files in the making left behind.
#[test]
fn nothing_acknowledged_is_lost_in_a_folder() {
    let batches: [&[i64]; 2] = [&[1, 2], &[3]];
    for operation in 0.. {
        let root = tempfile::tempdir().unwrap();
        let disk = folder(root.path());
        drop(create(Arc::clone(&disk), 1).unwrap());
        let faulty = Arc::new(Faulty::new(Arc::clone(&disk), Fault::CrashWithin, operation));
        let acknowledged = play(&(faulty.clone() as Arc<dyn Storage>), &batches);
        if !faulty.has_struck() {
            assert_eq!((acknowledged, operation > 10), (4, true));
            break;
        }
        after_a_crash(&disk, acknowledged, &batches);
        assert!(!root.path().join(".staging").try_exists().unwrap());
    }
}

/// How many entries were acknowledged before something went wrong.
fn play(storage: &Arc<dyn Storage>, batches: &[&[i64]]) -> u64 {
    let Ok((mut log, _)) = open(Arc::clone(storage)) else { return batches[0][0] as u64 };
    let mut acknowledged = log.checkpoint().size;
    for batch in batches {
        let Ok(appended) = log.append_many(batch.iter().copied().map(view).collect()) else {
            assert!(matches!(log.append(view(999)), Err(Error::Unknown)));
            break;
        };
        acknowledged = appended.checkpoint.size;
    }
    acknowledged
}

fn after_a_crash(disk: &Arc<dyn Storage>, acknowledged: u64, batches: &[&[i64]]) {
    let (mut log, unacknowledged) = open(Arc::clone(disk)).unwrap();
    let size = log.checkpoint().size;
    // The batch that was under way is in as a whole, or not at all.
    let next = batches.iter().find(|batch| batch[0] as u64 == acknowledged);
    let with_next = acknowledged + next.map_or(0, |batch| batch.len() as u64);
    assert!(size == acknowledged || size == with_next, "{acknowledged} {size} {with_next}");
    let expected: Vec<Entry> = (0..size).map(|seq| Entry::new(seq, view(seq as i64))).collect();
    assert_eq!(log.reader().entries().unwrap(), expected);
    for (entry, seq) in unacknowledged.entries.iter().zip(size..) {
        assert_eq!(*entry, Entry::new(seq, view(seq as i64)));
    }
    assert!(unacknowledged.entries.is_empty() || size == acknowledged);
    log.append_many((size as i64..300).map(view).collect()).unwrap();
    drop(log);
    let (log, unacknowledged) = open(Arc::clone(disk)).unwrap();
    assert_eq!(unacknowledged, Unacknowledged::default());
    assert_eq!(log.checkpoint().size, 300);
    let whole = create(Arc::new(Memory::new()), 300).unwrap();
    assert_eq!(log.checkpoint(), whole.checkpoint(), "as if nothing had happened");
}

#[test]
fn what_was_not_acknowledged_is_told_also_if_torn() {
    let root = tempfile::tempdir().unwrap();
    drop(create(folder(root.path()), 3).unwrap());
    let checkpoint = fs_err::read(root.path().join("log/checkpoint")).unwrap();
    let (mut log, _) = open(folder(root.path())).unwrap();
    log.append_many((3..6).map(view).collect()).unwrap();
    drop(log);
    fs_err::write(root.path().join("log/checkpoint"), &checkpoint).unwrap();
    let torn = root.path().join("log/tile/0/000.p/6");
    fs_err::write(&torn, "half").unwrap();
    let (log, unacknowledged) = open(folder(root.path())).unwrap();
    let told: Vec<u64> = unacknowledged.entries.iter().map(|entry| entry.seq).collect();
    assert_eq!(told, [3, 4, 5]);
    assert_eq!(unacknowledged.files.len(), 2);
    assert_eq!(log.checkpoint().size, 3);
    assert!(!torn.try_exists().unwrap());
}

#[test]
fn an_append_costs_the_same_in_a_long_log() {
    let operations = |entries: i64| {
        let disk = Memory::new();
        drop(create(Arc::new(disk.clone()), entries).unwrap());
        let counting = Arc::new(Faulty::new(Arc::new(disk), Fault::Fail, usize::MAX));
        let (mut log, _) = open(counting.clone()).unwrap();
        log.append(view(entries)).unwrap();
        counting.operations()
    };
    let (short, long) = (operations(300), operations(20_300));
    assert!(short > 0 && long <= short + 2, "{short} {long}");
}

#[test]
fn proofs_hold_against_the_checkpoints() {
    let mut log = create(Arc::new(Memory::new()), 1).unwrap();
    let mut checkpoints = vec![log.checkpoint().clone()];
    for end in [2, 3, 7, 200, 256, 257, 511, 600] {
        let start = log.checkpoint().size as i64;
        log.append_many((start..end).map(view).collect()).unwrap();
        checkpoints.push(log.checkpoint().clone());
    }
    let newest = log.checkpoint();
    for seq in 0..newest.size {
        let proof = log.reader().prove(seq).unwrap();
        let leaf = merkle::leaf(Entry::new(seq, view(seq as i64)).to_bytes().unwrap());
        assert_eq!(proof.leaf, leaf);
        assert!(merkle::is_included(leaf, seq, newest.size, &proof.path, newest.root));
    }
    for old in &checkpoints {
        let path = log.reader().prove_consistency(old.size).unwrap();
        assert!(merkle::is_consistent((old.size, old.root), (newest.size, newest.root), &path));
    }
    assert!(matches!(log.reader().prove(600), Err(Error::NoEntry { seq: 600, size: 600 })));
    assert!(log.reader().prove_consistency(601).is_err());
}

/// What is wrong, by file and flipped byte.
fn after_flipping(root: &Path, name: &str, byte: usize) -> Vec<Error> {
    let place = root.join(name);
    let good = fs_err::read(&place).unwrap();
    let mut bad = good.clone();
    bad[byte % good.len()] ^= 1;
    fs_err::write(&place, bad).unwrap();
    let problems = match reader(root) {
        Ok(reader) => reader.examine(&mut |_, _| {}),
        Err(error) => vec![error],
    };
    fs_err::write(&place, good).unwrap();
    problems
}

#[test]
fn each_changed_file_is_named() {
    let root = tempfile::tempdir().unwrap();
    drop(create(folder(root.path()), 300).unwrap());
    let flipped = |name, byte| after_flipping(root.path(), name, byte);
    let entry = flipped("log/tile/entries/000", 50);
    assert!(matches!(entry[0], Error::Changed { seq: 0, .. }));
    assert!(entry.iter().any(|problem| matches!(problem, Error::Root { size: 300, .. })));
    assert!(matches!(flipped("log/tile/entries/001.p/44", 0)[..], [Error::Torn(_)]));
    let hash = flipped("log/tile/0/000", 32 * 17);
    assert!(matches!(hash[..], [Error::Changed { seq: 17, .. }]));
    assert!(matches!(flipped("log/tile/1/000.p/1", 3)[..], [Error::Hashes(_)]));
    for byte in 0..200 {
        assert!(matches!(flipped("log/checkpoint", byte)[..], [Error::Checkpoint(_)]), "{byte}");
    }
    fs_err::remove_file(root.path().join("log/tile/entries/000")).unwrap();
    assert!(matches!(reader(root.path()).unwrap().entries(), Err(Error::Missing(_))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    /// However entries come in, the files that a reader needs are the same.
    #[test]
    fn batches_leave_no_trace(batches in prop::collection::vec(1_i64..120, 1..9)) {
        let (disk, at_once) = (Memory::new(), Memory::new());
        let mut log = create(Arc::new(disk.clone()), 0).unwrap();
        let mut end = 0;
        for batch in &batches {
            log.append_many((end..end + batch).map(view).collect()).unwrap();
            end += batch;
        }
        let whole = create(Arc::new(at_once.clone()), end).unwrap();
        let of = |log: &CustodyLog, disk: &Memory| -> BTreeMap<String, Option<Digest>> {
            let all = files(disk);
            let hash = |path: &str| all.get(path).map(Digest::of);
            log.reader().files().map(|path| (path.to_string(), hash(path.as_str()))).collect()
        };
        let files_of_log = of(&log, &disk);
        prop_assert!(files_of_log.values().all(Option::is_some));
        prop_assert_eq!(&files_of_log, &of(&whole, &at_once));
        let leaves: Vec<Digest> = (0..end)
            .map(|seq| merkle::leaf(Entry::new(seq as u64, view(seq)).to_bytes().unwrap()))
            .collect();
        prop_assert_eq!(log.checkpoint().root, merkle::root(&leaves));
    }
}
