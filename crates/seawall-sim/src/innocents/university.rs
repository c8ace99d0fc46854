//! A university's first day: 600 students sign up on campus, with the names it gave them.

use super::{Scene, participant};
use crate::group::Group;
use crate::names::{Domain, Local, Sector};
use crate::network::Access;
use crate::persona::{Mailbox, Referrer};
use crate::places::place_index;
use crate::schedule::Schedule;

pub(crate) fn group(scene: Scene) -> Group {
    let place = place_index("GB");
    let seed = scene.salt(1);
    let schedule = Schedule::local(scene.size(600, 60), scene.day(0.2), 24, 0, (13.0, 2.5));
    let make = move |population: &_, birth| {
        let (mut persona, mut rng) = participant(population, birth, place);
        persona.access = Access::Site { place, site: seed, addresses: 6, own_network: true };
        persona.mailbox = Mailbox {
            local: Local::Institution {
                separator: Some('.'),
                namesake: if rng.chance(0.85) { 0 } else { 2 + rng.below(20) },
            },
            domain: Domain::Made { sector: Sector::Education, number: 90_001 },
        };
        persona.username = Some(persona.mailbox.local);
        persona.referrer = rng.chance(0.8).then_some(Referrer::Named("campus-portal"));
        persona
    };
    Group::benign(seed, "university", schedule, Box::new(make))
}
