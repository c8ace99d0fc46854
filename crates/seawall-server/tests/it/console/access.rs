//! Does only who should get in, and does nobody else act for them?

use seawall_core::campaign::findings::fixture;

use super::desk::{Desk, PASSWORD, link};

#[test]
fn the_first_link_counts_once_and_no_longer_when_somebody_is_there() {
    let desk = Desk::start(&fixture::findings());
    let old = desk.console.first_link().expect("made").expect("nobody is there");
    let new = desk.console.first_link().expect("made").expect("nobody is there");
    assert_eq!(desk.browser().get(&old).status, 410);
    let first = desk.browser().join(&new, "ann");
    assert_eq!(first.get("/").status, 200);
    let again = [("name", "eve"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(desk.browser().post(&new, &again).status, 410);
    assert_eq!(desk.console.first_link().expect("asked"), None);
}

#[test]
fn a_password_lets_in_a_wrong_one_does_not_and_guessing_ends() {
    let desk = Desk::start(&fixture::findings());
    let ann = desk.first();
    let browser = desk.browser();
    let sign_in = |password: &str| {
        browser.post("/login", &[("name", "First"), ("password", password), ("next", "/queue")])
    };
    let right = sign_in(PASSWORD);
    assert_eq!((right.status, right.header("location")), (303, "/queue"));
    let set = right.header("set-cookie").to_owned();
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    for _ in 0..8 {
        assert_eq!(sign_in("not the password").status, 401);
    }
    assert_eq!(sign_in(PASSWORD).status, 429);
    // Who is in stays in.
    assert_eq!(ann.get("/").status, 200);
    let log = ann.get("/settings/audit");
    assert_eq!(log.text.matches("refused a password").count(), 8);
    assert!(!log.text.contains("not the password"));
}

#[test]
fn one_is_sent_on_to_pages_of_this_console_only() {
    let desk = Desk::start(&fixture::findings());
    desk.first();
    for strange in
        ["https://example.org/", "//example.org", "/\\example.org", "javascript:x", "/a\nb"]
    {
        let fields = [("name", "first"), ("password", PASSWORD), ("next", strange)];
        assert_eq!(desk.browser().post("/login", &fields).header("location"), "/", "{strange}");
    }
}

#[test]
fn a_session_that_ended_is_not_taken_again_and_others_last_over_a_restart() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["analyst"]);
    assert_eq!(ann.get("/campaigns").status, 200);
    assert_eq!(ann.post("/logout", &[]).status, 303);
    assert_eq!(ann.get("/campaigns").status, 303);
    let cookie = first.cookie.clone();
    let desk = desk.restart();
    let mut again = desk.browser();
    again.cookie = cookie;
    assert_eq!(again.get("/campaigns").status, 200);
    again.cookie = ann.cookie;
    assert_eq!(again.get("/campaigns").status, 303);
}

#[test]
fn who_is_shut_out_is_out_at_once_and_the_last_manager_stays() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["analyst"]);
    let people = first.get("/settings/people").text;
    let of = |name: &str| {
        let at =
            people.find(&format!("<bdi>{name}</bdi><span class=\"below\">p-")).expect("listed");
        let from = at + people[at..].find("p-").expect("an id");
        people[from..].chars().take_while(|own| *own != '<').collect::<String>()
    };
    assert_eq!(first.post(&format!("/settings/people/{}/disable", of("ann")), &[]).status, 303);
    assert_eq!(ann.get("/").status, 303);
    let own = format!("/settings/people/{}", of("first"));
    assert_eq!(first.post(&format!("{own}/disable"), &[]).status, 422);
    assert_eq!(first.post(&format!("{own}/roles"), &[("role", "viewer")]).status, 422);
    assert_eq!(first.get("/settings/people").status, 200);
}

#[test]
fn what_another_site_sends_is_refused_and_changes_nothing() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let fields = [("name", "mallory"), ("role", "admin")];
    for headers in [
        vec![("sec-fetch-site", "cross-site")],
        vec![("sec-fetch-site", "same-site")],
        vec![("origin", "https://example.org")],
        vec![("origin", "null")],
    ] {
        let page = first.post_with("/settings/people", &fields, &headers);
        assert_eq!(page.status, 403, "{headers:?}");
    }
    assert!(!first.get("/settings/people").text.contains("mallory"));
    // A name that somebody else points here.
    assert_eq!(first.get_with("/", &[("host", "example.org")]).status, 421);
    assert_eq!(
        first.post_with("/settings/people", &fields, &[("host", "example.org:80")]).status,
        421
    );
}

#[test]
fn every_answer_tells_the_browser_what_it_may_do() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    for path in ["/", "/login", "/campaigns/none", "/assets/none"] {
        let page = first.get(path);
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{path}: {policy}");
        assert!(!policy.contains("unsafe"), "{path}");
        assert_eq!(page.header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(page.header("x-frame-options"), "DENY", "{path}");
        assert_eq!(page.header("referrer-policy"), "no-referrer", "{path}");
        assert!(!page.header("x-request-id").is_empty(), "{path}");
    }
    // The policy is of no use to pages that break it.
    let text = first.get("/").text;
    assert!(!text.contains(" style=") && !text.contains("<style") && !text.contains(" onclick"));
}

#[test]
fn a_reveal_is_kept_with_its_purpose_before_anything_is_shown() {
    let findings = fixture::findings();
    let id = findings.campaigns[0].campaign.clone();
    let members = fixture::members(&findings);
    let account = members[0].account.clone();
    let desk = Desk::start_with(&findings, &members);
    let first = desk.first();
    let list = format!("/campaigns/{id}?tab=accounts&order=file");
    assert!(!first.get(&list).text.contains(&account));
    let address = format!("/campaigns/{id}/reveal");
    let refused = first.post(&address, &[("purpose", "short"), ("order", "file")]);
    assert_eq!(refused.status, 422);
    let shown = first.post(&address, &[("purpose", "case 4711 of 2026"), ("order", "file")]);
    assert_eq!(shown.status, 200);
    assert!(shown.text.contains(&account));
    let log = first.get("/settings/audit").text;
    assert!(log.contains("case 4711 of 2026") && log.contains(&id));
    assert!(first.post("/settings/audit/verify", &[]).text.contains("follow on each other"));
}

#[test]
fn a_token_made_here_opens_the_api_and_is_shown_once() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let made = first.post("/settings/tokens", &[("name", "site"), ("scope", "read")]);
    let from = made.text.find("swt_").expect("a token");
    let token: String = made.text[from..]
        .chars()
        .take_while(|own| own.is_ascii_alphanumeric() || "-_".contains(*own))
        .collect();
    let asked = |token: &str| {
        let bearer = format!("Bearer {token}");
        desk.browser().get_with("/api/v1/labels", &[("authorization", &bearer)]).status
    };
    assert_eq!(asked(&token), 200);
    assert!(!first.get("/settings/tokens").text.contains(&token));
    assert_eq!(first.post("/settings/tokens/revoke", &[("name", "site")]).status, 303);
    assert_eq!(asked(&token), 401);
}

#[test]
fn two_people_do_not_get_the_same_name() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    desk.person(&first, "ann", &["viewer"]);
    let made = first.post("/settings/people", &[("name", "bob"), ("role", "viewer")]);
    let fields = [("name", "ANN"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(desk.browser().post(&link(&made), &fields).status, 422);
    assert_eq!(first.post("/settings/people", &[("name", "Ann")]).status, 422);
}

/// Who finds a browser open adds nothing that signs in later.
#[test]
fn what_signs_in_later_is_added_only_shortly_after_a_sign_in() {
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let token = [("name", "reads"), ("scope", "read")];
    let own = [("name", "model"), ("days", "30")];
    assert_eq!(first.post("/settings/tokens", &token).status, 200);
    assert_eq!(first.post("/settings/own-tokens", &own).status, 200);
    let desk = desk.restart_after(|data| fs_err::write(data.join("stale"), "").expect("written"));
    let first = desk.again(&first);
    for (page, fields) in [("/settings/tokens", &token), ("/settings/own-tokens", &own)] {
        let shown = first.get(page).text;
        let back = format!("href=\"/login?next={}\"", page.replace('/', "%2F"));
        assert!(shown.contains(&back) && !shown.contains("Make it"), "{shown}");
        let refused = first.post(page, fields);
        assert_eq!(refused.status, 403, "{}", refused.text);
        assert!(refused.text.contains(&back), "{}", refused.text);
    }
    for path in ["/settings/passkeys", "/settings/passkeys/options"] {
        assert_eq!(first.post(path, &[("name", "x"), ("credential", "{}")]).status, 403);
    }
    let log = first.get("/settings/audit").text;
    assert_eq!(log.matches("made the token").count(), 1, "{log}");
    // What takes something away goes on as ever.
    assert_eq!(first.post("/settings/tokens/revoke", &[("name", "reads")]).status, 303);
}
