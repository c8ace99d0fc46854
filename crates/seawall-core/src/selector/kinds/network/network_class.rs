//! Is its address rented: from a hosting company, from a VPN?

use crate::selector::{Derive, Family, Kind, NetworkClass, Role, Subject};

pub(crate) const KIND: Kind = Kind {
    name: "network_class",
    title: "class of network",
    family: Family::Network,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    let class = subject.ip.and_then(|ip| subject.lists.class(ip));
    out.push_str(match class {
        Some(NetworkClass::Hosting) => "hosting",
        Some(NetworkClass::Vpn) => "vpn",
        None => return false,
    });
    true
}
