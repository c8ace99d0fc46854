//! In which second of the minute did it sign up? Programs that start on the minute show.

use crate::{
    event::EventType,
    selector::{Derive, Family, Kind, Numbers, Role, Subject, write::push_padded},
};

pub(crate) const KIND: Kind = Kind {
    name: "signup_second",
    title: "second of minute",
    family: Family::Timing,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn second(subject: &Subject<'_>) -> Option<u64> {
    let event = subject.event;
    (event.event_type == EventType::Signup)
        .then(|| event.time.seconds().rem_euclid(60).unsigned_abs())
}

fn numbers(subject: &Subject<'_>) -> Numbers {
    [second(subject).map_or(0, |second| second + 1), 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(second) = second(subject) else { return false };
    push_padded(out, second, 2);
    out.push_str(" s");
    true
}
