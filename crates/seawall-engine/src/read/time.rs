//! When is `2026-03-01T12:00:00.5+01:00`?

use seawall_core::event::civil_date;

use super::draft::Fault;

const NOT_A_TIME: Fault =
    "not a time: RFC 3339 (2026-03-01T12:00:00Z) or integer epoch milliseconds is expected";
const NO_OFFSET: Fault = "a time without an offset from UTC: end it in Z or, say, +02:00";

/// Milliseconds since the Unix epoch of an RFC 3339 time.
///
/// Any number of fraction digits is accepted and cut to milliseconds; a space or `t` may stand for
/// `T`; the offset may leave out its colon or minutes, as databases write it. A leap second counts
/// as the second before it, as in POSIX time.
pub(crate) fn parse_rfc3339(text: &str) -> Result<i64, Fault> {
    let bytes = text.as_bytes();
    let Some((head, rest)) = bytes.split_first_chunk::<19>() else { return Err(NOT_A_TIME) };
    let [
        y0,
        y1,
        y2,
        y3,
        b'-',
        m0,
        m1,
        b'-',
        d0,
        d1,
        b'T' | b't' | b' ',
        h0,
        h1,
        b':',
        n0,
        n1,
        b':',
        s0,
        s1,
    ] = *head
    else {
        return Err(NOT_A_TIME);
    };
    let two = |high: u8, low: u8| two_digits(high, low).ok_or(NOT_A_TIME);
    let year = two(y0, y1)? * 100 + two(y2, y3)?;
    let (month, day) = (two(m0, m1)?, two(d0, d1)?);
    let (hour, minute, second) = (two(h0, h1)?, two(n0, n1)?, two(s0, s1)?);
    let possible = (1..=12).contains(&month)
        && day >= 1
        && day <= days_in_month(year, month)
        && hour <= 23
        && minute <= 59
        && second <= 60;
    if !possible {
        return Err("not a time that exists");
    }
    let (fraction_milliseconds, rest) = fraction(rest)?;
    let offset_minutes = offset(rest)?;
    let seconds = days_from_epoch(year, month, day) * 86_400
        + hour * 3600
        + (minute - offset_minutes) * 60
        + second.min(59);
    Ok(seconds * 1000 + fraction_milliseconds)
}

fn two_digits(high: u8, low: u8) -> Option<i64> {
    let (high, low) = (high.wrapping_sub(b'0'), low.wrapping_sub(b'0'));
    (high <= 9 && low <= 9).then(|| i64::from(high * 10 + low))
}

/// The fraction of a second in milliseconds, and what follows it.
fn fraction(rest: &[u8]) -> Result<(i64, &[u8]), Fault> {
    let Some((b'.', digits)) = rest.split_first() else { return Ok((0, rest)) };
    let count = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    if count == 0 {
        return Err(NOT_A_TIME);
    }
    let milliseconds = (0..3).fold(0, |sum, place| {
        let digit = if place < count { i64::from(digits[place] - b'0') } else { 0 };
        sum * 10 + digit
    });
    Ok((milliseconds, &digits[count..]))
}

/// The offset from UTC in minutes.
fn offset(rest: &[u8]) -> Result<i64, Fault> {
    let (sign, hours, minutes) = match *rest {
        [b'Z' | b'z'] => return Ok(0),
        [] => return Err(NO_OFFSET),
        [sign, h0, h1] => (sign, two_digits(h0, h1), Some(0)),
        [sign, h0, h1, m0, m1] | [sign, h0, h1, b':', m0, m1] => {
            (sign, two_digits(h0, h1), two_digits(m0, m1))
        }
        _ => return Err(NOT_A_TIME),
    };
    let (Some(hours @ 0..=23), Some(minutes @ 0..=59)) = (hours, minutes) else {
        return Err(NOT_A_TIME);
    };
    match sign {
        b'+' => Ok(hours * 60 + minutes),
        b'-' => Ok(-(hours * 60 + minutes)),
        _ => Err(NOT_A_TIME),
    }
}

const fn days_in_month(year: i64, month: i64) -> i64 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days from 1970-01-01 in the proleptic Gregorian calendar, counting years from March so that the
/// leap day comes last (Howard Hinnant, "chrono-compatible low-level date algorithms").
const fn days_from_epoch(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// Writes a time as RFC 3339 in UTC with milliseconds, the inverse of [`parse_rfc3339`].
pub(crate) fn format_rfc3339(milliseconds: i64, text: &mut String) {
    use std::fmt::Write as _;
    let (year, month, day) = civil_date(milliseconds.div_euclid(86_400_000));
    let rest = milliseconds.rem_euclid(86_400_000);
    let (hour, minute) = (rest / 3_600_000, rest / 60_000 % 60);
    let (second, fraction) = (rest / 1000 % 60, rest % 1000);
    write!(text, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z")
        .expect("writing to a String cannot fail");
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The examples of RFC 3339 section 5.8, and what GNU date makes of them.
    #[test]
    fn the_examples_of_the_rfc() {
        let cases = [
            ("1985-04-12T23:20:50.52Z", 482_196_050_520),
            ("1996-12-19T16:39:57-08:00", 851_042_397_000),
            ("1990-12-31T23:59:60Z", 662_687_999_000),
            ("1990-12-31T15:59:60-08:00", 662_687_999_000),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_rfc3339(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn forms_that_databases_write() {
        let expected = Ok(1_714_566_896_123);
        for text in [
            "2024-05-01T12:34:56.123Z",
            "2024-05-01t12:34:56.123456789z",
            "2024-05-01 12:34:56.1239+00",
            "2024-05-01 14:34:56.123+0200",
            "2024-05-01T07:04:56.123-05:30",
        ] {
            assert_eq!(parse_rfc3339(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_a_time() {
        for text in [
            "",
            "2024",
            "2024-05-01",
            "2024-05-01T12:34:56",
            "2024-05-01T12:34:56.Z",
            "2024-13-01T12:34:56Z",
            "2024-02-30T12:34:56Z",
            "2023-02-29T12:34:56Z",
            "1900-02-29T00:00:00Z",
            "2024-05-01T24:00:00Z",
            "2024-05-01T12:60:56Z",
            "2024-05-01T12:34:61Z",
            "2024-05-01T12:34:56+24:00",
            "2024-05-01T12:34:56+01:60",
            "2024-05-01T12:34:56Zx",
            "2024-05-01T12:34:56+1:00",
            "2024-05-01T12:34:5６Z",
            "２024-05-01T12:34:56Z",
            "2024-05-01T1a:34:56Z",
            "2024-00-01T12:34:56Z",
        ] {
            assert!(parse_rfc3339(text).is_err(), "{text}");
        }
        assert!(parse_rfc3339("2000-02-29T00:00:00Z").is_ok());
    }

    proptest! {
        #[test]
        fn writing_and_reading_agree(milliseconds in -62_135_596_800_000..253_402_300_800_000_i64) {
            let mut text = String::new();
            format_rfc3339(milliseconds, &mut text);
            prop_assert_eq!(parse_rfc3339(&text), Ok(milliseconds));
        }

        #[test]
        fn any_text_is_survived(text in "\\PC{0,40}") {
            let _ = parse_rfc3339(&text);
        }
    }
}
