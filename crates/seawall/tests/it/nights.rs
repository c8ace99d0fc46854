//! Does a state survive whatever ends a night, and does the program say what it means by its exit code?

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Stdio},
};

use super::{code, contents, seawall, text};

/// A log in three parts, in order of time.
fn parts(root: &Path) {
    let made = seawall(
        root,
        &[
            "simulate",
            "--preset",
            "standard",
            "--accounts",
            "3000",
            "--seed",
            "4",
            "--out",
            "world",
            "--events-format",
            "ndjson",
        ],
    );
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
    let log = fs_err::read_to_string(root.join("world/events.ndjson")).expect("a log");
    let lines: Vec<&str> = log.lines().collect();
    let (first, second) = (lines.len() * 8 / 10, lines.len() * 9 / 10);
    for (name, part) in
        [("1", &lines[..first]), ("2", &lines[first..second]), ("3", &lines[second..])]
    {
        fs_err::write(root.join(format!("{name}.ndjson")), part.join("\n")).expect("written");
    }
}

fn night<'a>(state: &'a str, input: &'a str, out: &'a str) -> [&'a str; 8] {
    ["detect", input, "--state", state, "--out", out, "--threads", "1"]
}

fn copy(from: &Path, to: &Path) {
    fs_err::create_dir(to).expect("made");
    for (name, bytes) in contents(from) {
        fs_err::write(to.join(name), bytes).expect("written");
    }
}

/// Starts a night, and ends the process as soon as the state has a file of that name.
fn kill_at(root: &Path, state: &str, file: &str) -> bool {
    let mut child = Command::new(env!("CARGO_BIN_EXE_seawall"))
        .args(night(state, "2.ndjson", "killed"))
        .current_dir(root)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let path = root.join(state).join(file);
    while !path.try_exists().expect("readable") {
        if child.try_wait().expect("a child").is_some() {
            return false;
        }
        std::thread::park_timeout(std::time::Duration::from_millis(1));
    }
    child.kill().expect("killed or ended");
    !child.wait().expect("a child").success()
}

#[test]
fn a_killed_night_is_had_again() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    parts(root);
    let first = seawall(root, &night("state", "1.ndjson", "one"));
    assert_eq!(code(&first), 0, "{}", text(&first.stderr));
    copy(&root.join("state"), &root.join("undisturbed"));
    let second = seawall(root, &night("undisturbed", "2.ndjson", "two"));
    assert_eq!(code(&second), 0, "{}", text(&second.stderr));
    let before = contents(&root.join("state"));
    let mut killed = 0;
    for file in ["accounts", "ids", "values", "campaigns"] {
        copy(&root.join("state"), &root.join(file));
        killed += u32::from(kill_at(root, file, &format!("night-000002.{file}")));
        if contents(&root.join(file))["state.json"] == before["state.json"] {
            for (name, bytes) in &before {
                assert_eq!(&contents(&root.join(file))[name], bytes, "{file}: {name}");
            }
            let again = seawall(root, &night(file, "2.ndjson", &format!("again-{file}")));
            assert_eq!(code(&again), 0, "{}", text(&again.stderr));
            assert_eq!(contents(&root.join("two")), contents(&root.join(format!("again-{file}"))));
        }
        assert!(
            whole(&root.join("undisturbed")) == whole(&root.join(file)),
            "killed at {file}: another state than without"
        );
    }
    assert!(killed >= 2, "hardly any night was killed");
}

/// A state without what a night may leave beside it.
fn whole(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = contents(folder);
    files.retain(|name, _| name.starts_with("night-") || name == "state.json");
    files
}

#[test]
fn what_a_night_cannot_do_has_a_code() {
    let root = tempfile::tempdir().expect("a folder");
    let root = root.path();
    parts(root);
    let run = |arguments: &[&str]| seawall(root, arguments);
    let failed = |arguments: &[&str], expected: i32, said: &str| {
        let output = run(arguments);
        let message = text(&output.stderr);
        assert_eq!(code(&output), expected, "{arguments:?}: {message}");
        assert!(message.contains(said) && message.contains("hint: "), "{message}");
    };
    assert_eq!(code(&run(&night("state", "1.ndjson", "one"))), 0);
    failed(&night("state", "1.ndjson", "two"), 5, "night 1");
    let alone = run(&["detect", "2.ndjson", "--out", "two", "--window", "9"]);
    assert_eq!(code(&alone), 2, "a window is one of a state");
    assert!(text(&alone.stderr).contains("--state"));
    failed(&["history", "--state", "one"], 3, "no state");
    failed(&["history", "c-0", "--state", "state"], 3, "c-0");
    {
        let lock = std::fs::File::open(root.join("state/lock")).expect("there");
        lock.lock().expect("free");
        failed(&night("state", "2.ndjson", "two"), 5, "another night");
    }
    let second = run(&night("state", "2.ndjson", "two"));
    assert_eq!(code(&second), 0, "{}", text(&second.stderr));
    assert!(text(&second.stderr).contains("night 2: "), "{}", text(&second.stderr));

    let told = run(&["history", "--state", "state", "--format", "ndjson"]);
    let lines: Vec<serde_json::Value> =
        text(&told.stdout).lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    let campaigns = text(&contents(&root.join("two"))["campaigns.ndjson"]);
    assert!(campaigns.lines().count() >= 3);
    for line in campaigns.lines() {
        let campaign: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let own = lines.iter().find(|own| own["campaign"] == campaign["campaign"]);
        let own = own.expect("every campaign has a history");
        assert_eq!(own["history"], campaign["history"]);
        assert_eq!(own["accounts"], campaign["accounts"]);
        assert_eq!(own["alive"], true);
    }
    let table = text(&run(&["history", "--state", "state"]).stdout);
    assert!(table.contains("  night 1 ") && table.contains("found"), "{table}");
    let rows = text(&run(&["history", "--state", "state", "--format", "csv"]).stdout);
    assert!(rows.starts_with("campaign,night,at,what,campaigns,accounts\n"), "{rows}");

    let manifest: serde_json::Value =
        serde_json::from_slice(&contents(&root.join("two"))["manifest.json"]).expect("JSON");
    assert_eq!(manifest["config"]["night"], 2);
    let damaged = root.join("state/night-000002.accounts");
    let mut bytes = fs_err::read(&damaged).expect("there");
    bytes[10] ^= 1;
    fs_err::write(&damaged, bytes).expect("written");
    failed(&night("state", "3.ndjson", "three"), 7, "is damaged");
    assert!(!root.join("three").try_exists().expect("readable"), "nothing half-written");
}
