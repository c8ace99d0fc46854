//! Is this a telephone number, and of which country?

use std::sync::LazyLock;

use super::super::text::{is_pseudonym, present};

/// ITU-T E.164: at most 15 digits with the country code. The shortest numbers in use have 7.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=15;

/// A telephone number taken apart.
#[derive(Clone, Copy)]
pub(crate) enum Phone<'a> {
    /// An international number.
    Number {
        /// `+` and the digits.
        text: &'a str,
        /// Country its country code (or North American area code) is of, where it is one's.
        country: Option<[u8; 2]>,
    },
    /// The hash that a site puts in place of a number.
    Pseudonym(&'a str),
}

impl<'a> Phone<'a> {
    /// `buffer` is emptied and receives the digits.
    pub(crate) fn parse(text: &'a str, buffer: &'a mut String) -> Option<Self> {
        let text = present(text)?;
        let number = text.strip_prefix("tel:").unwrap_or(text);
        let Some(rest) = number.strip_prefix('+').or_else(|| number.strip_prefix("00")) else {
            return is_pseudonym(text).then_some(Self::Pseudonym(text));
        };
        buffer.clear();
        buffer.push('+');
        push_digits(buffer, rest)?;
        let digits = &buffer.as_bytes()[1..];
        if !DIGITS.contains(&digits.len()) {
            return None;
        }
        let country = match country_of(digits)? {
            Country::One(country) => Some(country),
            Country::None => None,
        };
        Some(Self::Number { text: buffer, country })
    }

    pub(crate) fn country(self) -> Option<[u8; 2]> {
        match self {
            Self::Number { country, .. } => country,
            Self::Pseudonym(_) => None,
        }
    }
}

/// Appends the digits, leaving out what people put between them; `None` at anything else.
fn push_digits(out: &mut String, text: &str) -> Option<()> {
    // The trunk zero of `+44 (0)20` is not dialled from abroad.
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(after) = rest.strip_prefix("(0)") {
            rest = after;
            continue;
        }
        rest = &rest[character.len_utf8()..];
        match character {
            '0'..='9' if out.len() <= *DIGITS.end() => out.push(character),
            ' ' | '-' | '.' | '(' | ')' | '/' | '\u{a0}' | '\u{2011}' => {}
            _ => return None,
        }
    }
    Some(())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Country {
    None,
    One([u8; 2]),
}

/// Countries by the first four digits; `None` where no number begins so.
static COUNTRIES: LazyLock<Box<[Option<Country>]>> = LazyLock::new(|| {
    let mut lines: Vec<(&str, Country)> = include_str!("../tables/calling_codes.txt")
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| {
            let (start, country) = line.split_once(' ').expect("two columns");
            let country = match country.as_bytes() {
                [first @ b'A'..=b'Z', second @ b'A'..=b'Z'] => Country::One([*first, *second]),
                _ => Country::None,
            };
            (start, country)
        })
        .collect();
    // Longer starts come later and so overwrite shorter ones.
    lines.sort_by_key(|(start, _)| start.len());
    let mut table = vec![None; 10_000].into_boxed_slice();
    for (start, country) in lines {
        let span = 10_usize.pow(4 - u32::try_from(start.len()).expect("at most four digits"));
        let first = start.parse::<usize>().expect("digits") * span;
        table[first..first + span].fill(Some(country));
    }
    table
});

fn country_of(digits: &[u8]) -> Option<Country> {
    let index = digits[..4].iter().fold(0, |sum, digit| sum * 10 + usize::from(digit - b'0'));
    // The North American plan has ten digits after the 1, the first of them never 0 or 1.
    if digits[0] == b'1' && (digits.len() != 11 || digits[1] < b'2') {
        return None;
    }
    COUNTRIES[index]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(String, Option<String>)> {
        let mut buffer = String::new();
        match Phone::parse(text, &mut buffer)? {
            Phone::Number { text, country } => Some((
                text.to_owned(),
                country.map(|country| String::from_utf8(country.to_vec()).unwrap()),
            )),
            Phone::Pseudonym(text) => Some((text.to_owned(), None)),
        }
    }

    /// ITU-T E.123 (notation of international numbers), and numbers that regulators set aside for
    /// drama and examples (Ofcom, NANPA, ACMA, Bundesnetzagentur, ARCEP).
    #[test]
    fn international_numbers_are_canonical() {
        for (text, expected, country) in [
            ("+22 607 123 4567", None, None), // E.123's own example; +22 alone is no country code
            ("+44 (0)20 7946 0000", Some("+442079460000"), Some("GB")),
            ("0044 7700 900123", Some("+447700900123"), Some("GB")),
            ("+1 (212) 555-0123", Some("+12125550123"), Some("US")),
            ("+1-416-555-0123", Some("+14165550123"), Some("CA")),
            ("+1 876 555 0123", Some("+18765550123"), Some("JM")),
            ("tel:+61-491-570-156", Some("+61491570156"), Some("AU")),
            ("+49 30 23125 000", Some("+493023125000"), Some("DE")),
            ("+33 1 99 00 12 34", Some("+33199001234"), Some("FR")),
            ("+7 701 000 0000", Some("+77010000000"), Some("KZ")),
            ("+7 495 000 00 00", Some("+74950000000"), Some("RU")),
            ("+883 510 000 000 000", Some("+883510000000000"), None),
            ("+380 44 000 0000", Some("+380440000000"), Some("UA")),
        ] {
            let expected = expected
                .map(|number| (number.to_owned(), country.map(str::to_owned)))
                // +226 is Burkina Faso, so the example is read as one of its numbers.
                .or_else(|| Some(("+226071234567".to_owned(), Some("BF".to_owned()))));
            assert_eq!(parsed(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_international_number_is_absent() {
        for text in [
            "",
            "+",
            "null",
            "02079460000",
            "2125550123",
            "+44",
            "+12345",
            "+1 212 555 012",
            "+1 012 555 0123",
            "+1234567890123456",
            "+44 20 7946 0000 x5",
            "+999 123 4567",
            "+210 123 4567",
            "+٤٤٢٠٧٩٤٦٠٠٠٠",
            "++442079460000",
        ] {
            assert_eq!(parsed(text), None, "{text}");
        }
    }
}
