//! Does each kind derive what it says from an event as sites send them?

use crate::{
    event::{ChallengeOutcome, Country, Event, EventType, Time},
    selector::{
        Activity, ActivityStep, Client, Deriver, KindId, Lists, Stratum, kind_seed, value_hash,
    },
};

/// 2026-01-31T18:59:07Z.
fn time() -> Time {
    Time::from_milliseconds(1_769_885_947_000).unwrap()
}

fn signup() -> Event<'static> {
    let mut event = Event::new(time(), EventType::Signup, "account");
    event.ip = Some("203.0.113.77".parse().unwrap());
    event.asn = Some(64500);
    event.country = Country::parse("gb");
    event.email = Some("Jane.Doe84+x@mail.example.co.uk");
    event.recovery_email = Some("J.Doe@GoogleMail.com");
    event.phone = Some("+44 7700 900123");
    event.username = Some("panda_0042");
    event.display_name = Some("Jane  DOE");
    event.user_agent = Some(
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36",
    );
    event.ja4 = Some("T13d1516h2_8daaf6152771_b186095e22b6");
    event.device_id = Some("9f86d081884c7d65");
    event.locale = Some("en_us");
    event.timezone = Some("Asia/Calcutta");
    event.referrer = Some("https://www.Example.org/join?ref=A7&gclid=1");
    event.invite = Some("INV-1");
    event.payment_id = Some("card0123456789ab");
    event.challenge_provider = Some("puzzle");
    event.challenge_outcome = Some(ChallengeOutcome::Passed);
    event.challenge_milliseconds = Some(12_500);
    event.challenge_attempts = Some(2);
    event
}

fn action() -> Event<'static> {
    let mut event = Event::new(time(), EventType::Action, "account");
    event.action = Some("follow");
    event.target = Some("page123");
    event
}

fn lists() -> Lists {
    let mut lists = Lists::default();
    lists.add("disposable_domains.txt", "example.co.uk").unwrap();
    lists.add("vpn_ipv4.txt", "203.0.113.0/24").unwrap();
    lists.add("hubs.txt", "page1").unwrap();
    lists
}

fn text(kind: &str, event: &Event<'_>) -> Option<String> {
    let mut out = String::from("left over");
    let id = KindId::from_name(kind).unwrap();
    Deriver::new().text(id, event, &lists(), &mut out).then_some(out)
}

#[test]
fn a_full_signup() {
    let event = signup();
    for (kind, expected) in [
        ("ip", "203.0.113.77"),
        ("ip_prefix", "203.0.113.0/24"),
        ("ip_site", "203.0.112.0/20"),
        ("asn", "AS64500"),
        ("country", "GB"),
        ("network_class", "vpn"),
        ("device_id", "9f86d081884c7d65"),
        ("ja4", "t13d1516h2_8daaf6152771_b186095e22b6"),
        ("ja4_ciphers", "t13_8daaf6152771"),
        ("user_agent", event.user_agent.unwrap()),
        ("client", "windows"),
        ("client_mix", "t13d1516h2_8daaf6152771_b186095e22b6|chrome|windows"),
        ("client_claims", "chrome 120|windows|en-US|Asia/Calcutta"),
        ("email_domain", "example.co.uk"),
        ("email_host", "mail.example.co.uk"),
        ("email_disposable", "disposable"),
        ("email_shape", "L4.L3D2+L1"),
        ("email_template", "FIRST.NAME{YY}+L"),
        ("username_template", "WORD_DIGITS{4}"),
        ("username_stem", "panda"),
        ("number_sequence", "panda_[0000-0999]"),
        ("display_name", "jane doe"),
        ("name_relation", "mail partly; username unrelated and digits; case mixed"),
        ("name_script", "Latin"),
        ("email", "jane.doe84+x@mail.example.co.uk"),
        ("recovery_email", "jdoe@gmail.com"),
        ("recovery_domain", "gmail.com"),
        ("phone", "+447700900123"),
        ("phone_block", "+447700900xxx"),
        ("phone_prefix", "+4477009"),
        ("challenge_mix", "puzzle|passed|11.02-12.81 s|attempts 2"),
        ("challenge_time", "11.02-12.81 s"),
        ("locale_mismatch", "address GB, clock IN, language US, telephone GB"),
        ("local_hour", "00 h"),
        ("signup_second", "07 s"),
        ("referrer", "example.org/join?ref=A7"),
        ("invite", "INV-1"),
        ("payment", "card0123456789ab"),
    ] {
        assert_eq!(text(kind, &event).as_deref(), Some(expected), "{kind}");
    }
    assert!(text("name_look", &event).unwrap().ends_with("% digits"));
    for kind in ["target", "lockstep", "counterparty", "first_steps", "activity"] {
        assert_eq!(text(kind, &event), None, "{kind}");
    }
}

#[test]
fn an_action() {
    let mut event = action();
    for (kind, expected) in [
        ("target", "follow page123"),
        ("lockstep", "follow page123 @ 2026-01-31T18"),
        ("counterparty", "page123"),
    ] {
        assert_eq!(text(kind, &event).as_deref(), Some(expected), "{kind}");
    }
    event.target = Some("page1");
    for kind in ["target", "lockstep", "counterparty", "local_hour", "signup_second"] {
        assert_eq!(text(kind, &event), None, "a hub gives no {kind}");
    }
}

#[test]
fn ipv6_is_cut_to_what_one_subscriber_has() {
    let mut event = signup();
    // RFC 3849 addresses; RFC 5952 text.
    for (ip, subscriber, household, site) in [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64", "2001:db8:1::/56", "2001:db8:1::/48"),
        ("2001:DB8:0:0:1::1", "2001:db8::/64", "2001:db8::/56", "2001:db8::/48"),
        ("2001:db8:0:12ff::1", "2001:db8:0:12ff::/64", "2001:db8:0:1200::/56", "2001:db8::/48"),
        ("::ffff:198.51.100.7", "198.51.100.7", "198.51.100.0/24", "198.51.96.0/20"),
    ] {
        event.ip = Some(ip.parse().unwrap());
        assert_eq!(text("ip", &event).as_deref(), Some(subscriber), "{ip}");
        assert_eq!(text("ip_prefix", &event).as_deref(), Some(household), "{ip}");
        assert_eq!(text("ip_site", &event).as_deref(), Some(site), "{ip}");
    }
    for nowhere in ["0.0.0.0", "::", "127.0.0.1", "::1", "::ffff:127.0.0.1"] {
        event.ip = Some(nowhere.parse().unwrap());
        assert_eq!(text("ip", &event), None, "{nowhere}");
    }
}

#[test]
fn absent_fields_give_no_selector() {
    let event = Event::new(time(), EventType::Login, "account");
    let mut found = Vec::new();
    Deriver::new().derive_all(&event, &lists(), |id, _| found.push(id.kind().name));
    assert_eq!(found, [""; 0]);
    let stratum = Deriver::new().stratum(&event, &lists());
    assert_eq!(stratum, Stratum::default());
    assert_eq!(stratum.client, Client::Unknown);
    let mut event = signup();
    (event.device_id, event.ja4, event.invite) = (Some("null"), Some(" "), Some("-"));
    (event.email, event.phone, event.username) = (Some("none"), Some("n/a"), Some("   "));
    for kind in [
        "device_id",
        "ja4",
        "ja4_ciphers",
        "invite",
        "email",
        "email_domain",
        "phone",
        "username_stem",
    ] {
        assert_eq!(text(kind, &event), None, "{kind}");
    }
}

#[test]
fn the_stratum_falls_back() {
    let mut deriver = Deriver::new();
    let mut event = signup();
    let mut country = |event: &Event<'_>| deriver.stratum(event, &Lists::default()).country;
    assert_eq!(country(&event), Some(*b"GB"));
    event.country = None;
    event.phone = Some("+33 1 99 00 12 34");
    assert_eq!(country(&event), Some(*b"FR"));
    event.phone = None;
    assert_eq!(country(&event), Some(*b"IN"));
    event.timezone = Some("UTC");
    assert_eq!(country(&event), Some(*b"US"));
    event.locale = Some("en");
    assert_eq!(country(&event), None);
}

#[test]
fn numbered_names_fall_in_blocks() {
    let mut event = Event::new(time(), EventType::Signup, "account");
    for (username, expected) in [
        ("s0001", Some("s[0000-0999]")),
        ("s0999", Some("s[0000-0999]")),
        ("s1000", Some("s[1000-1999]")),
        ("user12345", Some("user[12000-12999]")),
        ("user12", None),
        ("12345", None),
        ("user", None),
        ("user1234567890123", None),
    ] {
        event.username = Some(username);
        assert_eq!(text("number_sequence", &event).as_deref(), expected, "{username}");
    }
    event.username = None;
    event.email = Some("s0002@example.org");
    assert_eq!(text("number_sequence", &event).as_deref(), Some("s[0000-0999]"));
}

#[test]
fn stems_need_four_letters_and_fold_imitations() {
    let mut event = Event::new(time(), EventType::Signup, "account");
    for (username, expected) in [
        ("panda42", Some("panda")),
        ("@Panda-7", Some("panda")),
        ("раураl9", Some("paypal")),
        ("bob77", None),
        ("123456", None),
    ] {
        event.username = Some(username);
        assert_eq!(text("username_stem", &event).as_deref(), expected, "{username}");
    }
}

fn step(seconds: i64, action_hash: u64) -> ActivityStep {
    ActivityStep {
        time: Time::from_milliseconds(time().milliseconds() + seconds * 1000).unwrap(),
        action_hash,
    }
}

fn activity(first_steps: &[ActivityStep]) -> Activity<'_> {
    Activity {
        signup: Some(time()),
        first_seen: time(),
        last_seen: time(),
        input_end: step(3 * 24 * 60 * 60, 0).time,
        input_has_activity: true,
        logins: 0,
        actions: 0,
        active_days: 0,
        first_steps,
    }
}

fn activity_text(kind: &str, activity: &Activity<'_>) -> Option<String> {
    let mut out = String::new();
    Deriver::activity_text(KindId::from_name(kind).unwrap(), activity, &mut out).then_some(out)
}

#[test]
fn activity_has_a_shape_once_there_was_time() {
    let mut activity = activity(&[]);
    assert_eq!(activity_text("activity", &activity).as_deref(), Some("none"));
    (activity.logins, activity.actions, activity.active_days) = (2, 5, 3);
    assert_eq!(activity_text("activity", &activity).as_deref(), Some("some actions on 2-3 days"));
    activity.input_end = step(2 * 24 * 60 * 60, 0).time;
    assert_eq!(activity_text("activity", &activity), None, "two days are too few");
    activity.input_end = step(9 * 24 * 60 * 60, 0).time;
    activity.input_has_activity = false;
    assert_eq!(activity_text("activity", &activity), None, "silence says nothing");
}

#[test]
fn first_steps_agree_despite_small_differences_in_time() {
    let first = [step(3, 1), step(63, 2), step(400, 3)];
    let alike = [step(4, 1), step(71, 2), step(420, 3)];
    let slower = [step(3, 1), step(900, 2), step(1300, 3)];
    let other = [step(3, 1), step(63, 2), step(400, 4)];
    let of = |steps: &[ActivityStep]| activity_text("first_steps", &activity(steps));
    assert!(of(&first).unwrap().starts_with("3 steps "));
    assert_eq!(of(&first), of(&alike));
    assert_ne!(of(&first), of(&slower));
    assert_ne!(of(&first), of(&other));
    assert_eq!(of(&first[..2]), None);
    let without_signup = Activity { signup: None, ..activity(&first) };
    assert_eq!(activity_text("first_steps", &without_signup), None);
}

#[test]
fn hashes_are_those_of_the_texts() {
    let mut deriver = Deriver::new();
    for event in [signup(), action()] {
        let mut hashes = Vec::new();
        deriver.derive_all(&event, &lists(), |id, hash| hashes.push((id, hash)));
        let expected: Vec<_> = KindId::all()
            .filter_map(|id| {
                let text = text(id.kind().name, &event)?;
                Some((id, value_hash(kind_seed(id.kind()), &text)))
            })
            .collect();
        assert_eq!(hashes, expected);
    }
    let steps = [step(3, 1), step(63, 2), step(400, 3)];
    let mut found = Vec::new();
    deriver.derive_activity(&activity(&steps), |id, _| found.push(id.kind().name));
    assert_eq!(found, ["first_steps", "activity"]);
}
