//! Is what was acknowledged still there after the program was killed, and is nothing there that nobody acknowledged?

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Instant,
};

use serde_json::Value;

use super::{case::Case, code, seawall, text};

/// Kills of each command, at moments spread over the time that it takes.
const KILLS: u32 = 15;
/// Bytes that come into the vault, so that there is something to interrupt.
const CONTENT_BYTES: usize = 3 << 20;

/// What is interrupted: who does it, and the arguments of the n-th time.
struct Victim {
    who: &'static str,
    before: fn(&Case, u32),
    arguments: fn(u32) -> Vec<String>,
}

const VICTIMS: [Victim; 4] = [
    Victim { who: "ana", before: bring_content, arguments: add },
    Victim { who: "kim", before: bring_item, arguments: |_| words(&["vault", "seal"]) },
    Victim { who: "cora", before: |_, _| {}, arguments: export },
    Victim { who: "ana", before: draft_figure, arguments: |_| words(&["figure", "bind"]) },
];

fn words(arguments: &[&str]) -> Vec<String> {
    arguments.iter().map(|word| (*word).to_owned()).collect()
}

fn add(_: u32) -> Vec<String> {
    words(&["vault", "add", "content.bin", "--source", "a disk"])
}

fn export(number: u32) -> Vec<String> {
    let out = format!("bundle-{number}");
    words(&["bundle", "export", "--out", &out, "--to", "court", "--profile", "court-sealed"])
}

/// Content that is another each time (the numbers of a linear congruential generator, Knuth's).
fn bring_content(case: &Case, number: u32) {
    let mut state = u64::from(number) + 1;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    };
    let content: Vec<u8> = (0..CONTENT_BYTES).map(|_| next()).collect();
    fs_err::write(case.root.path().join("content.bin"), content).expect("written");
}

fn bring_item(case: &Case, number: u32) {
    let note = format!("note {number}");
    fs_err::write(case.root.path().join("note.txt"), note).expect("written");
    case.ok("ana", &["vault", "add", "note.txt", "--source", "a desk"]);
}

fn draft_figure(case: &Case, number: u32) {
    let stated = serde_json::json!({
        "queries": [{
            "id": format!("Q-{number}"), "dataset": "DS-1", "where": [], "group_by": [],
            "measures": [{"name": "rows", "of": "count"}],
        }],
        "figures": [{
            "id": format!("F-{number}"), "label": "rows", "definition": "Rows of the log.",
            "unit": "rows", "query": format!("Q-{number}"),
            "cell": {"group": {}, "measure": "rows"}, "rounding": "exact",
        }],
    });
    let file = case.root.path().join("figures.json");
    fs_err::write(file, stated.to_string()).expect("written");
    case.ok("ana", &["figure", "add", "figures.json"]);
}

fn start(case: &Case, victim: &Victim, number: u32) -> Child {
    Command::new(env!("CARGO_BIN_EXE_seawall"))
        .arg("case")
        .args((victim.arguments)(number))
        .args(["--as", victim.who, "--format", "json"])
        .current_dir(case.root.path())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts")
}

/// Entries of the log, as `case show` has them.
fn log(case: &Case) -> Vec<Value> {
    case.shown()["log"].as_array().expect("a log").clone()
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "kills are spread over the time that a command takes"
)]
fn what_was_acknowledged_is_there_after_a_kill() {
    let case = Case::with_dataset();
    let mut cut_short = 0;
    for victim in &VICTIMS {
        (victim.before)(&case, 0);
        let began = Instant::now();
        let whole = start(&case, victim, 0).wait_with_output().expect("ends");
        assert_eq!(code(&whole), 0, "{:?}", (victim.arguments)(0));
        let takes = began.elapsed();
        for number in 1..=KILLS {
            (victim.before)(&case, number);
            let before = log(&case);
            let bundle = case.root.path().join(format!("bundle-{number}"));
            let bundle_is_new = !bundle.try_exists().expect("readable");
            let mut child = start(&case, victim, number);
            thread::sleep(takes * (2 * number - 1) / (2 * KILLS));
            child.kill().expect("killed");
            let said = child.wait_with_output().expect("ends");
            cut_short += u32::from(said.status.code().is_none());
            let acknowledged = serde_json::from_slice::<Value>(&said.stdout).ok();
            holds(&case, &before, acknowledged.as_ref(), number, bundle_is_new);
        }
    }
    assert!(cut_short > VICTIMS.len() as u32 * KILLS / 3, "{cut_short}");
}

/// The case opens, is whole, goes on from what it was, and has what was acknowledged.
fn holds(
    case: &Case,
    before: &[Value],
    acknowledged: Option<&Value>,
    number: u32,
    bundle_is_new: bool,
) {
    case.ok("kim", &["vault", "verify"]);
    let after = log(case);
    assert_eq!(after[..before.len()], *before, "what was there stays");
    if let Some(seq) = acknowledged.and_then(|answer| answer["custody_seq"].as_u64()) {
        assert!(after.len() as u64 > seq + 1, "entry {seq} and that of the check");
    }
    let of_case = case.root.path().join("seawall-data/cases/one");
    for left in [".staging", "pending"] {
        let left = of_case.join(left);
        let files = walk(&left);
        assert!(files == 0, "{files} files are left in {}", left.display());
    }
    let partial = case.root.path().join(format!(".bundle-{number}.partial"));
    assert!(!partial.try_exists().expect("readable"), "half a bundle");
    let told = after[before.len()..].iter().any(|entry| entry["action"] == "export");
    let name = format!("bundle-{number}");
    let there = case.root.path().join(&name).try_exists().expect("readable");
    assert!(there || !told, "the log tells of an export that is not there");
    if told {
        let output = seawall(case.root.path(), &["verify", &name, "--level", "0"]);
        assert!([0, 3].contains(&code(&output)), "{}", text(&output.stdout));
    } else if bundle_is_new {
        assert!(!there, "a bundle that no entry tells of");
    }
}

/// Files in a folder and those within it.
fn walk(folder: &Path) -> usize {
    let Ok(entries) = fs_err::read_dir(folder) else { return 0 };
    entries
        .map(|entry| entry.expect("an entry").path())
        .map(|path| if path.is_dir() { walk(&path) } else { 1 })
        .sum()
}

/// Whoever can read the system's folder for temporary files sees nothing of what is sealed: nothing is written there.
#[test]
fn sealed_data_do_not_lie_in_the_folder_for_temporary_files() {
    let case = Case::with_dataset();
    draft_figure(&case, 1);
    for command in ["bind", "verify"] {
        let output = Command::new(env!("CARGO_BIN_EXE_seawall"))
            .args(["case", "figure", command, "--as", "ana"])
            .current_dir(case.root.path())
            .env("TMPDIR", case.root.path().join("no-such-folder"))
            .output()
            .expect("the program starts");
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    }
    assert_eq!(walk(&case.root.path().join("seawall-data/cases/one/.staging")), 0);
}

/// What is looked at is what came in, to the byte: escape sequences and what is no text as well.
#[test]
fn content_is_shown_to_the_byte() {
    let case = Case::open();
    let content: Vec<u8> = (0..=255).chain(*b"\x1b[31mred\x1b[0m\xc3\x28").collect();
    fs_err::write(case.root.path().join("binary"), &content).expect("written");
    let added = case.ok("ana", &["vault", "add", "binary", "--source", "a disk"]);
    let item = added["item"].as_str().expect("an id");
    let output = seawall(case.root.path(), &["case", "vault", "view", item, "--as", "ana"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert_eq!(output.stdout, content);
}
