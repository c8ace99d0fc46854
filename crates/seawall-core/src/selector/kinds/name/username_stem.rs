//! Which username is it without the number at its end?

use crate::selector::{Derive, Family, Kind, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "username_stem",
    title: "username stem",
    family: Family::Name,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(username) = subject.username else { return false };
    let stem = username
        .trim_end_matches(|character: char| character.is_numeric())
        .trim_end_matches(['_', '-', '.', ' ']);
    out.push_str(stem);
    stem.chars().filter(|character| character.is_alphabetic()).nth(3).is_some()
}
