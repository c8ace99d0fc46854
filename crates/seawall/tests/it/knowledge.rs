//! Is a run that used lists and a field map sealed, and detected again with those very files alone?

use std::path::Path;

use super::{case::Case, code, seawall, text};

/// A run in a small world whose field for accounts has another name, with a list beside it.
fn detected(folder: &Path) {
    let run = |arguments: &[&str]| {
        let output = seawall(folder, arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", text(&output.stderr));
    };
    let world = ["--preset", "standard", "--accounts", "1500", "--seed", "4", "--out", "world"];
    run(&[&["simulate"][..], &world[..], &["--events-format", "ndjson"]].concat());
    let events = fs_err::read_to_string(folder.join("world/events.ndjson")).expect("events");
    let renamed = events.replace(r#""account":"#, r#""konto":"#);
    fs_err::write(folder.join("events.ndjson"), renamed).expect("written");
    fs_err::write(folder.join("ours.toml"), "account = \"konto\"\n").expect("written");
    fs_err::create_dir(folder.join("lists")).expect("made");
    fs_err::write(folder.join("lists/vpn_a.txt"), "198.18.0.0/15\n").expect("written");
    let beside = ["--map", "ours.toml", "--lists", "lists"];
    run(&[&["detect", "events.ndjson", "--out", "run"][..], &beside[..]].concat());
}

/// The line of level 3 on the run.
fn again(case: &Case, bundle: &str, more: &[&str]) -> (i32, String) {
    let verify = ["verify", bundle, "--level", "3"];
    let output = seawall(case.root.path(), &[&verify[..], more].concat());
    let report = text(&output.stdout);
    let line = report.lines().find(|line| line.starts_with("run:")).expect("a run").to_owned();
    (code(&output), line)
}

#[test]
fn a_run_with_lists_is_sealed_and_found_again_with_those_very_files() {
    let case = Case::open();
    let folder = case.root.path();
    detected(folder);
    let seal = ["detection", "seal", "run", "--events", "events.ndjson"];
    let export = |out| {
        let export = ["bundle", "export", "--out", out, "--to", "court"];
        case.ok("kim", &["vault", "seal"]);
        case.ok("cora", &[&export[..], &["--profile", "court-sealed"]].concat());
    };
    // By their hashes alone: level 3 wants the files, and says which.
    let sealed = case.ok("ana", &seal);
    assert_eq!(sealed["sealed_by_hash_alone"], serde_json::json!(["ours.toml", "vpn_a.txt"]));
    export("hashes");
    let (exit, line) = again(&case, "hashes", &[]);
    assert_eq!(exit, 3, "{line}");
    assert!(line.contains(" SKIP ") && line.contains("`ours.toml` (SHA-256 "), "{line}");
    let (_, line) = again(&case, "hashes", &["--knowledge", "ours.toml"]);
    assert!(line.contains(" SKIP ") && line.contains("`vpn_a.txt`"), "{line}");
    let (_, line) = again(&case, "hashes", &["--knowledge", "ours.toml", "--knowledge", "lists"]);
    assert!(line.contains(" PASS "), "{line}");

    // Another list is not the list.
    fs_err::create_dir(folder.join("other")).expect("made");
    fs_err::write(folder.join("other/vpn_a.txt"), "198.19.0.0/16\n").expect("written");
    let (exit, line) =
        again(&case, "hashes", &["--knowledge", "ours.toml", "--knowledge", "other"]);
    assert!(exit == 3 && line.contains(" SKIP "), "{line}");
    let wrong: Vec<&str> = seal.into_iter().chain(["--knowledge", "other"]).collect();
    let said = case.refused("ana", &wrong, 3);
    assert!(said.contains("vpn_a.txt") && said.contains("hint: "), "{said}");

    // As evidence they lie in the bundle, and nobody has to bring them.
    let given = ["--knowledge", "ours.toml", "--knowledge", "lists"];
    let sealed = case.ok("ana", &[&seal[..], &given[..]].concat());
    assert_eq!(sealed["sealed_by_hash_alone"], serde_json::json!([]));
    export("files");
    let (_, line) = again(&case, "files", &[]);
    assert!(line.contains(" PASS "), "{line}");
}
