//! When is each account of a stage due, where the stage is spread over time?
//!
//! Whoever makes accounts learns from what happens to them: what comes at once tells which rule it came of. So each account
//! of a stage gets a moment by lot within the longest delay. The lot is the action's id, which nobody outside has, so the
//! moments are the same after each start, and nobody can know them before.

use std::ops::Range;

use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

/// Moments of a stage at most, so that large stages are asked for in batches: a minute apart in three days.
const MOMENTS_MAX: i64 = 4_320;

/// The moments of a stage.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spread {
    /// When the stage began, later by what it was paused for, in milliseconds since the Unix epoch.
    began_at: i64,
    /// From one moment to the next, in milliseconds.
    step: i64,
    /// For each moment, the first row that is not due by then.
    ends: Vec<u32>,
}

impl Spread {
    /// Draws the moments of a stage. Rows are in an order by lot already, so it suffices to draw how many are due when.
    pub(super) fn new(
        action: &str,
        stage: usize,
        rows: Range<u32>,
        delay_seconds_max: u32,
        began_at: i64,
    ) -> Self {
        let delay = i64::from(delay_seconds_max) * 1000;
        let step = ((delay + MOMENTS_MAX - 1) / MOMENTS_MAX).max(1000);
        let moments = (delay / step + 1) as usize;
        let seed = xxh3_64(format!("{action}.stage-{stage}").as_bytes());
        let mut ends = vec![0; moments];
        for row in rows.clone() {
            let lot = xxh3_64_with_seed(&row.to_le_bytes(), seed);
            ends[((u128::from(lot) * moments as u128) >> 64) as usize] += 1;
        }
        let mut end = rows.start;
        for own in &mut ends {
            end += *own;
            *own = end;
        }
        Self { began_at, step, ends }
    }

    /// The first row that is not due at a moment.
    pub(super) fn end(&self, now: i64) -> u32 {
        let passed = now.saturating_sub(self.began_at);
        if passed < 0 {
            return 0;
        }
        let last = self.ends.len() - 1;
        self.ends[usize::try_from(passed / self.step).unwrap_or(last).min(last)]
    }

    /// When a row is due.
    pub(super) fn at(&self, row: u32) -> i64 {
        let moment = self.ends.partition_point(|end| *end <= row).min(self.ends.len() - 1);
        self.began_at + self.step * moment as i64
    }

    /// Nothing was sent for so long: what is still to come comes so much later.
    pub(super) const fn put_off(&mut self, milliseconds: i64) {
        self.began_at = self.began_at.saturating_add(milliseconds);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOURS: u32 = 3600;

    #[test]
    fn moments_follow_from_the_id_of_the_action_and_stay_within_the_longest_delay() {
        let spread = |action, stage| Spread::new(action, stage, 10..1010, 72 * HOURS, 5_000);
        let one = spread("act-1", 2);
        assert_eq!(one, spread("act-1", 2));
        assert_ne!(one.ends, spread("act-2", 2).ends);
        assert_ne!(one.ends, spread("act-1", 3).ends);
        let times: Vec<i64> = (10..1010).map(|row| one.at(row)).collect();
        assert!(times.is_sorted());
        assert!(times[0] >= 5_000 && times[999] <= 5_000 + 72 * 3_600_000);
        for (row, at) in (10..1010).zip(&times) {
            assert!(one.end(*at) > row && one.end(at - 1) <= row, "{row}");
        }
        assert_eq!((one.end(4_999), one.end(i64::MAX)), (0, 1010));
    }

    /// Uniform: the greatest distance from the straight line is what Kolmogorov and Smirnov let it be, one in a thousand.
    #[test]
    fn moments_are_spread_evenly() {
        for action in ["act-1", "act-2", "act-3"] {
            let spread = Spread::new(action, 1, 0..10_000, 72 * HOURS, 0);
            let all = f64::from(72 * HOURS) * 1000.0;
            let distance = (0..10_000_u32)
                .map(|row| (f64::from(row) / 10_000.0 - spread.at(row) as f64 / all).abs())
                .fold(0.0, f64::max);
            assert!(distance < 1.95 / 10_000_f64.sqrt(), "{action}: {distance}");
        }
    }

    #[test]
    fn a_short_delay_has_few_moments_and_one_account_one() {
        let short = Spread::new("act-1", 1, 0..1000, 2, 0);
        assert_eq!((short.step, short.ends.len()), (1000, 3));
        let one = Spread::new("act-1", 1, 0..1, HOURS, 0);
        assert!((0..=3_600_000).contains(&one.at(0)));
        assert_eq!(one.end(one.at(0)), 1);
    }
}
