//! Does it make no difference where the input is cut, or how many threads parse it?

use proptest::prelude::*;
use seawall_core::event::{Event, EventType, LINE_BYTES_MAX, Reject, Time};

use super::cutter::Limits;
use super::{ReadSummary, Sink, Source, read_with};

struct Events(Vec<String>);

impl Sink for Events {
    fn event(&mut self, event: &Event<'_>) {
        self.0.push(format!("{event:?}"));
    }
}

fn read_all(
    source: &Source,
    threads: usize,
    piece_bytes: usize,
) -> (Vec<String>, Vec<Reject>, ReadSummary) {
    let (mut events, mut rejects) = (Vec::new(), Vec::new());
    let limits = Limits { piece_bytes, line_bytes_max: LINE_BYTES_MAX };
    let mut finish = |sink: Events, piece| {
        events.extend(sink.0);
        rejects.extend(piece);
        Ok(())
    };
    let summary =
        read_with(source, threads, limits, &|| Events(Vec::new()), &mut finish, &mut |_| {});
    (events, rejects, summary.expect("readable"))
}

/// Takes the events of one account.
struct Chosen(Vec<String>);

const CHOSEN: &str = "b";

impl Sink for Chosen {
    fn event(&mut self, event: &Event<'_>) {
        if event.account == CHOSEN {
            self.0.push(format!("{event:?}"));
        }
    }

    fn selective(&self) -> bool {
        true
    }

    fn wants(&mut self, account: &str) -> bool {
        account == CHOSEN
    }
}

/// Reading the events of one account gives those that reading all of them gives.
fn check_chosen(name: &str, bytes: &[u8]) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs_err::write(&path, bytes).expect("room for a file");
    let source = Source::open(&[path.to_str().expect("UTF-8").to_owned()], None).expect("a file");
    let (mut all, _, _) = read_all(&source, 1, Limits::default().piece_bytes);
    all.retain(|event| event.contains(&format!("account: {CHOSEN:?}")));
    let mut chosen = Vec::new();
    let mut finish = |sink: Chosen, _| {
        chosen.extend(sink.0);
        Ok(())
    };
    super::read(&source, 2, &|| Chosen(Vec::new()), &mut finish, &mut |_| {}).expect("readable");
    assert_eq!(chosen, all);
}

fn check(name: &str, bytes: &[u8], piece_bytes: usize) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    fs_err::write(&path, bytes).expect("room for a file");
    let source = Source::open(&[path.to_str().expect("UTF-8").to_owned()], None).expect("a file");
    let whole = read_all(&source, 1, Limits::default().piece_bytes);
    assert_eq!(read_all(&source, 1, piece_bytes), whole);
    assert_eq!(read_all(&source, 3, piece_bytes), whole);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn cuts_of_csv_make_no_difference(
        rows in prop::collection::vec(
            prop_oneof![
                4 => "1772366400000,login,[a-z]{1,4},[a-z]{0,3}\r?\n",
                2 => "1772366400000,login,b,\"([a-z,\r\n]|\"\"){0,8}\"\n",
                1 => "[a-z,\"\r\n]{0,12}",
            ],
            1..40,
        ),
        piece_bytes in 1..200_usize,
    ) {
        let text = format!("time,type,account,other\n{}", rows.concat());
        check("a.csv", text.as_bytes(), piece_bytes);
    }

    #[test]
    fn cuts_of_ndjson_make_no_difference(
        lines in prop::collection::vec(
            prop_oneof![
                4 => "[a-z\"]{1,4}".prop_map(|account| {
                    let account = serde_json::to_string(&account).expect("a string");
                    format!("{{\"time\":1772366400000,\"type\":\"login\",\"account\":{account}}}\n")
                }),
                1 => "[{}\":\r\n a]{0,12}\n?",
                1 => Just("{\"class_uid\":3002,\"activity_id\":1,\"time\":1772366400000,\"user\":{\"uid\":\"u\"}}\r\n".to_owned()),
            ],
            1..40,
        ),
        piece_bytes in 1..200_usize,
    ) {
        check("a.ndjson", lines.concat().as_bytes(), piece_bytes);
    }

    #[test]
    fn events_of_chosen_accounts_are_all_found_in_csv(
        rows in prop::collection::vec("(1772366400000|\"1772366400000\"),login,(a|b|\"b\"|b\"|),([ab]|\"[ab,\n]\"){0,2}\r?\n", 1..20),
    ) {
        check_chosen("a.csv", format!("time,type,account,other\n{}", rows.concat()).as_bytes());
    }

    #[test]
    fn events_of_chosen_accounts_are_all_found_in_json(
        lines in prop::collection::vec(
            prop::collection::vec(
                prop_oneof![
                    6 => "\"account\" ?: ?\"[ab]\"",
                    1 => "\"(account|acco\\\\u0075nt|action|email)\" ?: ?(\"[ab]?\"|\"account\"|\"\\\\\"account\\\\\":\\\\\"a\"|null|1|\"\\\\u0062\"|\\{\"account\":\"[ab]\"\\})",
                    1 => "\"x\":\\{\"account\":\"[ab]\"\\}",
                    1 => Just("\"class_uid\":3002,\"activity_id\":1,\"user\":{\"uid\":\"b\"}".to_owned()),
                    1 => Just("\"account".to_owned()),
                ],
                1..4,
            ),
            1..20,
        ),
    ) {
        let lines: Vec<String> = lines
            .iter()
            .map(|members| format!("{{\"time\":1772366400000,\"type\":\"login\",{}}}\n", members.join(",")))
            .collect();
        check_chosen("a.ndjson", lines.concat().as_bytes());
    }

    #[test]
    fn events_of_chosen_accounts_are_all_found_in_parquet(
        accounts in prop::collection::vec("[abc]", 1..60),
    ) {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("a.parquet");
        let mut writer = crate::write::EventWriter::create(&path).expect("a new file");
        for (account, milliseconds) in accounts.iter().zip(1_772_366_400_000_i64..) {
            let time = Time::from_milliseconds(milliseconds).expect("within the range");
            writer.write(&Event::new(time, EventType::Login, account)).expect("room");
        }
        writer.finish().expect("room");
        check_chosen("a.parquet", &fs_err::read(&path).expect("as written"));
    }
}
