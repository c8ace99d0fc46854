//! Does the program read and write object storage as it does folders, whatever happens on the way?

use std::{
    collections::BTreeMap,
    path::Path,
    process::{Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{
    code, contents,
    s3::{Act, BUCKET, S3, proxy, variables},
    seawall, text, until,
};

fn command(folder: &Path, port: u16, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_seawall"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").envs(variables(port));
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn at(folder: &Path, port: u16, arguments: &[&str]) -> Output {
    command(folder, port, arguments).output().expect("the program starts")
}

/// A world in a folder and in the bucket, and the run of the folder.
fn world(s3: &S3, root: &Path) -> String {
    let made = seawall(root, &["simulate", "--accounts", "4000", "--seed", "3", "--out", "world"]);
    assert_eq!(code(&made), 0, "{}", text(&made.stderr));
    let events = "world/events.ndjson.zst";
    s3.bucket().put_file(events, &root.join(events)).expect("put");
    let found = seawall(root, &["detect", events, "--out", "run"]);
    assert_eq!(code(&found), 0, "{}", text(&found.stderr));
    text(&found.stdout)
}

/// The files of a run in the bucket.
fn run(s3: &S3, prefix: &str) -> BTreeMap<String, Vec<u8>> {
    let listed = s3.bucket().list(prefix).expect("listed");
    let file = |object: &seawall_store::objects::Object| {
        let name = object.key().rsplit_once('/').expect("a folder").1.to_owned();
        (name, object.range(0..object.bytes()).expect("read").to_vec())
    };
    listed.iter().map(file).collect()
}

#[test]
fn a_run_by_url_is_the_run_of_a_folder() {
    let Some(s3) = S3::start() else { return };
    let root = tempfile::tempdir().expect("a folder");
    let shown = world(&s3, root.path());
    let seawall = |arguments: &[&str]| at(root.path(), s3.port, arguments);
    let events = format!("s3://{BUCKET}/world/*.zst");
    let place = format!("s3://{BUCKET}/runs/one");
    for _ in 0..2 {
        let found = seawall(&["detect", &events, "--out", &place]);
        assert_eq!(code(&found), 0, "{}", text(&found.stderr));
        assert_eq!(text(&found.stdout), shown);
        let messages = text(&found.stderr);
        assert!(messages.contains(&format!("{place}/files-")), "{messages}");
        assert!(!messages.contains("hidden-secret") && !messages.contains("AKIATEST"));
    }
    let (mut there, mut here) = (run(&s3, "runs/one/"), contents(&root.path().join("run")));
    // Only the manifest says where the input was.
    let manifest = text(&there.remove("manifest.json").expect("there"));
    let expected = text(&here.remove("manifest.json").expect("there"));
    assert_eq!(manifest.replace(&format!("s3://{BUCKET}/"), ""), expected);
    assert_eq!(there, here);

    let members = text(&here["members.csv"]);
    let account = members.lines().nth(1).and_then(|line| line.split(',').next()).expect("one");
    let answers: [&[&str]; 2] = [
        &["explain", account, "--run"],
        &["evaluate", "--truth", "world/truth.csv", "--format", "json", "--run"],
    ];
    for arguments in answers {
        let of = |run: &str| {
            let answered = seawall(&[arguments, &[run]].concat());
            assert_eq!(code(&answered), 0, "{}", text(&answered.stderr));
            text(&answered.stdout)
        };
        assert_eq!(of(&place), of("run"));
    }
    let lines =
        r#"{"time":"2026-03-01T00:00:00Z","type":"signup","account":"a","ip":"203.0.113.7"}"#;
    fs_err::write(root.path().join("now.ndjson"), lines).expect("written");
    let decided = |run: &str| {
        let decided = seawall(&["decide", "now.ndjson", "--run", run]);
        assert_eq!(code(&decided), 0, "{}", text(&decided.stderr));
        text(&decided.stdout)
    };
    assert_eq!(decided(&place), decided("run"));
}

#[test]
fn what_goes_wrong_on_the_way_has_a_code_and_a_hint() {
    let Some(s3) = S3::start() else { return };
    let root = tempfile::tempdir().expect("a folder");
    let line = r#"{"time":"2026-03-01T00:00:00Z","type":"signup","account":"a"}"#;
    fs_err::write(root.path().join("log.ndjson"), line).expect("written");
    s3.bucket().put_file("log.ndjson", &root.path().join("log.ndjson")).expect("put");
    s3.bucket().put_file("full/thesis.txt", &root.path().join("log.ndjson")).expect("put");
    let refusing = proxy(s3.port, |_| Act::Refuse(403, "InvalidAccessKeyId"));
    let url = |key: &str| format!("s3://{BUCKET}/{key}");
    let (log, absent, full, new) = (url("log.ndjson"), url("absent"), url("full"), url("new"));
    let cases: [(u16, &[&str], i32, &str); 7] = [
        (s3.port, &["detect", &absent, "--out", "run"], 3, "absent"),
        (s3.port, &["detect", "log.ndjson", "--out", &full], 5, "thesis.txt"),
        (s3.port, &["detect", "s3://key:word@bucket/x", "--out", "run"], 2, "credentials"),
        (s3.port, &["explain", "a", "--run", &new], 3, "no run"),
        (refusing, &["detect", &log, "--out", "run"], 4, "403"),
        (refusing, &["detect", "log.ndjson", "--out", &new], 4, "403"),
        (refusing, &["explain", "a", "--run", &new], 4, "403"),
    ];
    for (port, arguments, expected, said) in cases {
        let output = at(root.path(), port, arguments);
        let message = text(&output.stderr);
        assert_eq!(code(&output), expected, "{arguments:?}: {message}");
        assert!(message.contains("error: ") && message.contains(said), "{arguments:?}: {message}");
        assert!(message.contains("hint: ") || expected == 3, "{arguments:?}: {message}");
        for secret in ["key:word", "hidden-secret", "AKIATEST"] {
            assert!(!message.contains(secret), "{arguments:?}: {message}");
        }
        assert!(!root.path().join("run").try_exists().expect("readable"), "{arguments:?}");
    }
    assert!(run(&s3, "new/").is_empty());
}

#[test]
fn a_replaced_object_and_a_run_that_comes_first_are_conflicts() {
    let Some(s3) = S3::start() else { return };
    let root = tempfile::tempdir().expect("a folder");
    world(&s3, root.path());
    let events = format!("s3://{BUCKET}/world/events.ndjson.zst");
    let place = format!("s3://{BUCKET}/runs/one");
    // The second reading finds another version: the first one and its digest are of the first.
    let asked = Arc::new(AtomicUsize::new(0));
    let replacing = proxy(s3.port, {
        let (asked, bucket, root) = (Arc::clone(&asked), s3.bucket(), root.path().to_owned());
        move |request| {
            if request.gets("world/events.ndjson.zst") && asked.fetch_add(1, Ordering::SeqCst) == 1
            {
                bucket
                    .put_file("world/events.ndjson.zst", &root.join("world/truth.csv"))
                    .expect("put");
            }
            Act::Pass
        }
    });
    let changed = at(root.path(), replacing, &["detect", &events, "--out", &place]);
    let message = text(&changed.stderr);
    assert_eq!(code(&changed), 5, "{message}");
    assert!(message.contains("changed while it was read"), "{message}");
    assert!(run(&s3, "runs/").is_empty(), "nothing of it is there");

    // Another run, whose threshold is another, is written in the middle of this one.
    let events = "world/events.ndjson.zst";
    let other = Arc::new(Mutex::new(None));
    let slower = proxy(s3.port, {
        let (other, port, root, place) =
            (Arc::clone(&other), s3.port, root.path().to_owned(), place.clone());
        move |request| {
            let mut other = other.lock().expect("no panic");
            if request.line.starts_with("PUT")
                && request.line.contains("snapshot")
                && other.is_none()
            {
                let detect = ["detect", events, "--out", &place, "--report-bits", "20"];
                *other = Some(at(&root, port, &detect));
            }
            Act::Pass
        }
    });
    let lost = at(root.path(), slower, &["detect", events, "--out", &place]);
    let other = other.lock().expect("no panic").take().expect("it ran");
    assert_eq!(code(&other), 0, "{}", text(&other.stderr));
    assert_eq!(code(&lost), 5, "{}", text(&lost.stderr));
    assert!(text(&lost.stderr).contains("another run was written"), "{}", text(&lost.stderr));
    let there = run(&s3, "runs/one/");
    assert_eq!(there.len(), 9, "{:?}", there.keys());
    assert!(text(&there["manifest.json"]).contains("\"report_bits\": 20.0"));
    let explained = at(root.path(), s3.port, &["explain", "nobody", "--run", &place]);
    assert_eq!(code(&explained), 0, "{}", text(&explained.stderr));
}

#[test]
fn a_kill_in_the_middle_leaves_no_manifest() {
    let Some(s3) = S3::start() else { return };
    let root = tempfile::tempdir().expect("a folder");
    world(&s3, root.path());
    let place = format!("s3://{BUCKET}/runs/one");
    let arguments = ["detect", "world/events.ndjson.zst", "--out", &*place];
    // Before the n-th request that changes anything is passed on: a trial, eight files, the manifest.
    for number in 1..=10 {
        let victim: Arc<Mutex<Option<u32>>> = Arc::default();
        let count = AtomicUsize::new(0);
        let killing = proxy(s3.port, {
            let victim = Arc::clone(&victim);
            move |request| {
                let changes = request.line.starts_with("PUT");
                if changes && count.fetch_add(1, Ordering::SeqCst) + 1 == number {
                    let id = victim.lock().expect("no panic").expect("it runs").to_string();
                    let killed = Command::new("kill").args(["-9", &id]).status();
                    assert!(killed.expect("kill runs").success());
                    return Act::Lose;
                }
                Act::Pass
            }
        });
        let mut held = victim.lock().expect("no panic");
        let child = command(root.path(), killing, &arguments).spawn().expect("it starts");
        *held = Some(child.id());
        drop(held);
        let killed = child.wait_with_output().expect("ends");
        assert_eq!(killed.status.code(), None, "{number}: {}", text(&killed.stderr));
        let is_whole = || run(&s3, "runs/one/").contains_key("manifest.json");
        if number == 10 {
            until("its manifest is passed on once it is killed", is_whole);
        }
        let seen = is_whole();
        assert_eq!(seen, number == 10, "{number}");
        let explained = at(root.path(), s3.port, &["explain", "nobody", "--run", &place]);
        assert_eq!(code(&explained), if seen { 0 } else { 3 }, "{}", text(&explained.stderr));
    }
    let again = at(root.path(), s3.port, &arguments);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert_eq!(run(&s3, "runs/one/"), contents(&root.path().join("run")));
}
