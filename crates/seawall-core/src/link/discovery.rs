//! Which of many tests may be believed together?

/// Largest number of the given tests that can be believed at the false-discovery rate `rate`.
///
/// Benjamini and Hochberg (1995): with the p-values in ascending order, the last rank `i` with
/// `p(i) <= rate * i / tests`. `ln_p` must be ascending; `tests` counts every hypothesis, also those
/// too weak to be listed.
pub fn believed(ln_p: impl IntoIterator<Item = f64>, tests: u64, rate: f64) -> usize {
    let scale = (rate / tests.max(1) as f64).ln();
    let mut believed = 0;
    for (index, p) in ln_p.into_iter().enumerate() {
        if p <= scale + ((index + 1) as f64).ln() {
            believed = index + 1;
        }
    }
    believed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_published_example() {
        // Benjamini & Hochberg 1995, section 4: 15 p-values, at 0.05 the first four are believed.
        let p = [
            0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262,
            0.5719, 0.6528, 0.7590, 1.0,
        ];
        assert_eq!(believed(p.iter().map(|p: &f64| p.ln()), 15, 0.05), 4);
    }

    #[test]
    fn unlisted_hypotheses_count() {
        assert_eq!(believed([0.001_f64.ln()], 1, 0.01), 1);
        assert_eq!(believed([0.001_f64.ln()], 1_000, 0.01), 0);
    }
}
