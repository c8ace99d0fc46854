//! A privacy relay: 3,000 people of many countries behind few addresses, diverse in all else.

use super::Scene;
use crate::group::Group;
use crate::network::Access;
use crate::persona::Birth;
use crate::population::Population;
use crate::schedule::{Clock, Schedule};

pub(crate) fn group(scene: Scene) -> Group {
    let seed = scene.salt(7);
    let clock = Clock::new(1.1);
    let count = scene.size(3_000, 100);
    let schedule = Schedule::diurnal(count, scene.start, scene.days * 24, &clock, seed);
    let make = move |population: &Population, birth: Birth| {
        let mut persona = population.person(birth);
        // Relays say which country, not which city.
        persona.access = Access::Relay { place: persona.place, addresses: 3 };
        persona.away = None;
        persona
    };
    Group::benign(seed, "relay", schedule, Box::new(make))
}
