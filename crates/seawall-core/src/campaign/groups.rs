//! Which members have the same selectors, so that a hundred thousand of them fit a picture?
//!
//! Members that carry the same selectors of the graph are one group. Where a campaign draws from large pools,
//! every member is soon alone with its combination: then only the selectors that most members carry tell groups
//! apart, and the others are counted within each.

use std::{cmp::Reverse, collections::BTreeMap};

use super::findings::AccountGroup;

/// Groups that are told apart; all smaller ones are taken together.
pub const GROUPS_MAX: usize = 16;
/// Selectors that are kept of each group.
pub const SELECTORS_MAX: usize = 24;
/// How many selectors tell groups apart, from the finest to the coarsest.
const TELLING: [u32; 9] = [64, 40, 28, 20, 14, 10, 7, 5, 3];
/// Share of the members that is to be in groups told apart.
const TOLD_APART: f64 = 0.85;

/// Groups members by the selectors that they carry: one set for each member, with bit `n` for the node `n` of a
/// graph of at most 64, whose nodes come in the order of how many members carry them.
///
/// The largest group comes first. What is left is one more entry, of several groups.
pub fn grouped(members: impl IntoIterator<Item = u64>) -> Vec<AccountGroup> {
    let mut sets: BTreeMap<u64, u64> = BTreeMap::new();
    for set in members {
        *sets.entry(set).or_default() += 1;
    }
    let all: u64 = sets.values().sum();
    let told = |bits: u32| {
        let mut sizes: BTreeMap<u64, u64> = BTreeMap::new();
        for (set, accounts) in &sets {
            *sizes.entry(set & low(bits)).or_default() += accounts;
        }
        let mut ranked: Vec<(u64, u64)> = sizes.into_iter().collect();
        ranked.sort_by_key(|(set, accounts)| (Reverse(*accounts), *set));
        ranked
    };
    let covers = |ranked: &[(u64, u64)]| {
        let largest: u64 = ranked.iter().take(GROUPS_MAX).map(|entry| entry.1).sum();
        largest as f64 >= TOLD_APART * all as f64
    };
    let coarsest = TELLING[TELLING.len() - 1];
    let bits = TELLING.into_iter().find(|bits| covers(&told(*bits))).unwrap_or(coarsest);
    let ranked = told(bits);
    let place: BTreeMap<u64, usize> =
        ranked.iter().enumerate().map(|(index, (set, _))| (*set, index.min(GROUPS_MAX))).collect();
    let mut carried = vec![[0_u64; 64]; ranked.len().min(GROUPS_MAX + 1)];
    let mut groups: Vec<AccountGroup> = vec![AccountGroup::default(); carried.len()];
    for (index, (_, accounts)) in ranked.iter().enumerate() {
        let group = &mut groups[index.min(GROUPS_MAX)];
        group.accounts += accounts;
        group.groups += 1;
    }
    for (set, accounts) in &sets {
        let counts = &mut carried[place[&(set & low(bits))]];
        for node in (0..64).filter(|node| set >> node & 1 == 1) {
            counts[node] += accounts;
        }
    }
    for (group, counts) in groups.iter_mut().zip(&carried) {
        group.selectors = strongest(counts);
    }
    groups
}

fn low(bits: u32) -> u64 {
    u64::MAX.checked_shr(64 - bits.min(64)).unwrap_or_default()
}

/// (node, accounts), most accounts first.
fn strongest(counts: &[u64; 64]) -> Vec<(u32, u64)> {
    let mut selectors: Vec<(u32, u64)> =
        (0..).zip(counts.iter().copied()).filter(|(_, accounts)| *accounts > 0).collect();
    selectors.sort_by_key(|(node, accounts)| (Reverse(*accounts), *node));
    selectors.truncate(SELECTORS_MAX);
    selectors
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{AccountGroup, GROUPS_MAX, grouped};

    #[test]
    fn members_with_the_same_selectors_are_one_group() {
        let groups = grouped([0b011, 0b011, 0b101, 0, 0b011, 0b101]);
        let told: Vec<_> = groups
            .iter()
            .map(|group| (group.accounts, group.groups, &group.selectors[..]))
            .collect();
        assert_eq!(
            told,
            [(3, 1, &[(0, 3), (1, 3)][..]), (2, 1, &[(0, 2), (2, 2)][..]), (1, 1, &[][..]),]
        );
    }

    #[test]
    fn large_pools_are_told_apart_by_what_most_carry() {
        // Two devices, and a domain of forty for each member: whoever has a rare domain goes with the device.
        let members = (0..8_000_u64).map(|member| (1 << (member % 2)) | (1 << (2 + member % 40)));
        let groups = grouped(members);
        assert!(groups.len() <= GROUPS_MAX + 1, "{}", groups.len());
        let of = |groups: &[AccountGroup]| groups.iter().map(|group| group.accounts).sum::<u64>();
        assert_eq!(of(&groups), 8_000);
        assert!(of(&groups[..GROUPS_MAX]) >= 6_800, "{}", of(&groups[..GROUPS_MAX]));
        for (device, group) in (0..2).zip(&groups) {
            assert_eq!(group.selectors[0], (device, group.accounts));
        }
    }

    proptest! {
        #[test]
        fn nobody_is_lost_and_order_does_not_matter(mut members in prop::collection::vec(any::<u64>(), 0..200)) {
            let groups = grouped(members.iter().copied());
            prop_assert!(groups.len() <= GROUPS_MAX + 1);
            prop_assert_eq!(groups.iter().map(|group| group.accounts).sum::<u64>(), members.len() as u64);
            for group in &groups {
                prop_assert!(group.selectors.iter().all(|(_, accounts)| *accounts <= group.accounts));
            }
            members.reverse();
            prop_assert_eq!(groups, grouped(members));
        }
    }
}
