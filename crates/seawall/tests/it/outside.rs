//! Does what goes to authorities, hosts, platforms and partners hold what it should, and nothing that may not go?

use std::process::Command;

use seawall_evidence::hash::Digest;
use serde_json::{Value, json};

use super::{
    case::{Case, python},
    code, seawall, text,
};

/// What each of the documents is made of; the items of the case stand in it by name.
const WORDS: &str = r#"{
  "paragraphs": {
    "referral_summary": ["A shop sells accounts that were made in bulk."],
    "referral_nexus": ["Its host stands in the district."],
    "referral_secrecy": ["Tell nobody before it is served."]
  },
  "answers": {
    "name": "the reporter", "contact": "desk of the site, abuse@mail.example",
    "offences": "for counsel to say", "complainant": "the site", "transactions": "none"
  },
  "reporter": {"organisation": "Example Mail", "contact": "abuse@mail.example", "domain": "mail.example"},
  "referral": {
    "recipient": "law_enforcement_us", "ground": "provider_protection",
    "subjects": [{"subject": "Doe-1", "known_by": "the wallet on the shop's page"}],
    "timeline": [{"day": "2026-03-09", "what": "the shop offers accounts"}]
  },
  "notices": [{
    "part": "host", "asset": "198.51.100.23", "operator": "host", "urls": ["https://shop.example/"],
    "observed": ["The machine serves a shop for accounts."],
    "clause": "4.2 No customer sells access to accounts of others.",
    "asked": ["Stop serving the shop."], "reply_by": "2026-04-15",
    "wallets": [{"asset": "bc1qexampleexampleexample0", "currency": "bitcoin"}]
  }],
  "platforms": [{
    "part": "video", "platform": "Example Video", "clause": "Do not offer accounts for sale.",
    "objects": [
      {"asset": "channel-UC01", "url": "https://video.example/c/shop", "says": "Fresh accounts!"},
      {"asset": "channel-UC02", "url": "https://video.example/c/help", "says": "How to use them"}
    ],
    "links": [{"one": "channel-UC01", "other": "channel-UC02", "share": "the address of the shop"}],
    "asked": ["Remove both channels."]
  }],
  "packages": [{
    "part": "bank", "recipient": "Example Bank", "marking": "TLP:AMBER",
    "files": [{"name": "page.html", "holds": "the page of the shop", "item": "PAGE"}],
    "confidence": ["The wallet stands on the page: sure."],
    "expires": "2027-01-01", "terms": ["Use it to protect your own service only."]
  }]
}"#;

/// A case with a page that everybody can see, a letter, a privileged memo, and assets.
struct Outside {
    case: Case,
    page: String,
    letter: String,
    memo: String,
    words: Value,
}

impl Outside {
    fn open() -> Self {
        let case = Case::open();
        let letter = case.shown()["items"][0]["id"].as_str().expect("an id").to_owned();
        let add = |name: &str, content: &str, more: &[&str]| {
            fs_err::write(case.root.path().join(name), content).expect("written");
            let add = ["vault", "add", name, "--source", "the shop"];
            let add: Vec<&str> = add.into_iter().chain(more.iter().copied()).collect();
            case.ok("ana", &add)["item"].as_str().expect("an id").to_owned()
        };
        let page =
            add("page.html", "<h1>Shop</h1>", &["--kind", "web-capture", "--class", "public"]);
        let memo = add("memo.txt", "what counsel thinks", &["--privilege", "attorney-client"]);
        let host = json!([{"kind": "host", "organisation": "Example Hosting",
            "abuse_contact": "abuse@host.example", "source": "its page",
            "as_of": "2026-03-01T00:00:00Z"}]);
        let video = json!([{"kind": "platform", "organisation": "Example Video",
            "source": "its page", "as_of": "2026-03-01T00:00:00Z"}]);
        for (sort, name, operators) in [
            ("host_ip", "198.51.100.23", host),
            ("channel", "channel-UC01", video.clone()),
            ("channel", "channel-UC02", video),
            ("wallet", "bc1qexampleexampleexample0", json!([])),
        ] {
            let asset = json!({"type": sort, "identifier": name, "role": "storefront",
                "operators": operators, "used_by_operation": [{"item": page, "shows": "its use"}]});
            fs_err::write(case.root.path().join("asset.json"), asset.to_string()).expect("written");
            case.ok("ana", &["asset", "add", "asset.json"]);
        }
        let words = serde_json::from_str(&WORDS.replace("PAGE", &page)).expect("words");
        Self { case, page, letter, memo, words }
    }

    fn say(&self, words: &Value) {
        fs_err::write(self.case.root.path().join("words.json"), words.to_string())
            .expect("written");
    }

    fn draft(document: &str) -> Vec<&str> {
        let profile = if document == "D11" { "law-enforcement" } else { "partner" };
        let draft = ["document", "draft", document, "--final", "--profile", profile];
        draft.into_iter().chain(["--words", "words.json", "--out", "drafts"]).collect()
    }

    /// Drafts with other words than those that are right, which fails.
    fn refused(&self, document: &str, change: impl Fn(&mut Value), expected: i32) -> String {
        let mut words = self.words.clone();
        change(&mut words);
        self.say(&words);
        self.case.refused("ana", &Self::draft(document), expected)
    }

    /// Has the final version approved by counsel, and lets it go.
    fn release(&self, document: &str, kind: &str) -> Value {
        let proposed = self.case.ok("lee", &["propose", "release", document]);
        let (proposal, hash) = (proposed["proposal"].as_str(), proposed["sha256"].as_str());
        let (proposal, hash) = (proposal.expect("an id"), hash.expect("a hash"));
        self.case.ok("cora", &["approve", proposal, "--sha256", hash]);
        let release = ["document", "release", document, "--to", kind, "--recipient", "somebody"];
        self.case.ok("lee", &release)
    }

    fn file(&self, name: &str) -> String {
        fs_err::read_to_string(self.case.root.path().join(name)).expect(name)
    }

    /// The record of the latest version of a document, as the log has it.
    fn record(&self, document: &str) -> Value {
        let shown = self.case.shown();
        let log = shown["log"].as_array().expect("a log");
        let latest = log.iter().rfind(|entry| {
            entry["body"]["record"] == "document" && entry["body"]["id"] == document
        });
        latest.expect("a record")["body"].clone()
    }
}

#[test]
fn four_documents_go_out_with_what_goes_with_them_and_others_can_check_it() {
    let outside = Outside::open();
    outside.say(&outside.words);
    for document in ["D11", "D12", "D13", "D16"] {
        outside.case.ok("ana", &Outside::draft(document));
    }
    for (document, kind) in [
        ("D11", "law-enforcement-us"),
        ("D12-host", "platform"),
        ("D13-video", "platform"),
        ("D16-bank", "partner"),
    ] {
        outside.release(document, kind);
    }
    outside.case.ok("kim", &["vault", "seal"]);
    for (to, profile, out) in
        [("law-enforcement-us", "law-enforcement", "authority"), ("platform", "partner", "partner")]
    {
        let ground = ["--ground", "provider-protection"];
        let export = ["bundle", "export", "--out", out, "--to", to, "--profile", profile];
        outside.case.ok("cora", &export.into_iter().chain(ground).collect::<Vec<_>>());
        let verified = seawall(outside.case.root.path(), &["verify", out, "--level", "1"]);
        // Nothing dated the seal, and the case has no figures; nothing else is missing.
        assert_eq!(code(&verified), 3, "{}", text(&verified.stdout));
        let said = text(&verified.stdout);
        assert!(
            said.lines()
                .filter(|line| line.contains(" SKIP "))
                .all(|line| { line.starts_with("time_stamp:") || line.starts_with("figures ") }),
            "{said}"
        );
    }
    referral(&outside);
    report(&outside);
    for (bundle, name) in
        [("authority", "D11-v1.identifiers.csv"), ("partner", "D12-host-v1.xarf.json")]
    {
        is_bound(&outside, bundle, name);
    }
}

/// What an agent reads first, and what it does not get.
fn referral(outside: &Outside) {
    let model = outside.file("authority/data/documents/D11-v1.json");
    for said in
        ["Doe-1", "2026-03-09", "bc1qexampleexampleexample0", "Example Hosting", "2702(b)(5)"]
    {
        assert!(model.contains(said), "{said}");
    }
    let disclosure = &outside.record("D11")["disclosure"];
    let passed = disclosure["passed"].as_array().expect("a list");
    assert!(passed.contains(&json!(outside.page)) && !passed.contains(&json!(outside.memo)));
    let withheld = disclosure["withheld"].to_string();
    assert!(withheld.contains(&outside.memo) && withheld.contains("attorney_client"), "{withheld}");
    assert!(model.contains(&outside.memo) && model.contains("between counsel and client"));
    let identifiers = outside.file("authority/data/documents/D11-v1.identifiers.csv");
    assert!(identifiers.contains("host ip,198.51.100.23\r\n"), "{identifiers}");
}

/// The report for machines is XARF, and says whom to answer.
fn report(outside: &Outside) {
    let name = "partner/data/documents/D12-host-v1.xarf.json";
    let report: Value = serde_json::from_str(&outside.file(name)).expect("JSON");
    assert_eq!(report["source_identifier"], "198.51.100.23");
    assert_eq!(report["reporter"]["contact"], "abuse@mail.example");
    assert_eq!(report["cryptocurrency_addresses"][0]["currency"], "bitcoin");
    let letter = outside.file("partner/data/documents/D12-host-v1.json");
    assert!(letter.contains("abuse@mail.example") && letter.contains("abuse@host.example"));
    let Some(python) = python("xarf") else { return };
    let check = "import sys, xarf; result = xarf.parse(open(sys.argv[1]).read()); sys.exit(str(result.errors) if result.errors else 0)";
    let path = outside.case.root.path().join(name);
    let output = Command::new(python).args(["-c", check]).arg(path).output().expect("starts");
    assert!(output.status.success(), "{}", text(&output.stderr));
}

/// The file stands by its hash in the log and in the document, and a changed one is told.
fn is_bound(outside: &Outside, bundle: &str, name: &str) {
    let path = format!("{bundle}/data/documents/{name}");
    let content = outside.file(&path);
    let sha256 = Digest::of(&content).to_string();
    let shown = outside.case.shown();
    let log = shown["log"].as_array().expect("a log");
    let releases = log.iter().filter(|entry| entry["action"] == "release");
    assert!(
        releases.into_iter().any(|entry| entry["body"].to_string().contains(&sha256)),
        "{name}"
    );
    let (document, _) = name.split_once('.').expect("an ending");
    let model = outside.file(&format!("{bundle}/data/documents/{document}.json"));
    assert!(model.contains(&sha256) && model.contains(name), "{model}");
    let full = outside.case.root.path().join(&path);
    fs_err::write(&full, content.replace('1', "2")).expect("written");
    let verified = seawall(outside.case.root.path(), &["verify", bundle, "--level", "0"]);
    let said = text(&verified.stdout);
    assert_eq!(code(&verified), 7, "{said}");
    assert!(said.contains(&format!("release:{document} FAIL")), "{said}");
    fs_err::write(full, content).expect("written");
}

#[test]
fn what_people_wrote_goes_to_no_authority_without_a_ground() {
    let outside = Outside::open();
    let mut words = outside.words.clone();
    words["referral"].as_object_mut().expect("an object").remove("ground");
    outside.say(&words);
    outside.case.ok("ana", &Outside::draft("D11"));
    let disclosure = |at: &str| outside.record("D11")["disclosure"][at].clone();
    // What everybody can see needs none.
    assert_eq!(disclosure("passed"), json!([outside.page]));
    let letter = json!({"item": outside.letter, "why": "no_ground"});
    assert!(disclosure("withheld").as_array().expect("a list").contains(&letter));
    // A subpoena reaches no content, a warrant does; neither reaches what is privileged.
    for (ground, why) in [("subpoena", Some("ground")), ("warrant", None)] {
        words["referral"]["ground"] = json!(ground);
        outside.say(&words);
        outside.case.ok("ana", &Outside::draft("D11"));
        let passed = disclosure("passed").to_string();
        assert_eq!(passed.contains(&outside.letter), why.is_none(), "{ground}");
        assert!(!passed.contains(&outside.memo), "{ground}");
    }
}

#[test]
fn what_was_chosen_and_may_not_go_is_refused_and_logged() {
    type Choice = fn(&mut Value, &str);
    let outside = Outside::open();
    let choices: [(&str, Choice); 3] = [
        ("D12", |words, item| words["notices"][0]["captures"] = json!([item])),
        ("D13", |words, item| words["platforms"][0]["objects"][0]["capture"] = json!(item)),
        ("D16", |words, item| words["packages"][0]["files"][0]["item"] = json!(item)),
    ];
    for (document, change) in choices {
        let said = outside.refused(document, |words| change(words, &outside.letter), 4);
        assert!(said.contains("legal ground"), "{document}: {said}");
        let said = outside.refused(document, |words| change(words, &outside.memo), 4);
        assert!(said.contains("privileged"), "{document}: {said}");
    }
    let shown = outside.case.shown();
    let log = shown["log"].as_array().expect("a log");
    assert_eq!(log.iter().filter(|entry| entry["action"] == "denied").count(), 6);
}

#[test]
fn words_that_do_not_fit_the_case_are_refused() {
    type Change = fn(&mut Value);
    let outside = Outside::open();
    let wrong: [(&str, Change, i32, &str); 9] = [
        ("D11", |words| words["referral"]["recipient"] = json!("press"), 2, "authority"),
        ("D11", |words| drop(words["referral"].take()), 3, "`referral`"),
        ("D12", |words| words["reporter"]["contact"] = json!("ops@mail.example"), 2, "`contact`"),
        ("D12", |words| words["notices"][0]["operator"] = json!("registrar"), 3, "no registrar"),
        (
            "D12",
            |words| words["notices"][0]["wallets"][0]["asset"] = json!("channel-UC01"),
            2,
            "no wallet",
        ),
        ("D12", |words| words["notices"][0]["urls"] = json!(["javascript:1"]), 2, "no address"),
        (
            "D13",
            |words| words["platforms"][0]["platform"] = json!("Other"),
            5,
            "not known to be on",
        ),
        ("D16", |words| words["packages"][0]["expires"] = json!("2020-01-01"), 2, "expires"),
        ("D16", |words| words["packages"] = json!([]), 3, "`packages`"),
    ];
    for (document, change, exit, hint) in wrong {
        let said = outside.refused(document, change, exit);
        assert!(said.contains(hint), "{document}: {said}");
    }
    // What only a person can say is a gap that keeps it from being final.
    let mut words = outside.words.clone();
    words["answers"].as_object_mut().expect("an object").remove("offences");
    outside.say(&words);
    let output = outside.case.run("ana", &Outside::draft("D11"));
    assert_eq!(code(&output), 6);
    assert!(text(&output.stdout).contains("`offences`"), "{}", text(&output.stdout));
}

#[test]
fn what_goes_with_a_document_is_searched_as_the_document_is() {
    let outside = Outside::open();
    let mut words = outside.words.clone();
    // The letter shows the page of the asset; the host must not see a text of the list.
    words["notices"][0]["observed"] = json!(["The shop of R & D <Wilhelmina> is there."]);
    outside.say(&words);
    outside.case.ok("ana", &Outside::draft("D12"));
    fs_err::write(outside.case.root.path().join("deny.txt"), "Wilhelmina\n").expect("written");
    outside.case.ok("ana", &["document", "deny", "--text-file", "deny.txt"]);
    let proposed = outside.case.ok("lee", &["propose", "release", "D12-host"]);
    let (proposal, hash) = (proposed["proposal"].as_str(), proposed["sha256"].as_str());
    let (proposal, hash) = (proposal.expect("an id"), hash.expect("a hash"));
    outside.case.ok("cora", &["approve", proposal, "--sha256", hash]);
    let release =
        ["document", "release", "D12-host", "--to", "platform", "--recipient", "the host"];
    let said = outside.case.refused("lee", &release, 6);
    assert!(said.contains("xarf.json, line"), "{said}");
}
