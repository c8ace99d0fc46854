//! In which second of the minute did it sign up? Programs that start on the minute show.

use crate::{
    event::EventType,
    selector::{Derive, Family, Kind, Role, Subject, write::push_padded},
};

pub(crate) const KIND: Kind = Kind {
    name: "signup_second",
    title: "second of minute",
    family: Family::Timing,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    if subject.event.event_type != EventType::Signup {
        return false;
    }
    push_padded(out, subject.event.time.seconds().rem_euclid(60).unsigned_abs(), 2);
    out.push_str(" s");
    true
}
