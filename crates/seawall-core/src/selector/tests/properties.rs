//! What holds for every input, however hostile?

use proptest::prelude::*;

use crate::{
    event::{ChallengeOutcome, Country, Event, EventType, Time},
    selector::{Deriver, Family, KindId, KindSet, Lists, kind_seed, shown, value_hash},
};

/// Text fields of an event, owned.
#[derive(Clone, Debug)]
struct Fields {
    ip: Option<std::net::IpAddr>,
    texts: [Option<String>; 15],
    challenge_milliseconds: Option<u32>,
    event_type: EventType,
}

/// Texts that look like something, and any other.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-Z0-9.+_-]{0,12}@[a-zA-Z0-9.-]{0,12}\\.(com|co\\.uk|example)",
        "[a-z.]{1,9}[+-]?[a-z0-9]{0,4}@(gmail|yahoo|outlook|googlemail)\\.com",
        "\\+?[0-9() -]{5,20}",
        "[a-zA-Zа-яёα-ωçé _.]{1,12}[0-9]{0,6}",
        "(https?://)?[a-zA-Z.]{1,10}/[a-z?=&#]{0,12}",
        "[tqd]1[0-3][di][0-9]{4}h2_[0-9a-fA-F]{12}_[0-9a-f]{12}",
        Just("null".to_owned()),
        Just("x".repeat(5000)),
        Just("ﷺ".repeat(600)),
    ]
}

fn fields() -> impl Strategy<Value = Fields> {
    (
        proptest::option::of(any::<std::net::IpAddr>()),
        proptest::collection::vec(proptest::option::of(hostile()), 15),
        any::<Option<u32>>(),
        prop_oneof![Just(EventType::Signup), Just(EventType::Login), Just(EventType::Action)],
    )
        .prop_map(|(ip, texts, challenge_milliseconds, event_type)| Fields {
            ip,
            texts: texts.try_into().unwrap(),
            challenge_milliseconds,
            event_type,
        })
}

fn event(fields: &Fields) -> Event<'_> {
    let time = Time::from_milliseconds(1_769_885_947_000).unwrap();
    let mut event = Event::new(time, fields.event_type, "account");
    event.ip = fields.ip;
    let [
        email,
        recovery,
        phone,
        username,
        display,
        agent,
        ja4,
        device,
        locale,
        zone,
        referrer,
        invite,
        payment,
        action,
        target,
    ] = fields.texts.each_ref().map(Option::as_deref);
    event.email = email;
    event.recovery_email = recovery;
    event.phone = phone;
    event.username = username;
    event.display_name = display;
    event.user_agent = agent;
    event.ja4 = ja4;
    event.device_id = device;
    event.locale = locale;
    event.timezone = zone;
    event.referrer = referrer;
    event.invite = invite;
    event.payment_id = payment;
    event.action = action;
    event.target = target;
    event.challenge_milliseconds = fields.challenge_milliseconds;
    event.challenge_outcome = fields.challenge_milliseconds.map(|_| ChallengeOutcome::Passed);
    event.country = locale.and_then(Country::parse);
    event
}

fn all_texts(deriver: &mut Deriver, event: &Event<'_>) -> Vec<Option<String>> {
    let lists = Lists::default();
    KindId::all()
        .map(|id| {
            let mut out = String::new();
            deriver.text(id, event, &lists, &mut out).then_some(out)
        })
        .collect()
}

fn text(kind: &str, event: &Event<'_>) -> Option<String> {
    let mut out = String::new();
    let id = KindId::from_name(kind).unwrap();
    Deriver::new().text(id, event, &Lists::default(), &mut out).then_some(out)
}

proptest! {
    #[test]
    fn nothing_depends_on_what_came_before(first in fields(), second in fields()) {
        let (first, second) = (event(&first), event(&second));
        let mut used = Deriver::new();
        all_texts(&mut used, &first);
        let after = all_texts(&mut used, &second);
        prop_assert_eq!(&after, &all_texts(&mut used, &second));
        prop_assert_eq!(&after, &all_texts(&mut Deriver::new(), &second));
        prop_assert!(after.iter().flatten().all(|text| !text.is_empty()));
    }

    #[test]
    fn kinds_not_wanted_are_left_out(fields in fields(), wanted in any::<u64>()) {
        let event = event(&fields);
        let mut set = KindSet::EMPTY;
        KindId::all().filter(|id| wanted >> id.0 & 1 == 1).for_each(|id| set.insert(id));
        let (mut all, mut some) = (Vec::new(), Vec::new());
        let mut deriver = Deriver::new();
        let lists = Lists::default();
        deriver.derive_all(&event, &lists, |id, hash| all.push((id, hash)));
        deriver.derive_wanted(&event, &lists, set, |id, hash| some.push((id, hash)));
        for id in KindId::all() {
            let mut alone = KindSet::EMPTY;
            alone.insert(id);
            let mut found = Vec::new();
            Deriver::new().derive_wanted(&event, &lists, alone, |id, hash| found.push((id, hash)));
            prop_assert!(found.iter().eq(all.iter().filter(|(other, _)| *other == id)));
        }
        all.retain(|(id, _)| set.contains(*id));
        prop_assert_eq!(all, some);
    }

    #[test]
    fn hashes_are_those_of_the_texts_whatever_came_before(
        all_fields in proptest::collection::vec(fields(), 2..4),
        taken in proptest::collection::vec(any::<u16>(), 1..12),
    ) {
        let lists = Lists::default();
        let mut used = Deriver::new();
        for taken in taken {
            // Some texts of one and some of another, so that many come by more than once.
            let mut mixed = all_fields[0].clone();
            for (index, text) in mixed.texts.iter_mut().enumerate() {
                let from = usize::from(taken >> index & 1 == 1) * (all_fields.len() - 1);
                text.clone_from(&all_fields[from].texts[index]);
            }
            let event = event(&mixed);
            let mut hashes = Vec::new();
            used.derive_all(&event, &lists, |id, hash| hashes.push((id, hash)));
            let texts = all_texts(&mut Deriver::new(), &event);
            let expected: Vec<_> = KindId::all()
                .zip(texts)
                .filter_map(|(id, text)| Some((id, value_hash(kind_seed(id.kind()), &text?))))
                .collect();
            prop_assert_eq!(hashes, expected);
        }
    }

    #[test]
    fn kinds_of_a_set_are_those_put_in(bits in any::<u64>()) {
        let mut set = KindSet::EMPTY;
        KindId::all().filter(|id| bits >> id.0 & 1 == 1).for_each(|id| set.insert(id));
        prop_assert!(set.kinds().eq(KindId::all().filter(|id| set.contains(*id))));
        prop_assert_eq!(KindSet::from_bits(set.bits()), set);
        prop_assert_eq!(set.without(KindSet::from_bits(bits)), KindSet::EMPTY);
    }

    #[test]
    fn a_canonical_text_is_its_own(text_of in hostile(), ip: std::net::IpAddr) {
        let time = Time::from_milliseconds(1_769_885_947_000).unwrap();
        let mut event = Event::new(time, EventType::Signup, "account");
        event.ip = Some(ip);
        if let Some(once) = text("ip", &event) {
            event.ip = Some(once.trim_end_matches("/64").parse().unwrap());
            prop_assert_eq!(text("ip", &event), Some(once));
        }
        macro_rules! idempotent {
            ($($kind:literal from $field:ident),*) => {$(
                let mut event = Event::new(time, EventType::Signup, "account");
                event.$field = Some(&text_of);
                if let Some(once) = text($kind, &event) {
                    event.$field = Some(&once);
                    let twice = text($kind, &event);
                    prop_assert_eq!(twice.as_ref(), Some(&once), $kind);
                }
            )*};
        }
        idempotent!(
            "email" from email,
            "recovery_email" from recovery_email,
            "phone" from phone,
            "display_name" from display_name,
            "ja4" from ja4,
            "device_id" from device_id,
            "user_agent" from user_agent,
            "referrer" from referrer,
            "invite" from invite,
            "payment" from payment_id
        );
    }

    #[test]
    fn a_missing_field_has_no_kinds_of_its_own(fields in fields()) {
        let mut event = event(&fields);
        event.email = None;
        event.phone = None;
        event.challenge_milliseconds = None;
        let mut found = Vec::new();
        Deriver::new().derive_all(&event, &Lists::default(), |id, _| found.push(id.kind()));
        for kind in found {
            prop_assert!(!matches!(kind.family, Family::Domain | Family::Phone), "{}", kind.name);
            prop_assert!(!matches!(kind.name, "email" | "email_shape" | "email_template" | "challenge_time"));
        }
    }

    #[test]
    fn masks_hide_the_person(fields in fields()) {
        let event = event(&fields);
        let lists = Lists::default();
        let mut deriver = Deriver::new();
        for id in KindId::all() {
            let (kind, mut text) = (id.kind(), String::new());
            if !deriver.text(id, &event, &lists, &mut text) {
                continue;
            }
            prop_assert_eq!(shown(kind, &text, true), text.as_str());
            let mask = shown(kind, &text, false);
            prop_assert!(!mask.is_empty());
            if !kind.personal {
                prop_assert_eq!(mask, text);
                continue;
            }
            if kind.name != "ip_prefix" || text.contains(':') {
                prop_assert_ne!(&mask, &text, "{}", kind.name);
            }
            // What stands before the marks is a proper beginning, short of what identifies.
            match kind.name {
                "email" | "recovery_email" if text.contains('@') => {
                    let (local, host) = text.rsplit_once('@').unwrap();
                    let (hidden, rest) = mask.split_once("•••").unwrap();
                    prop_assert_eq!(rest, format!("@{host}"));
                    prop_assert!(hidden.chars().count() <= 1 && hidden.len() < local.len());
                }
                "phone" | "phone_block" if text.starts_with('+') => {
                    prop_assert!(mask.len() <= 1 + 4 + "•••".len() && text.len() >= 8);
                }
                "display_name" | "username_stem" => {
                    prop_assert!(mask.trim_end_matches("•••").chars().count() <= 1);
                }
                "device_id" | "payment" | "counterparty" => {
                    let left = mask.strip_suffix('…').unwrap().chars().count();
                    prop_assert!(left <= 6 && 3 * left <= text.chars().count());
                }
                _ => {}
            }
        }
    }
}

#[test]
fn masks_are_as_documented() {
    for (kind, text, expected) in [
        ("ip", "203.0.113.77", "203.0.113.x"),
        ("ip", "2001:db8:1:2::/64", "2001:db8:…"),
        ("ip", "2001::/64", "::…"),
        ("ip_prefix", "203.0.113.0/24", "203.0.113.0/24"),
        ("ip_prefix", "2001:db8:1::/56", "2001:db8:…"),
        ("email", "jane@example.org", "j•••@example.org"),
        ("email", "j@example.org", "•••@example.org"),
        ("email", "b4c9a289323b21a01c3e940f150eb9b8", "b4c9a2…"),
        ("phone", "+447700900123", "+4477•••"),
        ("phone_block", "+447700900xxx", "+4477•••"),
        ("display_name", "jane doe", "j•••"),
        ("display_name", "王明", "•••"),
        ("number_sequence", "panda[0000-0999]", "p•••[0000-0999]"),
        ("device_id", "9f86d081884c7d659a2f", "9f86d0…"),
        ("device_id", "ab", "…"),
        ("target", "follow page123", "follow pa…"),
        ("lockstep", "follow page123 @ 2026-01-31T18", "follow pa… @ 2026-01-31T18"),
        ("counterparty", "page123", "pa…"),
        ("referrer", "example.org", "example.org"),
        ("device_id", "", "…"),
    ] {
        let kind = KindId::from_name(kind).unwrap().kind();
        assert_eq!(shown(kind, text, false), expected, "{}", kind.name);
    }
}
