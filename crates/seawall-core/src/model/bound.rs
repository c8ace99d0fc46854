//! Above which score is it safe to say that few people are wronged, and how few?
//!
//! The threshold is an order statistic of the scores of trusted accounts that the model was not trained with (Tong, Feng,
//! Li: "Neyman-Pearson classification algorithms and NP receiver operating characteristics", 2018): whatever the
//! distribution of scores, the share of people above it exceeds the bound with no more than the stated probability.

use crate::link::tail::ln_gamma;

/// `P(Bin(n, p) <= k)`.
pub fn binomial_cdf(k: u64, n: u64, p: f64) -> f64 {
    if k >= n || p <= 0.0 {
        return 1.0;
    }
    if p >= 1.0 {
        return 0.0;
    }
    let (k_f, n_f) = (k as f64, n as f64);
    let ln_choose = |k: f64| ln_gamma(n_f + 1.0) - ln_gamma(k + 1.0) - ln_gamma(n_f - k + 1.0);
    let ln_mass = |k: f64| ln_choose(k) + k * p.ln() + (n_f - k) * (-p).ln_1p();
    // Terms fall from k outwards on the side that does not hold the mean.
    if k_f <= n_f * p {
        let (mut sum, mut term, mut at) = (1.0, 1.0, k_f);
        while at > 0.0 && term > 1e-17 * sum {
            term *= at * (1.0 - p) / ((n_f - at + 1.0) * p);
            sum += term;
            at -= 1.0;
        }
        return (ln_mass(k_f).exp() * sum).min(1.0);
    }
    let first = k_f + 1.0;
    let (mut sum, mut term, mut at) = (1.0, 1.0, first);
    while at < n_f && term > 1e-17 * sum {
        term *= (n_f - at) * p / ((at + 1.0) * (1.0 - p));
        sum += term;
        at += 1.0;
    }
    (1.0 - ln_mass(first).exp() * sum).clamp(0.0, 1.0)
}

/// Accounts below which nothing can be said: with fewer, even their highest score is too low a threshold.
pub fn accounts_min(false_positive_max: f64, doubt: f64) -> u64 {
    (doubt.ln() / (-false_positive_max).ln_1p()).ceil() as u64
}

/// Of `accounts` trusted accounts, how many may score above the threshold so that the share of people above it is at
/// most `false_positive_max`, but for a probability of `doubt`? Nothing where there are too few accounts.
///
/// The largest `c` with `P(Bin(accounts, false_positive_max) <= c) <= doubt`.
pub fn exceeding_max(accounts: u64, false_positive_max: f64, doubt: f64) -> Option<u64> {
    if binomial_cdf(0, accounts, false_positive_max) > doubt {
        return None;
    }
    let (mut low, mut high) = (0, accounts);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if binomial_cdf(middle, accounts, false_positive_max) <= doubt {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(low)
}

/// The threshold: scores above it, and not those at it, are over. `scores` are ascending.
pub fn threshold(scores: &[f64], false_positive_max: f64, doubt: f64) -> Option<f64> {
    let exceeding = exceeding_max(scores.len() as u64, false_positive_max, doubt)?;
    scores.len().checked_sub(exceeding as usize + 1).map(|index| scores[index])
}

/// The interval of Clopper and Pearson for a share of which `count` of `total` were seen.
pub fn clopper_pearson(count: u64, total: u64, confidence: f64) -> (f64, f64) {
    if total == 0 {
        return (0.0, 1.0);
    }
    let half = (1.0 - confidence) / 2.0;
    let solve = |is_below: &dyn Fn(f64) -> bool| {
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..200 {
            let middle = 0.5 * (low + high);
            if is_below(middle) { low = middle } else { high = middle }
        }
        0.5 * (low + high)
    };
    let low = if count == 0 {
        0.0
    } else {
        solve(&|share| 1.0 - binomial_cdf(count - 1, total, share) < half)
    };
    let high =
        if count == total { 1.0 } else { solve(&|share| binomial_cdf(count, total, share) > half) };
    (low, high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_accounts_are_needed_as_is_published() {
        for (bound, doubt, accounts) in
            [(1e-4, 0.05, 29_956), (1e-3, 0.05, 2_995), (1e-4, 0.01, 46_050)]
        {
            assert_eq!(accounts_min(bound, doubt), accounts);
            assert_eq!(exceeding_max(accounts - 1, bound, doubt), None);
            assert_eq!(exceeding_max(accounts, bound, doubt), Some(0));
        }
    }

    /// Adds up all masses, each as a product.
    fn slow_cdf(k: u64, n: u64, p: f64) -> f64 {
        let mut sum = 0.0;
        for i in 0..=k.min(n) {
            let mut mass = 1.0;
            for j in 0..n {
                mass *= if j < i { p * (n - j) as f64 / (i - j) as f64 } else { 1.0 - p };
            }
            sum += mass;
        }
        sum
    }

    #[test]
    fn the_binomial_is_that_of_the_definition() {
        for n in [1, 2, 7, 30] {
            for k in 0..=n {
                for p in [0.01, 0.2, 0.5, 0.93] {
                    let (fast, slow) = (binomial_cdf(k, n, p), slow_cdf(k, n, p));
                    assert!((fast - slow).abs() < 1e-10, "{k} of {n} at {p}: {fast} {slow}");
                }
            }
        }
    }

    #[test]
    fn one_more_above_the_threshold_would_be_too_many() {
        for (accounts, bound, doubt) in
            [(5_000, 1e-3, 0.05), (100_000, 1e-3, 0.01), (700, 0.01, 0.05)]
        {
            let most = exceeding_max(accounts, bound, doubt).expect("enough accounts");
            assert!(binomial_cdf(most, accounts, bound) <= doubt);
            assert!(binomial_cdf(most + 1, accounts, bound) > doubt);
        }
    }

    #[test]
    fn as_many_score_above_the_threshold_as_may() {
        let scores: Vec<f64> = (0..5_000).map(f64::from).collect();
        let threshold = threshold(&scores, 1e-3, 0.05).expect("enough accounts");
        let over = scores.iter().filter(|score| **score > threshold).count() as u64;
        assert_eq!(Some(over), exceeding_max(5_000, 1e-3, 0.05));
    }

    #[test]
    fn the_intervals_are_the_published_ones() {
        // Clopper, Pearson 1934 and every table since: 10 of 100, and none of 298 at 90 % two-sided.
        let (low, high) = clopper_pearson(10, 100, 0.95);
        assert!((low - 0.0490).abs() < 5e-5 && (high - 0.1762).abs() < 5e-5, "{low} {high}");
        let (low, high) = clopper_pearson(0, 298, 0.90);
        assert!(low == 0.0 && (high - 0.01).abs() < 5e-5, "{high}");
        assert_eq!(clopper_pearson(0, 0, 0.95), (0.0, 1.0));
        assert!((clopper_pearson(5, 5, 0.95).0 - 0.4782).abs() < 5e-5);
    }
}
