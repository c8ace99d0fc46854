//! Is a model that asks in somebody's name told what they may see now, and no more, and does it stand in the log?

use std::collections::BTreeSet;

use seawall_core::{
    actor,
    campaign::findings::fixture,
    selector::{account_hash, pseudonym},
};
use seawall_server::console::{
    access::{capability::Role, digest},
    act::Act,
    book::{Book, BookError},
};
use serde_json::{Value, json};

use super::desk::{Browser, Desk, Page};

/// Makes a token of one's own; what is shown once.
fn token(browser: &Browser, name: &str) -> String {
    let made = browser.post("/settings/own-tokens", &[("name", name), ("days", "7")]);
    assert_eq!(made.status, 200, "{}", made.text);
    let from = made.text.find("swp_").expect("a token");
    let is_token = |own: char| own.is_ascii_alphanumeric() || "-_".contains(own);
    made.text[from..].chars().take_while(|own| is_token(*own)).collect()
}

/// One request, with headers beside the usual ones.
fn ask_with(
    browser: &Browser,
    token: &str,
    method: &str,
    parameters: &Value,
    more: &[(&str, &str)],
) -> Page {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![
        ("content-type", "application/json"),
        ("accept", "application/json, text/event-stream"),
        ("mcp-protocol-version", "2025-06-18"),
    ];
    if !token.is_empty() {
        headers.push(("authorization", bearer.as_str()));
    }
    headers.extend_from_slice(more);
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
    browser.send("/mcp", &body.to_string(), &headers)
}

fn ask(browser: &Browser, token: &str, method: &str, parameters: &Value) -> Page {
    ask_with(browser, token, method, parameters, &[])
}

/// Calls a tool; what it told, or nothing where it refused.
fn call(browser: &Browser, token: &str, tool: &str, arguments: &Value) -> Option<Value> {
    let asked = json!({ "name": tool, "arguments": arguments });
    let page = ask(browser, token, "tools/call", &asked);
    let answer: Value = serde_json::from_str(&page.text).expect("JSON");
    answer["result"].get("structuredContent").cloned()
}

fn tools(browser: &Browser, token: &str) -> BTreeSet<String> {
    let page = ask(browser, token, "tools/list", &json!({}));
    assert_eq!(page.status, 200, "{}", page.text);
    let answer: Value = serde_json::from_str(&page.text).expect("JSON");
    let tools = answer["result"]["tools"].as_array().expect("tools").iter();
    tools.map(|tool| tool["name"].as_str().expect("a name").to_owned()).collect()
}

const LOOKING: [&str; 11] = [
    "run_summary",
    "list_campaigns",
    "get_campaign",
    "list_selectors",
    "timeline",
    "match_values",
    "list_members",
    "explain_account",
    "compare_accounts",
    "list_actors",
    "get_actor",
];

#[test]
fn a_model_may_use_the_tools_that_the_roles_of_its_person_allow_now() {
    let findings = fixture::findings();
    let campaign = findings.campaigns[0].campaign.clone();
    let desk = Desk::start(&findings);
    let first = desk.first();
    let looking: BTreeSet<String> = LOOKING.map(str::to_owned).into();
    let mut proposing = looking.clone();
    proposing.insert("propose_review".to_owned());
    let proposal =
        json!({ "campaign": campaign, "decision": "dismiss", "reason": "one office, one printer" });
    for role in Role::ALL {
        let person = desk.person(&first, role.as_str(), &[role.as_str()]);
        let token = token(&person, "laptop");
        let may = matches!(
            role,
            Role::Analyst | Role::Reviewer | Role::PolicyEngineer | Role::DisruptionLead
        );
        assert_eq!(&tools(&person, &token), if may { &proposing } else { &looking }, "{role:?}");
        let told = call(&person, &token, "propose_review", &proposal);
        assert_eq!(told.is_some(), may, "{role:?}");
        let told = call(&person, &token, "get_campaign", &json!({ "campaign": campaign }));
        assert_eq!(told.expect("told")["summary"]["campaign"], campaign.as_str());
    }
    // What is taken away from a person is taken away from its models at once.
    let ann = desk.person(&first, "ann", &["analyst"]);
    let token = token(&ann, "laptop");
    let id = person_id(&first, "ann");
    assert_eq!(tools(&ann, &token), proposing);
    first.post(&format!("/settings/people/{id}/roles"), &[("role", "viewer")]);
    assert_eq!(tools(&ann, &token), looking);
    first.post(&format!("/settings/people/{id}/roles"), &[]);
    assert_eq!(tools(&ann, &token), BTreeSet::new());
    assert_eq!(call(&ann, &token, "run_summary", &json!({})), None);
}

fn person_id(manager: &Browser, name: &str) -> String {
    let people = manager.get("/settings/people").text;
    let at = people.find(&format!("<bdi>{name}</bdi><span class=\"below\">p-")).expect("listed");
    let from = at + people[at..].find("p-").expect("an id");
    people[from..].chars().take_while(|own| *own != '<').collect()
}

#[test]
fn tokens_that_are_wrong_taken_away_expired_or_of_nobody_open_nothing() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let status = |token: &str| ask(&first, token, "tools/list", &json!({})).status;
    let own = token(&first, "laptop");
    assert_eq!(status(&own), 200);
    for wrong in ["", "swp_wrong", &own[..own.len() - 1], &"x".repeat(500)] {
        let refused = ask(&first, wrong, "tools/list", &json!({}));
        assert_eq!((refused.status, refused.header("www-authenticate")), (401, "Bearer"));
    }
    // A session is none, and a token is no session.
    let cookie = [("cookie", first.cookie.as_str())];
    assert_eq!(ask_with(&first, "", "tools/list", &json!({}), &cookie).status, 401);
    // By oneself.
    let page = first.get("/settings/own-tokens");
    let id = page.field("token");
    assert!(!page.text.contains(&own[4..]));
    assert_eq!(first.post("/settings/own-tokens/revoke", &[("token", &id)]).status, 303);
    assert_eq!(status(&own), 401);
    // By who manages people, and by nobody else.
    let ann = desk.person(&first, "ann", &["analyst"]);
    let eve = desk.person(&first, "eve", &["reviewer"]);
    let hers = token(&ann, "laptop");
    let id = ann.get("/settings/own-tokens").field("token");
    assert_eq!(eve.post("/settings/own-tokens/revoke", &[("token", &id)]).status, 404);
    let person = person_id(&first, "ann");
    let address = format!("/settings/people/{person}/tokens/revoke");
    assert_eq!(eve.post(&address, &[("token", &id)]).status, 403);
    assert_eq!(status(&hers), 200);
    assert!(first.get("/settings/people").text.contains(&id));
    assert_eq!(first.post(&address, &[("token", &id)]).status, 303);
    assert_eq!(status(&hers), 401);
    // Who is shut out asks no more, also not after they were let in again.
    let hers = token(&ann, "laptop");
    assert_eq!(first.post(&format!("/settings/people/{person}/disable"), &[]).status, 303);
    assert_eq!(status(&hers), 401);
    assert_eq!(first.post(&format!("/settings/people/{person}/enable"), &[]).status, 303);
    assert_eq!(status(&hers), 401);
    // A token lasts over a restart, and not longer than it was made for.
    let own = token(&first, "laptop");
    let desk = desk.restart_after(|data| {
        let book = Book::open(&data.join("console")).expect("opened");
        let made: Result<(), BookError> = book.act("p-first", |_, now| {
            let made = |secret: &str, until| Act::PersonalTokenMade {
                token: format!("k-{secret}"),
                name: secret.to_owned(),
                sha256: digest(secret),
                until,
            };
            Ok((vec![made("ended", now), made("lasting", now + 60_000)], ()))
        });
        made.expect("kept");
    });
    let browser = desk.browser();
    let status = |token: &str| ask(&browser, token, "tools/list", &json!({})).status;
    assert_eq!((status(&own), status("lasting"), status("ended")), (200, 200, 401));
}

#[test]
fn other_sites_and_other_hosts_are_refused() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let token = token(&first, "laptop");
    let status = |headers: &[(&str, &str)]| {
        ask_with(&first, &token, "tools/list", &json!({}), headers).status
    };
    assert_eq!(status(&[]), 200);
    assert_eq!(status(&[("origin", "https://example.org")]), 403);
    assert_eq!(status(&[("sec-fetch-site", "cross-site")]), 403);
    assert_eq!(status(&[("host", "example.org")]), 421);
    assert_eq!(
        first.get_with("/mcp", &[("authorization", &format!("Bearer {token}"))]).status,
        405
    );
    let long = json!({ "cursor": "x".repeat(100_000) });
    assert_eq!(ask(&first, &token, "tools/list", &long).status, 413);
}

#[test]
fn what_a_model_asked_stands_in_the_log_without_personal_values() {
    let findings = fixture::findings();
    let campaign = findings.campaigns[0].campaign.clone();
    let members = fixture::members(&findings);
    let account = members[0].account.clone();
    let desk = Desk::start_with(&findings, &members);
    fs_err::create_dir_all(desk.data().join("actors")).expect("made");
    let records = actor::fixture::records();
    let lines: String =
        records.iter().map(|record| serde_json::to_string(record).expect("JSON") + "\n").collect();
    fs_err::write(desk.data().join("actors/00000001.ndjson"), lines).expect("written");
    let first = desk.first();
    let token = token(&first, "laptop");
    let told = call(&first, &token, "explain_account", &json!({ "account": account }));
    assert_eq!(told.expect("told")["account"], pseudonym(account_hash(&account)));
    let actors = call(&first, &token, "list_actors", &json!({})).expect("told");
    let actor = &actors["rows"][0];
    let name = actor["name"]["untrusted_text"].as_str().expect("a name");
    assert!(call(&first, &token, "get_actor", &json!({ "name": name })).is_some());
    call(&first, &token, "list_members", &json!({ "campaign": campaign }));
    call(&first, &token, "match_values", &json!({ "values": ["mallory@example.org"] }));
    call(&first, &token, "get_campaign", &json!({ "campaign": "mallory@example.org" }));
    call(&first, &token, "drop everything", &json!({}));
    let log = first.get("/settings/audit").text;
    for kept in [
        "explain_account",
        &pseudonym(account_hash(&account)),
        "get_actor",
        actor["id"].as_str().expect("an id"),
        "list_members",
        &campaign,
        "match_values",
        "had a model refused",
    ] {
        assert!(log.contains(kept), "{kept}");
    }
    assert_eq!(log.matches("had a model ask").count(), 6);
    for hidden in [account.as_str(), "mallory", "drop everything", &token[4..]] {
        assert!(!log.contains(hidden), "{hidden}");
    }
    assert!(first.post("/settings/audit/verify", &[]).text.contains("follow on each other"));
}

#[test]
fn a_proposal_waits_for_people_and_decides_nothing() {
    let findings = fixture::findings();
    let campaign = findings.campaigns[0].campaign.clone();
    let desk = Desk::start(&findings);
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["analyst"]);
    let token = token(&ann, "laptop");
    let address = format!("/campaigns/{campaign}");
    let saw = first.get(&address).field("saw");
    let propose = |decision: &str, reason: &str| {
        let asked = json!({ "campaign": campaign, "decision": decision, "reason": reason });
        call(&ann, &token, "propose_review", &asked)
    };
    assert_eq!(propose("confirm", "short"), None);
    assert_eq!(propose("delete", "this is no decision"), None);
    assert!(propose("dismiss", "<b>one office</b> behind one address").is_some());
    assert_eq!(propose("confirm", "another one for the same person"), None);
    let queue = first.get(&format!("/queue?item={campaign}")).text;
    assert!(queue.contains("A model proposes: dismissed") && queue.contains("a model proposes"));
    assert!(queue.contains("&lt;b&gt;one office&lt;/b&gt;") && queue.contains("<bdi>ann</bdi>"));
    let page = first.get(&address).text;
    assert!(page.contains("A model proposes") && page.contains("suspected"));
    // Nobody has to look again because of a model, and a decision ends what was proposed.
    let fields = [("saw", saw.as_str()), ("decision", "confirmed"), ("note", "")];
    assert_eq!(first.post(&format!("{address}/decision"), &fields).status, 303);
    assert!(!first.get(&address).text.contains("A model proposes"));
    assert!(first.get(&format!("{address}?tab=activity")).text.contains("had a model propose"));
    assert_eq!(propose("dismiss", "after people have decided"), None);
}

#[test]
fn models_of_a_person_that_ask_too_often_wait() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["analyst"]);
    let (own, hers) = (token(&first, "laptop"), token(&ann, "laptop"));
    let statuses: Vec<u16> =
        (0..130).map(|_| ask(&first, &own, "tools/list", &json!({})).status).collect();
    assert!(statuses[..100].iter().all(|status| *status == 200), "{statuses:?}");
    assert_eq!(statuses.last(), Some(&429));
    let waits = ask(&first, &own, "tools/list", &json!({}));
    assert_eq!((waits.status, waits.header("retry-after")), (429, "60"));
    assert_eq!(ask(&ann, &hers, "tools/list", &json!({})).status, 200);
}

#[test]
fn the_client_of_others_understands_every_answer() {
    let test = "the_client_of_others_understands_every_answer";
    let Some(python) = crate::python::with(test, &["mcp", "httpx2"]) else { return };
    let findings = fixture::findings();
    let campaign = &findings.campaigns[0];
    let desk = Desk::start(&findings);
    let first = desk.first();
    let token = token(&first, "laptop");
    let id = campaign.campaign.as_str();
    let value = campaign.selectors[0].value.as_str();
    let account = pseudonym(account_hash(&fixture::members(&findings)[0].account));
    let questions = json!([
        ["run_summary", {}],
        ["list_campaigns", { "limit": 1 }],
        ["list_campaigns", { "text": id.to_uppercase() }],
        ["get_campaign", { "campaign": id }],
        ["list_selectors", { "campaign": id, "limit": 3 }],
        ["timeline", { "campaign": id }],
        ["match_values", { "values": [value.to_uppercase()] }],
        ["list_members", { "campaign": id, "limit": 500 }],
        ["explain_account", { "account": account }],
        ["compare_accounts", { "left": account, "right": "nobody" }],
        ["list_actors", {}],
        ["propose_review", { "campaign": id, "decision": "confirm", "reason": "one device on all of them" }],
    ]);
    let arguments = [format!("{}/mcp", first.origin()), token, questions.to_string()];
    let arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(AsRef::as_ref).collect();
    let said = crate::python::run(&python, "model_questions.py", &arguments);
    let told: Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!(told["tools"].as_array().map(Vec::len), Some(LOOKING.len() + 1));
    let of = |index: usize| &told["answers"][index];
    assert_eq!(of(0)["campaigns"].as_u64(), Some(findings.campaigns.len() as u64));
    assert_eq!(of(1)["rows"].as_array().map(Vec::len), Some(1));
    assert_eq!(of(2)["rows"][0]["campaign"], id);
    assert_eq!(of(3)["summary"]["accounts"].as_u64(), Some(campaign.accounts));
    assert_eq!(of(4)["rows"][0]["value"]["untrusted_text"], value);
    assert_eq!(of(5)["signups"], json!(campaign.signups_over_time.counts));
    assert_eq!(of(6)["matches"][0]["campaign"], id);
    assert!(of(7)["rows"].as_array().is_some_and(|rows| !rows.is_empty() && rows.len() <= 50));
    assert_eq!(of(8)["memberships"][0]["campaign"], id);
    assert_eq!(of(9)["in_common"], json!([]));
    assert_eq!(of(10)["total"], 0);
    assert_eq!(of(11)["campaign"], id);
}
