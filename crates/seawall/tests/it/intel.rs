//! Is what others know taken in, looked for and passed on as it should be?

use std::path::Path;

use serde_json::{Value, json};

use super::{code, seawall, text};

const AT: &str = "2026-03-01T00:00:00Z";

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = seawall(folder, &[arguments, &["--at", AT]].concat());
    (code(&output), text(&output.stdout), text(&output.stderr))
}

fn ok(folder: &Path, arguments: &[&str]) -> String {
    let (code, said, messages) = run(folder, arguments);
    assert_eq!(code, 0, "{arguments:?}: {messages}");
    said
}

fn items(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

#[test]
fn what_was_imported_is_kept_once_and_its_dirt_is_told() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    fs_err::write(folder.join("list.txt"), "evil[.]com\nEVIL.com\nnot one\n10.0.0.0/8\n")
        .expect("written");
    let import = ["intel", "import", "list.txt", "--source", "CERT", "--format", "ndjson"];
    let rejects = [import.as_slice(), &["--rejects", "rejects.ndjson"]].concat();
    let first = items(&ok(folder, &rejects));
    assert_eq!(first[0]["form"], "list");
    // Two things, two indicators, the source.
    assert_eq!(
        (&first[0]["new"], &first[0]["rejects"], &first[0]["passed_over"]),
        (&json!(5), &json!(1), &json!(1))
    );
    let reject = items(&fs_err::read_to_string(folder.join("rejects.ndjson")).expect("a file"));
    assert_eq!(reject[0]["line"], 3);
    assert_eq!(items(&ok(folder, &import))[0]["new"], 0);
    let types = items(&ok(folder, &["intel", "show", "--format", "ndjson"]));
    let indicators = types.iter().find(|it| it["type"] == "indicator").expect("indicators");
    assert_eq!(indicators["objects"], 2);
}

#[test]
fn a_later_version_and_a_revocation_stand_beside_the_earlier_ones() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let id = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f";
    for (day, revoked) in [(1, false), (2, false), (3, true)] {
        let object = json!({
            "type": "indicator", "spec_version": "2.1", "id": id, "created": "2026-01-01T00:00:00.000Z",
            "modified": format!("2026-01-{day:02}T00:00:00.000Z"), "revoked": revoked, "x_own": [1.5],
            "pattern": "[domain-name:value = 'evil.com']", "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z",
        });
        let bundle = json!({"type": "bundle", "id": "bundle--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "objects": [object]});
        fs_err::write(folder.join("bundle.json"), bundle.to_string()).expect("written");
        ok(folder, &["intel", "import", "bundle.json", "--source", "CERT"]);
    }
    let versions = items(&ok(folder, &["intel", "show", id]));
    let days: Vec<&str> = versions.iter().filter_map(|it| it["modified"].as_str()).collect();
    assert_eq!(
        days,
        ["2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"]
    );
    assert_eq!(versions[0]["x_own"], json!([1.5]));
}

#[test]
fn what_cannot_be_read_leaves_nothing_behind() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let deep = format!(
        "{{\"type\": \"bundle\", \"objects\": [{}{}]}}",
        "[".repeat(10_000),
        "]".repeat(10_000)
    );
    for (name, content, exit, said) in [
        ("deep.json", deep.as_str(), 1, "not a bundle"),
        ("half.json", "{\"type\": \"bundle\", \"objects\": [{\"type\":", 1, "not a bundle"),
        ("other.json", "{\"a\": 1}", 1, "neither a bundle"),
        ("words.txt", "no\nindicator\n", 3, "nothing in"),
    ] {
        fs_err::write(folder.join(name), content).expect("written");
        let (code, _, messages) = run(folder, &["intel", "import", name, "--source", "X"]);
        assert_eq!(code, exit, "{name}: {messages}");
        assert!(messages.contains(said), "{name}: {messages}");
    }
    assert_eq!(ok(folder, &["intel", "show"]), "None.\n");
}

#[test]
fn claims_about_actors_keep_their_sources() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let link = |arguments: &[&str]| {
        let end = ["--by", "ana", "--format", "ndjson"];
        items(&ok(folder, &[&["actor", "link"], arguments, &end].concat())).remove(0)
    };
    let kinds = ["--subject-kind", "actor", "--target-kind", "actor"];
    let first = [&["Seller", "sells_to", "Buyer"], &kinds[..], &["--source", "X", "--grade", "B2"]]
        .concat();
    assert_eq!(link(&first)["standing"], "one source");
    let second = ["Seller", "sells_to", "Buyer", "--source", "Y", "--grade", "A1"];
    let assess = || items(&ok(folder, &["actor", "assess", "Seller", "--format", "ndjson"]));
    assert_eq!(assess()[0]["what"], "one source");
    assert_eq!(link(&second)["standing"], "corroborated");
    assert_eq!(assess()[0]["what"], "not weighed");
    let weighed =
        ["Seller", "sells_to", "Buyer", "--alternative", "a reseller", "--against", "one wallet"];
    assert_eq!(link(&weighed)["assessed"], "high");
    assert_eq!(assess(), [Value::Null; 0]);
    let against = ["Seller", "sells_to", "Buyer", "--source", "Z", "--contradicts"];
    assert_eq!(link(&against)["standing"], "contradicted");
    let dot = ok(folder, &["actor", "graph", "Seller", "--form", "dot"]);
    assert!(dot.starts_with("digraph") && dot.contains("style=dotted"), "{dot}");
    let (code, _, said) = run(folder, &["actor", "show", "Nobody"]);
    assert_eq!((code, said.contains("nothing is known")), (3, true), "{said}");
}

#[test]
fn nothing_leaves_that_a_second_person_has_not_approved() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let link = [
        "actor",
        "link",
        "Seller",
        "owns",
        "evil.com",
        "--subject-kind",
        "actor",
        "--target-kind",
        "domain",
    ];
    ok(folder, &[&link[..], &["--source", "X", "--by", "ana"]].concat());
    let propose = ["actor", "export", "Seller", "--organisation", "Site", "--by", "ana"];
    let (code, _, said) = run(folder, &propose);
    assert_eq!((code, said.contains("intel person ana")), (4, true), "{said}");
    ok(folder, &["intel", "person", "ana"]);
    assert_eq!(run(folder, &["intel", "person", "bo"]).0, 2, "somebody lets them in");
    ok(folder, &["intel", "person", "bo", "--by", "ana"]);
    ok(folder, &propose);
    let share = || items(&ok(folder, &["intel", "shares", "--format", "ndjson"])).remove(0);
    let hash = share()["sha256"].as_str().expect("a hash").to_owned();
    let export = |out: &'static str| ["intel", "export", "share-0001", "--out", out, "--by", "bo"];
    let approve = |hash: &str, by: &str| {
        run(folder, &["intel", "approve", "share-0001", "--sha256", hash, "--by", by]).0
    };
    assert_eq!(run(folder, &export("one")).0, 4);
    assert_eq!(approve(&hash, "ana"), 4, "who proposes does not approve");
    assert_eq!(approve(&"0".repeat(64), "bo"), 5, "another content");
    assert_eq!(approve(&hash, "cora"), 4, "nobody let her in");
    let key = folder.join("seawall-data/keys/people/bo");
    let kept = fs_err::read(&key).expect("a key");
    fs_err::remove_file(&key).expect("removed");
    assert_eq!(approve(&hash, "bo"), 4, "a name alone is no approval");
    fs_err::write(&key, kept).expect("written");
    assert_eq!(approve(&hash, "bo"), 4, "nor is a key that everybody reads");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs_err::set_permissions(&key, std::fs::Permissions::from_mode(0o600)).expect("set");
    }
    assert_eq!(approve(&hash, "bo"), 0);
    ok(folder, &export("one"));
    let bundle = |out: &str| -> Value {
        let text = fs_err::read_to_string(folder.join(out).join("bundle.json")).expect("a bundle");
        serde_json::from_str(&text).expect("JSON")
    };
    let revoked = |bundle: Value| {
        let objects = bundle["objects"].as_array().cloned().unwrap_or_default();
        objects.iter().filter(|object| object["revoked"] == true).count()
    };
    assert_eq!(revoked(bundle("one")), 0);
    ok(folder, &["intel", "recall", "share-0001", "--reason", "wrong", "--by", "ana"]);
    ok(folder, &export("two"));
    // The actor and the relationship; observables have no versions.
    assert_eq!(revoked(bundle("two")), 2);
    assert_eq!(share()["state"], "recalled");
    // Whoever changes what is kept is found out: here, who approved.
    let approval = folder.join("seawall-data/intel/shares/00000004.ndjson");
    let changed = fs_err::read_to_string(&approval).expect("an act").replace("bo\\\"", "ana\\\"");
    fs_err::write(&approval, changed).expect("written");
    assert_eq!(run(folder, &["intel", "shares"]).0, 7);
}

#[test]
fn accounts_are_seen_with_what_others_know() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let event = |day: u8, account: &str, email: &str| {
        json!({"time": format!("2026-03-{day:02}T00:00:00Z"), "type": "signup", "account": account, "email": email})
            .to_string()
    };
    let log = [
        event(2, "a1", "x@evil.com"),
        event(3, "a1", "x@evil.com"),
        event(4, "a2", "y@mail.evil.com"),
        event(5, "a3", "z@fine.com"),
        event(28, "a4", "late@evil.com"),
    ];
    fs_err::write(folder.join("log.ndjson"), log.join("\n")).expect("written");
    fs_err::write(folder.join("list.txt"), "evil.com\nfine.com\n").expect("written");
    let list = json!({"name": "W", "type": "string", "list": ["fine.com"], "matching_attributes": ["domain"]});
    fs_err::write(folder.join("warning.json"), list.to_string()).expect("written");
    ok(folder, &["intel", "import", "list.txt", "warning.json", "--source", "CERT", "--days", "7"]);
    let (code, said, messages) =
        run(folder, &["intel", "match", "log.ndjson", "--format", "ndjson"]);
    assert_eq!(code, 0, "{messages}");
    let found: Vec<(String, u64)> = items(&said)
        .iter()
        .map(|it| {
            (
                it["account"].as_str().unwrap_or_default().to_owned(),
                it["events"].as_u64().unwrap_or(0),
            )
        })
        .collect();
    assert_eq!(found, [("a1".to_owned(), 2), ("a2".to_owned(), 1)]);
    let stix = ["intel", "match", "log.ndjson", "--format", "stix", "--organisation", "Site"];
    let bundle = ok(folder, &stix);
    assert!(!bundle.contains("a1"), "no account leaves");
    let bundle: Value = serde_json::from_str(&bundle).expect("JSON");
    let objects = bundle["objects"].as_array().expect("objects");
    let seen = objects.iter().find(|object| object["type"] == "sighting").expect("a sighting");
    assert_eq!((&seen["count"], objects.len()), (&json!(3), 3));
    if let Some(python) = super::case::python("stix2validator") {
        fs_err::write(folder.join("sightings.json"), bundle.to_string()).expect("written");
        let script = std::path::Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("../seawall-intel/tests/it/validate.py");
        let checked = std::process::Command::new(python)
            .arg(script)
            .arg("sightings.json")
            .current_dir(folder)
            .output()
            .expect("Python starts");
        assert!(checked.status.success(), "{}", text(&checked.stdout));
    }
    assert!(
        messages.contains("1: well known: W") && messages.contains("outside its time"),
        "{messages}"
    );
}
