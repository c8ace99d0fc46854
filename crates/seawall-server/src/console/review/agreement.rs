//! Do people who look at the same campaign say the same?

use super::{Decision, Review};

/// How often two people who decided about the same campaign agreed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Campaigns that at least two people decided about.
    pub campaigns: u64,
    /// Pairs of people who both said it is one, both said it is none, or differed.
    pub confirmed: u64,
    /// See `confirmed`.
    pub dismissed: u64,
    /// See `confirmed`.
    pub differing: u64,
}

impl Agreement {
    pub(super) fn of<'a>(reviews: impl Iterator<Item = &'a Review>) -> Self {
        let mut sum = Self::default();
        for review in reviews {
            let decisions = review.decisions();
            let all = decisions.len() as u64;
            if all < 2 {
                continue;
            }
            let confirmed =
                decisions.values().filter(|own| **own == Decision::Confirmed).count() as u64;
            let dismissed = all - confirmed;
            sum.campaigns += 1;
            sum.confirmed += confirmed * confirmed.saturating_sub(1) / 2;
            sum.dismissed += dismissed * dismissed.saturating_sub(1) / 2;
            sum.differing += confirmed * dismissed;
        }
        sum
    }

    /// Pairs of people who decided about the same.
    pub const fn pairs(&self) -> u64 {
        self.confirmed + self.dismissed + self.differing
    }

    /// Scott's pi: agreement beyond that of people who answer by chance, as often each as all of them do; from 1 for always
    /// through 0 for no more than by chance. None where nobody looked at the same, or all said one thing.
    pub fn beyond_chance(&self) -> Option<f64> {
        let pairs = self.pairs() as f64;
        let share = (self.confirmed as f64 + self.differing as f64 / 2.0) / pairs;
        let by_chance = share * share + (1.0 - share) * (1.0 - share);
        let observed = (self.confirmed + self.dismissed) as f64 / pairs;
        (pairs > 0.0 && by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance))
    }
}
