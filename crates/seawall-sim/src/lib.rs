//! Synthetic worlds with ground truth, for `seawall simulate`, tests and benches.
//!
//! A world is a stream of input events, in time order, and the truth about each account. It is made
//! hour by hour, every account a pure function of (seed, index), so that a hundred million accounts
//! need no more memory than one busy hour. The worlds know nothing of how accounts are judged.
#![warn(missing_docs)]

mod activity;
mod devices;
mod draft;
mod farms;
mod group;
mod innocents;
mod names;
mod network;
mod persona;
mod places;
mod population;
mod presets;
mod rng;
mod schedule;
mod world;

use std::ops::ControlFlow;

use seawall_core::event::Event;

pub use presets::Preset;

/// What world to make.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct WorldOptions {
    /// Which kind of world.
    pub preset: Preset,
    /// Benign accounts that sign up in the detection window, innocent events apart.
    pub accounts: u64,
    /// Seed: the same options and seed give the same bytes.
    pub seed: u64,
    /// Factor on the sizes of farms.
    pub farm_scale: f64,
    /// Days of the detection window, 7 to 365.
    pub days: u32,
    /// Factor on how often accounts come back after their signup.
    pub activity: f64,
    /// Share of the farms' standing accounts that the site trusts ([`Preset::Contaminated`]).
    pub contaminated_share: f64,
}

impl WorldOptions {
    /// The defaults of a preset: farms at their stated sizes, 30 days.
    pub const fn new(preset: Preset, accounts: u64, seed: u64) -> Self {
        Self {
            preset,
            accounts,
            seed,
            farm_scale: 1.0,
            days: 30,
            activity: 1.0,
            contaminated_share: 0.02,
        }
    }
}

/// The truth about an account, told before its first event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Truth<'a> {
    /// Its id.
    pub account: &'a str,
    /// Made to defraud.
    pub fraud: bool,
    /// Campaign it is part of; empty for benign accounts.
    pub campaign: &'a str,
    /// Who runs that; empty for benign accounts.
    pub operator: &'a str,
    /// Rung of the ladder of farms, name of the innocent event, or `benign`.
    pub kind: &'a str,
}

/// Makes a world: hands each event to `emit`, in time order, and each account's truth to `truth`
/// before the first of its events. Stops early where `emit` says so.
pub fn generate(
    options: &WorldOptions,
    emit: &mut dyn FnMut(&Event<'_>) -> ControlFlow<()>,
    truth: &mut dyn FnMut(&Truth<'_>),
) -> ControlFlow<()> {
    let world = presets::world(options);
    world::Teller::new(&world).tell(world.hours.clone(), emit, truth)
}

#[cfg(test)]
mod tests;
