//! L2, through rented homes: a shared proxy network and solver, made-up fingerprints, two templates.

use super::{
    Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring, SHARED_EXITS,
    SHARED_PROXIES, SHARED_SOLVER, Site, Technique, group,
};
use crate::group::Group;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let technique = Technique {
        connection: Connection::Proxy(SHARED_PROXIES, SHARED_EXITS),
        clients: Clients::Randomised,
        mailing: Mailing::Providers,
        naming: Naming::TwoTemplates,
        challenging: SHARED_SOLVER,
        phones: Phones::None,
        recovering: Recovering::None,
        claims: Some(0),
        names_of: Some(0),
        referring: Referring::None,
        paying: Paying::None,
        ..Technique::people()
    };
    let hours = site.days * 24 / 2;
    group("l2", seed, Schedule::bursts(site.size(4_000), site.day(0.2), hours, seed), technique)
}
