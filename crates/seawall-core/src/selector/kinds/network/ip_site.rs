//! Which site or pool of addresses (IPv4 /20, IPv6 /48) did it come from?

use std::net::IpAddr;

use crate::selector::{
    Derive, Family, Kind, Role, Subject,
    write::{push_ipv4_network, push_ipv6_network},
};

pub(crate) const KIND: Kind = Kind {
    name: "ip_site",
    title: "address range",
    family: Family::Network,
    role: Role::Corroborate,
    personal: false,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    match subject.ip {
        Some(IpAddr::V4(ip)) => push_ipv4_network(out, ip, 20),
        Some(IpAddr::V6(ip)) => push_ipv6_network(out, ip, 48),
        None => return false,
    }
    true
}
