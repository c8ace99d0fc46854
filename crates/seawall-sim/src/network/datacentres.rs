//! Which addresses have machines in data centres, VPN services and relays?

use std::net::{IpAddr, Ipv4Addr};

use super::Address;
use crate::places::place_index;
use crate::rng::{below, mix2};

/// A hosting company.
#[derive(Debug)]
pub(crate) struct Host {
    /// Its autonomous system.
    pub asn: u32,
    /// A block of its addresses.
    pub block: [u8; 2],
    /// Where.
    pub country: &'static str,
}

/// Hosting companies, with systems and blocks that are theirs in the real world.
pub(crate) static HOSTS: [Host; 8] = [
    Host { asn: 16_276, block: [51, 38], country: "FR" },
    Host { asn: 24_940, block: [65, 108], country: "FI" },
    Host { asn: 14_061, block: [159, 65], country: "US" },
    Host { asn: 20_473, block: [45, 76], country: "US" },
    Host { asn: 16_509, block: [52, 14], country: "US" },
    Host { asn: 9_009, block: [146, 70], country: "RO" },
    Host { asn: 60_068, block: [156, 146], country: "GB" },
    Host { asn: 63_949, block: [172, 104], country: "SG" },
];

fn address(host: &Host, offset: u64) -> Address {
    let [first, second] = host.block;
    let [third, fourth] = u16::try_from(offset & 0xFFFF).expect("16 bits").to_be_bytes();
    let ip = IpAddr::V4(Ipv4Addr::new(first, second, third, fourth));
    Address { ip, asn: host.asn, place: place_index(host.country) }
}

/// An exit of a VPN service: a few of the hosting companies' machines.
pub(super) fn vpn(exit: u64) -> Address {
    let host = &HOSTS[5 + usize::try_from(exit % 2).expect("two")];
    address(host, below(mix2(exit, 0x3917), 65_536))
}

/// A privacy relay's address: stays in the country of the person behind it.
pub(super) fn relay(place: u8, addresses: u32, visit: u64) -> Address {
    let offset =
        u64::from(place) * 512 + 1 + below(mix2(visit, 0x4E1A), u64::from(addresses.max(1)));
    let [third, fourth] = u16::try_from(offset & 0xFFFF).expect("16 bits").to_be_bytes();
    let ip = IpAddr::V4(Ipv4Addr::new(172, 224 + (place & 1), third, fourth));
    Address { ip, asn: 36_183, place }
}

/// One of the addresses a customer rents: `each24` of them to a /24.
pub(super) fn hosting(host: u8, customer: u64, addresses: u32, each24: u32, visit: u64) -> Address {
    let host = &HOSTS[usize::from(host) % HOSTS.len()];
    let number = below(mix2(visit, 0x4057), u64::from(addresses.max(1)));
    let each24 = u64::from(each24.max(1));
    let subnet = below(mix2(customer, number / each24), 256);
    let last = 1 + below(mix2(customer ^ 0x24, number), 254);
    address(host, subnet * 256 + last)
}
