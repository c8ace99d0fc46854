//! Which telephone number is it?

use crate::selector::{Derive, Family, Kind, Role, Subject, parse::phone::Phone};

pub(crate) const KIND: Kind = Kind {
    name: "phone",
    title: "telephone number",
    family: Family::Phone,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    match subject.phone {
        Some(Phone::Number { text, .. } | Phone::Pseudonym(text)) => out.push_str(text),
        None => return false,
    }
    true
}
