//! What can an operation choose, and what comes of each choice?

use crate::activity::{Habits, Lockstep};
use crate::devices::{Browser, Client, Platform, Print};
use crate::names::{Digits, Domain, Local, Pattern, Sector};
use crate::network::Access;
use crate::persona::{Birth, Display, Mailbox, Persona, Phone, Referrer};
use crate::population::Population;
use crate::rng::{Rng, mix2};

/// How it connects.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Connection {
    /// Its own machines: host, addresses, of them in one /24.
    DataCentre(u8, u32, u32),
    /// A shared proxy network of this number with so many exits, anywhere.
    Proxy(u64, u64),
    /// The same, ordering exits in the persona's country.
    LocalProxy(u64, u64),
    /// A home line for each account, kept.
    Homes,
    /// Behind a carrier's gateway: country, carrier, gateway.
    CarrierNat(u8, u8, u8),
    /// As people do.
    People,
}

/// What its clients are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Clients {
    /// A library that says so, one fingerprint.
    Script,
    /// An automated browser with a TLS stack of its own and this many fingerprints.
    Automation(u64),
    /// An automated browser whose fingerprint is made up for each account.
    Randomised,
    /// Anti-detect browsers: this many profiles, TLS of common browsers.
    AntiDetect(u64),
    /// Real telephones, this many, of a few models.
    RealPhones(u64),
    /// As people have.
    People,
}

/// Where its mailboxes are.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Mailing {
    /// At one provider, an index of the providers.
    One(u8),
    /// At the big providers, bought by the thousand.
    Providers,
    /// At this many domains of its own.
    Own(u64),
    /// A few mailboxes with tags.
    Tagged(u64),
    /// As people have.
    People,
}

/// How it makes names.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Naming {
    /// A stem and a running number.
    Counter(&'static str),
    /// Given, separator, family, number of this width, and capitals.
    Template(&'static str, u8, bool),
    /// Two such templates.
    TwoTemplates,
    /// Random letters and digits of this length.
    Random(u8),
    /// Pronounceable nonsense.
    Syllables(u8),
    /// Given, dot, family, four digits of a year: every name of a list.
    Yearly,
    /// As people do: bought, or from a language model.
    People,
}

/// How challenges are solved: median seconds, spread, accuracy.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Challenging {
    /// None is shown.
    None,
    /// By machine or service.
    Solver(f64, f64, f64),
    /// By people.
    People,
}

/// Whose telephone numbers.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Phones {
    /// None.
    None,
    /// Numbers of SIM cards bought together: country, how many.
    SimBlock(u8, u64),
    /// A public pool of numbers for rent, of this many.
    Pool(u64),
    /// As people have.
    People,
}

/// Who sent it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Referring {
    /// Nobody.
    None,
    /// This referrer.
    Named(&'static str),
    /// Invites of its own accounts: each invites so many more.
    Invites(u64),
    /// As people.
    People,
}

/// Whose means of payment.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Paying {
    /// None.
    None,
    /// So many cards for all of its accounts.
    Cards(u64),
    /// As people.
    People,
}

/// Which recovery mailbox.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Recovering {
    /// None.
    None,
    /// At this many domains of its own.
    OwnDomains(u64),
    /// One of so many mailboxes of its own.
    OwnMailboxes(u64),
    /// As people have.
    People,
}

/// All of its choices.
#[derive(Clone, Debug)]
pub(crate) struct Technique {
    /// How it connects.
    pub connection: Connection,
    /// With what.
    pub clients: Clients,
    /// Where its mailboxes are.
    pub mailing: Mailing,
    /// How it makes names.
    pub naming: Naming,
    /// How challenges are solved.
    pub challenging: Challenging,
    /// Telephones.
    pub phones: Phones,
    /// Recovery mailboxes.
    pub recovering: Recovering,
    /// Claims this country's locale and time zone whatever the address; `None` is the address's.
    pub claims: Option<u8>,
    /// Takes all names from this country; `None` is the persona's.
    pub names_of: Option<u8>,
    /// Who sent its accounts.
    pub referring: Referring,
    /// Means of payment.
    pub paying: Paying,
    /// Share of accounts that take popular values instead of its own.
    pub camouflage: f64,
    /// What its accounts do.
    pub habits: Habits,
    /// What they do together.
    pub lockstep: Option<Lockstep>,
}

impl Technique {
    /// Nothing of its own: as people in everything. Rungs change what they do differently.
    pub(crate) const fn people() -> Self {
        Self {
            connection: Connection::People,
            clients: Clients::People,
            mailing: Mailing::People,
            naming: Naming::People,
            challenging: Challenging::People,
            phones: Phones::People,
            recovering: Recovering::People,
            claims: None,
            names_of: None,
            referring: Referring::People,
            paying: Paying::People,
            camouflage: 0.0,
            habits: Habits::NONE,
            lockstep: None,
        }
    }

    /// An account of the farm.
    pub(crate) fn persona(&self, population: &Population, birth: Birth, farm: u64) -> Persona {
        let mut persona = population.person(birth);
        persona.event = None;
        let mut rng = Rng::new(birth.key, 0xFA_4B);
        let hidden = |rng: &mut Rng| self.camouflage > 0.0 && rng.chance(self.camouflage);
        if !hidden(&mut rng) {
            self.set_access(&mut persona, population, farm, &mut rng);
        }
        if !hidden(&mut rng) {
            self.set_client(&mut persona, population, farm, &mut rng);
        }
        if let Some(place) = self.names_of {
            persona.name = population.name(place, &mut rng);
        }
        self.set_names(&mut persona, birth, farm, &mut rng);
        if !hidden(&mut rng) {
            self.set_mailing(&mut persona, birth, farm, &mut rng);
        }
        self.set_contacts(&mut persona, farm, &mut rng);
        persona.challenge = match self.challenging {
            Challenging::None => None,
            Challenging::People => persona.challenge,
            Challenging::Solver(median, sigma, accuracy) => {
                Some(Population::challenge(&mut rng, median, sigma, accuracy))
            }
        };
        persona.claimed = self.claims.unwrap_or(persona.claimed);
        if self.claims.is_some() {
            persona.locale = None;
        }
        self.set_referral(&mut persona, birth, farm, &mut rng);
        persona
    }

    fn set_referral(&self, persona: &mut Persona, birth: Birth, farm: u64, rng: &mut Rng) {
        match self.referring {
            Referring::People => {}
            Referring::None => (persona.referrer, persona.invite) = (None, None),
            Referring::Named(name) => {
                (persona.referrer, persona.invite) = (Some(Referrer::Named(name)), None);
            }
            Referring::Invites(each) => {
                persona.referrer = None;
                persona.invite = Some(mix2(farm, 0x14F1 + birth.index / each));
            }
        }
        match self.paying {
            Paying::People => {}
            Paying::None => persona.payment = None,
            Paying::Cards(cards) => persona.payment = Some(mix2(farm, 0xCA_4D + rng.below(cards))),
        }
    }

    fn set_access(&self, persona: &mut Persona, population: &Population, farm: u64, rng: &mut Rng) {
        let place = persona.place;
        let customer = persona.key;
        persona.away = None;
        persona.access = match self.connection {
            Connection::DataCentre(host, addresses, each24) => {
                Access::Hosting { host, customer: farm, addresses, each24 }
            }
            Connection::Proxy(network, exits) => {
                Access::Proxy { network, exits, place: None, customer }
            }
            Connection::LocalProxy(network, exits) => {
                persona.claimed = place;
                Access::Proxy { network, exits, place: Some(place), customer }
            }
            Connection::Homes => {
                let home = population.networks.home_of(place, rng.word());
                Access::KeptProxy { place, home }
            }
            Connection::CarrierNat(place, carrier, gateway) => {
                persona.place = place;
                persona.claimed = place;
                Access::Carrier { place, carrier, gateway, device: customer }
            }
            Connection::People => persona.access,
        };
    }

    fn set_client(&self, persona: &mut Persona, population: &Population, farm: u64, rng: &mut Rng) {
        let automation = Client {
            platform: Platform::Windows,
            browser: Browser::Chrome,
            model: 1_000,
            lag: u8::try_from(2 + mix2(farm, 1) % 6).expect("a few"),
            frozen_hour: Some(u32::try_from(mix2(farm, 2) % 300).expect("hours")),
            stack: 0,
            odd_stack: mix2(farm, 3) | 1,
            updates: false,
            print: Print::Unique(mix2(farm, 4)),
        };
        persona.client = match self.clients {
            Clients::Script => Client {
                platform: Platform::Linux,
                browser: Browser::Library,
                odd_stack: 0,
                ..automation
            },
            Clients::Automation(prints) => {
                Client { print: Print::Unique(mix2(farm, rng.below(prints))), ..automation }
            }
            Clients::Randomised => Client {
                print: Print::Unique(rng.word()),
                lag: automation.lag + u8::try_from(rng.below(3)).expect("three"),
                odd_stack: mix2(farm, 3 + rng.below(2)) | 1,
                ..automation
            },
            Clients::AntiDetect(profiles) => {
                let mut profile = Rng::new(mix2(farm, rng.below(profiles)), 0xA4_7D);
                Client { stack: 0, updates: false, ..population.clients.desktop(&mut profile) }
            }
            Clients::RealPhones(phones) => {
                let phone = mix2(farm, rng.below(phones));
                let model = Rng::new(mix2(farm, phone % 3), 0x4EA1).below(40);
                let model = u32::try_from(model).expect("a model") * 10 + 1;
                Client {
                    platform: Platform::Android,
                    browser: Browser::Chrome,
                    model,
                    lag: u8::try_from(phone % 4).expect("four"),
                    frozen_hour: None,
                    stack: 0,
                    odd_stack: 0,
                    updates: true,
                    print: Print::Unique(phone),
                }
            }
            Clients::People => persona.client,
        };
    }

    fn set_names(&self, persona: &mut Persona, birth: Birth, farm: u64, rng: &mut Rng) {
        if !matches!(self.naming, Naming::People | Naming::Counter(_) | Naming::Random(_)) {
            // Programs draw from the short lists that come with them.
            persona.name.given = u32::try_from(rng.below(20)).expect("a rank");
            persona.name.family = u32::try_from(rng.below(60)).expect("a rank");
        }
        let template = |separator, number, width, capitals| Local::Template {
            separator,
            number,
            width,
            capitals,
        };
        let local = match self.naming {
            Naming::People => return,
            Naming::Counter(stem) => Local::Counter { stem, number: birth.index + 1 },
            Naming::Template(separator, width, capitals) => {
                let end = 10_u64.pow(u32::from(width));
                template(separator, rng.below(end), width, capitals)
            }
            Naming::TwoTemplates => {
                if mix2(farm, birth.index).is_multiple_of(2) {
                    template("", rng.below(100_000), 5, false)
                } else {
                    template("_", rng.below(10_000), 4, true)
                }
            }
            Naming::Random(length) => Local::Random {
                length,
                alphabet: "abcdefghijklmnopqrstuvwxyz0123456789",
                random: rng.word(),
            },
            Naming::Syllables(count) => Local::Syllables {
                count,
                random: rng.word(),
                number: u8::try_from(rng.below(100)).expect("two digits"),
            },
            Naming::Yearly => {
                let year = 1_970 + u16::try_from(rng.below(35)).expect("years");
                Local::Human(Pattern::GivenDotFamily, Digits::Year(year))
            }
        };
        persona.mailbox.local = local;
        persona.username = None;
        persona.display = match self.naming {
            Naming::Counter(_) | Naming::Random(_) => Display::Username,
            _ => Display::Full,
        };
    }

    fn set_mailing(&self, persona: &mut Persona, birth: Birth, farm: u64, rng: &mut Rng) {
        let mailbox = &mut persona.mailbox;
        match self.mailing {
            Mailing::People => {
                if !matches!(self.naming, Naming::People)
                    && matches!(mailbox.domain, Domain::Made { .. })
                {
                    mailbox.domain = Domain::Provider(0);
                }
            }
            Mailing::One(provider) => mailbox.domain = Domain::Provider(provider),
            Mailing::Providers => {
                let provider = [0, 1, 2, 3, 9][rng.weighted(&[35, 30, 10, 20, 5])];
                mailbox.domain = Domain::Provider(provider);
            }
            Mailing::Own(domains) => {
                let number = mix2(farm, 0xD0 + rng.below(domains));
                mailbox.domain = Domain::Made { sector: Sector::Bulk, number };
            }
            Mailing::Tagged(mailboxes) => {
                let base = mix2(farm, birth.index % mailboxes);
                *mailbox = Mailbox {
                    local: Local::Tagged { base, tag: birth.index / mailboxes + 1 },
                    domain: Domain::Provider(0),
                };
                persona.username = None;
            }
        }
    }

    fn set_contacts(&self, persona: &mut Persona, farm: u64, rng: &mut Rng) {
        persona.phone = match self.phones {
            Phones::None => None,
            Phones::SimBlock(place, cards) => {
                // Numbers that follow each other, from a few boxes of a hundred.
                let card = rng.below(cards);
                let digits = mix2(farm, 0x51_40 + card / 100) / 1_000 * 1_000 + card % 100;
                Some(Phone { place, digits })
            }
            Phones::Pool(numbers) => {
                let number = mix2(0x9001, rng.below(numbers));
                let place = [0, 3, 19, 14][usize::try_from(number % 4).expect("four")];
                Some(Phone { place, digits: number })
            }
            Phones::People => persona.phone,
        };
        let own = |number: u64, local: Local| Mailbox {
            local,
            domain: Domain::Made { sector: Sector::Bulk, number: mix2(farm, 0x4EC + number) },
        };
        persona.recovery = match self.recovering {
            Recovering::None => None,
            Recovering::OwnDomains(domains) => {
                let alphabet = "abcdefghijklmnopqrstuvwxyz";
                let local = Local::Random { length: 8, alphabet, random: rng.word() };
                Some(own(rng.below(domains), local))
            }
            Recovering::OwnMailboxes(mailboxes) => {
                let alphabet = "abcdefghijklmnopqrstuvwxyz";
                let random = mix2(farm, 0xB0 + rng.below(mailboxes));
                let local = Local::Random { length: 8, alphabet, random };
                Some(Mailbox { local, domain: Domain::Provider(0) })
            }
            Recovering::People => persona.recovery,
        };
    }
}
