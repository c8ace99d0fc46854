//! How does its software open a TLS connection?

use crate::selector::{Derive, Family, Kind, Role, Subject, parse::ja4, text::present};

pub(crate) const KIND: Kind = Kind {
    name: "ja4",
    title: "TLS fingerprint (JA4)",
    family: Family::Device,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let Some(text) = subject.event.ja4.and_then(present) else { return false };
    out.push_str(text);
    // Any other fingerprint is the site's own; its letter case may matter.
    if ja4::parse(text).is_some() {
        out.make_ascii_lowercase();
    }
    true
}
