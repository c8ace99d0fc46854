//! Which worlds are there?

mod first_run;
mod small;
mod standard;
mod unseen;

use std::str::FromStr;

use crate::WorldOptions;
use crate::group::Group;
use crate::innocents::Scene;
use crate::rng::mix2;
use crate::world::World;

/// A kind of world.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preset {
    /// A trusted history, then a window with all innocent events and the whole ladder of farms.
    Standard,
    /// As standard, but farms were there before, and the site trusts some of their accounts.
    Contaminated,
    /// A log as a site has it on the first day: nothing is trusted, most accounts are older.
    FirstRun,
    /// As standard, but what people have hangs together: by country, provider, carrier, employer.
    Correlated,
    /// As standard, but farms of 20 to 120 accounts only.
    Small,
    /// As standard, without any farm.
    Clean,
    /// Kept unseen while detection is tuned.
    Unseen,
}

impl Preset {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Standard,
        Self::Contaminated,
        Self::FirstRun,
        Self::Correlated,
        Self::Small,
        Self::Clean,
        Self::Unseen,
    ];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Contaminated => "contaminated",
            Self::FirstRun => "first-run",
            Self::Correlated => "correlated",
            Self::Small => "small",
            Self::Clean => "clean",
            Self::Unseen => "unseen",
        }
    }
}

impl FromStr for Preset {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|preset| preset.name() == name)
            .ok_or_else(|| format!("no such preset: {name}"))
    }
}

/// Midnight of the first day of every detection window, in days since the Unix epoch: 2026-03-02,
/// a Monday.
const WINDOW_DAY: i64 = 20_514;

/// Days that a world has before its detection window, up to whole weeks.
const fn lead_days(days: u32) -> u32 {
    days.div_ceil(7) * 7
}

/// Puts the options of a world in order, then makes it.
pub(crate) fn world(options: &WorldOptions) -> World {
    let options = WorldOptions {
        accounts: options.accounts.clamp(100, 1 << 40),
        days: options.days.clamp(7, 365),
        farm_scale: options.farm_scale.clamp(0.0, 1e6),
        activity: options.activity.clamp(0.0, 1.5),
        contaminated_share: options.contaminated_share.clamp(0.0, 1.0),
        ..*options
    };
    match options.preset {
        Preset::FirstRun => first_run::world(&options),
        Preset::Unseen => unseen::world(&options),
        _ => standard::world(&options),
    }
}

/// Worlds below this number of accounts have smaller innocent events and farms.
const FULL_ACCOUNTS: f64 = 100_000.0;

fn scale(options: &WorldOptions) -> f64 {
    (options.accounts as f64 / FULL_ACCOUNTS).min(1.0)
}

fn scene(options: &WorldOptions, start: u32) -> Scene {
    Scene { seed: options.seed, start, days: options.days, scale: scale(options) }
}

/// People who sign up for themselves.
fn people(options: &WorldOptions, salt: u64, schedule: crate::schedule::Schedule) -> Group {
    let make = |population: &crate::population::Population, birth| population.person(birth);
    Group::benign(mix2(options.seed, salt), "benign", schedule, Box::new(make))
}
