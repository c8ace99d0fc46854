//! How does what people have hang together?
//!
//! Where a country has its own providers, carriers and handsets, many strangers share several rare
//! things at once without being anybody's operation.

use std::sync::LazyLock;

use super::Population;
use crate::devices::{Browser, Client, Platform, Print};
use crate::names::{Domain, Local, Sector};
use crate::network::Access;
use crate::persona::{Mailbox, Persona, Referrer};
use crate::places::PLACES;
use crate::rng::{Rng, Zipf, mix2};

/// Regional internet providers of a country.
static REGIONS: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(40, 0.9));
/// Lines of a regional internet provider.
static LINES: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(2_000, 0.3));
/// Companies whose people work from home.
static COMPANIES: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(300, 0.9));
/// Handsets that a carrier sells.
static HANDSETS: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(6, 0.9));
/// Settings of a carrier's handset.
static SETTINGS: LazyLock<Zipf> = LazyLock::new(|| Zipf::new(30, 0.8));

/// Mail providers of their own countries.
fn provider(code: &str) -> Option<Domain> {
    let name = match code {
        "RU" => return Some(Domain::Provider(8)),
        "KR" => return Some(Domain::Provider(10)),
        "DE" | "AT" => return Some(Domain::Provider(7)),
        "CH" => return Some(Domain::Provider(11)),
        "JP" => "yahoo.co.jp",
        "FR" => "orange.fr",
        "IT" => "libero.it",
        "PL" => "wp.pl",
        "CZ" => "seznam.cz",
        "BR" => "uol.com.br",
        "UA" => "ukr.net",
        "GR" => "yahoo.gr",
        "HU" => "freemail.hu",
        "ID" | "PH" | "MY" => "ymail.com",
        _ => return None,
    };
    Some(Domain::Named(name))
}

/// Ties the parts of a persona to each other.
pub(super) fn apply(population: &Population, persona: &mut Persona, rng: &mut Rng) {
    let place = persona.place;
    let code = PLACES[usize::from(place)].code;
    if persona.claimed == place && rng.chance(0.8) {
        persona.locale = None;
    }
    match rng.weighted(&[30, 8, 3, 3, 4, 52]) {
        0 => {
            if let Some(domain) = provider(code) {
                persona.mailbox.domain = domain;
                // Their sites are where their users come from.
                if rng.chance(0.3) {
                    persona.referrer = Some(Referrer::Ranked(20 + u32::from(place)));
                }
            }
        }
        1 => regional_line(population, persona, rng),
        2 => in_app(population, persona, rng),
        3 => remote_employee(population, persona, rng),
        4 => private_relay(population, persona, rng),
        _ => {}
    }
    if persona.client.mobile() {
        carrier_handset(persona, rng);
    }
}

/// A regional internet provider's customer, with the mailbox that came with the line.
fn regional_line(population: &Population, persona: &mut Persona, rng: &mut Rng) {
    let region = u64::from(REGIONS.draw(rng));
    let number = mix2(u64::from(persona.place), region) % 1_000_000;
    let domain = Domain::Made { sector: Sector::Access, number };
    persona.mailbox = Mailbox { local: population.local(persona.name, 0.001, rng), domain };
    // Its customers live in a few thousand homes of one region.
    let line = mix2(number, u64::from(LINES.draw(rng)));
    let home = population.networks.home_of(persona.place, line);
    persona.access = Access::Home { place: persona.place, home, device: persona.key };
}

/// Came from a social network's app, and never uses anything else.
fn in_app(population: &Population, persona: &mut Persona, rng: &mut Rng) {
    let mut client = population.clients.mobile_client(rng);
    client.browser = Browser::InApp;
    client.stack = 0;
    persona.client = client;
    persona.referrer = Some(Referrer::Named(
        ["share-a81", "share-b07", "share-c44"][usize::from(persona.place % 3)],
    ));
    persona.access = Population::carrier(persona.place, persona.key, rng);
    persona.recovery = None;
}

/// Works from home for a company that manages its laptops: they are all the same.
fn remote_employee(population: &Population, persona: &mut Persona, rng: &mut Rng) {
    let number = 800_000 + u64::from(COMPANIES.draw(rng));
    let model = 1_000 + u32::try_from(mix2(number, 1) % 30).expect("a model");
    let mac = number.is_multiple_of(3);
    persona.client = Client {
        platform: if mac { Platform::Mac } else { Platform::Windows },
        browser: if mac { Browser::Chrome } else { Browser::Edge },
        model,
        lag: u8::try_from(number % 3).expect("three"),
        frozen_hour: None,
        // A security product between browser and network.
        stack: 20 + u32::try_from(number % 30).expect("thirty"),
        odd_stack: 0,
        updates: false,
        print: Print::Model { model, setting: u32::try_from(number).expect("small") },
    };
    persona.mailbox = Mailbox {
        local: Local::Institution {
            separator: [Some('.'), None][usize::from(mac)],
            namesake: if rng.chance(0.9) { 0 } else { rng.below(30) },
        },
        domain: Domain::Made { sector: Sector::Any, number },
    };
    persona.username = None;
    persona.recovery = None;
    let home = population.networks.home_of(persona.place, persona.key);
    persona.access = Access::Home { place: persona.place, home, device: persona.key };
}

/// Hides address and mailbox behind the maker of the telephone.
fn private_relay(population: &Population, persona: &mut Persona, rng: &mut Rng) {
    let mut client = population.clients.mobile_client(rng);
    client.platform = Platform::IPhone;
    client.browser = Browser::Safari;
    client.stack = 0;
    persona.client = client;
    persona.access = Access::Relay { place: persona.place, addresses: 40 };
    persona.away = None;
    if rng.chance(0.6) {
        persona.mailbox = Mailbox {
            local: Local::Relay(rng.word()),
            domain: Domain::Named("privaterelay.appleid.com"),
        };
        persona.username = Some(population.local(persona.name, 1.0, rng));
    }
}

/// Carriers sell a few handsets each, with software of their own.
fn carrier_handset(persona: &mut Persona, rng: &mut Rng) {
    let Access::Carrier { place, carrier, .. } = persona.access else { return };
    if persona.client.platform != Platform::Android || !rng.chance(0.35) {
        return;
    }
    let shop = mix2(u64::from(place), u64::from(carrier));
    let model = u32::try_from(mix2(shop, u64::from(HANDSETS.draw(rng))) % 13).expect("a model");
    // Android models only: those that end in 1.
    persona.client.model = model * 10 + 1;
    let setting = u32::try_from(shop % 1_000 * 30 + u64::from(SETTINGS.draw(rng))).expect("small");
    persona.client.print = Print::Model { model: persona.client.model + 500, setting };
    persona.client.stack = 5 + u32::try_from(shop % 40).expect("forty");
}
