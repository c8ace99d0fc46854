//! Which address has a telephone on a mobile network?

use super::homes::{asn_of, in_block, ipv6, isp_number};
use super::{Address, Networks};
use crate::rng::{Zipf, below, mix2, unit};

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
        let addresses = (self.gateway_addresses / (u64::from(place) + 1)).clamp(3, 4_096);
        // Some addresses of a gateway carry far more people than others.
        let day = mix2(device, u64::from((hour + u32::from(gateway) * 4) / 24));
        let rank = Zipf::new(addresses, 0.6).rank(unit(day));
        let salt = mix2(u64::from(isp) * GATEWAYS + u64::from(gateway), 0xC6A7);
        let ip = in_block(isp, below(mix2(salt, 1), 32), below(salt, 14) * 4_096 + rank);
        Address { ip, asn, place }
    }
}
