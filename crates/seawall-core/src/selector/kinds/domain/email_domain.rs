//! Which registered domain is its mail at?

use crate::selector::{Derive, Family, Kind, Numbers, Role, Subject, parse::mailbox::Mailbox};

pub(crate) const KIND: Kind = Kind {
    name: "email_domain",
    title: "mail domain",
    family: Family::Domain,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Recurring(numbers, derive),
};

fn numbers(subject: &Subject<'_>) -> Numbers {
    [subject.email.map_or(0, Mailbox::domain_number), 0, 0]
}

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(domain) = subject.email.and_then(Mailbox::domain) else { return false };
    out.push_str(domain.registrable());
    true
}
