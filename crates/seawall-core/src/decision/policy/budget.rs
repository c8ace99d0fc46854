//! How many may be challenged or blocked, whatever the rules say?
//!
//! Per country and client, within a window: an error of a rule, or somebody who gets others challenged on purpose, then
//! costs a share of one stratum and no more.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::decision::Answer;

/// Strata that are counted apart; the others share one.
const STRATA_MAX: usize = 4096;

/// What may be spent.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// Length of the window.
    pub window_seconds: u32,
    /// Share of the window's decisions that may be challenges or blocks.
    pub challenge_share_max: f64,
    /// Share of the window's decisions that may be blocks.
    pub block_share_max: f64,
    /// Challenges and blocks that may be spent in any case.
    pub free: u32,
}

/// What has been decided for a stratum in the current window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spent {
    /// Decisions.
    pub decisions: u32,
    /// Of these, challenges.
    pub challenges: u32,
    /// Of these, blocks.
    pub blocks: u32,
}

impl Budget {
    pub(super) fn check(&self) -> Result<(), String> {
        let share = |share: f64| (0.0..=1.0).contains(&share);
        if !share(self.challenge_share_max) || !share(self.block_share_max) {
            return Err("a share of the budget is not within 0 and 1".to_owned());
        }
        if self.window_seconds == 0 {
            return Err("a window of 0 seconds".to_owned());
        }
        Ok(())
    }

    /// What an answer becomes where it is more than may be spent, and by which limit.
    pub(super) fn limit(&self, answer: Answer, spent: &Spent) -> Option<(Answer, String)> {
        let decisions = f64::from(spent.decisions) + 1.0;
        let left = |spent: u32, share: f64| {
            spent < self.free || f64::from(spent) + 1.0 <= share * decisions
        };
        let strict = spent.blocks + spent.challenges;
        if answer >= Answer::Challenge && !left(strict, self.challenge_share_max) {
            return Some((Answer::Allow, "the budget of challenges is spent".to_owned()));
        }
        if answer == Answer::Block && !left(spent.blocks, self.block_share_max) {
            return Some((Answer::Challenge, "the budget of blocks is spent".to_owned()));
        }
        None
    }
}

/// What has been spent, by stratum.
#[derive(Clone, Debug, Default)]
pub struct Budgets {
    strata: HashMap<[u64; 2], (i64, Spent)>,
}

impl Budgets {
    /// What has to be kept: stratum, window and what was spent in it, ascending.
    pub fn kept(&self) -> Vec<([u64; 2], i64, Spent)> {
        let mut kept: Vec<_> = self
            .strata
            .iter()
            .map(|(stratum, (window, spent))| (*stratum, *window, *spent))
            .collect();
        kept.sort_unstable_by_key(|own| own.0);
        kept
    }

    /// What was kept.
    pub fn from_kept(kept: Vec<([u64; 2], i64, Spent)>) -> Self {
        let strata = kept.into_iter().map(|(stratum, window, spent)| (stratum, (window, spent)));
        Self { strata: strata.take(STRATA_MAX + 1).collect() }
    }

    fn key(&self, stratum: [u64; 2]) -> [u64; 2] {
        let known = self.strata.contains_key(&stratum) || self.strata.len() < STRATA_MAX;
        if known { stratum } else { [0; 2] }
    }

    /// What a stratum has spent in the window of a second.
    pub fn spent(&self, stratum: [u64; 2], second: i64, budget: &Budget) -> Spent {
        let window = second.div_euclid(i64::from(budget.window_seconds));
        let own = self.strata.get(&self.key(stratum));
        own.filter(|own| own.0 == window).map_or(Spent::default(), |own| own.1)
    }

    /// Counts an answer.
    pub fn spend(&mut self, stratum: [u64; 2], second: i64, budget: &Budget, answer: Answer) {
        let window = second.div_euclid(i64::from(budget.window_seconds));
        let own = self.strata.entry(self.key(stratum)).or_default();
        if own.0 != window {
            *own = (window, Spent::default());
        }
        own.1.decisions += 1;
        own.1.challenges += u32::from(answer == Answer::Challenge);
        own.1.blocks += u32::from(answer == Answer::Block);
    }
}
