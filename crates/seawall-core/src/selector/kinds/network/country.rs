//! Which country is it from, by address, else telephone number, clock, language?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject, subject::country_number};

pub(crate) const KIND: Kind = Kind {
    name: "country",
    title: "country",
    family: Family::Network,
    role: Role::Stratum,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [country_number(subject.country()), 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(country) = subject.country() else { return false };
    out.extend(country.map(char::from));
    true
}
