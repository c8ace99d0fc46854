//! What does the trusted history predict for a value's count?
//!
//! Values are grouped by how often the first half of the history had them; how often the second half
//! had them again gives, for each group, the mean and the spread of a negative binomial. Values never
//! seen before follow what was new in the second half (in the manner of Good and Turing). The spread
//! is what a Poisson lacks: at a million accounts it declares ten times as many values hot.

/// Number of buckets: 0, 1, 2–3, 4–7 …
const BUCKETS: usize = 33;
/// Values a bucket needs before its own fit is used.
const VALUES_MIN: f64 = 5.0;

/// What a history of one kind of selector predicts.
#[derive(Clone, Debug)]
pub struct History {
    /// Mean and size of each bucket; `None` where too few values were seen.
    fits: [Option<Fit>; BUCKETS],
}

#[derive(Clone, Copy, Debug)]
struct Fit {
    mean: f64,
    size: f64,
    /// Mean first-half count of the bucket's values.
    first_mean: f64,
}

/// Mean and dispersion of the count to expect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Prediction {
    /// Expected count.
    pub mean: f64,
    /// Negative binomial size.
    pub size: f64,
    /// True where the history never had the value; the count is then one plus the prediction.
    pub unseen: bool,
}

#[derive(Clone, Copy, Default)]
struct Sums {
    values: f64,
    first: f64,
    second: f64,
    squares: f64,
}

/// Collects counts of the two halves; see [`History`].
#[derive(Clone)]
pub struct HistoryBuilder {
    sums: [Sums; BUCKETS],
}

impl Default for HistoryBuilder {
    fn default() -> Self {
        Self { sums: [Sums::default(); BUCKETS] }
    }
}

fn bucket(count: u64) -> usize {
    (64 - count.leading_zeros()) as usize
}

impl HistoryBuilder {
    /// Adds a value by its number of trusted accounts in each half of the history.
    pub fn add(&mut self, first: u64, second: u64) {
        self.add_many(first, second, 1);
    }

    /// Adds `values` values with the same counts.
    pub fn add_many(&mut self, first: u64, second: u64, values: u64) {
        if values == 0 || (first == 0 && second == 0) {
            return;
        }
        let sums = &mut self.sums[bucket(first).min(BUCKETS - 1)];
        // A value unseen in the first half enters the sums only because the second half has it: model
        // what it has beyond that first one.
        let counted = if first == 0 { second - 1 } else { second } as f64;
        let values = values as f64;
        sums.values += values;
        sums.first += values * first as f64;
        sums.second += values * counted;
        sums.squares += values * counted * counted;
    }

    /// Fits the buckets by moments.
    pub fn build(&self) -> History {
        let mut fits = [None; BUCKETS];
        for (fit, sums) in fits.iter_mut().zip(&self.sums) {
            if sums.values < VALUES_MIN {
                continue;
            }
            let mean = sums.second / sums.values;
            let variance = (sums.squares / sums.values - mean * mean).max(0.0);
            let size = if variance > mean * 1.0001 {
                (mean * mean / (variance - mean)).clamp(0.02, 1e6)
            } else {
                1e6
            };
            *fit = Some(Fit { mean: mean.max(1e-6), size, first_mean: sums.first / sums.values });
        }
        History { fits }
    }
}

impl History {
    /// What to expect of a value that both halves together had `count` times, over an exposure
    /// `exposure` times that of one half.
    pub fn predict(&self, count: u64, exposure: f64) -> Prediction {
        // The halves are of equal exposure, so half the count is what one of them had.
        let half = count as f64 / 2.0;
        if count == 0 {
            let (mean, size) = self.fits[0].map_or((0.05, 0.5), |fit| (fit.mean, fit.size));
            return Prediction { mean: (mean * exposure).max(1e-3), size, unseen: true };
        }
        let fit = self.fits[bucket((half.ceil() as u64).max(1)).min(BUCKETS - 1)];
        let (mean, size) = fit.map_or((half + 0.5, 8.0), |fit| {
            ((fit.mean * half / fit.first_mean.max(0.5)).max(0.05), fit.size)
        });
        Prediction { mean: mean * exposure, size, unseen: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::link::tail::negative_binomial_ln_upper;

    /// A stand-in for chance: deterministic, uniform on [0, 1).
    fn uniform(state: &mut u64) -> f64 {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (*state >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn poisson(state: &mut u64, mean: f64) -> u64 {
        let limit = (-mean).exp();
        let mut product = 1.0;
        let mut count = 0;
        loop {
            product *= uniform(state);
            if product <= limit {
                return count;
            }
            count += 1;
        }
    }

    /// Each value's rate varies between windows by a factor of up to two either way.
    fn overdispersed(state: &mut u64, rate: f64) -> u64 {
        let factor = 4.0_f64.powf(uniform(state) - 0.5);
        poisson(state, rate * factor)
    }

    #[test]
    fn tails_of_an_overdispersed_history_are_calibrated_where_poisson_is_not() {
        let mut state = 7;
        let rates: Vec<f64> = (0..20_000).map(|i| 1.0 + f64::from(i % 40)).collect();
        let mut builder = HistoryBuilder::default();
        let mut history = Vec::new();
        for rate in &rates {
            let (first, second) =
                (overdispersed(&mut state, *rate), overdispersed(&mut state, *rate));
            builder.add(first, second);
            history.push(first + second);
        }
        let fitted = builder.build();
        let (mut alarms, mut poisson_alarms) = (0, 0);
        for (rate, seen) in rates.iter().zip(&history) {
            let now = overdispersed(&mut state, *rate);
            let prediction = fitted.predict(*seen, 1.0);
            if prediction.unseen || now == 0 {
                continue;
            }
            let threshold = 0.001_f64.ln();
            alarms += u32::from(
                negative_binomial_ln_upper(now, prediction.mean, prediction.size) < threshold,
            );
            poisson_alarms +=
                u32::from(negative_binomial_ln_upper(now, prediction.mean, 1e6) < threshold);
        }
        assert!(alarms < 100, "{alarms} of 20000 at 0.001");
        assert!(poisson_alarms > 3 * alarms.max(20), "{poisson_alarms} against {alarms}");
    }

    #[test]
    fn exposure_scales_the_expectation() {
        let mut builder = HistoryBuilder::default();
        for _ in 0..100 {
            builder.add(10, 10);
        }
        let history = builder.build();
        let once = history.predict(20, 1.0);
        let thrice = history.predict(20, 3.0);
        assert!((once.mean - 10.0).abs() < 1e-9);
        assert!((thrice.mean - 30.0).abs() < 1e-9);
    }
}
