//! When was it, to the nanosecond?

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time in UTC, written as the format of a case has it: RFC 3339 with nine decimals.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Moment(Timestamp);

/// A text that is no [`Moment`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a time in UTC, such as `2023-12-07T09:00:00Z`")]
pub struct NotAMoment;

impl Moment {
    /// The moment that `jiff` means.
    pub const fn new(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }

    /// As `jiff` means it.
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }

    /// From `earlier` to this; negative where it was not earlier.
    pub fn since(self, earlier: Self) -> SignedDuration {
        self.0.duration_since(earlier.0)
    }

    /// So many hours later; the last moment there is where there is none so late.
    #[must_use]
    pub fn plus_hours(self, hours: i64) -> Self {
        let later = self.0.checked_add(SignedDuration::from_hours(hours));
        Self(later.unwrap_or(Timestamp::MAX))
    }

    /// The day it was in UTC.
    pub fn date(self) -> Date {
        self.0.to_zoned(TimeZone::UTC).date()
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:.9}", self.0)
    }
}

impl fmt::Debug for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, formatter)
    }
}

impl FromStr for Moment {
    type Err = NotAMoment;

    fn from_str(text: &str) -> Result<Self, NotAMoment> {
        // Another offset names the same moment, but hides which clock was read.
        if text.len() > 40 || !text.ends_with('Z') {
            return Err(NotAMoment);
        }
        text.parse().map(Self).map_err(|_| NotAMoment)
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Moment;

    #[test]
    fn one_spelling_comes_out_and_utc_alone_goes_in() {
        let moment: Moment = "2023-12-07T09:00:00Z".parse().unwrap();
        assert_eq!(moment.to_string(), "2023-12-07T09:00:00.000000000Z");
        assert_eq!(moment.date().to_string(), "2023-12-07");
        assert_eq!(moment.plus_hours(24).to_string(), "2023-12-08T09:00:00.000000000Z");
        for bad in ["2023-12-07", "2023-12-07T09:00:00+01:00", "2023-13-07T09:00:00Z", ""] {
            assert!(bad.parse::<Moment>().is_err(), "{bad}");
        }
    }
}
