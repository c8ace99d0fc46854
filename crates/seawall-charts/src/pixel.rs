//! How is a coordinate written? With one decimal at most, so that pictures have stable bytes.

use std::fmt;

use maud::Render;

/// A length or coordinate in CSS pixels.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub(crate) struct Pixel(pub(crate) f64);

impl fmt::Display for Pixel {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Rounding first keeps "-0" and "12.0" out of the bytes.
        let tenths = if self.0.is_finite() { (self.0 * 10.0).round() } else { 0.0 };
        if tenths % 10.0 == 0.0 {
            write!(formatter, "{:.0}", tenths / 10.0 + 0.0)
        } else {
            write!(formatter, "{:.1}", tenths / 10.0)
        }
    }
}

impl Render for Pixel {
    fn render_to(&self, buffer: &mut String) {
        use std::fmt::Write as _;
        write!(buffer, "{self}").expect("a String accepts every write");
    }
}

/// Shorthand for [`Pixel`].
pub(crate) const fn px(value: f64) -> Pixel {
    Pixel(value)
}

#[cfg(test)]
mod tests {
    use super::px;

    #[test]
    fn coordinates_have_at_most_one_decimal_and_no_negative_zero() {
        let written: Vec<String> = [0.0, -0.01, 12.0, 12.04, 12.06, -3.25, f64::NAN, 1e6]
            .map(|value| px(value).to_string())
            .to_vec();
        assert_eq!(written, ["0", "0", "12", "12", "12.1", "-3.3", "0", "1000000"]);
    }
}
