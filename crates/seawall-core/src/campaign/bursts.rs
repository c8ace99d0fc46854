//! When did most of a campaign come?
//!
//! For people to see at a glance; no judgement rests on it.

use super::findings::Series;

/// How many times the mean count a step of a burst has.
const TIMES_MEAN: f64 = 2.0;
/// Steps below that which do not end a burst.
const GAP_STEPS: usize = 1;
/// Share of all accounts that a burst has at least.
const SHARE_MIN: f64 = 0.03;
/// Most bursts that are told.
pub const BURSTS_MAX: usize = 12;

/// Steps in which many came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Burst {
    /// Start of its first step, seconds since the Unix epoch.
    pub from_seconds: i64,
    /// End of its last step.
    pub until_seconds: i64,
    /// Accounts that came in it.
    pub accounts: u64,
}

/// Runs of steps that each have at least twice the mean from the first account to the last, in the order of time.
pub fn bursts(series: &Series) -> Vec<Burst> {
    let counts = &series.counts;
    let total: u64 = counts.iter().fold(0, |sum, count| sum.saturating_add(*count));
    let first = counts.iter().position(|count| *count > 0);
    let last = counts.iter().rposition(|count| *count > 0);
    let (Some(first), Some(last)) = (first, last) else { return Vec::new() };
    let mean = total as f64 / (last + 1 - first) as f64;
    let is_high = |step: usize| counts[step] as f64 >= TIMES_MEAN * mean;
    let mut runs: Vec<(usize, usize)> = Vec::new();
    for step in (first..=last).filter(|step| is_high(*step)) {
        match runs.last_mut() {
            Some(run) if step - run.1 <= GAP_STEPS + 1 => run.1 = step,
            _ => runs.push((step, step)),
        }
    }
    let at = |step: usize| {
        series.start_seconds.saturating_add(series.step_seconds.saturating_mul(step as i64))
    };
    let mut found: Vec<Burst> = runs
        .into_iter()
        .map(|(from, to)| Burst {
            from_seconds: at(from),
            until_seconds: at(to + 1),
            accounts: counts[from..=to].iter().fold(0, |sum, count| sum.saturating_add(*count)),
        })
        .filter(|burst| burst.accounts as f64 >= SHARE_MIN * total as f64)
        .collect();
    found.sort_by_key(|burst| (std::cmp::Reverse(burst.accounts), burst.from_seconds));
    found.truncate(BURSTS_MAX);
    found.sort_by_key(|burst| burst.from_seconds);
    found
}

#[cfg(test)]
mod tests {
    use super::{Burst, Series, bursts};

    fn of(counts: &[u64]) -> Vec<(i64, i64, u64)> {
        let series = Series { start_seconds: 1_000, step_seconds: 10, counts: counts.to_vec() };
        let told = |burst: Burst| (burst.from_seconds, burst.until_seconds, burst.accounts);
        bursts(&series).into_iter().map(told).collect()
    }

    #[test]
    fn a_burst_is_where_many_came() {
        assert_eq!(of(&[0, 1, 1, 20, 30, 1, 1, 1, 1, 1, 0]), [(1_030, 1_050, 50)]);
        // A step between two high ones does not part them, three do.
        assert_eq!(
            of(&[1, 20, 1, 20, 1, 1, 1, 20, 1, 1, 1, 1]),
            [(1_010, 1_040, 41), (1_070, 1_080, 20)]
        );
    }

    #[test]
    fn a_steady_stream_has_none() {
        assert_eq!(of(&[5; 40]), []);
        assert_eq!(of(&[]), []);
        assert_eq!(of(&[0, 0]), []);
    }
}
