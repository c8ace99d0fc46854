//! Whose invite did it use?

use crate::selector::{Derive, Family, Kind, Role, Subject, text::present};

pub(crate) const KIND: Kind = Kind {
    name: "invite",
    title: "invite",
    family: Family::Referral,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(text) = subject.event.invite.and_then(present) else { return false };
    out.push_str(text);
    true
}
