//! How improbable is a count? Upper tails, as natural logarithms so that they do not underflow.

use std::sync::LazyLock;

/// Natural logarithm of the gamma function, for `x > 0` (Lanczos, g = 7, nine terms; relative error below 1e-13).
pub fn ln_gamma(x: f64) -> f64 {
    const COEFFICIENTS: [f64; 9] = [
        0.999_999_999_999_809_9,
        676.520_368_121_885_1,
        -1_259.139_216_722_402_8,
        771.323_428_777_653_1,
        -176.615_029_162_140_6,
        12.507_343_278_686_905,
        -0.138_571_095_265_720_12,
        9.984_369_578_019_572e-6,
        1.505_632_735_149_311_6e-7,
    ];
    if x < 0.5 {
        // Reflection keeps the series in its range.
        let pi = std::f64::consts::PI;
        return (pi / (pi * x).sin()).ln() - ln_gamma(1.0 - x);
    }
    let x = x - 1.0;
    let t = x + 7.5;
    let mut sum = COEFFICIENTS[0];
    for (index, coefficient) in COEFFICIENTS.iter().enumerate().skip(1) {
        sum += coefficient / (x + index as f64);
    }
    0.5 * (2.0 * std::f64::consts::PI).ln() + (x + 0.5) * t.ln() - t + sum.ln()
}

/// `ln P(N >= count)` for a negative binomial with the given mean and size (dispersion).
///
/// Variance is `mean + mean² / size`; a size of 1e6 is Poisson for every practical mean. Counts at
/// or below the mean are of no interest here and give `ln 0.5`.
pub fn negative_binomial_ln_upper(count: u64, mean: f64, size: f64) -> f64 {
    let n = count as f64;
    if count == 0 {
        return 0.0;
    }
    if n <= mean {
        return 0.5_f64.ln();
    }
    if mean <= 0.0 {
        return f64::NEG_INFINITY;
    }
    let failure = size / (size + mean);
    let success = mean / (size + mean);
    let ln_first = ln_gamma(n + size) - ln_gamma(size) - ln_gamma(n + 1.0)
        + size * ln_ratio(size, mean)
        + n * success.ln();
    let mut sum = 1.0;
    let mut term = 1.0;
    let mut k = n;
    // Terms fall at least geometrically above the mean; 20,000 covers the heaviest fitted tail.
    for _ in 0..20_000 {
        term *= (k + size) / (k + 1.0) * (1.0 - failure);
        k += 1.0;
        sum += term;
        if term < 1e-13 * sum {
            break;
        }
    }
    (ln_first + sum.ln()).min(0.0)
}

/// `ln(size / (size + mean))`, exact where `mean` is tiny beside `size`.
fn ln_ratio(size: f64, mean: f64) -> f64 {
    -(mean / size).ln_1p()
}

/// `ln P(N >= count)` for a Poisson of the given mean; counts at or below the mean give `ln 0.5`.
pub fn poisson_ln_upper(count: u64, mean: f64) -> f64 {
    poisson_ln_upper_to(count, mean, f64::INFINITY).expect("nothing is above infinity")
}

/// The same where it is at most `most`. A tail is no less than its first term, so mostly it takes one logarithm to see
/// that it is above.
pub fn poisson_ln_upper_to(count: u64, mean: f64, most: f64) -> Option<f64> {
    let n = count as f64;
    let within = |ln_p: f64| (ln_p <= most).then_some(ln_p);
    if count == 0 {
        return within(0.0);
    }
    if n <= mean {
        return within(0.5_f64.ln());
    }
    if mean <= 0.0 {
        return within(f64::NEG_INFINITY);
    }
    let ln_first = n * mean.ln() - mean - ln_factorial(count);
    if ln_first > most {
        return None;
    }
    let mut sum = 1.0;
    let mut term = 1.0;
    let mut k = n;
    for _ in 0..20_000 {
        k += 1.0;
        term *= mean / k;
        sum += term;
        if term < 1e-13 * sum {
            break;
        }
    }
    within((ln_first + sum.ln()).min(0.0))
}

/// Counts whose factorials are kept.
const FACTORIALS: usize = 1024;

/// Natural logarithm of a factorial.
fn ln_factorial(count: u64) -> f64 {
    static KEPT: LazyLock<Vec<f64>> =
        LazyLock::new(|| (0..FACTORIALS).map(|count| ln_gamma(count as f64 + 1.0)).collect());
    let kept = usize::try_from(count).ok().and_then(|count| KEPT.get(count));
    kept.copied().unwrap_or_else(|| ln_gamma(count as f64 + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ln_gamma_agrees_with_factorials() {
        let mut factorial = 1.0_f64;
        for n in 1..30_u32 {
            assert!((ln_gamma(f64::from(n)) - factorial.ln()).abs() < 1e-10, "{n}");
            factorial *= f64::from(n);
        }
        // Γ(1/2) = √π
        assert!((ln_gamma(0.5) - std::f64::consts::PI.sqrt().ln()).abs() < 1e-12);
    }

    /// Sums the complement term by term from zero, the slow way.
    fn negative_binomial_oracle(count: u64, mean: f64, size: f64) -> f64 {
        let p = size / (size + mean);
        let mut pmf = p.powf(size);
        let mut below = 0.0;
        for k in 0..count {
            below += pmf;
            pmf *= (k as f64 + size) / (k as f64 + 1.0) * (1.0 - p);
        }
        1.0 - below
    }

    #[test]
    fn negative_binomial_agrees_with_direct_summation() {
        for (count, mean, size) in
            [(3, 1.0, 1.0), (10, 2.5, 0.7), (25, 10.0, 5.0), (7, 0.9, 0.05), (40, 20.0, 1e6)]
        {
            let oracle = negative_binomial_oracle(count, mean, size);
            let got = negative_binomial_ln_upper(count, mean, size).exp();
            assert!(
                (got - oracle).abs() < 1e-8 + 1e-6 * oracle,
                "{count} {mean} {size}: {got} {oracle}"
            );
        }
    }

    #[test]
    fn a_large_size_is_poisson() {
        for (count, mean) in [(5, 1.0), (50, 20.0), (3, 0.01)] {
            let a = negative_binomial_ln_upper(count, mean, 1e9);
            let b = poisson_ln_upper(count, mean);
            assert!((a - b).abs() < 1e-5, "{count} {mean}: {a} {b}");
        }
    }

    #[test]
    fn a_tail_is_told_up_to_a_most() {
        for (count, mean) in [(0, 1.0), (1, 3.0), (3, 0.0), (5, 0.1), (40, 30.0), (3000, 2500.0)] {
            let tail = poisson_ln_upper(count, mean);
            for most in [-1e9, -50.0, -2.0, -0.1, 0.0, tail] {
                let told = (tail <= most).then_some(tail);
                assert_eq!(poisson_ln_upper_to(count, mean, most), told, "{count} {mean} {most}");
            }
        }
    }

    #[test]
    fn far_tails_do_not_underflow() {
        // P(N >= 10000 | mean 1) is about e^-82000.
        let tail = poisson_ln_upper(10_000, 1.0);
        assert!(tail.is_finite() && tail < -80_000.0, "{tail}");
    }
}
