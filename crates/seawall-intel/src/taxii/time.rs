//! How are times written? As RFC 3339 in UTC, to the microsecond where TAXII dates, as few digits as STIX wants elsewhere.

use std::fmt;

use jiff::Timestamp;

/// Microseconds since the Unix epoch.
pub type Microseconds = i64;

struct Written(Microseconds, usize);

impl fmt::Display for Written {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let time = Timestamp::from_microsecond(self.0).unwrap_or(Timestamp::UNIX_EPOCH);
        let digits = self.1;
        write!(formatter, "{time:.digits$}")
    }
}

/// A date, as `2016-01-01T00:00:00.000000Z` (TAXII 2.1, 2.1).
pub fn microseconds(time: Microseconds) -> String {
    Written(time, 6).to_string()
}

/// A version, with the three digits that STIX has, or six where it needs them.
pub fn version_text(time: Microseconds) -> String {
    Written(time, if time % 1000 == 0 { 3 } else { 6 }).to_string()
}

/// A time in UTC or with an offset, rounded down; `None` where it is none.
pub fn parse_microseconds(text: &str) -> Option<Microseconds> {
    let time: Timestamp = text.parse().ok()?;
    i64::try_from(time.as_nanosecond().div_euclid(1000)).ok()
}

#[cfg(test)]
mod tests {
    use super::{microseconds, parse_microseconds, version_text};

    #[test]
    fn times_come_out_as_they_went_in() {
        for (text, dated, versioned) in [
            ("2014-05-08T09:00:00Z", "2014-05-08T09:00:00.000000Z", "2014-05-08T09:00:00.000Z"),
            (
                "2017-12-31T13:49:53.935000Z",
                "2017-12-31T13:49:53.935000Z",
                "2017-12-31T13:49:53.935Z",
            ),
            (
                "2016-11-03T12:30:59.001002Z",
                "2016-11-03T12:30:59.001002Z",
                "2016-11-03T12:30:59.001002Z",
            ),
            (
                "1969-12-31T23:59:59.9999999Z",
                "1969-12-31T23:59:59.999999Z",
                "1969-12-31T23:59:59.999999Z",
            ),
        ] {
            let time = parse_microseconds(text).unwrap();
            assert_eq!(
                (microseconds(time).as_str(), version_text(time).as_str()),
                (dated, versioned)
            );
        }
        assert!(parse_microseconds("yesterday").is_none());
    }
}
