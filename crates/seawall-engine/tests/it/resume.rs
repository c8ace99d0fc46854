//! Does a detection that was stopped go on, wherever that was, and come to the same?

use std::{
    ffi::OsStr,
    ops::ControlFlow,
    os::unix::{fs::FileExt as _, process::ExitStatusExt as _},
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use seawall_core::event::Reject;
use seawall_engine::{
    Error, ErrorClass,
    detect::{DetectOptions, Detection, Knowledge, Room, detect, detect_on},
    read::Source,
    resume::{Resume, Taken},
    write::EventWriter,
};
use seawall_sim::{Preset, WorldOptions, generate};
use seawall_store::objects::Condition;

use crate::{
    detection::with_a_farm,
    s3::{BUCKET, S3, settings},
    support::line,
};

/// Tells the test that is run as another process where its folder is, and at which step it is to be killed.
const FOLDER: &str = "SEAWALL_TEST_RESUME_FOLDER";
const STEP: &str = "SEAWALL_TEST_RESUME_STEP";
const KILLED: i32 = 9;

/// A world with a history, in files of every format, some of them bad.
fn write_world(folder: &Path) {
    fs_err::create_dir_all(folder).expect("made");
    let names = ["a.ndjson", "c.csv.gz", "d.parquet", "e.ndjson.zst", "f.csv", "h.parquet"];
    let mut writers: Vec<EventWriter> = names
        .iter()
        .map(|name| EventWriter::create(&folder.join(name)).expect("created"))
        .collect();
    let options = WorldOptions::new(Preset::Standard, 3_000, 3);
    let mut number = 0_usize;
    let _ = generate(
        &options,
        &mut |event| {
            number += 1;
            writers[number % names.len()].write(event).expect("written");
            ControlFlow::Continue(())
        },
        &mut |_| (),
    );
    for writer in writers {
        writer.finish().expect("written");
    }
    let bad = "{\n".to_owned() + &line("x") + "{}\n" + &line("y");
    fs_err::write(folder.join("b.ndjson"), bad).expect("written");
    fs_err::write(folder.join("g.csv"), "").expect("written");
}

fn options(memory_bytes: u64, folder: &Path) -> DetectOptions {
    DetectOptions {
        report_bits: 4.0,
        threads: 2,
        reveal: true,
        knowledge: Knowledge::default(),
        room: Room { memory_bytes, spill: folder.to_owned(), spill_bytes: 1 << 30 },
    }
}

fn world(folder: &Path) -> Source {
    let path = folder.join("world").to_str().expect("UTF-8").to_owned();
    Source::open(&[path], None).expect("opened")
}

/// All that comes of a detection: findings, members, snapshot and rejects, as they are written.
type Outcome = (String, String, Vec<u8>, String);

fn told(detection: &Detection, rejects: &[Reject]) -> Outcome {
    let Detection { findings, members, snapshot, read } = detection;
    let findings = serde_json::to_string(findings).expect("JSON");
    (findings, format!("{members:?}"), snapshot.encode(), format!("{read:?}{rejects:?}"))
}

/// Detects with the work kept in a folder beside the world, and calls back at every step.
fn detect_kept(
    folder: &Path,
    memory_bytes: u64,
    step: &mut dyn FnMut(),
) -> Result<(Outcome, Resume), Error> {
    let (source, options) = (world(folder), options(memory_bytes, folder));
    let mut resume = Resume::open(&folder.join("work"), &source, &options, &[])?;
    let mut rejects = Vec::new();
    let detection = detect_on(
        &source,
        &options,
        Some(&mut resume),
        &mut |reject| rejects.push(reject),
        &mut |_| step(),
    )?;
    Ok((told(&detection, &rejects), resume))
}

/// What comes of the world in a folder where nothing is kept.
fn plain(folder: &Path) -> Outcome {
    let mut rejects = Vec::new();
    let found = detect(
        &world(folder),
        &options(1 << 30, folder),
        &mut |reject| rejects.push(reject),
        &mut |_| (),
    )
    .expect("found");
    assert!(
        !found.findings.campaigns.is_empty() && !rejects.is_empty(),
        "there is something to lose"
    );
    told(&found, &rejects)
}

fn environment(name: &str) -> Option<String> {
    std::env::var_os(name)?.into_string().ok()
}

/// As a process of its own this kills itself at the step that it is told; as a test among others it does nothing.
#[test]
fn killed_at_the_step_that_is_told() {
    let (Some(folder), Some(last)) = (environment(FOLDER), environment(STEP)) else { return };
    let mut left: u64 = last.parse().expect("a number");
    let found = detect_kept(Path::new(&folder), 0, &mut || {
        left -= 1;
        if left == 0 {
            let own = std::process::id().to_string();
            let _ = Command::new("kill").args(["-9", &own]).status();
        }
    });
    drop(found.expect("found"));
}

/// Whether a detection in another process was killed at its `step`-th step, and did not end before.
fn kill_at(folder: &Path, step: u64) -> bool {
    let status = Command::new(std::env::current_exe().expect("a program"))
        .args(["--exact", "resume::killed_at_the_step_that_is_told"])
        .env(FOLDER, folder)
        .env(STEP, step.to_string())
        .stdout(Stdio::null())
        .status()
        .expect("started");
    assert!(status.success() || status.signal() == Some(KILLED), "{status}");
    !status.success()
}

#[test]
fn what_was_killed_at_any_step_goes_on_and_comes_to_the_same() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    write_world(&folder.join("world"));
    let expected = plain(folder);
    let (mut killed, mut taken) = (0, Vec::new());
    for step in (1..).step_by(3) {
        let is_killed = kill_at(folder, step);
        killed += u64::from(is_killed);
        // In memory and on the disk by turns.
        let (found, resume) = detect_kept(folder, (step % 2) << 30, &mut || ()).expect("goes on");
        assert!(found == expected, "killed at step {step}");
        assert!(!resume.taken().damaged, "at step {step}: {:?}", resume.taken());
        taken.push(resume.taken().clone());
        resume.finish().expect("deleted");
        assert_eq!(names(folder), ["world"], "nothing is left at step {step}");
        if !is_killed {
            break;
        }
    }
    assert!(killed > 5, "killed {killed} times");
    assert!(taken.windows(2).all(|pair| pair[0].events <= pair[1].events), "{taken:?}");
    let partly = taken.iter().filter(|taken| taken.events > 0 && taken.parts.is_empty());
    assert!(partly.count() > 1, "killed while it read: {taken:?}");
    let last = &taken[taken.len() - 2];
    assert_eq!(last.parts.join(" "), "history decoys-1 decoys-2 decoys-3");
}

#[test]
fn what_was_killed_again_and_again_ends_at_last() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    write_world(&folder.join("world"));
    let expected = plain(folder);
    // Each life takes up at a step what the one before had done, so that three more steps are seen at a time.
    let killed = (1..).step_by(3).take_while(|step| kill_at(folder, *step)).count();
    assert!(killed > 5);
    let (found, resume) = detect_kept(folder, 0, &mut || ()).expect("goes on");
    assert!(found == expected);
    let Taken { events, parts, damaged } = resume.taken();
    assert!(*events > 3_000 && parts.len() == 4 && !damaged);
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs_err::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// A folder in which all of a detection is kept, and what comes of it.
fn all_kept(root: &Path) -> Outcome {
    write_world(&root.join("world"));
    let (found, resume) = detect_kept(root, 0, &mut || ()).expect("found");
    assert_eq!(resume.taken(), &Taken::default());
    found
}

fn file(path: &Path) -> fs_err::File {
    fs_err::OpenOptions::new().write(true).read(true).open(path).expect("opened")
}

#[test]
fn what_is_torn_or_damaged_is_made_anew() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let expected = all_kept(folder);
    let work = folder.join("work");
    let pieces = work.join("pieces");
    // What threads leave out because a signup has said it differs, and so do lengths, by a little.
    let length = || fs_err::metadata(&pieces).expect("there").len();
    let again = |damaged: bool, what: &str| -> Taken {
        let (found, resume) = detect_kept(folder, 0, &mut || ()).expect("goes on");
        assert!(found == expected, "{what}");
        assert_eq!(resume.taken().damaged, damaged, "{what}");
        resume.taken().clone()
    };
    let whole = again(false, "nothing has changed");
    assert_eq!(whole.parts.len(), 4);
    for share in [0, 1, 13, 500, 501, 999] {
        let torn = length() * share / 1000;
        file(&pieces).set_len(torn).expect("cut");
        let taken = again(false, &format!("cut to {torn} bytes"));
        assert!(taken.events < whole.events, "{torn}: {taken:?}");
    }
    for share in [0, 5, 400, 700, 999] {
        let at = length() * share / 1000;
        let mut byte = [0];
        file(&pieces).file().read_exact_at(&mut byte, at).expect("read");
        file(&pieces).file().write_all_at(&[byte[0] ^ 4], at).expect("written");
        let (found, resume) = detect_kept(folder, 0, &mut || ()).expect("goes on");
        assert!(found == expected, "byte {at}");
        assert!(resume.taken().events < whole.events, "byte {at}");
    }
    file(&pieces).file().write_all_at(&[0xFF; 64], length() / 2).expect("written");
    again(true, "a stretch is not what it was");
    for part in ["part-history", "part-decoys-2"] {
        let path = work.join(part);
        let bytes = fs_err::read(&path).expect("there");
        let mut other = bytes.clone();
        other[bytes.len() / 2] ^= 1;
        for content in [&other[..], &bytes[..bytes.len() - 1], &[]] {
            fs_err::write(&path, content).expect("written");
            let taken = again(true, part);
            assert_eq!(taken.parts.len(), 3, "{part} was made anew");
            assert_eq!(fs_err::read(&path).expect("there"), bytes);
        }
    }
    // A file that was being written when the power failed.
    fs_err::write(work.join("part-history-abc"), "half").expect("written");
    let (_, resume) = detect_kept(folder, 0, &mut || ()).expect("goes on");
    resume.finish().expect("deleted");
    assert_eq!(names(folder), ["world"]);
}

#[test]
fn work_of_another_detection_is_neither_taken_up_nor_deleted() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    all_kept(folder);
    let work = folder.join("work");
    let before = names(&work);
    let refused = |options: &DetectOptions, what: &str| {
        let error = Resume::open(&work, &world(folder), options, &[]).expect_err("another");
        assert_eq!(error.class(), ErrorClass::Usage);
        let said = error.to_string();
        assert!(
            said.contains(&format!("with other {what}\n")) && said.contains("hint: "),
            "{said}"
        );
        assert_eq!(names(&work), before);
    };
    let same = options(0, folder);
    refused(&DetectOptions { report_bits: 5.0, ..options(0, folder) }, "--report-bits");
    // As long as before, and changed since.
    let input = folder.join("world/b.ndjson");
    let text = fs_err::read_to_string(&input).expect("there").replace("{}", "[]");
    fs_err::write(&input, text).expect("written");
    refused(&same, "inputs");
    fs_err::rename(&input, folder.join("world/bb.ndjson")).expect("renamed");
    refused(&same, "inputs");

    let open = |folder: &Path| Resume::open(folder, &world(root.path()), &same, &[]);
    let foreign = root.path().join("foreign");
    fs_err::create_dir(&foreign).expect("made");
    fs_err::write(foreign.join("letter.txt"), "dear").expect("written");
    let error = open(&foreign).expect_err("somebody's folder");
    assert!(matches!(&error, Error::KeptForeign { example, .. } if example == "letter.txt"));
    assert_eq!(names(&foreign), ["letter.txt"]);

    let busy = root.path().join("busy");
    let first = open(&busy).expect("opened");
    let error = open(&busy).expect_err("two at a time");
    assert!(matches!(error, Error::KeptBusy { .. }) && error.class() == ErrorClass::Conflict);
    drop(first);
    drop(open(&busy).expect("one after the other"));
}

#[test]
fn a_disk_that_fills_leaves_what_was_kept() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    write_world(&folder.join("world"));
    let expected = plain(folder);
    let source = world(folder);
    let mut little = options(0, folder);
    // The first piece, and no more than half of the second.
    little.room.spill_bytes = 1_000_000;
    let mut resume = Resume::open(&folder.join("work"), &source, &little, &[]).expect("opened");
    let error = detect_on(&source, &little, Some(&mut resume), &mut |_| (), &mut |_| ());
    let error = error.map(drop).expect_err("no room");
    assert!(matches!(&error, Error::KeptFull { bytes_max: 1_000_000, .. }), "{error:?}");
    drop(resume);
    let (found, resume) = detect_kept(folder, 0, &mut || ()).expect("goes on");
    assert!(found == expected);
    assert!(resume.taken().events > 0, "{:?}", resume.taken());
}

#[test]
fn what_can_be_read_only_once_cannot_go_on() {
    let root = tempfile::tempdir().expect("a folder");
    let pipe: PathBuf = root.path().join("pipe");
    let made = Command::new("mkfifo").arg(OsStr::new(&pipe)).status().expect("started");
    assert!(made.success());
    let writer = std::thread::spawn({
        let pipe = pipe.clone();
        move || fs_err::write(pipe, line("x")).expect("written")
    });
    let source = Source::open(&[pipe.to_str().expect("UTF-8").to_owned()], None).expect("opened");
    writer.join().expect("written");
    let options = options(0, root.path());
    let error = Resume::open(&root.path().join("work"), &source, &options, &[]);
    let error = error.map(drop).expect_err("gone");
    assert!(matches!(error, Error::ReadOnce { .. }) && error.class() == ErrorClass::Usage);
    assert_eq!(names(root.path()), ["pipe"], "and no folder is made");
}

#[test]
fn objects_are_known_again_by_their_versions() {
    let Some(s3) = S3::start() else { return };
    let root = tempfile::tempdir().expect("a folder");
    let put = |content: String| {
        s3.bucket().put("in/log.ndjson", content.into(), &Condition::Always).expect("put");
    };
    put(with_a_farm());
    let options = options(0, root.path());
    let open = || {
        let inputs = [format!("s3://{BUCKET}/in")];
        let source = Source::open_with(&inputs, None, &settings(s3.port)).expect("opened");
        let resume = Resume::open(&root.path().join("work"), &source, &options, &[]);
        resume.map(|resume| (source, resume))
    };
    let mut found = Vec::new();
    for _ in 0..2 {
        let (source, mut resume) = open().expect("the same objects");
        let detection = detect_on(&source, &options, Some(&mut resume), &mut |_| (), &mut |_| ());
        found.push((told(&detection.expect("found"), &[]), resume.taken().events));
    }
    assert!(found[0].0 == found[1].0);
    assert!(found[0].1 == 0 && found[1].1 > 200);
    // The same length, under the same name.
    put(with_a_farm().replacen('a', "b", 1));
    let error = open().map(drop).expect_err("another version");
    assert!(matches!(&error, Error::KeptOther { what, .. } if what == "inputs"), "{error:?}");
}
