//! Is what others offer over TAXII taken in once and whole, and does no hostile server get more than an error?

use std::{
    collections::BTreeSet,
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{
    code,
    peers::{self, Asked},
    seawall,
    serving::Server,
    text,
};

const TAXII: &str = "application/taxii+json;version=2.1";
const COLLECTION: &str = "91a7b528-80eb-42ed-a74d-c6fbd5a26116";

#[track_caller]
fn ok(folder: &Path, arguments: &[&str]) -> String {
    let output = seawall(folder, arguments);
    assert_eq!(code(&output), 0, "{arguments:?}: {}", text(&output.stderr));
    text(&output.stdout)
}

fn items(text: &str) -> Vec<Value> {
    text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

fn tool(number: u32) -> Value {
    json!({
        "type": "tool", "spec_version": "2.1",
        "id": format!("tool--00000000-0000-4000-8000-{number:012x}"),
        "created": "2020-01-01T00:00:00.000Z", "modified": "2020-01-01T00:00:00.000Z",
        "name": format!("tool {number}"),
    })
}

/// A data directory with one collection and a token for it, in a file.
fn offering(root: &Path) -> String {
    ok(
        root,
        &[
            "intel",
            "collection",
            "add",
            "Tools",
            "--id",
            COLLECTION,
            "--alias",
            "tools",
            "--data",
            "data",
        ],
    );
    let made = [
        "serve",
        "--data",
        "data",
        "--new-token",
        "others",
        "--scope",
        "taxii_read",
        "--scope",
        "taxii_write",
    ];
    let token = ok(root, &made);
    fs_err::write(root.join("token"), &token).expect("written");
    token.trim().to_owned()
}

/// Posts objects, how many of which were taken; nothing where the server went away meanwhile.
fn post(address: &str, token: &str, objects: &[Value]) -> Option<u64> {
    let (status, body) = answered(address, token, objects)?;
    assert_eq!(status, 202, "{body}");
    body["success_count"].as_u64()
}

fn answered(address: &str, token: &str, objects: &[Value]) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(20))).ok()?;
    let body = json!({ "objects": objects }).to_string();
    let length = body.len();
    write!(
        stream,
        "POST /taxii2/intel/collections/tools/objects/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {token}\r\naccept: {TAXII}\r\ncontent-type: {TAXII}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .ok()?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).ok()?;
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_str(body).ok()?))
}

fn names(folder: &Path) -> BTreeSet<String> {
    let list = fs_err::read_dir(folder.join("seawall-data/intel/received")).expect("a folder");
    let mut names = BTreeSet::new();
    for entry in list {
        let lines = fs_err::read_to_string(entry.expect("an entry").path()).expect("text");
        for object in items(&lines) {
            if let Some(name) = object["name"].as_str().filter(|_| object["type"] == "tool") {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

#[test]
fn what_is_offered_is_pulled_once_and_the_next_pull_goes_on() {
    let (theirs, ours) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let token = offering(theirs.path());
    let settings = theirs.path().join("data/taxii.toml");
    let text = fs_err::read_to_string(&settings).expect("text");
    fs_err::write(&settings, text.replace("page_objects_max = 1000", "page_objects_max = 7"))
        .expect("written");
    let server = Server::start(theirs.path());
    let objects: Vec<Value> = (0..40).map(tool).collect();
    assert_eq!(post(&server.address, &token, &objects), Some(40));
    let token_file = theirs.path().join("token");
    let token_file = token_file.to_str().expect("text");
    let url = format!("http://{}/taxii2/", server.address);
    let first =
        ["intel", "pull", &url, "--name", "cert", "--token-file", token_file, "--format", "ndjson"];
    let pulled = items(&ok(ours.path(), &first)).remove(0);
    // The objects, and who says it.
    assert_eq!(
        (&pulled["pages"], &pulled["objects"], &pulled["new"]),
        (&json!(6), &json!(40), &json!(41))
    );
    assert_eq!(names(ours.path()).len(), 40);
    let again = ["intel", "pull", "cert", "--format", "ndjson"];
    let pulled = items(&ok(ours.path(), &again)).remove(0);
    assert_eq!((&pulled["objects"], &pulled["new"]), (&json!(0), &json!(0)));
    assert_eq!(post(&server.address, &token, &[tool(39), tool(40), tool(41)]), Some(3));
    let pulled = items(&ok(ours.path(), &again)).remove(0);
    assert_eq!((&pulled["objects"], &pulled["new"]), (&json!(2), &json!(2)));
    let anew = ["intel", "pull", "cert", "--anew", "--format", "ndjson"];
    let pulled = items(&ok(ours.path(), &anew)).remove(0);
    assert_eq!((&pulled["objects"], &pulled["new"]), (&json!(42), &json!(0)));
    let kept = fs_err::read_to_string(ours.path().join("seawall-data/intel/sources/cert.json"));
    assert!(!kept.expect("a file").contains(&token), "a secret stands in its own file only");
    server.kill();
    assert_eq!(code(&seawall(ours.path(), &again)), 1, "nobody is there");
    assert_eq!(names(ours.path()).len(), 42);
}

#[test]
fn what_was_approved_is_pushed_with_a_receipt() {
    let (theirs, ours) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let folder = ours.path();
    offering(theirs.path());
    let server = Server::start(theirs.path());
    let link = [
        "actor",
        "link",
        "Seller",
        "owns",
        "evil.com",
        "--subject-kind",
        "actor",
        "--target-kind",
        "domain",
    ];
    ok(folder, &[&link[..], &["--source", "X", "--by", "ana"]].concat());
    ok(folder, &["intel", "person", "ana"]);
    ok(folder, &["intel", "person", "bo", "--by", "ana"]);
    ok(folder, &["actor", "export", "Seller", "--organisation", "Site", "--by", "ana"]);
    let token_file = theirs.path().join("token");
    let url = format!("http://{}/taxii2/intel/", server.address);
    let push = [
        "intel",
        "push",
        "share-0001",
        &url,
        "--by",
        "bo",
        "--format",
        "ndjson",
        "--token-file",
        token_file.to_str().expect("text"),
    ];
    assert_eq!(code(&seawall(folder, &push)), 4, "nobody approved it");
    let share = items(&ok(folder, &["intel", "shares", "--format", "ndjson"])).remove(0);
    let hash = share["sha256"].as_str().expect("a hash");
    ok(folder, &["intel", "approve", "share-0001", "--sha256", hash, "--by", "bo"]);
    let pushed = items(&ok(folder, &push)).remove(0);
    assert_eq!((&pushed["status"], &pushed["refused"]), (&json!("complete"), &json!(0)));
    assert!(pushed["taken"].as_u64() > Some(3), "{pushed}");
    let receipts =
        fs_err::read_to_string(folder.join("seawall-data/intel/receipts/00000001.ndjson"));
    let receipt = items(&receipts.expect("a receipt")).remove(0);
    assert_eq!((&receipt["share"], &receipt["by"]), (&json!("share-0001"), &json!("bo")));
    assert_eq!(receipt["status"]["success_count"], pushed["taken"]);
    // What was taken back arrives as a newer version.
    ok(folder, &["intel", "recall", "share-0001", "--reason", "wrong", "--by", "ana"]);
    ok(folder, &push);
    let pull = [
        "intel",
        "pull",
        &url,
        "--name",
        "own",
        "--token-file",
        token_file.to_str().expect("text"),
    ];
    let other = tempfile::tempdir().expect("a folder");
    ok(other.path(), &pull);
    let mut types = items(&ok(other.path(), &["intel", "show", "--format", "ndjson"]));
    types.retain(|it| it["type"] == "threat-actor");
    assert_eq!(types.len(), 1);
    server.kill();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the server tries again once a second")]
fn a_full_disk_is_told_and_writing_goes_on_when_there_is_room() {
    let (theirs, ours) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let token = offering(theirs.path());
    let server = Server::start_to_be_limited(theirs.path());
    let add = |first: u32| {
        let objects: Vec<Value> = (first..first + 20).map(tool).collect();
        answered(&server.address, &token, &objects).expect("an answer")
    };
    assert_eq!(add(0).0, 202);
    if !server.limit_files(Some(0)) {
        println!("skipped: prlimit of util-linux is not there");
        return;
    }
    for _ in 0..3 {
        let (status, error) = add(20);
        assert_eq!((status, &error["http_status"]), (507, &json!("507")), "{error}");
        thread::sleep(Duration::from_millis(600));
    }
    let token_file = theirs.path().join("token");
    let url = format!("http://{}/taxii2/", server.address);
    let pull = ["intel", "pull", &url, "--token-file", token_file.to_str().expect("text")];
    ok(ours.path(), &pull);
    assert_eq!(names(ours.path()).len(), 20, "what was acknowledged is read meanwhile");
    assert!(server.limit_files(None));
    let taken = (0..50).any(|_| {
        thread::sleep(Duration::from_millis(200));
        add(40).0 == 202
    });
    assert!(taken, "it goes on by itself");
    assert_eq!(add(60).0, 202);
    ok(ours.path(), &pull);
    let kept = names(ours.path());
    let is_there = |number: u32| kept.contains(&format!("tool {number}"));
    assert!((0..20).chain(40..80).all(is_there), "{kept:?}");
    server.kill();
}

#[test]
#[expect(clippy::disallowed_methods, reason = "kills are spread over the time that requests take")]
fn a_killed_server_has_every_object_that_it_acknowledged() {
    let (theirs, ours) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let token = offering(theirs.path());
    let numbers = AtomicU32::new(0);
    let mut acknowledged = BTreeSet::new();
    for round in 0..4_u64 {
        let server = Server::start(theirs.path());
        let (address, token, numbers) = (server.address.clone(), &token, &numbers);
        thread::scope(|scope| {
            let writers: Vec<_> = (0..3)
                .map(|_| {
                    let address = &address;
                    scope.spawn(move || {
                        let mut told = Vec::new();
                        loop {
                            let first = numbers.fetch_add(20, Ordering::Relaxed);
                            let objects: Vec<Value> = (first..first + 20).map(tool).collect();
                            match post(address, token, &objects) {
                                Some(count) => assert_eq!(count, 20),
                                None => return told,
                            }
                            told.extend((first..first + 20).map(|number| format!("tool {number}")));
                        }
                    })
                })
                .collect();
            thread::sleep(Duration::from_millis(300 + 170 * round));
            server.kill();
            for writer in writers {
                acknowledged.extend(writer.join().expect("a writer"));
            }
        });
    }
    assert!(acknowledged.len() > 500, "{}", acknowledged.len());
    let server = Server::start(theirs.path());
    let token_file = theirs.path().join("token");
    let url = format!("http://{}/taxii2/", server.address);
    ok(ours.path(), &["intel", "pull", &url, "--token-file", token_file.to_str().expect("text")]);
    let kept = names(ours.path());
    let lost: Vec<&String> = acknowledged.difference(&kept).collect();
    assert!(lost.is_empty(), "{} of {} are lost", lost.len(), acknowledged.len());
    println!("{} objects acknowledged, 4 kills, none lost", acknowledged.len());
    server.kill();
}

/// A server whose pages are that function's: of the line of a request, and of how many pages were asked for before.
fn hostile(page: impl Fn(&str, u32, &mut TcpStream) + Send + 'static) -> (u16, Arc<AtomicU32>) {
    let pages = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&pages);
    let port = peers::serve(move |asked: &Asked, stream| {
        if asked.line.contains("/objects/") {
            page(&asked.line, counted.fetch_add(1, Ordering::Relaxed), stream);
            return;
        }
        let collection =
            json!({"id": COLLECTION, "title": "x", "can_read": true, "can_write": true});
        peers::reply(stream, "200 OK", TAXII, collection.to_string().as_bytes());
    });
    (port, pages)
}

fn envelope(stream: &mut TcpStream, body: &Value) {
    peers::reply(stream, "200 OK", TAXII, body.to_string().as_bytes());
}

/// Pulls from a hostile server; its exit code, what was said, how many objects were kept.
fn pulled_from(port: u16) -> (i32, String, usize) {
    let ours = tempfile::tempdir().expect("a folder");
    let url = format!("http://127.0.0.1:{port}/taxii2/x/collections/{COLLECTION}/");
    let output = seawall(ours.path(), &["intel", "pull", &url]);
    let kept = ours.path().join("seawall-data/intel/received");
    let kept = if kept.try_exists().expect("readable") { names(ours.path()).len() } else { 0 };
    (code(&output), text(&output.stderr), kept)
}

#[test]
fn a_server_that_leads_in_circles_is_left_with_what_came_before() {
    // The same cursor for ever, with new objects.
    let (port, _) = hostile(|_, page, stream| {
        envelope(stream, &json!({"more": true, "next": "a", "objects": [tool(page)]}));
    });
    let (code, said, kept) = pulled_from(port);
    assert_eq!((code, kept), (1, 2), "{said}");
    assert!(said.contains("same cursor twice"), "{said}");
    // The same page for ever, with new cursors.
    let (port, pages) = hostile(|_, page, stream| {
        envelope(stream, &json!({"more": true, "next": page.to_string(), "objects": [tool(1)]}));
    });
    let (code, said, kept) = pulled_from(port);
    assert_eq!((code, kept, pages.load(Ordering::Relaxed)), (1, 1, 4), "{said}");
    assert!(said.contains("nothing new"), "{said}");
    // More, and no objects.
    let (port, pages) = hostile(|_, page, stream| {
        envelope(stream, &json!({"more": true, "next": page.to_string()}));
    });
    let (code, said, kept) = pulled_from(port);
    assert_eq!((code, kept, pages.load(Ordering::Relaxed)), (1, 0, 3), "{said}");
    // More, and no way to it.
    let (port, _) = hostile(|_, _, stream| {
        envelope(stream, &json!({"more": true, "objects": [tool(1)]}));
    });
    let (code, said, kept) = pulled_from(port);
    assert_eq!((code, kept), (1, 1), "{said}");
    assert!(said.contains("not how to ask for it"), "{said}");
}

#[test]
fn a_server_that_floods_drips_or_leads_elsewhere_gets_an_error() {
    let one_page = |page: u32, stream: &mut TcpStream| {
        let first = page == 0;
        if first {
            envelope(
                stream,
                &json!({"more": true, "next": "a", "objects": [tool(1), 7, {"type": "tool"}]}),
            );
        }
        first
    };
    let (port, _) = hostile(move |_, page, stream| {
        if !one_page(page, stream) {
            peers::endless(stream, TAXII);
        }
    });
    let (code, said, kept) = pulled_from(port);
    assert_eq!((code, kept), (1, 1), "{said}");
    assert!(said.contains("more than"), "{said}");
    let (port, _) = hostile(move |_, page, stream| {
        if !one_page(page, stream) {
            peers::drip(stream, TAXII);
        }
    });
    let (code, said, kept) = pulled_from(port);
    assert_eq!((code, kept), (1, 1), "{said}");
    assert!(said.contains("no answer in time"), "{said}");
    let (port, _) = hostile(move |_, page, stream| {
        if !one_page(page, stream) {
            peers::redirect(stream, "http://169.254.169.254/latest/");
        }
    });
    let (code, said, kept) = pulled_from(port);
    assert_eq!((code, kept), (1, 1), "{said}");
    assert!(said.contains("redirects elsewhere"), "{said}");
    let (port, _) = hostile(move |_, page, stream| {
        if !one_page(page, stream) {
            peers::reply(stream, "200 OK", TAXII, "[".repeat(1 << 20).as_bytes());
        }
    });
    let (code, said, kept) = pulled_from(port);
    assert_eq!((code, kept), (1, 1), "{said}");
    assert!(said.contains("no envelope"), "{said}");
}

#[test]
fn an_interrupted_pull_goes_on_where_it_ended() {
    let (port, _) = hostile(|line, page, stream| {
        let (status, body) = match (page, line.contains("next=b")) {
            (0, false) => ("200 OK", json!({"more": true, "next": "b", "objects": [tool(1)]})),
            (1, true) => ("503 Service Unavailable", json!({"title": "later"})),
            (2, true) => ("200 OK", json!({"more": false, "objects": [tool(2)]})),
            _ => ("500 Internal Server Error", json!({})),
        };
        peers::reply(stream, status, TAXII, body.to_string().as_bytes());
    });
    let ours = tempfile::tempdir().expect("a folder");
    let url = format!("http://127.0.0.1:{port}/taxii2/x/collections/{COLLECTION}/");
    let pull = ["intel", "pull", &url, "--name", "x"];
    let first = seawall(ours.path(), &pull);
    assert_eq!(code(&first), 1);
    assert!(text(&first.stderr).contains("status 503: later"), "{}", text(&first.stderr));
    assert_eq!(names(ours.path()).len(), 1);
    ok(ours.path(), &["intel", "pull", "x"]);
    assert_eq!(names(ours.path()).len(), 2);
}

#[test]
fn nobody_but_the_server_that_was_named_is_asked() {
    let asked_elsewhere = Arc::new(AtomicU32::new(0));
    let counted = Arc::clone(&asked_elsewhere);
    let elsewhere = peers::serve(move |asked: &Asked, stream| {
        counted.fetch_add(1, Ordering::Relaxed);
        assert!(!asked.head.contains("authorization"));
        peers::reply(stream, "200 OK", TAXII, b"{}");
    });
    let port = peers::serve(move |_, stream| {
        let root = format!("http://127.0.0.1:{elsewhere}/root/");
        envelope(stream, &json!({"title": "x", "api_roots": [root]}));
    });
    let ours = tempfile::tempdir().expect("a folder");
    fs_err::write(ours.path().join("token"), "secret").expect("written");
    let url = format!("http://127.0.0.1:{port}/taxii2/");
    let output = seawall(ours.path(), &["intel", "pull", &url, "--token-file", "token"]);
    assert_eq!(code(&output), 1);
    assert!(text(&output.stderr).contains("another server"), "{}", text(&output.stderr));
    assert_eq!(asked_elsewhere.load(Ordering::Relaxed), 0);
}
