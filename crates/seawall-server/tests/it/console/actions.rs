//! Is a site asked to act on accounts once for each, by those who may, and can it be taken back?

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use seawall_core::campaign::findings::fixture;
use serde_json::{Value, json};

use super::{
    desk::{Browser, Desk, Page, SECRET},
    receiving::{Answer, Site, status, text},
};
use crate::webhook::verified;

/// Asks until there is an answer.
#[expect(clippy::disallowed_methods, reason = "what is waited for comes from another thread")]
fn until<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..600 {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never came about: {what}");
}

/// The smallest campaign of the fixture that has enough accounts for three stages.
fn campaign() -> (String, u64) {
    let findings = fixture::findings();
    let large = findings.campaigns.iter().filter(|own| own.accounts > 50);
    let own = large.min_by_key(|own| own.accounts).expect("one");
    (own.campaign.clone(), own.accounts)
}

/// The fields of the form with which what is previewed is proposed.
fn previewed(browser: &Browser, query: &str) -> Vec<(String, String)> {
    let (campaign, _) = campaign();
    let form = browser.get(&format!("/campaigns/{campaign}/act"));
    assert_eq!(form.status, 200, "{}", form.text);
    let id = form.field("action");
    let preview = browser.get(&format!("/campaigns/{campaign}/act?action={id}&{query}"));
    assert_eq!(preview.status, 200, "{}", preview.text);
    let from = preview.text.find("Propose it").unwrap_or_else(|| panic!("{}", preview.text));
    let hidden = Page { text: preview.text[from..].to_owned(), ..preview };
    let mut fields = vec![("reason".to_owned(), "a farm that sells accounts".to_owned())];
    for name in ["action", "verb", "scope", "run", "list", "least", "bits", "sample"] {
        if hidden.text.contains(&format!("name=\"{name}\" value=\"")) {
            fields.push((name.to_owned(), hidden.field(name)));
        }
    }
    fields
}

fn send(browser: &Browser, fields: &[(String, String)]) -> Page {
    let fields: Vec<(&str, &str)> =
        fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    browser.post(&format!("/campaigns/{}/act", campaign().0), &fields)
}

/// Proposes; the address of the action.
fn propose(browser: &Browser, query: &str) -> String {
    let page = send(browser, &previewed(browser, query));
    assert_eq!(page.status, 303, "{}", page.text);
    page.header("location").to_owned()
}

/// Does something about an action, having seen all there is.
fn does(browser: &Browser, action: &str, step: &str) -> Page {
    let page = browser.get(action);
    // Where there is nothing to do there is no form.
    let has_form = page.text.contains("name=\"saw\"");
    let saw = if has_form { page.field("saw") } else { "0".to_owned() };
    let fields = [("saw", saw.as_str()), ("reason", "it has to be"), ("anyway", "yes")];
    browser.post(&format!("{action}/{step}"), &fields)
}

/// Starts the next stage where one waits; whether all are over.
fn go_on(browser: &Browser, action: &str) -> bool {
    let page = browser.get(action);
    if page.text.contains("</span> ready</span>") {
        done(browser, action, "start");
    }
    page.text.contains("</span> done</span>")
}

fn done(browser: &Browser, action: &str, step: &str) {
    let page = does(browser, action, step);
    assert_eq!(page.status, 303, "{step}: {}", page.text);
}

/// Waits until an action stands so.
fn stands(browser: &Browser, action: &str, standing: &str) -> Page {
    until(standing, || {
        let page = browser.get(action);
        assert_eq!(page.status, 200, "{}", page.text);
        let marker = format!("</span> {standing}</span>");
        page.text.contains(&marker).then_some(page)
    })
}

/// What the table of an action says: outcome, status, restore of each account, by pseudonym.
fn table(browser: &Browser, action: &str) -> BTreeMap<String, (String, String, String)> {
    let csv = browser.get(&format!("{action}/accounts.csv"));
    assert_eq!(csv.status, 200);
    let rows = csv.text.lines().skip(1).map(|line| {
        let cells: Vec<&str> = line.split(',').collect();
        let own = (cells[3].to_owned(), cells[4].to_owned(), cells[5].to_owned());
        (cells[0].to_owned(), own)
    });
    rows.collect()
}

fn tally(browser: &Browser, action: &str) -> BTreeMap<String, usize> {
    let mut tally = BTreeMap::new();
    for (outcome, ..) in table(browser, action).into_values() {
        *tally.entry(outcome).or_default() += 1;
    }
    tally
}

const ALL: &str = "verb=suspend&scope=all";

#[test]
fn an_action_goes_out_in_stages_signed_and_each_account_once() {
    let site = Site::start(|_, _| status(204));
    let settings = site.settings("approve_above = 1000000\nbatch = 50");
    let desk = Desk::start_acting(&fixture::findings(), &settings);
    let first = desk.first();
    let (campaign, accounts) = campaign();
    let fields = previewed(&first, ALL);
    let page = send(&first, &fields);
    assert_eq!(page.status, 303, "{}", page.text);
    let action = page.header("location").to_owned();
    // The same form again does nothing.
    assert_eq!(send(&first, &fields).status, 422);
    stands(&first, &action, "ready");
    assert_eq!(site.seen(|seen| seen.bodies.len()), 0, "before anybody started it");

    let saw = first.get(&action).field("saw");
    done(&first, &action, "start");
    let replayed = first.post(&format!("{action}/start"), &[("saw", &saw)]);
    assert_eq!(replayed.status, 409, "a form that was sent before");
    stands(&first, &action, "ready");
    let one = accounts.div_ceil(100);
    assert_eq!(site.accounts("suspend").len() as u64, one);
    done(&first, &action, "start");
    stands(&first, &action, "ready");
    assert_eq!(site.accounts("suspend").len() as u64, accounts.div_ceil(10));
    done(&first, &action, "start");
    let page = stands(&first, &action, "done");
    let all: BTreeSet<String> = fixture::members(&fixture::findings())
        .into_iter()
        .filter(|own| own.campaign == campaign)
        .map(|own| own.account)
        .collect();
    assert_eq!(site.accounts("suspend"), all);
    // Whose accounts they are, is said to the site alone.
    assert!(!all.iter().any(|own| page.text.contains(own.as_str())));
    site.seen(|seen| {
        let asked: usize = seen.bodies.iter().map(|body| accounts_of(body).len()).sum();
        assert_eq!(asked as u64, accounts, "somebody was asked for twice");
        assert!(seen.bodies.iter().all(|body| accounts_of(body).len() <= 50));
        verified(SECRET, &seen.headers[0], &seen.bodies[0]);
        let last = seen.bodies.len() - 1;
        verified(SECRET, &seen.headers[last], &seen.bodies[last]);
        let event: Value = serde_json::from_str(&seen.bodies[0]).expect("JSON");
        assert_eq!(event["specversion"], "1.0");
        assert_eq!(event["type"], "seawall.account.suspend");
        assert_eq!(event["id"], seen.headers[0]["webhook-id"]);
        assert_eq!(event["data"]["reason"], "a farm that sells accounts");
    });
    assert_eq!(tally(&first, &action), BTreeMap::from([("accepted".to_owned(), all.len())]));
    let log = first.get("/settings/audit").text;
    assert!(log.contains("began stage 3") && log.contains("sends batch"), "{log}");
    assert!(first.get(&format!("/campaigns/{campaign}?tab=actions")).text.contains(&action));
    assert!(first.get("/actions").text.contains(&action));
}

fn accounts_of(body: &str) -> Vec<String> {
    let event: Value = serde_json::from_str(body).expect("JSON");
    let own = event["data"]["accounts"].as_array().expect("accounts");
    own.iter().map(|own| text(&own["account"])).collect()
}

#[test]
fn a_large_one_takes_two_and_small_ones_add_up() {
    let site = Site::start(|_, _| status(200));
    let desk = Desk::start_acting(&fixture::findings(), &site.settings("approve_above = 20"));
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["disruption_lead"]);
    let bob = desk.person(&first, "bob", &["disruption_lead"]);
    let eve = desk.person(&first, "eve", &["reviewer", "admin", "auditor"]);
    let action = propose(&ann, "verb=restrict&scope=sample&sample=21");
    stands(&ann, &action, "waits for approval");
    assert_eq!(does(&ann, &action, "start").status, 422);
    assert_eq!(does(&ann, &action, "approve").status, 422, "by whoever proposed it");
    let saw = ann.get(&action).field("saw");
    let fields = [("saw", saw.as_str())];
    assert_eq!(eve.post(&format!("{action}/approve"), &fields).status, 403);
    assert_eq!(eve.get("/actions").status, 200);
    done(&bob, &action, "approve");
    assert_eq!(bob.post(&format!("{action}/approve"), &fields).status, 409, "the same form again");
    done(&ann, &action, "start");
    stands(&ann, &action, "ready");
    // Two small ones are a large one; what somebody else does counts for them.
    let small = "verb=restrict&scope=sample&sample=12";
    stands(&bob, &propose(&bob, small), "ready");
    stands(&bob, &propose(&bob, small), "waits for approval");
    stands(&ann, &propose(&ann, small), "ready");
    let withdrawn = propose(&bob, small);
    done(&bob, &withdrawn, "withdraw");
    stands(&bob, &withdrawn, "withdrawn");
    assert_eq!(site.accounts("restrict").len(), 1, "the first stage of the first one");
}

#[test]
fn a_preview_is_the_same_each_time_and_says_who_might_be_wronged() {
    let site = Site::start(|_, _| status(200));
    let desk = Desk::start_acting(&fixture::findings(), &site.settings(""));
    let first = desk.first();
    let (campaign, accounts) = campaign();
    let address = format!("/campaigns/{campaign}/act?action=act-0123456789abcdef&{ALL}");
    let preview = first.get(&address);
    assert_eq!(preview.text, first.get(&address).text);
    let from = preview.text.find("Members drawn by lot").expect("a sample");
    let to = preview.text[from..].find("</section>").expect("an end");
    assert_eq!(preview.text[from..from + to].matches("href=\"/accounts/a-").count(), 20);
    // What is predicted is what the probabilities of the rows add up to.
    let members = fixture::members(&fixture::findings());
    let own = members.iter().filter(|own| own.campaign == campaign);
    let expected: f64 = own.map(|own| 1.0 - (own.confidence * 1e6).round() / 1e6).sum();
    let told = if expected < 0.05 { "less than 0.1".to_owned() } else { format!("{expected:.1}") };
    assert!(preview.text.contains(&format!("<strong>{told} people</strong>")), "{told}");
    // Of whom somebody says that it does not belong is left out.
    let account = preview.text[from..].split("/accounts/").nth(1).expect("one")[..12].to_owned();
    let member = [("account", account.as_str()), ("belongs", "no")];
    let fields = previewed(&first, ALL);
    assert_eq!(first.post(&format!("/campaigns/{campaign}/member"), &member).status, 303);
    assert_eq!(send(&first, &fields).status, 409, "the members are other ones than those seen");
    let after = first.get(&address);
    assert!(after.text.contains("1 member is left out") || accounts == 1);
    assert!(!after.text.contains(&account));
}

#[test]
fn what_a_site_refuses_is_told_and_a_roll_back_restores_those_it_took() {
    // It refuses every third account, and at first the second batch as a whole.
    let site = Site::start(|number, event| {
        if event["data"]["do"] == "suspend" && number == 1 {
            return status(422);
        }
        let accounts = event["data"]["accounts"].as_array().expect("accounts");
        let third = accounts.iter().step_by(3);
        let refused: Vec<Value> =
            third.map(|own| json!({ "id": own["id"], "status": 409 })).collect();
        match event["data"]["do"].as_str() {
            Some("suspend") => Answer::Status(200, json!({ "accounts": refused }).to_string()),
            _ => status(200),
        }
    });
    let settings = site.settings("approve_above = 1000000\nbatch = 10");
    let desk = Desk::start_acting(&fixture::findings(), &settings);
    let first = desk.first();
    let action = propose(&first, "verb=suspend&scope=sample&sample=40");
    done(&first, &action, "start");
    stands(&first, &action, "ready");
    // The one of the first stage was refused: too many, unless somebody says so.
    let saw = first.get(&action).field("saw");
    assert_eq!(first.post(&format!("{action}/start"), &[("saw", saw.as_str())]).status, 422);
    done(&first, &action, "start");
    stands(&first, &action, "ready");
    done(&first, &action, "start");
    // In the midst of the last stage so many are refused that it halts by itself, with its reason.
    let halted = stands(&first, &action, "paused");
    let why = "4 of 36 in stage 3 were refused or failed, more than 1 %";
    assert!(halted.text.contains(why), "{}", halted.text);
    let asked = site.seen(|seen| seen.bodies.len());
    assert!(first.get("/settings/audit").text.contains(why));
    until("all are asked for", || {
        let page = first.get(&action);
        if page.text.contains("</span> paused</span>") {
            done(&first, &action, "resume");
        }
        page.text.contains("</span> done</span>").then_some(())
    });
    assert!(site.seen(|seen| seen.bodies.len()) > asked);
    let took = site.accounts("suspend");
    let before = tally(&first, &action);
    assert_eq!(before["accepted"], took.len());
    assert_eq!(before["accepted"] + before["refused"], 40);
    let statuses: BTreeSet<String> =
        table(&first, &action).into_values().map(|(_, status, _)| status).collect();
    assert_eq!(statuses, BTreeSet::from([String::new(), "409".to_owned(), "422".to_owned()]));
    done(&first, &action, "rollback");
    stands(&first, &action, "rolled back");
    assert_eq!(site.accounts("restore"), took);
    for (outcome, _, back) in table(&first, &action).into_values() {
        assert_eq!(back == "accepted", outcome == "accepted");
    }
    assert_ne!(does(&first, &action, "rollback").status, 303, "twice");
    assert_ne!(does(&first, &action, "start").status, 303);
}

#[test]
fn an_endpoint_that_fails_is_asked_again_and_then_left_until_somebody_goes_on() {
    // The first account at once, the rest only after three attempts failed.
    let site =
        Site::start(|number, _| if (1..=3).contains(&number) { status(500) } else { status(200) });
    let settings =
        site.settings("approve_above = 1000000\nretry_seconds = [0, 0]\nfailures_max = 1.0");
    let desk = Desk::start_acting(&fixture::findings(), &settings);
    let first = desk.first();
    let action = propose(&first, "verb=challenge&scope=sample&sample=10");
    done(&first, &action, "start");
    stands(&first, &action, "ready");
    done(&first, &action, "start");
    let paused = stands(&first, &action, "paused");
    assert!(paused.text.contains("given up after 3 attempts: 500"), "{}", paused.text);
    site.seen(|seen| {
        // Each attempt has the same bytes and the same id.
        assert_eq!(seen.bodies.len(), 4);
        assert!(seen.bodies[1..].iter().all(|own| *own == seen.bodies[1]));
        assert!(
            seen.headers[1..].iter().all(|own| own["webhook-id"] == seen.headers[1]["webhook-id"])
        );
    });
    assert_eq!(tally(&first, &action)["failed"], 9);
    assert_eq!(does(&first, &action, "start").status, 422, "while it is paused");
    done(&first, &action, "again");
    stands(&first, &action, "done");
    assert_eq!(tally(&first, &action), BTreeMap::from([("accepted".to_owned(), 10)]));
    assert_eq!(site.accounts("challenge").len(), 10);
}

#[test]
fn nobody_is_sent_elsewhere_and_who_is_gone_is_left_alone() {
    for (given, said) in
        [(307, "points elsewhere (307)"), (410, "gone (410)"), (401, "signature (401)")]
    {
        let site = Site::start(move |_, _| status(given));
        let desk = Desk::start_acting(&fixture::findings(), &site.settings(""));
        let first = desk.first();
        let action = propose(&first, "verb=suspend&scope=sample&sample=5");
        done(&first, &action, "start");
        let paused = stands(&first, &action, "paused");
        assert!(paused.text.contains(said), "{}", paused.text);
        assert_eq!(site.seen(|seen| seen.bodies.len()), 1, "it was asked again");
        done(&first, &action, "resume");
        stands(&first, &action, "ready");
        assert_eq!(tally(&first, &action)["failed"], 1);
    }
}

#[test]
fn of_what_nobody_knows_it_is_said_so_and_it_is_taken_back_too() {
    // It suspends without an answer, and answers when it is asked to restore.
    let site = Site::start(|_, event| match event["data"]["do"].as_str() {
        Some("suspend") => Answer::Silence,
        _ => status(200),
    });
    let settings = site.settings("timeout_seconds = 1\nretry_seconds = [0]");
    let desk = Desk::start_acting(&fixture::findings(), &settings);
    let first = desk.first();
    let action = propose(&first, "verb=suspend&scope=sample&sample=5");
    done(&first, &action, "start");
    let paused = stands(&first, &action, "paused");
    assert!(paused.text.contains("no answer in time"), "{}", paused.text);
    assert_eq!(tally(&first, &action)["unknown"], 1);
    done(&first, &action, "rollback");
    stands(&first, &action, "rolled back");
    assert_eq!(site.accounts("restore"), site.accounts("suspend"));
    assert_eq!(site.accounts("restore").len(), 1);
}

#[test]
fn one_account_is_restored_after_an_appeal_and_training_learns_of_it() {
    let site = Site::start(|_, _| status(200));
    let settings = site.settings("approve_above = 1000000");
    let desk = Desk::start_acting(&fixture::findings(), &settings);
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["analyst"]);
    let action = propose(&first, "verb=suspend&scope=sample&sample=5");
    for _ in 0..2 {
        done(&first, &action, "start");
        until("the next stage", || {
            let page = first.get(&action);
            ["ready", "done"]
                .iter()
                .any(|own| page.text.contains(&format!("</span> {own}</span>")))
                .then_some(())
        });
    }
    let account = table(&first, &action).into_keys().next().expect("one");
    let address = format!("/accounts/{account}");
    let page = first.get(&address);
    assert!(
        page.text.contains("What was done to it") && page.text.contains(&action),
        "{}",
        page.text
    );
    assert!(!ann.get(&address).text.contains("Restore after an appeal"));
    let from = page.text.find("Restore after an appeal").expect("a form");
    let saw = Page { text: page.text[from..].to_owned(), ..page }.field("saw");
    let fields =
        [("saw", saw.as_str()), ("account", &account), ("reason", "she showed her passport")];
    let restore = format!("{action}/restore");
    assert_eq!(ann.post(&restore, &fields).status, 403);
    let short = [("saw", saw.as_str()), ("account", &account), ("reason", "ok")];
    assert_eq!(first.post(&restore, &short).status, 422);
    assert_eq!(first.post(&restore, &fields).status, 303);
    assert_eq!(first.post(&restore, &fields).status, 409, "the same form again");
    until("restored", || (table(&first, &action)[&account].2 == "accepted").then_some(()));
    assert_eq!(site.accounts("restore").len(), 1);
    assert!(first.get(&address).text.contains("she showed her passport"));
    // The others are as they were.
    let others = table(&first, &action).into_iter().filter(|(own, _)| *own != account);
    assert!(
        others
            .into_iter()
            .all(|(_, (done, _, back))| (done, back)
                == ("accepted".to_owned(), "waiting".to_owned()))
    );
    // What was said of it is a label as well.
    let made = first.post("/settings/tokens", &[("name", "reads"), ("scope", "read")]).text;
    let is_token = |own: &char| own.is_ascii_alphanumeric() || "-_".contains(*own);
    let token: String =
        made[made.find("swt_").expect("a token")..].chars().take_while(is_token).collect();
    let bearer = format!("Bearer {token}");
    let labels = first.get_with("/api/v1/labels", &[("authorization", &bearer)]).text;
    assert!(labels.contains("exonerated"), "{labels}");
    assert_eq!(
        first
            .post(
                &restore,
                &[("saw", "0"), ("account", "a-0000000000"), ("reason", "not one of them")]
            )
            .status,
        404
    );
}

#[test]
fn a_stage_that_is_spread_goes_out_by_and_by_and_survives_a_restart() {
    let site = Site::start(|_, _| status(200));
    let settings = site.settings("approve_above = 1000000");
    let desk = Desk::start_acting(&fixture::findings(), &settings);
    let first = desk.first();
    let mut fields = previewed(&first, "verb=suspend&scope=sample&sample=40");
    fields.push(("delay_hours".to_owned(), "200".to_owned()));
    assert_eq!(send(&first, &fields).status, 422, "longer than a week");
    // Five seconds, so that six moments are drawn from.
    fields.last_mut().expect("the delay").1 = "0.0014".to_owned();
    let page = send(&first, &fields);
    assert_eq!(page.status, 303, "{}", page.text);
    let action = page.header("location").to_owned();
    until("the last stage", || {
        go_on(&first, &action);
        first.get(&action).text.contains("stage 3 of 3").then_some(())
    });
    let page = first.get(&action);
    assert!(page.text.contains("is spread by lot: the next of it is due"), "{}", page.text);
    let desk = desk.restart();
    let first = desk.again(&first);
    stands(&first, &action, "done");
    assert_eq!(site.accounts("suspend").len(), 40);
    site.seen(|seen| {
        let asked: usize = seen.bodies.iter().map(|body| accounts_of(body).len()).sum();
        assert_eq!(asked, 40, "somebody was asked for twice");
        // A batch has a hundred: without a delay the last stage would be one.
        assert!(seen.bodies.len() > 4, "{} requests", seen.bodies.len());
    });
}

/// Who was labelled elsewhere counts as much as who was restored on their page.
#[test]
fn an_action_halts_by_itself_where_its_accounts_are_exonerated() {
    let site = Site::start(|_, _| status(200));
    let settings = site.settings("approve_above = 1000000\nappeals_least = 2\nbatch = 5");
    let desk = Desk::start_acting(&fixture::findings(), &settings);
    let first = desk.first();
    let action = propose(&first, "verb=suspend&scope=sample&sample=40");
    for _ in 0..2 {
        done(&first, &action, "start");
        stands(&first, &action, "ready");
    }
    let made = first.post("/settings/tokens", &[("name", "labels"), ("scope", "label")]).text;
    let is_token = |own: &char| own.is_ascii_alphanumeric() || "-_".contains(*own);
    let token: String =
        made[made.find("swt_").expect("a token")..].chars().take_while(is_token).collect();
    let bearer = format!("Bearer {token}");
    let label = |account: &str| {
        let body = json!({ "labels": [{ "account": account, "label": "exonerated" }] });
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        let told = first.send("/api/v1/labels", &body.to_string(), &headers);
        assert_eq!(told.status, 200, "{}", told.text);
    };
    let took: Vec<String> = site.accounts("suspend").into_iter().collect();
    label(&took[0]);
    label(&took[0]);
    label("somebody else");
    until("it is told", || first.get(&action).text.contains("1 after appeals").then_some(()));
    label(&took[1]);
    until("it is told", || first.get(&action).text.contains("2 after appeals").then_some(()));
    done(&first, &action, "start");
    let halted = stands(&first, &action, "paused");
    let why = "2 of 4 were restored after an appeal or labelled exonerated, more than 1 %";
    assert!(halted.text.contains(why), "{}", halted.text);
    assert_eq!(site.accounts("suspend").len(), 4);
    // Whoever goes on has read it.
    done(&first, &action, "resume");
    stands(&first, &action, "done");
    assert_eq!(site.accounts("suspend").len(), 40);
}

#[test]
fn what_was_under_way_goes_on_after_a_restart_and_nobody_is_asked_for_twice() {
    let site = Site::start(|number, _| {
        // Slow enough that an end comes in the middle.
        #[expect(clippy::disallowed_methods, reason = "a slow site")]
        std::thread::sleep(Duration::from_millis(20));
        if number % 7 == 3 { status(503) } else { status(200) }
    });
    let settings =
        site.settings("approve_above = 1000000\nbatch = 2\nretry_seconds = [0, 0, 0, 0]");
    let mut desk = Desk::start_acting(&fixture::findings(), &settings);
    let mut first = desk.first();
    let action = propose(&first, ALL);
    done(&first, &action, "start");
    let (_, accounts) = campaign();
    for _ in 0..6 {
        let before = site.seen(|seen| seen.bodies.len());
        until("more", || {
            let is_over = go_on(&first, &action);
            (is_over || site.seen(|seen| seen.bodies.len()) > before + 3).then_some(())
        });
        desk = desk.restart();
        first = desk.again(&first);
    }
    until("done", || go_on(&first, &action).then_some(()));
    assert_eq!(site.accounts("suspend").len() as u64, accounts);
    assert_eq!(
        tally(&first, &action),
        BTreeMap::from([("accepted".to_owned(), accounts as usize)])
    );
    assert!(first.post("/settings/audit/verify", &[]).text.contains("follow on each other"));
}

#[test]
fn a_list_that_was_changed_is_not_sent() {
    let site = Site::start(|_, _| status(200));
    let desk = Desk::start_acting(&fixture::findings(), &site.settings("approve_above = 1000000"));
    let first = desk.first();
    let action = propose(&first, "verb=suspend&scope=sample&sample=5");
    let path = desk.data().join(format!("{}.ndjson", action.trim_start_matches('/')));
    let list = fs_err::read_to_string(&path).expect("the list");
    fs_err::write(&path, list.replacen("account\":\"", "account\":\"someone-", 1))
        .expect("written");
    let desk = desk.restart();
    let first = desk.again(&first);
    done(&first, &action, "start");
    let page = stands(&first, &action, "paused");
    assert!(page.text.contains("not the one that was proposed"), "{}", page.text);
    assert_eq!(site.seen(|seen| seen.bodies.len()), 0);
}
