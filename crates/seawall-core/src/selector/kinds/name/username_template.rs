//! By what pattern was its username put together?

use crate::selector::{Derive, Family, Kind, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "username_template",
    title: "username pattern",
    family: Family::Name,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(username) = subject.username else { return false };
    subject.push_template(out, username);
    true
}
