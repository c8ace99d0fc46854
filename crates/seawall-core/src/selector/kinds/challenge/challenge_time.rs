//! How fast did it solve the challenge?

use crate::selector::{
    Derive, Family, Kind, Numbers, Role, Subject,
    kinds::challenge::{solve_time_label, solve_time_number},
};

pub(crate) const KIND: Kind = Kind {
    name: "challenge_time",
    title: "solving time",
    family: Family::Challenge,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.event.challenge_milliseconds.map_or(0, solve_time_number), 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(milliseconds) = subject.event.challenge_milliseconds else { return false };
    out.push_str(solve_time_label(milliseconds));
    true
}
