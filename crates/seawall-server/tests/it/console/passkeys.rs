//! Does a passkey let in whose it is, and nobody else, from here, once?

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::PathBuf,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use seawall_core::campaign::findings::fixture;
use serde_json::{Value, json};

use super::{
    super::python,
    desk::{Browser, Desk, PASSWORD, Page, link},
};

/// An authenticator that ends with its test.
struct Authenticator {
    child: Child,
    asks: ChildStdin,
    told: BufReader<ChildStdout>,
}

impl Drop for Authenticator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Authenticator {
    fn start(test: &str) -> Option<Self> {
        let python = python::with(test, &["cryptography"])?;
        let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it");
        let mut child = Command::new(python)
            .arg(folder.join("authenticator.py"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("python starts");
        let asks = child.stdin.take().expect("piped");
        let told = BufReader::new(child.stdout.take().expect("piped"));
        Some(Self { child, asks, told })
    }

    /// Answers options, with what a browser or an authenticator may lie about.
    fn answer(&mut self, make: &str, options: &Value, lies: &Value) -> Value {
        let mut asked = json!({ "do": make, "options": options });
        let lies = lies.as_object().expect("an object").clone();
        asked.as_object_mut().expect("an object").extend(lies);
        writeln!(self.asks, "{asked}").expect("asked");
        let mut line = String::new();
        self.told.read_line(&mut line).expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }
}

/// The browser of somebody, at the name of this machine: passkeys belong to names.
fn named(desk: &Desk, cookie: &str) -> Browser {
    let mut browser = Browser::new(&desk.origin.replace("127.0.0.1", "localhost"));
    cookie.clone_into(&mut browser.cookie);
    browser
}

fn options(page: &Page) -> Value {
    assert_eq!(page.status, 200, "{}", page.text);
    serde_json::from_str(&page.text).expect("JSON")
}

/// Adds a passkey, with lies; what came of it, and what the browser brought.
fn add(authenticator: &mut Authenticator, browser: &Browser, lies: &Value) -> (Page, Value) {
    let asked = options(&browser.post("/settings/passkeys/options", &[]));
    let mut told = json!({ "origin": browser.origin() });
    told.as_object_mut().expect("an object").extend(lies.as_object().expect("an object").clone());
    let made = authenticator.answer("create", &asked, &told);
    let brought = made.to_string();
    let fields = [("name", "my <laptop>"), ("credential", brought.as_str())];
    (browser.post("/settings/passkeys", &fields), made)
}

/// A browser that wants in, and what it was asked.
fn asked(desk: &Desk) -> (Browser, Value) {
    let mut browser = named(desk, "");
    let page = browser.post("/login/passkey/options", &[]);
    browser.cookie = page.cookie();
    (browser, options(&page))
}

fn show(browser: &Browser, brought: &Value) -> Page {
    let brought = brought.to_string();
    browser.post("/login/passkey", &[("credential", &brought), ("next", "/queue")])
}

/// Signs in with a passkey, with lies.
fn sign_in(
    authenticator: &mut Authenticator,
    desk: &Desk,
    credential: &Value,
    lies: &Value,
) -> Page {
    let (browser, asked) = asked(desk);
    let mut told = json!({ "origin": browser.origin(), "credential": credential["id"] });
    told.as_object_mut().expect("an object").extend(lies.as_object().expect("an object").clone());
    show(&browser, &authenticator.answer("get", &asked, &told))
}

fn is_in(desk: &Desk, page: &Page) -> bool {
    page.status == 303 && named(desk, &page.cookie()).get("/campaigns").status == 200
}

fn refused(page: &Page, why: &str) {
    assert_eq!(page.status, 401, "{why}: {}", page.text);
    assert!(page.text.contains(why), "{why}: {}", page.text);
    assert!(page.header("set-cookie").is_empty(), "{why}");
}

const WRONG: &str = "it is no proper answer to what was asked here";

#[test]
fn a_passkey_is_added_lets_in_and_is_taken_away() {
    let test = "a_passkey_is_added_lets_in_and_is_taken_away";
    let Some(mut authenticator) = Authenticator::start(test) else { return };
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let browser = named(&desk, &first.cookie);
    assert!(!browser.get("/login").text.contains("data-passkey"));
    let (added, passkey) = add(&mut authenticator, &browser, &json!({}));
    assert_eq!(added.status, 303, "{}", added.text);
    let list = browser.get("/settings/passkeys").text;
    assert!(list.contains("my &lt;laptop&gt;") && list.contains("never"), "{list}");
    assert!(named(&desk, "").get("/login").text.contains("data-passkey=\"get\""));
    for _ in 0..2 {
        let page = sign_in(&mut authenticator, &desk, &passkey, &json!({}));
        assert_eq!(page.header("location"), "/queue");
        assert!(is_in(&desk, &page), "{}", page.text);
    }
    // An authenticator that keeps no counter is one all the same, and so it is after a restart.
    let desk = desk.restart();
    let page = sign_in(&mut authenticator, &desk, &passkey, &json!({}));
    assert!(is_in(&desk, &page), "{}", page.text);
    let browser = named(&desk, &first.cookie);
    let log = browser.get("/settings/audit").text;
    for said in ["added the passkey", "signed in with a passkey", "showed the passkey w-"] {
        assert!(log.contains(said), "{said}");
    }
    assert!(browser.post("/settings/audit/verify", &[]).text.contains("follow on each other"));
    let list = browser.get("/settings/passkeys");
    assert!(!list.text.contains("never"));
    let id = list.field("passkey");
    // Nobody else takes it away.
    let other = desk.person(&browser, "ann", &["viewer"]);
    let other = named(&desk, &other.cookie);
    assert_eq!(other.post("/settings/passkeys/remove", &[("passkey", &id)]).status, 404);
    assert!(!other.get("/settings/passkeys").text.contains("laptop"));
    assert_eq!(browser.post("/settings/passkeys/remove", &[("passkey", &id)]).status, 303);
    let page = sign_in(&mut authenticator, &desk, &passkey, &json!({}));
    refused(&page, "nobody here has this passkey");
}

#[test]
fn what_is_replayed_forged_or_of_elsewhere_lets_nobody_in() {
    let test = "what_is_replayed_forged_or_of_elsewhere_lets_nobody_in";
    let Some(mut authenticator) = Authenticator::start(test) else { return };
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let ann = desk.person(&first, "ann", &["viewer"]);
    let (added, passkey) = add(&mut authenticator, &named(&desk, &first.cookie), &json!({}));
    assert_eq!(added.status, 303);
    let (added, of_ann) = add(&mut authenticator, &named(&desk, &ann.cookie), &json!({}));
    assert_eq!(added.status, 303);
    let port = desk.origin.rsplit(':').next().expect("a port");
    for lies in [
        json!({ "origin": "https://example.org" }),
        json!({ "origin": format!("https://localhost:{port}") }),
        json!({ "origin": "http://localhost" }),
        json!({ "origin": format!("http://localhost.example.org:{port}") }),
        json!({ "cross_origin": true }),
        json!({ "domain": "example.org" }),
        json!({ "type": "webauthn.create" }),
        json!({ "forged": true }),
        // Nobody was there; somebody was, and did not show who.
        json!({ "flags": 0x00 }),
        json!({ "flags": 0x01 }),
    ] {
        let page = sign_in(&mut authenticator, &desk, &passkey, &lies);
        refused(&page, if lies.get("type").is_some() { "You were not signed in" } else { WRONG });
    }
    // Somebody else's handle, in each direction.
    let asked_of_ann = options(&named(&desk, &ann.cookie).post("/settings/passkeys/options", &[]));
    let handle = &asked_of_ann["user"]["id"];
    let page = sign_in(&mut authenticator, &desk, &passkey, &json!({ "handle": handle }));
    refused(&page, WRONG);
    // A copy of the key falls behind: its counter does not go on.
    let counted = sign_in(&mut authenticator, &desk, &passkey, &json!({ "counter": 50 }));
    assert!(is_in(&desk, &counted));
    for counter in [50, 49, 0] {
        let lies = json!({ "counter": counter });
        refused(&sign_in(&mut authenticator, &desk, &passkey, &lies), WRONG);
    }
    // The same answer again, in the same browser, in another one, and to another question.
    let (browser, question) = asked(&desk);
    let told = json!({ "origin": browser.origin(), "credential": passkey["id"], "counter": 60 });
    let brought = authenticator.answer("get", &question, &told);
    let not_begun = "it was not asked for in this browser";
    refused(&show(&named(&desk, ""), &brought), not_begun);
    assert!(is_in(&desk, &show(&browser, &brought)));
    refused(&show(&browser, &brought), not_begun);
    let (browser, _) = asked(&desk);
    refused(&show(&browser, &brought), WRONG);
    // What is no answer at all.
    for strange in [json!(null), json!({}), json!("x".repeat(100_000))] {
        let (browser, _) = asked(&desk);
        refused(&show(&browser, &strange), "the browser's answer is not as it must be");
    }
    let log = named(&desk, &first.cookie).get("/settings/audit").text;
    assert!(log.contains("in with a passkey: ") && log.contains(WRONG), "{log}");
    // Who is shut out has none any more, and who gets a new password neither.
    assert!(is_in(&desk, &sign_in(&mut authenticator, &desk, &of_ann, &json!({}))));
    let people = first.get("/settings/people").text;
    let at = people.find("<bdi>ann</bdi><span class=\"below\">").expect("listed");
    let from = at + people[at..].find("p-").expect("an id");
    let id: String = people[from..].chars().take_while(|own| *own != '<').collect();
    let again = link(&first.post(&format!("/settings/people/{id}/invite"), &[]));
    let fields = [("name", "ann"), ("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(desk.browser().post(&again, &fields).status, 303);
    let page = sign_in(&mut authenticator, &desk, &of_ann, &json!({}));
    refused(&page, "nobody here has this passkey");
}

#[test]
fn only_what_was_asked_for_is_kept_as_a_passkey_and_guessing_ends() {
    let test = "only_what_was_asked_for_is_kept_as_a_passkey_and_guessing_ends";
    let Some(mut authenticator) = Authenticator::start(test) else { return };
    let desk = Desk::start(&fixture::findings());
    let first = desk.first();
    let browser = named(&desk, &first.cookie);
    let (added, passkey) = add(&mut authenticator, &browser, &json!({}));
    assert_eq!(added.status, 303);
    for lies in [
        json!({ "origin": "https://example.org" }),
        json!({ "domain": "example.org" }),
        json!({ "type": "webauthn.get" }),
        json!({ "flags": 0x41 }),
        json!({ "cross_origin": true }),
        // Somebody has it already.
        json!({ "again": passkey["id"] }),
    ] {
        let (page, _) = add(&mut authenticator, &browser, &lies);
        assert_eq!(page.status, 422, "{lies}: {}", page.text);
    }
    // The same again, and one that nobody asked for.
    let fields = |made: &Value| made.to_string();
    let made = fields(&passkey);
    let again = [("name", "again"), ("credential", made.as_str())];
    assert_eq!(browser.post("/settings/passkeys", &again).status, 422);
    assert_eq!(browser.get("/settings/passkeys").text.matches("name=\"passkey\"").count(), 1);
    // A number is no name.
    assert_eq!(first.post("/settings/passkeys/options", &[]).status, 422);
    assert_eq!(first.post("/login/passkey/options", &[]).status, 404);
    assert!(first.get("/settings/passkeys").text.contains("http://localhost:"));
    assert!(!first.get("/login").text.contains("data-passkey"));
    let (browser, _) = asked(&desk);
    for _ in 0..8 {
        refused(&show(&browser, &json!({})), "You were not signed in");
    }
    let waits = show(&browser, &json!({}));
    assert_eq!((waits.status, waits.header("retry-after")), (429, "900"));
}
