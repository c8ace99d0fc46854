//! Which addresses can be reached from everywhere? Those of private networks cannot: a name of somebody else may point
//! there, and must not make us ask.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// The special-purpose registry of IANA for IPv4 (RFC 6890), as of 2025: what is not reachable from everywhere.
const PRIVATE: [Ipv4Net; 15] = [
    four([0, 0, 0, 0], 8),
    four([10, 0, 0, 0], 8),
    four([100, 64, 0, 0], 10),
    four([127, 0, 0, 0], 8),
    four([169, 254, 0, 0], 16),
    four([172, 16, 0, 0], 12),
    four([192, 0, 0, 0], 24),
    four([192, 0, 2, 0], 24),
    four([192, 88, 99, 0], 24),
    four([192, 168, 0, 0], 16),
    four([198, 18, 0, 0], 15),
    four([198, 51, 100, 0], 24),
    four([203, 0, 113, 0], 24),
    four([224, 0, 0, 0], 4),
    four([240, 0, 0, 0], 4),
];
/// All of IPv6 that is given out for use from everywhere, and what within it is not.
const UNICAST: Ipv6Net = six([0x2000, 0], 3);
const PRIVATE_WITHIN: [Ipv6Net; 4] =
    [six([0x2001, 0], 23), six([0x2001, 0xdb8], 32), six([0x2002, 0], 16), six([0x3fff, 0], 20)];

const fn four(bytes: [u8; 4], length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(bytes[0], bytes[1], bytes[2], bytes[3]), length)
}

const fn six(words: [u16; 2], length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(words[0], words[1], 0, 0, 0, 0, 0, 0), length)
}

/// Whether an address can be reached from everywhere, however it is written.
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => PRIVATE.iter().all(|network| !network.contains(&four)),
        IpAddr::V6(six) => {
            UNICAST.contains(&six) && PRIVATE_WITHIN.iter().all(|network| !network.contains(&six))
        }
    }
}
