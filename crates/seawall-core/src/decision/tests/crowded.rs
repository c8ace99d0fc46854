//! Is a farm still found where a site has brought more selectors than campaigns in the making have room for?

use super::{LIMITS, Limits, Live, Record, live};
use crate::{
    decision::{Answer, provisional::NODES_MAX},
    event::{Event, EventType, Time},
};

/// A signup, a second after the one before it.
fn signup(live: &mut Live, number: u32, domain: &str, device: &str) -> Record {
    let (account, email) = (format!("account-{number}"), format!("someone{number}@{domain}"));
    let time = Time::from_milliseconds(1_700_000_000_000 + i64::from(number) * 1000);
    let mut event = Event::new(time.expect("a time"), EventType::Signup, &account);
    (event.email, event.device_id) = (Some(email.as_str()), Some(device));
    let inputs = live.observe(&event, u64::from(number), 1_800_000_000);
    live.decide(inputs)
}

/// Three people share a device and a mail domain, and so do the next three: two alarms for three signups, more than
/// there is room for. Returns how many signups there were.
fn crowd(live: &mut Live) -> u32 {
    let (mut most, mut has_room_again) = (0, false);
    let households = NODES_MAX as u32 / 2 + 1000;
    for number in 0..households * 3 {
        let household = number / 3;
        let (domain, device) = (format!("home-{household}.example"), format!("home-{household}"));
        let before = live.sizes()[2];
        signup(live, number, &domain, &device);
        has_room_again |= live.sizes()[2] < before;
        most = most.max(before);
    }
    assert!(most as usize <= NODES_MAX && most as usize > NODES_MAX - 100, "{most}");
    assert!(has_room_again);
    households * 3
}

fn is_of_farm(after: u32, number: u32) -> bool {
    number >= after + 3000 && number.is_multiple_of(10)
}

/// People who share nothing, and after a while a farm beside them, one in ten signups.
fn farm(live: &mut Live, after: u32) -> Vec<Record> {
    let signups = (after..after + 3400).map(|number| {
        if is_of_farm(after, number) {
            signup(live, number, "farm.example", "device-farm")
        } else {
            let (domain, device) = (format!("site-{number}.example"), format!("device-{number}"));
            signup(live, number, &domain, &device)
        }
    });
    signups.collect()
}

#[test]
fn a_farm_is_challenged_that_comes_after_all_room_was_taken_and_a_kept_state_agrees() {
    let limits = Limits { selectors_max: 1 << 19, accounts_max: 20_000, ..LIMITS };
    let mut one = live(limits);
    let after = crowd(&mut one);
    let parts: Vec<Vec<u8>> = one.parts().collect();
    let mut two = live(limits);
    for part in &parts {
        two.put(part).expect("a part");
    }
    // The same events give the same state, whatever order a map of this process has.
    let mut three = live(limits);
    crowd(&mut three);
    assert!(three.parts().eq(parts.iter().cloned()));
    let records = farm(&mut one, after);
    for (record, other) in records.iter().zip(farm(&mut two, after)) {
        assert_eq!(record.encode(), other.encode());
    }
    let challenged = |record: &&Record| record.decision.decision == Answer::Challenge;
    let is_theirs = |record: &&Record| is_of_farm(after, record.inputs.sequence as u32);
    let own: Vec<&Record> = records.iter().filter(is_theirs).collect();
    let first = own.iter().position(|record| challenged(record)).expect("challenged");
    assert!(first < 12 && own[first..].iter().all(|record| challenged(record)), "{first}");
    assert_eq!(records.iter().filter(challenged).count(), own.len() - first);
}
