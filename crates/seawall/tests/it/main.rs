//! Does the program keep its contract: files, exit codes, streams, and the same bytes every time?

#[expect(
    dead_code,
    clippy::unwrap_used,
    reason = "of the tests of the evidence crate, which ask more of it"
)]
#[path = "../../../seawall-evidence/tests/it/authority.rs"]
mod authority;
mod actions;
mod begin;
mod browser;
mod case;
mod clocks;
mod dating;
mod documents;
mod gate;
mod intel;
mod killed;
mod knowledge;
mod mcp;
mod objects;
mod nights;
mod outside;
mod pages;
mod peers;
mod resolving;
mod resume;
mod reviews;
#[expect(dead_code, reason = "of the tests of the store, which ask more of it")]
#[path = "../../../seawall-store/tests/it/s3.rs"]
mod s3;
mod serving;
mod signals;
mod taxii;

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Output, Stdio},
    thread,
    time::Duration,
};

fn seawall(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_seawall"))
        .args(arguments)
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

/// Waits until something has come about, a minute at most.
#[expect(clippy::disallowed_methods, reason = "what is waited for comes from another process")]
fn until(what: &str, mut came: impl FnMut() -> bool) {
    for _ in 0..1200 {
        if came() {
            return;
        }
        thread::sleep(Duration::from_millis(50));
    }
    panic!("it never came about: {what}");
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs_err::read_dir(folder)
        .expect("a folder")
        .map(|entry| {
            let entry = entry.expect("an entry");
            let name = entry.file_name().to_string_lossy().into_owned();
            (name, fs_err::read(entry.path()).expect("a file"))
        })
        .collect()
}

#[test]
fn from_a_world_to_an_explanation() {
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

    let events = "world/events.ndjson.zst";
    let found = run(&["detect", events, "--out", "one", "--threads", "1", "--format", "ndjson"]);
    assert_eq!(code(&found), 0, "{}", text(&found.stderr));
    let campaigns: Vec<serde_json::Value> = text(&found.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON on standard output"))
        .collect();
    assert!(!campaigns.is_empty());
    assert_eq!(
        text(&found.stdout).as_bytes(),
        contents(&root.path().join("one"))["campaigns.ndjson"]
    );

    // Other threads, another form, the earlier run replaced: the same bytes.
    for _ in 0..2 {
        let again = run(&["detect", events, "--out", "two", "--threads", "4", "--fail-on", "1"]);
        assert_eq!(code(&again), 6, "{}", text(&again.stderr));
    }
    assert_eq!(contents(&root.path().join("one")), contents(&root.path().join("two")));

    let members = fs_err::read_to_string(root.path().join("one/members.csv")).expect("a file");
    let accounts: u64 = campaigns.iter().filter_map(|campaign| campaign["accounts"].as_u64()).sum();
    assert_eq!(members.lines().count() as u64, accounts + 1);
    let account = members.lines().nth(1).and_then(|line| line.split(',').next()).expect("a member");
    let explained = run(&["explain", account, "--run", "one"]);
    assert_eq!(code(&explained), 0, "{}", text(&explained.stderr));
    assert!(
        text(&explained.stdout).starts_with(&format!("Account {account} belongs to campaign c-"))
    );

    let judged =
        run(&["evaluate", "--run", "one", "--truth", "world/truth.csv", "--format", "json"]);
    assert_eq!(code(&judged), 0, "{}", text(&judged.stderr));
    let judged: serde_json::Value = serde_json::from_slice(&judged.stdout).expect("JSON");
    assert_eq!(judged["accounts"]["flagged"].as_u64(), Some(accounts));

    fs_err::write(root.path().join("one/members.csv"), members.replacen("c-", "c_", 1))
        .expect("written");
    assert_eq!(code(&run(&["explain", account, "--run", "one"])), 7);
}

#[test]
fn what_goes_wrong_has_a_code_a_message_and_a_hint() {
    let root = tempfile::tempdir().expect("a folder");
    fs_err::create_dir(root.path().join("full")).expect("made");
    fs_err::write(root.path().join("full/thesis.txt"), "x").expect("written");
    fs_err::write(root.path().join("bad.ndjson"), "{}\n").expect("written");
    fs_err::write(root.path().join("bad.toml"), "[detect]\nreport_bit = 1\n").expect("written");
    let cases: [(&[&str], i32, &str); 8] = [
        (&["detect", "absent.ndjson", "--out", "run"], 3, "absent.ndjson"),
        (&["detect", "bad.ndjson", "--out", "run"], 3, "rejected"),
        (&["detect", "bad.ndjson", "--out", "full"], 5, "thesis.txt"),
        (&["detect", "bad.ndjson"], 2, "--out"),
        (&["detect", "bad.ndjson", "--out", "run", "--report-bits", "99"], 2, "99"),
        (&["explain", "x", "--run", "full"], 3, "no run"),
        (&["config", "check", "--config", "bad.toml"], 2, "report_bit"),
        (&["simulate", "--preset", "nowhere", "--out", "world"], 2, "nowhere"),
    ];
    for (arguments, expected, said) in cases {
        let output = seawall(root.path(), arguments);
        let message = text(&output.stderr);
        assert_eq!(code(&output), expected, "{arguments:?}: {message}");
        assert!(message.contains("error: ") && message.contains(said), "{arguments:?}: {message}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
    }
    assert!(
        !root.path().join("run").try_exists().expect("readable"),
        "a failed run leaves no folder"
    );
    let conflict = text(&seawall(root.path(), &["detect", "bad.ndjson", "--out", "full"]).stderr);
    assert!(conflict.lines().any(|line| line.starts_with("hint: ")), "{conflict}");
}

#[test]
fn the_manifest_names_what_was_used_beside_the_log() {
    let root = tempfile::tempdir().expect("a folder");
    let write = |path: &str, text: &str| {
        fs_err::write(root.path().join(path), text).expect("written");
    };
    fs_err::create_dir(root.path().join("lists")).expect("made");
    // "abc", whose digest FIPS 180-2 publishes, is no network range.
    write("lists/vpn.txt", "abc");
    write("log.ndjson", r#"{"time":"2026-03-01T00:00:00Z","type":"signup","account":"a"}"#);
    let found = seawall(root.path(), &["detect", "log.ndjson", "--out", "run", "--lists", "lists"]);
    let messages = text(&found.stderr);
    assert_eq!(code(&found), 0, "{messages}");
    assert!(messages.contains("vpn.txt 1 line"), "{messages}");
    let manifest: serde_json::Value =
        serde_json::from_slice(&contents(&root.path().join("run"))["manifest.json"]).expect("JSON");
    let expected = serde_json::json!([{
        "file": "vpn.txt",
        "bytes": 3,
        "sha256": "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
    }]);
    assert_eq!(manifest["knowledge"], expected);
}

#[test]
fn small_commands_answer() {
    let root = tempfile::tempdir().expect("a folder");
    let shows = |arguments: &[&str], expected: &str| {
        let output = seawall(root.path(), arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", text(&output.stderr));
        assert!(text(&output.stdout).contains(expected), "{arguments:?}");
    };
    shows(&["--version"], env!("CARGO_PKG_VERSION"));
    shows(&["detect", "--help"], "Examples:");
    shows(&["completions", "bash"], "complete -F _seawall");
    shows(&["man"], ".TH seawall");
    shows(&["config", "show"], "detect.report_bits = 4.0");
    shows(&["doctor"], "temporary room");
}
