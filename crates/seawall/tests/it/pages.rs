//! Do the pages of a case read and write the case itself, and weaken none of its rules?

use std::path::{Path, PathBuf};

use super::{browser::serve, case::Case, code, seawall, text};

const PASSWORD: &str = "a long and winding password";

/// The first person of a console, who may do everything there.
struct Visitor {
    client: ureq::Agent,
    home: String,
    cookie: String,
}

/// An answer: its status, and its body as text.
type Answer = (u16, String);

impl Visitor {
    fn joined(home: &str, link: &str) -> Self {
        let config = ureq::Agent::config_builder().http_status_as_error(false).max_redirects(0);
        let client: ureq::Agent = config.build().into();
        let fields = [("name", "first"), ("password", PASSWORD), ("again", PASSWORD)];
        let joined = client.post(format!("{home}{link}")).header("sec-fetch-site", "same-origin");
        let joined = joined.send_form(fields).expect("answered");
        assert_eq!(joined.status(), 303);
        let cookie = joined.headers()["set-cookie"].to_str().expect("text");
        let cookie = cookie.split(';').next().expect("a cookie").to_owned();
        Self { client, home: home.to_owned(), cookie }
    }

    fn get(&self, path: &str) -> Answer {
        let asked = self.client.get(format!("{}{path}", self.home)).header("cookie", &self.cookie);
        read(asked.call().expect("answered"))
    }

    fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let asked = self.client.post(format!("{}{path}", self.home)).header("cookie", &self.cookie);
        let asked = asked.header("sec-fetch-site", "same-origin");
        read(asked.send_form(fields.iter().copied()).expect("answered"))
    }

    fn act_as(&self, name: &str) {
        let (status, told) =
            self.post("/settings/people/p-first/case-name", &[("case_name", name)]);
        assert_eq!(status, 303, "{told}");
    }
}

fn read(mut answer: ureq::http::Response<ureq::Body>) -> Answer {
    let bytes = answer.body_mut().with_config().limit(64 << 20).read_to_vec().expect("a body");
    (answer.status().as_u16(), String::from_utf8_lossy(&bytes).into_owned())
}

/// A case with counsel whose key lies elsewhere, and a final exhibit.
fn with_exhibit() -> Case {
    let case = Case::open();
    let key = case.key("cleo");
    case.ok("ada", &["person", "add", "cleo", "--role", "counsel", "--public-key", &key]);
    let item = case.shown()["items"][0]["id"].as_str().expect("an id").to_owned();
    let build = ["exhibit", "build", "1", "--title", "A letter", "--item", &item];
    let wanted = ["--profile", "court-public", "--final"];
    case.ok("ana", &[&build[..], &wanted[..]].concat());
    case
}

/// Signs a text with a key that lies elsewhere.
fn sign(case: &Case, text_to_sign: &str, name: &str) -> String {
    let path = case.root.path().join("approval.txt");
    fs_err::write(&path, text_to_sign).expect("written");
    let said: serde_json::Value =
        serde_json::from_str(text_to_sign.lines().nth(1).expect("a line")).expect("JSON");
    let hash = said["content_sha256"].as_str().expect("a hash");
    let key = format!("{name}.key");
    let shown = seawall(case.root.path(), &["case", "sign", "approval.txt", "--key", &key]);
    assert!(text(&shown.stdout).contains(hash) && !text(&shown.stdout).contains('—'));
    let other = "0".repeat(64);
    let with = |hash: &str| {
        seawall(
            case.root.path(),
            &["case", "sign", "approval.txt", "--key", &key, "--sha256", hash],
        )
    };
    assert_eq!(code(&with(&other)), 5);
    let signed = with(hash);
    assert_eq!(code(&signed), 0, "{}", text(&signed.stderr));
    text(&signed.stdout)
}

#[test]
fn an_approval_is_signed_elsewhere_and_nothing_else_counts() {
    let case = with_exhibit();
    // Whose key is not here does not approve here.
    let proposed = case.ok("lee", &["propose", "release", "Ex-1"]);
    let (proposal, hash) = (proposed["proposal"].as_str(), proposed["sha256"].as_str());
    let (proposal, hash) = (proposal.expect("an id"), hash.expect("a hash"));
    case.refused("cleo", &["approve", proposal, "--sha256", hash], 4);
    let (_served, home, link) = serve(case.root.path(), &["--cases", "seawall-data"]);
    let first = Visitor::joined(&home, &link);
    let page = "/cases/one?tab=approvals";
    let sign_at = format!("/cases/one/sign/{proposal}");
    let approve =
        |note: &str| first.post("/cases/one/approve", &[("proposal", proposal), ("note", note)]);
    assert_eq!(first.get(&sign_at).0, 409, "nobody in the case");
    first.act_as("lee");
    assert_eq!(first.get(&sign_at).0, 403, "who proposed it");
    first.act_as("ana");
    assert_eq!(first.get(&sign_at).0, 403, "whose role does not approve");
    first.act_as("cleo");
    let (status, to_sign) = first.get(&sign_at);
    assert_eq!(status, 200, "{to_sign}");
    let note = sign(&case, &to_sign, "cleo");
    case.key("eve");
    let forged = sign(&case, &to_sign.replace("\"cleo\"", "\"eve\""), "eve");
    let in_words = |told: &(u16, String), status: u16, why: &str| {
        assert!(told.0 == status && told.1.contains(why), "{why}: {} {}", told.0, told.1);
    };
    in_words(&approve("not a note"), 422, "not a signed note");
    in_words(&approve(&forged), 422, "eve");
    in_words(&approve(&note.replace(&hash[..8], "00000000")), 422, "does not fit");
    let old = sign(&case, &to_sign.replace("\"time\":\"20", "\"time\":\"19"), "cleo");
    in_words(&approve(&old), 422, "before it was proposed");
    let role = sign(&case, &to_sign.replace("\"counsel\"", "\"privacy\""), "cleo");
    in_words(&approve(&role), 422, "not counsel");
    assert!(first.get(page).1.contains("waits for counsel"));
    // Nobody hands another's signature in.
    first.act_as("cora");
    in_words(&approve(&note), 422, "cora");
    first.act_as("cleo");
    // As forms have it.
    assert_eq!(approve(&note.replace('\n', "\r\n")).0, 303);
    in_words(&first.get(&format!("{page}&done={proposal}")), 200, "Nothing is missing");
    in_words(&approve(&note), 409, "approved it already");
    case.ok("lee", &["document", "release", "Ex-1", "--to", "court", "--recipient", "the court"]);
    bundle_is_whole(&case, &first);
}

/// What is exported by the page is what others check, with the signed approval in it.
fn bundle_is_whole(case: &Case, first: &Visitor) {
    let fields = [("to", "court"), ("profile", "court_sealed")];
    first.act_as("ada");
    assert_eq!(first.post("/cases/one/bundles", &fields).0, 403, "an admin takes nothing out");
    first.act_as("cleo");
    let (status, told) = first.post("/cases/one/bundles", &fields);
    assert_eq!(status, 303, "{told}");
    let (_, page) = first.get("/cases/one?tab=bundles");
    assert!(page.contains("/cases/one/bundles/"), "{page}");
    let folder = case.root.path().join("seawall-data/bundles/one");
    let mut bundles = fs_err::read_dir(&folder).expect("a folder");
    let bundle = bundles.next().expect("a bundle").expect("readable").path();
    let verified =
        seawall(case.root.path(), &["verify", &bundle.to_string_lossy(), "--level", "0"]);
    let said = text(&verified.stdout);
    assert!(code(&verified) == 0, "{said}{}", text(&verified.stderr));
    assert!(said.contains("`cleo` approved"), "{said}");
}

/// An object of the vault, and the tile that has every entry of the log.
fn files(case: &Case) -> (PathBuf, PathBuf) {
    let folder = case.root.path().join("seawall-data/cases/one");
    let largest = |within: &str| {
        let mut all = Vec::new();
        walk(&folder.join(within), &mut all);
        all.into_iter().max_by_key(|path| fs_err::metadata(path).expect("there").len())
    };
    let found = (largest("vault/sha256"), largest("log/tile/entries"));
    (found.0.expect("an object"), found.1.expect("a tile"))
}

fn walk(folder: &Path, all: &mut Vec<PathBuf>) {
    for entry in fs_err::read_dir(folder).expect("a folder") {
        let path = entry.expect("readable").path();
        if path.is_dir() { walk(&path, all) } else { all.push(path) }
    }
}

#[test]
fn what_was_changed_is_found_and_said() {
    let case = with_exhibit();
    let (_served, home, link) = serve(case.root.path(), &["--cases", "seawall-data"]);
    let first = Visitor::joined(&home, &link);
    first.act_as("kim");
    let before = case.shown()["custody_seq"].as_u64();
    let (status, told) = first.post("/cases/one/verify", &[]);
    assert!(status == 200 && told.contains("All of it is what it was"), "{told}");
    assert_eq!(case.shown()["custody_seq"].as_u64(), before.map(|seq| seq + 1), "it is logged");
    flip(&files(&case).0);
    let (status, told) = first.post("/cases/one/verify", &[]);
    assert!(status == 200 && told.contains("was changed"), "{told}");
    assert!(!told.contains("All of it is what it was"), "{told}");
    flip(&files(&case).1);
    let (status, told) = first.get("/cases/one");
    assert!(status == 500 && told.contains("This cannot be shown"), "{told}");
    assert!(told.contains("entr") && !told.contains("The vault is empty"), "{told}");
    let (status, told) = first.get("/cases");
    assert!(status == 200 && told.contains("Cannot be shown"), "{told}");
}

/// Changes one bit in the middle of a file.
fn flip(path: &Path) {
    let mut bytes = fs_err::read(path).expect("a file");
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs_err::write(path, bytes).expect("written");
}
