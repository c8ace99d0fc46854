//! How is a figure, or a text that an attacker chose, shown to a person without harm?

use std::{borrow::Cow, fmt::Write as _};

use crate::scale::whole;

/// Makes any text harmless to look at and bounded: control, bidirectional and other invisible
/// characters become visible escapes, long runs of combining marks are cut, and what is longer
/// than `characters_max` ends in "…". Markup and terminal escapes are the caller's concern only in
/// that no raw control character is left.
pub fn visible(text: &str, characters_max: usize) -> String {
    let mut out = String::with_capacity(text.len().min(characters_max * 4));
    let mut left = characters_max;
    let mut combining = 0;
    for character in text.chars() {
        if is_combining(character) {
            combining += 1;
            if combining > 2 {
                continue;
            }
        } else {
            combining = 0;
        }
        let hidden = is_hidden(character);
        let width = if hidden { 6 } else { 1 };
        if left < width {
            out.push('…');
            break;
        }
        left -= width;
        if hidden {
            write!(out, "\\u{{{:x}}}", u32::from(character)).expect("a String accepts every write");
        } else {
            out.push(character);
        }
    }
    out
}

/// Characters that change how others are shown, or show nothing at all.
fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Combining marks that are stacked to overflow a line.
fn is_combining(character: char) -> bool {
    matches!(character,
        '\u{0300}'..='\u{034e}' | '\u{0350}'..='\u{036f}' | '\u{0483}'..='\u{0489}' | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}' | '\u{20d0}'..='\u{20ff}' | '\u{fe20}'..='\u{fe2f}')
}

/// A cell that no spreadsheet takes for a formula: one that begins like one gets an apostrophe, unless it is a number.
pub fn spreadsheet_safe(cell: &str) -> Cow<'_, str> {
    let begins = cell.starts_with(['=', '+', '-', '@', '\t', '\r']);
    if begins && cell.parse::<f64>().is_err() {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// A count short enough for a tile: "612", "3.4k", "120k", "1.2M".
pub fn short_count(number: u64) -> String {
    let of = |unit: u64, word: &str| {
        let tenths = number / (unit / 10);
        if tenths < 100 && !tenths.is_multiple_of(10) {
            format!("{}.{}{word}", tenths / 10, tenths % 10)
        } else {
            format!("{}{word}", tenths / 10)
        }
    };
    match number {
        0..1_000 => number.to_string(),
        1_000..1_000_000 => of(1_000, "k"),
        1_000_000..1_000_000_000 => of(1_000_000, "M"),
        _ => of(1_000_000_000, "G"),
    }
}

/// A count with a comma at each thousand: "104,220".
pub fn count(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// "1 account", "612 accounts".
pub fn counted(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(number), if number == 1 { one } else { many })
}

/// Bits with one decimal: "14.3", "−8.1" with a real minus sign, never "−0.0".
pub fn bits(value: f64) -> String {
    let rounded = (value * 10.0).round() / 10.0;
    if rounded < 0.0 { format!("−{:.1}", -rounded) } else { format!("{:.1}", rounded.abs()) }
}

/// The highest score that is ever stated: beyond a million to one the model errs more than chance.
pub const BITS_CAP: f64 = 20.0;

/// Bits as they are stated: never more than [`BITS_CAP`].
pub fn stated_bits(value: f64) -> String {
    bits(value.min(BITS_CAP))
}

/// An expected number of accounts: more decimals the smaller it is.
pub fn expected(value: f64) -> String {
    match value {
        value if value >= 100.0 => count(whole(value.round()) as u64),
        value if value >= 10.0 => format!("{value:.0}"),
        value if value >= 1.0 => format!("{value:.1}"),
        value if value >= 0.005 => format!("{value:.2}"),
        _ => "less than 0.01".to_owned(),
    }
}

/// A share as a percentage: "58.2 %", "less than 0.1 %".
pub fn share(part: u64, whole: u64) -> String {
    percent(if whole == 0 { 0.0 } else { part as f64 / whole as f64 })
}

/// A probability that comes from a model: never said to be certain.
pub fn confidence(probability: f64) -> String {
    percent(probability.clamp(0.000_1, 0.999_9))
}

/// A fraction of one as a percentage; never "100 %" or "0 %" unless it is exactly that.
pub fn percent(fraction: f64) -> String {
    let value = fraction * 100.0;
    match value {
        value if value <= 0.0 => "0 %".to_owned(),
        value if value < 0.1 => "less than 0.1 %".to_owned(),
        value if value >= 100.0 => "100 %".to_owned(),
        value if value > 99.9 => "over 99.9 %".to_owned(),
        value => {
            let text = format!("{value:.1}");
            format!("{} %", text.strip_suffix(".0").unwrap_or(&text))
        }
    }
}

/// How many times as likely: two to the power of `bits`, rounded to what a person can hold:
/// "11", "1,000", "about a million".
pub fn times(bits: f64) -> String {
    let value = bits.exp2();
    match value {
        value if value < 1.05 => "1".to_owned(),
        value if value < 9.95 => format!("{value:.1}"),
        value if value < 99.5 => format!("{value:.0}"),
        value if value < 999_499.5 => {
            let step = 10_f64.powf(value.log10().floor() - 1.0);
            count(whole(((value / step).round() * step).round()) as u64)
        }
        value if value < 999e6 => in_words(value / 1e6, "million"),
        value if value < 999e9 => in_words(value / 1e9, "billion"),
        _ => "over a trillion".to_owned(),
    }
}

fn in_words(number: f64, word: &str) -> String {
    if number < 1.95 { format!("a {word}") } else { format!("{number:.0} {word}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        bits, confidence, count, expected, percent, share, short_count, spreadsheet_safe,
        stated_bits, times, visible,
    };

    #[test]
    fn figures_for_people() {
        assert_eq!(
            [0, 999, 1_000, 104_220, u64::MAX].map(count),
            ["0", "999", "1,000", "104,220", "18,446,744,073,709,551,615"]
        );
        assert_eq!(
            [-8.14, -0.04, 0.0, 14.25, 20.0].map(bits),
            ["−8.1", "0.0", "0.0", "14.3", "20.0"]
        );
        assert_eq!(
            [0.0001, 0.02, 8.1, 61.0, 1_234.5].map(expected),
            ["less than 0.01", "0.02", "8.1", "61", "1,235"]
        );
        assert_eq!(
            [0.0, 0.0001, 0.582, 0.9999, 1.0].map(percent),
            ["0 %", "less than 0.1 %", "58.2 %", "over 99.9 %", "100 %"]
        );
        assert_eq!(share(0, 0), "0 %");
        assert_eq!([25.2, 7.31].map(stated_bits), ["20.0", "7.3"]);
        assert_eq!(
            [0.0, 0.71, 0.999, 1.0].map(confidence),
            ["less than 0.1 %", "71 %", "99.9 %", "over 99.9 %"]
        );
        assert_eq!(
            [0.0, 4.0, 10.0, 15.08, 20.0, 22.0, 33.0, 60.0].map(times),
            [
                "1",
                "16",
                "1,000",
                "35,000",
                "a million",
                "4 million",
                "9 billion",
                "over a trillion"
            ]
        );
    }

    #[test]
    fn no_cell_is_a_formula() {
        let cells = ["=1+1", "@SUM(A1)", "+44 20", "-8.5", "-x", "plain", ""].map(spreadsheet_safe);
        assert_eq!(cells, ["'=1+1", "'@SUM(A1)", "'+44 20", "-8.5", "'-x", "plain", ""]);
    }

    #[test]
    fn short_counts_are_rounded_down() {
        let shown = [0, 999, 1_000, 3_480, 10_499, 120_412, 999_999, 1_250_000, 7_000_000_000];
        let want = ["0", "999", "1k", "3.4k", "10k", "120k", "999k", "1.2M", "7G"];
        assert_eq!(shown.map(short_count), want);
    }

    #[test]
    fn tricks_become_visible() {
        assert_eq!(visible("a\u{202e}b\u{1b}[31m\n", 80), "a\\u{202e}b\\u{1b}[31m\\u{a}");
        assert_eq!(visible("zażółć 例え 😀", 80), "zażółć 例え 😀");
        assert_eq!(visible(&format!("Z{}x", "\u{0301}".repeat(4_000)), 10), "Z\u{301}\u{301}x");
        assert_eq!(visible("abcdef", 3), "abc…");
        assert_eq!(visible("abc", 3), "abc");
    }

    proptest! {
        #[test]
        fn visible_text_is_bounded_and_has_no_control(text in "\\PC*|.{0,200}", limit in 0_usize..100) {
            let shown = visible(&text, limit);
            prop_assert!(shown.chars().count() <= 3 * limit + 12);
            prop_assert!(!shown.chars().any(char::is_control));
            let tricks = shown.contains(['\u{202e}', '\u{2066}', '\u{200b}', '\u{feff}']);
            prop_assert!(!tricks);
        }
    }
}
