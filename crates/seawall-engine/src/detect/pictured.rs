//! Who has what within a candidate, in numbers small enough for a picture?

use std::{cmp::Reverse, collections::BTreeMap};

use seawall_core::{
    campaign::{
        findings::{AccountGroup, CountryCount},
        groups::grouped,
    },
    selector::{KindId, kind_seed, value_hash},
};

use super::{candidate::Candidate, judge::Judgement};
use crate::count::{RARE, Shared};

/// Members by which of the `nodes` they carry: at most 64, those that most members carry first.
pub(crate) fn groups(
    judgement: &Judgement,
    candidate: &Candidate,
    nodes: &[(u32, u32)],
) -> Vec<AccountGroup> {
    let mut sets = vec![0_u64; candidate.members.len()];
    for (bit, (node, _)) in nodes.iter().enumerate() {
        for row in judgement.graph.rows_of(*node) {
            if let Ok(index) = candidate.members.binary_search_by_key(row, |member| member.0) {
                sets[index] |= 1 << bit;
            }
        }
    }
    grouped(sets)
}

/// Where members are from, most first.
pub(crate) fn countries(shared: &Shared, candidate: &Candidate) -> Vec<CountryCount> {
    let Some(kind) = KindId::from_name("country") else { return Vec::new() };
    let column = &shared.columns[usize::from(kind.0)];
    let mut counts: BTreeMap<u32, u64> = BTreeMap::new();
    for (row, _) in &candidate.members {
        for id in column.ids_of(*row as usize).iter().filter(|id| **id != RARE) {
            *counts.entry(*id).or_default() += 1;
        }
    }
    let codes = codes(kind);
    let mut found: Vec<CountryCount> = counts
        .into_iter()
        .filter_map(|(id, accounts)| {
            let country = codes.get(&column.hashes[id as usize - 1])?.clone();
            Some(CountryCount { country, accounts })
        })
        .collect();
    found.sort_by(|a, b| (Reverse(a.accounts), &a.country).cmp(&(Reverse(b.accounts), &b.country)));
    found
}

/// Every pair of letters by its hash: there are so few that no event needs to be read again.
fn codes(kind: KindId) -> BTreeMap<u64, String> {
    let seed = kind_seed(kind.kind());
    let pairs = ('A'..='Z').flat_map(|first| ('A'..='Z').map(move |second| [first, second]));
    pairs
        .map(|pair| {
            let code = String::from_iter(pair);
            (value_hash(seed, &code), code)
        })
        .collect()
}
