//! A post goes viral: 8,000 people of one country come by one link within three hours, to see the
//! same twenty pages.

use super::{Scene, participant};
use crate::activity::{Doing, Habits};
use crate::group::Group;
use crate::persona::Referrer;
use crate::places::place_index;
use crate::schedule::Schedule;

pub(crate) fn group(scene: Scene) -> Group {
    let place = place_index("ID");
    let seed = scene.salt(2);
    let weights = [0.6, 1.0, 0.7, 0.12, 0.06, 0.03];
    let schedule = Schedule::new(scene.size(8_000, 200), scene.day(0.35) + 11, &weights);
    let make = move |population: &_, birth| {
        let (mut persona, mut rng) = participant(population, birth, place);
        persona.referrer = rng.chance(0.97).then_some(Referrer::Named("share-k3fq9x"));
        persona
    };
    let mut group = Group::benign(seed, "viral", schedule, Box::new(make));
    let doing = Doing::Pages { first: 700_100, count: 20 };
    group.habits = Habits { shares: [0.15, 0.04, 0.005], dormant_days: 0, doing };
    group
}
