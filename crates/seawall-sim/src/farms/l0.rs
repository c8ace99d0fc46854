//! L0, the script of a beginner: one machine, one client that says what it is, names that count.

use super::{
    Challenging, Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring, Site,
    Technique, group,
};
use crate::group::Group;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let technique = Technique {
        connection: Connection::DataCentre(2, 1, 1),
        clients: Clients::Script,
        mailing: Mailing::One(0),
        naming: Naming::Counter("promo.bonus"),
        challenging: Challenging::None,
        phones: Phones::None,
        recovering: Recovering::None,
        claims: Some(0),
        referring: Referring::None,
        paying: Paying::None,
        ..Technique::people()
    };
    // A thousand an hour, one night.
    let count = site.size(1_000);
    let hours = u32::try_from(count.div_ceil(1_000)).expect("hours of a night");
    group("l0", seed, Schedule::flat(count, site.day(0.25) + 2, hours), technique)
}
