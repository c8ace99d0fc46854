//! Something an account did, or had done to it: the input of everything else.
//!
//! An [`Event`] borrows its text from whatever the reader holds (a line, an Arrow array), so that
//! reading costs no allocation for each event. The field names are those of `docs/reference/events.md`.

pub mod address;

use std::net::IpAddr;

/// Earliest accepted time: 1990-01-01T00:00:00Z, in milliseconds since the Unix epoch.
pub const TIME_MIN_MILLISECONDS: i64 = 631_152_000_000;
/// First time no longer accepted: 2100-01-01T00:00:00Z, in milliseconds since the Unix epoch.
pub const TIME_END_MILLISECONDS: i64 = 4_102_444_800_000;
/// Longest accepted account id.
pub const ACCOUNT_BYTES_MAX: usize = 256;
/// Longest accepted value of any other field.
pub const VALUE_BYTES_MAX: usize = 4096;
/// Longest accepted line of text input.
pub const LINE_BYTES_MAX: usize = 1 << 20;

/// A moment in UTC, in milliseconds since the Unix epoch, within 1990 to 2100.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(i64);

impl Time {
    /// Returns `None` outside 1990–2100, where a time is a mistake of the source.
    pub const fn from_milliseconds(milliseconds: i64) -> Option<Self> {
        if milliseconds >= TIME_MIN_MILLISECONDS && milliseconds < TIME_END_MILLISECONDS {
            Some(Self(milliseconds))
        } else {
            None
        }
    }

    /// Milliseconds since the Unix epoch.
    pub const fn milliseconds(self) -> i64 {
        self.0
    }

    /// Whole seconds since the Unix epoch.
    pub const fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Year, month and day in UTC.
    pub(crate) fn date(self) -> (i64, i64, i64) {
        civil_date(self.seconds().div_euclid(86_400))
    }

    /// RFC 3339 in UTC, to the second: `2026-11-22T09:30:00Z`.
    pub fn rfc3339(self) -> String {
        let (year, month, day) = self.date();
        let second = self.seconds().rem_euclid(86_400);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z")
    }
}

/// Year, month and day of a number of days since the Unix epoch.
///
/// Hinnant, "chrono-compatible low-level date algorithms".
pub fn civil_date(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_index = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_index + 2) / 5 + 1;
    let month = if month_index < 10 { month_index + 3 } else { month_index - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventType {
    /// The account was created.
    Signup,
    /// The account was entered.
    Login,
    /// A CAPTCHA or other test was put to the client.
    Challenge,
    /// Anything else the account did.
    Action,
}

/// How a challenge ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChallengeOutcome {
    /// Solved.
    Passed,
    /// Answered wrongly.
    Failed,
    /// Left without an answer.
    Abandoned,
}

/// How the event itself ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Outcome {
    /// It went through.
    Success,
    /// It was refused.
    Failure,
}

/// ISO 3166-1 alpha-2, upper case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Country([u8; 2]);

impl Country {
    /// Accepts two ASCII letters of either case.
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Some(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => None,
        }
    }

    /// The two upper-case letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("two ASCII letters")
    }

    /// The two letters as bytes.
    pub const fn bytes(self) -> [u8; 2] {
        self.0
    }
}

/// A field that Seawall has no name for, kept as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extra<'a> {
    /// Its name in the source.
    pub name: &'a str,
    /// Its value: text as it is, anything else as JSON.
    pub value: &'a str,
}

/// One event. Absent is `None`; an empty string never gets here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Event<'a> {
    /// When it happened.
    pub time: Time,
    /// What happened.
    pub event_type: EventType,
    /// The site's account id, 1 to 256 bytes.
    pub account: &'a str,
    /// Client address.
    pub ip: Option<IpAddr>,
    /// Autonomous system of `ip`.
    pub asn: Option<u32>,
    /// Country of `ip`.
    pub country: Option<Country>,
    /// E-mail address.
    pub email: Option<&'a str>,
    /// Recovery e-mail address.
    pub recovery_email: Option<&'a str>,
    /// Telephone number, E.164.
    pub phone: Option<&'a str>,
    /// Name the account signs in with.
    pub username: Option<&'a str>,
    /// Name the account shows.
    pub display_name: Option<&'a str>,
    /// Client software, as it names itself.
    pub user_agent: Option<&'a str>,
    /// TLS client fingerprint (JA4).
    pub ja4: Option<&'a str>,
    /// The site's device or browser fingerprint.
    pub device_id: Option<&'a str>,
    /// BCP 47 language tag claimed by the client.
    pub locale: Option<&'a str>,
    /// IANA time zone claimed by the client.
    pub timezone: Option<&'a str>,
    /// Affiliate, campaign or page that sent the client.
    pub referrer: Option<&'a str>,
    /// Invite code.
    pub invite: Option<&'a str>,
    /// Hash of a card or wallet.
    pub payment_id: Option<&'a str>,
    /// Who put the challenge.
    pub challenge_provider: Option<&'a str>,
    /// How the challenge ended.
    pub challenge_outcome: Option<ChallengeOutcome>,
    /// Time to solve the challenge.
    pub challenge_milliseconds: Option<u32>,
    /// Answers given.
    pub challenge_attempts: Option<u32>,
    /// What the account did.
    pub action: Option<&'a str>,
    /// To what it did it.
    pub target: Option<&'a str>,
    /// How the event ended.
    pub outcome: Option<Outcome>,
    /// The site's own word that this account has earned trust.
    pub trusted: Option<bool>,
    /// Fields with other names.
    pub extra: &'a [Extra<'a>],
}

impl<'a> Event<'a> {
    /// An event with nothing but what is required.
    pub const fn new(time: Time, event_type: EventType, account: &'a str) -> Self {
        Self {
            time,
            event_type,
            account,
            ip: None,
            asn: None,
            country: None,
            email: None,
            recovery_email: None,
            phone: None,
            username: None,
            display_name: None,
            user_agent: None,
            ja4: None,
            device_id: None,
            locale: None,
            timezone: None,
            referrer: None,
            invite: None,
            payment_id: None,
            challenge_provider: None,
            challenge_outcome: None,
            challenge_milliseconds: None,
            challenge_attempts: None,
            action: None,
            target: None,
            outcome: None,
            trusted: None,
            extra: &[],
        }
    }
}

/// Part of the input that could not be taken as it is. Bad input is data: nothing is dropped in silence.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Reject {
    /// The file, as given; `-` is standard input.
    pub source: String,
    /// One-based line (text) or row (Parquet); 0 where the whole source is meant.
    pub line: u64,
    /// The field at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<&'static str>,
    /// What is wrong with it, for people. Never quotes the value: it may be personal.
    pub reason: String,
    /// True where the rest of the event was kept and only `field` was left out.
    pub event_kept: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_print_as_known_dates_do() {
        // Values from `date -u -d @SECONDS +%FT%TZ`.
        for (seconds, text) in [
            (631_152_000, "1990-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"),
            (1_709_210_096, "2024-02-29T12:34:56Z"),
            (4_102_444_799, "2099-12-31T23:59:59Z"),
        ] {
            let time = Time::from_milliseconds(seconds * 1000).unwrap();
            assert_eq!(time.rfc3339(), text);
        }
        assert_eq!(Time::from_milliseconds(4_102_444_800_000), None);
        assert_eq!(Time::from_milliseconds(631_151_999_999), None);
    }
}
