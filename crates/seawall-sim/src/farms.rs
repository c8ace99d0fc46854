//! How do operations make accounts?
//!
//! A ladder from the script of a child to what no log can tell from people, one file a rung, all in
//! terms of the same techniques.

mod l0;
mod l1;
mod l2;
mod l2b;
mod l3;
mod l4;
mod l5;
mod l6;
mod l7;
mod nat;
mod slow;
mod technique;

pub(crate) use technique::{
    Challenging, Clients, Connection, Mailing, Naming, Paying, Phones, Recovering, Referring,
    Technique,
};

use crate::group::Group;
use crate::rng::{mix2, truncate};
use crate::schedule::Schedule;

/// The window that farms work in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Site {
    /// Randomness of the world.
    pub seed: u64,
    /// First hour.
    pub start: u32,
    /// Days.
    pub days: u32,
    /// Factor on sizes.
    pub scale: f64,
}

impl Site {
    /// Accounts of a farm in this world.
    pub(crate) fn size(&self, full: u32) -> u64 {
        truncate(f64::from(full) * self.scale).max(30)
    }

    /// Hour of a day of the window, given as a share of it.
    pub(crate) fn day(&self, share: f64) -> u32 {
        let day = u32::try_from(truncate(f64::from(self.days) * share)).expect("days");
        self.start + 24 * day
    }
}

/// The proxy network that L2 and L2b rent.
const SHARED_PROXIES: u64 = 0x2000;
/// Its exits.
const SHARED_EXITS: u64 = 20_000;
/// The solver that L2 and L2b use.
const SHARED_SOLVER: Challenging = Challenging::Solver(7.0, 0.2, 0.92);

/// Farms that were there before the window: the same operations as those of [`ladder`], at work in
/// another time, the site trusting this share of their accounts.
pub(crate) fn standing(site: Site, trusted: f64) -> Vec<Group> {
    let mut groups = ladder(site);
    for group in &mut groups {
        // The same operation, other accounts.
        group.seed = mix2(group.seed, 0x57A4);
        group.trusted = Some(trusted);
    }
    groups
}

/// The whole ladder.
pub(crate) fn ladder(site: Site) -> Vec<Group> {
    let rungs: [fn(Site, u64) -> Group; 11] = [
        l0::farm,
        l1::farm,
        l2::farm,
        l2b::farm,
        l3::farm,
        l4::farm,
        l5::farm,
        l6::farm,
        l7::farm,
        slow::farm,
        nat::farm,
    ];
    let farm = |(number, rung): (u64, fn(Site, u64) -> Group)| {
        rung(site, mix2(site.seed, 0xFA_0000 + number))
    };
    (0_u64..).zip(rungs).map(farm).collect()
}

/// A group of farm accounts.
pub(crate) fn group(
    kind: &'static str,
    seed: u64,
    schedule: Schedule,
    technique: Technique,
) -> Group {
    let habits = technique.habits;
    let lockstep = technique.lockstep.clone();
    Group {
        seed,
        kind,
        campaign: format!("{kind}-{:06x}", seed & 0xFF_FFFF),
        operator: format!("operator-{:06x}", mix2(seed, 0x09) & 0xFF_FFFF),
        fraud: true,
        trusted: None,
        schedule,
        habits,
        lockstep,
        make: Box::new(move |population, birth| technique.persona(population, birth, seed)),
    }
}
