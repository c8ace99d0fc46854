//! Do the values of one line make an event?

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use seawall_core::event::{
    ACCOUNT_BYTES_MAX, ChallengeOutcome, Country, Event, EventType, Outcome, Time, VALUE_BYTES_MAX,
};

use super::field::Field;
use super::time::parse_rfc3339;

/// What is wrong with a value, for people. Never quotes it.
pub(crate) type Fault = &'static str;

pub(crate) const TOO_LONG: Fault = "longer than 4096 bytes";
pub(crate) const NOT_UTF8: Fault = "not valid UTF-8";
pub(crate) const NESTED: Fault = "an object or array where a single value belongs";
const ACCOUNT_TOO_LONG: Fault = "longer than 256 bytes";
const TWICE: Fault = "given twice";
const NOT_AN_INTEGER: Fault = "not an integer from 0 to 4294967295";
const NOT_A_BOOLEAN: Fault = "neither true nor false";
const OUTSIDE: Fault = "outside 1990 to 2100";

/// An event in the making.
pub(crate) struct Draft<'a> {
    event: Event<'a>,
    /// One bit for each field that has a value.
    present: u32,
    /// The first required field, in the order of the reference, that has a bad value.
    fault: Option<(Field, Fault)>,
}

impl<'a> Draft<'a> {
    pub(crate) fn new() -> Self {
        const START: Time =
            match Time::from_milliseconds(seawall_core::event::TIME_MIN_MILLISECONDS) {
                Some(time) => time,
                None => panic!("the earliest accepted time is accepted"),
            };
        Self { event: Event::new(START, EventType::Signup, ""), present: 0, fault: None }
    }

    pub(crate) const fn has(&self, field: Field) -> bool {
        self.present & field.bit() != 0
    }

    /// One bit for each field that has a value.
    pub(crate) const fn present(&self) -> u32 {
        self.present
    }

    /// Notes that a required field cannot be used, so that the event will be rejected.
    pub(crate) fn spoil(&mut self, field: Field, fault: Fault) {
        if self.fault.is_none_or(|(first, _)| field < first) {
            self.fault = Some((field, fault));
        }
    }

    /// The event, or the required field that keeps it from being one.
    pub(crate) fn event(&self) -> Result<&Event<'a>, (Field, Fault)> {
        if let Some(fault) = self.fault {
            return Err(fault);
        }
        match Field::REQUIRED.into_iter().find(|field| !self.has(*field)) {
            Some(field) => Err((field, "missing")),
            None => Ok(&self.event),
        }
    }

    /// Sets a field from text; an empty text leaves it absent.
    pub(crate) fn set(&mut self, field: Field, text: &'a str) -> Result<(), Fault> {
        if text.is_empty() {
            return Ok(());
        }
        if self.has(field) {
            return Err(TWICE);
        }
        if text.len() > VALUE_BYTES_MAX {
            return Err(TOO_LONG);
        }
        let event = &mut self.event;
        match field {
            Field::Time => event.time = time(text)?,
            Field::Type => event.event_type = event_type(text)?,
            Field::Account if text.len() > ACCOUNT_BYTES_MAX => return Err(ACCOUNT_TOO_LONG),
            Field::Account => event.account = text,
            Field::Ip => event.ip = Some(address(text)?),
            Field::Asn => event.asn = Some(integer(text)?),
            Field::Country => {
                let country = Country::parse(text.trim_ascii());
                event.country = Some(country.ok_or("not a two-letter country code")?);
            }
            Field::ChallengeOutcome => event.challenge_outcome = Some(challenge_outcome(text)?),
            Field::ChallengeMilliseconds => event.challenge_milliseconds = Some(integer(text)?),
            Field::ChallengeAttempts => event.challenge_attempts = Some(integer(text)?),
            Field::Outcome => event.outcome = Some(outcome(text)?),
            Field::Trusted => event.trusted = Some(boolean(text)?),
            _ => *self.text(field) = Some(text),
        }
        self.present |= field.bit();
        Ok(())
    }

    /// Sets a time, integer or boolean field from an integer.
    pub(crate) fn set_integer(&mut self, field: Field, value: i64) -> Result<(), Fault> {
        if self.has(field) {
            return Err(TWICE);
        }
        let small = || u32::try_from(value).map_err(|_| NOT_AN_INTEGER);
        match field {
            Field::Time => self.event.time = time_from_milliseconds(value)?,
            Field::Asn => self.event.asn = Some(small()?),
            Field::ChallengeMilliseconds => self.event.challenge_milliseconds = Some(small()?),
            Field::ChallengeAttempts => self.event.challenge_attempts = Some(small()?),
            Field::Trusted => match value {
                0 | 1 => self.event.trusted = Some(value == 1),
                _ => return Err(NOT_A_BOOLEAN),
            },
            _ => return Err("a number where text belongs"),
        }
        self.present |= field.bit();
        Ok(())
    }

    fn text(&mut self, field: Field) -> &mut Option<&'a str> {
        let event = &mut self.event;
        match field {
            Field::Email => &mut event.email,
            Field::RecoveryEmail => &mut event.recovery_email,
            Field::Phone => &mut event.phone,
            Field::Username => &mut event.username,
            Field::DisplayName => &mut event.display_name,
            Field::UserAgent => &mut event.user_agent,
            Field::Ja4 => &mut event.ja4,
            Field::DeviceId => &mut event.device_id,
            Field::Locale => &mut event.locale,
            Field::Timezone => &mut event.timezone,
            Field::Referrer => &mut event.referrer,
            Field::Invite => &mut event.invite,
            Field::PaymentId => &mut event.payment_id,
            Field::ChallengeProvider => &mut event.challenge_provider,
            Field::Action => &mut event.action,
            Field::Target => &mut event.target,
            other => unreachable!("{other} is not a text field"),
        }
    }
}

fn time(text: &str) -> Result<Time, Fault> {
    let text = text.trim_ascii();
    match whole_number(text) {
        Some(milliseconds) => time_from_milliseconds(milliseconds),
        None => Time::from_milliseconds(parse_rfc3339(text)?).ok_or(OUTSIDE),
    }
}

fn time_from_milliseconds(milliseconds: i64) -> Result<Time, Fault> {
    Time::from_milliseconds(milliseconds).ok_or_else(|| {
        let seconds_read_as = |unit: i64| {
            milliseconds
                .checked_mul(unit)
                .is_some_and(|value| Time::from_milliseconds(value).is_some())
        };
        if seconds_read_as(1000) {
            "outside 1990 to 2100: in seconds, where milliseconds are expected"
        } else if Time::from_milliseconds(milliseconds / 1000).is_some()
            || Time::from_milliseconds(milliseconds / 1_000_000).is_some()
        {
            "outside 1990 to 2100: in micro- or nanoseconds, where milliseconds are expected"
        } else {
            OUTSIDE
        }
    })
}

/// An integer of at most 18 digits, or one that a spreadsheet or data frame gave a fraction of zero.
fn whole_number(text: &str) -> Option<i64> {
    let whole = match text.split_once('.') {
        Some((whole, fraction))
            if !fraction.is_empty() && fraction.bytes().all(|byte| byte == b'0') =>
        {
            whole
        }
        Some(_) => return None,
        None => text,
    };
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    if digits.is_empty() || digits.len() > 18 {
        return None;
    }
    let mut value = 0;
    for byte in digits.bytes() {
        let digit = byte.wrapping_sub(b'0');
        if digit > 9 {
            return None;
        }
        value = value * 10 + i64::from(digit);
    }
    Some(if digits.len() < whole.len() { -value } else { value })
}

fn integer(text: &str) -> Result<u32, Fault> {
    whole_number(text.trim_ascii())
        .and_then(|value| u32::try_from(value).ok())
        .ok_or(NOT_AN_INTEGER)
}

/// An IPv4 address written as an IPv6 one is the same address.
fn address(text: &str) -> Result<IpAddr, Fault> {
    let text = text.trim_ascii();
    // Only one of the two has colons: neither is tried in vain.
    let address = if text.as_bytes().contains(&b':') {
        text.parse::<Ipv6Addr>().map(|address| IpAddr::V6(address).to_canonical())
    } else {
        text.parse::<Ipv4Addr>().map(IpAddr::V4)
    };
    address.map_err(|_| "not an IPv4 or IPv6 address")
}

/// Finds a word in a short list, in whatever case.
fn word<T: Copy>(text: &str, words: &[(&str, T)]) -> Option<T> {
    let text = text.trim_ascii();
    words.iter().find(|(word, _)| text.eq_ignore_ascii_case(word)).map(|(_, value)| *value)
}

fn event_type(text: &str) -> Result<EventType, Fault> {
    word(
        text,
        &[
            ("signup", EventType::Signup),
            ("login", EventType::Login),
            ("challenge", EventType::Challenge),
            ("action", EventType::Action),
        ],
    )
    .ok_or("none of signup, login, challenge and action")
}

fn challenge_outcome(text: &str) -> Result<ChallengeOutcome, Fault> {
    word(
        text,
        &[
            ("passed", ChallengeOutcome::Passed),
            ("failed", ChallengeOutcome::Failed),
            ("abandoned", ChallengeOutcome::Abandoned),
        ],
    )
    .ok_or("none of passed, failed and abandoned")
}

fn outcome(text: &str) -> Result<Outcome, Fault> {
    word(text, &[("success", Outcome::Success), ("failure", Outcome::Failure)])
        .ok_or("neither success nor failure")
}

fn boolean(text: &str) -> Result<bool, Fault> {
    word(text, &[("true", true), ("false", false), ("1", true), ("0", false)]).ok_or(NOT_A_BOOLEAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fault_of(field: Field, text: &str) -> Option<Fault> {
        Draft::new().set(field, text).err()
    }

    #[test]
    fn numbers_as_sources_write_them() {
        assert_eq!(whole_number("64500"), Some(64_500));
        assert_eq!(whole_number("64500.0"), Some(64_500));
        assert_eq!(whole_number("-1"), Some(-1));
        for text in ["", "-", ".", "1.", ".0", "1.5", "1e3", "+1", "１", "1234567890123456789"] {
            assert_eq!(whole_number(text), None, "{text}");
        }
    }

    #[test]
    fn times_outside_the_range_are_explained() {
        assert_eq!(fault_of(Field::Time, "1601-01-01T00:00:00Z"), Some(OUTSIDE));
        assert_eq!(fault_of(Field::Time, "3000-01-01T00:00:00Z"), Some(OUTSIDE));
        assert_eq!(fault_of(Field::Time, "2099-12-31T23:59:59.999Z"), None);
        assert_eq!(fault_of(Field::Time, "2100-01-01T00:00:00Z"), Some(OUTSIDE));
        assert!(
            fault_of(Field::Time, "1714566896").is_some_and(|fault| fault.contains("in seconds"))
        );
        let micro = fault_of(Field::Time, "1714566896123456");
        assert!(micro.is_some_and(|fault| fault.contains("micro-")));
        assert_eq!(fault_of(Field::Time, "1714566896123"), None);
    }

    #[test]
    fn mapped_addresses_are_the_addresses_they_map() {
        let mut draft = Draft::new();
        draft.set(Field::Ip, "::ffff:203.0.113.9").expect("an address");
        assert_eq!(draft.event.ip, "203.0.113.9".parse().ok());
        assert!(fault_of(Field::Ip, "203.0.113.9:443").is_some());
        assert!(fault_of(Field::Ip, "203.0.113.256").is_some());
    }

    #[test]
    fn lengths_are_limited() {
        let long = "a".repeat(VALUE_BYTES_MAX + 1);
        assert_eq!(fault_of(Field::Email, &long), Some(TOO_LONG));
        assert_eq!(fault_of(Field::Email, &long[1..]), None);
        assert_eq!(fault_of(Field::Account, &long[..257]), Some(ACCOUNT_TOO_LONG));
        assert_eq!(fault_of(Field::Account, &long[..256]), None);
    }

    #[test]
    fn every_field_can_be_set_once() {
        for field in Field::ALL {
            let text = match field {
                Field::Time => "1714566896123",
                Field::Type => "Signup",
                Field::Ip => "2001:db8::1",
                Field::Country => "de",
                Field::ChallengeOutcome => "abandoned",
                Field::Outcome => "failure",
                _ => "1",
            };
            let mut draft = Draft::new();
            assert_eq!(draft.set(field, ""), Ok(()));
            assert!(!draft.has(field));
            assert_eq!(draft.set(field, text), Ok(()), "{field}");
            assert!(draft.has(field));
            assert_eq!(draft.set(field, text), Err(TWICE), "{field}");
        }
    }
}
