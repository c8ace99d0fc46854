//! How does its software open a TLS connection?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "ja4",
    title: "TLS fingerprint (JA4)",
    family: Family::Device,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.numbers.ja4, 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(ja4) = subject.ja4() else { return false };
    ja4.push_canonical(out);
    true
}
