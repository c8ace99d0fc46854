//! What does the client claim in all: product, version, system, language, time zone?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject, subject::TextNumbers};

pub(crate) const KIND: Kind = Kind {
    name: "client_claims",
    title: "client claims",
    family: Family::Device,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    let TextNumbers { user_agent, locale, zone, .. } = subject.numbers;
    [user_agent, locale, zone]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(agent) = subject.user_agent else { return false };
    let claims = [subject.locale.map(|locale| &*locale.text), subject.zone.map(|zone| &*zone.text)];
    // The product alone is what `user_agent` says already.
    if claims.iter().all(Option::is_none) {
        return false;
    }
    out.push_str(&agent.family);
    out.push(' ');
    out.push_str(&agent.major);
    out.push('|');
    out.push_str(agent.client.name());
    for claim in claims.into_iter().flatten() {
        out.push('|');
        out.push_str(claim);
    }
    true
}
