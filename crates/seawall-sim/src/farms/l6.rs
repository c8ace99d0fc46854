//! L6, adaptive: as L3, but every week one of its techniques is replaced, and a fifth of its accounts
//! hide among popular values. A stress, not expected to be found.

use super::{
    Challenging, Clients, Connection, Mailing, Paying, Recovering, Site, Technique, group,
};
use crate::group::Group;
use crate::rng::mix2;
use crate::schedule::Schedule;

pub(crate) fn farm(site: Site, seed: u64) -> Group {
    let week = move |number: u64| {
        let other = |family: u64| number % 4 == family;
        Technique {
            connection: Connection::LocalProxy(0x6000 + number / 4, 3_000_000),
            clients: Clients::AntiDetect(60 + u64::from(other(1)) * (40 + number)),
            mailing: if other(2) { Mailing::Providers } else { Mailing::Own(15 + number / 4) },
            challenging: match number % 3 {
                0 => Challenging::Solver(14.0, 0.2, 0.93),
                1 => Challenging::Solver(17.5, 0.3, 0.9),
                _ => Challenging::People,
            },
            recovering: Recovering::None,
            camouflage: 0.2,
            paying: Paying::None,
            ..Technique::people()
        }
    };
    let start = site.start;
    let hours = site.days * 24;
    let mut farm = group("l6", seed, Schedule::flat(site.size(3_000), start, hours), week(0));
    farm.make = Box::new(move |population, birth| {
        let number = u64::from((birth.hour.saturating_sub(start)) / 168);
        // Profiles and domains are bought anew in the week in which they change.
        week(number).persona(population, birth, mix2(seed, number / 2))
    });
    farm
}
