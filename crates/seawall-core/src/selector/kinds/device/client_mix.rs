//! Which TLS fingerprint with which product on which system? Few real combinations exist.

use crate::selector::{Derive, Family, Kind, Role, Subject, text::present};

pub(crate) const KIND: Kind = Kind {
    name: "client_mix",
    title: "client mix",
    family: Family::Device,
    role: Role::Link,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let (Some(agent), Some(ja4)) = (subject.user_agent, subject.event.ja4.and_then(present)) else {
        return false;
    };
    out.push_str(ja4);
    out.make_ascii_lowercase();
    out.push('|');
    out.push_str(&agent.family);
    out.push('|');
    out.push_str(agent.client.name());
    true
}
