//! Are messages signed as receivers expect, sent again where they fail, and still sent after a restart?

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::Command,
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use seawall_server::{access::Scope, service::Options};
use serde_json::{Value, json};

use super::site::Site;

/// Longest that something may take to arrive: the first pause is five seconds.
const PATIENCE: Duration = Duration::from_secs(30);

/// What arrived: headers, by their names in lower case, and the body.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) headers: Value,
    pub(crate) body: String,
}

impl Arrived {
    /// Reads one request, which must be to that path.
    pub(crate) fn read(stream: &TcpStream, path: &str) -> std::io::Result<Self> {
        let mut input = BufReader::new(stream);
        let mut headers = serde_json::Map::new();
        let mut line = String::new();
        input.read_line(&mut line)?;
        assert!(line.starts_with(&format!("POST {path} ")), "{line}");
        loop {
            line.clear();
            input.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(':') else { break };
            headers.insert(name.to_ascii_lowercase(), value.trim().into());
        }
        let length = headers["content-length"].as_str().and_then(|text| text.parse().ok());
        let mut body = vec![0; length.expect("a length")];
        input.read_exact(&mut body)?;
        Ok(Self { headers: headers.into(), body: String::from_utf8(body).expect("text") })
    }
}

/// A receiver on loopback that gives these answers one after the other, and the last one from then on.
fn receiver(answers: Vec<u16>) -> (String, Receiver<Arrived>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let url = format!("http://{}/hook", listener.local_addr().expect("an address"));
    let (tell, told) = channel();
    std::thread::spawn(move || {
        let last = *answers.last().expect("an answer");
        let mut answers = answers.into_iter().chain(std::iter::repeat(last));
        for stream in listener.incoming() {
            let Ok(arrived) = take(stream.expect("a connection"), &mut answers) else { continue };
            if tell.send(arrived).is_err() {
                return;
            }
        }
    });
    (url, told)
}

fn take(
    mut stream: TcpStream,
    answers: &mut impl Iterator<Item = u16>,
) -> std::io::Result<Arrived> {
    let arrived = Arrived::read(&stream, "/hook")?;
    let status = answers.next().expect("an answer");
    write!(stream, "HTTP/1.1 {status} x\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")?;
    Ok(arrived)
}

fn start(data: &Path, networks: &[&str]) -> Site {
    let networks = networks.iter().map(|text| text.parse().expect("a network")).collect();
    let options = Options {
        data: data.to_owned(),
        selectors_max: Some(1 << 14),
        networks,
        ..Options::default()
    };
    Site::start_with(&options, &Scope::ALL)
}

fn decide(site: &Site, number: u32) -> String {
    let signup = json!({
        "time": 1_770_000_000_000_i64 + i64::from(number) * 1000,
        "type": "signup",
        "account": format!("account-{number}"),
        "email": format!("person{number}@mail-{number}.example"),
    });
    let answered = site.post("/api/v1/decisions", &signup).body;
    answered["decision_id"].as_str().expect("an id").to_owned()
}

/// Asks the reference implementation of the scheme, where there is one.
#[expect(clippy::print_stderr, reason = "a skipped check says so")]
pub(crate) fn verified(secret: &str, headers: &Value, body: &str) {
    const PROGRAM: &str = "\
import json, sys
from standardwebhooks.webhooks import Webhook
secret, headers, body = sys.argv[1:]
Webhook(secret).verify(body, json.loads(headers))
";
    let python = std::env::var_os("SEAWALL_PYTHON").unwrap_or_else(|| "python3".into());
    let has = Command::new(&python).args(["-c", "import standardwebhooks"]).output();
    if !has.is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no Python with standardwebhooks (set SEAWALL_PYTHON)");
        return;
    }
    let ask = |body: &str| {
        let headers = headers.to_string();
        Command::new(&python).args(["-c", PROGRAM, secret, &headers, body]).output().expect("ran")
    };
    let said = ask(body);
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(!ask(&body.replace('1', "2")).status.success(), "a changed body is accepted");
}

#[test]
fn a_message_is_signed_sent_again_and_still_sent_after_a_restart() {
    let data = tempfile::tempdir().expect("a folder");
    let (url, arriving) = receiver(vec![500, 500, 204]);
    let site = start(data.path(), &["127.0.0.0/8"]);
    let wanted = json!({ "url": url, "events": ["decision.made"], "decisions": ["allow"] });
    let added = site.post("/api/v1/webhooks", &wanted);
    assert_eq!(added.status, 200, "{added:?}");
    let (id, secret) = (text(&added.body["id"]), text(&added.body["secret"]));
    let decision = decide(&site, 1);
    let first = arriving.recv_timeout(PATIENCE).expect("sent");
    verified(&secret, &first.headers, &first.body);
    let body: Value = serde_json::from_str(&first.body).expect("JSON");
    assert_eq!(body["type"], "decision.made");
    assert_eq!(body["data"]["decision_id"], decision.as_str());
    assert!(!first.body.contains("mail-1.example"), "in clear");
    // What came of it is in the journal once it is on the disk.
    let log = format!("/api/v1/webhooks/{id}/deliveries");
    let logged = until(|| {
        let items = site.get(&log).body["items"].clone();
        (items.as_array().map(Vec::len) == Some(1)).then_some(items)
    });
    assert_eq!((&logged[0]["status"], &logged[0]["arrived"]), (&json!(500), &json!(false)));
    site.end();

    let site = start(data.path(), &["127.0.0.0/8"]);
    let second = arriving.recv_timeout(PATIENCE).expect("sent again");
    assert_eq!(second.headers["webhook-id"], first.headers["webhook-id"]);
    verified(&secret, &second.headers, &second.body);
    let rotated = site.post(&format!("/api/v1/webhooks/{id}/rotate"), &json!({}));
    let new = text(&rotated.body["secret"]);
    decide(&site, 2);
    let third = arriving.recv_timeout(PATIENCE).expect("sent");
    assert_eq!(
        third.headers["webhook-signature"].as_str().map(|own| own.split(' ').count()),
        Some(2)
    );
    verified(&secret, &third.headers, &third.body);
    verified(&new, &third.headers, &third.body);
    // A message that arrived is sent once more where somebody asks for it.
    let message = text(&third.headers["webhook-id"]);
    until(|| {
        let items = site.get(&log).body["items"].clone();
        let of = |item: &Value| item["message"] == message.as_str() && item["arrived"] == true;
        items.as_array().is_some_and(|items| items.iter().any(of)).then_some(())
    });
    let again = site.post(&format!("{log}/{message}/redeliver"), &json!({}));
    assert_eq!(again.status, 200, "{again:?}");
    let fourth = arriving.recv_timeout(PATIENCE).expect("sent once more");
    assert_eq!(fourth.headers["webhook-id"], message.as_str());
    assert_eq!(site.get("/api/v1/webhooks").body["items"][0]["secrets"], 2);
    assert!(!site.get("/api/v1/webhooks").body.to_string().contains("whsec_"), "a secret is shown");
}

#[test]
fn who_is_gone_is_left_alone_and_private_networks_are_not_asked() {
    let data = tempfile::tempdir().expect("a folder");
    let (url, arriving) = receiver(vec![410]);
    let site = start(data.path(), &["127.0.0.0/8"]);
    let wanted = json!({ "url": url, "events": ["decision.made"] });
    let id = text(&site.post("/api/v1/webhooks", &wanted).body["id"]);
    decide(&site, 1);
    arriving.recv_timeout(PATIENCE).expect("sent");
    let disabled = until(|| {
        let disabled = site.get("/api/v1/webhooks").body["items"][0]["disabled"].clone();
        (!disabled.is_null()).then_some(disabled)
    });
    assert_eq!(disabled, "it said that it is gone");
    site.end();
    let site = start(data.path(), &[]);
    assert_eq!(site.get("/api/v1/webhooks").body["items"][0]["disabled"], disabled);
    site.post(&format!("/api/v1/webhooks/{id}/enable"), &json!({}));
    decide(&site, 2);
    let log = format!("/api/v1/webhooks/{id}/deliveries");
    let last = until(|| site.get(&log).body["items"].get(1).cloned());
    assert_eq!(last["status"], Value::Null);
    assert!(last["why"].as_str().is_some_and(|why| why.contains("private network")), "{last}");
    assert!(arriving.try_recv().is_err(), "it was asked");
}

#[test]
fn a_campaign_in_the_making_is_told_once() {
    let data = tempfile::tempdir().expect("a folder");
    let snapshot = data.path().join("quiet.bin");
    fs_err::write(&snapshot, quiet().encode()).expect("written");
    let (url, arriving) = receiver(vec![200]);
    let options = Options {
        data: data.path().join("data"),
        snapshot: Some(snapshot),
        selectors_max: Some(1 << 14),
        networks: vec!["127.0.0.1/32".parse().expect("a network")],
        ..Options::default()
    };
    let site = Site::start_with(&options, &Scope::ALL);
    site.post("/api/v1/webhooks", &json!({ "url": url, "events": ["campaign.alarm"] }));
    let farm = |number: u32| {
        let own = number > 300 && number.is_multiple_of(10);
        let name = if own { "farm".to_owned() } else { format!("{number}") };
        json!({
            "time": 1_770_000_000_000_i64 + i64::from(number) * 1000,
            "type": "signup",
            "account": format!("account-{number}"),
            "email": format!("someone{number}@site-{name}.example"),
            "device_id": format!("device-{name}"),
        })
    };
    let events: Vec<Value> = (0..600).map(farm).collect();
    assert_eq!(site.post("/api/v1/decisions/batch", &json!({ "events": events })).status, 200);
    let told = arriving.recv_timeout(PATIENCE).expect("told");
    let body: Value = serde_json::from_str(&told.body).expect("JSON");
    assert_eq!(body["type"], "campaign.alarm");
    assert!(body["data"]["campaign"]["campaign"].as_str().is_some_and(|id| id.starts_with("p-")));
    assert!(arriving.recv_timeout(Duration::from_secs(2)).is_err(), "told twice");
}

/// A quiet site, where every new value is rare.
fn quiet() -> seawall_core::decision::snapshot::Snapshot {
    use seawall_core::decision::snapshot::{Rate, Snapshot};
    let mut snapshot = Snapshot::empty();
    snapshot.judged = 1_000_000;
    for baseline in &mut snapshot.baselines {
        baseline.values = 10_000;
        baseline.unseen = Some(Rate { value: 0, mean: 1e-7, size: 0.5 });
    }
    snapshot
}

fn text(value: &Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Asks until there is an answer.
#[expect(clippy::disallowed_methods, reason = "what is waited for comes from another thread")]
fn until<T>(mut ask: impl FnMut() -> Option<T>) -> T {
    for _ in 0..300 {
        if let Some(answer) = ask() {
            return answer;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("it never came about");
}
