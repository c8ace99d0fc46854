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
        assert!((found - expected).abs() <= 1e-4 * expected.max(1e-3), "{found} is not {expected}");
    }

    #[test]
    fn agrees_with_published_intervals() {
        // R 4: binom.test(k, n)$conf.int.
        for (successes, trials, low, high) in [
            (48, 50, 0.862_86, 0.995_12),
            (5, 10, 0.187_09, 0.812_91),
            (1, 100, 0.000_253, 0.054_459),
            (81, 263, 0.252_69, 0.367_61),
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
