//! Which ciphers does its software offer, whatever extensions it sends?

use crate::selector::{Derive, Family, Kind, Role, Subject, parse::ja4, text::present};

pub(crate) const KIND: Kind = Kind {
    name: "ja4_ciphers",
    title: "TLS ciphers (JA4 b)",
    family: Family::Device,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let parts = subject.event.ja4.and_then(present).and_then(ja4::parse);
    let Some(parts) = parts else { return false };
    out.push_str(parts.protocol);
    out.push('_');
    out.push_str(parts.ciphers);
    out.make_ascii_lowercase();
    true
}
