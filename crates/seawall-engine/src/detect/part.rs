//! Is a candidate two operations?
//!
//! One operation that has a hold on what two use (a template, say) draws the other's accounts into its
//! community. A value that tells some of the members apart tells them apart in its own family; where the other
//! families say the same once more, it is another operation's. What does not bind tells as well: who has a network to
//! themselves may have a hundred devices, none of which tells many apart.

use std::collections::BTreeMap;

use seawall_core::selector::{KindId, Role};

use super::{candidate::Candidate, groups, sample::Sample, scene::Scene};
use crate::count::evidence_kinds;

/// Information of all families on who has a value, as a multiple of its entropy, from which those who have it
/// are another operation. Its own family gives 1.
const APART_MIN: f64 = 2.0;
/// Values of a kind that are tried.
const VALUES_MAX: usize = 4;
/// Members of each side that are looked at.
const SAMPLE: usize = 500;

/// Parts the members of a candidate by the value that tells most of them apart; nothing where none does.
pub(crate) fn part(scene: &Scene<'_>, candidate: &Candidate) -> Option<[Vec<u32>; 2]> {
    best_kinds(candidate)
        .flat_map(|kind| {
            let values = candidate.profile.values(kind).into_iter();
            values.take(VALUES_MAX).map(move |value| (kind, value.0))
        })
        .filter_map(|(kind, id)| {
            let [with, without] = sides(scene, candidate, kind, id);
            let enough = with.len().min(without.len()) >= least(candidate.members.len());
            enough.then(|| {
                let taken = |rows: &[u32]| Sample::of_at_most(SAMPLE, scene, rows);
                (taken(&with).split_ratio(&taken(&without)), [with, without])
            })
        })
        .filter(|(ratio, _)| *ratio >= APART_MIN)
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
        .map(|(_, sides)| sides)
}

/// The kind with most bits in each family, one that binds and one that does not.
fn best_kinds(candidate: &Candidate) -> impl Iterator<Item = KindId> {
    let bits = |kind: KindId| candidate.kind_bits[usize::from(kind.0)];
    let mut best: BTreeMap<(u16, bool), KindId> = BTreeMap::new();
    for (kind, info) in evidence_kinds().filter(|(kind, _)| bits(*kind) > 0.0) {
        let best = best.entry((info.family as u16, info.role == Role::Link)).or_insert(kind);
        if bits(kind) > bits(*best) {
            *best = kind;
        }
    }
    best.into_values()
}

/// Members that have a value, and those that do not.
fn sides(scene: &Scene<'_>, candidate: &Candidate, kind: KindId, id: u32) -> [Vec<u32>; 2] {
    let column = &scene.shared.columns[usize::from(kind.0)];
    let rows = candidate.members.iter().map(|member| member.0);
    let (with, without) = rows.partition(|row| column.ids_of(*row as usize).contains(&id));
    [with, without]
}

/// Members that either side must have: a twentieth, and enough to be an operation.
fn least(members: usize) -> usize {
    (members / 20).max(3 * groups::ACCOUNTS_MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn either_side_must_be_enough_to_be_an_operation() {
        assert_eq!(least(100), 30);
        assert_eq!(least(4000), 200);
    }
}
