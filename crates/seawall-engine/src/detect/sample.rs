//! Are two groups one operation or two, going by a sample of each?

use seawall_core::{
    cluster::latent_class::{JointCounts, split_gain_bits, split_ratio},
    selector::{Family, KindId},
};

use super::{in_parallel, scene::Scene};
use crate::count::{ABSENT, RARE, evidence_kinds};

/// Accounts of each group that are usually looked at.
const ACCOUNTS_MAX: usize = 2000;

/// What some accounts of a group have.
pub(crate) struct Sample {
    accounts: u32,
    /// For each kind of evidence, the accounts' shared values, ascending; of several values the first.
    kinds: Vec<(KindId, Vec<u32>)>,
}

impl Sample {
    pub(crate) fn new(scene: &Scene<'_>, rows: &[u32]) -> Self {
        Self::of_at_most(ACCOUNTS_MAX, scene, rows)
    }

    pub(crate) fn of_at_most(accounts_max: usize, scene: &Scene<'_>, rows: &[u32]) -> Self {
        let rows = sampled(accounts_max, rows);
        let kinds = evidence_kinds().map(|(kind, _)| (kind, ids_of(scene, kind, &rows))).collect();
        Self { accounts: rows.len() as u32, kinds }
    }

    /// The same on all threads, for who has no others to look at meanwhile.
    pub(crate) fn at_once(scene: &Scene<'_>, rows: &[u32]) -> Self {
        let rows = sampled(ACCOUNTS_MAX, rows);
        let kinds: Vec<KindId> = evidence_kinds().map(|(kind, _)| kind).collect();
        let kinds = in_parallel(scene.threads, kinds.len(), |at| {
            (kinds[at], ids_of(scene, kinds[at], &rows))
        });
        Self { accounts: rows.len() as u32, kinds }
    }

    /// How far the families agree that the two are different operations; see
    /// [`SPLIT_RATIO`](seawall_core::cluster::latent_class::SPLIT_RATIO).
    pub(crate) fn split_ratio(&self, other: &Self) -> f64 {
        split_ratio(self.accounts, other.accounts, &self.all_joint_counts(other))
    }

    /// What is gained by telling the two apart, in bits an account.
    pub(crate) fn split_gain_bits(&self, other: &Self) -> f64 {
        split_gain_bits(self.accounts, other.accounts, &self.all_joint_counts(other))
    }

    /// How far one kind tells the two apart: 1 where it tells them exactly.
    pub(crate) fn tells_apart(&self, other: &Self, kind: KindId) -> f64 {
        let counts: Vec<_> = self.joint_counts(other, |own| own == kind).collect();
        split_ratio(self.accounts, other.accounts, &counts)
    }

    fn all_joint_counts(&self, other: &Self) -> Vec<(Family, JointCounts)> {
        self.joint_counts(other, |_| true).collect()
    }

    fn joint_counts(
        &self,
        other: &Self,
        wanted: impl Fn(KindId) -> bool,
    ) -> impl Iterator<Item = (Family, JointCounts)> {
        let both = self.kinds.iter().zip(&other.kinds);
        both.filter(move |((kind, _), _)| wanted(*kind))
            .map(|((kind, own), (_, others))| (kind.kind().family, joint_counts(own, others)))
    }
}

/// So many of the rows at most, evenly spread.
fn sampled(accounts_max: usize, rows: &[u32]) -> Vec<u32> {
    let step = rows.len().div_ceil(accounts_max).max(1);
    rows.iter().copied().step_by(step).collect()
}

/// The shared values of a kind that accounts have, ascending; of several the first.
fn ids_of(scene: &Scene<'_>, kind: KindId, rows: &[u32]) -> Vec<u32> {
    let mut ids = Vec::new();
    scene.shared.columns[usize::from(kind.0)].first_ids(rows, &mut ids);
    ids.retain(|id| *id != ABSENT && *id != RARE);
    ids.sort_unstable();
    ids
}

/// How many of each side have each value that two or more have; both ascending.
fn joint_counts(mut first: &[u32], mut second: &[u32]) -> JointCounts {
    let mut counts = JointCounts::default();
    let take = |ids: &mut &[u32], id: u32| {
        let count = ids.iter().take_while(|other| **other == id).count();
        *ids = &ids[count..];
        count as u32
    };
    while let Some(id) = first.first().into_iter().chain(second.first()).min().copied() {
        let (own, others) = (take(&mut first, id), take(&mut second, id));
        if own + others >= 2 {
            counts.push((own, others));
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::joint_counts;

    #[test]
    fn values_are_counted_on_both_sides_and_lone_ones_left_out() {
        assert_eq!(joint_counts(&[2, 2, 5, 7], &[2, 3, 7, 9, 9]), [(2, 1), (1, 1), (0, 2)]);
        assert_eq!(joint_counts(&[], &[4, 4]), [(0, 2)]);
    }
}
