//! Does a document go out as its recipients may see it, and else not at all?

use seawall_evidence::document::Document;

use super::{case::Case, code, seawall, text};

const RELEASE: [&str; 7] =
    ["document", "release", "D8", "--to", "court", "--recipient", "the court"];

/// Drafts a final version for a profile, and has it approved by counsel.
fn approved(case: &Case, document: &str, draft: &[&str]) {
    case.ok("ana", draft);
    let proposed = case.ok("lee", &["propose", "release", document]);
    let (proposal, hash) = (proposed["proposal"].as_str(), proposed["sha256"].as_str());
    let (proposal, hash) = (proposal.expect("an id"), hash.expect("a hash"));
    case.ok("cora", &["approve", proposal, "--sha256", hash]);
}

fn write(case: &Case, name: &str, content: &str) {
    fs_err::write(case.root.path().join(name), content).expect("written");
}

fn drafted<'a>(document: &'a str, profile: &'a str) -> Vec<&'a str> {
    vec!["document", "draft", document, "--final", "--profile", profile, "--words", "words.json"]
}

#[test]
fn what_gives_a_person_away_does_not_go_out() {
    let case = Case::open();
    write(&case, "words.json", "{}");
    write(&case, "deny.txt", "# of the case\n\nA  Mailbox\n");
    let denying: Vec<&str> = RELEASE.into_iter().chain(["--deny", "deny.txt"]).collect();
    // Who has no approval learns nothing of what is in it.
    case.ok("ana", &drafted("D8", "court-public"));
    let said = case.refused("lee", &denying, 4);
    assert!(!said.contains("deny list"), "{said}");
    approved(&case, "D8", &drafted("D8", "court-public"));
    let said = case.refused("lee", &denying, 6);
    assert!(said.contains("entry 0 of the deny list"), "{said}");
    assert!(!said.to_lowercase().contains("mailbox"), "{said}");

    // As a record of the case it holds for every release, and adds to what there is.
    let deny = ["document", "deny", "--text-file", "deny.txt"];
    assert_eq!(case.ok("ana", &deny)["texts"], 1);
    write(&case, "deny.txt", "Wilhelmina\n");
    assert_eq!(case.ok("ana", &deny)["texts"], 2);
    let said = case.refused("lee", &RELEASE, 6);
    assert!(said.contains("of the deny list"), "{said}");
    let shown = case.shown();
    assert!(!shown.to_string().contains("Wilhelmina"), "the log has no text of the list");
    let replacing: Vec<&str> = deny.into_iter().chain(["--replace"]).collect();
    assert_eq!(case.ok("ana", &replacing)["texts"], 1);
    case.ok("lee", &RELEASE);
    let log = shown["log"].as_array().expect("a log");
    assert_eq!(log.iter().filter(|entry| entry["action"] == "denied").count(), 3);
}

#[test]
fn a_document_goes_to_nobody_whom_its_profile_is_not_made_for() {
    let case = Case::open();
    write(&case, "words.json", "{}");
    let to = |kind| ["document", "release", "D8", "--to", kind, "--recipient", "somebody"];
    approved(&case, "D8", &drafted("D8", "court-sealed"));
    for kind in ["law-enforcement-us", "partner", "platform", "press"] {
        let said = case.refused("lee", &to(kind), 4);
        assert!(
            said.contains("drafted for `court_sealed`") && said.contains("--profile"),
            "{said}"
        );
    }
    case.ok("lee", &to("court"));
    approved(&case, "D8", &drafted("D8", "partner"));
    for kind in ["court", "law-enforcement-eu", "press"] {
        case.refused("lee", &to(kind), 4);
    }
    case.ok("lee", &to("platform"));
    // What everyone may read anyone may get.
    approved(&case, "D8", &drafted("D8", "court-public"));
    case.ok("lee", &to("press"));
    let shown = case.shown();
    let log = shown["log"].as_array().expect("a log");
    let of =
        |action: &str| log.iter().filter(|entry| entry["action"] == action).collect::<Vec<_>>();
    assert_eq!(of("denied").len(), 7);
    let to: Vec<_> = of("release").iter().map(|entry| entry["body"]["recipient"].clone()).collect();
    assert_eq!(to, ["court: somebody", "platform: somebody", "press: somebody"]);
}

#[test]
fn there_is_no_file_of_a_version_that_nobody_recorded() {
    let case = Case::open();
    // An auditor reads, and writes nothing.
    case.ok("ada", &["person", "add", "otto", "--role", "auditor"]);
    case.refused("otto", &["document", "draft", "D8", "--out", "drafts"], 4);
    let item = case.shown()["items"][0]["id"].as_str().expect("an id").to_owned();
    let build = ["exhibit", "build", "1", "--title", "A letter", "--item", &item];
    let build: Vec<&str> = build.into_iter().chain(["--out", "Ex-1.pdf"]).collect();
    case.refused("otto", &build, 4);
    let shown = case.shown();
    assert_eq!(shown["documents"], serde_json::json!([]));
    for file in ["drafts", "Ex-1.pdf"] {
        assert!(!case.root.path().join(file).try_exists().expect("readable"), "{file}");
    }
    case.ok("ana", &["document", "draft", "D8", "--out", "drafts"]);
    case.ok("ana", &build);
    for file in ["drafts/D8-v1.pdf", "Ex-1.pdf"] {
        assert!(case.root.path().join(file).try_exists().expect("readable"), "{file}");
    }
}

#[test]
fn a_document_for_those_who_work_on_the_case_goes_to_nobody() {
    let case = Case::open();
    approved(&case, "D8", &["document", "draft", "D8", "--final"]);
    let said = case.refused("lee", &RELEASE, 5);
    assert!(said.contains("--profile"), "{said}");
}

#[test]
fn what_stands_where_redaction_does_not_look_is_found_at_release() {
    let case = Case::open();
    write(&case, "words.json", r#"{"paragraphs": {"gaps": ["Written by {asset:jane}."]}}"#);
    // The name of an asset is a record: it is shown as it is.
    write(
        &case,
        "asset.json",
        r#"{"type": "social_account", "identifier": "jane", "role": "support"}"#,
    );
    case.ok("ana", &["asset", "add", "asset.json"]);
    approved(&case, "D8", &drafted("D8", "press"));
    write(&case, "names.txt", "Jane");
    let denying: Vec<&str> = RELEASE.into_iter().chain(["--deny", "names.txt"]).collect();
    let said = case.refused("lee", &denying, 6);
    assert!(said.contains("rendering, page 1") && said.contains("model, line 1"), "{said}");
}

/// The model of a released document, out of a bundle.
fn model(case: &Case, bundle: &str, name: &str) -> Document {
    let path = case.root.path().join(bundle).join(format!("data/documents/{name}.json"));
    serde_json::from_slice(&fs_err::read(path).expect("a model")).expect("a document")
}

#[test]
fn what_recipients_may_not_see_is_replaced_logged_and_keyed() {
    let case = Case::open();
    case.ok("ada", &["person", "add", "pia", "--role", "privacy"]);
    let seen = [
        "A letter of {quote:Subject: hi there} came.",
        "Ana Leeson wrote from {id:203.0.113.7} to {quote:jane.doe@corp.example, +1 202 555 0147}.",
        "Bo Kim answered.",
    ];
    let words = serde_json::json!({
        "paragraphs": { "gaps": seen },
        "names": { "victim": ["Ana Leeson"], "defendant": ["Bo Kim"] },
    });
    write(&case, "words.json", &words.to_string());
    let private = ["Leeson", "jane.doe", "203.0.113.7", "555 0147", "Bo Kim"];
    approved(&case, "D8", &drafted("D8", "court-public"));
    case.ok("lee", &RELEASE);

    let answer = case.ok("ana", &drafted("D9", "court-sealed"));
    assert_eq!(answer["documents"].as_array().map(Vec::len), Some(2), "{answer}");
    for (document, approvers) in [("D9", &["cora"][..]), ("D9-key", &["cora", "pia"])] {
        let proposed = case.ok("lee", &["propose", "release", document]);
        let (proposal, hash) = (proposed["proposal"].as_str(), proposed["sha256"].as_str());
        let (proposal, hash) = (proposal.expect("an id"), hash.expect("a hash"));
        let release = ["document", "release", document, "--to", "court", "--recipient", "it"];
        for approver in approvers {
            case.refused("lee", &release, 4);
            case.ok(approver, &["approve", proposal, "--sha256", hash]);
        }
        case.ok("lee", &release);
    }
    case.ok("kim", &["vault", "seal"]);
    let export = |to, profile, out| {
        let ground = ["--ground", "legitimate-interest"];
        let export = ["bundle", "export", "--out", out, "--to", to, "--profile", profile];
        let export: Vec<&str> = export.into_iter().chain(ground).collect();
        case.ok("cora", &export)
    };
    export("court", "court-sealed", "sealed");
    let plain = model(&case, "sealed", "D8-v1").plain_text();
    for value in private {
        assert!(!plain.contains(value), "{value} in {plain}");
    }
    for shown in [
        "VICTIM-01 wrote from 203.0.113.0/24",
        "Doe-1 answered",
        "[removed]@corp.example",
        "[removed: message]",
    ] {
        assert!(plain.contains(shown), "{shown} in {plain}");
    }
    let log = model(&case, "sealed", "D9-v1").plain_text();
    assert!(log.contains("telephone number") && log.contains("p. "), "{log}");
    assert!(private.iter().all(|value| !log.contains(value)), "{log}");
    let key = model(&case, "sealed", "D9-key-v1").plain_text();
    assert!(key.contains("FILED UNDER SEAL") && key.contains("Ana Leeson"), "{key}");
    let verified = seawall(case.root.path(), &["verify", "sealed", "--level", "1"]);
    assert!([0, 3].contains(&code(&verified)), "{}", text(&verified.stdout));

    // Under another profile neither the key nor its table is there, whatever the ground.
    let withheld = export("partner", "partner", "shared")["withheld"].to_string();
    assert!(withheld.contains("made for others") && withheld.contains("under seal"), "{withheld}");
    for file in walk(&case.root.path().join("shared/data")) {
        let bytes = fs_err::read(&file).expect("a file");
        let leaks = |value: &&str| bytes.windows(value.len()).any(|part| part == value.as_bytes());
        assert!(!private.iter().any(leaks), "{}", file.display());
    }
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files = Vec::new();
    for entry in fs_err::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(walk(&path)) } else { files.push(path) }
    }
    files
}

/// A run over three accounts in which there is no campaign, sealed into the case.
fn seal_three_accounts(case: &Case) {
    let event = |account: &str, second: u32| {
        let time = format!("2026-03-01T00:00:{second:02}Z");
        format!(r#"{{"time":"{time}","type":"signup","account":"{account}"}}"#) + "\n"
    };
    let events = event("u-1042", 1) + &event("jane_doe", 2) + &event("4711081", 3);
    write(case, "events.ndjson", &events);
    let found = seawall(case.root.path(), &["detect", "events.ndjson", "--out", "run"]);
    assert_eq!(code(&found), 0, "{}", text(&found.stderr));
    case.ok("ana", &["detection", "seal", "run", "--events", "events.ndjson"]);
}

#[test]
fn an_account_of_nobody_who_is_accused_has_a_pseudonym_as_well() {
    let case = Case::open();
    let words = r#"{"paragraphs": {"gaps": ["Some wrote as {quote:u-1042, and jane_doe, no. 4711081; 77 times}."]}}"#;
    write(&case, "words.json", words);
    // Drafted before anybody knew that these are accounts.
    approved(&case, "D8", &drafted("D8", "court-public"));
    seal_three_accounts(&case);
    let said = case.refused("lee", &RELEASE, 6);
    assert!(said.contains("3 accounts in clear") && !said.contains("u-1042"), "{said}");

    approved(&case, "D8", &drafted("D8", "court-public"));
    case.ok("lee", &RELEASE);
    case.ok("kim", &["vault", "seal"]);
    let export = ["bundle", "export", "--out", "bundle", "--to", "court"];
    case.ok("cora", &[&export[..], &["--profile", "court-sealed"]].concat());
    let said = model(&case, "bundle", "D8-v2").plain_text();
    assert_eq!(said.matches("ACCT-00000").count(), 3, "{said}");
    for account in ["u-1042", "jane_doe", "4711081"] {
        assert!(!said.contains(account), "{account} in {said}");
    }
    assert!(said.contains("77 times"), "what counts something stays: {said}");
}

#[test]
fn an_account_of_a_dataset_alone_has_a_pseudonym_as_well() {
    let case = Case::open();
    let world = ["--preset", "clean", "--accounts", "300", "--seed", "1", "--out", "world"];
    let simulate = [&["simulate"][..], &world[..], &["--events-format", "parquet"]].concat();
    let made = seawall(case.root.path(), &simulate);
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
    let read = |name: &str| fs_err::read_to_string(case.root.path().join(name)).expect("a file");
    let world: serde_json::Value = serde_json::from_str(&read("world/world.json")).expect("JSON");
    let received = format!("a=1..{}", world["events"]);
    let freeze = ["dataset", "freeze", "a=world/events.parquet", "--id", "DS-1", "--received"];
    let window = ["--from", "2020-01-01T00:00:00Z", "--to", "2030-01-01T00:00:00Z"];
    case.ok("ana", &[&freeze[..], &[received.as_str()], &window[..]].concat());
    let truth = read("world/truth.csv");
    let account = truth.lines().nth(1).and_then(|line| line.split(',').next()).expect("one");
    let words =
        format!(r#"{{"paragraphs": {{"gaps": ["The account {{id:{account}}} was used."]}}}}"#);
    write(&case, "words.json", &words);
    let drafted: Vec<&str> =
        drafted("D8", "press").into_iter().chain(["--out", "drafts"]).collect();
    assert_eq!(case.ok("ana", &drafted)["redactions"], 1);
}

#[test]
fn pseudonyms_stay_when_others_come() {
    let case = Case::open();
    let draft = |names: &str| {
        let words = format!(
            r#"{{"paragraphs": {{"gaps": ["Ana Leeson, Jo Doe."]}}, "names": {{"victim": {names}}}}}"#
        );
        write(&case, "words.json", &words);
        let draft = drafted("D8", "court-public");
        let draft: Vec<&str> = draft.into_iter().chain(["--out", "drafts"]).collect();
        case.ok("ana", &draft)["redactions"].as_u64().expect("a number")
    };
    assert_eq!(draft(r#"["Ana Leeson"]"#), 1);
    assert_eq!(draft(r#"["Jo Doe"]"#), 2, "who has a name keeps it, named again or not");
    let tables = |shown: &serde_json::Value| {
        let log = shown["log"].as_array().expect("a log").clone();
        log.iter().filter(|it| it.to_string().contains("the key to the pseudonyms")).count()
    };
    let before = tables(&case.shown());
    draft("[]");
    assert_eq!(tables(&case.shown()), before, "nobody new, no new table");
}

#[test]
fn a_private_letter_claims_no_power_of_the_state() {
    let case = Case::open();
    write(
        &case,
        "asset.json",
        r#"{"type": "domain", "identifier": "shop.example", "role": "storefront"}"#,
    );
    case.ok("ana", &["asset", "add", "asset.json"]);
    let letter = |why: &str| {
        let words = serde_json::json!({
            "answers": { "name": "a", "contact": "b", "reference": "c" },
            "preservation": [{
                "part": "host", "recipient": "the host", "assets": ["shop.example"],
                "what": ["Logs."], "from": "2026-01-01", "to": "2026-02-01", "why": [why],
                "reply_by": "2026-03-01",
            }],
        });
        write(&case, "words.json", &words.to_string());
    };
    letter("We must ask under {cite:18 U.S.C. § 2703(f)}.");
    let output = case.run("ana", &drafted("D14", "partner"));
    assert_eq!(code(&output), 6, "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("claims no statutory power"), "{}", text(&output.stdout));
    letter("The shop was served from it.");
    case.ok("ana", &drafted("D14", "partner"));
}

/// Binds `F-1`, all rows of the log, and `F-2`, its sign-ups.
fn bind_figures(case: &Case) {
    let query = |id: &str, conditions: serde_json::Value| {
        serde_json::json!({
            "id": id, "dataset": "DS-1", "where": conditions, "group_by": [],
            "measures": [{"name": "rows", "of": "count"}],
        })
    };
    let figure = |id: &str, query: &str, label: &str| {
        serde_json::json!({
            "id": id, "label": label, "definition": "Rows of the log.", "unit": "rows",
            "query": query, "cell": {"group": {}, "measure": "rows"}, "rounding": "exact",
        })
    };
    let signups = serde_json::json!([{"column": "action", "is": "equal", "value": "signup"}]);
    let stated = serde_json::json!({
        "queries": [query("Q-1", serde_json::json!([])), query("Q-2", signups)],
        "figures": [figure("F-1", "Q-1", "events"), figure("F-2", "Q-2", "sign-ups")],
    });
    write(case, "figures.json", &stated.to_string());
    case.ok("ana", &["figure", "add", "figures.json"]);
    case.ok("ana", &["figure", "bind"]);
}

#[test]
fn who_is_restricted_has_half_a_year_to_complain() {
    let case = Case::open();
    let statement = |until: &str| {
        let words = serde_json::json!({
            "answers": { "account": "filled in when it is sent", "contact": "the point of contact" },
            "reasons": [{
                "part": "suspension", "restriction": "The account cannot be used.",
                "territory": "everywhere", "from": "2026-04-01", "facts": ["It was made by a program."],
                "occasion": "own_investigation", "detection": "By programs.", "decision": "By a person.",
                "ground": {"terms": {"clause": "Accounts are made by people.", "explanation": "This one was not."}},
                "complaint": "the form", "complaint_until": until, "redress": ["The courts."],
            }],
        });
        write(&case, "words.json", &words.to_string());
    };
    statement("2026-09-30");
    let said = case.refused("ana", &drafted("D15", "court-public"), 2);
    assert!(said.contains("six months") && said.contains("2026-10-01"), "{said}");
    statement("2026-10-01");
    case.ok("ana", &drafted("D15", "court-public"));
}

#[test]
fn what_is_measured_was_registered_before_anything_was_done() {
    let case = Case::with_dataset();
    bind_figures(&case);
    write(&case, "plan.txt", "Fewer sign-ups. Compared with honest ones.");
    let plan = case.ok("ana", &["vault", "add", "plan.txt", "--source", "a desk"]);
    let places = ["hypothesis", "model", "placebo", "sensitivity", "other_causes", "displacement"];
    let paragraphs: serde_json::Map<String, serde_json::Value> =
        places.iter().map(|place| ((*place).to_owned(), serde_json::json!(["Said."]))).collect();
    let report = |day: &str, interval: Option<&str>| {
        let words = serde_json::json!({
            "answers": { "name": "a person" },
            "paragraphs": paragraphs,
            "impact": {
                "registration": plan["item"], "from": "2000-01-01", "to": "2099-12-31",
                "interventions": [{"day": day, "what": "The domains were taken over."}],
                "measures": [{"before": "F-1", "after": "F-2", "interval": interval}],
            },
        });
        write(&case, "words.json", &words.to_string());
    };
    report("2000-06-01", Some("not reckoned"));
    let said = case.refused("ana", &drafted("D17", "court-public"), 5);
    assert!(said.contains("must be registered before"), "{said}");
    // A change without its interval is a gap, and a gap does not go out.
    report("2099-06-01", None);
    let output = case.run("ana", &drafted("D17", "court-public"));
    assert_eq!(code(&output), 6, "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("interval_1"), "{}", text(&output.stdout));
    report("2099-06-01", Some("not reckoned"));
    case.ok("ana", &drafted("D17", "court-public"));
}

#[test]
fn a_correction_names_everyone_who_was_told() {
    let case = Case::with_dataset();
    bind_figures(&case);
    let words = |was: &str, is: &str| {
        let words = serde_json::json!({
            "answers": { "name": "a person", "asked": "Read it so.", "materiality": "It does not." },
            "paragraphs": { "justification": ["We count {F-1}."] },
            "errata": [{
                "part": "first",
                "figures": [{"was": was, "is": is, "cause": "The wrong rows.", "found": "2026-05-02"}],
            }],
        });
        write(&case, "words.json", &words.to_string());
    };
    words("F-1", "F-2");
    let said = case.refused("ana", &drafted("D19", "court-public"), 3);
    assert!(said.contains("nobody has to be told"), "{said}");
    approved(&case, "D8", &drafted("D8", "court-public"));
    case.ok("lee", &RELEASE);
    words("F-1", "F-1");
    let said = case.refused("ana", &drafted("D19", "court-public"), 2);
    assert!(said.contains("say the same"), "{said}");
    words("F-1", "F-2");
    let made = case.ok("ana", &drafted("D19", "court-public"));
    assert_eq!(made["still_open"], 0);
    let shown = case.shown();
    let documents = shown["documents"].as_array().expect("documents");
    let made = documents.iter().find(|it| it["document"]["id"] == "D19-first");
    let made = made.unwrap_or_else(|| panic!("{shown}"));
    let model = made["document"]["model"].as_str().expect("an id");
    let output = seawall(case.root.path(), &["case", "vault", "view", model, "--as", "ana"]);
    let model: Document = serde_json::from_slice(&output.stdout).expect("a model");
    let said = model.plain_text();
    for part in ["D8-v1", "court: the court", "F-1", "The wrong rows."] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
