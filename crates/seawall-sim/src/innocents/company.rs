//! A company's roll-out: 220 employees in two days, from two offices, on managed laptops.

use super::{Scene, participant};
use crate::devices::{Browser, Client, Platform, Print};
use crate::group::Group;
use crate::names::{Domain, Local, Sector};
use crate::network::Access;
use crate::persona::{Display, Mailbox, Referrer};
use crate::places::place_index;
use crate::schedule::Schedule;

pub(crate) fn group(scene: Scene) -> Group {
    let place = place_index("DE");
    let seed = scene.salt(5);
    let schedule = Schedule::local(scene.size(220, 40), scene.day(0.55), 48, 1, (10.5, 2.0));
    let make = move |population: &_, birth| {
        let (mut persona, mut rng) = participant(population, birth, place);
        persona.access = Access::Site { place, site: seed, addresses: 2, own_network: false };
        persona.client = Client {
            platform: Platform::Windows,
            browser: Browser::Edge,
            model: 1_007,
            lag: 1,
            frozen_hour: None,
            stack: 6,
            odd_stack: 0,
            updates: false,
            print: Print::Model { model: 1_007, setting: u32::try_from(rng.below(4)).expect("4") },
        };
        persona.mailbox = Mailbox {
            local: Local::Institution { separator: Some('.'), namesake: 0 },
            domain: Domain::Made { sector: Sector::Any, number: 990_003 },
        };
        persona.username = Some(persona.mailbox.local);
        persona.display = Display::Full;
        persona.recovery = None;
        persona.referrer = rng.chance(0.6).then_some(Referrer::Named("intranet"));
        persona
    };
    Group::benign(seed, "company", schedule, Box::new(make))
}
