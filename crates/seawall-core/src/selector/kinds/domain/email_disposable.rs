//! Is its mail at a throw-away service, by the user's list?

use crate::selector::{Derive, Family, Kind, Role, Subject, parse::mailbox::Mailbox};

pub(crate) const KIND: Kind = Kind {
    name: "email_disposable",
    title: "throw-away mail",
    family: Family::Domain,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(domain) = subject.email.and_then(Mailbox::domain) else { return false };
    let disposable = subject.lists.is_disposable(domain.host());
    if disposable {
        out.push_str("disposable");
    }
    disposable
}
