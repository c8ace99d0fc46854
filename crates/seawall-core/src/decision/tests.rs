//! Do the parts hold together?

mod institution;
mod known_campaign;

use std::sync::Arc;

use super::{
    exposed::Loaded,
    features,
    live::{Limits, Live},
    policy::Policy,
    record::{Record, ReplayError},
    scored::Ready,
    snapshot::{Rate, Snapshot},
};
use crate::{
    decision::Answer,
    event::{Event, EventType, Time},
    model::{
        AccountModel,
        drift::{Reference, Spread},
        strata::Bound,
        trees::{LEAF, Node, Trees},
    },
    selector::Lists,
};

/// A snapshot of a quiet site: a million accounts, no campaign, every new value rare.
fn quiet() -> Snapshot {
    let mut snapshot = Snapshot::empty();
    snapshot.judged = 1_000_000;
    for baseline in &mut snapshot.baselines {
        baseline.values = 10_000;
        baseline.unseen = Some(Rate { value: 0, mean: 1e-7, size: 0.5 });
    }
    snapshot
}

fn live(limits: Limits) -> Live {
    let loaded = Arc::new(Loaded::new(quiet()));
    Live::new(loaded, Arc::new(Policy::standard()), Arc::new(Lists::default()), limits)
}

const LIMITS: Limits = Limits { selectors_max: 4096, accounts_max: 1000, secret: 7 };

/// Signups of people, and from the middle on every tenth one of a farm with one device and one mail domain.
fn stream(live: &mut Live, accounts: u32) -> Vec<Record> {
    let mut records = Vec::new();
    for number in 0..accounts {
        let is_farm = number > accounts / 2 && number % 10 == 0;
        let account = format!("account-{number}");
        let (email, device) = if is_farm {
            (format!("someone{number}@farm.example"), "device-farm".to_owned())
        } else {
            (format!("someone{number}@site-{number}.example"), format!("device-{number}"))
        };
        let time = Time::from_milliseconds(1_700_000_000_000 + i64::from(number) * 1000);
        let mut event = Event::new(time.expect("a time"), EventType::Signup, &account);
        (event.email, event.device_id) = (Some(email.as_str()), Some(device.as_str()));
        let inputs = live.observe(&event, u64::from(number), 1_800_000_000);
        records.push(live.decide(inputs));
    }
    records
}

#[test]
fn a_new_farm_is_challenged_within_a_dozen_accounts_and_nobody_else() {
    let records = stream(&mut live(LIMITS), 2000);
    let farm: Vec<&Record> =
        records[1001..].iter().filter(|r| r.inputs.sequence % 10 == 0).collect();
    let challenged = |record: &Record| record.decision.decision == Answer::Challenge;
    let first = farm.iter().position(|record| challenged(record)).expect("challenged");
    assert!(first < 12, "{first}");
    assert!(farm[first..].iter().all(|record| challenged(record)));
    assert_eq!(records.iter().filter(|record| challenged(record)).count(), farm.len() - first);
    let told = &farm[20].decision;
    assert!(told.reasons.len() >= 2 && told.provisional.as_ref().is_some_and(|p| p.families >= 2));
}

#[test]
fn the_same_events_give_the_same_bytes_and_every_record_replays() {
    let one = stream(&mut live(LIMITS), 1200);
    let two = stream(&mut live(LIMITS), 1200);
    let (loaded, policy) = (Loaded::new(quiet()), Policy::standard());
    for (one, two) in one.iter().zip(&two) {
        let bytes = one.encode();
        assert_eq!(bytes, two.encode());
        let read = Record::decode(&bytes).expect("a record");
        let again = read.replay(&loaded, &policy, None).expect("replays");
        assert_eq!(again.encode(), bytes);
    }
    let mut other = quiet();
    other.judged += 1;
    let refused = one[0].replay(&Loaded::new(other), &policy, None);
    assert!(matches!(refused, Err(ReplayError::Snapshot(_))), "{refused:?}");
    assert!(Record::decode(b"\x01\x02").is_err());
}

#[test]
fn a_named_value_blocks_until_it_expires() {
    let mut live = live(LIMITS);
    let indicator =
        |valid_until| super::live::Indicator { id: "indicator--1".to_owned(), valid_until };
    assert!(!live.add_indicator("no_kind", "x", indicator(0)));
    assert!(live.add_indicator("email_domain", "farm.example", indicator(1_700_000_100)));
    let mut answer = |seconds: i64, account: &str| {
        let time = Time::from_milliseconds(seconds * 1000).expect("a time");
        let mut event = Event::new(time, EventType::Signup, account);
        event.email = Some("a.person@farm.example");
        let inputs = live.observe(&event, 0, 1_800_000_000);
        live.decide(inputs).decision
    };
    let blocked = answer(1_700_000_000, "a");
    assert_eq!((blocked.decision, blocked.rule.as_deref()), (Answer::Block, Some("named")));
    assert_eq!(answer(1_700_000_200, "b").decision, Answer::Allow);
}

#[test]
fn a_clock_that_is_ahead_does_not_age_what_is_counted() {
    let mut live = live(LIMITS);
    let mut signup = |milliseconds: i64, account: &str| {
        let time = Time::from_milliseconds(milliseconds).expect("a time");
        let mut event = Event::new(time, EventType::Signup, account);
        event.device_id = Some("one-device");
        live.observe(&event, 0, 1_700_000_000).inputs
    };
    signup(1_700_000_000_000, "a");
    signup(4_000_000_000_000, "b");
    let inputs = signup(1_700_000_000_000, "c");
    let device = inputs.selectors.iter().find(|own| own.accounts == 3).expect("the device");
    assert!(device.counts[2] > 2.99, "{:?}", device.counts);
}

#[test]
fn a_state_that_was_kept_goes_on_as_if_it_had_never_been_away() {
    let mut one = live(LIMITS);
    let before = stream(&mut one, 1500);
    let parts: Vec<Vec<u8>> = one.parts().collect();
    let mut two = live(LIMITS);
    for part in &parts {
        two.put(part).expect("a part");
    }
    assert_eq!(two.parts().collect::<Vec<_>>(), parts);
    assert_eq!(two.sizes(), one.sizes());
    let (one, two) = (stream(&mut one, 1500), stream(&mut two, 1500));
    assert_ne!(one[1400].encode(), before[1400].encode());
    for (one, two) in one.iter().zip(&two) {
        assert_eq!(one.encode(), two.encode());
    }
}

#[test]
fn a_changed_part_is_refused_or_another_state_and_never_a_panic() {
    let mut one = live(LIMITS);
    stream(&mut one, 300);
    for part in one.parts() {
        for at in (0..part.len()).step_by(11) {
            let mut changed = part.clone();
            changed[at] ^= 0x55;
            let mut two = live(LIMITS);
            if two.put(&changed).is_ok() {
                stream(&mut two, 3);
            }
        }
    }
}

/// A model with one question: does its mail domain come more often than it should?
fn model() -> Ready {
    let names = features::names();
    let asked = names.iter().position(|name| name == "domain.tail_bits").expect("a feature");
    let node = |feature: u16, below: u32, value: f32| Node {
        feature,
        missing_first: true,
        below,
        threshold: 20.0,
        value,
    };
    let tree = vec![node(asked as u16, 1, -1.0), node(LEAF, 0, -3.0), node(LEAF, 0, 5.0)];
    let model = AccountModel {
        reference: Reference {
            features: vec![Spread::of(std::iter::empty()); names.len()],
            ..Reference::default()
        },
        features: names,
        trees: Trees { base: 0.0, trees: vec![tree] },
        bound: Bound {
            false_positive_max: 0.001,
            doubt: 0.05,
            threshold: Some(0.0),
            ..Bound::default()
        },
        ..AccountModel::default()
    };
    Ready::decode(&model.encode()).expect("a model")
}

#[test]
fn a_model_is_asked_at_signups_its_rule_challenges_and_its_record_replays() {
    let (loaded, policy, model) = (Loaded::new(quiet()), Policy::standard(), Arc::new(model()));
    let mut live = live(LIMITS);
    live.set_model(Some(Arc::clone(&model)));
    let records = stream(&mut live, 2000);
    let over = |record: &Record| record.decision.model.as_ref().is_some_and(|own| own.over);
    let told = records.iter().find(|record| over(record)).expect("a farm's account");
    assert_eq!(told.decision.decision, Answer::Challenge);
    assert!(records.iter().filter(|record| record.inputs.sequence % 10 != 0).all(|r| !over(r)));
    let scored = told.decision.model.as_ref().expect("asked");
    assert_eq!((scored.reasons.len(), scored.reasons[0].feature.as_str()), (1, "domain.tail_bits"));
    assert!(scored.probability > 0.9 && scored.false_positive_max == Some(0.001));
    let bytes = told.encode();
    let read = Record::decode(&bytes).expect("a record");
    assert_eq!(&read, told);
    let again = read.replay(&loaded, &policy, Some(&model)).expect("replays");
    assert_eq!(again.encode(), bytes);
    let refused = read.replay(&loaded, &policy, None);
    assert!(matches!(refused, Err(ReplayError::Model(_))), "{refused:?}");
    let json = serde_json::to_value(told).expect("plain data");
    assert_eq!(json["decision"]["model"]["over"], true);
    assert!(json["inputs"]["measured"]["exposures"].is_array());
}

#[test]
fn a_record_from_before_there_were_models_reads_and_writes_as_it_did() {
    let (loaded, policy) = (Loaded::new(quiet()), Policy::standard());
    let record = stream(&mut live(LIMITS), 50).pop().expect("one");
    assert!(!record.inputs.measured.exposures.is_empty());
    // What stands behind the record is new; without it, these are the bytes of before.
    let before = postcard::to_allocvec(&record).expect("plain data");
    assert!(record.encode().starts_with(&before) && record.encode().len() > before.len());
    let read = Record::decode(&before).expect("a record");
    assert_eq!(read.encode(), before);
    assert_eq!(read.replay(&loaded, &policy, None).expect("replays").encode(), before);
}

/// Signups of people; from the middle on every tenth one is of a farm, and every fifth of those that an advertisement
/// brought: with the same referrer, and a client that is new, but each with a device and a mail domain of their own.
fn advertised(live: &mut Live, accounts: u32) -> Vec<(char, Record)> {
    let mut records = Vec::new();
    for number in 0..accounts {
        let account = format!("account-{number}");
        let who = match number {
            _ if number < accounts / 2 => 'p',
            _ if number % 10 == 0 => 'f',
            _ if number % 5 == 1 => 'c',
            _ => 'p',
        };
        let (email, device) = if who == 'f' {
            (format!("someone{number}@farm.example"), "device-farm".to_owned())
        } else {
            (format!("someone{number}@site-{number}.example"), format!("device-{number}"))
        };
        let time = Time::from_milliseconds(1_700_000_000_000 + i64::from(number) * 1000);
        let mut event = Event::new(time.expect("a time"), EventType::Signup, &account);
        (event.email, event.device_id) = (Some(email.as_str()), Some(device.as_str()));
        if who == 'c' {
            event.referrer = Some("https://television.example/tonight");
            event.user_agent = Some("Mozilla/5.0 (Linux; Android 19) Chrome/199.0.0.0 Mobile");
        }
        let inputs = live.observe(&event, u64::from(number), 1_800_000_000);
        records.push((who, live.decide(inputs)));
    }
    records
}

#[test]
fn a_crowd_is_excused_within_minutes_and_a_farm_beside_it_is_not() {
    let mut live = live(Limits { accounts_max: 10_000, ..LIMITS });
    let records = advertised(&mut live, 4000);
    let challenged = |who: char| -> Vec<bool> {
        let own = records.iter().filter(|own| own.0 == who);
        own.map(|own| own.1.decision.decision == Answer::Challenge).collect()
    };
    let (people, crowd, farm) = (challenged('p'), challenged('c'), challenged('f'));
    assert!(!people.contains(&true));
    // The first of a crowd cannot be told from a farm's.
    let met = crowd.iter().filter(|met| **met).count();
    assert!((1..40).contains(&met), "{met} of {} of the crowd", crowd.len());
    assert!(!crowd[60..].contains(&true));
    assert!(farm[12..].iter().all(|met| *met));
    assert_eq!(live.excused(), 1);
}
