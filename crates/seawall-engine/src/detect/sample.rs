//! Are two groups one operation or two, going by a sample of each?

use std::{cmp::Ordering, collections::HashMap};

use seawall_core::{
    cluster::latent_class::{JointCounts, is_split, split_gains, split_ratio},
    selector::{Family, KindId},
};

use super::{
    growing::{Growing, has_grown},
    in_parallel,
    scene::Scene,
};
use crate::count::{ABSENT, RARE, evidence_kinds};

/// Accounts of each group that are usually looked at.
const ACCOUNTS_MAX: usize = 2000;
/// Accounts in samples that are kept, at 352 bytes each or less.
const SAMPLED_MAX: u32 = 500_000;

/// What some accounts of a group have.
pub(crate) struct Sample {
    accounts: u32,
    /// For each kind of evidence, the accounts' shared values with how many have each, ascending; of several values of an
    /// account the first.
    kinds: Vec<(KindId, Vec<(u32, u32)>)>,
}

impl Sample {
    pub(crate) fn new(scene: &Scene<'_>, rows: &[u32]) -> Self {
        Self::of_at_most(ACCOUNTS_MAX, scene, rows)
    }

    pub(crate) fn of_at_most(accounts_max: usize, scene: &Scene<'_>, rows: &[u32]) -> Self {
        let rows = sampled(accounts_max, rows);
        let kinds =
            evidence_kinds().map(|(kind, _)| (kind, counts_of(scene, kind, &rows))).collect();
        Self { accounts: rows.len() as u32, kinds }
    }

    /// The same on all threads, for who has no others to look at meanwhile.
    pub(crate) fn at_once(scene: &Scene<'_>, rows: &[u32]) -> Self {
        let rows = sampled(ACCOUNTS_MAX, rows);
        let kinds: Vec<KindId> = evidence_kinds().map(|(kind, _)| kind).collect();
        let kinds = in_parallel(scene.threads, kinds.len(), |at| {
            (kinds[at], counts_of(scene, kinds[at], &rows))
        });
        Self { accounts: rows.len() as u32, kinds }
    }

    /// How far the families agree that the two are different operations; see
    /// [`SPLIT_RATIO`](seawall_core::cluster::latent_class::SPLIT_RATIO).
    pub(crate) fn split_ratio(&self, other: &Self) -> f64 {
        split_ratio(self.sizes(other), self.joint_counts(other, |_| true))
    }

    /// Whether they agree at least so far.
    pub(crate) fn is_split(&self, other: &Self, ratio_min: f64) -> bool {
        is_split(self.sizes(other), self.joint_counts(other, |_| true), ratio_min)
    }

    /// Whether telling the two apart gains at least so many bits an account.
    pub(crate) fn split_gains(&self, other: &Self, bits_min: f64) -> bool {
        split_gains(self.sizes(other), self.joint_counts(other, |_| true), bits_min)
    }

    /// How far one kind tells the two apart: 1 where it tells them exactly.
    pub(crate) fn tells_apart(&self, other: &Self, kind: KindId) -> f64 {
        split_ratio(self.sizes(other), self.joint_counts(other, |own| own == kind))
    }

    fn sizes(&self, other: &Self) -> [u32; 2] {
        [self.accounts, other.accounts]
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

/// Samples of groups that are compared with each other time and again, as far as there is room for them.
#[derive(Default)]
pub(crate) struct Samples {
    /// With how many accounts each group had then.
    kept: HashMap<u32, (usize, Sample)>,
    accounts: u32,
}

impl Samples {
    /// Looks at two groups, given by their numbers, where they have grown since.
    pub(crate) fn of(
        &mut self,
        scene: &Scene<'_>,
        groups: [(u32, &mut Growing); 2],
    ) -> [&Sample; 2] {
        if self.accounts > SAMPLED_MAX {
            *self = Self::default();
        }
        let numbers = groups.each_ref().map(|group| group.0);
        for (number, group) in groups {
            let holds = |(then, _): &(usize, Sample)| !has_grown(*then, group.accounts());
            if !self.kept.get(&number).is_some_and(holds) {
                self.forget(number);
                let sample = Sample::new(scene, group.rows());
                self.accounts += sample.accounts;
                self.kept.insert(number, (group.accounts(), sample));
            }
        }
        numbers.map(|number| &self.kept[&number].1)
    }

    /// Lets go of the sample of a group that is no longer.
    pub(crate) fn forget(&mut self, number: u32) {
        if let Some((_, sample)) = self.kept.remove(&number) {
            self.accounts -= sample.accounts;
        }
    }
}

/// So many of the rows at most, evenly spread.
fn sampled(accounts_max: usize, rows: &[u32]) -> Vec<u32> {
    let step = rows.len().div_ceil(accounts_max).max(1);
    rows.iter().copied().step_by(step).collect()
}

/// The shared values of a kind that accounts have, ascending, with how many have each; of several the first.
fn counts_of(scene: &Scene<'_>, kind: KindId, rows: &[u32]) -> Vec<(u32, u32)> {
    let mut ids = Vec::new();
    scene.shared.columns[usize::from(kind.0)].first_ids(rows, &mut ids);
    ids.retain(|id| *id != ABSENT && *id != RARE);
    ids.sort_unstable();
    ids.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u32)).collect()
}

/// How many of each side have each value that two or more have; both ascending.
fn joint_counts(mut first: &[(u32, u32)], mut second: &[(u32, u32)]) -> JointCounts {
    let mut counts = JointCounts::default();
    let mut note = |own: u32, others: u32| {
        if own + others >= 2 {
            counts.push((own, others));
        }
    };
    while let ([(own, own_count), own_rest @ ..], [(other, other_count), others_rest @ ..]) =
        (first, second)
    {
        match own.cmp(other) {
            Ordering::Less => {
                note(*own_count, 0);
                first = own_rest;
            }
            Ordering::Equal => {
                note(*own_count, *other_count);
                (first, second) = (own_rest, others_rest);
            }
            Ordering::Greater => {
                note(0, *other_count);
                second = others_rest;
            }
        }
    }
    for (_, count) in first {
        note(*count, 0);
    }
    for (_, count) in second {
        note(0, *count);
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::joint_counts;

    #[test]
    fn values_are_counted_on_both_sides_and_lone_ones_left_out() {
        let first = [(2, 2), (5, 1), (7, 1)];
        assert_eq!(
            joint_counts(&first, &[(2, 1), (3, 1), (7, 1), (9, 2)]),
            [(2, 1), (1, 1), (0, 2)]
        );
        assert_eq!(joint_counts(&[], &[(4, 2)]), [(0, 2)]);
    }
}
