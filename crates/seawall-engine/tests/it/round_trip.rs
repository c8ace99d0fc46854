//! Do events that were written read back the same, in every format?

use std::net::IpAddr;

use proptest::prelude::*;
use seawall_core::event::{ChallengeOutcome, Country, Event, EventType, Extra, Outcome, Time};
use seawall_engine::write::EventWriter;

use crate::support::read_path;

/// An event that owns its text.
#[derive(Clone, Debug)]
struct Owned {
    milliseconds: i64,
    event_type: EventType,
    account: String,
    texts: Vec<Option<String>>,
    ip: Option<IpAddr>,
    country: Option<Country>,
    numbers: [Option<u32>; 3],
    challenge_outcome: Option<ChallengeOutcome>,
    outcome: Option<Outcome>,
    trusted: Option<bool>,
    extra: Vec<(String, String)>,
}

impl Owned {
    fn event<'a>(&'a self, extra: &'a [Extra<'a>]) -> Event<'a> {
        let text = |index: usize| self.texts[index].as_deref();
        let time = Time::from_milliseconds(self.milliseconds).expect("in range");
        Event {
            ip: self.ip,
            asn: self.numbers[0],
            country: self.country,
            email: text(0),
            recovery_email: text(1),
            phone: text(2),
            username: text(3),
            display_name: text(4),
            user_agent: text(5),
            ja4: text(6),
            device_id: text(7),
            locale: text(8),
            timezone: text(9),
            referrer: text(10),
            invite: text(11),
            payment_id: text(12),
            challenge_provider: text(13),
            challenge_outcome: self.challenge_outcome,
            challenge_milliseconds: self.numbers[1],
            challenge_attempts: self.numbers[2],
            action: text(14),
            target: text(15),
            outcome: self.outcome,
            trusted: self.trusted,
            extra,
            ..Event::new(time, self.event_type, &self.account)
        }
    }
}

/// Text with everything that formats find hard.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-z@.+0-9-]{1,30}",
        "[\"',;\\\\\r\n\t {}\\[\\]a\u{0}\u{7f}]{1,12}",
        "\\PC{1,20}",
        Just("null".to_owned()),
        Just("\u{FEFF}x".to_owned()),
        Just("x".repeat(4096)),
    ]
}

fn address() -> impl Strategy<Value = IpAddr> {
    prop_oneof![
        any::<[u8; 4]>().prop_map(IpAddr::from),
        // An IPv4 address in IPv6 form is read as what it stands for.
        any::<[u8; 16]>().prop_map(|octets| IpAddr::from(octets).to_canonical()),
    ]
}

prop_compose! {
    fn owned()(
        milliseconds in 631_152_000_000..4_102_444_800_000_i64,
        event_type in prop::sample::select(vec![
            EventType::Signup, EventType::Login, EventType::Challenge, EventType::Action,
        ]),
        account in "[a-zA-Z0-9\", _-]{1,64}",
        texts in prop::collection::vec(prop::option::of(text()), 16),
        ip in prop::option::of(address()),
        country in prop::option::of("[A-Z]{2}".prop_map(|text| Country::parse(&text).expect("two letters"))),
        numbers in any::<[Option<u32>; 3]>(),
        challenge_outcome in prop::option::of(prop::sample::select(vec![
            ChallengeOutcome::Passed, ChallengeOutcome::Failed, ChallengeOutcome::Abandoned,
        ])),
        outcome in prop::option::of(prop::sample::select(vec![Outcome::Success, Outcome::Failure])),
        trusted in any::<Option<bool>>(),
        extra in prop::collection::vec(("x_[a-z\"é]{1,6}", text()), 0..3),
    ) -> Owned {
        Owned {
            milliseconds, event_type, account, texts, ip, country, numbers, challenge_outcome,
            outcome, trusted, extra,
        }
    }
}

fn check(events: &[Owned], name: &str) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join(name);
    let keeps_extra = name.contains("ndjson");
    let mut writer = EventWriter::create(&path).expect("a new file");
    let mut expected = Vec::new();
    for owned in events {
        let extra: Vec<Extra<'_>> =
            owned.extra.iter().map(|(name, value)| Extra { name, value }).collect();
        let event = owned.event(&extra);
        writer.write(&event).expect("written");
        let kept = if keeps_extra { &extra[..] } else { &[] };
        expected.push(format!("{:?}", owned.event(kept)));
    }
    writer.finish().expect("written");
    let outcome = read_path(&path);
    assert_eq!(outcome.rejects, [], "{name}");
    assert_eq!(outcome.events, expected, "{name}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn events_read_back_as_they_were_written(events in prop::collection::vec(owned(), 1..8)) {
        for name in [
            "a.ndjson", "a.csv", "a.parquet", "a.ndjson.gz", "a.ndjson.zst", "a.csv.gz", "a.csv.zst",
        ] {
            check(&events, name);
        }
    }
}

/// More rows than a row group has, and several pieces of text.
#[test]
fn many_events_read_back_in_order() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for name in ["a.ndjson", "a.csv", "a.parquet"] {
        let path = folder.path().join(name);
        let mut writer = EventWriter::create(&path).expect("a new file");
        let agent = "Mozilla/5.0 (X11; Linux x86_64) \"quoted\", and\nmore";
        for number in 0..300_000_i64 {
            let account = number.to_string();
            let time = Time::from_milliseconds(1_772_366_400_000 + number).expect("in range");
            let event = Event {
                user_agent: (number % 3 == 0).then_some(agent),
                ..Event::new(time, EventType::Login, &account)
            };
            writer.write(&event).expect("written");
        }
        writer.finish().expect("written");
        let outcome = read_path(&path);
        assert_eq!(outcome.events.len(), 300_000, "{name}");
        for (number, account) in outcome.accounts().into_iter().enumerate() {
            assert_eq!(account, number.to_string(), "{name}");
        }
        let agents = outcome.summary.fields.iter().find(|(field, _)| field.name() == "user_agent");
        assert_eq!(agents.map(|(_, count)| *count), Some(100_000), "{name}");
    }
}
