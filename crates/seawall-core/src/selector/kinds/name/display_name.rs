//! Which name does it show?

use crate::selector::{Derive, Family, Kind, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "display_name",
    title: "displayed name",
    family: Family::Name,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(name) = subject.display_name else { return false };
    out.push_str(name);
    true
}
