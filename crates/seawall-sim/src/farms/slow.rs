//! Slow: twenty accounts a day for as long as it takes, each from a home of its own, one template, a
//! few anti-detect profiles.

use super::{
    Challenging, Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring, Site,
    Technique, group,
};
use crate::group::Group;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let technique = Technique {
        connection: Connection::Homes,
        clients: Clients::AntiDetect(25),
        mailing: Mailing::One(3),
        naming: Naming::Template(".", 3, false),
        challenging: Challenging::Solver(14.0, 0.25, 0.93),
        phones: Phones::None,
        recovering: Recovering::None,
        referring: Referring::None,
        paying: Paying::None,
        ..Technique::people()
    };
    let hours = site.days * 24;
    let count = site.size(20 * site.days);
    group("slow", seed, Schedule::flat(count, site.start, hours), technique)
}
