//! At what hour of its own day did it sign up?

use crate::{
    event::EventType,
    selector::{
        Derive, Family, Kind, Role, Subject, parse::place::country_offset_minutes,
        write::push_padded,
    },
};

pub(crate) const KIND: Kind = Kind {
    name: "local_hour",
    title: "hour of day",
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
    // Standard time all year: an hour off in summer, alike for everybody there.
    let offset_minutes = subject
        .zone
        .map(|zone| zone.offset_minutes)
        .or_else(|| subject.country().and_then(country_offset_minutes));
    let Some(offset_minutes) = offset_minutes else { return false };
    let local = subject.event.time.seconds() + i64::from(offset_minutes) * 60;
    let hour = local.rem_euclid(24 * 60 * 60) / (60 * 60);
    push_padded(out, hour.unsigned_abs(), 2);
    out.push_str(" h");
    true
}
