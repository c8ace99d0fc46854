//! Is a university whose domain a detection has seen taken for a provider that is open to all?

use std::{net::IpAddr, sync::Arc};

use super::{LIMITS, quiet};
use crate::{
    decision::{
        Answer,
        exposed::Loaded,
        live::{Limits, Live},
        policy::Policy,
        snapshot::{Rate, Snapshot},
    },
    event::{Event, EventType, Time},
    selector::{KindId, Lists, kind_seed, value_hash},
};

const DOMAIN: &str = "university.example";

/// A site of which one in five hundred accounts is at the university.
fn knowing() -> Snapshot {
    let mut snapshot = quiet();
    let kind = KindId::from_name("email_domain").expect("a kind");
    let value = value_hash(kind_seed(kind.kind()), DOMAIN);
    snapshot.baselines[usize::from(kind.0)].rates = vec![Rate { value, mean: 0.002, size: 0.5 }];
    snapshot
}

/// Signups of people; from the middle on every fifth is of the university, from one network and paid for by one card, or
/// one in `paying_apart` of them by a card of their own. Of the others, so many of a hundred have its domain as well.
/// Whether the former were challenged, and how many campaigns in the making are excused in the end.
fn decided(elsewhere: u32, paying_apart: u32) -> (Vec<bool>, u64) {
    let loaded = Arc::new(Loaded::new(knowing()));
    let (policy, lists) = (Arc::new(Policy::standard()), Arc::new(Lists::default()));
    let mut live = Live::new(loaded, policy, lists, Limits { accounts_max: 10_000, ..LIMITS });
    let mut met = Vec::new();
    for number in 0..4000_u32 {
        let on_campus = number > 2000 && number % 5 == 0;
        let account = format!("account-{number}");
        let domain = if on_campus || number % 100 < elsewhere {
            DOMAIN
        } else {
            &format!("site-{number}.example")
        };
        let email = format!("someone{number}@{domain}");
        let device = format!("device-{number}");
        let time = Time::from_milliseconds(1_700_000_000_000 + i64::from(number) * 1000);
        let mut event = Event::new(time.expect("a time"), EventType::Signup, &account);
        (event.email, event.device_id) = (Some(email.as_str()), Some(device.as_str()));
        let address =
            if on_campus { [198, 51, 100, 7] } else { (number << 8 | 1 << 28).to_be_bytes() };
        event.ip = Some(IpAddr::from(address));
        let by_the_bursar = on_campus && (number / 5) % paying_apart != 0;
        event.payment_id = Some(if by_the_bursar { "card-of-the-bursar" } else { &device });
        let seen = live.observe(&event, u64::from(number), 1_800_000_000);
        let record = live.decide(seen);
        if on_campus {
            met.push(record.decision.decision == Answer::Challenge);
        }
    }
    (met, live.excused())
}

#[test]
fn what_is_usual_and_nobody_else_brings_is_an_institution() {
    let (met, excused) = decided(0, u32::MAX);
    assert_eq!((met.contains(&true), excused), (false, 1));
}

/// One network, one card and a mail provider that others use as well: no institution vouches for them.
#[test]
fn what_others_bring_as_well_is_a_provider() {
    let (met, excused) = decided(2, u32::MAX);
    assert!(met[200..].iter().all(|met| *met), "{met:?}");
    assert_eq!(excused, 0);
}

/// Who is of the institution and tied by nothing is not one of the others who show that a domain is open to all.
#[test]
fn what_only_its_own_networks_bring_is_an_institution() {
    let (met, excused) = decided(0, 4);
    assert_eq!((met.contains(&true), excused), (false, 1));
}
