//! Who are the people that sign up for themselves?

mod correlated;

use crate::WorldOptions;
use crate::devices::{Client, ClientMix};
use crate::names::{Digits, Domain, Local, Name, NameRanks, Sector};
use crate::names::{PATTERNS, Pattern};
use crate::network::{Access, Networks};
use crate::persona::{Birth, Challenge, Display, Mailbox, Persona, Phone, Referrer};
use crate::places::PLACES;
use crate::rng::{Rng, Zipf, mix2, truncate, unit};
use crate::schedule::Clock;

/// The population and the world around it.
#[derive(Debug)]
pub(crate) struct Population {
    /// Seed of the world.
    pub seed: u64,
    /// Benign accounts, all told: how crowded names and homes are.
    pub accounts: u64,
    /// Countries by hour.
    pub clock: Clock,
    /// Addresses.
    pub networks: Networks,
    /// Clients.
    pub clients: ClientMix,
    /// Names.
    pub names: NameRanks,
    providers: Zipf,
    tail_domains: Zipf,
    patterns: Zipf,
    referrers: Zipf,
    sites: Zipf,
    exits: Zipf,
    /// Mail domains that organisations have among them.
    site_domains: u64,
    /// Households among the people.
    pub households: u64,
    /// Overlays on the whole population.
    pub trends: Trends,
    /// What is usual in it.
    pub taste: Taste,
}

/// What is usual in a population.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Taste {
    /// Share of phones and tablets.
    pub mobile: f64,
    /// Exponent of the countries' shares.
    pub country_exponent: f64,
    /// Exponent of the mail providers' shares.
    pub provider_exponent: f64,
    /// Share of mailboxes at the big providers.
    pub providers: f64,
    /// Exponent of the shares of ways to make a name.
    pub pattern_exponent: f64,
    /// Percent of people with IPv6.
    pub ipv6_percent: u64,
    /// Shares of signups with a recovery mailbox, a telephone, a referrer, an invite, a payment.
    pub given: [f64; 5],
    /// Median seconds of a challenge, and spread.
    pub challenge: (f64, f64),
    /// What people have hangs together.
    pub correlated: bool,
}

impl Taste {
    /// The stated marginals.
    pub(crate) const STANDARD: Self = Self {
        mobile: 0.55,
        country_exponent: 1.1,
        provider_exponent: 1.5,
        providers: 0.9,
        pattern_exponent: 0.7,
        ipv6_percent: 45,
        given: [0.35, 0.4, 0.6, 0.04, 0.12],
        challenge: (12.0, 0.45),
        correlated: false,
    };
}

/// Things that happen to a part of the whole population.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trends {
    /// A browser release: hour it starts at; it reaches 30 % in ten days.
    pub release_hour: Option<u32>,
    /// An advertising campaign: hour it starts at; 5 % of signups for two weeks.
    pub advertising_hour: Option<u32>,
}

impl Trends {
    /// The client of an account at an hour: people take a new release one after the other, whether
    /// they sign up that day or have been there for years.
    pub(crate) fn client(&self, client: Client, key: u64, hour: u32) -> Client {
        let Some(start) = self.release_hour else { return client };
        if !client.updates || hour < start {
            return client;
        }
        let share = (f64::from(hour - start) / 240.0).min(1.0) * 0.3;
        if unit(mix2(key, 0x4E1E)) >= share {
            return client;
        }
        // A new TLS library in the newest release, on computers and on telephones.
        let odd_stack = 0x4E1E + u64::from(client.mobile());
        Client { lag: 0, odd_stack, ..client }
    }
}

impl Population {
    /// The population of these options, with `accounts` benign accounts in all.
    pub(crate) fn new(options: &WorldOptions, accounts: u64, trends: Trends, taste: Taste) -> Self {
        let households = (accounts / 2).max(2_000);
        // What a world of ten million has is the least; more people work, study and host in more places.
        let count = |least: u32, people: u64| {
            least.max(u32::try_from(accounts / people).unwrap_or(u32::MAX))
        };
        Self {
            seed: options.seed,
            accounts,
            clock: Clock::new(taste.country_exponent),
            networks: Networks::new(
                households * 3,
                u32::try_from((accounts / 6_000).clamp(8, 1 << 20)).expect("clamped"),
                taste.ipv6_percent,
            ),
            clients: ClientMix::new(taste.mobile),
            names: NameRanks::new(),
            providers: Zipf::new(12, taste.provider_exponent),
            tail_domains: Zipf::new(count(60_000, 170), 0.85),
            patterns: Zipf::new(
                u32::try_from(PATTERNS.len()).expect("a few patterns"),
                taste.pattern_exponent,
            ),
            referrers: Zipf::new(800, 1.1),
            sites: Zipf::new(count(4_000, 2_600), 0.9),
            exits: Zipf::new(count(1_500, 7_000), 0.8),
            site_domains: u64::from(count(100_000, 105)),
            households,
            trends,
            taste,
        }
    }

    /// A person who signs up at this hour.
    pub(crate) fn person(&self, birth: Birth) -> Persona {
        let mut rng = Rng::new(birth.key, 0x9E_01);
        let utc_hour = usize::try_from(birth.hour % 24).expect("an hour");
        let place = self.clock.place(utc_hour, &mut rng);
        let mut persona = self.person_of(place, birth, &mut rng);
        self.apply_trends(&mut persona, birth, &mut rng);
        persona
    }

    /// A person of a country.
    pub(crate) fn person_of(&self, place: u8, birth: Birth, rng: &mut Rng) -> Persona {
        let mut name = self.name(place, rng);
        let client = self.clients.draw(rng);
        let (access, site) = self.access(place, client.mobile(), birth.key, rng);
        if let Access::Home { home, .. } = access
            && mix2(home, birth.key) % 10 < 6
        {
            // Most of a household have its family name.
            name.family = self.names.family.rank(unit(mix2(home, 0xFA31)));
        }
        let away = match access {
            Access::Home { .. } if client.mobile() => Some(Self::carrier(place, birth.key, rng)),
            Access::Home { .. } | Access::Carrier { .. } => None,
            _ => Some(self.home(place, birth.key, rng)),
        };
        let mailbox = self.mailbox(name, site, rng);
        let recovery = rng.chance(self.taste.given[0]).then(|| self.recovery(name, rng));
        let username = rng.chance(0.4).then(|| self.local(name, 1.0, rng));
        let phone = rng.chance(self.taste.given[1]).then(|| Phone { place, digits: rng.word() });
        let referrer =
            rng.chance(self.taste.given[2]).then(|| Referrer::Ranked(self.referrers.draw(rng)));
        let claimed = match rng.weighted(&[965, 35]) {
            // Travellers and people abroad.
            1 => u8::try_from(rng.below(PLACES.len() as u64)).expect("sixty places"),
            _ => place,
        };
        let mut persona = Persona {
            key: birth.key,
            place,
            claimed,
            locale: rng.chance(0.07).then_some("en-US"),
            name,
            mailbox,
            recovery,
            username,
            display: [
                Display::Full,
                Display::Full,
                Display::Given,
                Display::Username,
                Display::None,
            ][rng.weighted(&[30, 10, 25, 20, 15])],
            phone,
            access,
            away,
            client,
            referrer,
            invite: rng
                .chance(self.taste.given[3])
                .then(|| rng.below((self.accounts / 60).max(20))),
            payment: rng.chance(self.taste.given[4]).then(|| match access {
                Access::Home { home, .. } => mix2(home, 0xCA4D),
                _ => rng.word(),
            }),
            challenge: rng
                .chance(0.9)
                .then(|| Self::challenge(rng, self.taste.challenge.0, self.taste.challenge.1, 0.8)),
            managed: false,
            event: None,
        };
        if self.taste.correlated {
            correlated::apply(self, &mut persona, rng);
        }
        persona
    }

    fn apply_trends(&self, persona: &mut Persona, birth: Birth, rng: &mut Rng) {
        if self.trends.client(persona.client, birth.key, birth.hour).odd_stack
            != persona.client.odd_stack
        {
            persona.event = Some("browser_release");
        }
        if let Some(start) = self.trends.advertising_hour
            && (start..start + 14 * 24).contains(&birth.hour)
            && rng.chance(0.05)
        {
            persona.referrer = Some(Referrer::Named("spring-offer-2026"));
            persona.event = Some("advertising");
        }
    }

    /// A name usual in a country.
    pub(crate) fn name(&self, place: u8, rng: &mut Rng) -> Name {
        let culture = if rng.chance(0.08) {
            PLACES[usize::try_from(rng.below(PLACES.len() as u64)).expect("sixty")].culture
        } else {
            PLACES[usize::from(place)].culture
        };
        Name { culture, given: self.names.given.draw(rng), family: self.names.family.draw(rng) }
    }

    /// How people get online; the number of the organisation where it is one's.
    fn access(&self, place: u8, mobile: bool, key: u64, rng: &mut Rng) -> (Access, Option<u64>) {
        let nat = u32::from(PLACES[usize::from(place)].carrier_nat_percent);
        // People on telephones are behind carriers more often than people at computers.
        let nat = if mobile { nat * 13 / 10 } else { nat * 6 / 10 };
        let weights = [85_u32.saturating_sub(nat).max(8), nat, 9, 3, 3];
        match rng.weighted(&weights) {
            0 => (self.home(place, key, rng), None),
            1 => (Self::carrier(place, key, rng), None),
            2 => {
                let number = u64::from(self.sites.draw(rng));
                let site = mix2(number, u64::from(place));
                let own_network = number.is_multiple_of(5);
                let addresses = u8::try_from(1 + site % 6).expect("at most 6");
                (Access::Site { place, site, addresses, own_network }, Some(site))
            }
            3 => {
                let site = mix2(u64::from(self.sites.draw(rng)), u64::from(place) + 1_000);
                (Access::Site { place, site, addresses: 1, own_network: false }, None)
            }
            _ => (Access::Vpn { exit: u64::from(self.exits.draw(rng)) }, None),
        }
    }

    /// A home with people of this site in it.
    fn home(&self, place: u8, key: u64, rng: &mut Rng) -> Access {
        // Large households come up more often: one draws people, not homes.
        let households = (self.households / (u64::from(place) + 1)).max(170);
        let mut household = rng.below(households);
        if rng.chance(0.5) {
            household -= household % 3;
        }
        let home = self.networks.home_of(place, mix2(household, 0x40_05E));
        Access::Home { place, home, device: key }
    }

    /// A telephone's access.
    pub(crate) fn carrier(place: u8, key: u64, rng: &mut Rng) -> Access {
        let carrier = u8::try_from(rng.weighted(&[42, 31, 19, 8])).expect("four carriers");
        let gateway = u8::try_from(rng.below(crate::network::GATEWAYS)).expect("a few gateways");
        Access::Carrier { place, carrier, gateway, device: key }
    }

    fn mailbox(&self, name: Name, site: Option<u64>, rng: &mut Rng) -> Mailbox {
        if let Some(number) = site
            && rng.chance(0.5)
        {
            let sector = if number % 5 == 0 { Sector::Education } else { Sector::Any };
            let local = Local::Institution {
                separator: [Some('.'), None, Some('_')][usize::try_from(number % 3).expect("3")],
                namesake: if rng.chance(0.7) { 0 } else { rng.below(40) },
            };
            return Mailbox {
                local,
                domain: Domain::Made { sector, number: number % self.site_domains },
            };
        }
        let (domain, share) = self.domain(rng);
        Mailbox { local: self.local(name, share, rng), domain }
    }

    fn recovery(&self, name: Name, rng: &mut Rng) -> Mailbox {
        let (domain, share) = self.domain(rng);
        Mailbox { local: self.local(name, share, rng), domain }
    }

    /// A mail domain, with its share of all mailboxes.
    pub(crate) fn domain(&self, rng: &mut Rng) -> (Domain, f64) {
        if rng.chance(self.taste.providers) {
            let rank = self.providers.draw(rng);
            let provider = u8::try_from(rank).expect("twelve providers");
            (Domain::Provider(provider), self.taste.providers * self.providers.probability(rank))
        } else {
            let number = self.tail_domains.draw(rng);
            let sector = if number.is_multiple_of(9) { Sector::Access } else { Sector::Any };
            (
                Domain::Made { sector, number: u64::from(number) },
                (1.0 - self.taste.providers) * self.tail_domains.probability(number),
            )
        }
    }

    /// How a person makes a name. Where it would be taken, in a domain of this share of mailboxes,
    /// digits follow until it is not.
    pub(crate) fn local(&self, name: Name, share: f64, rng: &mut Rng) -> Local {
        let rank = self.patterns.draw(rng);
        let pattern = PATTERNS[usize::try_from(rank).expect("a few patterns")];
        let given = self.names.given.probability(name.given);
        let family = self.names.family.probability(name.family);
        let crowd = match pattern {
            Pattern::Given | Pattern::Nickname => given,
            Pattern::GivenInitial => given / 12.0,
            Pattern::WordGiven => given / 48.0,
            Pattern::InitialFamily => family / 12.0,
            Pattern::FamilyOnly => family,
            Pattern::TwoWords => 1.0 / 4_000.0,
            _ => given * family,
        };
        let wanted =
            self.accounts as f64 * share * crowd * self.patterns.probability(rank) * 2_000.0;
        let needed = truncate(libm::ceil(libm::log10(wanted.max(1e-3)).max(0.0)));
        let year = 2008 - u16::try_from(truncate(rng.lognormal(14.0, 0.7)).min(60)).expect("years");
        let digits = match (needed, rng.weighted(&[34, 18, 14, 14, 12, 8])) {
            (0, 0 | 5) => Digits::None,
            (0..=1, 1) => Digits::ShortYear(year),
            (0..=1, 2) => Digits::Year(year),
            (0..=1, 3) => Digits::Number(rng.below(100), 2),
            (0..=2, 4) => Digits::Number(rng.below(1_000), 3),
            (0..=3, 5) => Digits::Number(rng.below(10_000), 4),
            (width, _) => {
                let width = width.min(9);
                let end = 10_u64.pow(u32::try_from(width).expect("at most nine"));
                Digits::Number(rng.below(end), u8::try_from(width).expect("at most nine"))
            }
        };
        Local::Human(pattern, digits)
    }

    /// A challenge solved in a time of this median (seconds) and spread, right at once with this
    /// probability.
    pub(crate) fn challenge(rng: &mut Rng, median: f64, sigma: f64, accuracy: f64) -> Challenge {
        let seconds = rng.lognormal(median, sigma);
        let milliseconds = truncate(seconds * 1_000.0).clamp(150, 600_000);
        Challenge {
            milliseconds: u32::try_from(milliseconds).expect("ten minutes at most"),
            attempts: 1 + rng.geometric(accuracy, 6),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Preset;

    #[test]
    fn organisations_grow_in_number_with_people() {
        let organisations = |accounts: u64| {
            let options = WorldOptions::new(Preset::Clean, accounts, 1);
            let population =
                Population::new(&options, accounts, Trends::default(), Taste::STANDARD);
            // People of the largest, were all at some.
            let largest = (accounts as f64 * population.sites.probability(0)) as u64;
            (population.site_domains, largest)
        };
        let (few, many) = (organisations(10_000_000), organisations(500_000_000));
        assert_eq!(organisations(100_000).0, few.0);
        // Fifty times the people have many times the organisations, and the largest of these is not fifty times as large.
        assert!(many.0 > 40 * few.0, "{few:?} {many:?}");
        assert!(many.1 < 40 * few.1, "{few:?} {many:?}");
    }
}
