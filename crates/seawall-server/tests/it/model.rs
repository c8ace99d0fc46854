//! Does a server that is given an account model ask it, keep to it, and give the same decisions again?

use std::path::{Path, PathBuf};

use seawall_engine::train::{Labels, Settings, boost::Growth, fit};
use seawall_server::{
    access::Scope,
    service::{self, Asked, Options},
};
use serde_json::{Value, json};

use super::{
    site::Site,
    world::{streamed, world},
};

fn start(data: &Path, model: Option<Asked>) -> Site {
    let options = Options {
        data: data.to_owned(),
        model,
        selectors_max: Some(1 << 18),
        ..Options::default()
    };
    Site::start_with(&options, &Scope::ALL)
}

/// A model of what a server decided and what people said of it.
fn trained(data: &Path, to: &Path) -> PathBuf {
    let examples =
        service::examples(data, &mut Labels::default(), &mut |_| {}).expect("the journal");
    let growth = Growth { trees: 20, depth: 3, rate: 0.2, leaf_weight_min: 2.0, threads: 2 };
    let settings = Settings {
        growth,
        false_positive_max: 0.02,
        trees_min: 500,
        held_share: 0.3,
        ..Settings::default()
    };
    let model = fit(&examples, None, &settings, &mut |_| {}).expect("a model").model;
    assert!(!model.trees.trees.is_empty() && model.bound.threshold.is_some(), "{:?}", model.bound);
    let path = to.join("model.bin");
    fs_err::write(&path, model.encode()).expect("written");
    path
}

#[test]
fn a_model_learned_from_a_server_is_asked_by_it_and_decisions_replay() {
    let root = tempfile::tempdir().expect("a folder");
    let (data, events) = (root.path().join("data"), root.path().join("events.ndjson"));
    let truth = world(&events, 3000, 21);
    let site = start(&data, None);
    let told = streamed(&site, &events);
    let before = told.values().next().expect("a decision").clone();
    assert!(told.values().all(|decision| decision["model"].is_null()));
    let labels: Vec<Value> = truth
        .iter()
        .map(|(account, fraud)| {
            json!({ "account": account, "label": if *fraud { "fraudulent" } else { "genuine" } })
        })
        .collect();
    for labels in labels.chunks(500) {
        let reply = site.post("/api/v1/labels", &json!({ "labels": labels }));
        assert_eq!(reply.status, 200, "{reply:?}");
    }
    site.end();

    let path = trained(&data, root.path());
    let site = start(&data, Some(Asked::File(path)));
    let id = site.started.model.clone().expect("a model");
    assert_eq!((site.started.records_differing, site.started.records_restored), (0, 0));
    let event = |account: &str, kind: &str| {
        json!({ "time": "2026-05-01T10:00:00Z", "type": kind, "account": account,
                "email": "maria.k@example.org", "ip": "203.0.113.7", "country": "DE" })
    };
    let signup = site.post("/api/v1/decisions", &event("new-1", "signup")).body;
    assert_eq!(signup["model"]["model"], id.as_str(), "{signup}");
    let probability = signup["model"]["probability"].as_f64().expect("a number");
    assert!((0.0..=1.0).contains(&probability));
    assert_eq!(signup["model"]["false_positive_max"], 0.02);
    let login = site.post("/api/v1/decisions", &event("new-1", "login")).body;
    assert!(login["model"].is_null(), "{login}");
    let same = |site: &Site, decision: &Value| {
        let id = decision["decision_id"].as_str().expect("an id");
        site.post(&format!("/api/v1/decisions/{id}/replay"), &json!({})).body["same"].clone()
    };
    for decision in [&signup, &login, &before] {
        assert_eq!(same(&site, decision), true, "{decision}");
    }
    site.end();

    // The journal remembers, until it is told otherwise; old decisions keep their model.
    let site = start(&data, None);
    assert_eq!(site.started.model.as_deref(), Some(id.as_str()));
    assert_eq!(site.started.records_differing, 0);
    site.end();
    let site = start(&data, Some(Asked::Nobody));
    assert_eq!(site.started.model, None);
    let without = site.post("/api/v1/decisions", &event("new-2", "signup")).body;
    assert!(without["model"].is_null());
    assert_eq!(same(&site, &signup), true);
}
