//! Whose mailbox is the account recovered through?

use crate::selector::{Derive, Family, Kind, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "recovery_email",
    title: "recovery mailbox",
    family: Family::Recovery,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(email) = subject.recovery else { return false };
    email.push_canonical(out);
    true
}
