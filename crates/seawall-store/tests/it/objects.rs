//! Are objects read as they were seen, or not at all, and put whole, or not at all, whatever the server does?

use std::{
    io::Read as _,
    sync::{
        Arc, Condvar, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use seawall_store::objects::{Bucket, Condition, Error, Object, PIECE_BYTES, Settings, Url};

use crate::s3::{Act, Asked, BUCKET, S3, bucket, proxy, settings};

/// Bytes that differ from place to place (the numbers of a linear congruential generator, Knuth's).
fn content(length: usize) -> Bytes {
    let mut state = 1_u64;
    let mut next = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_le_bytes()[7]
    };
    (0..length).map(|_| next()).collect::<Vec<u8>>().into()
}

fn put(bucket: &Bucket, key: &str, content: impl Into<Bytes>) {
    bucket.put(key, content.into(), &Condition::Always).expect("put");
}

fn found(bucket: &Bucket, key: &str) -> Object {
    bucket.find(key).expect("asked").expect("there")
}

#[expect(clippy::disallowed_methods, reason = "an object that the test has put")]
fn read(object: &Object) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    match object.stream().read_to_end(&mut bytes) {
        Ok(_) => Ok(bytes),
        Err(error) => Err(error
            .get_ref()
            .and_then(|inner| inner.downcast_ref::<Error>())
            .expect("ours")
            .clone()),
    }
}

/// A bucket behind a proxy.
fn behind(s3: &S3, act: impl Fn(&Asked) -> Act + Send + Sync + 'static) -> Bucket {
    bucket(proxy(s3.port, act))
}

/// Nothing that a message must not have, and a hint.
fn well_said(error: &Error) -> String {
    let text = error.to_string();
    assert!(text.contains("\nhint: "), "{text}");
    for secret in ["AKIATEST", "hidden-secret", "Signature=", "uthorization"] {
        assert!(!text.contains(secret), "{text}");
    }
    text
}

#[test]
fn what_is_put_is_listed_and_read() {
    let Some(s3) = S3::start() else { return };
    let bucket = s3.bucket();
    let long = content(3 * usize::try_from(PIECE_BYTES).expect("few") + 17);
    put(&bucket, "a/long.bin", long.clone());
    put(&bucket, "a/empty.bin", Bytes::new());
    put(&bucket, "ab.bin", Bytes::from_static(b"short"));
    let mut keys: Vec<String> =
        bucket.list("a/").expect("listed").iter().map(|object| object.key().to_owned()).collect();
    keys.sort();
    assert_eq!(keys, ["a/empty.bin", "a/long.bin"]);
    for object in bucket.list("").expect("listed") {
        // A listing and a look at the object itself name one version.
        let seen = found(&bucket, object.key());
        assert_eq!(read(&object).expect("read"), read(&seen).expect("read"));
    }
    let object = found(&bucket, "a/long.bin");
    assert_eq!(object.url().to_string(), format!("s3://{BUCKET}/a/long.bin"));
    assert_eq!(read(&object).expect("read"), long);
    assert_eq!(
        object.range(5..PIECE_BYTES + 9).expect("read"),
        long.slice(5..usize::try_from(PIECE_BYTES).expect("few") + 9)
    );
    assert!(object.range(0..object.bytes() + 1).is_err());
    assert!(bucket.find("absent").expect("asked").is_none());
    bucket.delete("ab.bin").expect("deleted");
    bucket.delete("ab.bin").expect("nothing to delete");
    assert!(bucket.find("ab.bin").expect("asked").is_none());
}

#[test]
fn a_long_file_is_put_in_parts() {
    let Some(s3) = S3::start() else { return };
    let file = tempfile::NamedTempFile::new().expect("a file");
    let long = content((19 << 20) + 5);
    fs_err::write(file.path(), &long).expect("written");
    let bucket = s3.bucket();
    bucket.put_file("long", file.path()).expect("put");
    assert_eq!(read(&found(&bucket, "long")).expect("read"), long);
    // A part that is refused for ever: no object, and no part either.
    let parts = Arc::new(AtomicUsize::new(0));
    let failing = behind(&s3, {
        let parts = Arc::clone(&parts);
        move |asked| {
            let second = asked.line.contains("partNumber=2");
            parts.fetch_add(usize::from(asked.line.starts_with("DELETE")), Ordering::SeqCst);
            if second { Act::Refuse(503, "SlowDown") } else { Act::Pass }
        }
    });
    let error = failing.put_file("other", file.path()).expect_err("refused");
    assert!(well_said(&error).contains("503 SlowDown"));
    assert!(bucket.find("other").expect("asked").is_none());
    assert_eq!(parts.load(Ordering::SeqCst), 1, "the upload is given up");
}

#[test]
fn of_two_who_put_one_is_told() {
    let Some(s3) = S3::start() else { return };
    let bucket = s3.bucket();
    bucket.put("m", Bytes::from_static(b"1"), &Condition::Absent).expect("put");
    let first = found(&bucket, "m");
    let second = bucket.put("m", Bytes::from_static(b"2"), &Condition::Absent);
    assert!(matches!(second, Err(Error::Conflict { .. })), "{second:?}");
    bucket.put("m", Bytes::from_static(b"3"), &Condition::Unchanged(first.clone())).expect("put");
    let stale = bucket.put("m", Bytes::from_static(b"4"), &Condition::Unchanged(first));
    assert!(matches!(stale, Err(Error::Conflict { .. })), "{stale:?}");
    well_said(&stale.expect_err("a conflict"));
    assert_eq!(read(&found(&bucket, "m")).expect("read"), b"3");
}

#[test]
fn an_object_replaced_under_way_is_an_error() {
    let Some(s3) = S3::start() else { return };
    let direct = s3.bucket();
    let long = content(2 * usize::try_from(PIECE_BYTES).expect("few"));
    put(&direct, "log", long.clone());
    // Between the listing and the reading.
    let listed = direct.list("log").expect("listed").remove(0);
    let mut other = long.to_vec();
    other[7] ^= 1;
    put(&direct, "log", other.clone());
    let error = read(&listed).expect_err("another version");
    assert!(matches!(error, Error::Changed { .. }), "{error}");
    assert!(well_said(&error).contains("changed while it was read"));
    // In the middle: the second piece is of another version.
    let asked = Arc::new(AtomicUsize::new(0));
    let replacing = behind(&s3, {
        let (asked, direct) = (Arc::clone(&asked), direct.clone());
        move |request| {
            if request.gets("log") && asked.fetch_add(1, Ordering::SeqCst) == 1 {
                put(&direct, "log", long.clone());
            }
            Act::Pass
        }
    });
    let seen = found(&replacing, "log");
    assert!(matches!(read(&seen), Err(Error::Changed { .. })));
    // Deleted under way.
    let seen = found(&direct, "log");
    direct.delete("log").expect("deleted");
    assert!(matches!(read(&seen), Err(Error::Changed { .. })));
}

/// A server that does not know the condition, as a cache that is not up to date: the answer itself tells.
#[test]
fn an_old_copy_is_noticed() {
    let Some(s3) = S3::start() else { return };
    let direct = s3.bucket();
    put(&direct, "log", Bytes::from_static(b"new"));
    put(&direct, "old", Bytes::from_static(b"old"));
    let stale = behind(&s3, |asked| {
        if asked.gets("log") {
            let body = "HTTP/1.1 206 Partial\r\nETag: \"other\"\r\nContent-Range: bytes 0-2/3\r\nLast-Modified: Thu, 01 Jan 2026 00:00:00 GMT\r\nContent-Length: 3\r\nConnection: close\r\n\r\nold";
            return Act::Raw(body.to_owned());
        }
        Act::Pass
    });
    assert!(matches!(read(&found(&stale, "log")), Err(Error::Changed { .. })));
}

#[test]
fn what_fails_for_a_moment_is_asked_again() {
    let Some(s3) = S3::start() else { return };
    let long = content(usize::try_from(PIECE_BYTES).expect("few") + 1);
    put(&s3.bucket(), "log", long.clone());
    for act in [
        || Act::Refuse(503, "SlowDown"),
        || Act::Refuse(429, "TooMany"),
        || Act::Cut(1000),
        || Act::Lose,
    ] {
        let asked = Arc::new(AtomicUsize::new(0));
        let failing = behind(&s3, {
            let asked = Arc::clone(&asked);
            // Twice each: of the listing, and of the object.
            move |_| if asked.fetch_add(1, Ordering::SeqCst) % 3 < 2 { act() } else { Act::Pass }
        });
        let listed = failing.list("log").expect("listed").remove(0);
        assert_eq!(read(&listed).expect("read"), long);
        assert!(asked.load(Ordering::SeqCst) >= 6);
    }
}

/// How a server fails, and what is said of it.
type Case = (fn() -> Act, &'static str);

#[test]
fn what_fails_for_ever_is_an_error_after_a_few_attempts() {
    let Some(s3) = S3::start() else { return };
    put(&s3.bucket(), "log", content(100));
    let seen = found(&s3.bucket(), "log");
    let cases: [Case; 3] = [
        (|| Act::Refuse(503, "SlowDown"), "503 SlowDown"),
        (|| Act::Cut(50), "ended too early"),
        (|| Act::Refuse(500, "<b>not a word</b>"), "(it answered 500)"),
    ];
    for (act, said) in cases {
        let asked = Arc::new(AtomicUsize::new(0));
        let failing = behind(&s3, {
            let asked = Arc::clone(&asked);
            move |request| {
                if request.line.starts_with("HEAD") {
                    return Act::Pass;
                }
                asked.fetch_add(1, Ordering::SeqCst);
                act()
            }
        });
        let error = read(&found(&failing, "log")).expect_err("no answer");
        assert!(well_said(&error).contains(said), "{error}");
        assert_eq!(asked.load(Ordering::SeqCst), 4, "the first attempt and three more: {said}");
    }
    drop(seen);
    let nobody = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a port");
    let port = nobody.local_addr().expect("an address").port();
    drop(nobody);
    let error = bucket(port).list("").expect_err("nobody there");
    assert!(well_said(&error).contains("could not be reached: connection refused"), "{error}");
}

#[test]
fn a_refusal_is_not_tried_again_and_says_what_to_look_at() {
    let Some(s3) = S3::start() else { return };
    let cases = [
        (403, "AccessDenied", "check the credentials"),
        (403, "InvalidAccessKeyId", "are not those of the service"),
        (403, "SignatureDoesNotMatch", "are not those of the service"),
        (400, "ExpiredToken", "have expired"),
        (403, "RequestTimeTooSkewed", "clock"),
        (301, "PermanentRedirect", "AWS_REGION"),
    ];
    for (status, code, said) in cases {
        let asked = Arc::new(AtomicUsize::new(0));
        let refusing = behind(&s3, {
            let asked = Arc::clone(&asked);
            move |_| {
                asked.fetch_add(1, Ordering::SeqCst);
                Act::Refuse(status, code)
            }
        });
        let error = refusing.list("").expect_err("refused");
        assert!(well_said(&error).contains(said) && error.to_string().contains(code), "{error}");
        assert_eq!(asked.load(Ordering::SeqCst), 1);
        let denied = std::io::Error::from(error).kind() == std::io::ErrorKind::PermissionDenied;
        assert_eq!(denied, status >= 400, "{code}");
    }
    let absent = Url::parse("s3://no-such-bucket/x").expect("a URL");
    let absent = Bucket::open(&absent, &settings(s3.port)).expect("opened");
    assert!(matches!(absent.list("x"), Err(Error::NotFound { .. })));
}

#[test]
fn without_credentials_nobody_else_is_asked_for_long() {
    let url = Url::parse("s3://some-bucket/x").expect("a URL");
    let open = |variables: &[(&str, &str)]| {
        let pair = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let settings = Settings { retries_max: 1, ..Settings::new(variables.iter().map(pair)) };
        Bucket::open(&url, &settings).and_then(|bucket| bucket.list("x"))
    };
    // Nobody hands out credentials there.
    let none = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
        ("AWS_METADATA_ENDPOINT", "http://127.0.0.1:9"),
    ];
    let error = open(&none).expect_err("no credentials");
    assert!(well_said(&error).contains("no credentials"), "{error}");
    assert!(error.to_string().contains("AWS_ACCESS_KEY_ID"));
    let error = open(&[("AWS_ACCESS_KEY_ID", "AKIATEST")]).expect_err("half of them");
    assert!(well_said(&error).contains("other half"), "{error}");
    let keys = [("AWS_ACCESS_KEY_ID", "AKIATEST"), ("AWS_SECRET_ACCESS_KEY", "hidden-secret")];
    // Not this machine (RFC 5737), and so not without encryption.
    let plain: Vec<_> =
        keys.into_iter().chain([("AWS_ENDPOINT_URL", "http://192.0.2.1:9")]).collect();
    let error = open(&plain).expect_err("plain");
    assert!(well_said(&error).contains("without encryption"), "{error}");
}

#[test]
fn a_listing_that_loops_ends() {
    let Some(s3) = S3::start() else { return };
    let entry = "<Contents><Key>k</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>\"e\"</ETag><Size>1</Size></Contents>";
    let page = |entry: &str, token: &str| {
        format!(
            "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>{token}</NextContinuationToken>{entry}</ListBucketResult>"
        )
    };
    let same = behind(&s3, move |_| Act::Say(page(entry, "t")));
    let error = same.list("").expect_err("a loop");
    assert!(well_said(&error).contains("twice"), "{error}");
    let empty = behind(&s3, move |_| Act::Say(page("", "t")));
    assert!(matches!(empty.list(""), Err(Error::Listing { .. })));
    let count = AtomicUsize::new(0);
    let others = behind(&s3, move |asked| {
        assert!(asked.lists());
        Act::Say(page("", &count.fetch_add(1, Ordering::SeqCst).to_string()))
    });
    assert!(well_said(&others.list("").expect_err("a loop")).contains("without an end"));
    let nonsense = behind(&s3, |_| Act::Say("<ListBucketResult><Contents>".to_owned()));
    assert!(matches!(nonsense.list(""), Err(Error::Unavailable { .. })));
}

/// Answers come only once several requests wait: whoever asks one after the other waits for ever.
#[test]
fn several_requests_are_under_way() {
    const TOGETHER: usize = 4;
    let Some(s3) = S3::start() else { return };
    let long = content(TOGETHER * usize::try_from(PIECE_BYTES).expect("few"));
    put(&s3.bucket(), "log", long.clone());
    let gate = Arc::new((Mutex::new(0), Condvar::new()));
    let slow = behind(&s3, move |asked| {
        if !asked.gets("log") {
            return Act::Pass;
        }
        let (waiting, all) = &*gate;
        let mut waiting = waiting.lock().expect("no panic");
        *waiting += 1;
        all.notify_all();
        let wait =
            all.wait_timeout_while(waiting, Duration::from_secs(10), |waiting| *waiting < TOGETHER);
        if wait.expect("no panic").1.timed_out() { Act::Refuse(400, "Alone") } else { Act::Pass }
    });
    assert_eq!(read(&found(&slow, "log")).expect("together"), long);
}
