//! Whose mailbox is it, whatever way the address is written?

use crate::selector::{Derive, Family, Kind, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "email",
    title: "mailbox",
    family: Family::Recovery,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(email) = subject.email else { return false };
    email.push_canonical(out);
    true
}
