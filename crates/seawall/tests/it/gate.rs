//! Does detection keep its promises on small worlds whose truth is known?

use std::path::Path;

use serde_json::Value;

use super::{seawall, text};

/// Makes a world of ten thousand people, detects in it, and measures.
fn measure(folder: &Path, preset: &str) -> Value {
    measure_of(folder, preset, "10000", "5")
}

fn measure_of(folder: &Path, preset: &str, accounts: &str, seed: &str) -> Value {
    let simulate =
        ["simulate", "--preset", preset, "--accounts", accounts, "--seed", seed, "--out", "world"];
    assert!(seawall(folder, &simulate).status.success(), "{preset}");
    let detect = ["detect", "world/events.ndjson.zst", "--out", "run"];
    assert!(seawall(folder, &detect).status.success(), "{preset}");
    let evaluate = ["evaluate", "--run", "run", "--truth", "world/truth.csv", "--format", "json"];
    let output = seawall(folder, &evaluate);
    serde_json::from_str(&text(&output.stdout)).expect("an evaluation as JSON")
}

fn share(evaluation: &Value, kind: &str) -> f64 {
    evaluation["kinds"]
        .as_array()
        .and_then(|kinds| kinds.iter().find(|row| row["kind"] == kind))
        .and_then(|row| row["share"].as_f64())
        .expect("a kind of the world")
}

#[test]
fn a_world_with_a_history_gives_its_farms_and_nobody_else() {
    let root = tempfile::tempdir().expect("a folder");
    let evaluation = measure(root.path(), "standard");
    assert_eq!(evaluation["accounts"]["false_positives"], 0, "{}", evaluation["accounts"]);
    for rung in ["l0", "l1", "l2", "l2b", "l7", "nat"] {
        assert!(share(&evaluation, rung) >= 0.95, "{rung}: {}", share(&evaluation, rung));
    }
    assert!(share(&evaluation, "l3") >= 0.85, "l3: {}", share(&evaluation, "l3"));
    assert_eq!(evaluation["campaigns"]["merged"], 0, "{}", evaluation["campaigns"]);
}

#[test]
fn a_first_run_without_trust_gives_its_farms() {
    let root = tempfile::tempdir().expect("a folder");
    let evaluation = measure(root.path(), "first-run");
    let precision = evaluation["accounts"]["precision"].as_f64().expect("a precision");
    let recall = evaluation["accounts"]["recall"].as_f64().expect("a recall");
    assert!(precision >= 0.999, "{precision}");
    assert!(recall >= 0.98, "{recall}");
}

#[test]
fn an_operation_of_few_among_people_who_have_its_client_is_found() {
    let root = tempfile::tempdir().expect("a folder");
    let evaluation = measure_of(root.path(), "first-run", "30000", "3");
    assert_eq!(evaluation["accounts"]["false_positives"], 0, "{}", evaluation["accounts"]);
    // Thirty accounts that hang together with others: what holds all of them is no operation, a part of it is.
    assert!(share(&evaluation, "farm-02") >= 0.8, "{}", share(&evaluation, "farm-02"));
}

#[test]
fn a_world_in_which_what_people_have_hangs_together_gives_hardly_anybody_else() {
    let root = tempfile::tempdir().expect("a folder");
    let evaluation = measure(root.path(), "correlated");
    let precision = evaluation["accounts"]["precision"].as_f64().expect("a precision");
    assert!(precision >= 0.985, "{precision}");
}

#[test]
fn a_world_without_farms_gives_nobody() {
    let root = tempfile::tempdir().expect("a folder");
    let evaluation = measure(root.path(), "clean");
    assert_eq!(evaluation["accounts"]["flagged"], 0, "{}", evaluation["accounts"]);
}
