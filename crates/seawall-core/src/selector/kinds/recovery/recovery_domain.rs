//! Which registered domain is the recovery mailbox at?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject, parse::mailbox::Mailbox};

pub(crate) const KIND: Kind = Kind {
    name: "recovery_domain",
    title: "recovery domain",
    family: Family::Recovery,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.recovery.map_or(0, Mailbox::domain_number), 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(domain) = subject.recovery.and_then(Mailbox::domain) else { return false };
    out.push_str(domain.registrable());
    true
}
