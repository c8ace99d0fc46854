//! Which neighbourhood of addresses (IPv4 /24, IPv6 /56) did it come from?

use std::net::IpAddr;

use crate::selector::{
    Derive, Family, Kind, Role, Subject,
    write::{push_ipv4_network, push_ipv6_network},
};

pub(crate) const KIND: Kind = Kind {
    name: "ip_prefix",
    title: "address prefix",
    family: Family::Network,
    role: Role::Corroborate,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    match subject.ip {
        Some(IpAddr::V4(ip)) => push_ipv4_network(out, ip, 24),
        // What providers commonly delegate to one household.
        Some(IpAddr::V6(ip)) => push_ipv6_network(out, ip, 56),
        None => return false,
    }
    true
}
