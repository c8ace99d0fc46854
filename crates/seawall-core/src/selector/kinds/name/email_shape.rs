//! How long are the runs of letters and digits in its mail name?

use crate::selector::{
    Derive, Family, Kind, Role, Subject, name::template::push_shape, parse::mailbox::Mailbox,
};

pub(crate) const KIND: Kind = Kind {
    name: "email_shape",
    title: "mail name shape",
    family: Family::Name,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(local) = subject.email.and_then(Mailbox::local) else { return false };
    push_shape(out, local);
    true
}
