//! A school's tablets: 160 pupils at one address, one model, names and mailboxes from the school.

use super::{Scene, participant};
use crate::devices::{Browser, Client, Platform, Print};
use crate::group::Group;
use crate::names::{Domain, Local, Sector};
use crate::network::Access;
use crate::persona::Mailbox;
use crate::places::place_index;
use crate::schedule::Schedule;

pub(crate) fn group(scene: Scene) -> Group {
    let place = place_index("US");
    let seed = scene.salt(4);
    let schedule = Schedule::local(scene.size(160, 30), scene.day(0.45), 24, -5, (10.5, 1.2));
    let make = move |population: &_, birth| {
        let (mut persona, mut rng) = participant(population, birth, place);
        persona.access = Access::Site { place, site: seed, addresses: 1, own_network: false };
        persona.client = Client {
            platform: Platform::IPad,
            browser: Browser::Safari,
            model: 19,
            lag: 4,
            frozen_hour: None,
            stack: 0,
            odd_stack: 0,
            updates: false,
            print: Print::Model { model: 19, setting: 90_000 },
        };
        persona.mailbox = Mailbox {
            local: Local::Institution {
                separator: None,
                namesake: if rng.chance(0.8) { 0 } else { 2 + rng.below(9) },
            },
            domain: Domain::Made { sector: Sector::Education, number: 90_002 },
        };
        persona.username = Some(persona.mailbox.local);
        persona.recovery = None;
        persona.phone = None;
        persona.payment = None;
        persona.referrer = None;
        persona
    };
    Group::benign(seed, "school", schedule, Box::new(make))
}
