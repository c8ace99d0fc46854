//! One operation or two?
//!
//! If two groups of accounts are one operation with pools of selectors, then which group an account
//! is in says nothing that its families have to agree on. If they are two operations, the families
//! move together with the group: knowing the group is worth bits in several families at once.

use crate::selector::Family;

/// Joint counts of one kind's values in two groups: `(in the first, in the second)` for each value
/// that at least two accounts of both groups together carry.
pub type JointCounts = Vec<(u32, u32)>;

/// Groups that gain less than this many bits an account from being told apart are one operation.
pub const MERGE_BITS: f64 = 0.35;

/// Groups whose families agree on telling them apart by at least this many times what it takes to say
/// which group an account is in are two operations: one family alone gives at most 1.
pub const SPLIT_RATIO: f64 = 1.2;

/// Standard deviations beyond its mean that information may reach by chance.
const CHANCE_DEVIATIONS: f64 = 2.0;

/// What families hold on which of two groups an account is in, and what there is to know, in bits an account.
struct Told {
    information_bits: f64,
    entropy_bits: f64,
}

impl Told {
    /// `Σ over families I(group; value)`, taking the most telling kind in each family, of as many kinds as it takes to be
    /// `enough`: information only grows with each. Nothing where one of the groups has no accounts.
    ///
    /// From each kind's information is taken what chance gives in all but a few of a hundred cases: the mean of
    /// Miller–Madow, `(values − 1) / (2 n ln 2)`, and [`CHANCE_DEVIATIONS`] beyond it, since the best of
    /// several kinds is taken and small groups have much of it. Sizes are numbers of accounts; `kinds` gives
    /// each kind's family and joint counts.
    fn new(
        [first, second]: [u32; 2],
        kinds: impl IntoIterator<Item = (Family, JointCounts)>,
        enough: impl Fn(&Self) -> bool,
    ) -> Option<Self> {
        let n = f64::from(first) + f64::from(second);
        let share = f64::from(first) / n;
        if first == 0 || second == 0 {
            return None;
        }
        let entropy_bits = -(share * share.log2() + (1.0 - share) * (1.0 - share).log2());
        let mut by_family = [0.0_f64; 16];
        let mut told = Self { information_bits: 0.0, entropy_bits };
        for (family, counts) in kinds {
            let best = &mut by_family[family as usize];
            *best = best.max(mutual_information_bits(n, share, &counts));
            told.information_bits = by_family.iter().sum();
            if enough(&told) {
                break;
            }
        }
        Some(told)
    }

    fn gain_bits(&self) -> f64 {
        self.information_bits - self.entropy_bits
    }

    fn ratio(&self) -> f64 {
        self.gain_bits() / self.entropy_bits + 1.0
    }
}

/// Information that the families hold on the group, as a multiple of the entropy of the group; nought where a group has
/// no accounts. Sizes are numbers of accounts; `kinds` gives each kind's family and joint counts.
pub fn split_ratio(sizes: [u32; 2], kinds: impl IntoIterator<Item = (Family, JointCounts)>) -> f64 {
    Told::new(sizes, kinds, |_| false).map_or(0.0, |told| told.ratio())
}

/// Whether [`split_ratio`] is at least so much; asks for no more kinds than it takes to know.
pub fn is_split(
    sizes: [u32; 2],
    kinds: impl IntoIterator<Item = (Family, JointCounts)>,
    ratio_min: f64,
) -> bool {
    let enough = |told: &Told| told.ratio() >= ratio_min;
    Told::new(sizes, kinds, enough).is_some_and(|told| enough(&told))
}

/// Whether describing two groups as two operations rather than one, `Σ over families I(group; value) − H(group)`, gains
/// at least so many bits an account; asks for no more kinds than it takes to know.
pub fn split_gains(
    sizes: [u32; 2],
    kinds: impl IntoIterator<Item = (Family, JointCounts)>,
    bits_min: f64,
) -> bool {
    let enough = |told: &Told| told.gain_bits() >= bits_min;
    Told::new(sizes, kinds, enough).is_some_and(|told| enough(&told))
}

fn mutual_information_bits(n: f64, share: f64, counts: &[(u32, u32)]) -> f64 {
    let mut information = 0.0;
    for &(a, b) in counts {
        let (a, b) = (f64::from(a), f64::from(b));
        let p = (a + b) / n;
        if a > 0.0 {
            information += a / n * ((a / n) / (p * share)).log2();
        }
        if b > 0.0 {
            information += b / n * ((b / n) / (p * (1.0 - share))).log2();
        }
    }
    // Where the group says nothing, 2 n ln 2 times the information is distributed as chi-squared.
    let freedom = (counts.len() as f64 - 1.0).max(0.0);
    let by_chance = freedom + CHANCE_DEVIATIONS * (2.0 * freedom).sqrt();
    (information - by_chance / (2.0 * n * std::f64::consts::LN_2)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn gain_bits(kinds: impl IntoIterator<Item = (Family, JointCounts)>) -> f64 {
        Told::new([500, 500], kinds, |_| false).expect("accounts on both sides").gain_bits()
    }

    #[test]
    fn one_pool_of_domains_and_devices_is_one_operation() {
        // Both halves draw from the same 10 domains and 10 devices.
        let same: JointCounts = vec![(50, 50); 10];
        let gain = gain_bits([(Family::Domain, same.clone()), (Family::Device, same)]);
        assert!(gain < -0.9, "{gain}");
    }

    #[test]
    fn families_that_move_together_are_two_operations() {
        let disjoint: JointCounts =
            (0..10).map(|i| if i < 5 { (100, 0) } else { (0, 100) }).collect();
        let gain = gain_bits([(Family::Domain, disjoint.clone()), (Family::Device, disjoint)]);
        // Each family tells the group exactly: 1 + 1 − 1 bits.
        assert!((gain - 1.0).abs() < 0.05, "{gain}");
    }

    #[test]
    fn one_family_alone_does_not_split() {
        let disjoint: JointCounts = vec![(500, 0), (0, 500)];
        let gain = gain_bits([(Family::Domain, disjoint)]);
        assert!(gain.abs() < 0.01, "{gain}");
    }

    proptest! {
        #[test]
        fn what_is_known_early_is_what_all_kinds_say(
            kinds in proptest::collection::vec(
                (0_usize..4, proptest::collection::vec((0_u32..40, 0_u32..40), 1..8)), 0..8,
            ),
            least in 0.0..3.0,
            sizes in [1_u32..300, 1..300],
        ) {
            let families = [Family::Network, Family::Device, Family::Domain, Family::Name];
            let kinds: Vec<(Family, JointCounts)> =
                kinds.into_iter().map(|(family, counts)| (families[family], counts)).collect();
            let all = Told::new(sizes, kinds.clone(), |_| false).expect("accounts on both sides");
            prop_assert_eq!(is_split(sizes, kinds.clone(), least), all.ratio() >= least);
            prop_assert_eq!(split_gains(sizes, kinds, least), all.gain_bits() >= least);
        }
    }
}
