//! Which were its first actions after signup, and how far apart?

use xxhash_rust::xxh3::xxh3_64;

use crate::selector::{
    Activity, Derive, Family, Kind, Role,
    kinds::action::gap_bucket,
    write::{push_hex, push_number},
};

/// Fewer steps are shared by chance too often.
const STEPS_MIN: usize = 3;
/// As many as an [`Activity`] keeps.
const STEPS_MAX: usize = 8;

pub(crate) const KIND: Kind = Kind {
    name: "first_steps",
    title: "first steps",
    family: Family::Action,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Activity(derive),
};

fn derive(activity: &Activity<'_>, out: &mut String) -> bool {
    let steps = activity.first_steps;
    let Some(signup) = activity.signup else {
        // Without the signup these are the first steps of the log, not of the account.
        return false;
    };
    if steps.len() < STEPS_MIN {
        return false;
    }
    let mut sequence = [0_u8; 9 * STEPS_MAX];
    let mut length = 0;
    let mut before = signup;
    for step in steps.iter().take(STEPS_MAX) {
        let gap_seconds = step.time.seconds().saturating_sub(before.seconds());
        before = step.time;
        sequence[length..length + 8].copy_from_slice(&step.action_hash.to_le_bytes());
        sequence[length + 8] = gap_bucket(gap_seconds);
        length += 9;
    }
    push_number(out, u64::try_from(length / 9).expect("at most eight"));
    out.push_str(" steps ");
    push_hex(out, xxh3_64(&sequence[..length]));
    true
}
