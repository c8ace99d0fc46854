//! Are objects read as files are, and does a run come to object storage whole, or not at all?

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use bytes::Bytes;
use seawall_core::{
    campaign::findings::{Findings, fixture},
    decision::snapshot::Snapshot,
    event::{Event, EventType, Time},
};
use seawall_engine::{
    Error, ErrorClass,
    detect::{DetectOptions, Knowledge, Room, Step, detect},
    output::{self, Overwrite, Provenance, RunWriter, StoredRun},
    read::Source,
    write::EventWriter,
};
use seawall_store::objects::{Bucket, Condition};

use crate::{
    detection::with_a_farm,
    s3::{Act, BUCKET, S3, bucket, proxy, settings},
    support::{Outcome, line, try_read},
};

fn put(bucket: &Bucket, key: &str, content: impl Into<Bytes>) {
    bucket.put(key, content.into(), &Condition::Always).expect("put");
}

fn url(key: &str) -> String {
    format!("s3://{BUCKET}/{key}")
}

fn open(port: u16, inputs: &[String]) -> Result<Source, Error> {
    Source::open_with(inputs, None, &settings(port))
}

/// What comes of an input, with names of sources that do not say where they are.
fn outcome(source: &Source, root: &str) -> Result<Outcome, Error> {
    let mut outcome = try_read(source, 2)?;
    assert_eq!(outcome, try_read(source, 1)?);
    for reject in &mut outcome.rejects {
        reject.source = reject.source.strip_prefix(root).expect("inside").to_owned();
    }
    Ok(outcome)
}

/// Puts all files of a folder into the bucket, under `prefix`.
fn put_folder(bucket: &Bucket, folder: &Path, prefix: &str) {
    for item in walkdir::WalkDir::new(folder) {
        let item = item.expect("readable");
        if item.file_type().is_file() {
            let name = item.path().strip_prefix(folder).expect("inside").to_str().expect("UTF-8");
            bucket.put_file(&format!("{prefix}/{name}"), item.path()).expect("put");
        }
    }
}

/// Events with values that do not compress, so that files are long.
fn write_events(path: &Path, count: u64) {
    let mut writer = EventWriter::create(path).expect("created");
    for number in 0..count {
        let noise = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let account = format!("account-{number}");
        let device =
            format!("{:016x}{:016x}", noise, noise.rotate_left(17).wrapping_mul(noise | 1));
        let time = Time::from_milliseconds(1_772_366_400_000 + number as i64).expect("in range");
        let event =
            Event { device_id: Some(&device), ..Event::new(time, EventType::Signup, &account) };
        writer.write(&event).expect("written");
    }
    writer.finish().expect("written");
}

#[test]
fn objects_are_read_as_files_are() {
    let Some(s3) = S3::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    let inside = |name: &str| folder.path().join(name);
    fs_err::create_dir(inside("more")).expect("made");
    for name in ["a.ndjson", "b.csv.gz", "more/c.ndjson.zst", "more/d.parquet"] {
        write_events(&inside(name), 3_000);
    }
    // More than one request, and several row groups.
    write_events(&inside("long.parquet"), 300_000);
    write_events(&inside("long.csv"), 100_000);
    assert!(fs_err::metadata(inside("long.parquet")).expect("there").len() > 5 << 20);
    fs_err::write(inside("bad.ndjson"), line("x") + "{\n" + &line("y")).expect("written");
    fs_err::write(inside("bad.parquet"), "PAR1 and no more").expect("written");
    fs_err::write(inside("cut.csv.gz"), &fs_err::read(inside("b.csv.gz")).expect("there")[..9_000])
        .expect("written");
    fs_err::write(inside("empty.csv"), "").expect("written");
    fs_err::write(inside(".hidden.csv"), "hello").expect("written");
    fs_err::write(inside("readme.txt"), "hello").expect("written");
    put_folder(&s3.bucket(), folder.path(), "in");
    let root = folder.path().to_str().expect("UTF-8").to_owned();
    for pattern in ["", "/*.csv*", "/more", "/m*", "/long.parquet", "/*/?.parquet", "/**/*.ndjson"]
    {
        let here = Source::open(&[format!("{root}{pattern}")], None).expect("files");
        let there = open(s3.port, &[url(&format!("in{pattern}"))]).expect("objects");
        assert_eq!(
            outcome(&here, &root).expect("read"),
            outcome(&there, &url("in")).expect("read"),
            "{pattern}"
        );
        let cut = |names: &Source, root: &str| -> Vec<String> {
            names.names().map(|name| name.strip_prefix(root).expect("inside").to_owned()).collect()
        };
        assert_eq!(cut(&here, &root), cut(&there, &url("in")));
        let digests = |source: &Source, root: &str| -> Vec<(String, u64, String)> {
            let digests = source.digests().expect("read");
            let name = |source: &str| source.strip_prefix(root).expect("inside").to_owned();
            digests
                .into_iter()
                .map(|digest| (name(&digest.source), digest.bytes, digest.sha256))
                .collect()
        };
        assert_eq!(digests(&here, &root), digests(&there, &url("in")));
        let passed_over = |source: &Source, root: &str| {
            let inside = |path: &std::path::PathBuf| {
                path.to_str().expect("UTF-8").strip_prefix(root).expect("inside").to_owned()
            };
            source.ignored().iter().map(inside).collect::<Vec<_>>()
        };
        assert_eq!(passed_over(&here, &root), passed_over(&there, &url("in")));
    }
    // An object that is named is read whatever its name, and once.
    bucket(s3.port).put_file("odd", &inside("more/d.parquet")).expect("put");
    let odd = open(s3.port, &[url("odd"), url("odd")]).expect("an object");
    assert_eq!(try_read(&odd, 2).expect("read").events.len(), 3_000);
}

#[test]
fn what_is_not_there_or_not_ours_is_said() {
    let Some(s3) = S3::start() else { return };
    put(&s3.bucket(), "in/readme.txt", "hello");
    let class =
        |input: &str| open(s3.port, &[input.to_owned()]).map(drop).expect_err("no input").class();
    assert_eq!(class(&url("absent.csv")), ErrorClass::NoInput);
    assert_eq!(class(&url("absent/*.csv")), ErrorClass::NoInput);
    assert_eq!(class(&url("in/")), ErrorClass::NoInput);
    assert_eq!(class("s3://no-such-bucket/x"), ErrorClass::NoInput);
    assert_eq!(class(&url("in/a[")), ErrorClass::Usage);
    assert_eq!(class("s3://key:secret@bucket/x"), ErrorClass::Usage);
    let refusing = proxy(s3.port, |_| Act::Refuse(403, "AccessDenied"));
    let refused = open(refusing, &[url("in")]).map(drop).expect_err("refused");
    assert_eq!(refused.class(), ErrorClass::Permission);
}

/// A network that fails is no damage of the data: nothing is found in half of an input.
#[test]
fn a_network_that_fails_stops_the_reading() {
    let Some(s3) = S3::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    for name in ["a.ndjson", "b.ndjson.zst", "c.csv.gz"] {
        // Over 4 MiB: two requests and more.
        write_events(&folder.path().join(name), if name == "a.ndjson" { 50_000 } else { 400_000 });
    }
    write_events(&folder.path().join("d.parquet"), 300_000);
    put_folder(&s3.bucket(), folder.path(), "in");
    for name in ["a.ndjson", "b.ndjson.zst", "c.csv.gz", "d.parquet"] {
        let asked = Arc::new(AtomicUsize::new(0));
        let failing = proxy(s3.port, {
            let asked = Arc::clone(&asked);
            move |request| {
                let gets = request.gets(&format!("in/{name}"));
                if gets && asked.fetch_add(1, Ordering::SeqCst) > 0 {
                    Act::Refuse(503, "SlowDown")
                } else {
                    Act::Pass
                }
            }
        });
        let source = open(failing, &[url(&format!("in/{name}"))]).expect("there");
        let error = try_read(&source, 2).expect_err("it fails");
        let Error::Read { source, .. } = &error else { panic!("{name}: {error:?}") };
        assert!(source.to_string().contains("503 SlowDown"), "{source}");
        assert!(asked.load(Ordering::SeqCst) > 3, "{name}");
    }
}

fn options(spill: &Path) -> DetectOptions {
    DetectOptions {
        report_bits: 4.0,
        threads: 2,
        reveal: true,
        knowledge: Knowledge::default(),
        room: Room { memory_bytes: u64::MAX, spill: spill.to_owned(), spill_bytes: 0 },
    }
}

/// The events of a log in two files, one of them Parquet, as objects and in a folder.
fn two_places(bucket: &Bucket, folder: &Path) {
    let log = with_a_farm();
    let (one, two) =
        log.split_at(log.len() / 2 + log[log.len() / 2..].find('\n').expect("a line") + 1);
    fs_err::write(folder.join("one.ndjson"), one).expect("written");
    fs_err::write(folder.join("two.ndjson"), two).expect("written");
    put_folder(bucket, folder, "in");
}

#[test]
fn a_run_from_and_to_object_storage_is_that_of_folders() {
    let Some(s3) = S3::start() else { return };
    let root = tempfile::tempdir().expect("a folder");
    let events = root.path().join("events");
    fs_err::create_dir(&events).expect("made");
    two_places(&s3.bucket(), &events);
    let run = |source: &Source, mut writer: RunWriter, at: &str| {
        let found = detect(
            source,
            &options(root.path()),
            &mut |reject| writer.reject(&reject).expect("written"),
            &mut |_| (),
        )
        .expect("found");
        assert!(!found.members.is_empty());
        let named = |digest: seawall_engine::read::InputDigest| output::FileDigest {
            // The one thing that says where it was.
            file: digest.source.strip_prefix(at).expect("inside").to_owned(),
            bytes: digest.bytes,
            sha256: digest.sha256,
        };
        let inputs = source.digests().expect("read").into_iter().map(named).collect();
        let provenance = Provenance { inputs, ..Provenance::default() };
        writer
            .finish(&found.findings, &found.members, &found.snapshot, "<!DOCTYPE html>", provenance)
            .expect("written")
    };
    let here = Source::open(&[events.to_str().expect("UTF-8").to_owned()], None).expect("files");
    let folder = root.path().join("run");
    let writer = RunWriter::create(&folder, Overwrite::OwnRun).expect("ready");
    let manifest = run(&here, writer, events.to_str().expect("UTF-8"));
    let there = open(s3.port, &[url("in")]).expect("objects");
    let place = url("runs/one");
    let writer = RunWriter::create_with(Path::new(&place), Overwrite::OwnRun, &settings(s3.port));
    assert_eq!(run(&there, writer.expect("ready"), &url("in")), manifest);
    let mut files = BTreeMap::new();
    for object in s3.bucket().list("runs/one/").expect("listed") {
        let name = object.key().rsplit_once('/').expect("a folder").1.to_owned();
        assert!(files.insert(name, object.range(0..object.bytes()).expect("read")).is_none());
    }
    let mut expected = BTreeMap::new();
    for file in fs_err::read_dir(&folder).expect("a folder") {
        let file = file.expect("a file");
        let content = Bytes::from(fs_err::read(file.path()).expect("read"));
        expected.insert(file.file_name().to_string_lossy().into_owned(), content);
    }
    assert_eq!(files, expected);
}

#[test]
fn an_object_replaced_between_two_readings_stops_the_detection() {
    let Some(s3) = S3::start() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    two_places(&s3.bucket(), folder.path());
    let other =
        fs_err::read_to_string(folder.path().join("two.ndjson")).expect("read") + &line("late");
    let source = open(s3.port, &[url("in")]).expect("objects");
    let mut replaced = false;
    let found =
        detect(&source, &options(folder.path()), &mut |reject| panic!("{reject:?}"), &mut |step| {
            if let Step::Reading(progress) = step
                && progress.bytes_done == progress.bytes_total
                && !std::mem::replace(&mut replaced, true)
            {
                put(&s3.bucket(), "in/two.ndjson", other.clone());
            }
        });
    let error = found.map(drop).expect_err("it changed");
    assert_eq!(error.class(), ErrorClass::Conflict, "{error:?}");
    assert!(replaced, "the first reading ended well");
}

fn writer(port: u16, key: &str) -> Result<RunWriter, output::Error> {
    RunWriter::create_with(Path::new(&url(key)), Overwrite::OwnRun, &settings(port))
}

fn finish(writer: RunWriter, findings: &Findings) -> Result<output::Manifest, output::Error> {
    let members = fixture::members(findings);
    writer.finish(findings, &members, &Snapshot::empty(), "<!DOCTYPE html>", Provenance::default())
}

/// Findings that differ from the fixture, and from one another.
fn other(number: u64) -> Findings {
    let mut findings = fixture::findings();
    findings.run.events += number;
    findings
}

fn stored(port: u16, key: &str) -> Result<StoredRun, output::Error> {
    StoredRun::open_with(Path::new(&url(key)), &settings(port))
}

fn keys(bucket: &Bucket, prefix: &str) -> Vec<String> {
    let listed = bucket.list(prefix).expect("listed");
    let mut keys: Vec<String> = listed.iter().map(|object| object.key().to_owned()).collect();
    keys.sort();
    keys
}

#[test]
fn of_two_runs_at_one_place_one_is_whole_and_the_other_is_told() {
    let Some(s3) = S3::start() else { return };
    let bucket = s3.bucket();
    // To a new place, and over an earlier run.
    for round in 0..2 {
        let first = writer(s3.port, "run").expect("ready");
        let second = writer(s3.port, "run").expect("ready");
        let (one, two) = (other(2 * round + 1), other(2 * round + 2));
        finish(first, &one).expect("written");
        let lost = finish(second, &two).expect_err("too late");
        assert!(matches!(lost, output::Error::Raced { .. }), "{lost:?}");
        assert!(lost.to_string().contains("\nhint: "));
        assert_eq!(stored(s3.port, "run").expect("a run").findings().expect("whole"), one);
        assert_eq!(
            keys(&bucket, "run/").len(),
            9,
            "nothing of the other is left: {:?}",
            keys(&bucket, "run/")
        );
    }
    // The same run twice is no conflict: what is there is what was to be there.
    let first = writer(s3.port, "same").expect("ready");
    let second = writer(s3.port, "same").expect("ready");
    finish(first, &other(0)).expect("written");
    finish(second, &other(0)).expect("as good as written");
    assert_eq!(stored(s3.port, "same").expect("a run").findings().expect("whole"), other(0));
}

#[test]
fn a_run_that_ends_early_is_not_seen() {
    let Some(s3) = S3::start() else { return };
    let bucket = s3.bucket();
    drop(writer(s3.port, "run").expect("ready"));
    assert!(keys(&bucket, "run").is_empty());
    finish(writer(s3.port, "run").expect("ready"), &other(1)).expect("written");
    // Nothing more is taken from the n-th upload on, as where the network goes away.
    for uploads in 1..11 {
        let count = AtomicUsize::new(0);
        let failing = proxy(s3.port, move |asked| {
            let changes = !asked.line.starts_with("GET") && !asked.line.starts_with("HEAD");
            let over = count.fetch_add(usize::from(changes), Ordering::SeqCst) >= uploads;
            if changes && over { Act::Refuse(503, "SlowDown") } else { Act::Pass }
        });
        let failed = writer(failing, "run").and_then(|writer| finish(writer, &other(2)));
        let failed = failed.map(drop);
        assert_eq!(failed.is_err(), uploads < 10, "{uploads}: {failed:?}");
        let there = stored(s3.port, "run").expect("a run").findings().expect("whole");
        assert_eq!(there, other(if uploads < 10 { 1 } else { 2 }), "{uploads}");
    }
    // What was left over is no obstacle, and goes with the next run.
    assert!(keys(&bucket, "run/").len() > 9);
    finish(writer(s3.port, "run").expect("ready"), &other(3)).expect("written");
    assert_eq!(keys(&bucket, "run/").len(), 9);
    assert_eq!(stored(s3.port, "run").expect("a run").findings().expect("whole"), other(3));
}

/// Whoever does not learn that the manifest was taken looks.
#[test]
fn an_answer_that_is_lost_is_no_failure() {
    let Some(s3) = S3::start() else { return };
    let losing = proxy(s3.port, |asked| {
        if asked.line.starts_with("PUT") && asked.line.contains("manifest.json") {
            Act::Lose
        } else {
            Act::Pass
        }
    });
    finish(writer(losing, "run").expect("ready"), &other(1)).expect("written");
    assert_eq!(stored(s3.port, "run").expect("a run").findings().expect("whole"), other(1));
}

#[test]
fn only_an_own_run_is_replaced() {
    let Some(s3) = S3::start() else { return };
    let bucket = s3.bucket();
    put(&bucket, "full/thesis.txt", "years of work");
    let refused = writer(s3.port, "full").map(drop).expect_err("not ours");
    assert!(matches!(&refused, output::Error::NotEmpty { example, .. } if example == "thesis.txt"));
    put(&bucket, "full/manifest.json", "{\"manifest_version\": 3}");
    assert!(matches!(writer(s3.port, "full").map(drop), Err(output::Error::NotEmpty { .. })));
    assert_eq!(keys(&bucket, "full"), ["full/manifest.json", "full/thesis.txt"]);
    let forced =
        RunWriter::create_with(Path::new(&url("full")), Overwrite::Force, &settings(s3.port));
    finish(forced.expect("forced"), &other(1)).expect("written");
    assert!(keys(&bucket, "full").contains(&"full/thesis.txt".to_owned()));
    assert_eq!(stored(s3.port, "full").expect("a run").findings().expect("whole"), other(1));
    assert!(matches!(stored(s3.port, "absent"), Err(output::Error::NoRun { .. })));
}

#[test]
fn a_changed_file_of_a_run_is_noticed() {
    let Some(s3) = S3::start() else { return };
    let bucket = s3.bucket();
    finish(writer(s3.port, "run").expect("ready"), &other(1)).expect("written");
    let run = stored(s3.port, "run").expect("a run");
    let member = run.members(&fixture::members(&other(1))[0].account).expect("read");
    assert_eq!(member.len(), 1);
    let file = |name: &str| {
        keys(&bucket, "run/").into_iter().find(|key| key.ends_with(name)).expect("there")
    };
    let members = bucket.find(&file("members.csv")).expect("asked").expect("there");
    let mut content = String::from_utf8(members.range(0..members.bytes()).expect("read").to_vec())
        .expect("UTF-8");
    writeln!(content, "x").expect("memory");
    put(&bucket, &file("members.csv"), content);
    assert!(matches!(run.members("x"), Err(output::Error::Changed { .. })));
    bucket.delete(&file("findings.json")).expect("deleted");
    assert!(matches!(run.findings(), Err(output::Error::Changed { .. })));
}
