//! Is a seal dated by an authority over HTTP, is nothing false recorded, and does the bundle then hold?

use std::{
    fmt::Write as _,
    path::Path,
    process::Command,
    sync::{Arc, Mutex},
};

use super::{
    authority::{Authority, P256},
    case::{Case, python},
    code, peers, seawall, text,
};

const REPLY: &str = "application/timestamp-reply";

/// What the server of an authority does next.
#[derive(Clone, Debug)]
enum Manner {
    Honest,
    /// The answer to an earlier request, over and over.
    Again(Vec<u8>),
    Sends(&'static str, &'static str, &'static [u8]),
    Redirects(String),
    Endless,
}

/// An authority over HTTP, and how it behaves.
struct Server {
    authority: Arc<Mutex<Authority>>,
    manner: Arc<Mutex<Manner>>,
    url: String,
}

impl Server {
    fn start() -> Option<Self> {
        let authority = Arc::new(Mutex::new(Authority::new(P256)?));
        let manner = Arc::new(Mutex::new(Manner::Honest));
        let (by, how) = (Arc::clone(&authority), Arc::clone(&manner));
        let port = peers::serve(move |asked, stream| {
            assert!(asked.line.starts_with("post /tsr "), "{}", asked.line);
            assert!(asked.head.contains("content-type: application/timestamp-query"));
            let manner = how.lock().expect("one at a time").clone();
            match manner {
                Manner::Honest => {
                    let answer = by.lock().expect("one at a time").answer(&asked.body);
                    peers::reply(stream, "200 OK", REPLY, &answer);
                }
                Manner::Again(answer) => peers::reply(stream, "200 OK", REPLY, &answer),
                Manner::Sends(status, kind, body) => peers::reply(stream, status, kind, body),
                Manner::Redirects(to) => peers::redirect(stream, &to),
                Manner::Endless => peers::endless(stream, REPLY),
            }
        });
        Some(Self { authority, manner, url: format!("http://127.0.0.1:{port}/tsr") })
    }

    fn now(&self, manner: Manner) {
        *self.manner.lock().expect("one at a time") = manner;
    }

    fn certificate(&self, name: &str) -> Vec<u8> {
        self.authority.lock().expect("one at a time").certificate(name)
    }
}

/// Settings with these authorities; each is believed by the certificate of who issued its own.
fn configure(case: &Case, servers: &[(&str, &[u8])]) {
    let mut settings = String::new();
    for ((url, certificate), number) in servers.iter().zip(1..) {
        fs_err::write(case.root.path().join(format!("ca-{number}.der")), certificate)
            .expect("written");
        writeln!(
            settings,
            "[[case.time_stamp]]\nurl = \"{url}\"\ncertificates = [\"ca-{number}.der\"]"
        )
        .expect("a text");
    }
    fs_err::write(case.root.path().join("seawall.toml"), settings).expect("written");
}

fn bundle(case: &Case) {
    let export =
        ["bundle", "export", "--out", "bundle", "--to", "court", "--profile", "court-sealed"];
    case.ok("cora", &export);
}

fn verified(case: &Case) -> (i32, String) {
    let output = seawall(case.root.path(), &["verify", "bundle", "--level", "0"]);
    (code(&output), text(&output.stdout))
}

/// What `case show` says of the one seal, to people.
fn seal_line(case: &Case) -> String {
    let output = seawall(case.root.path(), &["case", "show"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let shown = text(&output.stdout);
    let mut lines = shown.lines().skip_while(|line| *line != "Seals").skip(1);
    lines.next().expect("a seal").to_owned()
}

#[test]
fn two_authorities_date_a_seal_and_its_bundle_is_whole() {
    let (Some(one), Some(two)) = (Server::start(), Server::start()) else { return };
    let case = Case::open();
    configure(&case, &[(&one.url, &one.certificate("ca")), (&two.url, &two.certificate("ca"))]);
    let sealed = case.ok("kim", &["vault", "seal"]);
    assert_eq!(sealed["time_stamps"].as_array().expect("dates").len(), 2, "{sealed}");
    bundle(&case);
    let (exit, report) = verified(&case);
    assert_eq!(exit, 0, "{report}");
    let seal = sealed["seal"].as_str().expect("an id");
    for number in 1..=2 {
        let line = format!("time_stamp:{seal}-{number} PASS ");
        assert!(report.contains(&line) && !report.contains(" SKIP "), "{report}");
    }
    assert_eq!(verify_py(case.root.path()), None, "level 0 by the second implementation");
    openssl_agrees(case.root.path(), seal, &one);
    // All is dated: nobody is asked again, and nothing is written.
    one.now(Manner::Sends("500 No", "text/plain", b""));
    two.now(Manner::Sends("500 No", "text/plain", b""));
    let again = case.ok("kim", &["vault", "stamp"]);
    assert_eq!(again["stamped"], serde_json::json!([]));
    // The certificates belong to the seals: there is nothing left to seal.
    case.refused("kim", &["vault", "seal"], 5);
    // Without the certificate in the bundle nobody could check the date offline.
    let certificates = fs_err::read_dir(case.root.path().join("bundle/data/keys")).expect("keys");
    let der = certificates.filter(|entry| {
        entry.as_ref().is_ok_and(|entry| entry.path().extension().is_some_and(|end| end == "der"))
    });
    assert_eq!(der.count(), 2);
}

/// What `verify.py` finds amiss, where it can run.
fn verify_py(folder: &Path) -> Option<String> {
    let python = python("cryptography")?;
    let output = Command::new(python)
        .args(["bundle/data/verify.py", "bundle"])
        .current_dir(folder)
        .output()
        .expect("starts");
    (code(&output) != 0).then(|| text(&output.stdout))
}

/// openssl itself takes the token for one of the note.
fn openssl_agrees(folder: &Path, seal: &str, server: &Server) {
    fs_err::write(folder.join("ca.der"), server.certificate("ca")).expect("written");
    let openssl = |line: &str| {
        let output = Command::new("openssl")
            .args(line.split(' '))
            .current_dir(folder)
            .output()
            .expect("starts");
        assert!(output.status.success(), "{line}: {}", text(&output.stderr));
    };
    openssl("x509 -inform DER -in ca.der -out ca.pem");
    openssl(&format!(
        "ts -verify -data bundle/data/seals/{seal}.note -in bundle/data/tst/{seal}-1.tsr -CAfile ca.pem"
    ));
}

#[test]
fn what_an_authority_does_wrong_is_told_and_never_recorded() {
    let (Some(server), Some(stranger)) = (Server::start(), Server::start()) else { return };
    let case = Case::open();
    let nobody = format!("http://127.0.0.1:{}/tsr", peers::free_port());
    configure(&case, &[(&nobody, &server.certificate("ca"))]);
    // Offline, the seal stands and says what it lacks.
    let sealed = case.run("kim", &["vault", "seal"]);
    assert_eq!(code(&sealed), 0, "{}", text(&sealed.stderr));
    assert!(text(&sealed.stdout).contains("none: not yet time-stamped"));
    let said = text(&sealed.stderr);
    assert!(said.contains("not time-stamped") && said.contains("vault stamp"), "{said}");
    let shown = case.shown();
    let entries = shown["log"].as_array().expect("a log").len();
    assert_eq!(shown["seals"][0]["time_stamped"], false);
    assert!(seal_line(&case).ends_with(" not yet time-stamped"), "{}", seal_line(&case));

    configure(&case, &[(&server.url, &server.certificate("ca"))]);
    let of_another = {
        let request = seawall_evidence::time_stamp::request(
            seawall_evidence::hash::Digest::of("another"),
            [1; 8],
        );
        server.authority.lock().expect("one at a time").answer(&request)
    };
    for (manner, said) in [
        (Manner::Sends("500 No", REPLY, b""), "status 500"),
        (Manner::Sends("200 OK", "text/html", b"<html>"), "no `application/timestamp-reply`"),
        (Manner::Sends("200 OK", REPLY, b"hello"), "not a time-stamp"),
        (Manner::Sends("200 OK", REPLY, b""), "not a time-stamp"),
        (Manner::Endless, "more than 1048576 bytes"),
        (Manner::Redirects(stranger.url.clone()), "status 302"),
        (Manner::Again(of_another), "of something else"),
    ] {
        server.now(manner.clone());
        let refused = case.refused("kim", &["vault", "stamp"], 1);
        assert!(refused.contains(said), "{manner:?}: {refused}");
    }
    server.now(Manner::Honest);
    configure(&case, &[(&server.url, &stranger.certificate("ca"))]);
    let refused = case.refused("kim", &["vault", "stamp"], 1);
    assert!(refused.contains("not by an authority whose certificate is given"), "{refused}");
    assert_eq!(case.shown()["log"].as_array().expect("a log").len(), entries, "nothing recorded");

    configure(&case, &[(&server.url, &server.certificate("ca"))]);
    let stamped = case.ok("kim", &["vault", "stamp"]);
    assert_eq!(stamped["not_yet_time_stamped"], serde_json::json!([]));
    assert_eq!(case.shown()["seals"][0]["time_stamped"], true);
    assert!(seal_line(&case).ends_with(" 1 time-stamp"), "{}", seal_line(&case));
    bundle(&case);
    assert_eq!(verified(&case).0, 0);
}

#[test]
fn a_replayed_answer_and_a_late_one_are_not_taken() {
    let Some(server) = Server::start() else { return };
    let case = Case::open();
    // Nobody is configured: the seal waits. Its own request, answered once with another nonce, is no answer later.
    case.ok("kim", &["vault", "seal", "--time-stamp-request", "seal.tsq"]);
    configure(&case, &[(&server.url, &server.certificate("tsa"))]);
    let request = fs_err::read(case.root.path().join("seal.tsq")).expect("a request");
    let replayed = server.authority.lock().expect("one at a time").answer(&request);
    server.now(Manner::Again(replayed.clone()));
    let refused = case.refused("kim", &["vault", "stamp"], 1);
    assert!(refused.contains("its nonce differs"), "{refused}");
    // The very file, brought by hand, is of the seal: there a nonce is not known.
    fs_err::write(case.root.path().join("seal.tsr"), &replayed).expect("written");
    let seal = case.shown()["log"].as_array().and_then(|log| {
        log.iter().rev().find(|entry| entry["action"] == "seal")?["object"]
            .as_str()
            .map(str::to_owned)
    });
    let seal = seal.expect("a seal");
    let by_file = ["vault", "seal", "--seal", &seal, "--time-stamp-response", "seal.tsr"];
    assert_eq!(case.ok("kim", &by_file)["time_stamps"], 1);

    server.now(Manner::Honest);
    fs_err::write(case.root.path().join("more.txt"), "more").expect("written");
    let add = ["vault", "add", "more.txt", "--source", "x", "--class", "public"];
    case.ok("ana", &add);
    let later = (jiff::Timestamp::now() + jiff::SignedDuration::from_mins(30)).to_string();
    let sealed = case.ok("kim", &["vault", "seal", "--at", &later]);
    assert_eq!(sealed["time_stamps"], "none: not yet time-stamped");
    let refused = case.refused("kim", &["vault", "stamp", "--at", &later], 1);
    assert!(refused.contains("more than ten minutes") && refused.contains("--late"), "{refused}");
    case.ok("kim", &["vault", "stamp", "--late", "--at", &later]);
    let to = ["--to", "court", "--profile", "court-sealed", "--at", &later];
    let export: Vec<&str> = ["bundle", "export", "--out", "bundle"].into_iter().chain(to).collect();
    case.ok("cora", &export);
    let (exit, report) = verified(&case);
    assert_eq!(exit, 7, "{report}");
    assert!(report.contains("FAIL time-stamped at"), "{report}");
}

#[test]
fn without_an_authority_nothing_can_be_stamped() {
    let case = Case::open();
    let said = case.refused("kim", &["vault", "stamp"], 2);
    assert!(said.contains("[[case.time_stamp]]"), "{said}");
    let sealed = case.ok("kim", &["vault", "seal"]);
    assert_eq!(sealed["time_stamps"], "none: not yet time-stamped");
    configure(&case, &[("http://127.0.0.1:9/", b"no certificate")]);
    let said = case.refused("kim", &["vault", "stamp"], 2);
    assert!(said.contains("holds no certificate"), "{said}");
}
