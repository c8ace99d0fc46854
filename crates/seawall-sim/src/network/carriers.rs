//! Which address has a telephone on a mobile network?

use super::homes::{asn_of, in_block, ipv6, isp_number};
use super::{Address, Networks};
use crate::rng::{below, mix2, unit};

/// Gateways that a carrier runs, each with addresses of its own.
pub(crate) const GATEWAYS: u64 = 6;

impl Networks {
    /// The address a telephone has that day: one of its gateway's, which many others have too.
    pub(super) fn carrier(
        &self,
        place: u8,
        carrier: u8,
        gateway: u8,
        device: u64,
        hour: u32,
    ) -> Address {
        let isp = isp_number(place, 4 + carrier % 4);
        let asn = asn_of(isp);
        if mix2(device, 0x6) % 100 < self.ipv6_percent {
            // A /64 for each telephone and attachment.
            let attachment = mix2(device, u64::from(hour / 18));
            let subnet = u16::try_from(attachment & 0xFF).expect("a byte");
            let ip = ipv6(isp, attachment >> 8, subnet, mix2(attachment, 1));
            return Address { ip, asn, place };
        }
        let day = mix2(device, u64::from((hour + u32::from(gateway) * 4) / 24));
        let rank = self.gateways[usize::from(place)].rank(unit(day));
        // A gateway's addresses follow each other.
        let salt = mix2(u64::from(isp) * GATEWAYS + u64::from(gateway), 0xC6A7);
        let first = below(salt, 60_000) + 2;
        let ip = in_block(isp, below(mix2(salt, 1), 32), first + u64::from(rank));
        Address { ip, asn, place }
    }
}
