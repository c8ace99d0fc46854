//! What does its software call itself, word for word?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "user_agent",
    title: "user agent",
    family: Family::Device,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.numbers.user_agent, 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(agent) = subject.user_agent else { return false };
    out.push_str(&agent.text);
    true
}
