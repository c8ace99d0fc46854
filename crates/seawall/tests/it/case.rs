//! Does a whole case hold: from campaigns to a bundle that others check, and does it take two?

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use seawall_documents::leak::{Policy, Rule, in_pdf};

use super::{code, seawall, text};

/// Benign accounts of the example when it is a test.
const ACCOUNTS: &str = "800";

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/storm-1152/run.sh")
}

/// Builds the worked example in `out`; everything in it is checked at every level by the script itself.
fn built(out: &Path) -> String {
    let output = Command::new("sh")
        .arg(example())
        .arg(env!("CARGO_BIN_EXE_seawall"))
        .arg(out)
        .arg(ACCOUNTS)
        .env("NO_COLOR", "1")
        .output()
        .expect("a shell");
    let said = text(&output.stdout);
    assert_eq!(code(&output), 0, "{said}\n{}", text(&output.stderr));
    said
}

#[test]
fn the_worked_example_is_a_case_that_others_can_check() {
    let root = tempfile::tempdir().expect("a folder");
    let out = root.path().join("out");
    let said = built(&out);
    for level in 0..=3 {
        assert!(said.contains(&format!("level {level}: ")), "{said}");
    }
    let last = fs_err::read_to_string(out.join("verify-3.txt")).expect("a report");
    assert!(last.lines().any(|line| line.starts_with("run:") && line.contains(" PASS ")), "{last}");
    let levers = fs_err::read_to_string(out.join("levers.csv")).expect("levers");
    let by_mark: Vec<&str> = levers.lines().filter(|line| line.contains(",udrp,true,")).collect();
    assert!(matches!(by_mark[..], [one] if one.contains("hotmailbox.me")), "{levers}");
    assert!(!levers.contains(",registrar_notice,true,"), "{levers}");
    documents_are_for_their_readers(&out);
    others_agree(&out);
    tampering_is_noticed(&out);
    an_older_checkpoint_is_a_prefix(&out);
}

/// What is under seal is on no public page, and what an account is called in no document but the key.
fn documents_are_for_their_readers(out: &Path) {
    let page = fs_err::read_to_string(out.join("drafts/D10-v1.html")).expect("a page");
    assert!(page.contains("D1-v1.pdf") && page.contains("Ex-2-v1.pdf"), "{page}");
    assert!(!page.contains("D5-") && !page.contains("D14-") && !page.contains("D9"), "{page}");
    let documents = out.join("bundle/data/documents");
    let read = |name: &str| fs_err::read_to_string(documents.join(name)).expect("a model");
    let members = fs_err::read_to_string(out.join("run/members.csv")).expect("members");
    let account = members.lines().nth(1).and_then(|line| line.split(',').next()).expect("one");
    assert!(read("D1-v1.json").contains("ACCT-000001") && !read("D1-v1.json").contains(account));
    assert!(read("D9-key-v1.json").contains(account) && !read("D9-v1.json").contains(account));
    let annex = read("D5-registry-of-me-v1.json");
    assert!(annex.contains("serverTransferProhibited") && annex.contains("hotmailbox.me"));
    assert!(!annex.contains("1stcaptcha.com"), "an annex asks nothing about others");
    assert!(annex.contains("orders@registry-of-me.example"), "as its words say");
    assert!(read("D5-registry-of-com-v1.json").contains("orders@registry.example"));
    assert!(!documents.join("D14-host-v1.json").try_exists().expect("readable"), "for the host");
    // What goes elsewhere lies where it goes, with what goes with it, and nowhere else.
    for (bundle, file) in [
        ("bundle-authority", "D11-v1.identifiers.csv"),
        ("bundle-partner", "D12-host-v1.xarf.json"),
        ("bundle-partner", "D13-video-v1.pdf"),
        ("bundle-partner", "D16-bank-v1.pdf"),
        ("bundle", "D10-v1.html"),
    ] {
        let others = ["bundle", "bundle-authority", "bundle-partner"];
        for place in others {
            let there = out.join(place).join("data/documents").join(file).try_exists();
            // The page for everybody lies in each.
            let expected = place == bundle || bundle == "bundle";
            assert_eq!(there.expect("readable"), expected, "{file} in {place}");
        }
    }
}

/// A Python with that module, or a word that there is none.
#[expect(clippy::print_stderr, reason = "a skipped check says so")]
pub(crate) fn python(module: &str) -> Option<OsString> {
    let python = std::env::var_os("SEAWALL_PYTHON").unwrap_or_else(|| "python3".into());
    let has = Command::new(&python)
        .args(["-c", &format!("import {module}")])
        .output()
        .is_ok_and(|output| output.status.success());
    if !has {
        eprintln!("skipped: no Python with {module} (set SEAWALL_PYTHON)");
    }
    has.then_some(python)
}

/// The exit code for a bundle of the example in which nothing is amiss: 3 where no authority could date its seals.
fn whole(out: &Path) -> i32 {
    if out.join("authority").try_exists().expect("readable") { 0 } else { 3 }
}

/// Programs of others accept the bundle, without a network where the system lets us cut it off.
fn others_agree(out: &Path) {
    let offline = Command::new("unshare").args(["-rn", "true"]).output();
    let offline = offline.is_ok_and(|output| output.status.success());
    let run = |program: OsString, arguments: &[&str]| {
        let mut command = if offline {
            let mut command = Command::new("unshare");
            command.arg("-rn").arg(program);
            command
        } else {
            Command::new(program)
        };
        let output: Output = command.args(arguments).current_dir(out).output().expect("starts");
        let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
        (code(&output), said)
    };
    if let Some(python) = python("cryptography") {
        for bundle in ["bundle", "bundle-authority", "bundle-partner"] {
            let (code, said) = run(python.clone(), &["bundle/data/verify.py", bundle]);
            let skipped = said.lines().filter(|line| line.contains(" SKIP "));
            assert!(skipped.clone().all(|line| line.starts_with("time_stamp:")), "{said}");
            assert_eq!(code, whole(out), "{said}");
        }
    }
    if let Some(python) = python("bagit") {
        let (code, said) = run(python, &["-m", "bagit", "--validate", "bundle"]);
        assert_eq!(code, 0, "{said}");
    }
    if let Some(python) = python("case_utils") {
        let validate = "import sys; from case_utils.case_validate import main; sys.exit(main())";
        let (code, said) = run(python, &["-c", validate, "bundle/data/case.jsonld"]);
        assert_eq!(code, 0, "{said}");
        let document = fs_err::read_to_string(out.join("case.jsonld")).expect("a file");
        assert!(document.contains("ProvenanceRecord") && document.contains("exhibitNumber"));
    }
    let (code, _) =
        run(env!("CARGO_BIN_EXE_seawall").into(), &["verify", "bundle", "--level", "2"]);
    assert_eq!(code, whole(out));
}

fn tampering_is_noticed(out: &Path) {
    let release = out.join("bundle/data/documents/D2-v1.pdf");
    let whole = fs_err::read(&release).expect("a file");
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 1;
    fs_err::write(&release, changed).expect("written");
    let output = seawall(out, &["verify", "bundle", "--level", "0"]);
    assert_eq!(code(&output), 7, "{}", text(&output.stdout));
    assert!(text(&output.stdout).contains("D2-v1.pdf"));
    fs_err::write(&release, whole).expect("written");
}

fn an_older_checkpoint_is_a_prefix(out: &Path) {
    let checkpoint = "bundle/data/custody/log/checkpoint";
    let older = fs_err::read(out.join(checkpoint)).expect("a checkpoint");
    fs_err::write(out.join("older.txt"), older).expect("written");
    let output = seawall(out, &["verify", "bundle", "--level", "0", "--checkpoint", "older.txt"]);
    assert_eq!(code(&output), whole(out), "{}", text(&output.stdout));
}

/// A case with an analyst, a lead, a custodian and counsel, and one item.
pub(crate) struct Case {
    pub(crate) root: tempfile::TempDir,
}

impl Case {
    pub(crate) fn open() -> Self {
        let case = Self { root: tempfile::tempdir().expect("a folder") };
        let new = ["new", "one", "--title", "A case", "--origin", "example.org/one"];
        case.ok("ada", &new);
        for (name, role) in
            [("ana", "analyst"), ("lee", "lead"), ("kim", "custodian"), ("cora", "counsel")]
        {
            case.ok("ada", &["person", "add", name, "--role", role]);
        }
        fs_err::write(case.root.path().join("mail.eml"), "Subject: hi\n\nthere\n")
            .expect("written");
        case.ok(
            "ana",
            &["vault", "add", "mail.eml", "--source", "a mailbox", "--class", "content"],
        );
        case
    }

    /// One with a frozen dataset, `DS-1`.
    pub(crate) fn with_dataset() -> Self {
        let case = Self::open();
        let world = ["simulate", "--preset", "standard", "--accounts", "300", "--seed", "5"];
        let form = ["--out", "world", "--events-format", "parquet"];
        let made = seawall(case.root.path(), &[world.as_slice(), form.as_slice()].concat());
        assert_eq!(code(&made), 0, "{}", text(&made.stderr));
        let told = fs_err::read(case.root.path().join("world/world.json")).expect("a file");
        let told: serde_json::Value = serde_json::from_slice(&told).expect("JSON");
        let received = format!("log=1..{}", told["events"]);
        let freeze = ["dataset", "freeze", "log=world/events.parquet", "--id", "DS-1"];
        let window = ["--from", "2026-01-01T00:00:00Z", "--to", "2026-12-31T00:00:00Z"];
        let received = ["--received", received.as_str()];
        case.ok("ana", &[freeze.as_slice(), &received, &window].concat());
        case
    }

    /// A public key of somebody, whose key lies in a file that no case knows.
    pub(crate) fn key(&self, name: &str) -> String {
        let made =
            seawall(self.root.path(), &["case", "key", name, "--out", &format!("{name}.key")]);
        assert_eq!(code(&made), 0, "{}", text(&made.stderr));
        text(&made.stdout).trim().to_owned()
    }

    pub(crate) fn run(&self, who: &str, arguments: &[&str]) -> Output {
        let mut all = vec!["case"];
        all.extend(arguments);
        all.extend(["--as", who, "--format", "json"]);
        seawall(self.root.path(), &all)
    }

    pub(crate) fn ok(&self, who: &str, arguments: &[&str]) -> serde_json::Value {
        let output = self.run(who, arguments);
        let (said, found) = (text(&output.stderr), text(&output.stdout));
        assert_eq!(code(&output), 0, "{arguments:?}: {said}\n{found}");
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
        assert!(answer["custody_seq"].is_u64() && answer["checkpoint"]["root"].is_string());
        answer
    }

    pub(crate) fn refused(&self, who: &str, arguments: &[&str], expected: i32) -> String {
        let output = self.run(who, arguments);
        assert_eq!(code(&output), expected, "{arguments:?}: {}", text(&output.stderr));
        text(&output.stderr)
    }

    pub(crate) fn shown(&self) -> serde_json::Value {
        let output = seawall(self.root.path(), &["case", "show", "--log", "--format", "json"]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }
}

#[test]
fn disposal_takes_two_people_a_hash_and_no_hold() {
    let case = Case::open();
    let item = case.shown()["items"][0]["id"].as_str().expect("an id").to_owned();
    let dispose = ["vault", "dispose", &item, "--basis", "an order"];
    let said = case.refused("kim", &dispose, 4);
    assert!(said.contains("a second person"), "{said}");
    let hold = case.ok("cora", &["hold", "add", "--basis", "suit foreseen"]);
    let hold = hold["hold"].as_str().expect("an id");

    let proposed = case.ok("kim", &["propose", "dispose", &item, "--basis", "an order"]);
    let proposal = proposed["proposal"].as_str().expect("an id");
    let hash = proposed["sha256"].as_str().expect("a hash");
    case.refused("kim", &["approve", proposal, "--sha256", hash], 4);
    case.refused("cora", &["approve", proposal, "--sha256", &"0".repeat(64)], 5);
    case.ok("cora", &["approve", proposal, "--sha256", hash]);
    let said = case.refused("kim", &dispose, 5);
    assert!(said.contains("suit foreseen"), "{said}");

    let released = case.ok("lee", &["propose", "hold-release", hold]);
    let (proposal, hash) = (released["proposal"].as_str(), released["sha256"].as_str());
    case.ok("cora", &["approve", proposal.expect("an id"), "--sha256", hash.expect("a hash")]);
    case.ok("lee", &["hold", "release", hold]);
    case.ok("kim", &dispose);
    let shown = case.shown();
    assert_eq!(shown["items"][0]["state"], "disposed");
    let denied = shown["log"].as_array().expect("a log");
    assert!(denied.iter().filter(|entry| entry["action"] == "denied").count() >= 3);
    // What is gone is gone, and the vault is as the log says.
    let gone = seawall(case.root.path(), &["case", "vault", "view", &item, "--as", "ana"]);
    assert_ne!(code(&gone), 0);
    case.ok("kim", &["vault", "verify"]);
}

#[test]
fn content_goes_to_nobody_without_a_ground_and_admins_see_nothing() {
    let case = Case::open();
    let item = case.shown()["items"][0]["id"].as_str().expect("an id").to_owned();
    let export = [
        "vault",
        "export",
        &item,
        "--out",
        "out.eml",
        "--to",
        "law-enforcement-us",
        "--profile",
        "law-enforcement",
    ];
    let said = case.refused("cora", &export, 4);
    assert!(said.contains("legal ground"), "{said}");
    assert!(!case.root.path().join("out.eml").try_exists().expect("readable"));
    let with: Vec<&str> = export.into_iter().chain(["--ground", "warrant"]).collect();
    case.ok("cora", &with);
    let seen = seawall(case.root.path(), &["case", "vault", "view", &item, "--as", "ada"]);
    assert_eq!(code(&seen), 4, "{}", text(&seen.stdout));
    assert!(seen.stdout.is_empty());
    let seen = seawall(case.root.path(), &["case", "vault", "view", &item, "--as", "ana"]);
    assert_eq!(text(&seen.stdout), "Subject: hi\n\nthere\n");
}

#[test]
fn who_sees_what_tells_of_persons_is_told_in_the_log_with_a_purpose() {
    let case = Case::open();
    case.ok("ada", &["person", "add", "otto", "--role", "auditor"]);
    fs_err::write(case.root.path().join("buyers.csv"), "name\nWilhelmina\n").expect("written");
    let add = ["vault", "add", "buyers.csv", "--source", "a shop", "--personal-data"];
    let item = case.ok("ana", &add)["item"].as_str().expect("an id").to_owned();
    let view = |who: &str, more: &[&str]| {
        let view = ["case", "vault", "view", &item, "--as", who];
        seawall(case.root.path(), &[&view[..], more].concat())
    };
    let said = view("ana", &[]);
    assert_eq!((code(&said), said.stdout.len()), (4, 0), "{}", text(&said.stderr));
    assert!(text(&said.stderr).contains("--reason"), "{}", text(&said.stderr));
    // Neither reads evidence that tells of persons: the matrix has it so.
    for who in ["kim", "otto", "ada"] {
        let said = view(who, &["--reason", "curious"]);
        assert_eq!((code(&said), said.stdout.len()), (4, 0), "{who}: {}", text(&said.stderr));
    }
    for (who, more) in [("ana", &["--reason", "match with purchases"][..]), ("cora", &[])] {
        let seen = view(who, more);
        assert_eq!(text(&seen.stdout), "name\nWilhelmina\n", "{}", text(&seen.stderr));
    }
    let shown = case.shown();
    let log = shown["log"].as_array().expect("a log");
    let of = |action: &str| {
        let entries = log.iter().filter(|entry| entry["object"] == item.as_str());
        let entries = entries.filter(|entry| entry["action"] == action);
        entries.map(|entry| format!("{}: {}", entry["actor"], entry["reason"])).collect::<Vec<_>>()
    };
    let revealed = of("reveal");
    assert_eq!(revealed[0], r#""ana": "match with purchases""#);
    assert_eq!((revealed.len(), of("denied").len(), of("view").len()), (2, 4, 0));
}

#[test]
fn what_is_privileged_goes_to_nobody() {
    let case = Case::open();
    fs_err::write(case.root.path().join("memo.txt"), "what counsel thinks").expect("written");
    let add = ["vault", "add", "memo.txt", "--source", "counsel", "--class", "public"];
    let add: Vec<&str> = add.into_iter().chain(["--privilege", "attorney-client"]).collect();
    let item = case.ok("cora", &add)["item"].as_str().expect("an id").to_owned();
    let to = ["--to", "court", "--profile", "court-sealed"];
    let export: Vec<&str> =
        ["vault", "export", &item, "--out", "memo-out.txt"].into_iter().chain(to).collect();
    let said = case.refused("cora", &export, 4);
    assert!(said.contains("privileged"), "{said}");
    case.ok("kim", &["vault", "seal"]);
    let export: Vec<&str> = ["bundle", "export", "--out", "bundle"].into_iter().chain(to).collect();
    let bundle = case.ok("cora", &export);
    let withheld = bundle["withheld"].to_string();
    assert!(withheld.contains(&item) && withheld.contains("privileged"), "{withheld}");
    let shown = case.shown();
    let items = shown["items"].as_array().expect("items");
    let known = items.iter().find(|known| known["id"] == item.as_str()).expect("the item");
    let sealed = format!("bundle/data/sealed/{}", known["sha256"].as_str().expect("a hash"));
    assert!(!case.root.path().join(sealed).try_exists().expect("readable"));
    // Who opens the bundle reads first what it is, and what is not in it.
    let read_me = case.root.path().join("bundle/data/README-FIRST.pdf");
    let read_me = fs_err::read(read_me).expect("instructions");
    let says = |text: &str| {
        let policy = Policy { deny: vec![text.to_owned()], ..Policy::default() };
        in_pdf(&read_me, &policy).iter().any(|leak| matches!(leak.rule, Rule::Denied(_)))
    };
    assert!(says(&item) && !says("Nothing was left out") && !says("DRAFT"));
}

#[test]
fn a_changed_object_and_a_readable_key_are_told() {
    let case = Case::open();
    let vault = case.root.path().join("seawall-data/cases/one/vault/sha256");
    let mut objects = Vec::new();
    for folder in fs_err::read_dir(&vault).expect("a vault") {
        for inner in fs_err::read_dir(folder.expect("a folder").path()).expect("a folder") {
            for object in fs_err::read_dir(inner.expect("a folder").path()).expect("a folder") {
                objects.push(object.expect("an object").path());
            }
        }
    }
    let mut bytes = fs_err::read(&objects[0]).expect("an object");
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs_err::write(&objects[0], bytes).expect("written");
    let said = case.refused("kim", &["vault", "verify"], 7);
    assert!(said.contains("changed"), "{said}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let key = case.root.path().join("seawall-data/keys/case/one");
        let open = std::fs::Permissions::from_mode(0o644);
        fs_err::set_permissions(&key, open).expect("set");
        let said = case.refused("kim", &["vault", "verify"], 4);
        assert!(said.contains("600"), "{said}");
    }
}

#[test]
fn what_is_missing_is_said_with_a_hint() {
    let root = tempfile::tempdir().expect("a folder");
    for (arguments, expected, said) in [
        (&["case", "show"][..], 3, "case new"),
        (&["case", "vault", "list", "--case", "x"], 3, "case list"),
        (&["case", "new", "one", "--title", "t", "--origin", "o"], 2, "--as"),
        (&["verify", "nowhere"], 2, "no bundle"),
    ] {
        let output = seawall(root.path(), arguments);
        let message = text(&output.stderr);
        assert_eq!(code(&output), expected, "{arguments:?}: {message}");
        assert!(message.contains(said), "{arguments:?}: {message}");
    }
}
