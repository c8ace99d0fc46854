//! How far from the truth may a share of a sample be?

use serde::{Deserialize, Serialize};
use statrs::function::beta::checked_beta_reg;

/// Both ends of a 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// Probability left out at each end.
const TAIL: f64 = 0.025;

/// The exact 95 % interval of a share, `successes` of `trials` (Clopper and Pearson 1934).
///
/// With no trials the interval is everything.
pub fn clopper_pearson(successes: u64, trials: u64) -> Interval {
    let successes = successes.min(trials);
    let (hits, misses) = (successes as f64, (trials - successes) as f64);
    let low = if successes == 0 { 0.0 } else { beta_quantile(TAIL, hits, misses + 1.0) };
    let high =
        if successes == trials { 1.0 } else { beta_quantile(1.0 - TAIL, hits + 1.0, misses) };
    Interval { low, high }
}

/// The value below which a beta distribution has this probability.
///
/// Bisection over the regularised incomplete beta function: slower than series, and right at every
/// size; an interval is made a few dozen times a run.
fn beta_quantile(probability: f64, first: f64, second: f64) -> f64 {
    let (mut low, mut high) = (0.0_f64, 1.0_f64);
    for _ in 0..200 {
        let middle = f64::midpoint(low, high);
        if middle <= low || middle >= high {
            break;
        }
        let below = checked_beta_reg(first, second, middle).unwrap_or(1.0);
        if below < probability {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(found: f64, expected: f64) {
        // The incomplete beta function loses a few digits at ten million.
        assert!((found / expected - 1.0).abs() < 1e-5, "{found} is not {expected}");
    }

    #[test]
    fn agrees_with_another_implementation() {
        // SciPy 1.17.1: binomtest(k, n).proportion_ci(0.95, "exact").
        for (successes, trials, low, high) in [
            (48, 50, 0.862_862_374_396_031, 0.995_118_566_573_863_8),
            (5, 10, 0.187_086_028_447_404_5, 0.812_913_971_552_595_5),
            (1, 100, 2.531_460_326_818_928e-4, 0.054_459_385_392_080_67),
            (81, 263, 0.252_736_745_585_042_7, 0.367_621_922_601_347_5),
            (3, 10_000_000, 6.186_686_164_847_148e-8, 8.767_270_527_124_299e-7),
            (123_456, 1_000_000, 0.122_811_841_629_630_3, 0.124_102_340_276_802_7),
        ] {
            let interval = clopper_pearson(successes, trials);
            close(interval.low, low);
            close(interval.high, high);
        }
    }

    #[test]
    fn agrees_with_the_closed_form_at_the_ends() {
        for trials in [1_u64, 30, 1_000, 10_000_000] {
            let none = clopper_pearson(0, trials);
            let root = (TAIL.ln() / trials as f64).exp();
            assert!(none.low <= 0.0);
            assert!((none.high / (1.0 - root) - 1.0).abs() < 1e-6, "{} {}", none.high, 1.0 - root);
            let all = clopper_pearson(trials, trials);
            assert!(all.high >= 1.0);
            assert!((all.low / root - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn nothing_tried_says_nothing() {
        assert_eq!(clopper_pearson(0, 0), Interval { low: 0.0, high: 1.0 });
    }
}
