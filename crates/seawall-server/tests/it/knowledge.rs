//! Are lists and databases used as `seawall detect` uses them, and the same ones again when the journal is read again?

use std::path::{Path, PathBuf};

use seawall_core::selector::KindId;
use seawall_server::{
    access::Scope,
    service::{Files, Options},
};
use serde_json::{Value, json};

use super::site::Site;

fn start(data: &Path, knowledge: Files) -> Site {
    let options = Options {
        data: data.to_owned(),
        selectors_max: Some(1 << 12),
        knowledge,
        ..Options::default()
    };
    Site::start_with(&options, &Scope::ALL)
}

/// What a decision about a signup from 192.0.2.7 with a throw-away address saw.
fn inputs(site: &Site, number: u32) -> Value {
    let signup = json!({
        "time": 1_770_000_000_000_i64 + i64::from(number),
        "type": "signup",
        "account": format!("account-{number}"),
        "ip": "192.0.2.7",
        "email": "someone@throwaway.example",
    });
    let id = site.post("/api/v1/decisions", &signup).body["decision_id"].clone();
    let path = format!("/api/v1/decisions/{}", id.as_str().expect("an id"));
    site.get(&path).body["inputs"].clone()
}

fn shows(inputs: &Value, kind: &str) -> bool {
    let kind = KindId::from_name(kind).expect("a kind").0;
    inputs["selectors"].as_array().expect("a list").iter().any(|own| own["kind"] == kind)
}

#[test]
fn files_are_used_until_others_are_and_the_journal_gives_the_same_again() {
    let root = tempfile::tempdir().expect("a folder");
    let (data, lists) = (root.path().join("data"), root.path().join("lists"));
    fs_err::create_dir(&lists).expect("made");
    fs_err::write(lists.join("disposable_domains.txt"), "throwaway.example\n").expect("written");
    let site = start(&data, Files::default());
    let without = inputs(&site, 1);
    assert_eq!(without["country"], Value::Null);
    assert!(!shows(&without, "email_disposable") && !shows(&without, "asn"));
    site.end();

    let databases = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../seawall-engine/tests/data");
    let files = Files {
        lists: Some(lists.clone()),
        country_mmdb: Some(databases.join("country.mmdb")),
        asn_mmdb: Some(databases.join("asn.mmdb")),
    };
    let site = start(&data, files);
    let with = inputs(&site, 2);
    assert_eq!(with["country"], json!(b"DE"));
    assert!(shows(&with, "email_disposable") && shows(&with, "asn"));
    site.end();
    fs_err::remove_dir_all(&lists).expect("gone");

    for checkpoints in [true, false] {
        if !checkpoints {
            fs_err::remove_dir_all(data.join("checkpoints")).expect("gone");
        }
        let site = start(&data, Files::default());
        assert_eq!(site.started.from_checkpoint > 0, checkpoints);
        assert_eq!(site.started.records_differing, 0);
        let again = inputs(&site, 3 + u32::from(checkpoints));
        assert_eq!(again["country"], with["country"]);
        assert!(shows(&again, "email_disposable") && shows(&again, "asn"));
        site.end();
    }
    fs_err::create_dir(&lists).expect("made");
    let site = start(&data, Files { lists: Some(lists), ..Files::default() });
    let other = inputs(&site, 9);
    assert_eq!(other["country"], with["country"]);
    assert!(!shows(&other, "email_disposable"));
}
