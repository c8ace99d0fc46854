//! L5, perfect mimicry: people in everything but that a service solves the challenge. Not expected
//! to be found.

use super::{Challenging, Recovering, Site, Technique, group};
use crate::group::Group;
use crate::schedule::{Clock, Schedule};

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let technique = Technique {
        challenging: Challenging::Solver(14.0, 0.2, 0.93),
        recovering: Recovering::None,
        ..Technique::people()
    };
    let clock = Clock::new(1.1);
    let hours = site.days * 24;
    let schedule = Schedule::diurnal(site.size(2_000), site.start, hours, &clock, seed);
    group("l5", seed, schedule, technique)
}
