//! Which address has a home, a company, a university?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::{Address, Networks};
use crate::rng::{below, mix, mix2};

/// First octets that belong to access networks, roughly.
static OCTETS: [u8; 90] = [
    24, 31, 37, 39, 41, 42, 46, 49, 58, 59, 60, 61, 62, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77,
    78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 91, 92, 93, 94, 95, 97, 98, 99, 101, 102,
    105, 106, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 123, 124, 125,
    126, 151, 171, 174, 175, 177, 178, 179, 180, 181, 182, 183, 186, 187, 188, 189, 190, 196, 197,
    200, 201, 217, 218, 222,
];

/// Blocks of 65,536 addresses that each network has.
const BLOCKS: u64 = 32;
/// Networks of a country: four fixed, four mobile, one for companies, one for education.
const NETWORKS_OF_PLACE: u32 = 10;

/// Number of a network of a country: 0–3 fixed, 4–7 mobile, 8 companies, 9 education.
pub(crate) const fn isp_number(place: u8, which: u8) -> u32 {
    place as u32 * NETWORKS_OF_PLACE + which as u32
}

/// The autonomous system of a network.
pub(crate) const fn asn_of(isp: u32) -> u32 {
    262_000 + isp * 7
}

/// The first half of the addresses of a network's block: a bijection, so that no two share one.
pub(crate) fn block(isp: u32, number: u64) -> [u8; 2] {
    let blocks = OCTETS.len() as u64 * 256;
    let position = (u64::from(isp) * BLOCKS + number % BLOCKS) * 7_919 % blocks;
    let octet = OCTETS[usize::try_from(position / 256).expect("a first octet")];
    [octet, u8::try_from(position % 256).expect("a byte")]
}

/// The address at this offset of a block.
pub(crate) fn in_block(isp: u32, number: u64, offset: u64) -> IpAddr {
    let [first, second] = block(isp, number);
    let [third, fourth] = u16::try_from(offset & 0xFFFF).expect("16 bits").to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(first, second, third, fourth))
}

/// An IPv6 address of a network: its /32, then what tells the customer, then the device.
pub(crate) fn ipv6(isp: u32, customer: u64, subnet: u16, interface: u64) -> IpAddr {
    let isp = 0x0400 + u16::try_from(isp).expect("600 networks");
    let [high, low] = [customer >> 16 & 0xFFFF, customer & 0xFFFF]
        .map(|half| u16::try_from(half).expect("16 bits"));
    let host: [u16; 4] =
        [48, 32, 16, 0].map(|shift| u16::try_from(interface >> shift & 0xFFFF).expect("16 bits"));
    let subnet = (low & 0xFF00) | (subnet & 0x00FF);
    IpAddr::V6(Ipv6Addr::new(0x2a0c, isp, high, subnet, host[0], host[1], host[2], host[3]))
}

impl Networks {
    /// Which fixed network a home is on: the largest has half.
    fn home_isp(place: u8, home: u64) -> u32 {
        let which = match mix2(home, 0x15B) % 100 {
            0..48 => 0,
            48..76 => 1,
            76..92 => 2,
            _ => 3,
        };
        isp_number(place, which)
    }

    /// The address of a device at home.
    pub(super) fn home(&self, place: u8, home: u64, device: u64, hour: u32) -> Address {
        let isp = Self::home_isp(place, home);
        if mix2(home, 0x6) % 100 >= self.ipv6_percent {
            return self.home_ipv4(place, home, hour);
        }
        // Prefixes change when the line reconnects, from daily to hardly ever; devices make up a
        // new interface every day.
        let lease_hours =
            [24, 24 * 7, 24 * 30, 24 * 3_650][usize::try_from(isp % 4).expect("four")];
        let customer = mix2(mix2(home, 0x66), u64::from(hour / lease_hours));
        let interface = mix2(mix2(device, home), u64::from(hour / 24));
        let ip = ipv6(isp, customer, 0, interface);
        Address { ip, asn: asn_of(isp), place }
    }

    /// The IPv4 address of a home: leased for a day, a month, or for good, always of its region.
    ///
    /// A region of 4,096 addresses may serve more homes than it has: then strangers share an
    /// address, as they do behind the carrier-grade translation of fixed lines.
    #[expect(clippy::unused_self, reason = "called like its IPv6 counterpart")]
    pub(super) fn home_ipv4(&self, place: u8, home: u64, hour: u32) -> Address {
        let isp = Self::home_isp(place, home);
        let region = mix2(home, 0x4E6);
        let lease_hours =
            [24, 24 * 30, 24 * 3_650, 24 * 90][usize::try_from(isp % 4).expect("four")];
        let lease = mix2(mix2(home, 0x1EA5E), u64::from(hour / lease_hours));
        let offset = below(mix(region), 16) * 4_096 + below(lease, 4_096);
        let ip = in_block(isp, below(mix2(region, 1), BLOCKS), offset);
        Address { ip, asn: asn_of(isp), place }
    }
}

/// One of the addresses of a company, a university, a café.
pub(super) fn site(place: u8, site: u64, addresses: u8, own_network: bool, visit: u64) -> Address {
    let isp = isp_number(place, if own_network { 9 } else { 8 });
    let base = below(mix2(site, 0x517E), 65_536 - 256) & !0x0F | 2;
    let offset = base + below(mix2(visit, site), u64::from(addresses.max(1)));
    let asn = if own_network {
        398_000 + u32::try_from(below(mix(site), 1_900)).expect("a small number")
    } else {
        asn_of(isp)
    };
    let ip = in_block(isp, below(mix2(site, 2), BLOCKS), offset);
    Address { ip, asn, place }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn no_two_networks_share_a_block() {
        let mut seen = BTreeSet::new();
        for isp in 0..600 {
            for number in 0..BLOCKS {
                assert!(seen.insert(block(isp, number)));
            }
        }
    }
}
