//! What if the disk gives back something else than what was set aside on it, or has no room left?

use std::{
    cell::Cell,
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use seawall_core::{campaign::findings::fixture, decision::snapshot::Snapshot, event::Reject};
use seawall_engine::{
    Error,
    detect::{DetectOptions, Detection, Knowledge, Room, Step, detect},
    output::{self, Overwrite, Provenance, RunWriter, StoredRun},
    read::Source,
};

use crate::detection::with_a_farm;

/// The input has been read, and all values are in the spill file.
const READ: &str = "grouping selectors";
/// Accounts are judged: what that does not ask for is in one file, and columns are in another.
const JUDGED: &str = "shuffling for decoys";

/// Detects with next to no memory, and calls back when a stage begins.
fn detect_spilled(folder: &Path, stage: &str, begun: &dyn Fn()) -> Result<Detection, Error> {
    let path = folder.join("events.ndjson");
    fs_err::write(&path, with_a_farm()).expect("written");
    let source = Source::open(&[path.to_str().expect("UTF-8").to_owned()], None).expect("there");
    let options = DetectOptions {
        report_bits: 4.0,
        threads: 2,
        reveal: true,
        knowledge: Knowledge::default(),
        room: Room { memory_bytes: 0, spill: folder.to_owned(), spill_bytes: u64::MAX },
    };
    detect(&source, &options, &mut |reject| panic!("{reject:?}"), &mut |step| match step {
        Step::Stage(name) if name == stage => begun(),
        _ => {}
    })
}

/// One of so many files without a name that this process has open in a folder, opened once more.
fn spill_file(folder: &Path, which: usize, count: usize) -> fs_err::File {
    let mut found: Vec<PathBuf> = Vec::new();
    for entry in fs_err::read_dir("/proc/self/fd").expect("Linux") {
        let entry = entry.expect("an entry").path();
        let Ok(target) = fs_err::read_link(&entry) else { continue };
        if target.starts_with(folder) && target.to_string_lossy().ends_with("(deleted)") {
            found.push(entry);
        }
    }
    assert_eq!(found.len(), count, "spill files: {found:?}");
    found.sort_unstable();
    fs_err::OpenOptions::new().read(true).write(true).open(&found[which]).expect("opened again")
}

#[test]
fn a_spill_file_that_changes_under_way_stops_the_detection() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(detect_spilled(folder.path(), "", &|| ()).expect("found").members.len() > 200);
    let flips: [fn(&fs_err::File, u64); 3] = [
        |file, bytes| {
            let mut byte = [0];
            file.file().read_exact_at(&mut byte, bytes / 2).expect("read");
            file.file().write_all_at(&[byte[0] ^ 1], bytes / 2).expect("written");
        },
        |file, bytes| file.file().set_len(bytes - 1).expect("cut"),
        |file, bytes| file.file().write_all_at(&vec![0; bytes as usize], 0).expect("emptied"),
    ];
    let files = [(READ, 0, 1), (JUDGED, 0, 2), (JUDGED, 1, 2)];
    for (flip, (stage, which, count)) in
        flips.into_iter().flat_map(|flip| files.map(|file| (flip, file)))
    {
        let flipped = Cell::new(false);
        let error = detect_spilled(folder.path(), stage, &|| {
            let file = spill_file(folder.path(), which, count);
            let bytes = file.metadata().expect("open").len();
            assert!(bytes > 1_000);
            flip(&file, bytes);
            flipped.set(true);
        });
        assert!(flipped.get(), "{stage}");
        let error = error.map(drop).expect_err("what was set aside is not what is there");
        assert!(
            matches!(&error, Error::Spill { folder: at, .. } if at == folder.path()),
            "{error:?}"
        );
        assert!(error.to_string().contains("\nhint: "));
        let left = folder.path().read_dir().expect("readable").count();
        assert_eq!(left, 1, "nothing is left but the log");
    }
}

/// A file on a disk without room: every write to it fails as on one.
fn full_disk(run: &Path, name: &str) {
    let partial = run.join(".seawall-partial");
    fs_err::create_dir_all(&partial).expect("made");
    std::os::unix::fs::symlink("/dev/full", partial.join(name)).expect("a link");
}

#[test]
fn a_disk_that_fills_leaves_the_earlier_run_as_it_was() {
    let root = tempfile::tempdir().expect("a folder");
    let findings = fixture::findings();
    let write = |run: &Path| {
        let mut writer = RunWriter::create(run, Overwrite::OwnRun)?;
        let reason = "not an address".to_owned();
        let source = "events.ndjson".to_owned();
        writer.reject(&Reject { source, line: 1, field: None, reason, event_kept: false })?;
        let members = fixture::members(&findings);
        writer.finish(&findings, &members, &Snapshot::empty(), "<p>", Provenance::default())
    };
    let run = root.path().join("run");
    write(&run).expect("written");
    for name in output::FILES.into_iter().chain([output::MANIFEST]) {
        full_disk(&run, name);
        let error = write(&run).map(drop).expect_err("no room");
        assert!(
            matches!(&error, output::Error::Write { path, .. } if path.ends_with(name)),
            "{error:?}"
        );
        assert!(error.to_string().contains("\nhint: make room on the disk"), "{error}");
        let earlier = StoredRun::open(&run).expect("the earlier run");
        assert_eq!(earlier.findings().expect("whole"), findings);
        assert_eq!(run.read_dir().expect("readable").count(), 9, "{name}: nothing else is left");
        // Where there was no run, there is none.
        let fresh = root.path().join("fresh");
        full_disk(&fresh, name);
        write(&fresh).map(drop).expect_err("no room");
        assert_eq!(fresh.read_dir().expect("readable").count(), 0, "{name}");
    }
}
