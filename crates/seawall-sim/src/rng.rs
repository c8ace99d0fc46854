//! Where does the randomness come from, and will it be the same in ten years?
//!
//! Everything random about an account is a function of (seed, stream, index): no state is carried
//! from one account to the next, so any hour of a world can be made alone. Transcendental functions
//! come from `libm`, not from the platform, so that a seed means the same bytes everywhere.

/// Mixes a word: a bijection on 64 bits (the finaliser of `SplitMix64`).
pub(crate) const fn mix(word: u64) -> u64 {
    let mut z = word.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Mixes two words into one.
pub(crate) const fn mix2(first: u64, second: u64) -> u64 {
    mix(mix(first) ^ second.wrapping_mul(0xC2B2_AE3D_27D4_EB4F))
}

/// A word as a number in [0, 1).
pub(crate) fn unit(word: u64) -> f64 {
    (word >> 11) as f64 / (1_u64 << 53) as f64
}

/// A word as a number below `end`, without the bias of a remainder.
pub(crate) fn below(word: u64, end: u64) -> u64 {
    u64::try_from((u128::from(word) * u128::from(end)) >> 64).expect("below a 64-bit end")
}

/// `SplitMix64`.
#[derive(Clone, Debug)]
pub(crate) struct Rng(u64);

impl Rng {
    /// The generator of (key, stream): different streams of one key are independent.
    pub(crate) const fn new(key: u64, stream: u64) -> Self {
        Self(mix2(key, stream))
    }

    /// The next 64 bits.
    pub(crate) const fn word(&mut self) -> u64 {
        let word = mix(self.0);
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        word
    }

    /// Uniform in [0, 1).
    pub(crate) fn unit(&mut self) -> f64 {
        unit(self.word())
    }

    /// Uniform below `end`.
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        below(self.word(), end)
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One of a few.
    pub(crate) fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[usize::try_from(self.below(items.len() as u64)).expect("an index of a slice")]
    }

    /// Index drawn by weight.
    pub(crate) fn weighted(&mut self, weights: &[u32]) -> usize {
        let total: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
        let mut left = self.below(total);
        for (index, &weight) in weights.iter().enumerate() {
            if left < u64::from(weight) {
                return index;
            }
            left -= u64::from(weight);
        }
        weights.len() - 1
    }

    /// Standard normal (Box–Muller).
    pub(crate) fn normal(&mut self) -> f64 {
        let radius = libm::sqrt(-2.0 * libm::log(self.unit().max(1e-12)));
        radius * libm::cos(std::f64::consts::TAU * self.unit())
    }

    /// Log-normal with this median and this standard deviation of the logarithm.
    pub(crate) fn lognormal(&mut self, median: f64, sigma: f64) -> f64 {
        median * libm::exp(sigma * self.normal())
    }

    /// Number of failures before the first success.
    pub(crate) fn geometric(&mut self, success: f64, limit: u32) -> u32 {
        let mut count = 0;
        while count < limit && !self.chance(success) {
            count += 1;
        }
        count
    }
}

/// Ranks 0.. below `count`, the weight of rank r being that of r + 1 to r + 2 under x^-exponent.
///
/// Kept as a table with a guide into it: a draw costs no transcendental function.
#[derive(Clone, Debug)]
pub(crate) struct Zipf {
    /// Probability of a rank or a lower one.
    cumulative: Vec<f64>,
    /// For each step of the quantile, the first rank that reaches it.
    guide: Vec<u32>,
}

/// Steps of a guide.
const GUIDE_STEPS: u32 = 2_048;

impl Zipf {
    /// `exponent` must not be 1 exactly.
    pub(crate) fn new(count: u32, exponent: f64) -> Self {
        let power = 1.0 - exponent;
        let span = libm::pow(f64::from(count) + 1.0, power) - 1.0;
        let cumulative: Vec<f64> =
            (0..count).map(|rank| (libm::pow(f64::from(rank) + 2.0, power) - 1.0) / span).collect();
        let guide = (0..=GUIDE_STEPS)
            .map(|step| {
                let quantile = f64::from(step) / f64::from(GUIDE_STEPS);
                let rank = cumulative.partition_point(|&sum| sum <= quantile);
                u32::try_from(rank).expect("a rank").min(count - 1)
            })
            .collect();
        Self { cumulative, guide }
    }

    /// Draws a rank.
    pub(crate) fn draw(&self, rng: &mut Rng) -> u32 {
        self.rank(rng.unit())
    }

    /// The rank at this quantile, in [0, 1).
    pub(crate) fn rank(&self, quantile: f64) -> u32 {
        let step = truncate(quantile * f64::from(GUIDE_STEPS));
        let step = usize::try_from(step).expect("a step");
        let (first, last) = (self.guide[step], self.guide[step + 1]);
        let [from, to] = [first, last].map(|rank| usize::try_from(rank).expect("a rank"));
        let within = self.cumulative[from..to].partition_point(|&sum| sum <= quantile);
        first + u32::try_from(within).expect("a rank")
    }

    /// Probability of a rank.
    pub(crate) fn probability(&self, rank: u32) -> f64 {
        let rank = usize::try_from(rank).expect("a rank");
        let below = if rank == 0 { 0.0 } else { self.cumulative[rank - 1] };
        self.cumulative[rank] - below
    }
}

/// The whole part of a number that is not negative.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, which is what is wanted of a number out of range"
)]
pub(crate) const fn truncate(number: f64) -> u64 {
    number as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_the_published_sequence() {
        // Reference output of SplitMix64 for seed 1234567 (Vigna, prng.di.unimi.it/splitmix64.c).
        let mut rng = Rng(1_234_567);
        let words: Vec<u64> = (0..3).map(|_| rng.word()).collect();
        assert_eq!(
            words,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }

    #[test]
    fn draws_have_the_stated_moments() {
        let mut rng = Rng::new(7, 1);
        let mut times: Vec<f64> = (0..20_001).map(|_| rng.lognormal(12.0, 0.45)).collect();
        times.sort_by(f64::total_cmp);
        assert!((times[10_000] - 12.0).abs() < 0.3, "median {}", times[10_000]);
        let zipf = Zipf::new(60, 1.1);
        let draws = 100_000_u32;
        let first = (0..draws).filter(|_| zipf.draw(&mut rng) == 0).count() as f64;
        assert!((first / f64::from(draws) - zipf.probability(0)).abs() < 0.01);
        let total: f64 = (0..60).map(|rank| zipf.probability(rank)).sum();
        assert!((total - 1.0).abs() < 1e-9);
    }
}
