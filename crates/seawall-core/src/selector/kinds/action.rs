//! What did it do?

pub(crate) mod target;
pub(crate) mod lockstep;
pub(crate) mod counterparty;
pub(crate) mod first_steps;
pub(crate) mod activity;

use super::super::{Subject, text::present, write::push_padded};
use crate::event::Time;

/// What was done and to what; `None` for hubs, which everybody deals with.
pub(crate) fn action_and_target<'a>(subject: &Subject<'a>) -> Option<(&'a str, &'a str)> {
    let action = present(subject.event.action?)?;
    let target = present(subject.event.target?)?;
    (!subject.lists.is_hub(target)).then_some((action, target))
}

/// Appends `follow page123`.
pub(crate) fn push_action(out: &mut String, action: &str, target: &str) {
    out.push_str(action);
    out.push(' ');
    out.push_str(target);
}

/// Appends the start of a quarter of a UTC day: `2026-01-31T18`.
pub(crate) fn push_six_hours(out: &mut String, time: Time) {
    const QUARTER_SECONDS: i64 = 6 * 60 * 60;
    let quarter = time.seconds().div_euclid(QUARTER_SECONDS).rem_euclid(4);
    let (year, month, day) = time.date();
    push_padded(out, year.unsigned_abs(), 4);
    out.push('-');
    push_padded(out, month.unsigned_abs(), 2);
    out.push('-');
    push_padded(out, day.unsigned_abs(), 2);
    out.push('T');
    push_padded(out, quarter.unsigned_abs() * 6, 2);
}

/// Floor of the natural logarithm of one more than a gap in seconds, at most 11.
pub(crate) fn gap_bucket(gap_seconds: i64) -> u8 {
    // e to the power of the bucket, less one, rounded up.
    const STARTS: [i64; 11] = [2, 7, 20, 54, 148, 403, 1096, 2980, 8103, 22_026, 59_874];
    let bucket = STARTS.partition_point(|&start| start <= gap_seconds);
    u8::try_from(bucket).expect("at most eleven")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quarters_of_days_are_named() {
        for (seconds, expected) in [
            (946_684_799, "1999-12-31T18"),
            (946_684_800, "2000-01-01T00"),
            (951_804_000, "2000-02-29T06"),
            (1_767_204_000, "2025-12-31T18"),
            (4_102_444_799, "2099-12-31T18"),
        ] {
            let mut out = String::new();
            push_six_hours(&mut out, Time::from_milliseconds(seconds * 1000).unwrap());
            assert_eq!(out, expected);
        }
    }

    #[test]
    fn gaps_fall_in_logarithmic_buckets() {
        for gap in (0_u32..50_000).chain([59_873, 59_874, 100_000]) {
            let expected = f64::from(gap + 1).ln().floor();
            assert!((f64::from(gap_bucket(i64::from(gap))) - expected).abs() < 0.5, "{gap}");
        }
        assert_eq!(gap_bucket(-5), 0);
        assert_eq!(gap_bucket(i64::MAX), 11);
    }
}
