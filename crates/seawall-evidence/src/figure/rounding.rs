//! How is a value shown? By a rule that is stated, halves away from zero, in integers throughout.

use serde::{Deserialize, Serialize};

use super::value::{Exact, Value};

/// How a value becomes what is shown. An integer is only ever exact; a ratio never is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rounding {
    /// An integer as it is: `1,234,567`.
    Exact,
    /// A ratio to the nearest integer: `3`.
    ToInteger,
    /// A ratio to the nearest tenth: `2.5`.
    ToTenth,
    /// A ratio to the nearest hundredth: `2.50`.
    ToHundredth,
    /// A ratio in percent, to the nearest tenth: `12.5%`.
    PercentToTenth,
    /// A ratio in percent, to the nearest hundredth: `12.50%`.
    PercentToHundredth,
}

/// Why a value cannot be shown so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// An integer is shown exactly.
    #[error("an integer is shown exactly, not rounded")]
    Integer,
    /// A ratio needs a rounding.
    #[error("a ratio is rounded, by a rule that is stated")]
    Ratio,
    /// The second number of a ratio is not positive.
    #[error("a ratio needs a second number above zero")]
    Divisor,
    /// Too large to be rounded exactly.
    #[error("a number of the ratio is too large to be rounded exactly")]
    Overflow,
}

impl Rounding {
    /// What is shown for `value`.
    pub fn display(self, value: Value) -> Result<String, Error> {
        match (self, value) {
            (Self::Exact, Value::Integer(Exact(integer))) => Ok(grouped(integer)),
            (_, Value::Integer(_)) => Err(Error::Integer),
            (_, Value::Ratio([above, below])) => {
                let (decimals, is_percent) = self.decimals().ok_or(Error::Ratio)?;
                ratio(above.0, below.0, decimals, is_percent)
            }
        }
    }

    /// Decimals of what is shown of a ratio, and whether it is in percent.
    fn decimals(self) -> Option<(u32, bool)> {
        match self {
            Self::Exact => None,
            Self::ToInteger => Some((0, false)),
            Self::ToTenth => Some((1, false)),
            Self::ToHundredth => Some((2, false)),
            Self::PercentToTenth => Some((1, true)),
            Self::PercentToHundredth => Some((2, true)),
        }
    }
}

fn ratio(above: i128, below: i128, decimals: u32, is_percent: bool) -> Result<String, Error> {
    if below <= 0 {
        return Err(Error::Divisor);
    }
    let unit = 10_i128.pow(decimals);
    let scale = unit * if is_percent { 100 } else { 1 };
    let scaled = above.checked_mul(scale).ok_or(Error::Overflow)?;
    let rounded = halves_away_from_zero(scaled, below).ok_or(Error::Overflow)?;
    let (whole, part) = (
        rounded.unsigned_abs() / unit.unsigned_abs(),
        rounded.unsigned_abs() % unit.unsigned_abs(),
    );
    let sign = if rounded < 0 { "-" } else { "" };
    let percent = if is_percent { "%" } else { "" };
    let whole = separated(whole);
    Ok(match decimals {
        0 => format!("{sign}{whole}{percent}"),
        _ => format!("{sign}{whole}.{part:0width$}{percent}", width = decimals as usize),
    })
}

/// The nearest integer to `above / below`; of two that are as near, the one further from zero.
fn halves_away_from_zero(above: i128, below: i128) -> Option<i128> {
    let (quotient, rest) = (above / below, above % below);
    // Twice the rest is at least the divisor: without doubling, which could overflow.
    let is_half_or_more = rest.unsigned_abs() >= below.unsigned_abs() - rest.unsigned_abs();
    if is_half_or_more { quotient.checked_add(above.signum()) } else { Some(quotient) }
}

fn grouped(integer: i128) -> String {
    let sign = if integer < 0 { "-" } else { "" };
    format!("{sign}{}", separated(integer.unsigned_abs()))
}

/// With a comma every three digits.
fn separated(number: u128) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn of(rounding: Rounding, above: i128, below: i128) -> Result<String, Error> {
        rounding.display(Value::Ratio([Exact(above), Exact(below)]))
    }

    #[test]
    fn integers_are_exact() {
        let shown = |integer| Rounding::Exact.display(Value::Integer(Exact(integer)));
        for (integer, text) in [
            (0, "0"),
            (-7, "-7"),
            (999, "999"),
            (1_000, "1,000"),
            (-1_234_567, "-1,234,567"),
            (750_000_000, "750,000,000"),
            (i128::MIN, "-170,141,183,460,469,231,731,687,303,715,884,105,728"),
        ] {
            assert_eq!(shown(integer).as_deref(), Ok(text));
        }
        assert_eq!(Rounding::ToTenth.display(Value::Integer(Exact(5))), Err(Error::Integer));
    }

    #[test]
    fn halves_go_away_from_zero() {
        for (rounding, above, below, text) in [
            (Rounding::ToInteger, 5, 2, "3"),
            (Rounding::ToInteger, -5, 2, "-3"),
            (Rounding::ToInteger, 1, 3, "0"),
            (Rounding::ToInteger, -1, 3, "0"),
            (Rounding::ToInteger, 7_000_001, 2, "3,500,001"),
            (Rounding::ToTenth, 1, 4, "0.3"),
            (Rounding::ToTenth, -1, 4, "-0.3"),
            (Rounding::ToTenth, -1, 100, "0.0"),
            (Rounding::ToHundredth, 1, 8, "0.13"),
            (Rounding::ToHundredth, 2_469, 2, "1,234.50"),
            (Rounding::PercentToTenth, 1, 8, "12.5%"),
            (Rounding::PercentToTenth, 2, 3, "66.7%"),
            (Rounding::PercentToTenth, 1, 1, "100.0%"),
            (Rounding::PercentToHundredth, 1, 32, "3.13%"),
            (Rounding::PercentToHundredth, 9_999, 10_000, "99.99%"),
        ] {
            assert_eq!(of(rounding, above, below).as_deref(), Ok(text), "{above}/{below}");
        }
        assert_eq!(of(Rounding::Exact, 1, 2), Err(Error::Ratio));
        assert_eq!(of(Rounding::ToTenth, 1, 0), Err(Error::Divisor));
        assert_eq!(of(Rounding::ToTenth, 1, -2), Err(Error::Divisor));
        assert_eq!(of(Rounding::ToTenth, i128::MAX, 1), Err(Error::Overflow));
        assert_eq!(of(Rounding::ToInteger, i128::MAX, i128::MAX).as_deref(), Ok("1"));
    }

    proptest! {
        /// What is shown is nearer to the value than half of its last digit, or exactly that and further from zero.
        #[test]
        fn what_is_shown_is_near(above in -1_000_000_i128..1_000_000, below in 1_i128..10_000) {
            let text = of(Rounding::ToHundredth, above, below).unwrap().replace([',', '.'], "");
            let shown: i128 = text.parse().unwrap();
            // Everything times 200 · below, so that nothing is rounded here.
            let distance = shown * 2 * below - above * 200;
            prop_assert!(distance.abs() <= below);
            if distance.abs() == below {
                prop_assert_eq!(distance.signum(), above.signum());
            }
        }
    }
}
