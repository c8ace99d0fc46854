//! Tokens, problems, keys, pages, streams, labels, policies, activity.

use std::{
    io::{BufRead, BufReader, Write as _},
    time::Duration,
};

use seawall_core::decision::snapshot::Snapshot;
use seawall_server::{access::Scope, service::Options};
use serde_json::{Value, json};

use super::site::{Reply, Site};

fn signup(number: u32) -> Value {
    json!({
        "time": 1_770_000_000_000_i64 + i64::from(number) * 1000,
        "type": "signup",
        "account": format!("account-{number}"),
        "ip": format!("203.0.113.{}", number % 250),
        "email": format!("person{number}@mail-{number}.example"),
        "device_id": format!("device-{number}"),
    })
}

fn data() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

#[track_caller]
fn is_problem(reply: &Reply, status: u16, kind: &str) {
    assert_eq!(reply.status, status, "{reply:?}");
    assert_eq!(reply.media_type, "application/problem+json");
    assert_eq!(reply.body["type"], format!("/problems/{kind}"), "{reply:?}");
    assert_eq!(reply.body["status"], status);
}

#[test]
fn a_decision_is_explained_replayed_listed_and_still_there_after_a_restart() {
    let data = data();
    let site = Site::start(data.path(), None);
    let answered = site.post("/api/v1/decisions", &signup(1));
    assert_eq!((answered.status, &answered.body["decision"]), (200, &json!("allow")));
    let id = answered.body["decision_id"].as_str().expect("an id").to_owned();
    let check = |site: &Site| {
        let explained = site.get(&format!("/api/v1/decisions/{id}"));
        assert_eq!(explained.body["answer"], answered.body);
        assert!(!explained.body["inputs"]["selectors"].as_array().expect("a list").is_empty());
        assert!(!explained.body.to_string().contains("mail-1.example"), "in clear");
        let replayed =
            site.send(&format!("/api/v1/decisions/{id}/replay"), "application/json", "", &[]);
        assert_eq!((replayed.status, &replayed.body["same"]), (200, &json!(true)));
    };
    check(&site);
    site.end();
    let site = Site::start(data.path(), None);
    assert_eq!((site.started.records_differing, site.started.records_restored), (0, 0));
    check(&site);
    let listed = site.get("/api/v1/decisions");
    assert_eq!(listed.body["items"][0]["decision_id"], id.as_str());
    is_problem(&site.get("/api/v1/decisions/d-00000000000000ff"), 404, "not-found");
    is_problem(&site.get("/api/v1/decisions/nonsense"), 404, "not-found");
}

#[test]
fn who_has_no_token_or_another_scope_is_refused() {
    let data = data();
    let options = Options { data: data.path().to_owned(), ..Options::default() };
    let site = Site::start_with(&options, &[Scope::Events]);
    is_problem(&site.post("/api/v1/decisions", &signup(1)), 403, "forbidden");
    is_problem(&site.get("/metrics"), 403, "forbidden");
    assert_eq!(site.post("/api/v1/events", &signup(1)).status, 200);
    let stranger: ureq::Agent =
        ureq::Agent::config_builder().http_status_as_error(false).build().into();
    let refused =
        super::site::reply(stranger.get(site.url("/api/v1/labels")).call().expect("answered"));
    is_problem(&refused, 401, "unauthorized");
    assert_eq!(site.get("/health").body["status"], "ok");
}

#[test]
fn what_cannot_be_taken_is_said_and_not_quoted() {
    let data = data();
    let site = Site::start(data.path(), None);
    let post = |body: &str| site.send("/api/v1/decisions", "application/json", body, &[]);
    for body in [
        "",
        "{",
        "[]",
        "7",
        "null",
        "{\"account\":\"secret-name\"}",
        "{\"time\":\"x\",\"type\":\"signup\",\"account\":\"secret-name\"}",
    ] {
        let refused = post(body);
        assert!(refused.status == 422 || refused.status == 400, "{body}: {refused:?}");
        assert!(!refused.body.to_string().contains("secret-name"));
    }
    let pretty = serde_json::to_string_pretty(&signup(3)).expect("text");
    assert_eq!(post(&pretty).status, 200);
    is_problem(
        &site.send("/api/v1/decisions", "text/plain", "{}", &[]),
        415,
        "unsupported-media-type",
    );
    let large = format!("{{\"extra\":\"{}\"}}", "x".repeat(2 << 20));
    is_problem(&post(&large), 413, "too-large");
    is_problem(&site.get("/api/v1/nothing"), 404, "not-found");
    is_problem(&site.get("/api/v1/events"), 405, "method-not-allowed");
    is_problem(&site.get("/api/v1/decisions?limit=0"), 400, "bad-request");
    is_problem(&site.get("/api/v1/decisions?cursor=1"), 400, "bad-request");
    is_problem(&site.get("/api/v1/decisions?page=1"), 400, "bad-request");
}

#[test]
fn a_request_with_a_key_has_its_effect_once_also_after_a_restart() {
    let data = data();
    let site = Site::start(data.path(), None);
    let ask = |site: &Site, number: u32, key: &str| {
        let body = signup(number).to_string();
        site.send("/api/v1/decisions", "application/json", &body, &[("idempotency-key", key)])
    };
    let first = ask(&site, 1, "one");
    assert_eq!(ask(&site, 1, "one").body, first.body);
    is_problem(&ask(&site, 2, "one"), 409, "key-in-use");
    assert_ne!(ask(&site, 1, "two").body["decision_id"], first.body["decision_id"]);
    let report = |key| {
        let body = signup(9).to_string();
        site.send("/api/v1/events", "application/json", &body, &[("idempotency-key", key)])
    };
    assert_eq!(report("three").body["accepted"], 1);
    assert_eq!(report("three").body["accepted"], 1);
    is_problem(&ask(&site, 1, ""), 400, "bad-request");
    site.end();
    let site = Site::start(data.path(), None);
    assert_eq!(ask(&site, 1, "one").body, first.body);
    is_problem(&ask(&site, 2, "one"), 409, "key-in-use");
}

#[test]
fn a_batch_is_decided_in_order_and_a_bad_event_named() {
    let data = data();
    let site = Site::start(data.path(), None);
    let events: Vec<Value> = (0..50).map(signup).collect();
    let decided = site.post("/api/v1/decisions/batch", &json!({ "events": events }));
    let ids: Vec<&str> = decided.body["decisions"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|decision| decision["decision_id"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids.len(), 50);
    assert!(ids.is_sorted());
    let refused = site
        .post("/api/v1/decisions/batch", &json!({ "events": [signup(1), { "type": "signup" }] }));
    is_problem(&refused, 422, "not-an-event");
    assert!(refused.body["detail"].as_str().is_some_and(|detail| detail.starts_with("event 1")));
    is_problem(&site.post("/api/v1/decisions/batch", &json!({ "events": [] })), 400, "bad-request");
    is_problem(&site.post("/api/v1/decisions/batch", &json!({ "evnts": [] })), 400, "bad-request");
}

#[test]
fn a_stream_takes_what_is_good_and_tells_the_rest() {
    let data = data();
    let site = Site::start(data.path(), None);
    let mut lines: Vec<String> = (0..2500).map(|number| signup(number).to_string()).collect();
    lines.insert(7, "not json".to_owned());
    lines.insert(1800, "{\"type\":\"signup\"}".to_owned());
    lines.insert(1900, String::new());
    let reported = site.send("/api/v1/events", "application/x-ndjson", &lines.join("\n"), &[]);
    assert_eq!((reported.status, &reported.body["accepted"]), (200, &json!(2500)));
    assert_eq!(reported.body["rejected"], 2);
    assert_eq!(reported.body["rejects"][0]["line"], 8);
    assert_eq!(reported.body["rejects"][1]["line"], 1801);
    let metrics = site.get("/metrics").body;
    assert!(
        metrics.as_str().is_some_and(|text| text.contains("\nseawall_events_total 2500\n")),
        "{metrics}"
    );
}

#[test]
fn pages_hold_everything_once() {
    let data = data();
    let site = Site::start(data.path(), None);
    for chunk in 0..5 {
        let labels: Vec<Value> = (0..20)
            .map(|n| json!({ "account": format!("a{}", chunk * 20 + n), "label": "fraudulent" }))
            .collect();
        assert_eq!(site.post("/api/v1/labels", &json!({ "labels": labels })).body["accepted"], 20);
        site.post("/api/v1/events", &signup(chunk));
    }
    let mut path = "/api/v1/labels?limit=7".to_owned();
    let mut seen = Vec::new();
    loop {
        let page = site.get(&path);
        assert_eq!(page.status, 200);
        let items = page.body["items"].as_array().expect("a list").clone();
        assert!(items.len() <= 7);
        seen.extend(
            items.into_iter().map(|item| item["account"].as_str().expect("text").to_owned()),
        );
        match page.body["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/labels?limit=7&cursor={cursor}"),
            None => break,
        }
    }
    let expected: Vec<String> = (0..100).map(|number| format!("a{number}")).collect();
    assert_eq!(seen, expected);
    let wrong = json!({ "labels": [{ "account": "a", "label": "bad" }] });
    is_problem(&site.post("/api/v1/labels", &wrong), 400, "bad-request");
}

#[test]
fn a_policy_comes_into_force_in_stages_and_goes_back() {
    let data = data();
    let site = Site::start(data.path(), None);
    let before = site.get("/api/v1/policies/current").body;
    let text = before["text"]
        .as_str()
        .expect("text")
        .replace("version = 1", "version = 2")
        .replace("when = \"membership.bound\"", "when = \"event.type == 'signup'\"");
    let decide = |number| site.post("/api/v1/decisions", &signup(number)).body["decision"].clone();
    assert_eq!(decide(1), "allow");
    let promote =
        |per_mille| site.post("/api/v1/policies", &json!({ "text": text, "per_mille": per_mille }));
    let staged = promote(500);
    assert_eq!(staged.body["rules_changed"], json!(["likely-campaign"]));
    let challenged = (10..210).filter(|number| decide(*number) == "challenge").count();
    assert!((60..140).contains(&challenged), "{challenged} of 200 at 500 of 1000");
    promote(1000);
    assert_eq!(decide(300), "challenge");
    let id = before["policy"].as_str().expect("an id");
    let back = site.post(&format!("/api/v1/policies/{id}/promote"), &json!({}));
    assert_eq!(back.status, 200);
    assert_eq!(decide(301), "allow");
    let listed = site.get("/api/v1/policies").body;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(3));
    is_problem(
        &site.post("/api/v1/policies", &json!({ "text": "version = 1" })),
        422,
        "not-a-policy",
    );
    site.end();
    let site = Site::start(data.path(), None);
    assert_eq!(site.get("/api/v1/policies/current").body, before);
    assert_eq!(site.started.records_differing, 0);
}

#[test]
fn a_new_snapshot_counts_without_a_restart_and_after_one() {
    let data = data();
    let site = Site::start(data.path(), None);
    let first = site.post("/api/v1/decisions", &signup(1)).body["snapshot"].clone();
    let snapshot = Snapshot { judged: 7, ..Snapshot::empty() }.encode();
    let promoted = site.send_bytes("/api/v1/snapshots", "application/octet-stream", &snapshot);
    assert_eq!((promoted.status, &promoted.body["before"]), (200, &first), "{promoted:?}");
    let second = promoted.body["snapshot"].clone();
    assert_ne!(second, first);
    assert_eq!(site.post("/api/v1/decisions", &signup(2)).body["snapshot"], second);
    assert_eq!(site.get("/health").body["snapshot"], second);
    let mut damaged = snapshot.clone();
    damaged[40] ^= 1;
    let refused = site.send_bytes("/api/v1/snapshots", "application/octet-stream", &damaged);
    is_problem(&refused, 422, "not-a-snapshot");
    is_problem(&site.post("/api/v1/snapshots", &json!({})), 415, "unsupported-media-type");
    site.end();
    let site = Site::start(data.path(), None);
    assert_eq!(site.started.snapshot, second.as_str().expect("text"));
    assert_eq!(site.started.records_differing, 0);
    let listed = site.get("/api/v1/snapshots").body;
    assert_eq!(listed["items"].as_array().map(Vec::len), Some(1));
    assert_eq!(listed["items"][0]["snapshot"], second);
}

#[test]
fn a_named_value_blocks() {
    let data = data();
    let site = Site::start(data.path(), None);
    let named = json!({ "indicators": [{
        "id": "indicator--7", "kind": "email_domain", "value": "mail-1.example", "valid_until": 4_000_000_000_i64,
    }] });
    assert_eq!(site.post("/api/v1/indicators", &named).body["accepted"], 1);
    let decided = site.post("/api/v1/decisions", &signup(1)).body;
    assert_eq!((&decided["decision"], &decided["rule"]), (&json!("block"), &json!("named")));
    assert_eq!(decided["indicators"], json!(["indicator--7"]));
    let wrong =
        json!({ "indicators": [{ "id": "i", "kind": "no", "value": "x", "valid_until": 1 }] });
    is_problem(&site.post("/api/v1/indicators", &wrong), 422, "not-valid");
}

#[test]
fn those_who_watch_see_decisions_as_they_are_made() {
    let data = data();
    let site = Site::start(data.path(), None);
    let mut stream = std::net::TcpStream::connect(site.address).expect("connected");
    let token = site.token();
    write!(
        stream,
        "GET /api/v1/activity HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"
    )
    .expect("asked");
    let mut lines = BufReader::new(stream).lines().map(|line| line.expect("a line"));
    assert!(lines.next().is_some_and(|line| line.contains("200")));
    let media = lines.find(|line| line.starts_with("content-type")).expect("a type");
    assert!(media.contains("text/event-stream"));
    let decided = site.post("/api/v1/decisions", &signup(1)).body;
    let told = lines.find(|line| line.starts_with("data: ")).expect("an event");
    let told: Value = serde_json::from_str(&told["data: ".len()..]).expect("JSON");
    assert_eq!(told["decision_id"], decided["decision_id"]);
}

#[test]
fn the_document_of_the_api_names_every_path() {
    let data = data();
    let site = Site::start(data.path(), None);
    let document = site.get("/api/v1/openapi.json").body;
    let paths = document["paths"].as_object().expect("paths");
    for (path, operations) in paths {
        let path = path
            .replace("{decision_id}", "d-0000000000000000")
            .replace("{policy_id}", "1-0123456789abcdef")
            .replace("{webhook_id}", "wh_0")
            .replace("{message_id}", "msg_0000000000000000d");
        for method in operations.as_object().expect("operations").keys() {
            if path == "/api/v1/activity" {
                continue;
            }
            let reply = match method.as_str() {
                "get" => site.get(&path),
                "delete" => site.delete(&path),
                _ => site.post(&path, &json!({})),
            };
            let missing = reply.body["detail"] == "no such path" || reply.status == 405;
            assert!(!missing && reply.status < 500, "{method} {path}: {reply:?}");
            assert!(
                operations[method]["responses"].get(reply.status.to_string()).is_some(),
                "{method} {path}: {reply:?}"
            );
        }
    }
}

/// A connection is used for one request after another, also where a refusal comes before the body does.
#[test]
fn what_is_refused_before_its_body_came_leaves_the_connection_open() {
    let data = data();
    let site = Site::start(data.path(), None);
    let refused = [
        ("/api/v1/webhooks/wh_0/rotate", site.token(), "404"),
        ("/api/v1/decisions", "nobody", "401"),
        ("/api/v1/nothing", site.token(), "404"),
    ];
    let mut stream = std::net::TcpStream::connect(site.address).expect("connected");
    let mut answers = BufReader::new(stream.try_clone().expect("another handle"));
    for (path, token, status) in refused {
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 4\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).expect("the head");
        // It is refused by now, and waits for what it does not need.
        stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a time");
        let early = answers.fill_buf().map(<[u8]>::len);
        assert!(early.is_err(), "{path}: answered {early:?} before it came");
        stream.set_read_timeout(None).expect("no time");
        stream.write_all(b"{  }").expect("the body");
        let answered = one_answer(&mut answers);
        assert!(answered.starts_with(&format!("HTTP/1.1 {status}")), "{path}: {answered}");
    }
}

/// The head of an answer; its body is passed over.
fn one_answer(answers: &mut impl BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(answers.read_line(&mut head).expect("a line"), 0, "closed after {head:?}");
    }
    let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
    let length = length.and_then(|digits| digits.parse().ok()).expect("a length");
    let mut body = vec![0; length];
    answers.read_exact(&mut body).expect("its body");
    head
}
