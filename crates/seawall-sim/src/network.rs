//! Where do accounts come from: which address, of which network, in which country?

mod carriers;
mod datacentres;
mod homes;

pub(crate) use carriers::GATEWAYS;

use std::net::IpAddr;

use crate::places::PLACES;
use crate::rng::{Rng, Zipf, mix2};

/// An address with what is known of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Address {
    /// The address.
    pub ip: IpAddr,
    /// Its autonomous system.
    pub asn: u32,
    /// Its country, as an index of [`PLACES`].
    pub place: u8,
}

/// How an account reaches the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Access {
    /// A fixed line at home: an address the household shares.
    Home {
        /// Country.
        place: u8,
        /// Which home of the country.
        home: u64,
        /// Which device in it, for IPv6.
        device: u64,
    },
    /// A mobile carrier: an address many strangers share.
    Carrier {
        /// Country.
        place: u8,
        /// Which of the country's carriers.
        carrier: u8,
        /// Which of the carrier's gateways.
        gateway: u8,
        /// Whose device.
        device: u64,
    },
    /// A company, a university, a café: its people share few addresses.
    Site {
        /// Country.
        place: u8,
        /// Which one.
        site: u64,
        /// How many addresses it has.
        addresses: u8,
        /// Whether it runs a network of its own.
        own_network: bool,
    },
    /// A VPN service.
    Vpn {
        /// Which exit.
        exit: u64,
    },
    /// A privacy relay: few addresses for many people.
    Relay {
        /// Country it says it is in.
        place: u8,
        /// Addresses there.
        addresses: u32,
    },
    /// Machines in a data centre.
    Hosting {
        /// Whose data centre, an index of the table of hosts.
        host: u8,
        /// Which customer.
        customer: u64,
        /// Addresses rented.
        addresses: u32,
        /// Addresses in one /24.
        each24: u32,
    },
    /// A proxy network of other people's homes; a new exit at every visit.
    Proxy {
        /// Which proxy network.
        network: u64,
        /// Exits it has.
        exits: u64,
        /// The country ordered, `None` is any.
        place: Option<u8>,
        /// Whose visits.
        customer: u64,
    },
    /// One home line for each account, kept.
    KeptProxy {
        /// Country.
        place: u8,
        /// Which home.
        home: u64,
    },
}

/// What the networks of a world have in common.
#[derive(Clone, Debug)]
pub(crate) struct Networks {
    /// Homes in a country of weight one; a country has its share.
    homes: u64,
    /// Addresses of a mobile gateway of each country: some carry far more people than others.
    gateways: Vec<Zipf>,
    /// Percent of people with IPv6.
    ipv6_percent: u64,
}

impl Networks {
    /// Networks of a population in so many homes, with so many addresses at a mobile gateway of the
    /// largest country.
    pub(crate) fn new(homes: u64, gateway_addresses: u32, ipv6_percent: u64) -> Self {
        let gateways = (1..=u32::try_from(PLACES.len()).expect("sixty places"))
            .map(|rank| Zipf::new((gateway_addresses / rank).clamp(3, 4_096), 0.6))
            .collect();
        Self { homes, gateways, ipv6_percent }
    }

    /// The address of an access at an hour of the world; `visit` tells visits apart.
    pub(crate) fn resolve(&self, access: Access, hour: u32, visit: u64) -> Address {
        match access {
            Access::Home { place, home, device } => self.home(place, home, device, hour),
            Access::Carrier { place, carrier, gateway, device } => {
                self.carrier(place, carrier, gateway, device, hour)
            }
            Access::Site { place, site, addresses, own_network } => {
                homes::site(place, site, addresses, own_network, visit)
            }
            Access::Vpn { exit } => datacentres::vpn(exit),
            Access::Relay { place, addresses } => datacentres::relay(place, addresses, visit),
            Access::Hosting { host, customer, addresses, each24 } => {
                datacentres::hosting(host, customer, addresses, each24, visit)
            }
            Access::Proxy { network, exits, place, customer } => {
                let mut rng = Rng::new(mix2(customer, visit), 0xE817);
                let exit = mix2(network, rng.below(exits));
                let place = place.unwrap_or_else(|| proxy_place(exit));
                self.home_ipv4(place, self.home_of(place, exit), hour)
            }
            Access::KeptProxy { place, home } => self.home_ipv4(place, home, hour),
        }
    }

    /// A home of a country, by any number.
    pub(crate) fn home_of(&self, place: u8, random: u64) -> u64 {
        crate::rng::below(mix2(random, 0x403E), self.homes_in(place))
    }

    /// Homes in a country.
    pub(crate) fn homes_in(&self, place: u8) -> u64 {
        (self.homes / (u64::from(place) + 1)).max(500)
    }
}

/// Where the exits of a proxy network are: much in a few countries, some everywhere.
fn proxy_place(exit: u64) -> u8 {
    let mut rng = Rng::new(exit, 0x91AC);
    let rank = if rng.chance(0.6) { rng.below(15) } else { rng.below(PLACES.len() as u64) };
    u8::try_from(rank).expect("sixty places")
}
