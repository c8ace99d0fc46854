//! Is what other sites say of accounts taken from files and by polling, and looked for like anything else?

use std::{
    collections::BTreeMap,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
};

use serde_json::{Value, json};

use super::{case::python, code, peers, seawall, text};

/// A data directory with keys of others, and tokens that `PyJWT` signed, by name.
fn signed(folder: &Path) -> Option<BTreeMap<String, String>> {
    let data = folder.join("seawall-data");
    fs_err::create_dir_all(&data).expect("a folder");
    let settings = "[[transmitter]]\nissuer = \"https://idp.example\"\naudience = [\"https://us.example\"]\nkeys = \"keys.json\"\n";
    fs_err::write(data.join("signals.toml"), settings).expect("written");
    let script =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../seawall-server/tests/it/signal_tokens.py");
    let signed =
        Command::new(python("jwt")?).arg(script).arg(data).output().expect("Python starts");
    assert!(signed.status.success(), "{}", text(&signed.stderr));
    Some(serde_json::from_slice(&signed.stdout).expect("JSON"))
}

fn row(folder: &Path, arguments: &[&str]) -> (Value, String) {
    let output = seawall(folder, &[arguments, &["--format", "ndjson"]].concat());
    let messages = text(&output.stderr);
    assert_eq!(code(&output), 0, "{arguments:?}: {messages}");
    (serde_json::from_str(text(&output.stdout).trim()).expect("a row"), messages)
}

#[test]
fn tokens_of_files_are_kept_once_and_accounts_are_seen_with_them() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let Some(tokens) = signed(folder) else { return };
    let chosen = ["good", "ed", "unknown type", "wrong audience", "oversized"];
    let lines: Vec<&str> = chosen.iter().map(|name| tokens[*name].as_str()).collect();
    fs_err::write(folder.join("tokens.txt"), lines.join("\n")).expect("written");
    let (first, messages) = row(folder, &["intel", "signals", "tokens.txt"]);
    assert_eq!((&first["new"], &first["refused"]), (&json!(3), &json!(2)));
    assert!(messages.contains("its audience is somebody else"), "{messages}");
    let (again, _) = row(folder, &["intel", "signals", "tokens.txt"]);
    assert_eq!((&again["new"], &again["present"]), (&json!(0), &json!(3)));
    let now = jiff::Timestamp::now();
    let events = [("b1", "farm1@evil.com"), ("a-17", "x@fine.com"), ("b2", "y@fine.com")].map(
        |(account, email)| {
            json!({"time": now.to_string(), "type": "signup", "account": account, "email": email})
                .to_string()
        },
    );
    fs_err::write(folder.join("log.ndjson"), events.join("\n")).expect("written");
    let output = seawall(folder, &["intel", "match", "log.ndjson", "--format", "ndjson"]);
    let said = text(&output.stdout);
    let mut seen: Vec<(String, String, u64)> = said
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .map(|it: Value| {
            let text = |name: &str| it[name].as_str().unwrap_or_default().to_owned();
            (text("account"), text("source"), it["confidence"].as_u64().unwrap_or(0))
        })
        .collect();
    seen.sort();
    let them = "https://idp.example".to_owned();
    assert_eq!(seen, [("a-17".to_owned(), them.clone(), 20), ("b1".to_owned(), them, 80)]);
}

#[test]
fn who_polls_acknowledges_what_is_kept_and_says_what_is_wrong() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let Some(tokens) = signed(folder) else { return };
    let polls: Arc<Mutex<Vec<Value>>> = Arc::default();
    let asked_so_far = Arc::clone(&polls);
    let pages = [
        json!({"sets": {"1": tokens["good"], "12": tokens["wrong audience"]}, "moreAvailable": true}),
        json!({"sets": {"2": tokens["ec"]}}),
        json!({"sets": {}}),
    ];
    let port = peers::serve(move |asked, stream| {
        let mut polls = asked_so_far.lock().expect("a lock");
        let page = &pages[polls.len().min(2)];
        polls.push(serde_json::from_slice(&asked.body).expect("JSON"));
        peers::reply(stream, "200 OK", "application/json", page.to_string().as_bytes());
    });
    let url = format!("http://127.0.0.1:{port}/poll");
    let (polled, _) = row(folder, &["intel", "signals", "--poll", &url]);
    assert_eq!((&polled["new"], &polled["refused"]), (&json!(2), &json!(1)));
    let polls = polls.lock().expect("a lock");
    let acknowledged: Vec<&Value> = polls.iter().map(|poll| &poll["ack"]).collect();
    assert_eq!(acknowledged, [&json!([]), &json!(["1"]), &json!(["2"])]);
    assert_eq!(polls[1]["setErrs"]["12"]["err"], "invalid_audience");
    assert_eq!((&polls[0]["returnImmediately"], &polls[2]["maxEvents"]), (&json!(true), &json!(0)));
}

#[test]
fn nobody_is_listened_to_unasked() {
    let root = tempfile::tempdir().expect("a folder");
    fs_err::write(root.path().join("tokens.txt"), "a.b.c\n").expect("written");
    let output = seawall(root.path(), &["intel", "signals", "tokens.txt"]);
    assert_eq!(code(&output), 3);
    assert!(text(&output.stderr).contains("signals.toml"));
}
