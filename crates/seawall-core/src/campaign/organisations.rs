//! Are members the people of many organisations, each at its own addresses?
//!
//! An organisation's people share its addresses and its mail domain, so the two go together. An operation that buys both
//! draws on them independently: the mail domain of one account says nothing of that of another at the same address.

/// How mail domains and addresses go together.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Together {
    /// Share of accounts at an address that others of them have too.
    pub sharing: f64,
    /// How often an account at such an address has the mail domain of another at it: the mean over those accounts.
    pub at_address: f64,
    /// How often any two accounts have the same mail domain.
    pub anywhere: f64,
}

/// Looks at the (address, mail domain) of `accounts` accounts; those of which either is not known, or no other's, may be
/// left out. Sorts what it is given.
pub fn together(pairs: &mut [(u32, u32)], accounts: usize) -> Together {
    pairs.sort_unstable();
    let (mut at_address, mut sharing) = (0.0, 0);
    for address in pairs.chunk_by(|a, b| a.0 == b.0).filter(|address| address.len() > 1) {
        let others = (address.len() - 1) as f64;
        let same = address
            .chunk_by(|a, b| a == b)
            .map(|domain| (domain.len() * (domain.len() - 1)) as f64);
        at_address += same.sum::<f64>() / others;
        sharing += address.len();
    }
    pairs.sort_unstable_by_key(|pair| pair.1);
    let same = pairs
        .chunk_by(|a, b| a.1 == b.1)
        .map(|domain| (domain.len() as f64) * (domain.len() - 1) as f64);
    let two = (pairs.len() as f64) * (pairs.len() as f64 - 1.0);
    Together {
        sharing: sharing as f64 / accounts.max(1) as f64,
        at_address: at_address / sharing.max(1) as f64,
        anywhere: same.sum::<f64>() / two.max(1.0),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Straight from the definitions, a pair of accounts at a time.
    fn of_each_pair(pairs: &[(u32, u32)], accounts: usize) -> Together {
        let (mut at_address, mut sharing, mut same, mut two) = (0.0, 0.0, 0.0, 0.0);
        for (index, own) in pairs.iter().enumerate() {
            let others = || pairs.iter().enumerate().filter(|(other, _)| *other != index);
            let beside = || others().filter(|(_, other)| other.0 == own.0);
            let alike = beside().filter(|(_, other)| other.1 == own.1).count() as f64;
            if beside().count() > 0 {
                sharing += 1.0;
                at_address += alike / beside().count() as f64;
            }
            same += others().filter(|(_, other)| other.1 == own.1).count() as f64;
            two += others().count() as f64;
        }
        Together {
            sharing: sharing / accounts.max(1) as f64,
            at_address: at_address / f64::max(sharing, 1.0),
            anywhere: same / f64::max(two, 1.0),
        }
    }

    proptest! {
        #[test]
        fn counts_are_those_of_all_pairs(
            mut pairs in prop::collection::vec((0..6_u32, 0..5_u32), 0..40),
            more in 0..20_usize,
        ) {
            let accounts = pairs.len() + more;
            let expected = of_each_pair(&pairs, accounts);
            let got = together(&mut pairs, accounts);
            prop_assert!((got.sharing - expected.sharing).abs() < 1e-9);
            prop_assert!((got.at_address - expected.at_address).abs() < 1e-9);
            prop_assert!((got.anywhere - expected.anywhere).abs() < 1e-9);
        }
    }
}
