//! Have accounts become other ones than the model learned from?

use serde::{Deserialize, Serialize};

/// Stretches that a feature is divided into.
const PARTS: usize = 10;
/// Scores of trusted accounts that are kept: so many quantiles.
const QUANTILES: usize = 512;
/// Population stability index from which one should look, and from which one should train anew.
pub const PSI_LOOK: f64 = 0.2;
/// See [`PSI_LOOK`].
pub const PSI_ACT: f64 = 0.3;

/// How a feature was distributed.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Where the stretches end, ascending.
    pub edges: Vec<f32>,
    /// Share of accounts in each, the last of those whose feature is not known.
    pub shares: Vec<f32>,
}

/// How everything was when the model was made.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reference {
    /// In the order of features.
    pub features: Vec<Spread>,
    /// Log-odds of trusted accounts, ascending: evenly spaced quantiles.
    pub trusted_scores: Vec<f32>,
    /// Trusted accounts that these stand for.
    pub trusted: u64,
}

impl Spread {
    /// From the values of a feature.
    pub fn of(values: impl Iterator<Item = f32>) -> Self {
        let mut known: Vec<f32> = Vec::new();
        let mut missing = 0_usize;
        for value in values {
            if value.is_finite() { known.push(value) } else { missing += 1 }
        }
        known.sort_by(f32::total_cmp);
        let mut edges: Vec<f32> =
            (1..PARTS).filter_map(|part| known.get(part * known.len() / PARTS).copied()).collect();
        edges.dedup();
        let mut own = Self { edges, shares: Vec::new() };
        own.shares = own.shares_of(known.into_iter().chain((0..missing).map(|_| f32::NAN)));
        own
    }

    /// Shares of other values in the same stretches.
    pub fn shares_of(&self, values: impl Iterator<Item = f32>) -> Vec<f32> {
        let mut counts = vec![0_u64; self.edges.len() + 2];
        let mut all = 0_u64;
        for value in values {
            let part = if value.is_finite() {
                self.edges.partition_point(|edge| *edge <= value)
            } else {
                self.edges.len() + 1
            };
            counts[part] += 1;
            all += 1;
        }
        counts.into_iter().map(|count| (count as f64 / all.max(1) as f64) as f32).collect()
    }

    pub(super) fn is_sound(&self) -> bool {
        self.shares.len() == self.edges.len() + 2 && self.edges.is_sorted_by(|a, b| a < b)
    }
}

/// Population stability index of two sets of shares: the sum of `(a - b) · ln(a / b)`. An empty stretch counts as one in ten
/// thousand.
pub fn population_stability(before: &[f32], now: &[f32]) -> f64 {
    let least = |share: f32| f64::from(share).max(1e-4);
    before
        .iter()
        .zip(now)
        .map(|(before, now)| (least(*before), least(*now)))
        .map(|(before, now)| (now - before) * (now / before).ln())
        .sum()
}

/// Largest distance of two distribution functions (Kolmogorov, Smirnov). Both ascend.
pub fn kolmogorov_smirnov(one: &[f32], two: &[f32]) -> f64 {
    let (mut i, mut j, mut largest) = (0, 0, 0.0_f64);
    while i < one.len() && j < two.len() {
        let value = one[i].min(two[j]);
        while i < one.len() && one[i] <= value {
            i += 1;
        }
        while j < two.len() && two[j] <= value {
            j += 1;
        }
        let distance = i as f64 / one.len() as f64 - j as f64 / two.len() as f64;
        largest = largest.max(distance.abs());
    }
    largest
}

/// The distance that chance alone exceeds once in a hundred times.
pub fn kolmogorov_smirnov_max(one: u64, two: u64) -> f64 {
    let (one, two) = (one.max(1) as f64, two.max(1) as f64);
    1.628 * ((one + two) / (one * two)).sqrt()
}

/// Evenly spaced quantiles of ascending scores.
pub fn quantiles(sorted: &[f64]) -> Vec<f32> {
    if sorted.len() <= QUANTILES {
        return sorted.iter().map(|score| *score as f32).collect();
    }
    let last = sorted.len() - 1;
    (0..QUANTILES).map(|at| sorted[at * last / (QUANTILES - 1)] as f32).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_is_that_of_the_definition() {
        let index = population_stability(&[0.5, 0.5], &[0.6, 0.4]);
        let expected = 0.1 * (0.6_f64 / 0.5).ln() - 0.1 * (0.4_f64 / 0.5).ln();
        assert!((index - expected).abs() < 1e-6, "{index}");
        assert!(population_stability(&[0.3, 0.7], &[0.3, 0.7]).abs() < 1e-12);
    }

    #[test]
    fn what_stays_the_same_does_not_drift_and_what_moves_does() {
        let spread = Spread::of((0..1000).map(|at| at as f32));
        assert!(spread.is_sound());
        let same = spread.shares_of((0..500).map(|at| at as f32 * 2.0));
        assert!(population_stability(&spread.shares, &same) < 0.01);
        let moved = spread.shares_of((0..500).map(|at| at as f32 + 600.0));
        assert!(population_stability(&spread.shares, &moved) > PSI_ACT);
        let gone = spread.shares_of((0..500).map(|_| f32::NAN));
        assert!(population_stability(&spread.shares, &gone) > PSI_ACT);
    }

    #[test]
    fn constant_and_unknown_features_have_a_spread_too() {
        for spread in [
            Spread::of(std::iter::repeat_n(1.0, 50)),
            Spread::of(std::iter::repeat_n(f32::NAN, 50)),
            Spread::of(std::iter::empty()),
        ] {
            assert!(spread.is_sound(), "{spread:?}");
        }
    }

    #[test]
    fn the_distance_is_the_largest_gap() {
        let one: Vec<f32> = (0..100).map(|at| at as f32).collect();
        let two: Vec<f32> = (25..125).map(|at| at as f32).collect();
        assert!((kolmogorov_smirnov(&one, &two) - 0.25).abs() < 1e-9);
        assert!(kolmogorov_smirnov(&one, &one) < 1e-9);
        // Massey's table: 1.63 · √(2/100) at one in a hundred for a hundred each.
        assert!((kolmogorov_smirnov_max(100, 100) - 0.2302).abs() < 1e-3);
    }
}
