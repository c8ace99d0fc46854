//! Does any event break the derivation of a selector?
#![no_main]

use std::net::IpAddr;

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use seawall_core::event::{ChallengeOutcome, Country, Event, EventType, Extra, Outcome, Time};
use seawall_core::selector::registry::KINDS;
use seawall_core::selector::{
    Activity, ActivityStep, Derive, Deriver, Kind, KindId, Lists, kind_seed, value_hash,
};

#[derive(Arbitrary, Debug)]
struct Input<'a> {
    time: u64,
    event_type: u8,
    account: &'a str,
    ip: Option<IpAddr>,
    asn: Option<u32>,
    country: Option<&'a str>,
    texts: [Option<&'a str>; 16],
    challenge_outcome: Option<u8>,
    challenge_milliseconds: Option<u32>,
    challenge_attempts: Option<u32>,
    outcome: Option<bool>,
    trusted: Option<bool>,
    extra: Vec<(&'a str, &'a str)>,
    steps: Vec<(u32, u64)>,
    logins: u32,
    actions: u32,
    active_days: u32,
    has_signup: bool,
    input_has_activity: bool,
}

/// A moment in the accepted range.
fn time(number: u64) -> Time {
    let range = 4_102_444_800_000 - 631_152_000_000_u64;
    Time::from_milliseconds(631_152_000_000 + (number % range) as i64).expect("in range")
}

fn derive(input: &Input<'_>) {
    // What the reader lets through: nothing empty, nothing too long.
    let text = |index: usize| input.texts[index].filter(|text| (1..=4096).contains(&text.len()));
    let extra: Vec<Extra<'_>> =
        input.extra.iter().map(|(name, value)| Extra { name, value }).collect();
    let types = [EventType::Signup, EventType::Login, EventType::Challenge, EventType::Action];
    let outcomes =
        [ChallengeOutcome::Passed, ChallengeOutcome::Failed, ChallengeOutcome::Abandoned];
    let event = Event {
        ip: input.ip.map(|address| address.to_canonical()),
        asn: input.asn,
        country: input.country.and_then(Country::parse),
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
        challenge_outcome: input.challenge_outcome.map(|index| outcomes[usize::from(index) % 3]),
        challenge_milliseconds: input.challenge_milliseconds,
        challenge_attempts: input.challenge_attempts,
        action: text(14),
        target: text(15),
        outcome: input.outcome.map(|ok| if ok { Outcome::Success } else { Outcome::Failure }),
        trusted: input.trusted,
        extra: &extra,
        ..Event::new(time(input.time), types[usize::from(input.event_type) % 4], input.account)
    };
    let mut first_steps: Vec<ActivityStep> = input
        .steps
        .iter()
        .take(8)
        .map(|(after, hash)| ActivityStep {
            time: time(input.time.saturating_add(u64::from(*after))),
            action_hash: *hash,
        })
        .collect();
    first_steps.sort();
    let last_seen = first_steps.last().map_or(event.time, |step| step.time.max(event.time));
    let activity = Activity {
        signup: input.has_signup.then_some(event.time),
        first_seen: event.time,
        last_seen,
        input_end: last_seen,
        input_has_activity: input.input_has_activity,
        logins: input.logins,
        actions: input.actions,
        active_days: input.active_days,
        first_steps: &first_steps,
    };
    let lists = Lists::default();
    let mut deriver = Deriver::default();
    let mut derived = Vec::new();
    deriver.derive_all(&event, &lists, |kind, value| derived.push((kind, value)));
    let (mut first, mut second) = (String::new(), String::new());
    for kind in (0..).map(KindId).take(KINDS.len()) {
        let Kind { name, derive, .. } = kind.kind();
        let present = match derive {
            Derive::Activity(_) => Deriver::activity_text(kind, &activity, &mut first),
            Derive::Event(_) | Derive::Recurring(..) | Derive::Action(_) => {
                let present = deriver.text(kind, &event, &lists, &mut first);
                let again = Deriver::default().text(kind, &event, &lists, &mut second);
                assert_eq!((present, &first), (again, &second), "{name} is not the same twice");
                let hash = value_hash(kind_seed(kind.kind()), &first);
                assert_eq!(
                    derived.contains(&(kind, hash)),
                    present,
                    "{name} is not what is counted"
                );
                present
            }
        };
        assert_ne!(present, first.is_empty(), "{name} gives an empty value");
    }
}

fuzz_target!(|input: Input<'_>| derive(&input));
