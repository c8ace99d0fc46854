//! L2b, another operator who rents the same proxies and the same solver as L2: not to be merged.

use super::{
    Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring, SHARED_EXITS,
    SHARED_PROXIES, SHARED_SOLVER, Site, Technique, group,
};
use crate::group::Group;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let technique = Technique {
        connection: Connection::Proxy(SHARED_PROXIES, SHARED_EXITS),
        clients: Clients::Automation(2_000),
        mailing: Mailing::Providers,
        naming: Naming::Syllables(4),
        challenging: SHARED_SOLVER,
        phones: Phones::None,
        recovering: Recovering::OwnDomains(4),
        claims: Some(3),
        names_of: Some(3),
        referring: Referring::None,
        paying: Paying::None,
        ..Technique::people()
    };
    let hours = site.days * 24 * 2 / 3;
    group("l2b", seed, Schedule::bursts(site.size(2_500), site.day(0.3), hours, seed), technique)
}
