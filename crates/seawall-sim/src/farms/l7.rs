//! L7, a rack of thirty telephones: real devices, people who type, a carrier's addresses, SIM cards
//! bought by the box.

use super::{
    Clients, Connection, Mailing, Paying, Phones, Recovering, Referring, Site, Technique, group,
};
use crate::activity::{Doing, Habits};
use crate::group::Group;
use crate::places::place_index;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let place = place_index("VN");
    let technique = Technique {
        connection: Connection::CarrierNat(place, 1, 2),
        clients: Clients::RealPhones(30),
        mailing: Mailing::One(0),
        phones: Phones::SimBlock(place, 600),
        names_of: Some(place),
        recovering: Recovering::None,
        habits: Habits {
            shares: [0.2, 0.3, 0.0],
            dormant_days: 0,
            doing: Doing::Tasks { first: 820_000, count: 30, action: "like" },
        },
        referring: Referring::None,
        paying: Paying::None,
        ..Technique::people()
    };
    let hours = site.days * 24;
    let shifts = Schedule::local(site.size(900), site.start, hours, 7, (15.0, 4.0));
    group("l7", seed, shifts, technique)
}
