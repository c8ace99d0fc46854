//! How fast did it solve the challenge?

use crate::selector::{Derive, Family, Kind, Role, Subject, kinds::challenge::solve_time_label};

pub(crate) const KIND: Kind = Kind {
    name: "challenge_time",
    title: "solving time",
    family: Family::Challenge,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(milliseconds) = subject.event.challenge_milliseconds else { return false };
    out.push_str(solve_time_label(milliseconds));
    true
}
