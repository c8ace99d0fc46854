//! Whom or what did it deal with?

use crate::selector::{Derive, Family, Kind, Role, Subject, kinds::action::action_and_target};

pub(crate) const KIND: Kind = Kind {
    name: "counterparty",
    title: "counterparty",
    family: Family::Action,
    role: Role::Link,
    personal: true,
    version: 1,
    derive: Derive::Action(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some((_, target)) = action_and_target(subject) else { return false };
    out.push_str(target);
    true
}
