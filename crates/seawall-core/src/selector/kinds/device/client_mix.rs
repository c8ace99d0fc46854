//! Which TLS fingerprint with which product on which system? Few real combinations exist.

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "client_mix",
    title: "client mix",
    family: Family::Device,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.numbers.ja4, subject.numbers.user_agent, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let (Some(ja4), Some(agent)) = (subject.ja4(), subject.user_agent) else { return false };
    ja4.push_canonical(out);
    out.push('|');
    out.push_str(&agent.family);
    out.push('|');
    out.push_str(agent.client.name());
    true
}
