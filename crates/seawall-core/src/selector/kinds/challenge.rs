//! How were its challenges solved?

pub(crate) mod challenge_mix;
pub(crate) mod challenge_time;

use std::sync::LazyLock;

/// Width of a bucket of solving times, in units of their natural logarithm: about 16 %.
const BUCKET_LOG: f64 = 0.15;
/// The natural logarithm of 0.05 s in buckets: people solve nothing faster.
const BUCKET_MIN: i32 = -20;
/// Of about 90 minutes.
const BUCKET_MAX: i32 = 57;

/// Start of each bucket in milliseconds, rounded up, and its label; the first takes all below it.
static BUCKETS: LazyLock<Vec<(u32, String)>> = LazyLock::new(|| {
    // e to the power of the width by its series, then only multiplication, so that every machine
    // gets the same buckets; the platform's exponential need not agree.
    let step = (1..20_u32).rev().fold(1.0, |sum, term| 1.0 + BUCKET_LOG / f64::from(term) * sum);
    let start = |bucket: i32| {
        let power = (0..bucket.unsigned_abs()).fold(1.0, |product, _| product * step);
        if bucket < 0 { 1000.0 / power } else { 1000.0 * power }
    };
    (BUCKET_MIN..=BUCKET_MAX)
        .map(|bucket| {
            let label =
                format!("{:.2}-{:.2} s", start(bucket) / 1000.0, start(bucket + 1) / 1000.0);
            (milliseconds(start(bucket)), label)
        })
        .collect()
});

fn milliseconds(exact: f64) -> u32 {
    // Two thirds of an hour in milliseconds is far below the limit of the type.
    (0..u32::BITS).rev().fold(0, |value, bit| {
        let next = value | 1 << bit;
        if f64::from(next) < exact.ceil() + 0.5 { next } else { value }
    })
}

/// Appends one part of a mix, after a separator where it is not the first.
pub(crate) fn push_part(out: &mut String, part: &str, parts: &mut u32) {
    if *parts > 0 {
        out.push('|');
    }
    out.push_str(part);
    *parts += 1;
}

/// The bucket that a time to solve a challenge falls in, in words: `12.18-14.15 s`.
pub(crate) fn solve_time_label(milliseconds: u32) -> &'static str {
    &BUCKETS[solve_time_number(milliseconds) as usize - 1].1
}

/// The number of that bucket, from 1.
pub(crate) fn solve_time_number(milliseconds: u32) -> u64 {
    BUCKETS.partition_point(|bucket| bucket.0 <= milliseconds).max(1) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_of_the_logarithm() {
        for milliseconds in (60..3_000_000).step_by(997) {
            let bucket = ((f64::from(milliseconds) / 1000.0).ln() / BUCKET_LOG).floor();
            let expected = format!(
                "{:.2}-{:.2} s",
                (bucket * BUCKET_LOG).exp(),
                ((bucket + 1.0) * BUCKET_LOG).exp()
            );
            assert_eq!(solve_time_label(milliseconds), expected, "{milliseconds} ms");
        }
        assert_eq!(solve_time_label(0), solve_time_label(49));
        assert_eq!(solve_time_label(u32::MAX), BUCKETS.last().unwrap().1);
        assert_eq!(solve_time_label(1000), "1.00-1.16 s");
        assert_eq!(solve_time_label(999), "0.86-1.00 s");
    }
}
