//! Is bad input kept apart from good, line by line, and never fatal?

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_array::{ArrayRef, BinaryArray, Int64Array, RecordBatch, StringArray, StructArray};
use arrow_schema::{DataType, Field};
use parquet::arrow::ArrowWriter;
use proptest::prelude::*;
use seawall_core::event::{Event, EventType, Time};
use seawall_engine::read::{Source, read};
use seawall_engine::write::EventWriter;
use seawall_engine::{Error, ErrorClass};

use crate::support::{line, read_bytes, read_mapped, read_path};

const HEADER: &str = "time,type,account,email,ip\n";

#[test]
fn a_bad_value_costs_only_the_value_unless_the_field_is_required() {
    let text = [
        r#"{"time":1772366400000,"type":"signup","account":"a","ip":"1.2.3","asn":-1,"email":"x@y"}"#,
        r#"{"time":1772366400000,"type":"logout","account":"b","ip":"1.2.3"}"#,
        r#"{"time":1772366400000,"type":"signup","account":""}"#,
        r#"{"type":"signup","account":"c"}"#,
        r#"{"time":1772366400000,"type":"signup","account":"d","account":"e"}"#,
        r#"{"time":1772366400000,"type":"signup","account":"f","trusted":"maybe","extra":{"a":1}}"#,
        r#"{"time":1772366400000,"type":"signup","account":"g","email":["x"]}"#,
        r#"{"time":1772366400000,"type":"signup","account":"h","email":"\ud800"}"#,
    ];
    let outcome = read_bytes("events.ndjson", text.join("\n").as_bytes());
    assert_eq!(outcome.accounts(), ["a", "f", "g", "h"]);
    assert_eq!(
        outcome.faults(),
        [
            (1, Some("ip"), true),
            (1, Some("asn"), true),
            (2, Some("type"), false),
            (3, Some("account"), false),
            (4, Some("time"), false),
            (5, Some("account"), false),
            (6, Some("trusted"), true),
            (7, Some("email"), true),
            (8, Some("email"), true),
        ]
    );
    assert_eq!((outcome.summary.rejected_events, outcome.summary.rejected_values), (4, 5));
    assert!(outcome.events[0].contains("ip: None") && outcome.events[0].contains("\"x@y\""));
    assert_eq!(outcome.summary.unknown_fields.get("extra"), Some(&1));
}

#[test]
fn what_is_not_json_is_rejected_without_being_quoted() {
    let text = format!(
        "{}not json\n[1]\n{{\"time\":\n\n  \n{}{{\"ip\":\"x\",\"email\":\"secret@example.com\",}}\n",
        line("a"),
        line("b")
    );
    let outcome = read_bytes("events.ndjson", text.as_bytes());
    assert_eq!(outcome.accounts(), ["a", "b"]);
    // The bad address of the last line is not told apart: none of its event is kept.
    assert_eq!(outcome.faults(), [2, 3, 4, 8].map(|line| (line, None, false)));
    assert!(outcome.rejects.iter().all(|reject| !reject.reason.contains("secret")));
}

#[test]
fn times_in_1601_and_3000_are_rejected() {
    let text = "time,type,account\n1601-01-01T00:00:00Z,signup,a\n3000-01-01T00:00:00Z,signup,b\n2026-03-01T12:00:00Z,signup,c\n";
    let outcome = read_bytes("events.csv", text.as_bytes());
    assert_eq!(outcome.accounts(), ["c"]);
    assert_eq!(outcome.faults(), [(2, Some("time"), false), (3, Some("time"), false)]);
    assert!(outcome.rejects[0].reason.contains("1990 to 2100"));
}

#[test]
fn a_line_of_two_megabytes_is_rejected_and_the_next_is_read() {
    for bytes in [(1 << 20) + 1, 2 << 20, 9 << 20] {
        let long = "x".repeat(bytes);
        let text = format!("{}{long}\n{}", line("a"), line("b"));
        let outcome = read_bytes("events.ndjson", text.as_bytes());
        assert_eq!(outcome.accounts(), ["a", "b"]);
        assert_eq!(outcome.faults(), [(2, None, false)]);
        let text = format!("{HEADER}1772366400000,login,a,,\n{long}\n1772366400000,login,b,,\n");
        let outcome = read_bytes("events.csv", text.as_bytes());
        assert_eq!(outcome.accounts(), ["a", "b"]);
        assert_eq!(outcome.faults(), [(3, None, false)]);
        assert_eq!(outcome.rejects[0].reason, "longer than 1 MiB");
    }
}

#[test]
fn a_huge_file_of_one_line_is_one_reject() {
    for name in ["events.ndjson", "events.csv"] {
        let outcome = read_bytes(name, &vec![b'{'; 20 << 20]);
        assert_eq!(outcome.events.len(), 0);
        assert_eq!(outcome.faults()[0], (1, None, false));
    }
}

#[test]
fn values_over_four_kilobytes_are_left_out() {
    let long = "x".repeat(4097);
    let text = format!(
        "{{\"time\":1772366400000,\"type\":\"login\",\"account\":\"a\",\"email\":\"{long}\",\"other\":\"{long}\"}}\n{}",
        line(&"b".repeat(257))
    );
    let outcome = read_bytes("events.ndjson", text.as_bytes());
    assert_eq!(outcome.accounts(), ["a"]);
    let expected =
        [(1, Some("email"), true), (1, Some("extra"), true), (2, Some("account"), false)];
    assert_eq!(outcome.faults(), expected);
}

#[test]
fn invalid_utf8_is_rejected() {
    let mut ndjson = line("a").into_bytes();
    ndjson.extend(b"{\"time\":1772366400000,\"type\":\"login\",\"account\":\"\xFF\"}\n");
    ndjson.extend(line("b").into_bytes());
    let outcome = read_bytes("events.ndjson", &ndjson);
    assert_eq!(outcome.accounts(), ["a", "b"]);
    assert_eq!(outcome.faults(), [(2, None, false)]);

    let mut csv = HEADER.as_bytes().to_vec();
    csv.extend(b"1772366400000,login,a,J\xF6rg,\n1772366400000,login,\"\xFF\",x,\n");
    let outcome = read_bytes("events.csv", &csv);
    assert_eq!(outcome.accounts(), ["a"]);
    assert_eq!(outcome.faults(), [(2, Some("email"), true), (3, Some("account"), false)]);
}

#[test]
fn a_ragged_csv_row_is_rejected() {
    let text = format!(
        "{HEADER}1772366400000,login,a,x@y,\n1772366400000,login,b\n1772366400000,login,c,x,,,\n1772366400000,login,d,,\n"
    );
    let outcome = read_bytes("events.csv", text.as_bytes());
    assert_eq!(outcome.accounts(), ["a", "d"]);
    assert_eq!(outcome.faults(), [(3, None, false), (4, None, false)]);
    assert_eq!(outcome.rejects[0].reason, "has 3 values where the header has 5");
}

#[test]
fn a_quote_without_an_end_costs_one_line() {
    let mut text = HEADER.to_owned();
    for number in 0..20_000 {
        let quote = if number % 5000 == 7 { "\"" } else { "" };
        writeln!(text, "1772366400000,login,account-{number},{quote}someone@example.com,192.0.2.1")
            .expect("writing to a String cannot fail");
    }
    let outcome = read_bytes("events.csv", text.as_bytes());
    // Two such quotes within reach of each other enclose what lies between them; here they are apart.
    assert_eq!(outcome.events.len() + outcome.rejects.len(), 20_000);
    assert_eq!(outcome.rejects.len(), 4);
    assert!(outcome.faults().iter().all(|(line, _, kept)| line % 5000 == 9 && !kept));
}

#[test]
fn hostile_quotes_cost_time_only_in_proportion() {
    // From outside quotes and from inside them, each of these lines ends inside quotes.
    let lines = "x\"y,\"z\n".repeat(2 << 20);
    let text = format!("{HEADER}{lines}");
    let outcome = read_bytes("events.csv", text.as_bytes());
    assert_eq!(outcome.events.len(), 0);
    // One for each of the first 64, then one for each MiB.
    assert_eq!(outcome.rejects.len(), 64 + lines.len() / (1 << 20));
}

#[test]
fn an_empty_file_is_told() {
    for name in ["a.ndjson", "a.csv", "a.parquet"] {
        let outcome = read_bytes(name, b"");
        assert_eq!(outcome.faults(), [(0, None, false)], "{name}");
    }
}

#[test]
fn a_file_cut_off_while_compressed_keeps_what_came_before() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["a.ndjson.gz", "a.ndjson.zst", "a.csv.gz", "a.csv.zst"] {
        let path = folder.path().join(name);
        let mut writer = EventWriter::create(&path).expect("a new file");
        for number in 0..30_000_u32 {
            let account = format!("account-{}", number.wrapping_mul(2_654_435_761));
            let time =
                Time::from_milliseconds(1_772_366_400_000 + i64::from(number)).expect("in range");
            writer.write(&Event::new(time, EventType::Login, &account)).expect("written");
        }
        writer.finish().expect("written");
        let whole = fs_err::read(&path).expect("just written");
        fs_err::write(&path, &whole[..whole.len() * 2 / 3]).expect("room for it");
        // The next file is still read.
        fs_err::write(folder.path().join("b.ndjson"), line("last")).expect("room for it");
        let outcome = read_path(folder.path());
        assert!(outcome.events.len() > 3000, "{name}: {}", outcome.events.len());
        assert_eq!(outcome.accounts().last(), Some(&"last"));
        assert_eq!(outcome.rejects.len(), 1, "{name}");
        let header = u64::from(name.contains("csv"));
        let last_whole = outcome.events.len() as u64 - 1 + header;
        let reject = &outcome.rejects[0];
        assert!(reject.line == last_whole || reject.line == last_whole + 1, "{name}: {reject:?}");
        assert!(reject.reason.contains("cut off"), "{name}: {reject:?}");
        fs_err::remove_file(path).expect("just written");
    }
}

#[test]
fn a_parquet_file_without_a_required_column_is_an_error_with_a_hint() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.parquet");
    let columns: [(&str, ArrayRef); 2] = [
        ("time", Arc::new(Int64Array::from(vec![1_772_366_400_000]))),
        ("type", Arc::new(StringArray::from(vec!["login"]))),
    ];
    write_parquet(&path, &columns);
    let error = read_mapped(&path, None).expect_err("a column is missing");
    let message = error.to_string();
    assert!(matches!(error, Error::ColumnMissing { field: "account", .. }));
    assert!(message.contains("a.parquet has no column `account`\nhint: "), "{message}");

    fs_err::write(folder.path().join("b.csv"), "time,kind,account\n").expect("room for it");
    let error = read_mapped(&folder.path().join("b.csv"), None).expect_err("a column is missing");
    assert!(matches!(error, Error::ColumnMissing { field: "type", .. }));
}

#[test]
fn a_parquet_column_of_the_wrong_type_is_an_error_or_left_out() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.parquet");
    let nested: ArrayRef = Arc::new(StructArray::from(vec![(
        Arc::new(Field::new("address", DataType::Utf8, true)),
        Arc::new(StringArray::from(vec!["x@y"])) as ArrayRef,
    )]));
    let mut columns: [(&str, ArrayRef); 5] = [
        ("time", Arc::new(Int64Array::from(vec![1_772_366_400_000]))),
        ("type", Arc::new(StringArray::from(vec!["login"]))),
        ("account", Arc::new(Int64Array::from(vec![17]))),
        ("email", nested),
        ("ip", Arc::new(Int64Array::from(vec![17]))),
    ];
    write_parquet(&path, &columns);
    let outcome = read_path(&path);
    assert_eq!(outcome.accounts(), ["17"]);
    assert_eq!(outcome.faults(), [(0, Some("email"), true), (0, Some("ip"), true)]);

    columns[0].1 = Arc::new(arrow_array::Float64Array::from(vec![1.5]));
    write_parquet(&path, &columns);
    let error = read_mapped(&path, None).expect_err("a time that is no time");
    assert!(matches!(error, Error::ColumnType { field: "time", .. }));
    assert!(error.to_string().contains("hint: `time` is read from a timestamp"), "{error}");
}

#[test]
fn binary_text_in_parquet_is_checked() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.parquet");
    let columns: [(&str, ArrayRef); 4] = [
        ("time", Arc::new(Int64Array::from(vec![1_772_366_400_000; 2]))),
        ("type", Arc::new(StringArray::from(vec!["login"; 2]))),
        ("account", Arc::new(BinaryArray::from(vec![b"a".as_slice(), b"b"]))),
        ("email", Arc::new(BinaryArray::from(vec![b"x@y".as_slice(), b"\xFF"]))),
    ];
    write_parquet(&path, &columns);
    let outcome = read_path(&path);
    assert_eq!(outcome.accounts(), ["a", "b"]);
    assert_eq!(outcome.faults(), [(2, Some("email"), true)]);
    assert!(outcome.rejects[0].reason.contains("UTF-8"), "{:?}", outcome.rejects);
}

#[test]
fn a_damaged_parquet_file_is_a_reject() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("a.parquet");
    let mut writer = EventWriter::create(&path).expect("a new file");
    for number in 0..5000 {
        let account = format!("account-{number}");
        let time = Time::from_milliseconds(1_772_366_400_000 + number).expect("in range");
        let event = Event { email: Some(&account), ..Event::new(time, EventType::Login, &account) };
        writer.write(&event).expect("written");
    }
    writer.finish().expect("written");
    let whole = fs_err::read(&path).expect("just written");
    fs_err::write(&path, &whole[..whole.len() / 2]).expect("room for it");
    let outcome = read_path(&path);
    assert_eq!((outcome.events.len(), outcome.faults()), (0, vec![(0, None, false)]));

    // Damage within the data, with the footer whole: no row may be lost without being told of.
    let length = whole[whole.len() - 8..].first_chunk().expect("eight bytes");
    let footer = u32::from_le_bytes(*length) as usize + 8;
    let mut without_email = 0;
    for position in (4..whole.len() - footer).step_by(401) {
        let mut damaged = whole.clone();
        damaged[position] ^= 0x55;
        fs_err::write(&path, &damaged).expect("room for it");
        let outcome = read_path(&path);
        let told = outcome.summary.events + outcome.summary.rejected_events;
        assert!(told >= 5000, "{position}: {told}");
        if outcome.faults() == [(1, Some("email"), true)] {
            assert_eq!(outcome.summary.events, 5000);
            without_email += 1;
        }
    }
    assert!(without_email > 0, "damage to a column that is not required costs only that column");
}

#[test]
fn rejects_are_listed_up_to_a_bound_and_counted_beyond() {
    let outcome = read_bytes("a.ndjson", "x\n".repeat(50_000).as_bytes());
    assert_eq!(outcome.summary.rejected_events, 50_000);
    assert_eq!(outcome.rejects.len(), 20_001);
    let last = outcome.rejects.last().expect("some");
    assert_eq!(
        (last.line, last.reason.as_str()),
        (20_001, "30000 more rejects from here to line 50000, not listed")
    );
}

#[test]
fn errors_tell_what_they_mean_for_the_user() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let open = |inputs: &[String]| Source::open(inputs, None).map(drop).expect_err("no input");
    let inside = |name: &str| folder.path().join(name).to_str().expect("UTF-8").to_owned();
    assert_eq!(open(&[inside("missing.csv")]).class(), ErrorClass::NoInput);
    assert_eq!(open(&[inside("*.csv")]).class(), ErrorClass::NoInput);
    assert_eq!(open(&[inside("")]).class(), ErrorClass::NoInput);
    assert_eq!(open(&[]).class(), ErrorClass::NoInput);
    assert_eq!(open(&[inside("a[")]).class(), ErrorClass::Usage);
    let error = EventWriter::create(&folder.path().join("a.txt")).map(drop).expect_err("no format");
    assert_eq!(error.class(), ErrorClass::Usage);
}

#[test]
fn a_sink_that_panics_ends_the_reading() {
    struct Panics;
    impl seawall_engine::read::Sink for Panics {
        fn event(&mut self, _: &Event<'_>) {
            panic!("on purpose");
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    for number in 0..40 {
        fs_err::write(folder.path().join(format!("{number}.ndjson")), line("a")).expect("room");
    }
    let input = folder.path().to_str().expect("UTF-8").to_owned();
    let source = Source::open(&[input], None).expect("files");
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        read(&source, 2, &|| Panics, &mut |_, _| Ok(()), &mut |_| {}).map(drop)
    }));
    assert!(result.is_err());
}

fn write_parquet(path: &std::path::Path, columns: &[(&str, ArrayRef)]) {
    let batch = RecordBatch::try_from_iter(columns.iter().cloned()).expect("columns of one length");
    let file = fs_err::File::create(path).expect("a new file");
    let mut writer = ArrowWriter::try_new(file, batch.schema(), None).expect("a valid schema");
    writer.write(&batch).expect("written");
    writer.close().expect("written");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        for name in ["a.ndjson", "a.parquet", "a.bin"] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let path = folder.path().join(name);
            fs_err::write(&path, &bytes).expect("room for a file");
            let _ = read_mapped(&path, None);
        }
        let mut csv = HEADER.as_bytes().to_vec();
        csv.extend(&bytes);
        read_bytes("a.csv", &csv);
        for magic in [&b"\x1F\x8B\x08\0\0\0\0\0\0\0"[..], b"\x28\xB5\x2F\xFD", b"PAR1"] {
            let mut compressed = magic.to_vec();
            compressed.extend(&bytes);
            read_bytes("a.ndjson", &compressed);
        }
    }
}
