//! L4, engagement for sale: as people but for five hundred profiles, and forty pages that its accounts
//! act on within the same hours of six days.

use super::{
    Challenging, Clients, Connection, Mailing, Paying, Recovering, Site, Technique, group,
};
use crate::activity::Lockstep;
use crate::group::Group;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let rounds = (0..6).map(|round| site.day(0.55 + 0.07 * f64::from(round)) + 9 + round).collect();
    let technique = Technique {
        connection: Connection::LocalProxy(0x4000, 3_000_000),
        clients: Clients::AntiDetect(500),
        mailing: Mailing::Providers,
        challenging: Challenging::Solver(14.0, 0.25, 0.93),
        recovering: Recovering::None,
        lockstep: Some(Lockstep {
            rounds,
            hours: 5,
            first: 810_000,
            targets: 40,
            action: "follow",
        }),
        paying: Paying::None,
        ..Technique::people()
    };
    let hours = site.days * 24 * 3 / 5;
    group("l4", seed, Schedule::flat(site.size(3_000), site.start, hours), technique)
}
