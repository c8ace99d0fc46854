//! A customer provisions its staff through single sign-on: a program creates the accounts, one after
//! the other, with nothing of a person's about them.

use super::{Scene, participant};
use crate::activity::{Doing, Habits};
use crate::devices::{Browser, Client, Platform, Print};
use crate::group::Group;
use crate::names::{Domain, Local, Sector};
use crate::network::Access;
use crate::persona::{Display, Mailbox};
use crate::places::place_index;
use crate::schedule::Schedule;

pub(crate) fn group(scene: Scene) -> Group {
    let place = place_index("US");
    let seed = scene.salt(9);
    let schedule = Schedule::flat(scene.size(900, 40), scene.day(0.65) + 15, 2);
    let make = move |population: &_, birth| {
        let (mut persona, _) = participant(population, birth, place);
        persona.access = Access::Hosting { host: 4, customer: seed, addresses: 1, each24: 1 };
        persona.away = None;
        persona.client = Client {
            platform: Platform::Linux,
            browser: Browser::Library,
            model: 1_005,
            lag: 0,
            frozen_hour: Some(scene.start),
            stack: 0,
            odd_stack: 0,
            updates: false,
            print: Print::Unique(seed),
        };
        persona.mailbox = Mailbox {
            local: Local::Institution { separator: Some('.'), namesake: birth.index % 3 },
            domain: Domain::Made { sector: Sector::Any, number: 990_009 },
        };
        persona.username = Some(persona.mailbox.local);
        persona.display = Display::Full;
        persona.recovery = None;
        persona.phone = None;
        persona.referrer = None;
        persona.invite = None;
        persona.payment = Some(seed);
        persona.challenge = None;
        persona.managed = true;
        persona
    };
    let mut group = Group::benign(seed, "sso", schedule, Box::new(make));
    group.habits = Habits { shares: [0.2, 0.4, 0.2], dormant_days: 0, doing: Doing::People };
    group
}
