//! At what hour of its own day did it sign up?

use crate::{
    event::EventType,
    selector::{
        Derive, Family, Kind, Numbers, Role, Subject, parse::place::country_offset_minutes,
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
    derive: Derive::Recurring(numbers, derive),
};

fn local_hour(subject: &Subject<'_>) -> Option<u64> {
    if subject.event.event_type != EventType::Signup {
        return None;
    }
    // Standard time all year: an hour off in summer, alike for everybody there.
    let offset_minutes = subject
        .zone
        .map(|zone| zone.offset_minutes)
        .or_else(|| subject.country().and_then(country_offset_minutes))?;
    let local = subject.event.time.seconds() + i64::from(offset_minutes) * 60;
    Some((local.rem_euclid(24 * 60 * 60) / (60 * 60)).unsigned_abs())
}

fn numbers(subject: &Subject<'_>) -> Numbers {
    [local_hour(subject).map_or(0, |hour| hour + 1), 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(hour) = local_hour(subject) else { return false };
    push_padded(out, hour, 2);
    out.push_str(" h");
    true
}
