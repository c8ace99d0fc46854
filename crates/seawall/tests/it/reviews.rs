//! Does what people decided in the console reach the next detection?

use seawall_server::console::{
    act::Act,
    book::{Book, BookError},
    review::{Decision, Entry, Said},
};
use serde_json::Value;

use super::{code, seawall, text};

#[test]
fn what_people_decided_reaches_the_next_run() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let done = |arguments: &[&str]| {
        let output = seawall(folder, arguments);
        assert_eq!(code(&output), 0, "{arguments:?}: {}", text(&output.stderr));
        output
    };
    done(&[
        "simulate",
        "--preset",
        "standard",
        "--accounts",
        "3000",
        "--seed",
        "3",
        "--out",
        "world",
    ]);
    let found = |out: &str, more: &[&str]| -> Vec<Value> {
        let arguments = ["detect", "world/events.ndjson.zst", "--out", out, "--format", "ndjson"];
        let output = done(&[&arguments[..], more].concat());
        let line = |line: &str| serde_json::from_str(line).expect("JSON");
        text(&output.stdout).lines().map(line).collect()
    };
    let before = found("first", &[]);
    let campaign = before[0]["campaign"].as_str().expect("an id").to_owned();
    let selectors = before[0]["selectors"].as_array().expect("selectors").iter().take(12);
    let bound_by = selectors
        .map(|own| {
            let text = |key: &str| own[key].as_str().expect("text");
            format!("{}:{}", text("kind"), text("value_hash"))
        })
        .collect();
    // A server holds the journal meanwhile.
    let book = Book::open(&folder.join("data/console")).expect("opened");
    let said = Said::Decided {
        decision: Decision::Dismissed,
        note: "our own load test".to_owned(),
        bound_by,
    };
    let entry = Act::Reviewed(Entry { campaign: campaign.clone(), said });
    let kept: Result<(), BookError> = book.act("p-1", |_, _| Ok((vec![entry], ())));
    kept.expect("kept");
    let exported = done(&["review", "export", "--data", "data"]);
    let lines = text(&exported.stdout);
    assert_eq!(lines.lines().count(), 1, "{lines}");
    fs_err::write(folder.join("reviews.ndjson"), &lines).expect("written");

    let after = found("second", &["--reviews", "reviews.ndjson"]);
    assert_eq!(after.len(), before.len() - 1);
    assert!(!after.iter().any(|own| own["campaign"] == campaign.as_str()));
    let read = |path: &str| fs_err::read_to_string(folder.join(path)).expect("a file");
    let findings: Value = serde_json::from_str(&read("second/findings.json")).expect("JSON");
    let excused = &findings["excused"][0];
    assert_eq!(excused["campaign"], campaign.as_str());
    assert_eq!(excused["reviewed"][0]["by"], "p-1");
    assert_eq!(findings["run"]["reviews"][0]["applied"], true);
    let report = read("second/report.html");
    assert!(report.contains("our own load test") && report.contains("dismissed by review"));
    // The file is an input of the run.
    let manifest: Value = serde_json::from_str(&read("second/manifest.json")).expect("JSON");
    assert_eq!(manifest["config"]["reviews"], "reviews.ndjson");
    assert_eq!(manifest["knowledge"][0]["bytes"], lines.len());
    assert_eq!(found("third", &["--reviews", "reviews.ndjson"]), after);
    assert_eq!(read("third/manifest.json"), read("second/manifest.json"));

    fs_err::write(folder.join("reviews.ndjson"), lines + "{}\n").expect("written");
    let arguments =
        ["detect", "world/events.ndjson.zst", "--out", "no", "--reviews", "reviews.ndjson"];
    let refused = seawall(folder, &arguments);
    assert_eq!(code(&refused), 2, "{}", text(&refused.stderr));
    assert!(text(&refused.stderr).contains("line 2"), "{}", text(&refused.stderr));
}
