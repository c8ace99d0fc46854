//! L3, professionals: an address for each account, sixty anti-detect profiles, names as of people, fifteen
//! mail domains of their own, a slow drip.

use super::{
    Challenging, Clients, Connection, Mailing, Paying, Phones, Recovering, Site, Technique, group,
};
use crate::group::Group;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let technique = Technique {
        connection: Connection::LocalProxy(0x3000, 3_000_000),
        clients: Clients::AntiDetect(60),
        mailing: Mailing::Own(15),
        challenging: Challenging::Solver(14.0, 0.2, 0.93),
        phones: Phones::Pool(17_000),
        recovering: Recovering::None,
        paying: Paying::None,
        ..Technique::people()
    };
    let hours = site.days * 24;
    group("l3", seed, Schedule::flat(site.size(6_000), site.start, hours), technique)
}
