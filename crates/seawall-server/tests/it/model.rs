//! Does a server that is given an account model ask it, keep to it, and give the same decisions again?

use std::path::{Path, PathBuf};

use seawall_core::model::AccountModel;
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

/// The same model, by which everyone is over.
fn altered(path: &Path) -> Vec<u8> {
    let bytes = fs_err::read(path).expect("read");
    let names = seawall_core::decision::features::names();
    let mut model = AccountModel::decode(&bytes, &names).expect("a model");
    model.bound.threshold = Some(-1e6);
    model.bound.strata.clear();
    model.encode()
}

/// The models, once both were asked about so many signups.
fn asked_about(site: &Site, count: u64) -> Value {
    for _ in 0..1000 {
        let models = site.get("/api/v1/models").body;
        let over = models["over"].as_object().expect("counts");
        if over.values().filter_map(Value::as_u64).sum::<u64>() >= count {
            return models;
        }
    }
    panic!("not {count} signups compared");
}

#[test]
#[expect(clippy::too_many_lines, reason = "one story, told in its order")]
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

    // Another one is asked beside it, without a restart, and comes into force when it is promoted.
    let site = start(&data, None);
    let octets = "application/octet-stream";
    let other = altered(&root.path().join("model.bin"));
    let refused = site.send_bytes("/api/v1/models", octets, &other[..other.len() - 1]);
    assert_eq!((refused.status, &refused.body["type"]), (422, &json!("/problems/not-a-model")));
    let taken = site.send_bytes("/api/v1/models?role=challenger", octets, &other);
    assert_eq!((taken.status, &taken.body["before"]), (200, &Value::Null), "{taken:?}");
    let challenger = taken.body["model"].clone();
    for number in 0..40 {
        let decision = site.post("/api/v1/decisions", &event(&format!("c-{number}"), "signup"));
        assert_eq!(decision.body["model"]["model"], id.as_str());
    }
    let models = asked_about(&site, 40);
    assert_eq!((&models["champion"], &models["challenger"]), (&json!(id), &challenger));
    // It holds everyone for an operation's.
    assert_eq!(models["over"]["neither"], 0);
    assert_eq!(models["over"]["champion"], 0);
    let metrics = site.get("/metrics").body;
    let line = format!(
        "seawall_models_compared_total{{over=\"challenger\"}} {}",
        models["over"]["challenger"]
    );
    assert!(metrics.as_str().is_some_and(|text| text.contains(&line)), "{line}");
    site.checkpoint();
    site.end();
    // From the checkpoint both are there.
    let site = start(&data, None);
    assert!(site.started.from_checkpoint > 0 && site.started.records_differing == 0);
    let models = site.get("/api/v1/models").body;
    assert_eq!((&models["champion"], &models["challenger"]), (&json!(id), &challenger));
    let promoted = site.send_bytes("/api/v1/models", octets, &other).body;
    assert_eq!((&promoted["model"], &promoted["before"]), (&challenger, &json!(id)));
    let by_other = site.post("/api/v1/decisions", &event("new-3", "signup")).body;
    assert_eq!(
        (&by_other["model"]["model"], &by_other["model"]["over"]),
        (&challenger, &json!(true))
    );
    assert_eq!(site.delete("/api/v1/models/challenger").body["model"], Value::Null);
    assert_eq!(site.delete("/api/v1/models/other").status, 404);
    for decision in [&signup, &by_other] {
        assert_eq!(same(&site, decision), true, "{decision}");
    }
    let back = fs_err::read(root.path().join("model.bin")).expect("read");
    assert_eq!(site.send_bytes("/api/v1/models", octets, &back).body["model"], id.as_str());
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
