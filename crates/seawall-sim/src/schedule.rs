//! When do accounts sign up?
//!
//! A schedule says which indexes of a cohort sign up in which hour, so that an hour can be made
//! without the hours before it.

use crate::places::PLACES;
use crate::rng::{Rng, Zipf, truncate};

/// Milliseconds in an hour.
pub(crate) const HOUR_MILLISECONDS: i64 = 3_600_000;

/// How busy a local hour is: a normal of mean 14 h and deviation 4.5 h, wrapped.
pub(crate) fn diurnal(local_hour: f64) -> f64 {
    let density = |hour: f64| libm::exp(-0.5 * libm::pow((hour - 14.0) / 4.5, 2.0));
    density(local_hour) + density(local_hour - 24.0) + density(local_hour + 24.0) + 0.02
}

/// How busy a day is, Monday first.
const WEEKDAYS: [f64; 7] = [1.0, 1.03, 1.02, 1.0, 0.96, 0.94, 1.05];

/// Shares of the countries at each hour of the UTC day.
#[derive(Debug)]
pub(crate) struct Clock {
    cumulative: Vec<[f64; PLACES.len()]>,
}

impl Clock {
    /// Country shares follow a Zipf law with this exponent in the order of [`PLACES`].
    pub(crate) fn new(exponent: f64) -> Self {
        let zipf = Zipf::new(u32::try_from(PLACES.len()).expect("sixty places"), exponent);
        let hour_row = |utc_hour: i32| {
            let mut row = [0.0; PLACES.len()];
            let mut total = 0.0;
            for ((index, place), rank) in PLACES.iter().enumerate().zip(0_u32..) {
                let local = (utc_hour + i32::from(place.offset_hours)).rem_euclid(24);
                total += zipf.probability(rank) * diurnal(f64::from(local) + 0.5);
                row[index] = total;
            }
            row
        };
        Self { cumulative: (0..24).map(hour_row).collect() }
    }

    /// How busy an hour of the UTC day is over all countries.
    pub(crate) fn weight(&self, utc_hour: usize) -> f64 {
        self.cumulative[utc_hour][PLACES.len() - 1]
    }

    /// A country, given the hour of the UTC day.
    pub(crate) fn place(&self, utc_hour: usize, rng: &mut Rng) -> u8 {
        let row = &self.cumulative[utc_hour];
        let target = rng.unit() * row[PLACES.len() - 1];
        let index = row.partition_point(|&share| share <= target).min(PLACES.len() - 1);
        u8::try_from(index).expect("sixty places")
    }
}

/// Which indexes sign up in which hour. Hours count from the start of the world.
#[derive(Clone, Debug, Default)]
pub(crate) struct Schedule {
    first_hour: u32,
    cumulative: Vec<u64>,
}

impl Schedule {
    /// Spreads `count` accounts over hours by weight, the first hour being `first_hour`.
    pub(crate) fn new(count: u64, first_hour: u32, weights: &[f64]) -> Self {
        let total: f64 = weights.iter().sum();
        let mut cumulative = Vec::with_capacity(weights.len() + 1);
        cumulative.push(0);
        let mut sum = 0.0;
        for weight in weights {
            sum += weight;
            cumulative.push(truncate(count as f64 * (sum / total) + 0.5).min(count));
        }
        if let Some(last) = cumulative.last_mut() {
            *last = count;
        }
        Self { first_hour, cumulative }
    }

    /// Signups of the population: by the hours of its countries, the weekday, and some noise.
    pub(crate) fn diurnal(
        count: u64,
        first_hour: u32,
        hours: u32,
        clock: &Clock,
        seed: u64,
    ) -> Self {
        let mut rng = Rng::new(seed, 0x5C4E);
        let weights: Vec<f64> = (first_hour..first_hour + hours)
            .map(|hour| {
                let day = usize::try_from(hour / 24 % 7).expect("a weekday");
                let noise = rng.lognormal(1.0, 0.12);
                clock.weight(usize::try_from(hour % 24).expect("an hour")) * WEEKDAYS[day] * noise
            })
            .collect();
        Self::new(count, first_hour, &weights)
    }

    /// Signups in the working or waking hours of one country: a normal of this mean and deviation.
    pub(crate) fn local(
        count: u64,
        first_hour: u32,
        hours: u32,
        offset_hours: i8,
        (mean, deviation): (f64, f64),
    ) -> Self {
        let weights: Vec<f64> = (first_hour..first_hour + hours)
            .map(|hour| {
                let local = (f64::from(hour % 24) + f64::from(offset_hours) + 24.5) % 24.0;
                libm::exp(-0.5 * libm::pow((local - mean) / deviation, 2.0)) + 1e-6
            })
            .collect();
        Self::new(count, first_hour, &weights)
    }

    /// The same number every hour.
    pub(crate) fn flat(count: u64, first_hour: u32, hours: u32) -> Self {
        Self::new(count, first_hour, &vec![1.0; usize::try_from(hours).expect("hours")])
    }

    /// Bursts: a machine that runs now and then, a night here and a night there.
    pub(crate) fn bursts(count: u64, first_hour: u32, hours: u32, seed: u64) -> Self {
        let mut rng = Rng::new(seed, 0xB025);
        let mut level = 0.0;
        let weights: Vec<f64> = (0..hours)
            .map(|_| {
                if rng.chance(0.12) {
                    level = if rng.chance(0.6) { 0.0 } else { rng.lognormal(1.0, 0.7) };
                }
                level + 1e-4
            })
            .collect();
        Self::new(count, first_hour, &weights)
    }

    /// Accounts in all.
    #[cfg(test)]
    pub(crate) fn count(&self) -> u64 {
        self.cumulative.last().copied().unwrap_or(0)
    }

    /// First hour with a place in the schedule.
    pub(crate) const fn first_hour(&self) -> u32 {
        self.first_hour
    }

    /// First hour after the schedule.
    pub(crate) fn end_hour(&self) -> u32 {
        self.first_hour
            + u32::try_from(self.cumulative.len().saturating_sub(1)).expect("hours of a world")
    }

    /// Indexes that sign up in this hour.
    pub(crate) fn indexes(&self, hour: u32) -> std::ops::Range<u64> {
        if hour < self.first_hour || hour >= self.end_hour() {
            return 0..0;
        }
        let position = usize::try_from(hour - self.first_hour).expect("hours of a world");
        self.cumulative[position]..self.cumulative[position + 1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_index_signs_up_once() {
        let clock = Clock::new(1.1);
        for schedule in [
            Schedule::diurnal(10_007, 48, 24 * 30, &clock, 3),
            Schedule::flat(20, 5, 100),
            Schedule::bursts(999, 0, 240, 9),
            Schedule::local(160, 24, 24, -5, (10.0, 1.0)),
        ] {
            let mut next = 0;
            for hour in 0..2000 {
                let indexes = schedule.indexes(hour);
                if !indexes.is_empty() {
                    assert_eq!(indexes.start, next);
                    next = indexes.end;
                }
            }
            assert_eq!(next, schedule.count());
        }
    }

    #[test]
    fn people_sign_up_by_day_where_they_live() {
        let clock = Clock::new(1.1);
        let mut rng = Rng::new(1, 1);
        let japan = crate::places::place_index("JP");
        let share = |utc_hour: usize, rng: &mut Rng| {
            (0..20_000).filter(|_| clock.place(utc_hour, rng) == japan).count()
        };
        // 14 h in Tokyo is 5 h UTC, 2 h in Tokyo is 17 h UTC.
        assert!(share(5, &mut rng) > 3 * share(17, &mut rng));
    }
}
