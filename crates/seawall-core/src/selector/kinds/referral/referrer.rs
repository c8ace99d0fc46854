//! Which page, affiliate or programme sent it?

use crate::selector::{Derive, Family, Kind, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "referrer",
    title: "referrer",
    family: Family::Referral,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(referrer) = subject.referrer else { return false };
    out.push_str(referrer);
    true
}
