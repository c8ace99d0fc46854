//! What looks like personal data, whoever it belongs to?

use std::{fmt, net::IpAddr, ops::Range, sync::LazyLock};

use regex::Regex;

/// What something looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pattern {
    /// A social security number of the United States.
    SocialSecurityNumber,
    /// A payment card number (ISO/IEC 7812, with its check digit).
    CardNumber,
    /// A date that is said to be of a birth.
    BirthDate,
    /// An e-mail address.
    EmailAddress,
    /// A telephone number.
    PhoneNumber,
    /// A whole IP address.
    IpAddress,
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SocialSecurityNumber => "looks like a social security number",
            Self::CardNumber => "looks like a payment card number",
            Self::BirthDate => "looks like a date of birth",
            Self::EmailAddress => "looks like an e-mail address",
            Self::PhoneNumber => "looks like a telephone number",
            Self::IpAddress => "looks like a whole IP address",
        })
    }
}

fn regex(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the pattern is part of the program, and a test uses it")
}

static SOCIAL_SECURITY: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b(\d{3})[-\u{2010}-\u{2015} ](\d{2})[-\u{2010}-\u{2015} ](\d{4})\b|(?i:ssn|social security)\D{0,12}(\d{3})(\d{2})(\d{4})\b",
    )
});
static CARD: LazyLock<Regex> = LazyLock::new(|| regex(r"\b[2-6]\d{3}(?:[ -]?\d){9,15}\b"));
static BIRTH: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"(?i)\b(?:born|birth|birthday|birthdate|dob)\b[^\n]{0,24}?(?:\d{1,4}[-./]\d{1,2}[-./]\d{1,4}|\d{1,2}\.? (?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{4}|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* \d{1,2}, \d{4})",
    )
});
static EMAIL: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"[\p{L}\p{N}._%+'-]+@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?\.)+\p{L}[\p{L}\p{N}-]*",
    )
});
static PHONE: LazyLock<Regex> = LazyLock::new(|| {
    regex(r"\+\d{1,3}(?:[ ().-]{0,2}\d){7,13}\b|(?:\(\d{3}\) ?|\b\d{3}[-. ])\d{3}[-. ]\d{4}\b")
});
static ADDRESS: LazyLock<Regex> = LazyLock::new(|| {
    regex(
        r"\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}\b|(?:[0-9A-Fa-f]{0,4}:){2,7}[0-9A-Fa-f]{0,4}(?:\.\d{1,3}){0,3}",
    )
});

/// Everything in `text` that looks like personal data, where it is, in the order of the patterns.
pub(crate) fn find(text: &str) -> Vec<(Range<usize>, Pattern)> {
    let mut found = Vec::new();
    for captures in SOCIAL_SECURITY.captures_iter(text) {
        let part = |first, second| captures.get(first).or_else(|| captures.get(second));
        let number = [(1, 4), (2, 5), (3, 6)]
            .map(|(first, second)| part(first, second).map_or("", |part| part.as_str()));
        let whole = captures.get(0).expect("group 0 is the match").range();
        if social_security(number) {
            found.push((whole, Pattern::SocialSecurityNumber));
        }
    }
    let mut each = |regex: &Regex, pattern, is: fn(&str) -> bool| {
        let matches = regex.find_iter(text).filter(|found| is(found.as_str()));
        found.extend(matches.map(|matched| (matched.range(), pattern)));
    };
    each(&CARD, Pattern::CardNumber, luhn);
    each(&BIRTH, Pattern::BirthDate, |_| true);
    each(&EMAIL, Pattern::EmailAddress, |_| true);
    each(&PHONE, Pattern::PhoneNumber, |_| true);
    each(&ADDRESS, Pattern::IpAddress, whole_address);
    found
}

/// Numbers that were ever issued: area 000, 666 and 900 to 999, group 00 and serial 0000 were not.
fn social_security([area, group, serial]: [&str; 3]) -> bool {
    area != "000" && area != "666" && !area.starts_with('9') && group != "00" && serial != "0000"
}

/// The check digit of ISO/IEC 7812, annex B.
fn luhn(text: &str) -> bool {
    let digits = text.chars().rev().filter_map(|character| character.to_digit(10));
    let sum: u32 = digits
        .enumerate()
        .map(|(index, digit)| if index % 2 == 0 { digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    sum.is_multiple_of(10)
}

/// An address that points at one machine of somebody: not one that names a network, this machine or nothing.
fn whole_address(text: &str) -> bool {
    match text.parse() {
        Ok(IpAddr::V4(address)) => {
            let octets = address.octets();
            !(address.is_unspecified() || address.is_loopback() || octets[3] == 0)
        }
        Ok(IpAddr::V6(address)) => {
            let segments = address.segments();
            !(address.is_unspecified()
                || address.is_loopback()
                || segments[3..].iter().all(|part| *part == 0))
        }
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<Pattern> {
        find(text).into_iter().map(|(_, pattern)| pattern).collect()
    }

    #[test]
    fn what_looks_like_personal_data_is_found() {
        use Pattern::{
            BirthDate, CardNumber, EmailAddress, IpAddress, PhoneNumber, SocialSecurityNumber,
        };
        let cases = [
            ("078-05-1120", SocialSecurityNumber),
            ("SSN: 078051120", SocialSecurityNumber),
            ("4111 1111 1111 1111", CardNumber),
            ("5555-5555-5555-4444", CardNumber),
            ("378282246310005", CardNumber),
            ("born on 7 December 1980", BirthDate),
            ("DOB 12/07/1980", BirthDate),
            ("date of birth: 1980-12-07", BirthDate),
            ("birthday Dec 7, 1980", BirthDate),
            ("a.user+tag@mail.example", EmailAddress),
            ("jörg@exämple.org", EmailAddress),
            ("+49 30 1234567", PhoneNumber),
            ("+1 (202) 555-0147", PhoneNumber),
            ("(202) 555-0147", PhoneNumber),
            ("202-555-0147", PhoneNumber),
            ("from 203.0.113.7, twice", IpAddress),
            ("2001:db8::7", IpAddress),
            ("2001:db8:1:2:3:4:5:6", IpAddress),
        ];
        for (text, pattern) in cases {
            assert_eq!(found(text), [pattern], "{text}");
        }
    }

    #[test]
    fn what_is_no_personal_data_is_not() {
        let hash = "3f2a91c04111111111111111e0b1c2d3e4f5061728394a5b6c7d8e9f00112233";
        for text in [
            hash,
            "000-12-3456",
            "4111 1111 1111 1112",
            "2026-03-20T15:30:00.000000000Z",
            "2026-03-20 09:00 UTC",
            "9,214,004,118 bytes",
            "0.0.0.0, 127.0.0.1, 203.0.113.0/24, ::1, 2001:db8:1::/48",
            "1:26-cv-00042",
            "was born in the year before",
            "EXC-0001201 to EXC-0001204",
            "@mailbazaar_support",
            "sha256:3f2a91c0ab12, version 0.1.0",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
