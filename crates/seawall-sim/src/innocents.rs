//! Which innocent things look like an operation?

mod advertising;
mod cafe;
mod company;
mod families;
mod handset;
mod relay;
mod release;
mod school;
mod sso;
mod university;
mod viral;

use crate::group::Group;
use crate::persona::{Birth, Persona};
use crate::population::{Population, Trends};
use crate::rng::{Rng, mix2, truncate};

/// Where innocent events take place.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene {
    /// Randomness of the world.
    pub seed: u64,
    /// First hour of the detection window.
    pub start: u32,
    /// Days of the detection window.
    pub days: u32,
    /// Factor on sizes.
    pub scale: f64,
}

impl Scene {
    /// A size in this world, never below `least`.
    pub(crate) fn size(&self, full: u32, least: u64) -> u64 {
        truncate(f64::from(full) * self.scale).max(least)
    }

    /// Randomness of one event.
    pub(crate) const fn salt(&self, salt: u64) -> u64 {
        mix2(self.seed, 0x1440_0000 + salt)
    }

    /// First hour of a day of the window, given as a share of it.
    pub(crate) fn day(&self, share: f64) -> u32 {
        let day = u32::try_from(truncate(f64::from(self.days) * share)).expect("days");
        self.start + 24 * day
    }
}

/// A person of this country whose traits an event then changes, with randomness for that.
pub(crate) fn participant(population: &Population, birth: Birth, place: u8) -> (Persona, Rng) {
    let mut rng = Rng::new(birth.key, 0x1440);
    let persona = population.person_of(place, birth, &mut rng);
    (persona, rng)
}

/// All innocent events that are groups of their own.
pub(crate) fn groups(scene: Scene) -> Vec<Group> {
    vec![
        university::group(scene),
        viral::group(scene),
        cafe::group(scene),
        school::group(scene),
        company::group(scene),
        handset::group(scene),
        relay::group(scene),
        families::group(scene),
        sso::group(scene),
    ]
}

/// The innocent events that are trends of the whole population.
pub(crate) fn trends(scene: Scene) -> Trends {
    Trends {
        release_hour: Some(release::start_hour(scene)),
        advertising_hour: Some(advertising::start_hour(scene)),
    }
}
