//! What is a group of accounts: a population, an innocent event, a farm?

use crate::activity::{Habits, Lockstep};
use crate::persona::{Birth, Persona};
use crate::population::Population;
use crate::rng::{mix2, unit};
use crate::schedule::Schedule;

/// Makes the persona of an account.
pub(crate) type Make = Box<dyn Fn(&Population, Birth) -> Persona + Send + Sync>;

/// Accounts that are made alike.
pub(crate) struct Group {
    /// Randomness of the group.
    pub seed: u64,
    /// Rung of the ladder, or name of the innocent event.
    pub kind: &'static str,
    /// True campaign, empty for benign accounts.
    pub campaign: String,
    /// Who runs it, empty for benign accounts.
    pub operator: String,
    /// Made to defraud.
    pub fraud: bool,
    /// Share of its accounts that the site trusts; `None` where the site says nothing.
    pub trusted: Option<f64>,
    /// When its accounts sign up.
    pub schedule: Schedule,
    /// What they do then.
    pub habits: Habits,
    /// What many of them do together.
    pub lockstep: Option<Lockstep>,
    /// How they are made.
    pub make: Make,
}

impl Group {
    /// A group of benign accounts.
    pub(crate) fn benign(seed: u64, kind: &'static str, schedule: Schedule, make: Make) -> Self {
        Self {
            seed,
            kind,
            campaign: String::new(),
            operator: String::new(),
            fraud: false,
            trusted: None,
            schedule,
            habits: Habits::PEOPLE,
            lockstep: None,
            make,
        }
    }

    /// An account of the group.
    pub(crate) const fn birth(&self, index: u64, hour: u32) -> Birth {
        Birth { key: mix2(self.seed, index), index, hour }
    }

    /// Whether the site trusts an account.
    pub(crate) fn trusts(&self, key: u64) -> Option<bool> {
        let share = self.trusted?;
        (unit(mix2(key, 0x7247)) < share).then_some(true)
    }
}
