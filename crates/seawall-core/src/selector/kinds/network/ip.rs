//! Which address (IPv4) or subscriber network (IPv6 /64) did it come from?

use std::net::IpAddr;

use crate::selector::{
    Derive, Family, Kind, Role, Subject,
    write::{push_ipv4, push_ipv6_network},
};

pub(crate) const KIND: Kind = Kind {
    name: "ip",
    title: "address",
    family: Family::Network,
    role: Role::Corroborate,
    personal: true,
    version: 1,
    derive: Derive::Event(derive),
};

fn derive(subject: &Subject<'_>, out: &mut String) -> bool {
    match subject.ip {
        Some(IpAddr::V4(ip)) => push_ipv4(out, ip),
        // A subscriber's machines pick any address of their /64.
        Some(IpAddr::V6(ip)) => push_ipv6_network(out, ip, 64),
        None => return false,
    }
    true
}
