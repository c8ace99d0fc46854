//! Is nothing lost that people decide, however many of them do at once?

use std::collections::BTreeSet;

use seawall_core::campaign::findings::fixture;

use super::desk::{Browser, Desk, Page};

fn saw(page: &Page) -> String {
    page.field("saw")
}

/// Decides until it is taken, as somebody does who reads what changed meanwhile.
fn decide(browser: &Browser, address: &str, decision: &str, note: &str) -> u32 {
    for attempt in 1.. {
        let saw = saw(&browser.get(address));
        let fields = [("saw", saw.as_str()), ("decision", decision), ("note", note)];
        let page = browser.post(&format!("{address}/decision"), &fields);
        match page.status {
            303 => return attempt,
            409 => {}
            other => panic!("{other}: {}", page.text),
        }
    }
    unreachable!("it ends when it is taken")
}

#[test]
fn a_stale_edit_is_refused_and_shows_what_changed() {
    let findings = fixture::findings();
    let address = format!("/campaigns/{}", findings.campaigns[0].campaign);
    let desk = Desk::start(&findings);
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["reviewer"]);
    let bob = desk.person(&first, "bob", &["reviewer"]);
    let seen = saw(&bob.get(&address));
    decide(&ann, &address, "dismissed", "a school enrolled that day");
    let fields = [("saw", seen.as_str()), ("decision", "confirmed"), ("note", "")];
    let refused = bob.post(&format!("{address}/decision"), &fields);
    assert_eq!(refused.status, 409);
    assert!(
        refused.text.contains("ann said it is dismissed: “a school enrolled that day”"),
        "{}",
        refused.text
    );
    assert!(bob.get(&address).text.contains("status dismissed"));
    // Having seen it, one may differ; both stand.
    decide(&bob, &address, "confirmed", "no school has 3,000 phones");
    assert!(bob.get(&address).text.contains("status disputed"));
}

#[test]
fn twenty_people_at_once_lose_no_decision() {
    let findings = fixture::findings();
    let id = findings.campaigns[0].campaign.clone();
    let address = format!("/campaigns/{id}");
    let desk = Desk::start(&findings);
    let first = desk.first();
    let names: Vec<String> = (0..20).map(|index| format!("person{index}")).collect();
    let people: Vec<Browser> =
        names.iter().map(|name| desk.person(&first, name, &["reviewer"])).collect();
    std::thread::scope(|scope| {
        for (index, browser) in people.iter().enumerate() {
            let address = &address;
            scope.spawn(move || {
                let decision = if index % 4 == 0 { "dismissed" } else { "confirmed" };
                decide(browser, address, decision, &format!("decision of {index}."));
                let note = format!("note of {index}.");
                let page = browser.post(&format!("{address}/note"), &[("note", &note)]);
                assert_eq!(page.status, 303);
            });
        }
    });
    let told = |desk: &Desk, cookie: &str| {
        let mut browser = desk.browser();
        cookie.clone_into(&mut browser.cookie);
        browser.get(&format!("{address}?tab=activity")).text
    };
    let before = told(&desk, &first.cookie);
    let cookie = first.cookie.clone();
    let desk = desk.restart();
    let after = told(&desk, &cookie);
    for text in [&before, &after] {
        for index in 0..20 {
            assert_eq!(text.matches(&format!("decision of {index}.")).count(), 1, "{index}");
            assert_eq!(text.matches(&format!("note of {index}.")).count(), 1, "{index}");
        }
    }
}

#[test]
fn two_people_never_get_the_same_item() {
    let findings = fixture::many(40);
    let desk = Desk::start_with(&findings, &[]);
    let first = desk.first();
    let people: Vec<Browser> = (0..12)
        .map(|index| desk.person(&first, &format!("person{index}"), &["reviewer"]))
        .collect();
    let got: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = people
            .iter()
            .map(|own| scope.spawn(|| own.post("/queue/next", &[]).header("location").to_owned()))
            .collect();
        threads.into_iter().map(|own| own.join().expect("got one")).collect()
    });
    assert_eq!(got.iter().collect::<BTreeSet<_>>().len(), 12, "{got:?}");
    // Who asks again goes on with the same one, and nobody else decides about it.
    assert_eq!(people[0].post("/queue/next", &[]).header("location"), got[0]);
    let id = got[0].split('=').next_back().expect("an id");
    let address = format!("/campaigns/{id}");
    let other = people[1].get(&address);
    let fields = [("saw", "0"), ("decision", "confirmed")];
    assert!(other.text.contains("is looking at this one now"));
    let refused = people[1].post(&format!("{address}/decision"), &fields);
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains("person0 is looking at it"), "{}", refused.text);
    assert_eq!(people[0].post(&format!("{address}/decision"), &fields).status, 303);
    assert_ne!(people[0].post("/queue/next", &[]).header("location"), got[0]);
}

#[test]
fn several_are_decided_at_once_and_changed_ones_are_left() {
    let findings = fixture::findings();
    let ids: Vec<&str> = findings.campaigns.iter().map(|own| own.campaign.as_str()).collect();
    let desk = Desk::start(&findings);
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["reviewer"]);
    decide(&ann, &format!("/campaigns/{}", ids[1]), "dismissed", "");
    let ticked: Vec<String> = ids.iter().map(|id| format!("{id} 0")).collect();
    let mut fields = vec![("decision", "confirmed"), ("note", "same maker")];
    fields.extend(ticked.iter().map(|own| ("campaign", own.as_str())));
    let page = first.post("/queue/bulk", &fields);
    assert_eq!(page.status, 200);
    assert!(page.text.contains("Decided about 3 campaigns"), "{}", page.text);
    assert!(page.text.contains("1 campaign was left"));
    assert!(first.get("/campaigns?status=confirmed").text.contains(ids[0]));
    assert!(first.get(&format!("/campaigns/{}", ids[1])).text.contains("status dismissed"));
}

#[test]
fn an_undo_takes_back_ones_own_word_only() {
    let findings = fixture::findings();
    let address = format!("/campaigns/{}", findings.campaigns[0].campaign);
    let desk = Desk::start(&findings);
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["reviewer"]);
    decide(&ann, &address, "confirmed", "");
    let page = ann.get(&address);
    let (seen, entry) = (saw(&page), page.field("entry"));
    let fields = [("saw", seen.as_str()), ("entry", entry.as_str())];
    assert_eq!(first.post(&format!("{address}/undo"), &fields).status, 422);
    assert_eq!(ann.post(&format!("{address}/undo"), &fields).status, 303);
    assert!(ann.get(&address).text.contains("status suspected"));
    // Sent again it is refused: it was meant once.
    assert_ne!(ann.post(&format!("{address}/undo"), &fields).status, 303);
}

#[test]
fn what_is_said_of_accounts_is_a_label_that_the_model_learns_from() {
    let findings = fixture::findings();
    let id = findings.campaigns[0].campaign.clone();
    let members = fixture::members(&findings);
    let desk = Desk::start_with(&findings, &members);
    let first = desk.first();
    let list = first.get(&format!("/campaigns/{id}?tab=accounts&order=file"));
    let from = list.text.find("type=\"hidden\" name=\"account\"").expect("a row");
    let row = Page { text: list.text[from..].to_owned(), ..list };
    let pseudonym = row.field("account");
    let address = format!("/campaigns/{id}/member");
    let said = first.post(&address, &[("account", &pseudonym), ("belongs", "no")]);
    assert_eq!(said.status, 303);
    let made = first.post("/settings/tokens", &[("name", "t"), ("scope", "read")]);
    let from = made.text.find("swt_").expect("a token");
    let token: String = made.text[from..]
        .chars()
        .take_while(|own| own.is_ascii_alphanumeric() || "-_".contains(*own))
        .collect();
    let bearer = format!("Bearer {token}");
    let labels = desk.browser().get_with("/api/v1/labels", &[("authorization", &bearer)]).text;
    let labels: serde_json::Value = serde_json::from_str(&labels).expect("JSON");
    let labels = labels["items"].as_array().expect("items");
    assert_eq!(labels.len(), 1, "{labels:?}");
    assert_eq!(labels[0]["label"], "genuine");
    let account = labels[0]["account"].as_str().expect("an account");
    assert!(members.iter().any(|own| own.account == account));
}
