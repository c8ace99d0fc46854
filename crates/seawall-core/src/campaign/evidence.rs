//! How many bits does a shared value speak for membership?
//!
//! A member's value is compared with how often the other members have it (itself left out) and how
//! often its peers do: accounts of the same country and client that are trusted, or that are simply
//! not in the campaign. The mixing share absorbs members that do not follow the campaign in this kind,
//! so that a value of one's own is worth nothing rather than everything.

/// Least and most bits that one kind may say of one account: model error dominates beyond.
pub const KIND_BITS_MIN: f64 = -4.0;
/// See [`KIND_BITS_MIN`].
pub const KIND_BITS_MAX: f64 = 12.0;
/// Most bits stated for a campaign: a million to one.
pub const CAMPAIGN_BITS_MAX: f64 = 20.0;
/// Bits that a family needs to count as one of those that bind an account.
pub const BINDING_BITS: f64 = 2.0;
/// Members whose value is known that a kind needs to say anything.
pub const KNOWN_MIN: usize = 5;

/// Rounds of expectation and maximisation; the share settles within ten.
const ROUNDS: usize = 15;

/// Share of members that follow the campaign in a kind, from their likelihood ratios.
///
/// `ratios` are `(P(value | rest of the campaign) / P(value | peers), members with that ratio)`; members
/// whose value no other member has need not be listed, but count in `known`, the number of members whose
/// value is known. Returns 0 where fewer than [`KNOWN_MIN`] are.
pub fn mixing_share(ratios: &[(f64, u32)], known: usize) -> f64 {
    if known < KNOWN_MIN {
        return 0.0;
    }
    let mut share = 0.5;
    for _ in 0..ROUNDS {
        let responsibility: f64 = ratios
            .iter()
            .map(|(ratio, members)| {
                f64::from(*members) * share * ratio / (share * ratio + 1.0 - share)
            })
            .sum();
        share = (responsibility / known as f64).clamp(0.0, 0.995);
    }
    share
}

/// Bits that a ratio speaks for membership, given the mixing share; at most `bits_max`, which is
/// [`KIND_BITS_MAX`] or, where an input has one binding family only, [`CAMPAIGN_BITS_MAX`].
pub fn kind_bits(share: f64, ratio: f64, bits_max: f64) -> f64 {
    (share * ratio + 1.0 - share).log2().clamp(KIND_BITS_MIN, bits_max)
}

/// Share of peers with a value: the stratum's own share, drawn towards the global share where the
/// stratum is small.
///
/// `value` and `total` are counts in the stratum, `value_all` and `total_all` over all strata.
pub fn peer_share(value: f64, total: f64, value_all: f64, total_all: f64) -> f64 {
    const WEIGHT: f64 = 50.0;
    let global = (value_all.max(0.0) + 0.5) / (total_all.max(0.0) + 1.0);
    (value.max(0.0) + WEIGHT * global) / (total.max(0.0) + WEIGHT)
}

/// Probability from bits of a likelihood ratio that already include the prior.
pub fn probability(bits: f64) -> f64 {
    1.0 / (1.0 + (-bits).exp2())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unshared_values_of_ones_own_say_nothing() {
        // Everyone has a unique device: nobody else in the campaign has it, so every ratio is 0.
        let share = mixing_share(&[], 50);
        assert!(share < 0.01, "{share}");
        assert!(kind_bits(share, 0.0, KIND_BITS_MAX).abs() < 0.05);
    }

    #[test]
    fn a_value_all_share_and_one_in_a_thousand_peers_has_is_ten_bits() {
        let bits = kind_bits(mixing_share(&[(1000.0, 50)], 50), 1000.0, KIND_BITS_MAX);
        assert!((bits - 9.96).abs() < 0.05, "{bits}");
    }

    #[test]
    fn a_value_as_frequent_as_among_peers_says_nothing() {
        let bits = kind_bits(mixing_share(&[(1.0, 50)], 50), 1.0, KIND_BITS_MAX);
        assert!(bits.abs() < 1e-9, "{bits}");
    }

    #[test]
    fn a_small_stratum_leans_on_the_whole() {
        // 0 of 10 in the stratum, 1 % of all: near 1 %, not near 0.
        let share = peer_share(0.0, 10.0, 1_000.0, 100_000.0);
        assert!((0.005..0.01).contains(&share), "{share}");
        // 0 of 100,000: the stratum's own word.
        assert!(peer_share(0.0, 100_000.0, 1_000.0, 200_000.0) < 1e-4);
    }

    #[test]
    fn six_point_six_bits_are_ninety_nine_percent() {
        assert!((probability(6.6) - 0.99).abs() < 0.001);
    }
}
