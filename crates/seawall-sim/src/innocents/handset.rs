//! A carrier opens a new block of addresses and sells a new handset: 5,000 of its customers sign up,
//! a fifth of them on that handset.

use super::{Scene, participant};
use crate::devices::Print;
use crate::group::Group;
use crate::network::Access;
use crate::persona::Birth;
use crate::places::{PLACES, place_index};
use crate::population::Population;
use crate::schedule::Schedule;

pub(crate) fn group(scene: Scene) -> Group {
    let place = place_index("MX");
    let offset = PLACES[usize::from(place)].offset_hours;
    let seed = scene.salt(6);
    let hours = (scene.days * 3 / 5).max(1) * 24;
    let schedule =
        Schedule::local(scene.size(5_000, 200), scene.day(0.3), hours, offset, (14.0, 4.5));
    let make = move |population: &Population, birth: Birth| {
        let (mut persona, mut rng) = participant(population, birth, place);
        let mut client = population.clients.mobile_client(&mut rng);
        if rng.chance(0.2) {
            let setting = u32::try_from(rng.below(3)).expect("3");
            client.print = Print::Model { model: 4_444, setting };
            client.model = 141;
            client.updates = false;
            client.odd_stack = 0x4A_4D5E7;
            client.lag = 0;
        }
        persona.client = client;
        // Twelve addresses, new to everybody.
        persona.access = Access::Site { place, site: seed, addresses: 12, own_network: false };
        persona.away = None;
        persona
    };
    Group::benign(seed, "handset", schedule, Box::new(make))
}
