//! How is time written for people, and where do the marks of a time axis lie? Always UTC.

use jiff::{Timestamp, civil, tz::TimeZone};

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Steps of a time axis shorter than a month: seconds, and seconds from the epoch to the first mark.
/// Weeks begin on Monday; the epoch was a Thursday.
const STEPS: &[(i64, i64)] = &[
    (60, 0),
    (300, 0),
    (900, 0),
    (3_600, 0),
    (3 * 3_600, 0),
    (6 * 3_600, 0),
    (12 * 3_600, 0),
    (DAY, 0),
    (2 * DAY, 0),
    (7 * DAY, 4 * DAY),
    (14 * DAY, 4 * DAY),
];
const DAY: i64 = 86_400;
/// Steps of a time axis in months.
const STEPS_MONTHS: &[i32] = &[1, 2, 3, 6, 12, 24, 60, 120];

/// A mark on a time axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mark {
    /// Seconds since the Unix epoch.
    pub(crate) seconds: i64,
    pub(crate) label: String,
}

/// A moment for people: "9 May 2026, 02:11". What is not RFC 3339 is returned as it is.
pub fn moment(rfc3339: &str) -> String {
    match rfc3339.parse::<Timestamp>() {
        Ok(at) => {
            let at = civil(at);
            format!("{}, {:02}:{:02}", date(at.date(), true), at.hour(), at.minute())
        }
        Err(_) => rfc3339.to_owned(),
    }
}

/// A moment for people, from seconds since the Unix epoch; the seconds where no calendar has them.
pub fn moment_of(seconds: i64) -> String {
    match Timestamp::from_second(seconds) {
        Ok(at) => moment(&at.to_string()),
        Err(_) => format!("{seconds} s"),
    }
}

/// A period for people, from seconds since the Unix epoch.
pub(crate) fn period_of(first: i64, last: i64) -> String {
    let text = |seconds| {
        Timestamp::from_second(seconds).map_or_else(|_| format!("{seconds} s"), |at| at.to_string())
    };
    period(&text(first), &text(last))
}

/// A period for people, no more precise than needed: "9 to 15 May 2026", "9 May 2026, 02:11 to 04:30".
pub fn period(first: &str, last: &str) -> String {
    let (Ok(from), Ok(to)) = (first.parse::<Timestamp>(), last.parse::<Timestamp>()) else {
        return format!("{first} to {last}");
    };
    let (from, to) = (civil(from), civil(to));
    let end = date(to.date(), true);
    if from.date() == to.date() {
        let clock = |at: civil::DateTime| format!("{:02}:{:02}", at.hour(), at.minute());
        format!("{end}, {} to {}", clock(from), clock(to))
    } else if (from.year(), from.month()) == (to.year(), to.month()) {
        format!("{} to {end}", from.day())
    } else {
        format!("{} to {end}", date(from.date(), from.year() != to.year()))
    }
}

/// A length of time for people: "6 h", "15 min", "2 days".
pub(crate) fn length(seconds: i64) -> String {
    for (unit, one, many) in [(DAY, "day", "days"), (3_600, "h", "h"), (60, "min", "min")] {
        if seconds >= unit && seconds % unit == 0 {
            let number = seconds / unit;
            return format!("{number} {}", if number == 1 { one } else { many });
        }
    }
    format!("{seconds} s")
}

/// At most `marks_max` marks from `first` to `last`, seconds since the Unix epoch.
pub(crate) fn marks(first: i64, last: i64, marks_max: usize) -> Vec<Mark> {
    let span = last.saturating_sub(first).max(0);
    let limit = i64::try_from(marks_max.max(1)).unwrap_or(i64::MAX);
    if let Some(&(step, offset)) = STEPS.iter().find(|(step, _)| span / step < limit) {
        let start = first + (offset - first).rem_euclid(step);
        return (0..=limit)
            .map(|index| start + index * step)
            .take_while(|seconds| *seconds < last)
            .map(|seconds| Mark { seconds, label: label(seconds, step) })
            .collect();
    }
    months(first, last, marks_max)
}

fn months(first: i64, last: i64, marks_max: usize) -> Vec<Mark> {
    let (Ok(from), Ok(to)) = (Timestamp::from_second(first), Timestamp::from_second(last)) else {
        return Vec::new();
    };
    let index = |at: civil::DateTime| i32::from(at.year()) * 12 + i32::from(at.month()) - 1;
    let (from, to) = (index(civil(from)), index(civil(to)));
    let step = STEPS_MONTHS
        .iter()
        .copied()
        .find(|step| usize::try_from((to - from) / step).is_ok_and(|marks| marks < marks_max))
        .unwrap_or(1_200);
    (from..=to)
        .filter(|month| month.rem_euclid(step) == 0)
        .filter_map(|month| {
            let year = i16::try_from(month.div_euclid(12)).ok()?;
            let number = i8::try_from(month.rem_euclid(12) + 1).ok()?;
            let start = civil::Date::new(year, number, 1).ok()?;
            let seconds = start.to_zoned(TimeZone::UTC).ok()?.timestamp().as_second();
            let label = if step >= 12 { year.to_string() } else { month_label(start) };
            (seconds >= first && seconds < last).then_some(Mark { seconds, label })
        })
        .collect()
}

fn label(seconds: i64, step: i64) -> String {
    let Ok(at) = Timestamp::from_second(seconds) else { return String::new() };
    let at = civil(at);
    if step >= DAY || (at.hour(), at.minute()) == (0, 0) {
        date(at.date(), false)
    } else {
        format!("{:02}:{:02}", at.hour(), at.minute())
    }
}

fn month_label(date: civil::Date) -> String {
    format!("{} {}", month_name(date), date.year())
}

fn date(date: civil::Date, with_year: bool) -> String {
    let day = format!("{} {}", date.day(), month_name(date));
    if with_year { format!("{day} {}", date.year()) } else { day }
}

fn month_name(date: civil::Date) -> &'static str {
    usize::try_from(date.month() - 1).ok().and_then(|index| MONTHS.get(index)).unwrap_or(&"")
}

fn civil(at: Timestamp) -> civil::DateTime {
    TimeZone::UTC.to_datetime(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{length, marks, moment, period};

    #[test]
    fn periods_are_no_more_precise_than_needed() {
        let first = "2026-05-09T02:11:40Z";
        assert_eq!(moment(first), "9 May 2026, 02:11");
        assert_eq!(period(first, "2026-05-15T21:04:08Z"), "9 to 15 May 2026");
        assert_eq!(period(first, "2026-05-09T04:30:00Z"), "9 May 2026, 02:11 to 04:30");
        assert_eq!(period(first, "2026-06-01T00:00:00Z"), "9 May to 1 Jun 2026");
        assert_eq!(period("2025-12-31T00:00:00Z", first), "31 Dec 2025 to 9 May 2026");
        assert_eq!(moment("yesterday"), "yesterday");
        assert_eq!(length(21_600), "6 h");
        assert_eq!(length(172_800), "2 days");
        assert_eq!(length(90), "90 s");
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        // 2026-05-01 is a Friday, 2026-05-04 a Monday.
        let month = marks(1_777_593_600, 1_777_593_600 + 31 * 86_400, 6);
        assert_eq!(month[0].label, "4 May");
        assert_eq!(month.len(), 4);
        let years = marks(1_700_000_000, 1_777_593_600, 8);
        assert_eq!(years[0].label, "Jan 2024");
        assert!(years.iter().all(|mark| mark.label.len() == 8));
    }

    proptest! {
        #[test]
        fn marks_lie_within_the_axis_in_order(first in 631_152_000_i64..4_102_444_800, span in 0_i64..3_000_000_000, limit in 2_usize..12) {
            let last = (first + span).min(4_102_444_799);
            let marks = marks(first, last, limit);
            prop_assert!(marks.len() <= limit + 1);
            prop_assert!(marks.iter().all(|mark| mark.seconds >= first && mark.seconds <= last));
            prop_assert!(marks.is_sorted_by(|left, right| left.seconds < right.seconds));
        }
    }
}
