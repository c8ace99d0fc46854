//! Which weights does the logistic twin have?
//!
//! Weighted, with a normal prior on the weights and none on the intercept, by Newton's method: a few dozen numbers, so the
//! exact second derivatives cost nothing.

use seawall_core::model::calibration::logistic;

const STEPS_MAX: usize = 100;

/// Rows that are learned from.
pub struct Rows<'a> {
    /// Numbers of each row; those that are not finite count as 0.
    pub features: &'a [Vec<f64>],
    /// Whether it is an operation's.
    pub fraudulent: &'a [bool],
    /// How much it counts.
    pub weights: &'a [f64],
}

/// Intercept and weights that make `sum of weight · log-loss + prior / 2 · sum of squared weights` least.
pub fn fit(rows: &Rows<'_>, prior: f64) -> (f64, Vec<f64>) {
    let columns = rows.features.first().map_or(0, Vec::len) + 1;
    let mut weights = vec![0.0; columns];
    let mut best = loss(rows, &weights, prior);
    for _ in 0..STEPS_MAX {
        let (gradient, hessian) = derivatives(rows, &weights, prior);
        let Some(step) = solve(hessian, gradient) else { break };
        // Half as far, and half again, until it is no worse.
        let mut share = 1.0;
        let (mut next, mut found) = (weights.clone(), best);
        for _ in 0..40 {
            for (own, (old, step)) in next.iter_mut().zip(weights.iter().zip(&step)) {
                *own = old - share * step;
            }
            found = loss(rows, &next, prior);
            if found <= best {
                break;
            }
            share *= 0.5;
        }
        if found > best {
            break;
        }
        let moved = step.iter().fold(0.0_f64, |most, step| most.max((share * step).abs()));
        (weights, best) = (next, found);
        if moved < 1e-10 {
            break;
        }
    }
    let rest = weights.split_off(1);
    (weights[0], rest)
}

/// A row's numbers behind a 1 for the intercept.
fn numbers(row: &[f64]) -> impl Iterator<Item = f64> + Clone + '_ {
    std::iter::once(1.0).chain(row.iter().map(|own| if own.is_finite() { *own } else { 0.0 }))
}

fn log_odds(row: &[f64], weights: &[f64]) -> f64 {
    numbers(row).zip(weights).map(|(own, weight)| own * weight).sum()
}

fn loss(rows: &Rows<'_>, weights: &[f64], prior: f64) -> f64 {
    let mut sum = prior / 2.0 * weights[1..].iter().map(|weight| weight * weight).sum::<f64>();
    for ((row, fraudulent), weight) in rows.features.iter().zip(rows.fraudulent).zip(rows.weights) {
        let signed = if *fraudulent { -log_odds(row, weights) } else { log_odds(row, weights) };
        // ln(1 + exp(x)) without overflow.
        sum += weight * (signed.max(0.0) + (-signed.abs()).exp().ln_1p());
    }
    sum
}

fn derivatives(rows: &Rows<'_>, weights: &[f64], prior: f64) -> (Vec<f64>, Vec<Vec<f64>>) {
    let columns = weights.len();
    let mut gradient: Vec<f64> = weights.iter().map(|weight| prior * weight).collect();
    gradient[0] = 0.0;
    let mut hessian = vec![vec![0.0; columns]; columns];
    for (column, row) in hessian.iter_mut().enumerate() {
        row[column] = if column == 0 { 1e-9 } else { prior };
    }
    for ((row, fraudulent), weight) in rows.features.iter().zip(rows.fraudulent).zip(rows.weights) {
        let probability = logistic(log_odds(row, weights));
        let error = weight * (probability - f64::from(u8::from(*fraudulent)));
        let spread = weight * probability * (1.0 - probability);
        for (i, own) in numbers(row).enumerate() {
            if own == 0.0 {
                continue;
            }
            gradient[i] += error * own;
            for (into, other) in hessian[i].iter_mut().zip(numbers(row)).take(i + 1) {
                *into += spread * own * other;
            }
        }
    }
    (gradient, hessian)
}

/// Solves by Cholesky's decomposition of the lower half; nothing where the matrix is not positive definite.
fn solve(mut matrix: Vec<Vec<f64>>, mut right: Vec<f64>) -> Option<Vec<f64>> {
    let size = right.len();
    for i in 0..size {
        for j in 0..=i {
            let sum: f64 = (0..j).map(|k| matrix[i][k] * matrix[j][k]).sum();
            let rest = matrix[i][j] - sum;
            if i == j {
                if rest <= 0.0 || !rest.is_finite() {
                    return None;
                }
                matrix[i][i] = rest.sqrt();
            } else {
                matrix[i][j] = rest / matrix[j][j];
            }
        }
    }
    for i in 0..size {
        let sum: f64 = (0..i).map(|k| matrix[i][k] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i][i];
    }
    for i in (0..size).rev() {
        let sum: f64 = (i + 1..size).map(|k| matrix[k][i] * right[k]).sum();
        right[i] = (right[i] - sum) / matrix[i][i];
    }
    Some(right)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_yes_or_no_question_has_the_log_odds_of_a_table() {
        // 30 of 40 with it are an operation's, 5 of 60 without it: closed form.
        let (mut features, mut fraudulent) = (Vec::new(), Vec::new());
        for (own, yes, all) in [(1.0, 30, 40), (0.0, 5, 60)] {
            for at in 0..all {
                features.push(vec![own]);
                fraudulent.push(at < yes);
            }
        }
        let weights = vec![1.0; features.len()];
        let rows = Rows { features: &features, fraudulent: &fraudulent, weights: &weights };
        let (intercept, slopes) = fit(&rows, 1e-12);
        let odds = |yes: f64, no: f64| (yes / no).ln();
        assert!((intercept - odds(5.0, 55.0)).abs() < 1e-6, "{intercept}");
        assert!((slopes[0] - (odds(30.0, 10.0) - odds(5.0, 55.0))).abs() < 1e-6, "{slopes:?}");
    }

    #[test]
    fn one_word_for_all_constant_and_unknown_numbers_are_no_reason_to_fail() {
        for fraudulent in [[true; 4], [false; 4], [true, true, false, false]] {
            let features =
                vec![vec![1.0, f64::NAN], vec![1.0, 0.0], vec![1.0, f64::INFINITY], vec![1.0, 0.0]];
            let rows = Rows { features: &features, fraudulent: &fraudulent, weights: &[1.0; 4] };
            let (intercept, slopes) = fit(&rows, 1.0);
            assert!(intercept.is_finite() && slopes.iter().all(|slope| slope.is_finite()));
        }
        let none = Rows { features: &[], fraudulent: &[], weights: &[] };
        assert_eq!(fit(&none, 1.0).1.len(), 0);
    }
}
