//! Which thousand of neighbouring telephone numbers is it of?

use crate::selector::{Derive, Family, Kind, Role, Subject, parse::phone::Phone};

pub(crate) const KIND: Kind = Kind {
    name: "phone_block",
    title: "block of numbers",
    family: Family::Phone,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(Phone::Number { text, .. }) = subject.phone else { return false };
    out.push_str(&text[..text.len() - 3]);
    out.push_str("xxx");
    true
}
