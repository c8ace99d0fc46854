//! Do address, clock, language and telephone number contradict one another?

use crate::{
    event::Country,
    selector::{Derive, Family, Kind, Role, Subject, parse::phone::Phone},
};

pub(crate) const KIND: Kind = Kind {
    name: "locale_mismatch",
    title: "contradiction of place",
    family: Family::Timing,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let places = [
        ("address ", subject.event.country.map(Country::bytes)),
        ("clock ", subject.zone.and_then(|zone| zone.country)),
        ("language ", subject.locale.and_then(|locale| locale.region)),
        ("telephone ", subject.phone.and_then(Phone::country)),
    ];
    let mut first = None;
    let mut disagree = false;
    for (label, country) in places {
        let Some(country) = country else { continue };
        disagree |= first.is_some_and(|first| first != country);
        if first.is_some() {
            out.push_str(", ");
        }
        first.get_or_insert(country);
        out.push_str(label);
        out.extend(country.map(char::from));
    }
    disagree
}
