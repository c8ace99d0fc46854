//! Does somebody get in whom a provider of `OpenID` Connect vouches for, and nobody else?

use std::{
    io::{BufRead as _, BufReader},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use seawall_core::campaign::findings::fixture;

use super::{
    super::python,
    desk::{Browser, Desk, PASSWORD, Page, link},
};

/// A program that ends with its test.
struct Provider {
    child: Child,
    port: String,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Provider {
    fn start(python: PathBuf, script: &str) -> Self {
        let script = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(script);
        let mut child = Command::new(python)
            .arg(script)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("python starts");
        let mut port = String::new();
        let told = child.stdout.take().expect("piped");
        BufReader::new(told).read_line(&mut port).expect("a line");
        Self { child, port: port.trim().to_owned() }
    }

    /// Our own, which does wrong on purpose.
    fn rogue(test: &str) -> Option<Self> {
        let python = python::with(test, &["jwt", "cryptography"])?;
        Some(Self::start(python, "openid_rogue.py"))
    }

    fn issuer(&self, fault: &str) -> String {
        format!("http://127.0.0.1:{}/{fault}", self.port)
    }
}

const PEOPLE: &str = "[emails]\n'ann@example.org' = 'ann'\n";

/// A console that asks a provider, and its first person.
fn desk(issuer: &str, more: &str) -> (Desk, Browser) {
    desk_of("seawall console", issuer, more)
}

fn desk_of(client: &str, issuer: &str, more: &str) -> (Desk, Browser) {
    let desk = Desk::start(&fixture::findings()).restart_after(|data| {
        let text = format!(
            "issuer = '{issuer}'\nclient_id = '{client}'\nclient_secret_file = 'openid.secret'\n\
             name = 'Our <provider>'\ntimeout_seconds = 2\n{more}"
        );
        fs_err::write(data.join("openid.toml"), text).expect("written");
        fs_err::write(data.join("openid.secret"), "a secret: with + and %\n").expect("written");
    });
    let first = desk.first();
    (desk, first)
}

/// Asks another server than the console; where it sends one.
fn elsewhere(address: &str, form: Option<&[(&str, &str)]>) -> String {
    let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
    let client: ureq::Agent = config.build().into();
    let answered = match form {
        Some(form) => client.post(address).send_form(form.iter().copied()),
        None => client.get(address).call(),
    };
    let answered = answered.expect("answered");
    let location = answered.headers().get("location").expect("sent on");
    location.to_str().expect("text").to_owned()
}

/// Begins a sign-in; the browser that did, and where the provider sends it back to.
fn begun(desk: &Desk) -> (Browser, String) {
    let mut browser = desk.browser();
    let page = browser.get("/login/openid?next=/queue");
    assert_eq!(page.status, 303, "{}", page.text);
    let set = page.header("set-cookie");
    assert!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    browser.cookie = page.cookie();
    let back = elsewhere(page.header("location"), None);
    (browser, back.strip_prefix(desk.origin.as_str()).expect("back to us").to_owned())
}

/// Signs in at a provider that asks nothing.
fn sign_in(desk: &Desk) -> Page {
    let (browser, back) = begun(desk);
    browser.get(&back)
}

fn is_in(desk: &Desk, page: &Page) -> bool {
    let mut browser = desk.browser();
    browser.cookie = page.cookie();
    page.status == 303 && browser.get("/campaigns").status == 200
}

/// Somebody is not let in, that is said and kept, and the page has nothing of the provider's.
fn refused(desk: &Desk, first: &Browser, page: &Page, status: u16, why: &str) {
    assert_eq!(page.status, status, "{why}: {}", page.text);
    assert!(page.text.contains(why), "{why}: {}", page.text);
    assert!(page.header("set-cookie").is_empty() && !is_in(desk, page), "{why}");
    assert!(!page.text.contains("<script>") && !page.text.contains("<b>"), "{}", page.text);
    let log = first.get("/settings/audit").text;
    assert!(log.contains("in by OpenID Connect: ") && log.contains(why), "{why}: {log}");
    assert!(!log.contains("example.org"), "{log}");
}

#[test]
fn somebody_signs_in_with_a_provider_of_others() {
    let test = "somebody_signs_in_with_a_provider_of_others";
    let Some(python) = python::with(test, &["oidc_provider_mock"]) else { return };
    let provider = Provider::start(python, "openid_provider.py");
    let issuer = format!("http://localhost:{}", provider.port);
    let more = format!("{PEOPLE}[groups.roles]\nreviews = ['reviewer']\n");
    // It takes no account of how RFC 6749 has ids and secrets encoded.
    let (desk, first) = desk_of("seawall", &issuer, &more);
    let made = first.post("/settings/people", &[("name", "ann"), ("role", "viewer")]);
    assert_eq!(made.status, 200);
    let login = desk.browser().get("/login?next=/queue").text;
    assert!(login.contains("href=\"/login/openid?next=%2Fqueue\""), "{login}");
    assert!(login.contains("Our &lt;provider&gt;"), "{login}");
    let as_whom = |subject: &str| {
        let mut browser = desk.browser();
        let page = browser.get("/login/openid?next=/queue");
        browser.cookie = page.cookie();
        let back = elsewhere(page.header("location"), Some(&[("sub", subject)]));
        browser.get(back.strip_prefix(desk.origin.as_str()).expect("back to us"))
    };
    let page = as_whom("ann");
    assert_eq!((page.status, page.header("location")), (303, "/queue"), "{}", page.text);
    let mut ann = desk.browser();
    ann.cookie = page.cookie();
    let settings = ann.get("/settings").text;
    assert!(settings.contains("<bdi>ann</bdi>") && settings.contains("confirm, dismiss, merge"));
    let log = first.get("/settings/audit").text;
    assert!(
        log.contains("signed in by OpenID Connect") && log.contains("the roles: Reviewer"),
        "{log}"
    );
    // Whom nobody named is told by what the provider knows them.
    let page = as_whom("eve");
    refused(&desk, &first, &page, 401, "nobody here is known by this e-mail address or subject");
    assert!(page.text.contains("your subject there is eve."), "{}", page.text);
}

#[test]
fn whoever_is_vouched_for_as_the_standard_says_gets_in() {
    let test = "whoever_is_vouched_for_as_the_standard_says_gets_in";
    let Some(provider) = Provider::rogue(test) else { return };
    for fault in ["good", "ec", "ed", "post", "thin", "rotated", "ours-among-others", "said-who"] {
        let (desk, first) = desk(&provider.issuer(fault), PEOPLE);
        // Whoever was invited, and whoever has a password.
        let made = first.post("/settings/people", &[("name", "ann"), ("role", "viewer")]);
        let page = sign_in(&desk);
        assert!(is_in(&desk, &page), "{fault}: {}", page.text);
        desk.browser().join(&link(&made), "ann");
        assert!(is_in(&desk, &sign_in(&desk)), "{fault}");
    }
}

#[test]
fn a_token_that_is_forged_stale_or_meant_for_others_lets_nobody_in() {
    let test = "a_token_that_is_forged_stale_or_meant_for_others_lets_nobody_in";
    let Some(provider) = Provider::rogue(test) else { return };
    for (fault, why) in [
        ("wrong-nonce", "it is no answer to this sign-in"),
        ("no-nonce", "it is no answer to this sign-in"),
        ("wrong-audience", "its audience is somebody else"),
        ("several-audiences", "it was given to somebody else"),
        ("other-party", "it was given to somebody else"),
        ("expired", "it has expired"),
        ("no-expiry", "it is no token as it must be"),
        ("to-come", "it is of a time to come"),
        ("wrong-issuer", "its issuer is another one"),
        ("no-subject", "it is no token as it must be"),
        ("empty-subject", "it does not say of whom it is"),
        ("other-key", "its signature does not fit"),
        ("key-not-there", "it names no key of its issuer"),
        ("wrong-algorithm", "it names no key of its issuer"),
        ("none", "it is no token as it must be"),
        ("secret", "it names no key of its issuer"),
        ("critical", "it is no token as it must be"),
        ("oversized", "it is too long"),
        ("swapped", "it does not say of whom it is"),
        ("unverified", "nobody here is known by this e-mail address or subject"),
        ("stranger", "nobody here is known by this e-mail address or subject"),
        ("denied", "the provider let nobody in"),
    ] {
        let (desk, first) = desk(&provider.issuer(fault), PEOPLE);
        desk.person(&first, "ann", &["viewer"]);
        refused(&desk, &first, &sign_in(&desk), 401, why);
    }
}

#[test]
fn a_provider_that_floods_drips_or_sends_elsewhere_is_given_up() {
    let test = "a_provider_that_floods_drips_or_sends_elsewhere_is_given_up";
    let Some(provider) = Provider::rogue(test) else { return };
    for (fault, why) in [
        ("flood", "answered more than 1 MiB"),
        ("drip", "gave no answer in time"),
        ("redirect", "answered with another status than 200"),
        ("broken", "answered with another status than 200"),
        ("no-token", "answered something else than was asked for"),
        ("private", "is within a private network that was not named"),
        ("mixed-up", "is another one than was asked"),
    ] {
        let (desk, first) = desk(&provider.issuer(fault), PEOPLE);
        desk.person(&first, "ann", &["viewer"]);
        refused(&desk, &first, &sign_in(&desk), 502, why);
    }
    for (fault, why) in [
        ("flood-first", "answered more than 1 MiB"),
        ("drip-first", "gave no answer in time"),
        ("moved", "answered with another status than 200"),
        ("no-json", "answered something else than was asked for"),
        ("no-keys", "has no key that signs"),
        ("plain", "names addresses that may not be asked"),
        ("calls-itself-else", "calls itself otherwise"),
    ] {
        let (desk, first) = desk(&provider.issuer(fault), PEOPLE);
        let page = desk.browser().get("/login/openid");
        assert_eq!(page.status, 502, "{fault}: {}", page.text);
        assert!(page.text.contains(why), "{fault}: {}", page.text);
        // The password does not need it.
        let fields = [("name", "first"), ("password", PASSWORD)];
        assert_eq!(desk.browser().post("/login", &fields).status, 303, "{fault}");
        drop(first);
    }
}

#[test]
fn what_comes_back_counts_once_and_in_the_browser_that_began() {
    let test = "what_comes_back_counts_once_and_in_the_browser_that_began";
    let Some(provider) = Provider::rogue(test) else { return };
    let (desk, first) = desk(&provider.issuer("good"), PEOPLE);
    desk.person(&first, "ann", &["viewer"]);
    let why = "it was not begun in this browser, or more than ten minutes ago, or used before";
    let again =
        |browser: &Browser, back: &str| refused(&desk, &first, &browser.get(back), 401, why);
    let (browser, back) = begun(&desk);
    assert!(is_in(&desk, &browser.get(&back)));
    again(&browser, &back);
    // Another browser brings it, with or without a sign-in of its own; then it is gone for the first one as well.
    let (browser, back) = begun(&desk);
    again(&desk.browser(), &back);
    again(&browser, &back);
    let (_, back) = begun(&desk);
    let (other, _) = begun(&desk);
    again(&other, &back);
    // Somebody else's code in one's own sign-in fits no challenge.
    let (_, foreign) = begun(&desk);
    let (browser, own) = begun(&desk);
    let part = |address: &str, name: &str| {
        let (_, query) = address.split_once('?').expect("a query");
        let found = query.split('&').find(|part| part.starts_with(name)).expect("there");
        found.to_owned()
    };
    let mixed = format!("/login/openid/back?{}&{}", part(&own, "state="), part(&foreign, "code="));
    refused(&desk, &first, &browser.get(&mixed), 502, "answered with another status than 200");
    for forged in ["", "?state=x&code=y", "?code=y", "?state=&code="] {
        again(&browser, &format!("/login/openid/back{forged}"));
    }
    assert_eq!(browser.get("/login/openid/back?state=a&state=b").status, 400);
}

#[test]
fn who_is_shut_out_or_has_no_role_stays_out_and_guessing_ends() {
    let test = "who_is_shut_out_or_has_no_role_stays_out_and_guessing_ends";
    let Some(provider) = Provider::rogue(test) else { return };
    let roles = format!("{PEOPLE}[groups.roles]\nlooks = ['viewer']\nreviews = ['reviewer']\n");
    let (desk, first) = desk(&provider.issuer("no-group"), &roles);
    desk.person(&first, "ann", &["viewer"]);
    refused(&desk, &first, &sign_in(&desk), 401, "no group of this person has a role here");
    let desk = desk.restart_after(|data| {
        let path = data.join("openid.toml");
        let text = fs_err::read_to_string(&path).expect("text").replace("no-group", "groups");
        fs_err::write(&path, text).expect("written");
    });
    let first = desk.again(&first);
    let page = sign_in(&desk);
    assert!(is_in(&desk, &page), "{}", page.text);
    let people = first.get("/settings/people").text;
    let at = people.find("<bdi>ann</bdi><span class=\"below\">").expect("listed");
    let from = at + people[at..].find("p-").expect("an id");
    let id: String = people[from..].chars().take_while(|own| *own != '<').collect();
    assert_eq!(first.post(&format!("/settings/people/{id}/disable"), &[]).status, 303);
    let shut_out = sign_in(&desk);
    refused(&desk, &first, &shut_out, 401, "this person is shut out");
    assert!(first.get("/settings/audit").text.contains(&format!("refused to let {id} in")));
    let (browser, _) = begun(&desk);
    for _ in 0..8 {
        assert_eq!(browser.get("/login/openid/back?state=x&code=y").status, 401);
    }
    let waits = browser.get("/login/openid/back?state=x&code=y");
    assert_eq!((waits.status, waits.header("retry-after")), (429, "900"));
}
