//! Is what a server acknowledged still there after it was killed, and does its API hold against another's checks?

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{case::python, seawall, text};

/// Times that the server is killed.
const KILLS: u32 = 6;

/// A server of a process of its own.
pub(crate) struct Server {
    child: Child,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(root: &Path) -> Self {
        Self::start_by(Command::new(env!("CARGO_BIN_EXE_seawall")), root)
    }

    /// One that gets an error, and no signal, where a file may not grow any more ([`Self::limit_files`]).
    pub(crate) fn start_to_be_limited(root: &Path) -> Self {
        let mut shell = Command::new("sh");
        let script = "trap '' XFSZ; exec \"$0\" \"$@\"";
        shell.args(["-c", script, env!("CARGO_BIN_EXE_seawall")]);
        Self::start_by(shell, root)
    }

    /// No file of it may grow beyond so many bytes, or all may again; whether the machine can do that.
    pub(crate) fn limit_files(&self, bytes: Option<u64>) -> bool {
        let bytes = bytes.map_or("unlimited".to_owned(), |bytes| bytes.to_string());
        let pid = self.child.id().to_string();
        let limited = Command::new("prlimit")
            .args(["--pid", &pid, &format!("--fsize={bytes}:")])
            .stderr(Stdio::null())
            .status();
        limited.is_ok_and(|status| status.success())
    }

    fn start_by(mut command: Command, root: &Path) -> Self {
        let mut child = command
            .args(["serve", "--data", "data", "--listen", "127.0.0.1:0", "--selectors", "65536"])
            .current_dir(root)
            .env("NO_COLOR", "1")
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut notes = BufReader::new(child.stderr.take().expect("piped")).lines();
        let said = notes.find_map(|line| {
            let line = line.expect("text");
            Some(line.split_once("http://")?.1.trim().to_owned())
        });
        // What it says later has a reader too, so that it never waits for one.
        thread::spawn(move || notes.count());
        Self { child, address: said.expect("it says where it listens") }
    }

    pub(crate) fn kill(mut self) {
        self.child.kill().expect("killed");
        self.child.wait().expect("ended");
    }
}

impl Drop for Server {
    /// It ends with its test, also where that fails.
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// One request on a connection of its own; nothing where the server went away meanwhile.
pub(crate) fn ask(
    address: &str,
    token: &str,
    method: &str,
    path: &str,
    body: &str,
) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let length = body.len();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    // A body that broke off was not acknowledged.
    Some((status, serde_json::from_str(body).ok()?))
}

pub(crate) fn token(root: &Path) -> String {
    let mut arguments = vec!["serve", "--data", "data", "--new-token", "tests"];
    for scope in ["decide", "events", "label", "read", "metrics", "admin"] {
        arguments.extend(["--scope", scope]);
    }
    let made = seawall(root, &arguments);
    assert!(made.status.success(), "{}", text(&made.stderr));
    text(&made.stdout).trim().to_owned()
}

/// Asks until the server goes away; what it acknowledged: ids of decisions, and accounts of labels.
fn ask_until_it_ends(
    address: &str,
    token: &str,
    round: u32,
    writer: u32,
) -> (Vec<String>, Vec<String>) {
    let (mut decided, mut labelled) = (Vec::new(), Vec::new());
    for number in 0_u32.. {
        let account = format!("account-{round}-{writer}-{number}");
        let event = json!({ "time": 1_770_000_000_000_i64 + i64::from(number), "type": "signup", "account": account });
        match ask(address, token, "POST", "/api/v1/decisions", &event.to_string()) {
            Some((200, answer)) => {
                decided.push(answer["decision_id"].as_str().expect("an id").to_owned());
            }
            Some(other) => panic!("{other:?}"),
            None => break,
        }
        let label = json!({ "labels": [{ "account": account, "label": "fraudulent" }] });
        match ask(address, token, "POST", "/api/v1/labels", &label.to_string()) {
            Some((200, _)) => labelled.push(account),
            Some(other) => panic!("{other:?}"),
            None => break,
        }
    }
    (decided, labelled)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "kills are spread over the time that requests take")]
fn a_killed_server_has_lost_nothing_that_it_acknowledged() {
    let root = tempfile::tempdir().expect("a folder");
    let token = token(root.path());
    let (mut decided, mut labelled) = (Vec::new(), Vec::new());
    for round in 0..KILLS {
        let server = Server::start(root.path());
        let address = server.address.clone();
        thread::scope(|scope| {
            let writers: Vec<_> = (0..4)
                .map(|writer| {
                    let (address, token) = (&address, &token);
                    scope.spawn(move || ask_until_it_ends(address, token, round, writer))
                })
                .collect();
            thread::sleep(Duration::from_millis(200 + 130 * u64::from(round)));
            server.kill();
            for writer in writers {
                let (ids, accounts) = writer.join().expect("a writer");
                decided.extend(ids);
                labelled.extend(accounts);
            }
        });
    }
    assert!(decided.len() > 100 && labelled.len() > 50, "{} {}", decided.len(), labelled.len());
    let server = Server::start(root.path());
    let get = |path: &str| ask(&server.address, &token, "GET", path, "").expect("answered");
    for id in &decided {
        assert_eq!(get(&format!("/api/v1/decisions/{id}")).0, 200, "{id} is lost");
    }
    let mut kept = std::collections::BTreeSet::new();
    let mut path = "/api/v1/labels?limit=1000".to_owned();
    loop {
        let page = get(&path).1;
        let accounts = page["items"].as_array().expect("a list").iter();
        kept.extend(accounts.map(|own| own["account"].as_str().expect("text").to_owned()));
        match page["next_cursor"].as_str() {
            Some(cursor) => path = format!("/api/v1/labels?limit=1000&cursor={cursor}"),
            None => break,
        }
    }
    for account in &labelled {
        assert!(kept.contains(account), "the label of {account} is lost");
    }
    println!(
        "{} decisions and {} labels acknowledged, {KILLS} kills, none lost",
        decided.len(),
        labelled.len()
    );
    server.kill();
}

#[test]
fn schemathesis_finds_nothing_in_the_api() {
    let Some(python) = python("schemathesis") else { return };
    let root = tempfile::tempdir().expect("a folder");
    let token = token(root.path());
    let server = Server::start(root.path());
    // That a text is a policy, and that bytes are a snapshot or a model, is more than a schema can say.
    let settings: String = ["POST /api/v1/policies", "POST /api/v1/snapshots", "POST /api/v1/models"]
        .map(|name| {
            format!("[[operations]]\ninclude-name = \"{name}\"\nchecks.positive_data_acceptance.enabled = false\n")
        })
        .concat();
    fs_err::write(root.path().join("schemathesis.toml"), settings).expect("written");
    let checked = Command::new(python)
        .args(["-m", "schemathesis.cli", "run"])
        .arg(format!("http://{}/api/v1/openapi.json", server.address))
        .args(["--exclude-path", "/api/v1/activity", "--max-examples", "40", "--seed", "1"])
        .args(["--header", &format!("Authorization: Bearer {token}")])
        .current_dir(root.path())
        .output()
        .expect("Python starts");
    server.kill();
    let said = text(&checked.stdout);
    assert!(checked.status.success(), "{said}\n{}", text(&checked.stderr));
}

#[test]
fn what_others_know_reaches_decisions_and_is_forgotten_with_its_indicator() {
    let root = tempfile::tempdir().expect("a folder");
    let folder = root.path();
    let token = token(folder);
    fs_err::write(folder.join("token"), &token).expect("written");
    let server = Server::start(folder);
    let ok = |arguments: &[&str]| {
        let output = seawall(folder, arguments);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        text(&output.stdout)
    };
    // What was said a year ago would have faded.
    let now = jiff::Timestamp::now();
    let indicator = |revoked: bool, modified: jiff::Timestamp| {
        let object = json!({
            "type": "indicator", "spec_version": "2.1", "id": "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f",
            "created": "2026-01-01T00:00:00.000Z", "modified": format!("{modified:.3}"), "revoked": revoked,
            "pattern": "[domain-name:value = 'evil.com']", "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z", "confidence": 80,
        });
        fs_err::write(folder.join("object.json"), object.to_string()).expect("written");
        ok(&["intel", "import", "object.json", "--source", "CERT"]);
    };
    let url = format!("http://{}", server.address);
    let feed = || ok(&["intel", "feed", "--server", &url, "--token-file", "token"]);
    let carried = |account: &str| {
        let body = json!({"time": "2026-11-28T10:00:00Z", "type": "signup", "account": account, "email": "x@evil.com"});
        let asked = ask(&server.address, &token, "POST", "/api/v1/decisions", &body.to_string());
        let (status, answer) = asked.expect("an answer");
        assert_eq!(status, 200, "{answer}");
        answer["indicators"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(carried("a0"), 0);
    indicator(false, now);
    // As a mail domain and as the domain of a recovery address.
    assert!(feed().contains("told             2"), "both");
    assert_eq!(carried("a1"), 1);
    assert!(feed().contains("told             0"), "nothing is new");
    indicator(true, now + jiff::SignedDuration::from_secs(1));
    assert!(feed().contains("forgotten        2"), "both");
    assert_eq!(carried("a2"), 0);
    server.kill();
}
