//! By what pattern was its mail name put together?

use crate::selector::{Derive, Family, Kind, Role, Subject, parse::mailbox::Mailbox};

pub(crate) const KIND: Kind = Kind {
    name: "email_template",
    title: "mail name pattern",
    family: Family::Name,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(local) = subject.email.and_then(Mailbox::local) else { return false };
    subject.push_template(out, local);
    true
}
