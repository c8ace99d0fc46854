//! Which page, affiliate or programme sent it?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "referrer",
    title: "referrer",
    family: Family::Referral,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.numbers.referrer, 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(referrer) = subject.referrer else { return false };
    out.push_str(referrer);
    true
}
