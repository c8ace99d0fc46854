//! Farms of 20 to 120 accounts, each bound by two things only, people in all else.

use crate::activity::Lockstep;
use crate::farms::{
    Clients, Mailing, Naming, Paying, Phones, Recovering, Referring, Site, Technique, group,
};
use crate::group::Group;
use crate::rng::{Rng, truncate};
use crate::schedule::Schedule;

/// Farms.
const FARMS: u32 = 30;

/// The farms of a window. Their sizes do not follow the size of the world.
pub(super) fn farms(site: Site) -> Vec<Group> {
    let mut rng = Rng::new(site.seed, 0x53A11);
    (0..FARMS).map(|number| farm(site, number, &mut rng)).collect()
}

fn farm(site: Site, number: u32, rng: &mut Rng) -> Group {
    let position = (f64::from(number * 7 % FARMS) + rng.unit()) / f64::from(FARMS);
    let count = truncate(20.0 * libm::pow(6.0, position) * site.scale).max(5);
    let mut technique = Technique::people();
    let first = rng.below(7);
    let second = (first + 1 + rng.below(6)) % 7;
    for binding in [first, second] {
        bind(&mut technique, binding, site, number, rng);
    }
    let days = 2 + rng.below(u64::from(site.days) - 2);
    let latest = u64::from(site.days) - days;
    let start = site.start + 24 * u32::try_from(rng.below(latest + 1)).expect("days");
    let hours = 24 * u32::try_from(days).expect("days");
    let seed = rng.word();
    group("small", seed, Schedule::bursts(count, start, hours, seed), technique)
}

/// Makes a farm alike in one respect.
fn bind(technique: &mut Technique, binding: u64, site: Site, number: u32, rng: &mut Rng) {
    match binding {
        0 => technique.clients = Clients::AntiDetect(2 + rng.below(4)),
        1 => technique.mailing = Mailing::Own(1 + rng.below(2)),
        2 => technique.naming = Naming::Template(rng.pick(&["", "_", "."]), 4, rng.chance(0.5)),
        3 => technique.recovering = Recovering::OwnMailboxes(1 + rng.below(3)),
        4 => {
            let place = u8::try_from(rng.below(30)).expect("a place");
            technique.phones = Phones::SimBlock(place, 100);
        }
        5 => {
            technique.paying = Paying::Cards(1 + rng.below(3));
            technique.referring = Referring::Invites(25);
        }
        _ => {
            let days = site.days;
            let round = |round: u32| site.start + 24 * (days * (4 + round) / 7) + 6 + 2 * round;
            technique.lockstep = Some(Lockstep {
                rounds: (0..3).map(round).collect(),
                hours: 3,
                first: 900_000 + u64::from(number) * 100,
                targets: 9,
                action: "follow",
            });
        }
    }
}
