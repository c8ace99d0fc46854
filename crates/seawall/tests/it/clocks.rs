//! Does nothing lapse unseen: a day that is due, a snapshot that a court is asked on?

use serde_json::{Value, json};

use super::{case::Case, code, seawall, text};

#[test]
fn an_order_that_ends_on_a_weekend_lapses_on_the_next_day_of_business_and_is_seen_before() {
    let case = Case::open();
    let item = case.shown()["items"][0]["id"].as_str().expect("an id").to_owned();
    // Fourteen days from 9 December 2023 end on a Saturday, before a Sunday and Christmas (FRCP 6(a)(1)(C)).
    let add =
        ["deadline", "add", "tro-expiry", "--from", "2023-12-09T15:00:00Z", "--source", &item];
    let added = case.ok("cora", &add);
    assert_eq!(
        (&added["act_by"], &added["last_day"]),
        (&json!("2023-12-23"), &json!("2023-12-26"))
    );
    let listed = |day: &str| {
        let at = format!("{day}T12:00:00Z");
        let list = ["case", "deadline", "list", "--at", &at, "--format", "ndjson"];
        let output = seawall(case.root.path(), &[&list[..], &["--calendar", "days.ics"]].concat());
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        let row: Value = serde_json::from_slice(&output.stdout).expect("one deadline");
        row["urgency"].as_str().expect("a word").to_owned()
    };
    let days = ["2023-12-15", "2023-12-16", "2023-12-23", "2023-12-24", "2023-12-26", "2023-12-27"];
    let expected = ["later", "soon", "today", "today", "today", "missed"];
    assert_eq!(days.map(listed), expected);
    let calendar = fs_err::read_to_string(case.root.path().join("days.ics")).expect("a calendar");
    assert!(calendar.contains("20231223") && calendar.contains("2023-12-26"), "{calendar}");
}

/// A name that is attributed and measured at that time, in a schedule.
fn scheduled(case: &Case, at: &str) {
    let item = case.shown()["items"][0]["id"].clone();
    let asset = json!({
        "type": "domain", "identifier": "shop.example", "role": "storefront",
        "operators": [{
            "kind": "registry", "organisation": "Registry", "country": "US", "legal_contact": "orders@registry.example",
            "source": "the root zone database", "as_of": "2026-01-01T00:00:00Z",
        }],
        "used_by_operation": [{ "item": item, "shows": "an offer", "grade": "B2" }],
        "attribution": {
            "confidence": "moderate",
            "alternatives": [{ "explanation": "a reseller", "against": "it has no other goods" }],
        },
        "collateral": { "shared": false, "reviewed_by": "ana" },
        "end_state": { "name_servers": ["ns1.court.example"], "statuses": [] },
    });
    let write = |name: &str, content: &str| {
        fs_err::write(case.root.path().join(name), content).expect("written");
    };
    write("asset.json", &asset.to_string());
    let asset = case.ok("ana", &["asset", "add", "asset.json", "--at", at]);
    let asset = asset["asset"].as_str().expect("an id").to_owned();
    let registration = json!({
        "objectClassName": "domain", "ldhName": "shop.example", "status": ["active"],
        "nameservers": [{ "objectClassName": "nameserver", "ldhName": "ns1.shop.example" }],
    });
    write("rdap.json", &registration.to_string());
    let observe =
        ["asset", "observe", &asset, "rdap.json", "--method", "rdap", "--vantage", "here"];
    case.ok("ana", &[&observe[..], &["--source", "a test", "--at", at]].concat());
    let proposed = case.ok("ana", &["propose", "attribute", &asset, "--at", at]);
    approve(case, &proposed, at);
    case.ok("lee", &["asset", "advance", &asset, "attributed", "--at", at]);
    case.ok("lee", &["asset", "schedule", "--at", at]);
}

fn approve(case: &Case, proposed: &Value, at: &str) {
    let text = |name: &str| proposed[name].as_str().expect("a text").to_owned();
    let (proposal, hash) = (text("proposal"), text("sha256"));
    case.ok("cora", &["approve", &proposal, "--sha256", &hash, "--at", at]);
}

#[test]
fn a_schedule_goes_out_only_while_its_snapshots_are_fresh() {
    let case = Case::open();
    // Cases are opened by the clock of this machine: all else is after that.
    let day = |days: i64| {
        let hours = jiff::SignedDuration::from_hours(24 * days);
        (jiff::Timestamp::now() + hours).to_string()
    };
    let (now, in_time, late) = (day(1), day(3), day(5));
    scheduled(&case, &now);
    let draft = ["document", "draft", "D4", "--final", "--profile", "court-sealed", "--at", &now];
    case.ok("ana", &draft);
    let proposed = case.ok("lee", &["propose", "release", "D4", "--at", &now]);
    approve(&case, &proposed, &now);
    let release =
        ["document", "release", "D4", "--to", "court", "--recipient", "the court", "--at"];
    // A refusal is logged with its time, and time never goes back: so this case is the last that is asked.
    let other = Case::open();
    scheduled(&other, &now);
    other.ok("ana", &draft);
    let proposed = other.ok("lee", &["propose", "release", "D4", "--at", &now]);
    approve(&other, &proposed, &now);
    let said = other.refused("lee", &[&release[..], &[late.as_str()]].concat(), 5);
    assert!(said.contains("shop.example: the snapshot is 96 hours old"), "{said}");
    assert!(said.contains("hint: take a new one"), "{said}");
    case.ok("lee", &[&release[..], &[in_time.as_str()]].concat());
}
