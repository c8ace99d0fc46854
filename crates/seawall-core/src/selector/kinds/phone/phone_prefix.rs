//! With which seven digits does its telephone number begin?

use crate::selector::{Derive, Family, Kind, Role, Subject, parse::phone::Phone};

pub(crate) const KIND: Kind = Kind {
    name: "phone_prefix",
    title: "telephone prefix",
    family: Family::Phone,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(Phone::Number { text, .. }) = subject.phone else { return false };
    // With fewer digits left, the prefix would be the number itself.
    if text.len() < 1 + 7 + 3 {
        return false;
    }
    out.push_str(&text[..=7]);
    true
}
