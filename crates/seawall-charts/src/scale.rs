//! Where does a value lie on an axis, and which values are written beside it?

/// A linear scale from values to pixels.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Linear {
    value_min: f64,
    value_span: f64,
    pixel_min: f64,
    pixel_span: f64,
}

impl Linear {
    /// Maps `values` onto `pixels`; an empty range of values maps to the first pixel.
    pub(crate) fn new(values: (f64, f64), pixels: (f64, f64)) -> Self {
        Self {
            value_min: values.0,
            value_span: values.1 - values.0,
            pixel_min: pixels.0,
            pixel_span: pixels.1 - pixels.0,
        }
    }

    /// Where the scale begins.
    pub(crate) fn at_start(self) -> f64 {
        self.pixel_min
    }

    /// Where the scale ends.
    pub(crate) fn at_end(self) -> f64 {
        self.pixel_min + self.pixel_span
    }

    /// Position of `value`.
    pub(crate) fn at(self, value: f64) -> f64 {
        if self.value_span == 0.0 {
            return self.pixel_min;
        }
        self.pixel_min + (value - self.value_min) / self.value_span * self.pixel_span
    }
}

/// A round step (1, 2 or 5 times a power of ten, at least `step_min`) that divides `span` into at
/// most `ticks_max` parts.
pub(crate) fn round_step(span: f64, ticks_max: f64, step_min: f64) -> f64 {
    let rough = (span / ticks_max.max(1.0)).max(step_min);
    let power = 10_f64.powf(rough.log10().floor());
    for factor in [1.0, 2.0, 5.0, 10.0] {
        // The tolerance keeps a rough step of exactly 2 from becoming 5 by rounding.
        if factor * power >= rough * (1.0 - 1e-9) {
            return factor * power;
        }
    }
    10.0 * power
}

/// The whole number below `value`, 0 for what is negative or no number.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "`as` saturates, as wanted"
)]
pub(crate) fn whole(value: f64) -> usize {
    value.floor() as usize
}

/// Adds neighbours together until at most `bins_max` counts are left; returns them and how many of
/// the old counts each holds.
pub(crate) fn rebin(counts: &[u64], bins_max: usize) -> (Vec<u64>, usize) {
    let width = counts.len().div_ceil(bins_max.max(1)).max(1);
    let sums = counts
        .chunks(width)
        .map(|chunk| chunk.iter().fold(0_u64, |sum, count| sum.saturating_add(*count)))
        .collect();
    (sums, width)
}

#[cfg(test)]
#[expect(clippy::float_cmp, reason = "round numbers are exact")]
mod tests {
    use proptest::prelude::*;

    use super::{Linear, rebin, round_step};

    #[test]
    fn steps_are_round() {
        assert_eq!(round_step(10.0, 5.0, 1.0), 2.0);
        assert_eq!(round_step(1_040.0, 4.0, 1.0), 500.0);
        assert_eq!(round_step(3.0, 4.0, 1.0), 1.0);
        assert_eq!(round_step(7e9, 5.0, 1.0), 2e9);
    }

    #[test]
    fn an_empty_range_maps_to_the_first_pixel() {
        assert_eq!(Linear::new((4.0, 4.0), (10.0, 90.0)).at(4.0), 10.0);
    }

    proptest! {
        #[test]
        fn no_more_ticks_than_asked(span in 1e-3_f64..1e15, ticks in 1_u32..20) {
            let step = round_step(span, f64::from(ticks), 0.0);
            prop_assert!(span / step <= f64::from(ticks) * (1.0 + 1e-6));
        }

        #[test]
        fn rebinning_keeps_the_sum(counts in prop::collection::vec(0_u64..1_000_000, 0..500), bins in 1_usize..100) {
            let (sums, width) = rebin(&counts, bins);
            prop_assert!(sums.len() <= bins);
            prop_assert_eq!(sums.len(), counts.len().div_ceil(width));
            prop_assert_eq!(sums.iter().sum::<u64>(), counts.iter().sum::<u64>());
        }
    }
}
