//! Do address, clock, language and telephone number contradict one another?

use crate::{
    event::Country,
    selector::{
        Derive, Family, Kind, Numbers, Role, Subject, parse::phone::Phone, subject::country_number,
    },
};

pub(crate) const KIND: Kind = Kind {
    name: "locale_mismatch",
    title: "contradiction of place",
    family: Family::Timing,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

/// The countries that the event names, each with what names it.
fn places(subject: &Subject<'_>) -> [(&'static str, Option<[u8; 2]>); 4] {
    [
        ("address ", subject.event.country.map(Country::bytes)),
        ("clock ", subject.zone.and_then(|zone| zone.country)),
        ("language ", subject.locale.and_then(|locale| locale.region)),
        ("telephone ", subject.phone.and_then(Phone::country)),
    ]
}

fn numbers(subject: &Subject<'_>) -> Numbers {
    let places = places(subject).map(|(_, country)| country_number(country));
    let [address, clock, language, telephone] = places;
    [address << 16 | clock, language, telephone]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let mut first = None;
    let mut disagree = false;
    for (label, country) in places(subject) {
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
