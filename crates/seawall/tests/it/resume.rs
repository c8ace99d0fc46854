//! Does a detection that was killed go on by the same command, and write the same run?

use std::{
    os::unix::process::ExitStatusExt as _,
    path::Path,
    process::{Command, Stdio},
    thread,
};

use super::{code, contents, seawall, text};

const DETECT: [&str; 6] = ["detect", "world/events.ndjson.zst", "--out", "run", "--resume", "work"];

/// Starts a detection and kills it as soon as that is so; whether it was killed before it ended.
fn kill_once(folder: &Path, is_so: &dyn Fn() -> bool) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_seawall"))
        .args(DETECT)
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    while !is_so() && child.try_wait().expect("a child").is_none() {
        thread::yield_now();
    }
    child.kill().expect("ours");
    child.wait().expect("ended").signal().is_some()
}

#[test]
fn a_killed_detection_goes_on_and_writes_the_same_run() {
    let root = tempfile::tempdir().expect("a folder");
    let run = |arguments: &[&str]| seawall(root.path(), arguments);
    let made = run(&[
        "simulate",
        "--preset",
        "standard",
        "--accounts",
        "4000",
        "--seed",
        "3",
        "--out",
        "world",
    ]);
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
    let plain = run(&["detect", "world/events.ndjson.zst", "--out", "plain"]);
    assert_eq!(code(&plain), 0, "{}", text(&plain.stderr));

    let inside = |path: &str| root.path().join(path);
    let has_pieces =
        || fs_err::metadata(inside("work/pieces")).is_ok_and(|pieces| pieces.len() > 0);
    assert!(kill_once(root.path(), &has_pieces), "while it read");
    assert!(!inside("run/manifest.json").is_file());
    // What is kept is of that detection, and of no other.
    let other = run(&[&DETECT[..], &["--report-bits", "5"]].concat());
    assert_eq!(code(&other), 2);
    assert!(text(&other.stderr).contains("with other --report-bits"), "{}", text(&other.stderr));

    for moment in ["work/part-history", "work/part-decoys-1", "run/.seawall-partial/findings.json"]
    {
        kill_once(root.path(), &|| inside(moment).is_file());
    }
    // The last moment may have been the very last.
    let is_kept = inside("work/of.json").is_file();
    let ended = run(&DETECT);
    assert_eq!(code(&ended), 0, "{}", text(&ended.stderr));
    let told = text(&ended.stderr);
    assert_eq!(
        told.contains("from what work keeps") && told.contains("taken up"),
        is_kept,
        "{told}"
    );
    assert_eq!(contents(&inside("run")), contents(&inside("plain")));
    assert_eq!(ended.stdout, plain.stdout);
    assert!(!inside("work").is_dir(), "the work is done");

    let once = run(&["detect", "-", "--out", "other", "--resume", "work"]);
    assert_eq!(code(&once), 2, "{}", text(&once.stderr));
    assert!(text(&once.stderr).contains("can be read only once"), "{}", text(&once.stderr));
    let both = run(&[&DETECT[..], &["--spill-folder", "elsewhere"]].concat());
    assert_eq!(code(&both), 2, "one folder for both");
}
