//! Families: households of two to six who share an address, often a device, a name and a card, and
//! sign up within days of each other.

use super::Scene;
use crate::group::Group;
use crate::network::Access;
use crate::persona::Birth;
use crate::population::Population;
use crate::rng::{Rng, mix2, unit};
use crate::schedule::{Clock, Schedule};

/// Accounts in a block that families are cut from.
const BLOCK: u64 = 12;

/// Which family an account belongs to: blocks of twelve are cut into families of 2, 4, 3 and 3, or
/// of 6, 2, 2 and 2, or of 5, 3, 2 and 2.
fn family(seed: u64, index: u64) -> u64 {
    let block = index / BLOCK;
    let cuts: [u64; 3] = match mix2(seed, block) % 3 {
        0 => [2, 6, 9],
        1 => [6, 8, 10],
        _ => [5, 8, 10],
    };
    let position = index % BLOCK;
    let part = cuts.iter().filter(|&&cut| position >= cut).count() as u64;
    block * 4 + part
}

pub(crate) fn group(scene: Scene) -> Group {
    let seed = scene.salt(8);
    let clock = Clock::new(1.1);
    let count = scene.size(6_000, 60);
    let schedule = Schedule::diurnal(count, scene.start, scene.days * 24, &clock, seed);
    let make = move |population: &Population, birth: Birth| {
        let family = mix2(seed, family(seed, birth.index));
        let mut shared = Rng::new(family, 0xFA);
        let place = population.clock.place(12, &mut shared);
        let parent = population.person_of(place, Birth { key: family, ..birth }, &mut shared);
        let mut rng = Rng::new(birth.key, 0x1440);
        let mut persona = population.person_of(place, birth, &mut rng);
        let home = population.networks.home_of(place, family);
        persona.access = Access::Home { place, home, device: birth.key };
        persona.away = None;
        if rng.chance(0.6) {
            persona.name.family = parent.name.family;
            persona.name.culture = parent.name.culture;
        }
        if rng.chance(0.25) {
            persona.client = parent.client;
        }
        if unit(mix2(family, 0xCA4D)) < 0.4 {
            persona.payment = Some(family);
        }
        if rng.chance(0.5) {
            persona.invite = Some(family);
        }
        persona
    };
    Group::benign(seed, "family", schedule, Box::new(make))
}
