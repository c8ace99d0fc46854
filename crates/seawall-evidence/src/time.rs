//! When was it? A time, written in the one way that the format knows.

use std::{fmt, str::FromStr};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A time in UTC, to the nanosecond: `2023-12-07T09:00:00.000000000Z` (RFC 3339, always nine decimals).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Time(Timestamp);

/// A text that is no [`Time`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a time of this format: `2023-12-07T09:00:00.000000000Z`, UTC with nine decimals")]
pub struct NotATime;

impl Time {
    /// The time that `jiff` means.
    pub const fn new(timestamp: Timestamp) -> Self {
        Self(timestamp)
    }

    /// As `jiff` means it.
    pub const fn timestamp(self) -> Timestamp {
        self.0
    }

    /// The time that many whole seconds after 1970. Nothing beyond the year 9999.
    pub fn from_unix_seconds(seconds: i64) -> Option<Self> {
        Timestamp::from_second(seconds).ok().map(Self)
    }

    /// From `earlier` to this: negative if it was not earlier.
    pub fn since(self, earlier: Self) -> SignedDuration {
        self.0.duration_since(earlier.0)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.9}", self.0)
    }
}

impl fmt::Debug for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        // jiff reads many spellings: only the one that is written here counts.
        let time = Self(text.parse().map_err(|_| NotATime)?);
        if time.to_string() == text { Ok(time) } else { Err(NotATime) }
    }
}

impl Serialize for Time {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_spelling() {
        let text = "2023-12-07T09:00:00.000000000Z";
        assert_eq!(text.parse::<Time>().unwrap().to_string(), text);
        for bad in [
            "2023-12-07T09:00:00Z",
            "2023-12-07T09:00:00.000Z",
            "2023-12-07t09:00:00.000000000Z",
            "2023-12-07 09:00:00.000000000Z",
            "2023-12-07T10:00:00.000000000+01:00",
            "2023-02-30T09:00:00.000000000Z",
            "2023-12-07T09:00:00.0000000000Z",
            "",
        ] {
            assert_eq!(bad.parse::<Time>(), Err(NotATime), "{bad}");
        }
    }

    #[test]
    fn differences_have_a_sign() {
        let [early, late] = [0, 600].map(|seconds| Time::from_unix_seconds(seconds).unwrap());
        assert_eq!(late.since(early).as_secs(), 600);
        assert_eq!(early.since(late).as_secs(), -600);
        assert_eq!(early.to_string(), "1970-01-01T00:00:00.000000000Z");
    }
}
