//! Is every form of input that the reference names read as it says?

use std::io::Write as _;
use std::path::Path;

use seawall_engine::read::{FieldMap, Source};

use crate::support::{line, read_bytes, read_mapped, read_path, try_read};

#[test]
fn csv_with_quoted_newlines_crlf_a_byte_order_mark_and_no_last_newline() {
    let text = "\u{FEFF}time,type,account,display_name,colour\r\n\
        2026-03-01T12:00:00Z,signup,a,\"Jo\r\n\"\"the\"\" Smith, Jr\",red\r\n\
        \r\n\
        2026-03-01T12:00:00.25+01:00,login,b,,\r\n\
        2026-03-01T12:00:00Z,nothing,c,,\r\n\
        2026-03-01T12:00:00Z,login,d,\"x\",\"blue\"";
    let outcome = read_bytes("a.csv", text.as_bytes());
    assert_eq!(outcome.accounts(), ["a", "b", "d"]);
    assert!(outcome.events[0].contains(r#"display_name: Some("Jo\r\n\"the\" Smith, Jr")"#));
    assert!(outcome.events[0].contains(r#"Extra { name: "colour", value: "red" }"#));
    assert!(outcome.events[1].contains("time: Time(1772362800250)"), "{}", outcome.events[1]);
    assert!(outcome.events[2].contains(r#"value: "blue""#));
    assert_eq!(outcome.faults(), [(6, Some("type"), false)]);
    assert_eq!(outcome.summary.unknown_fields.get("colour"), Some(&2));
}

#[test]
fn ndjson_with_crlf_a_byte_order_mark_and_no_last_newline() {
    let text = format!("\u{FEFF}{}\r\n{}", line("a").trim(), line("b").trim());
    assert_eq!(read_bytes("a.ndjson", text.as_bytes()).accounts(), ["a", "b"]);
}

#[test]
fn ndjson_values_of_every_type() {
    let text = r#"{"time":1772366400000,"type":"signup","account":12345678901234567890123,"asn":"64500","trusted":true,
"#
    .trim_end()
    .to_owned()
        + r#""challenge_ms":900.0,"email":null,"username":"J\u00f6rg \"\ud83d\ude00\"","n\u0061me":1.50,"list":[1,"a"]}"#;
    let outcome = read_bytes("a.ndjson", text.as_bytes());
    assert_eq!(outcome.rejects, []);
    let event = &outcome.events[0];
    for part in [
        "account: \"12345678901234567890123\"",
        "asn: Some(64500)",
        "trusted: Some(true)",
        "challenge_milliseconds: Some(900)",
        "email: None",
        r#"username: Some("Jörg \"😀\"")"#,
        r#"Extra { name: "name", value: "1.50" }"#,
        r#"Extra { name: "list", value: "[1,\"a\"]" }"#,
    ] {
        assert!(event.contains(part), "{part} in {event}");
    }
}

#[test]
fn a_map_gives_fields_other_names() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let map = "account = \"user id\"\ntime = 'at'\n";
    let map = FieldMap::parse(map, Path::new("map.toml")).expect("a valid map");
    let csv = folder.path().join("a.csv");
    fs_err::write(&csv, "at,type,user id,account\n1772366400000,login,a,b\n").expect("room");
    let ndjson = folder.path().join("a.ndjson");
    let text = "{\"at\":1772366400000,\"type\":\"login\",\"user id\":\"a\",\"account\":\"b\"}";
    fs_err::write(&ndjson, text).expect("room");
    for path in [csv, ndjson] {
        let outcome = read_mapped(&path, Some(&map)).expect("readable");
        assert_eq!(outcome.accounts(), ["a"]);
        assert_eq!(outcome.summary.unknown_fields.get("account"), Some(&1));
    }
}

#[test]
fn formats_and_compression_are_known_by_their_first_bytes() {
    let text = line("a") + &line("b");
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gzip.write_all(text.as_bytes()).expect("memory");
    let gzip = gzip.finish().expect("memory");
    let zstd = zstd::encode_all(text.as_bytes(), 1).expect("memory");
    let csv = b"time,type,account\n1772366400000,login,a\n1772366400000,login,b\n";
    // Two members one after the other are one file.
    let (twice, twice_zstd) = (gzip.repeat(2), zstd.repeat(2));
    assert_eq!(read_bytes("a", text.as_bytes()).accounts(), ["a", "b"]);
    assert_eq!(read_bytes("a", csv).accounts(), ["a", "b"]);
    assert_eq!(read_bytes("a", &gzip).accounts(), ["a", "b"]);
    assert_eq!(read_bytes("a.ndjson", &zstd).accounts(), ["a", "b"]);
    assert_eq!(read_bytes("a.ndjson.gz", &twice).accounts(), ["a", "b", "a", "b"]);
    assert_eq!(read_bytes("a.ndjson.zst", &twice_zstd).accounts(), ["a", "b", "a", "b"]);
}

#[test]
fn a_folder_is_read_in_order_and_other_files_are_listed() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, text: &str| {
        fs_err::write(folder.path().join(name), text).expect("room");
    };
    fs_err::create_dir(folder.path().join("b")).expect("a new folder");
    write("c.jsonl", &line("3"));
    write("a.json", &line("1"));
    write("b/x.csv", "time,type,account\n1772366400000,login,2\n");
    write("readme.txt", "hello");
    write(".hidden.csv", "hello");
    std::os::unix::fs::symlink(folder.path(), folder.path().join("loop")).expect("a link");
    let root = folder.path().to_str().expect("UTF-8");
    let outcome = read_path(folder.path());
    assert_eq!(outcome.accounts(), ["1", "2", "3"]);

    // The same files by pattern and by name are not read twice.
    let inputs = [format!("{root}/*.json*"), root.to_owned(), format!("{root}/c.jsonl")];
    let source = Source::open(&inputs, None).expect("files");
    let ignored: Vec<_> = source
        .ignored()
        .iter()
        .map(|path| path.strip_prefix(root).expect("inside").to_str().expect("UTF-8"))
        .collect();
    assert_eq!(ignored, [".hidden.csv", "a.json", "c.jsonl", "loop", "readme.txt", "c.jsonl"]);
    assert_eq!(try_read(&source, 2).expect("readable").accounts(), ["1", "3", "2"]);
    let digests = source.digests().expect("readable");
    let lengths: u64 = digests.iter().map(|digest| digest.bytes).sum();
    assert_eq!(lengths, source.bytes_total());
}

#[test]
fn digests_are_those_of_sha256sum() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("abc.csv");
    fs_err::write(&path, "abc").expect("room");
    let input = path.to_str().expect("UTF-8").to_owned();
    let digests = Source::open(&[input], None).and_then(|source| source.digests());
    // FIPS 180-2, appendix B.1.
    let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assert_eq!(digests.expect("readable")[0].sha256, expected);
}

#[test]
fn a_pipe_is_read_as_often_as_wanted() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&path).status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: mkfifo is not there");
        return;
    }
    let writer = {
        let path = path.clone();
        std::thread::spawn(move || fs_err::write(path, line("a") + &line("b")))
    };
    assert_eq!(read_path(&path).accounts(), ["a", "b"]);
    writer.join().expect("no panic").expect("written");
}

#[test]
fn ocsf_is_read_as_it_is() {
    let create = r#"{"class_uid":3001,"class_name":"Account Change","activity_id":1,"activity_name":"Create","category_uid":3,"type_uid":300101,"severity_id":1,"time":1772366400000,"status_id":1,"metadata":{"version":"1.8.0","product":{"name":"x"}},"user":{"uid":"u1","name":"jo","email_addr":"jo@example.com","full_name":"Jo","phone_number":"+4915112345678"},"src_endpoint":{"ip":"192.0.2.1","location":{"country":"DE"},"autonomous_system":{"number":64500}},"device":{"uid":"d1","type_id":1},"http_request":{"user_agent":"UA/1","referrer":"r"},"ja4_fingerprint_list":[{"type_id":2,"value":"no"},{"type_id":1,"value":"t13d"}],"unmapped":{"invite":"i1","colour":"red"}}"#;
    let logon = r#"{"class_uid":3002,"activity_id":1,"time":1772366400001,"status":"Failure","user":{"name":"jo"}}"#;
    let reset = r#"{"class_uid":3007,"activity_id":4,"activity_name":"Password Reset","time":1772366400002,"user":{"uid":"u1"}}"#;
    let process = r#"{"class_uid":1007,"activity_id":1,"time":1772366400003}"#;
    let nobody = r#"{"class_uid":3002,"activity_id":1,"time":1772366400004,"user":{}}"#;
    let ours = r#"{"class_uid":3002,"time":1772366400005,"type":"login","account":"o"}"#;
    let text = [create, logon, ours, reset, process, nobody].join("\n");
    let outcome = read_bytes("a.json", text.as_bytes());
    assert_eq!(outcome.accounts(), ["u1", "jo", "o", "u1"]);
    for part in [
        "time: Time(1772366400000), event_type: Signup",
        "ip: Some(192.0.2.1), asn: Some(64500), country: Some(Country([68, 69]))",
        r#"email: Some("jo@example.com")"#,
        r#"phone: Some("+4915112345678"), username: Some("jo"), display_name: Some("Jo")"#,
        r#"user_agent: Some("UA/1"), ja4: Some("t13d"), device_id: Some("d1")"#,
        r#"referrer: Some("r"), invite: Some("i1")"#,
        "outcome: Some(Success)",
        r#"extra: [Extra { name: "colour", value: "red" }]"#,
    ] {
        assert!(outcome.events[0].contains(part), "{part} in {}", outcome.events[0]);
    }
    assert!(outcome.events[1].contains("event_type: Login"));
    assert!(outcome.events[1].contains("outcome: Some(Failure)"));
    assert!(outcome.events[3].contains(r#"action: Some("password_reset")"#));
    assert_eq!(outcome.faults(), [(5, None, false), (6, Some("account"), false)]);
}
