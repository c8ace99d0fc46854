//! Behind a carrier: all its accounts come from the addresses of one mobile gateway, which strangers
//! use as well.

use super::{
    Challenging, Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring, Site,
    Technique, group,
};
use crate::group::Group;
use crate::places::place_index;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let place = place_index("BR");
    let technique = Technique {
        connection: Connection::CarrierNat(place, 0, 3),
        clients: Clients::Automation(40),
        mailing: Mailing::Providers,
        naming: Naming::Yearly,
        challenging: Challenging::Solver(9.0, 0.25, 0.9),
        phones: Phones::None,
        recovering: Recovering::OwnMailboxes(6),
        names_of: Some(place),
        referring: Referring::None,
        paying: Paying::None,
        ..Technique::people()
    };
    let hours = site.days * 24 * 2 / 3;
    let schedule = Schedule::local(site.size(1_500), site.day(0.15), hours, -3, (13.0, 4.0));
    group("nat", seed, schedule, technique)
}
