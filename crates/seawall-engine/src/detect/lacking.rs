//! Which values that a campaign lacks are its own all the same?
//!
//! A device whose accounts no pair of hot selectors brought in speaks against each of them, taken one by one: no
//! member has it. Taken together they speak for it: there is no reason for most accounts of a stranger's device to
//! fit the campaign in two other families. Whether it is the campaign's is one question, however many accounts it
//! has, so the prior counts once against what all of them say.

use seawall_core::{
    campaign::{findings::FAMILIES, membership::MEMBER_BITS},
    selector::{KindId, Role},
};

use super::{profile::Belonging, scene::Scene};
use crate::count::{RARE, evidence_kinds};

/// Accounts that a value needs: more than a household's.
const ACCOUNTS_MIN: usize = 9;
/// Share of a value's judged accounts that must fit the campaign otherwise.
const FITTING_MIN: f64 = 0.5;
/// Families beside the value's own that must bind an account.
const OTHERS_MIN: u32 = 2;

/// An account that fits a campaign but for one value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Misfit {
    campaign: u32,
    kind: KindId,
    id: u32,
    row: u32,
    /// What it says for the campaign without the value's family and before anything is known of it, in bits.
    bits: f32,
    /// What is said against any account.
    prior_bits: f32,
}

impl Misfit {
    /// The value, for which campaign.
    fn value(&self) -> (u32, KindId, u32) {
        (self.campaign, self.kind, self.id)
    }
}

/// Adds the values for which an account that contradicts a campaign would fit it without their family.
pub(crate) fn note(
    scene: &Scene<'_>,
    (campaign, prior_bits): (u32, f32),
    row: u32,
    belonging: &Belonging,
    misfits: &mut Vec<Misfit>,
) {
    let bits_without = |family: usize| belonging.bits - prior_bits - belonging.family_bits[family];
    let fits_without = |family: usize| {
        let others = belonging.binding & !(1 << family);
        others.count_ones() >= OTHERS_MIN && f64::from(bits_without(family)) >= MEMBER_BITS
    };
    if !belonging.contradicts || !(0..FAMILIES.len()).any(fits_without) {
        return;
    }
    let kinds = evidence_kinds().filter(|(_, info)| info.role == Role::Link);
    for (kind, info) in kinds.filter(|(_, info)| fits_without(info.family as usize)) {
        let bits = bits_without(info.family as usize);
        let counts = &scene.counts[usize::from(kind.0)];
        let ids = scene.shared.columns[usize::from(kind.0)].ids_of(row as usize);
        let shared = ids.iter().filter(|id| {
            **id != RARE
                && (ACCOUNTS_MIN as u32..scene.popular_min()).contains(&counts[**id as usize - 1])
        });
        misfits.extend(shared.map(|id| Misfit { campaign, kind, id: *id, row, bits, prior_bits }));
    }
}

/// The (campaign, row) of those whose value is the campaign's own, each row once; `count` says how many judged
/// accounts have a value.
pub(crate) fn own(mut misfits: Vec<Misfit>, count: impl Fn(KindId, u32) -> u32) -> Vec<(u32, u32)> {
    misfits.sort_unstable_by_key(|misfit| (misfit.value(), misfit.row));
    let mut own: Vec<(u32, u32)> = misfits
        .chunk_by(|a, b| a.value() == b.value())
        .filter(|chunk| {
            let all = f64::from(count(chunk[0].kind, chunk[0].id));
            let bits: f32 = chunk.iter().map(|misfit| misfit.bits).sum();
            chunk.len() >= ACCOUNTS_MIN
                && chunk.len() as f64 >= FITTING_MIN * all
                && f64::from(bits + chunk[0].prior_bits) >= MEMBER_BITS
        })
        .flatten()
        .map(|misfit| (misfit.campaign, misfit.row))
        .collect();
    // Campaigns are in order of strength.
    own.sort_unstable_by_key(|(campaign, row)| (*row, *campaign));
    own.dedup_by_key(|entry| entry.1);
    own
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An account that says so much for a campaign of one in 65,536.
    fn misfit(campaign: u32, row: u32, bits: f32) -> Misfit {
        let kind = KindId::from_name("device_id").expect("a kind");
        Misfit { campaign, kind, id: 1, row, bits, prior_bits: -16.0 }
    }

    /// Whether a value is taken for the campaign's of which so many of its accounts would fit it, by so many bits each.
    fn is_own_by(bits: f32, fitting: u32, all: u32) -> bool {
        let rows = own((0..fitting).map(|row| misfit(0, row, bits)).collect(), |_, _| all).len();
        assert!(rows == 0 || rows == fitting as usize);
        rows > 0
    }

    fn is_own(fitting: u32, all: u32) -> bool {
        is_own_by(8.0, fitting, all)
    }

    #[test]
    fn the_prior_counts_once_against_all_of_its_accounts() {
        // Each of them says half of what is against it.
        assert!(is_own_by(8.0, 20, 24));
        assert!(!is_own_by(1.0, 16, 20), "together they say no more than what is against them");
    }

    #[test]
    fn a_value_is_a_campaigns_own_if_most_of_its_accounts_fit() {
        assert!(is_own(20, 24));
        assert!(!is_own(20, 60));
    }

    #[test]
    fn a_household_fits_by_chance() {
        assert!(!is_own(6, 6));
    }

    #[test]
    fn an_account_goes_to_the_strongest_campaign() {
        let misfits = (0..40).map(|n| misfit(n % 2, n / 2, 8.0)).collect();
        assert_eq!(own(misfits, |_, _| 20), (0..20).map(|row| (0, row)).collect::<Vec<_>>());
    }
}
