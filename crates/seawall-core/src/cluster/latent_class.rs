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

/// Information that the families hold on the group, as a multiple of the entropy of the group.
pub fn split_ratio(first: u32, second: u32, kinds: &[(Family, JointCounts)]) -> f64 {
    let share = f64::from(first) / (f64::from(first) + f64::from(second));
    if share <= 0.0 || share >= 1.0 {
        return 0.0;
    }
    let entropy = -(share * share.log2() + (1.0 - share) * (1.0 - share).log2());
    split_gain_bits(first, second, kinds) / entropy + 1.0
}

/// Bits an account gained by describing two groups as two operations rather than one.
///
/// `Σ over families I(group; value) − H(group)`, taking the most telling kind in each family. From each
/// kind's information is taken what chance gives in all but a few of a hundred cases: the mean of
/// Miller–Madow, `(values − 1) / (2 n ln 2)`, and [`CHANCE_DEVIATIONS`] beyond it, since the best of
/// several kinds is taken and small groups have much of it. Sizes are numbers of accounts; `kinds` gives
/// each kind's family and joint counts.
pub fn split_gain_bits(first: u32, second: u32, kinds: &[(Family, JointCounts)]) -> f64 {
    let n = f64::from(first) + f64::from(second);
    let share = f64::from(first) / n;
    if share <= 0.0 || share >= 1.0 {
        return 0.0;
    }
    let entropy = -(share * share.log2() + (1.0 - share) * (1.0 - share).log2());
    let mut by_family = [0.0_f64; 16];
    for (family, counts) in kinds {
        let slot = &mut by_family[*family as usize];
        *slot = slot.max(mutual_information_bits(n, share, counts));
    }
    by_family.iter().sum::<f64>() - entropy
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

    #[test]
    fn one_pool_of_domains_and_devices_is_one_operation() {
        // Both halves draw from the same 10 domains and 10 devices.
        let same: JointCounts = vec![(50, 50); 10];
        let gain =
            split_gain_bits(500, 500, &[(Family::Domain, same.clone()), (Family::Device, same)]);
        assert!(gain < -0.9, "{gain}");
    }

    #[test]
    fn families_that_move_together_are_two_operations() {
        let disjoint: JointCounts =
            (0..10).map(|i| if i < 5 { (100, 0) } else { (0, 100) }).collect();
        let gain = split_gain_bits(
            500,
            500,
            &[(Family::Domain, disjoint.clone()), (Family::Device, disjoint)],
        );
        // Each family tells the group exactly: 1 + 1 − 1 bits.
        assert!((gain - 1.0).abs() < 0.05, "{gain}");
    }

    #[test]
    fn one_family_alone_does_not_split() {
        let disjoint: JointCounts = vec![(500, 0), (0, 500)];
        let gain = split_gain_bits(500, 500, &[(Family::Domain, disjoint)]);
        assert!(gain.abs() < 0.01, "{gain}");
    }
}
