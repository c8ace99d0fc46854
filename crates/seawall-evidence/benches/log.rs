//! What does it cost to open a long custody log, beside reading, hashing and parsing it once?
//!
//! `cargo bench -p seawall-evidence --bench log -- FOLDER ENTRIES` writes a case of so many entries into FOLDER, unless
//! it is there, and prints a table. The folder is a data directory: `seawall case show --data FOLDER` opens the same.
#![expect(clippy::disallowed_methods, reason = "a bench measures time")]
#![expect(clippy::print_stdout, reason = "a bench prints a table")]
#![expect(clippy::unwrap_used, reason = "a bench stops at what is wrong")]

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use rand::{SeedableRng as _, rngs::StdRng};
use seawall_evidence::{
    canonical,
    case_file::CaseFile,
    custody::{Act, Action, CustodyLog, LogReader},
    hash::Digest,
    item::{Clock, ContentClass, Item, ItemKind, Origin, Privilege},
    merkle,
    note::Signer,
    storage::{Folder, RelativePath, Storage},
    text::{Actor, Id, Role, Words},
    time::Time,
    vault::CaseKey,
};
use serde_json::json;

/// Entries under one checkpoint while the log is made.
const BATCH: u64 = 4096;

fn main() {
    let arguments: Vec<String> =
        std::env::args().skip(1).filter(|text| text != "--bench").collect();
    let entries: u64 = arguments.get(1).map_or(100_000, |entries| entries.parse().unwrap());
    let data = arguments.first().map_or("target/bench-log", |folder| folder);
    let data = PathBuf::from(data).join(entries.to_string());
    let signer = Signer::from_seed("evidence.example.org/bench", &[7; 32]).unwrap();
    let storage: Arc<dyn Storage> = Arc::new(Folder::new(data.join("cases/bench")));
    if !data.try_exists().unwrap() {
        write(&data, &storage, &signer, entries);
    }
    println!("{entries} entries\n| what | seconds | processor seconds |\n|---|---|---|");
    let floor = floor(&storage);
    let log = || RelativePath::new("log").unwrap();
    let (count, seconds) = timed("read and verify", || {
        let reader = LogReader::open(Arc::clone(&storage), log(), signer.verifier()).unwrap();
        reader.entries().unwrap().len() as u64
    });
    assert_eq!(count, entries);
    println!("read and verify: {:.2} of the floor", seconds / floor);
    let (count, seconds) = timed("open for writing", || {
        let mut count = 0;
        let signer = Signer::from_seed("evidence.example.org/bench", &[7; 32]).unwrap();
        CustodyLog::open(Arc::clone(&storage), log(), signer, &mut |_| count += 1).unwrap();
        count
    });
    assert_eq!(count, entries);
    println!("open for writing: {:.2} of the floor", seconds / floor);
}

/// Reads every file of the log, hashes as many leaves and nodes as there are, and parses each entry once.
fn floor(storage: &Arc<dyn Storage>) -> f64 {
    let folder = RelativePath::new("log/tile/entries").unwrap();
    let (bundles, reading) = timed("read the entries", || {
        let files = storage.list(Some(&folder)).unwrap().files;
        let read = |file: &seawall_evidence::storage::Stored| {
            storage.read(&file.path, u64::MAX / 2).unwrap().unwrap()
        };
        files.iter().map(read).collect::<Vec<Vec<u8>>>()
    });
    let entries: Vec<&[u8]> = bundles.iter().flat_map(|bundle| split(bundle)).collect();
    let ((), hashing) = timed("hash leaves and nodes", || {
        let mut last = Digest::of([]);
        for entry in &entries {
            last = merkle::node(last, merkle::leaf(entry));
        }
        std::hint::black_box(last);
    });
    let ((), parsing) = timed("parse each entry, and keep nothing of it", || {
        for entry in &entries {
            serde_json::from_slice::<serde::de::IgnoredAny>(entry).unwrap();
        }
    });
    let floor = reading + hashing + parsing;
    println!("floor: {reading:.2} + {hashing:.2} + {parsing:.2} = {floor:.2} processor seconds");
    floor
}

fn split(mut bundle: &[u8]) -> Vec<&[u8]> {
    let mut entries = Vec::new();
    while let Some((length, rest)) = bundle.split_first_chunk::<2>() {
        let (entry, rest) = rest.split_at(u16::from_be_bytes(*length).into());
        entries.push(entry);
        bundle = rest;
    }
    entries
}

/// Prints the seconds that something took, and what it is called; its result, and its processor seconds.
fn timed<T>(what: &str, work: impl FnOnce() -> T) -> (T, f64) {
    let (start, start_processor) = (Instant::now(), processor_seconds());
    let result = work();
    let (wall, processor) = (start.elapsed().as_secs_f64(), processor_seconds() - start_processor);
    println!("| {what} | {wall:.2} | {processor:.2} |");
    (result, processor)
}

/// What this process has used so far (fields 14 and 15 of `/proc/self/stat`, in hundredths).
fn processor_seconds() -> f64 {
    let stat = fs_err::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat.rsplit(") ").next().unwrap_or_default().split(' ').skip(11).take(2);
    fields.filter_map(|ticks| ticks.parse::<u32>().ok()).map(f64::from).sum::<f64>() / 100.0
}

/// A case whose log has that many entries: an admin, an analyst, and items that the analyst brought in.
fn write(data: &Path, storage: &Arc<dyn Storage>, signer: &Signer, entries: u64) {
    let case = CaseFile {
        id: Id::new("bench").unwrap(),
        title: Words::new("a long case").unwrap(),
        origin: signer.name().to_owned(),
        public_key: signer.verifier().key(),
        opened_at: time(0),
    };
    storage.write_new(&CaseFile::path(), &canonical::to_bytes(&case).unwrap()).unwrap();
    keys(data, signer);
    let person = |name: &str, role: &str| {
        let key = signer.verifier().to_string();
        let body =
            json!({"id": name, "name": name, "role": role, "public_key": key, "record": "person"});
        act(0, "ada", "admin", Action::Record, name, None, body)
    };
    let open =
        act(0, "ada", "admin", Action::Open, "bench", None, serde_json::to_value(&case).unwrap());
    let first = vec![open, person("ada", "admin"), person("ana", "analyst")];
    let known = first.len() as u64;
    let log = RelativePath::new("log").unwrap();
    let signer = Signer::from_secret_text(&signer.secret_text()).unwrap();
    let mut log = CustodyLog::create(Arc::clone(storage), log, signer, first).unwrap();
    for start in (known..entries).step_by(BATCH as usize) {
        let end = entries.min(start + BATCH);
        log.append_many((start..end).map(|seq| item(seq, log_time(seq))).collect()).unwrap();
    }
}

fn keys(data: &Path, signer: &Signer) {
    let case_key = CaseKey::generate(&mut StdRng::seed_from_u64(1));
    for (sort, text) in
        [("log", signer.secret_text()), ("case", case_key.secret_text().to_string())]
    {
        let folder = data.join("keys").join(sort);
        fs_err::create_dir_all(&folder).unwrap();
        let path = folder.join("bench");
        fs_err::write(&path, text.as_bytes()).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs_err::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}

fn item(seq: u64, at: Time) -> Act {
    let words = |text: &str| Words::new(text).unwrap();
    let sha256 = Digest::of(seq.to_be_bytes());
    let item = Item {
        id: Id::new(format!("item-{seq:026}")).unwrap(),
        kind: ItemKind::WebCapture,
        sha256,
        size: 40_000,
        media_type: words("text/html"),
        origin: Origin::ThirdParty,
        acquired_at: at,
        clock: Clock { synced: false, offset_milliseconds: None },
        acquired_by: Actor::new("ana").unwrap(),
        method: words("read from a file"),
        tool: words("seawall"),
        tool_version: words("0.1.0"),
        tool_sha256: None,
        source: words(&format!("https://shop-{seq}.example/price-list.html")),
        source_time_zone: None,
        legal_basis: words("public pages"),
        content_class: ContentClass::Public,
        personal_data: false,
        privilege: Privilege::None,
        ciphertext_sha256: Some(Digest::of(sha256)),
        derived_from: Vec::new(),
        dataset: None,
    };
    let id = item.id.to_string();
    let body = serde_json::to_value(&item).unwrap();
    Act { time: at, ..act(0, "ana", "analyst", Action::Acquire, &id, Some(sha256), body) }
}

fn act(
    seconds: i64,
    actor: &str,
    role: &str,
    action: Action,
    object: &str,
    object_sha256: Option<Digest>,
    body: serde_json::Value,
) -> Act {
    Act {
        time: time(seconds),
        actor: Actor::new(actor).unwrap(),
        role: Role::new(role).unwrap(),
        action,
        object: Id::new(object).unwrap(),
        object_sha256,
        reason: Words::new("taken into the case").unwrap(),
        tool: Words::new("seawall bench").unwrap(),
        approval: None,
        body: Some(body),
    }
}

fn log_time(seq: u64) -> Time {
    time(i64::try_from(seq).unwrap())
}

fn time(seconds: i64) -> Time {
    Time::from_unix_seconds(1_701_950_400 + seconds).unwrap()
}
