//! Which probability is a score?

use serde::{Deserialize, Serialize};

/// Fraudulent accounts from which the shape of the curve is learned too; with fewer, two numbers are.
pub const ISOTONIC_MIN: usize = 1_000;
const PLATT_STEPS: usize = 100;

/// From log-odds of the trees to a probability.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Calibration {
    /// Steps: from this score on (the first: and below) this probability. Both ascend.
    Isotonic(Vec<(f64, f64)>),
    /// `1 / (1 + exp(-(slope · score + intercept)))` (Platt).
    Platt {
        /// Of the score.
        slope: f64,
        /// Log-odds at a score of zero.
        intercept: f64,
    },
}

/// An account whose score and truth are known, with its weight.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Known {
    /// Log-odds of the trees.
    pub score: f64,
    /// An operation's.
    pub fraudulent: bool,
    /// Counts so many times.
    pub weight: f64,
}

/// Logistic function.
pub fn logistic(log_odds: f64) -> f64 {
    1.0 / (1.0 + (-log_odds).exp())
}

impl Calibration {
    /// Learns it; what is certain never comes out, since a probability of 0 or 1 has no odds.
    pub fn fit(known: &[Known]) -> Self {
        let mut sorted = known.to_vec();
        // Ties in the score are one point, whatever their order.
        sorted.sort_by(|a, b| {
            let score = a.score.total_cmp(&b.score);
            score.then(a.fraudulent.cmp(&b.fraudulent)).then(a.weight.total_cmp(&b.weight))
        });
        let fraudulent = sorted.iter().filter(|known| known.fraudulent).count();
        if fraudulent < ISOTONIC_MIN { platt(&sorted) } else { isotonic(&sorted) }
    }

    /// Probability of being an operation's.
    pub fn probability(&self, score: f64) -> f64 {
        match self {
            Self::Isotonic(steps) => {
                let at = steps.partition_point(|step| step.0 <= score);
                steps.get(at.saturating_sub(1)).map_or(0.5, |step| step.1)
            }
            Self::Platt { slope, intercept } => {
                logistic((slope * score + intercept).clamp(-40.0, 30.0))
            }
        }
    }

    pub(super) fn is_sound(&self) -> bool {
        match self {
            Self::Isotonic(steps) => {
                !steps.is_empty()
                    && steps.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1)
                    && steps.iter().all(|step| step.0.is_finite() && step.1 > 0.0 && step.1 < 1.0)
            }
            Self::Platt { slope, intercept } => slope.is_finite() && intercept.is_finite(),
        }
    }
}

/// A stretch of scores with one mean.
#[derive(Clone, Copy, Debug)]
struct Pool {
    score: f64,
    mean: f64,
    weight: f64,
}

/// Pools adjacent violators (Ayer et al. 1955): the non-decreasing means of least weighted squared error. Scores ascend;
/// gives the first score of each pool and its mean.
pub fn pool_adjacent_violators(points: impl Iterator<Item = (f64, f64, f64)>) -> Vec<(f64, f64)> {
    let mut pools: Vec<Pool> = Vec::new();
    for (score, mean, weight) in points {
        let mut own = Pool { score, mean, weight };
        while let Some(last) = pools.last()
            && (last.mean >= own.mean || last.score >= own.score)
        {
            let total = last.weight + own.weight;
            let mean = (last.mean * last.weight + own.mean * own.weight) / total;
            own = Pool { score: last.score, mean, weight: total };
            pools.pop();
        }
        pools.push(own);
    }
    pools.into_iter().map(|pool| (pool.score, pool.mean)).collect()
}

fn isotonic(sorted: &[Known]) -> Calibration {
    let mut points: Vec<(f64, f64, f64)> = Vec::new();
    for known in sorted {
        let own = f64::from(u8::from(known.fraudulent)) * known.weight;
        match points.last_mut() {
            Some((score, sum, weight)) if *score >= known.score => {
                *sum += own;
                *weight += known.weight;
            }
            _ => points.push((known.score, own, known.weight)),
        }
    }
    let means = points.into_iter().map(|(score, sum, weight)| (score, sum / weight, weight));
    let certain = 1.0 / (sorted.len() as f64 + 2.0);
    let steps = pool_adjacent_violators(means);
    Calibration::Isotonic(
        steps
            .into_iter()
            .map(|(score, mean)| (score, mean.clamp(certain, 1.0 - certain)))
            .collect(),
    )
}

/// Platt's two numbers by Newton's method, with his targets short of 0 and 1, and a little of a prior that keeps the slope
/// finite where the scores part the accounts without error.
fn platt(sorted: &[Known]) -> Calibration {
    let total = |fraudulent: bool| -> f64 {
        sorted.iter().filter(|known| known.fraudulent == fraudulent).map(|known| known.weight).sum()
    };
    let (positive, negative) = (total(true), total(false));
    let high = (positive + 1.0) / (positive + 2.0);
    let low = 1.0 / (negative + 2.0);
    let (mut slope, mut intercept) = (1.0, ((positive + 1.0) / (negative + 1.0)).ln());
    for _ in 0..PLATT_STEPS {
        let prior = 1e-3;
        let (mut gradient, mut hessian) = ([prior * (slope - 1.0), 0.0], [prior, 0.0, 1e-9]);
        for known in sorted {
            let probability = logistic(slope * known.score + intercept);
            let error = known.weight * (probability - if known.fraudulent { high } else { low });
            let spread = known.weight * probability * (1.0 - probability);
            gradient[0] += error * known.score;
            gradient[1] += error;
            hessian[0] += spread * known.score * known.score;
            hessian[1] += spread * known.score;
            hessian[2] += spread;
        }
        let determinant = hessian[0] * hessian[2] - hessian[1] * hessian[1];
        if determinant <= 0.0 || !determinant.is_finite() {
            break;
        }
        let step = [
            (hessian[2] * gradient[0] - hessian[1] * gradient[1]) / determinant,
            (hessian[0] * gradient[1] - hessian[1] * gradient[0]) / determinant,
        ];
        // A step as long as it wants to be may leap over the minimum.
        let shorter = (2.0 / step[0].abs().max(step[1].abs())).min(1.0);
        slope = (slope - shorter * step[0]).max(0.0);
        intercept -= shorter * step[1];
        if step[0].abs().max(step[1].abs()) < 1e-10 {
            break;
        }
    }
    Calibration::Platt { slope, intercept }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The textbook's formula: the largest, over all starts, of the smallest mean over all ends.
    fn minimax(points: &[(f64, f64)]) -> Vec<f64> {
        let mean = |from: usize, to: usize| {
            let part = &points[from..=to];
            part.iter().map(|p| p.0 * p.1).sum::<f64>() / part.iter().map(|p| p.1).sum::<f64>()
        };
        (0..points.len())
            .map(|at| {
                let over =
                    |from| (at..points.len()).map(|to| mean(from, to)).fold(f64::MAX, f64::min);
                (0..=at).map(over).fold(f64::MIN, f64::max)
            })
            .collect()
    }

    proptest! {
        #[test]
        fn pooling_gives_what_the_formula_says(
            points in prop::collection::vec((0.0..1.0_f64, 0.1..5.0_f64), 1..40)
        ) {
            let scored = (0..).zip(&points).map(|(at, p)| (f64::from(at), p.0, p.1));
            let steps = pool_adjacent_violators(scored);
            let expected = minimax(&points);
            for (at, expected) in expected.iter().enumerate() {
                let step = steps.partition_point(|step| step.0 <= at as f64) - 1;
                prop_assert!((steps[step].1 - expected).abs() < 1e-9);
            }
        }
    }

    fn known(score: f64, fraudulent: bool) -> Known {
        Known { score, fraudulent, weight: 1.0 }
    }

    #[test]
    fn platt_finds_the_curve_that_made_the_truth() {
        // As many of each score as the curve 2s - 1 says.
        let mut all = Vec::new();
        for step in -20..=20 {
            let score = f64::from(step) / 10.0;
            let share = logistic(2.0 * score - 1.0);
            all.push(Known { score, fraudulent: true, weight: 1e4 * share });
            all.push(Known { score, fraudulent: false, weight: 1e4 * (1.0 - share) });
        }
        let Calibration::Platt { slope, intercept } = Calibration::fit(&all) else {
            panic!("few fraudulent accounts")
        };
        assert!(
            (slope - 2.0).abs() < 1e-2 && (intercept + 1.0).abs() < 1e-2,
            "{slope} {intercept}"
        );
    }

    #[test]
    fn what_the_scores_part_without_error_is_still_not_certain() {
        let all: Vec<Known> = (-50..50).map(|at| known(f64::from(at), at >= 0)).collect();
        let fitted = Calibration::fit(&all);
        assert!(fitted.is_sound());
        let (low, high) = (fitted.probability(-50.0), fitted.probability(49.0));
        assert!(low > 0.0 && low < 0.05 && high > 0.95 && high < 1.0, "{low} {high}");
        let many: Vec<Known> = (-2000..2000).map(|at| known(f64::from(at), at >= 0)).collect();
        let fitted = Calibration::fit(&many);
        assert!(matches!(fitted, Calibration::Isotonic(_)) && fitted.is_sound());
        assert!(fitted.probability(f64::MAX) < 1.0 && fitted.probability(f64::MIN) > 0.0);
    }

    #[test]
    fn one_word_for_all_and_no_account_at_all_are_no_reason_to_fail() {
        for all in [vec![], vec![known(1.0, true); 5], vec![known(1.0, false); 5]] {
            let fitted = Calibration::fit(&all);
            assert!(fitted.is_sound(), "{fitted:?}");
            assert!((0.0..=1.0).contains(&fitted.probability(1.0)));
        }
    }
}
