//! Which candidates are parts of one operation?

use std::collections::{BTreeMap, BTreeSet, HashMap};

use seawall_core::{
    cluster::{disjoint_sets::DisjointSets, latent_class::SPLIT_RATIO},
    selector::{Family, KindId, Role},
};

use super::{
    blocks::TELLING_BITS,
    candidate::Candidate,
    groups::Group,
    growing::{Growing, has_grown},
    in_parallel,
    peers::Peers,
    sample::Sample,
    scene::Scene,
};
use crate::count::evidence_kinds;

/// Bits from which a value is part of a pool of an operation's own.
const POOL_BITS: f64 = 6.0;
/// Share of the entropy of two candidates that a kind may tell, and the pool be the same.
const POOL_APART_MAX: f64 = 0.25;
/// Information of all families on who is in which of two candidates, as a multiple of its entropy, from which they are
/// two operations whatever pools they share: two families may say one thing twice (who has a mailbox has its name).
const APART_MIN: f64 = 2.5;
/// Candidates that are tried with each other for one value.
const UNITE_MAX: usize = 40;

/// A value that tells a candidate.
#[derive(Clone, Copy)]
struct Telling {
    value: (KindId, u32),
    /// Members that have it.
    members: u32,
    bits: f64,
}

/// For each candidate, the first one of its operation: candidates that share a telling value and that no
/// two families tell apart, or that draw from the same pools in two families and are not told apart by
/// these, unless all others together leave no doubt.
pub(crate) fn parts(scene: &Scene<'_>, peers: &Peers, candidates: &[Candidate]) -> Vec<usize> {
    let telling: Vec<Vec<Telling>> = in_parallel(scene.threads, candidates.len(), |index| {
        telling_values(peers, &candidates[index])
    });
    let mut holders: BTreeMap<(KindId, u32), Vec<usize>> = BTreeMap::new();
    for (index, values) in telling.iter().enumerate() {
        for telling in values {
            holders.entry(telling.value).or_default().push(index);
        }
    }
    let mut united = DisjointSets::new(candidates.len());
    let mut groups: Vec<Growing> = candidates.iter().map(members).collect();
    let rows: Vec<&[u32]> = groups.iter_mut().map(Growing::rows).collect();
    // With how many accounts each had then.
    let mut samples: Vec<(usize, Sample)> = in_parallel(scene.threads, rows.len(), |index| {
        (rows[index].len(), Sample::new(scene, rows[index]))
    });
    let mut tried: BTreeSet<(usize, usize)> = BTreeSet::new();
    // For each two candidates that were not united, the parts they were in then, and what had been seen of these.
    let mut asked: HashMap<(usize, usize), [(usize, usize); 2]> = HashMap::new();
    for holders in holders.values() {
        for (position, first) in holders.iter().enumerate().take(UNITE_MAX) {
            for second in holders.iter().skip(position + 1).take(UNITE_MAX) {
                let mut part_of = |index: usize| united.first_of(index as u32) as usize;
                let (a, b) = (part_of(*first), part_of(*second));
                let (a, b) = (a.min(b), a.max(b));
                if a == b {
                    continue;
                }
                // Two that share many values come often, and the answer is the same until their parts have grown.
                let seen = [(a, samples[a].0), (b, samples[b].0)];
                if asked.insert((*first, *second), seen) == Some(seen) {
                    continue;
                }
                let (less, more) =
                    if candidates[*first].members.len() < candidates[*second].members.len() {
                        (*first, *second)
                    } else {
                        (*second, *first)
                    };
                let members = candidates[less].members.len();
                let (own, other) = (&samples[a].1, &samples[b].1);
                let apart = |kind| own.tells_apart(other, kind);
                if same_pools(&telling[less], &telling[more], members, apart)
                    && !own.is_split(other, APART_MIN)
                    || tried.insert((a, b)) && !own.is_split(other, SPLIT_RATIO)
                {
                    let moved = std::mem::take(&mut groups[b]);
                    groups[a].absorb(moved);
                    let accounts = groups[a].accounts();
                    if has_grown(samples[a].0, accounts) {
                        samples[a] = (accounts, Sample::at_once(scene, groups[a].rows()));
                    }
                    united.join(a as u32, b as u32);
                }
            }
        }
    }
    (0..candidates.len() as u32).map(|index| united.first_of(index) as usize).collect()
}

/// The members of a candidate.
fn members(candidate: &Candidate) -> Growing {
    Growing::from(Group { nodes: Vec::new(), rows: candidate.rows() })
}

/// Values that at least a hundredth of a candidate has and few others do, ascending.
fn telling_values(peers: &Peers, candidate: &Candidate) -> Vec<Telling> {
    let least = (candidate.members.len() as u32 / 100).max(5);
    let mut telling = Vec::new();
    for (kind, _) in evidence_kinds() {
        for (id, members) in candidate.profile.values(kind) {
            if members < least {
                break;
            }
            let bits = candidate.profile.value_bits(peers, kind, id);
            if bits >= TELLING_BITS {
                telling.push(Telling { value: (kind, id), members, bits });
            }
        }
    }
    telling.sort_unstable_by_key(|telling| telling.value);
    telling
}

/// Whether most of a candidate's members have, in two binding families, values that hardly anyone has but
/// both candidates, and that both have alike: where a few accounts stand in the wrong one of two operations,
/// each seems to have the other's values.
fn same_pools(
    less: &[Telling],
    more: &[Telling],
    members: usize,
    apart: impl Fn(KindId) -> f64,
) -> bool {
    let mut by_kind: BTreeMap<KindId, u32> = BTreeMap::new();
    let rare = |telling: &Telling| telling.bits >= POOL_BITS;
    for telling in less.iter().filter(|telling| rare(telling)) {
        let (kind, _) = telling.value;
        let Ok(at) = more.binary_search_by_key(&telling.value, |other| other.value) else {
            continue;
        };
        if kind.kind().role == Role::Link && rare(&more[at]) {
            *by_kind.entry(kind).or_default() += telling.members;
        }
    }
    let families: BTreeSet<Family> = by_kind
        .into_iter()
        .filter(|(kind, count)| *count as usize * 2 >= members && apart(*kind) <= POOL_APART_MAX)
        .map(|(kind, _)| kind.kind().family)
        .collect();
    families.len() >= 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pools_are_the_same_if_both_draw_from_them_alike() {
        let kind = |name: &str| KindId::from_name(name).expect("a kind");
        let mut telling: Vec<Telling> = [("device_id", 1), ("device_id", 2), ("email_domain", 1)]
            .map(|(name, id)| Telling { value: (kind(name), id), members: 30, bits: 8.0 })
            .to_vec();
        telling.sort_unstable_by_key(|telling| telling.value);
        assert!(same_pools(&telling, &telling, 60, |_| 0.1));
        // Some of one operation among the other's accounts: the values occur in both, and tell them apart.
        assert!(!same_pools(&telling, &telling, 60, |_| 0.6));
    }
}
