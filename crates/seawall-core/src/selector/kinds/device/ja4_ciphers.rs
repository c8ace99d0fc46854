//! Which ciphers does its software offer, whatever extensions it sends?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "ja4_ciphers",
    title: "TLS ciphers (JA4 b)",
    family: Family::Device,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.numbers.ja4, 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(parts) = subject.ja4().and_then(|ja4| ja4.parts) else { return false };
    out.push_str(parts.protocol);
    out.push('_');
    out.push_str(parts.ciphers);
    out.make_ascii_lowercase();
    true
}
