//! L1, from a data centre: forty addresses, an automated browser, one template, machine reading.

use super::{
    Challenging, Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring, Site,
    Technique, group,
};
use crate::group::Group;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let technique = Technique {
        connection: Connection::DataCentre(0, 40, 20),
        clients: Clients::Automation(3),
        mailing: Mailing::One(1),
        naming: Naming::Template("", 4, false),
        challenging: Challenging::Solver(4.0, 0.1, 0.9),
        phones: Phones::None,
        recovering: Recovering::None,
        claims: Some(0),
        names_of: Some(0),
        referring: Referring::None,
        paying: Paying::None,
        ..Technique::people()
    };
    let hours = site.days * 24 * 4 / 5;
    group("l1", seed, Schedule::bursts(site.size(3_000), site.day(0.1), hours, seed), technique)
}
