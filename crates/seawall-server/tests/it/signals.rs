//! Are events of other sites taken as RFC 8935 has it, from those who are known only, once, and never believed?

use std::{collections::BTreeMap, path::Path};

use seawall_intel::stix::Object;
use seawall_server::{
    access::Scope,
    service::Options,
    signals::{Book, BookError, Taken, objects},
};
use serde_json::json;

use super::site::{Reply, Site};

const SETTINGS: &str = r#"
[[transmitter]]
issuer = "https://idp.example"
audience = ["https://us.example", "https://us.example/second"]
keys = "keys.json"
confidence_max = 70
days = 30
"#;

/// A data directory with keys of others, and tokens that `PyJWT` signed, by name.
fn signed(test: &str, data: &Path) -> Option<BTreeMap<String, String>> {
    let python = super::python::with(test, &["jwt", "cryptography"])?;
    let said = super::python::run(&python, "signal_tokens.py", &[data.as_os_str()]);
    fs_err::write(data.join("signals.toml"), SETTINGS).expect("written");
    Some(serde_json::from_str(&said).expect("JSON"))
}

fn push(site: &Site, token: &str) -> Reply {
    site.send(
        "/api/v1/signals",
        "application/secevent+jwt",
        token,
        &[("accept", "application/json")],
    )
}

fn said(objects: &[Object]) -> Vec<(String, String, u64)> {
    let indicators = objects.iter().filter(|object| object.object_type() == "indicator");
    let text = |object: &Object, name: &str| object.text(name).unwrap_or_default().to_owned();
    indicators
        .map(|it| {
            (
                text(it, "name"),
                text(it, "description"),
                it.body()["confidence"].as_u64().unwrap_or(0),
            )
        })
        .collect()
}

#[test]
fn what_is_signed_by_who_is_known_is_taken_once_and_is_there_after_a_restart() {
    let data = tempfile::tempdir().expect("a folder");
    let test = "what_is_signed_by_who_is_known_is_taken_once_and_is_there_after_a_restart";
    let Some(tokens) = signed(test, data.path()) else { return };
    let site = Site::start(data.path(), None);
    for name in ["good", "ec", "ed", "several audiences", "unknown type", "verification", "good"] {
        let reply = push(&site, &tokens[name]);
        assert_eq!(reply.status, 202, "{name}: {:?}", reply.body);
    }
    let expected = [
        ("farm1@evil.com", "account-disabled: bulk-account", 70),
        ("b@x.com", "credential-compromise: password", 60),
        ("a-17", "session-revoked", 20),
        ("c@x.com", "account-disabled", 40),
    ]
    .map(|(name, said, confidence)| (name.to_owned(), said.to_owned(), confidence));
    let before = objects(data.path()).expect("read beside the server");
    assert_eq!(said(&before), expected);
    for object in &before {
        let is_ours =
            object.object_type() == "identity" || object.texts("object_marking_refs").count() == 1;
        assert!(is_ours, "{object:?}");
    }
    assert_eq!(push(&site, &tokens["cleared"]).status, 202);
    drop(site);
    let after = objects(data.path()).expect("read");
    let versions: Vec<_> = after.iter().filter(|it| it.text("name") == Some("c@x.com")).collect();
    assert_eq!(versions.len(), 2, "a later version");
    assert_eq!(versions[0].id(), versions[1].id());
    assert!(versions[1].time("valid_until") < versions[0].time("valid_until"));
    let site = Site::start(data.path(), None);
    assert_eq!(push(&site, &tokens["good"]).status, 202, "it came before");
    assert_eq!(push(&site, &tokens["replaced"]).status, 400);
    drop(site);
    assert_eq!(objects(data.path()).expect("read"), after);
}

#[test]
fn what_is_not_is_refused_in_the_words_of_the_standard() {
    let data = tempfile::tempdir().expect("a folder");
    let test = "what_is_not_is_refused_in_the_words_of_the_standard";
    let Some(tokens) = signed(test, data.path()) else { return };
    let site = Site::start(data.path(), None);
    assert_eq!(push(&site, &tokens["good"]).status, 202);
    for (name, status, code) in [
        ("changed", 400, "authentication_failed"),
        ("other key", 400, "authentication_failed"),
        ("unknown key", 400, "invalid_key"),
        ("secret", 400, "invalid_key"),
        ("wrong algorithm", 400, "invalid_key"),
        ("wrong audience", 400, "invalid_audience"),
        ("no audience", 400, "invalid_audience"),
        ("wrong issuer", 400, "invalid_issuer"),
        ("replaced", 400, "invalid_request"),
        ("id token", 400, "invalid_request"),
        ("other type", 400, "invalid_request"),
        ("two events", 400, "invalid_request"),
        ("no event", 400, "invalid_request"),
        ("to come", 400, "invalid_request"),
        ("no algorithm", 400, "invalid_request"),
        ("critical", 400, "invalid_request"),
        ("deep", 400, "invalid_request"),
        ("not a token", 400, "invalid_request"),
        ("oversized", 413, "invalid_request"),
    ] {
        let reply = push(&site, &tokens[name]);
        assert_eq!(
            (reply.status, &reply.body["err"]),
            (status, &json!(code)),
            "{name}: {:?}",
            reply.body
        );
        assert_eq!(reply.media_type, "application/json", "{name}");
        assert!(reply.body["description"].as_str().is_some_and(|text| !text.contains("evil.com")));
    }
    let other = site.send("/api/v1/signals", "application/json", &tokens["ec"], &[]);
    assert_eq!(other.status, 415);
    assert_eq!(site.get("/api/v1/signals").status, 405);
    assert_eq!(said(&objects(data.path()).expect("read")).len(), 1, "nothing else was kept");
    // Keys change without a restart.
    fs_err::copy(data.path().join("later.json"), data.path().join("keys.json")).expect("copied");
    assert_eq!(push(&site, &tokens["unknown key"]).status, 202);
}

#[test]
fn who_may_not_push_is_told_so_and_nobody_is_listened_to_unasked() {
    let data = tempfile::tempdir().expect("a folder");
    let test = "who_may_not_push_is_told_so_and_nobody_is_listened_to_unasked";
    let Some(tokens) = signed(test, data.path()) else { return };
    let options = Options {
        data: data.path().to_owned(),
        selectors_max: Some(1 << 18),
        ..Options::default()
    };
    let site = Site::start_with(&options, &[Scope::Read]);
    let reply = push(&site, &tokens["good"]);
    assert_eq!((reply.status, &reply.body["err"]), (403, &json!("access_denied")));
    drop(site);
    fs_err::remove_file(data.path().join("signals.toml")).expect("removed");
    assert!(matches!(Book::open(data.path()), Err(BookError::Nobody)));
    let site = Site::start(data.path(), None);
    assert_eq!(push(&site, &tokens["good"]).status, 404);
}

#[test]
fn many_at_once_are_each_kept_once() {
    let data = tempfile::tempdir().expect("a folder");
    let Some(tokens) = signed("many_at_once_are_each_kept_once", data.path()) else { return };
    let book = Book::open(data.path()).expect("opens");
    let names = ["good", "ec", "ed", "several audiences"];
    let now = jiff::Timestamp::now();
    let new: usize = std::thread::scope(|scope| {
        let takers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let take = |name: &&&str| {
                        let told = book.take(&tokens[**name], now).expect("taken");
                        told.blocking_recv().expect("told").expect("kept") == Taken::New
                    };
                    names.iter().filter(take).count()
                })
            })
            .collect();
        takers.into_iter().map(|taker| taker.join().expect("a taker")).sum()
    });
    assert!(new >= names.len(), "who was told has it on the disk: {new}");
    drop(book);
    assert_eq!(said(&objects(data.path()).expect("read")).len(), names.len());
}
