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

/// The p-value (natural logarithm) above which [`believed`] believes none, where at most `listed` are listed of `tests`.
pub fn ln_p_max(listed: u64, tests: u64, rate: f64) -> f64 {
    (rate / tests.max(1) as f64).ln() + (listed.max(1) as f64).ln()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_above_the_most_need_not_be_listed(
            mut p in proptest::collection::vec(-9.0_f64..0.0, 0..60),
            tests in 1_u64..80,
            rate in 0.01_f64..0.9,
        ) {
            p.sort_by(f64::total_cmp);
            let most = ln_p_max(p.len() as u64, tests, rate);
            let few: Vec<f64> = p.iter().copied().filter(|p| *p <= most).collect();
            prop_assert_eq!(believed(few, tests, rate), believed(p, tests, rate));
        }
    }

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
