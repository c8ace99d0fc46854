//! Do the pages of accounts, actors, intelligence and policies say what is kept, and nothing else?

use std::sync::Arc;

use seawall_charts::text::{bits, confidence};
use seawall_core::{
    actor::{Entry, fixture as actors},
    campaign::findings::fixture,
    case::state::AssetState,
};
use seawall_server::console::cases::CaseError;

use super::{
    desk::Desk,
    kept_cases::{Kept, ending},
};

fn keep(desk: &Desk, folder: &str, lines: &[String]) {
    let folder = desk.data().join(folder);
    fs_err::create_dir_all(&folder).expect("made");
    fs_err::write(folder.join("00000001.ndjson"), lines.join("\n") + "\n").expect("written");
}

#[test]
fn an_account_is_shown_with_the_numbers_of_its_run_under_its_pseudonym() {
    let findings = fixture::findings();
    let members = fixture::members(&findings);
    let desk = Desk::start_with(&findings, &members);
    let first = desk.first();
    let (one, other) = (&members[3], &members[700]);
    let address = |account: &str| {
        let page = first.get(&format!("/accounts?account={account}"));
        assert_eq!(page.status, 303, "{}", page.text);
        page.header("location").to_owned()
    };
    let (own, beside) = (address(&one.account), address(&other.account));
    assert!(own.starts_with("/accounts/a-") && own != beside);
    let page = first.get(&own);
    assert_eq!(page.status, 200);
    for said in [bits(one.bits), bits(one.prior_bits), confidence(one.confidence)] {
        assert!(page.text.contains(&said), "{said}");
    }
    // Whose it is stands nowhere.
    assert!(!page.text.contains(&one.account));
    let rows = first.get(&format!("{own}/evidence.csv")).text;
    let number = |line: &str| line.rsplit(',').next().and_then(|cell| cell.parse::<f64>().ok());
    let numbers: Vec<f64> = rows.lines().skip(1).map(|line| number(line).expect(line)).collect();
    let (total, parts) = numbers.split_last().expect("rows");
    assert!((parts.iter().sum::<f64>() - total).abs() < 0.2, "{rows}");
    assert_eq!(first.get(&format!("{own}/timeline.svg")).header("content-type"), "image/svg+xml");
    assert_eq!(first.get(&format!("{own}/none.svg")).status, 404);
    let both = first.get(&format!("{own}?with={}", other.account));
    assert!(both.text.contains(beside.trim_start_matches("/accounts/")));
    assert_eq!(first.get("/accounts/a-0000000000").status, 404);
    let missing = first.get("/accounts?account=nobody");
    assert!(missing.status == 200 && missing.text.contains("Not found"));
}

#[test]
fn an_account_is_labelled_from_its_page() {
    let findings = fixture::findings();
    let members = fixture::members(&findings);
    let desk = Desk::start_with(&findings, &members);
    let first = desk.first();
    let own = first.get(&format!("/accounts?account={}", members[3].account));
    let own = own.header("location").to_owned();
    let account = own.trim_start_matches("/accounts/");
    let act = format!("/campaigns/{}/member", members[3].campaign);
    let fields = [("account", account), ("belongs", "no"), ("back", own.as_str())];
    let labelled = first.post(&act, &fields);
    assert_eq!((labelled.status, labelled.header("location")), (303, own.as_str()));
    assert!(first.get(&own).text.contains("does not belong, says"));
}

#[test]
fn actors_are_shown_with_every_source() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    assert!(first.get("/actors").text.contains("No actor is known"));
    let mut records = actors::records();
    let hostile = "<script>alert(1)</script>=1+1";
    if let Some(Entry::Thing { thing, .. }) = records.get_mut(3).map(|record| &mut record.entry) {
        hostile.clone_into(&mut thing.name);
    }
    let lines: Vec<String> =
        records.iter().map(|record| serde_json::to_string(record).expect("JSON")).collect();
    keep(&desk, "actors", &lines);
    assert!(first.get("/actors?q=market").text.contains("Market K"));
    assert!(first.get("/actors?q=nobody-at-all").text.contains("Clear filters"));
    let own = format!("/actors/{}", actors::START);
    let page = first.get(&format!("{own}?steps=2"));
    assert_eq!(page.status, 200);
    for said in ["Registrar reply", "A1", "Forum post", "contradicted", "a reseller bought"] {
        assert!(page.text.contains(said), "{said}");
    }
    assert!(!page.text.contains("<script>alert"));
    let csv = first.get(&format!("{own}/claims.csv?steps=2")).text;
    assert_eq!(csv.lines().count(), 1 + 18);
    let bundle = first.get(&format!("{own}/bundle.json?steps=2")).text;
    let bundle: serde_json::Value = serde_json::from_str(&bundle).expect("JSON");
    assert_eq!(bundle["type"], "bundle");
    assert!(bundle["objects"].as_array().is_some_and(|objects| objects.len() > 15));
    // A viewer takes nothing along.
    let viewer = desk.person(&first, "vic", &["viewer"]);
    assert_eq!(viewer.get(&format!("{own}/bundle.json")).status, 403);
    assert_eq!(first.get("/actors/nobody").status, 404);
    keep(&desk, "actors", &["{}".to_owned()]);
    assert_eq!(first.get("/actors").status, 500);
}

/// The last state that any case knows, with that case; and nothing of it for who may not see cases.
#[test]
fn what_became_of_the_assets_of_an_actor_is_told_to_those_who_may_see_cases() {
    use AssetState::{Attributed, Disabled, Executed, Ordered, Scheduled, Served, Verified};
    let mut kept = Kept::of("Storm");
    let ended = [Attributed, Scheduled, Ordered, Served, Executed, Verified, Disabled];
    let cases = [
        // The one that comes last by name knows the older state.
        ("zeta", ending("zeta", "Zeta", "ACCOUNTS.example", &[Attributed])),
        ("alpha", ending("alpha", "Alpha", "accounts.example", &ended)),
        ("beta", ending("beta", "Beta", "mirror-accounts.example", &[Attributed, Scheduled])),
    ];
    kept.others = cases.into_iter().map(|(id, case)| (id.to_owned(), Ok(case))).collect();
    let damaged = CaseError::Damaged("the log was cut".to_owned());
    kept.others.insert("gone".to_owned(), Err(damaged));
    let findings = fixture::findings();
    let desk = Desk::start_keeping(&findings, &fixture::members(&findings), Arc::new(kept));
    let first = desk.first();
    let lines: Vec<String> = actors::records()
        .iter()
        .map(|record| serde_json::to_string(record).expect("JSON"))
        .collect();
    keep(&desk, "actors", &lines);
    let own = format!("/actors/{}", actors::START);
    let addresses = [
        "/actors".to_owned(),
        own.clone(),
        format!("{own}/graph.svg"),
        format!("{own}/claims.csv"),
    ];
    let [list, page, svg, csv] = addresses.clone().map(|address| first.get(&address).text);
    assert!(list.contains("1 seized") && list.contains("1 reported"), "{list}");
    assert!(page.contains("href=\"/cases/alpha?tab=assets\"") && !page.contains("/cases/zeta"));
    assert!(page.contains("1 of the cases cannot be read"));
    for told in ["disabled in case alpha since 2026-02-25", "scheduled in case beta since"] {
        assert!(svg.contains(told) && csv.contains(told), "{told}\n{csv}");
    }
    assert!(first.get("/actors/domain-1").text.contains("seized"));
    // Without a case that names it, nothing is told of it.
    assert!(!first.get("/actors/domain-2?steps=1").text.contains("in case"));
    let viewer = desk.person(&first, "vic", &["viewer"]);
    for address in addresses {
        let seen = viewer.get(&address);
        assert_eq!(seen.status, 200, "{address}");
        for secret in
            ["1 seized", "● seized", "alpha", "beta", "in case", "cannot be read", "What it has"]
        {
            assert!(!seen.text.contains(secret), "{address}: {secret}");
        }
    }
    let auditor = desk.person(&first, "aud", &["auditor"]);
    assert!(auditor.get(&own).text.contains("disabled in case alpha"));
}

#[test]
fn values_are_looked_up_in_what_was_received_and_found() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    assert!(first.get("/intel").text.contains("Nothing was received"));
    let indicator = serde_json::json!({
        "type": "indicator", "spec_version": "2.1", "pattern_type": "stix",
        "id": "indicator--00000000-0000-4000-8000-000000000001",
        "created": "2026-05-01T00:00:00.000Z", "modified": "2026-05-01T00:00:00.000Z",
        "valid_from": "2026-05-01T00:00:00Z", "name": "A shop",
        "pattern": "[domain-name:value = 'shop.example']",
    });
    keep(&desk, "intel/received", &[indicator.to_string()]);
    let page = first.get("/intel?q=SHOP%5B.%5Dexample");
    assert!(
        page.text.contains("A shop") && page.text.contains("1</strong> known"),
        "{}",
        page.text
    );
    let lines = "mailbox-nine.example\nnobody.example\n\nshop.example\nshop.example";
    let page = first.post("/intel/search", &[("lines", lines)]);
    assert_eq!(page.status, 200);
    assert!(
        page.text.contains("3 values") && page.text.contains("2</strong> known"),
        "{}",
        page.text
    );
    assert!(page.text.contains("device-d0f3"));
}

#[test]
fn policies_are_shown_and_drafts_are_tried() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let page = first.get("/policies");
    for said in ["● live", "known-campaign", "comes with Seawall"] {
        assert!(page.text.contains(said), "{said}");
    }
    assert!(first.get("/policies?decision=x").text.contains("no id of a decision"));
    let moved = first.get("/policies?decision=d-000000000000002a");
    assert_eq!(moved.header("location"), "/policies/decisions/d-000000000000002a");
    assert_eq!(first.get("/policies/decisions/d-000000000000002a").status, 404);
    let draft = seawall_core::decision::policy::DEFAULT;
    let tried = first.post("/policies/replay", &[("text", draft), ("days", "30")]);
    assert!(tried.status == 200 && tried.text.contains("0 decisions"), "{}", tried.text);
    assert_eq!(first.post("/policies/replay", &[("text", "version = 1")]).status, 422);
}
