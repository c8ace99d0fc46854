//! Are people of one country, or with one sort of client, wronged more often than others?

use serde::{Deserialize, Serialize};

use super::bound::{accounts_min, threshold};

/// How much more often one stratum may be wronged than all together.
pub const STRATUM_FACTOR: f64 = 3.0;

/// By what accounts are told apart here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Division {
    /// Country of the address.
    Country,
    /// Class of client.
    Client,
}

impl Division {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Country => "country",
            Self::Client => "client",
        }
    }
}

/// What is stated of one country or one class of client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stratum {
    /// Country or client.
    pub division: Division,
    /// Hash of the country's or the client's value.
    pub value: u64,
    /// What people call it.
    pub name: String,
    /// Trusted accounts that the model was not trained with.
    pub trusted: u64,
    /// Of these, those above the threshold of all.
    pub exceeding: u64,
    /// Threshold that keeps it under [`STRATUM_FACTOR`] times the bound; none where there are too few accounts to say.
    pub threshold: Option<f64>,
}

/// The bound that is stated, and the thresholds that keep it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// Share of people that may be over the threshold.
    pub false_positive_max: f64,
    /// Probability that more are.
    pub doubt: f64,
    /// Trusted accounts that the threshold comes from; the model was not trained with them.
    pub trusted: u64,
    /// Log-odds of the trees; none where there are too few accounts, and then nobody is over.
    pub threshold: Option<f64>,
    /// Ascending by division and value.
    pub strata: Vec<Stratum>,
}

/// A trusted account that was kept out of the training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Held {
    /// Log-odds of the trees.
    pub score: f64,
    /// Hashes of its country and client.
    pub stratum: [u64; 2],
    /// The log, or the week of one, that it is from: people of one are alike in ways that those of another are not.
    pub block: u64,
}

impl Bound {
    /// Sets the thresholds. Of all accounts together and of every block that has enough of them by itself the strictest
    /// counts: the order statistic takes accounts for independent, and a crowd of one week is not.
    pub fn set(
        held: &[Held],
        false_positive_max: f64,
        doubt: f64,
        name: &dyn Fn(Division, u64) -> String,
    ) -> Self {
        let at = |of: &dyn Fn(&Held) -> bool, bound: f64| {
            let mut scores: Vec<f64> =
                held.iter().filter(|held| of(held)).map(|held| held.score).collect();
            scores.sort_by(f64::total_cmp);
            threshold(&scores, bound, doubt)
        };
        let mut blocks: Vec<u64> = held.iter().map(|held| held.block).collect();
        blocks.sort_unstable();
        blocks.dedup();
        let own = at(&|_| true, false_positive_max);
        let each = blocks
            .iter()
            .filter_map(|block| at(&|held: &Held| held.block == *block, false_positive_max));
        let overall = each.chain(own).max_by(f64::total_cmp);
        let mut strata = Vec::new();
        for (index, division) in [Division::Country, Division::Client].into_iter().enumerate() {
            let mut values: Vec<u64> = held.iter().map(|held| held.stratum[index]).collect();
            values.sort_unstable();
            values.dedup();
            for value in values {
                let own = || held.iter().filter(|held| held.stratum[index] == value);
                let over = |held: &&Held| overall.is_some_and(|least| held.score > least);
                strata.push(Stratum {
                    division,
                    value,
                    name: name(division, value),
                    trusted: own().count() as u64,
                    exceeding: own().filter(over).count() as u64,
                    threshold: at(
                        &|held: &Held| held.stratum[index] == value,
                        (STRATUM_FACTOR * false_positive_max).min(1.0),
                    ),
                });
            }
        }
        let trusted = held.len() as u64;
        Self { false_positive_max, doubt, trusted, threshold: overall, strata }
    }

    /// Accounts that the bound needs, in all and of each stratum.
    pub fn accounts_min(&self) -> [u64; 2] {
        let stratum = (STRATUM_FACTOR * self.false_positive_max).min(1.0 - 1e-9);
        [accounts_min(self.false_positive_max, self.doubt), accounts_min(stratum, self.doubt)]
    }

    fn of(&self, division: Division, value: u64) -> Option<&Stratum> {
        let key = |own: &Stratum| (own.division, own.value);
        let found = self.strata.binary_search_by_key(&(division, value), key);
        found.ok().map(|index| &self.strata[index])
    }

    /// The threshold of an account, and whether a bound is stated for its country and its client as well.
    pub fn threshold_of(&self, stratum: [u64; 2]) -> Option<(f64, bool)> {
        let mut threshold = self.threshold?;
        let mut all_stated = true;
        for (division, value) in [Division::Country, Division::Client].into_iter().zip(stratum) {
            match self.of(division, value).and_then(|own| own.threshold) {
                Some(own) => threshold = threshold.max(own),
                None => all_stated = false,
            }
        }
        Some((threshold, all_stated))
    }

    pub(super) fn is_sound(&self) -> bool {
        let is_number = |threshold: &Option<f64>| threshold.is_none_or(f64::is_finite);
        (0.0..1.0).contains(&self.false_positive_max)
            && (0.0..1.0).contains(&self.doubt)
            && is_number(&self.threshold)
            && self.strata.iter().all(|own| is_number(&own.threshold))
            && self.strata.is_sorted_by(|a, b| (a.division, a.value) < (b.division, b.value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(score: f64, country: u64, client: u64, block: u64) -> Held {
        Held { score, stratum: [country, client], block }
    }

    fn set(all: &[Held]) -> Bound {
        Bound::set(all, 0.01, 0.05, &|division, value| format!("{} {value}", division.as_str()))
    }

    #[test]
    fn a_stratum_that_scores_higher_gets_a_threshold_of_its_own() {
        let mut all: Vec<Held> =
            (0..4000).map(|at| held(f64::from(at) / 4000.0, 1, 7, 0)).collect();
        all.extend((0..200).map(|at| held(0.9 + f64::from(at) / 100.0, 2, 7, 0)));
        all.extend((0..20).map(|at| held(f64::from(at) / 20.0, 3, 8, 0)));
        let bound = set(&all);
        let overall = bound.threshold.expect("enough accounts");
        let over = |stratum: [u64; 2]| {
            let (threshold, _) = bound.threshold_of(stratum).expect("a threshold");
            let own = all.iter().filter(|held| held.stratum == stratum);
            own.clone().filter(|held| held.score > threshold).count() as f64 / own.count() as f64
        };
        assert!(bound.threshold_of([2, 7]).expect("one").0 > overall);
        assert!(over([2, 7]) <= 3.0 * 0.01, "{}", over([2, 7]));
        assert!((bound.threshold_of([1, 7]).expect("one").0 - overall).abs() < 1e-12);
        // Twenty accounts say nothing about one in thirty.
        assert!(
            !bound.threshold_of([3, 8]).expect("one").1
                && bound.threshold_of([1, 7]).expect("one").1
        );
        assert_eq!(bound.accounts_min(), [299, 99]);
        assert!(bound.is_sound());
    }

    #[test]
    fn a_block_that_scores_higher_counts_by_itself() {
        let mut all: Vec<Held> =
            (0..9000).map(|at| held(f64::from(at) / 9000.0, 1, 7, 0)).collect();
        let alone = set(&all).threshold.expect("enough");
        all.extend((0..400).map(|at| held(0.8 + f64::from(at) / 1000.0, 1, 7, 1)));
        let both = set(&all).threshold.expect("enough");
        assert!(both > alone + 0.15, "{alone} {both}");
    }

    #[test]
    fn too_few_accounts_give_no_threshold_and_say_how_many_would() {
        let all: Vec<Held> = (0..298).map(|at| held(f64::from(at), 1, 7, 0)).collect();
        let bound = set(&all);
        assert_eq!(bound.threshold, None);
        assert_eq!(bound.threshold_of([1, 7]), None);
        assert_eq!(bound.accounts_min()[0], 299);
    }
}
