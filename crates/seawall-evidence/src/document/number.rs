//! Do words say a number, and is a literal what it claims to be?
//!
//! A guard against slips, not against a liar: whoever wants to hide a count in prose can. It refuses every digit
//! of every script, English number words from two on, and literals that read like a quantity.

use std::net::IpAddr;

use super::text::LiteralKind;

/// English words that count. `one`, `first` and `second` are left out: they mostly count nothing.
const NUMBER_WORDS: &[&str] = &[
    "zero",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
    "thirty",
    "forty",
    "fifty",
    "sixty",
    "seventy",
    "eighty",
    "ninety",
    "dozen",
    "dozens",
    "hundred",
    "hundreds",
    "thousand",
    "thousands",
    "million",
    "millions",
    "billion",
    "billions",
    "trillion",
    "trillions",
    "half",
    "twice",
    "thrice",
];

/// What a citation names. One of these must stand in it.
const CITED: &[&str] = &[
    "§",
    "¶",
    "Rule",
    "FRE",
    "FRCP",
    "U.S.C.",
    "USC",
    "Fed.",
    "C.F.R.",
    "RFC",
    "ISO",
    "NIST",
    "Art.",
    "Article",
    "Regulation",
    "Dkt",
    "dkt",
    "Ex.",
    "paragraph",
];

const MONTHS: &[&str] = &[
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Characters shown around a number that is refused.
const AROUND_CHARACTERS: usize = 24;

/// The words around the first number in `text`, if there is one.
pub(super) fn bare(text: &str) -> Option<String> {
    let visible: Vec<char> = text.chars().filter(|character| !invisible(*character)).collect();
    let at = visible.iter().position(|character| digit(*character)).or_else(|| word(&visible))?;
    let from = at.saturating_sub(AROUND_CHARACTERS);
    let to = visible.len().min(at + AROUND_CHARACTERS);
    Some(visible[from..to].iter().collect())
}

/// A digit or other number of any script, Chinese numerals included.
fn digit(character: char) -> bool {
    character.is_numeric() || "〇一二三四五六七八九十百千萬万億亿".contains(character)
}

/// Where the first number word starts.
fn word(characters: &[char]) -> Option<usize> {
    let mut start = 0;
    for part in characters.split(|character| !character.is_alphabetic()) {
        let lower: String = part.iter().flat_map(|character| character.to_lowercase()).collect();
        if NUMBER_WORDS.contains(&lower.as_str()) {
            return Some(start);
        }
        start += part.len() + 1;
    }
    None
}

/// What has no width, and could split a number to hide it.
fn invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}')
}

/// Whether `text` has the form of a literal of this kind.
pub(super) fn is_literal(kind: LiteralKind, text: &str) -> bool {
    match kind {
        LiteralKind::Date => date(text),
        LiteralKind::Citation => CITED.iter().any(|cited| text.contains(cited)) && !quantity(text),
        LiteralKind::Identifier => identifier(text),
        LiteralKind::Version => !text.is_empty() && !text.contains(char::is_whitespace),
        LiteralKind::Parameter | LiteralKind::Command => true,
    }
}

/// Not a number alone, and no number that something follows: `IANA 292` and `entry 17`, but not `17 accounts`.
fn identifier(text: &str) -> bool {
    if text.parse::<IpAddr>().is_ok() {
        return true;
    }
    if quantity(text) {
        return false;
    }
    let numeric = |word: &str| {
        word.chars().any(char::is_numeric)
            && word.chars().all(|character| character.is_numeric() || ",.'_+-".contains(character))
    };
    let words: Vec<&str> = text.split_whitespace().collect();
    let counts =
        |pair: &[&str]| numeric(pair[0]) && pair[1].chars().next().is_some_and(char::is_alphabetic);
    let alone = words.len() == 1 && numeric(words[0]);
    !(words.is_empty() || alone || words.windows(2).any(counts))
}

/// A per cent, a currency, thousands in groups, or a number word.
fn quantity(text: &str) -> bool {
    let characters: Vec<char> = text.chars().collect();
    text.contains(['%', '‰', '$', '€', '£'])
        || word(&characters).is_some()
        || characters.windows(5).any(|five| {
            let grouped = five[1] == ',' && five[2..].iter().all(char::is_ascii_digit);
            five[0].is_ascii_digit() && grouped
        })
}

/// `2023-12-07`, `2023-12`, with a time in UTC after it, `7 December 2023`, `December 7, 2023`, `December 2023`.
fn date(text: &str) -> bool {
    iso_date(text) || written_date(text)
}

fn iso_date(text: &str) -> bool {
    let Some((day, rest)) = text.split_at_checked(10) else {
        return text
            .split_once('-')
            .is_some_and(|(year, month)| number(year, 4, 1900..=2199) && number(month, 2, 1..=12));
    };
    let parts: Vec<&str> = day.split('-').collect();
    let [year, month, of_month] = parts.as_slice() else { return false };
    let clock = match rest.strip_prefix('T') {
        Some(time) => time.strip_suffix('Z'),
        None => rest.strip_prefix(' ').and_then(|time| time.strip_suffix(" UTC")),
    };
    number(year, 4, 1900..=2199)
        && number(month, 2, 1..=12)
        && number(of_month, 2, 1..=31)
        && (rest.is_empty() || clock.is_some_and(is_time))
}

fn is_time(text: &str) -> bool {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let parts: Vec<&str> = whole.split(':').collect();
    let seconds = parts.get(2).is_none_or(|seconds| number(seconds, 2, 0..=60));
    (2..=3).contains(&parts.len())
        && number(parts[0], 2, 0..=23)
        && number(parts[1], 2, 0..=59)
        && seconds
        && (1..=9).contains(&fraction.len())
        && fraction.bytes().all(|byte| byte.is_ascii_digit())
}

fn written_date(text: &str) -> bool {
    let words: Vec<&str> = text.split(' ').collect();
    let of_month = |word: &str| word.len() <= 2 && number(word, word.len(), 1..=31);
    match words.as_slice() {
        [month, year] => MONTHS.contains(month) && number(year, 4, 1900..=2199),
        [first, second, year] => {
            let european = of_month(first) && MONTHS.contains(second);
            let american = MONTHS.contains(first) && second.strip_suffix(',').is_some_and(of_month);
            (european || american) && number(year, 4, 1900..=2199)
        }
        _ => false,
    }
}

fn number(text: &str, digits: usize, range: std::ops::RangeInclusive<u32>) -> bool {
    text.len() == digits
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && text.parse().is_ok_and(|number| range.contains(&number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_digit_of_any_script_is_a_number() {
        for text in ["a 7", "٧", "７", "½", "²", "Ⅷ", "①", "𝟕", "五百", "३", "7\u{fe0f}\u{20e3}"]
        {
            assert!(bare(text).is_some(), "{text}");
        }
    }

    #[test]
    fn a_number_word_is_a_number() {
        for text in
            ["Two accounts", "twenty-five", "750-MILLION", "mil\u{200b}lion", "a dozen", "half"]
        {
            assert!(bare(text).is_some(), "{text}");
        }
        for text in
            ["one of them", "the first", "no one", "millionaire", "often", "weight", "tenant"]
        {
            assert_eq!(bare(text), None, "{text}");
        }
    }

    #[test]
    fn the_words_around_a_number_are_shown() {
        let long = "x ".repeat(100);
        assert_eq!(bare(&format!("{long}9 accounts")).unwrap().chars().count(), 34);
        assert_eq!(bare("ab 9"), Some("ab 9".to_owned()));
    }

    #[test]
    fn literals_have_the_form_of_their_kind() {
        use LiteralKind::{Citation, Date, Identifier, Version};
        let good = [
            (Date, "2023-12-07"),
            (Date, "2023-12"),
            (Date, "2023-12-07T09:00:00.000000000Z"),
            (Date, "2023-12-07 09:00 UTC"),
            (Date, "7 December 2023"),
            (Date, "December 7, 2023"),
            (Date, "December 2023"),
            (Citation, "Rule 902(11)"),
            (Citation, "28 U.S.C. § 1746"),
            (Identifier, "203.0.113.7"),
            (Identifier, "2001:db8::1"),
            (Identifier, "No. 1:23-cv-10685 (PAE)"),
            (Identifier, "IANA 292"),
            (Identifier, "entry 17"),
            (Identifier, "shop-24.example"),
            (Version, "0.1.0"),
        ];
        for (kind, text) in good {
            assert!(is_literal(kind, text), "{kind:?} {text}");
        }
        let bad = [
            (Date, "2023"),
            (Date, "1204551"),
            (Date, "2023-13-07"),
            (Date, "7 Dozember 2023"),
            (Date, "2023-12-07 accounts"),
            (Date, "é2023-12-07"),
            (Citation, "17 accounts"),
            (Citation, "Rule 1,204,551"),
            (Identifier, "1204551"),
            (Identifier, "1,204,551"),
            (Identifier, "17 accounts"),
            (Identifier, "about 17 accounts"),
            (Identifier, "$17"),
            (Identifier, "60%"),
            (Identifier, "seven million"),
            (Identifier, ""),
            (Version, "17 accounts"),
        ];
        for (kind, text) in bad {
            assert!(!is_literal(kind, text), "{kind:?} {text}");
        }
    }
}
