//! Which hot selectors form one signature, and which accounts carry it?
//!
//! Only binding selectors make communities. What operators rent (addresses, solvers) joins the
//! community it occurs with most, so that two operators on one proxy pool stay two.

use std::collections::{BTreeMap, HashSet};

use seawall_core::{
    cluster::{
        community::communities,
        latent_class::{JointCounts, MERGE_BITS, SPLIT_RATIO, split_gain_bits, split_ratio},
    },
    link::tail::negative_binomial_ln_upper,
    selector::{Family, KindId},
};

use super::{
    pairs::{Pair, SelectorGraph},
    scene::Scene,
};
use crate::count::{RARE, evidence_kinds};

/// Least accounts of a group.
pub(crate) const ACCOUNTS_MIN: usize = 10;
/// Share of a selector's accounts that must carry a second binding selector of its community.
const PARTICIPATION_MIN: f64 = 0.25;
/// Resolution at which a community is looked at again for operations it may have joined.
const FINER: f64 = 3.0;
/// How many times the expectation a community's pairs must occur, taken together.
const COMMUNITY_LIFT_MIN: f64 = 4.0;
/// Accounts below which a part of a group is too small to be compared by itself.
const SMALL_PART: usize = 30;
/// Excess of the pairs between two groups, as a share of the smaller group's accounts, from which they are
/// worth comparing.
const MERGE_EXCESS_MIN: f64 = 0.05;
/// Accounts of each group that the merge test looks at.
const MERGE_SAMPLE: usize = 2000;

/// A signature and the accounts that carry it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Group {
    /// Nodes of the selector graph, ascending.
    pub(crate) nodes: Vec<u32>,
    /// Rows, ascending.
    pub(crate) rows: Vec<u32>,
}

const NONE: u32 = u32::MAX;

/// Groups of accounts, those of one operation merged; in order of their first row.
pub(crate) fn find(scene: &Scene<'_>, graph: &SelectorGraph) -> Vec<Group> {
    let mut community = bind(graph);
    let bound = binding_mask(graph);
    attach_support(graph, &bound, &mut community);
    if !scene.single_family {
        for _ in 0..2 {
            prune(graph, &mut community);
        }
    }
    let mut groups = gather(scene, graph, &community);
    if !scene.single_family {
        merge(scene, graph, &community, &mut groups);
    }
    let mut groups: Vec<Group> =
        groups.into_values().flat_map(|group| split(scene, graph, &group)).collect();
    let mut taken = vec![false; scene.shared.len()];
    for group in &groups {
        for row in &group.rows {
            taken[*row as usize] = true;
        }
    }
    // With one family there is nothing else that a lone selector's accounts could share.
    if !scene.single_family {
        groups.extend(stars(graph, &taken));
    }
    groups.retain(|group| group.rows.len() >= ACCOUNTS_MIN);
    groups.sort_by_key(|group| (group.rows[0], group.nodes[0]));
    groups
}

/// Communities of binding selectors.
fn bind(graph: &SelectorGraph) -> Vec<u32> {
    let edges: Vec<_> =
        graph.links.iter().map(|pair| (pair.from, pair.to, pair.excess())).collect();
    communities(graph.nodes.len(), &edges, 1.0)
}

fn binding_mask(graph: &SelectorGraph) -> Vec<bool> {
    let mut bound = vec![false; graph.nodes.len()];
    for pair in &graph.links {
        bound[pair.from as usize] = true;
        bound[pair.to as usize] = true;
    }
    bound
}

/// Corroborating selectors (and binding ones without a link) join the community with most excess.
fn attach_support(graph: &SelectorGraph, bound: &[bool], community: &mut [u32]) {
    let mut votes: BTreeMap<u32, BTreeMap<u32, f64>> = BTreeMap::new();
    for pair in &graph.supports {
        for (node, other) in [(pair.from, pair.to), (pair.to, pair.from)] {
            if !bound[node as usize] && bound[other as usize] {
                *votes.entry(node).or_default().entry(community[other as usize]).or_default() +=
                    pair.excess();
            }
        }
    }
    for (node, votes) in votes {
        let mut best = (0.0, NONE);
        for (target, excess) in votes {
            if excess > best.0 {
                best = (excess, target);
            }
        }
        if best.1 != NONE {
            community[node as usize] = best.1;
        }
    }
}

/// A bridge shares accounts with a community but does not take part in it: few of its accounts carry
/// anything else that binds there.
fn prune(graph: &SelectorGraph, community: &mut [u32]) {
    let mut dropped = Vec::new();
    for node in 0..graph.nodes.len() as u32 {
        let info = graph.nodes[node as usize];
        if !info.link || community[node as usize] == NONE {
            continue;
        }
        let rows = graph.rows_of(node);
        let taking_part = rows
            .iter()
            .filter(|row| {
                graph.nodes_of(**row).iter().any(|other| {
                    let other_info = graph.nodes[*other as usize];
                    other_info.link
                        && other_info.family != info.family
                        && community[*other as usize] == community[node as usize]
                })
            })
            .count();
        if taking_part > 0 && (taking_part as f64) < PARTICIPATION_MIN * rows.len() as f64 {
            dropped.push(node);
        }
    }
    for node in dropped {
        community[node as usize] = NONE;
    }
}

/// Accounts join the community that holds most of their allowed pairs.
fn gather(scene: &Scene<'_>, graph: &SelectorGraph, community: &[u32]) -> BTreeMap<u32, Group> {
    let allowed: HashSet<(u32, u32)> = graph
        .links
        .iter()
        .chain(&graph.supports)
        .filter(|pair| {
            community[pair.from as usize] != NONE
                && community[pair.from as usize] == community[pair.to as usize]
        })
        .map(|pair| (pair.from, pair.to))
        .collect();
    let valid = valid_communities(graph, community);
    let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
    let mut counts: Vec<(u32, u32)> = Vec::new();
    for row in 0..scene.shared.len() as u32 {
        let nodes = graph.nodes_of(row);
        if nodes.len() < 2 && !scene.single_family {
            continue;
        }
        counts.clear();
        for (index, from) in nodes.iter().enumerate() {
            let own = community[*from as usize];
            if own == NONE || !valid.contains(&own) {
                continue;
            }
            // An account that deals with one member only has no pair, and no other family to have one in.
            if scene.single_family && nodes.len() == 1 {
                counts.push((own, 1));
            }
            for to in &nodes[index + 1..] {
                if community[*to as usize] == own && allowed.contains(&(*from, *to)) {
                    match counts.iter_mut().find(|entry| entry.0 == own) {
                        Some(entry) => entry.1 += 1,
                        None => counts.push((own, 1)),
                    }
                }
            }
        }
        let best = counts.iter().max_by_key(|entry| (entry.1, std::cmp::Reverse(entry.0)));
        if let Some((own, _)) = best {
            groups.entry(*own).or_default().rows.push(row);
        }
    }
    for (node, own) in community.iter().enumerate() {
        if let Some(group) = groups.get_mut(own) {
            group.nodes.push(node as u32);
        }
    }
    groups.retain(|_, group| group.rows.len() >= ACCOUNTS_MIN);
    groups
}

/// Communities whose pairs, taken together, occur far beyond chance.
fn valid_communities(graph: &SelectorGraph, community: &[u32]) -> HashSet<u32> {
    let mut sums: BTreeMap<u32, (f64, f64)> = BTreeMap::new();
    for pair in graph.links.iter().chain(&graph.supports) {
        let own = community[pair.from as usize];
        if own != NONE && own == community[pair.to as usize] {
            let sum = sums.entry(own).or_default();
            sum.0 += f64::from(pair.accounts);
            sum.1 += pair.expected;
        }
    }
    sums.into_iter()
        .filter(|(_, (found, expected))| {
            *found >= COMMUNITY_LIFT_MIN * expected
                && negative_binomial_ln_upper(*found as u64, expected.max(0.02), 20.0) < -20.0
        })
        .map(|(own, _)| own)
        .collect()
}

/// Merges groups that are one operation drawing from several pools.
fn merge(
    scene: &Scene<'_>,
    graph: &SelectorGraph,
    community: &[u32],
    groups: &mut BTreeMap<u32, Group>,
) {
    let mut between: BTreeMap<(u32, u32), f64> = BTreeMap::new();
    for pair in &graph.links {
        let (a, b) = (community[pair.from as usize], community[pair.to as usize]);
        if a != b && groups.contains_key(&a) && groups.contains_key(&b) {
            *between.entry((a.min(b), a.max(b))).or_default() += Pair::excess(pair);
        }
    }
    let mut order: Vec<((u32, u32), f64)> = between.into_iter().collect();
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let mut into: BTreeMap<u32, u32> = BTreeMap::new();
    let resolve = |into: &BTreeMap<u32, u32>, mut own: u32| {
        while let Some(next) = into.get(&own) {
            own = *next;
        }
        own
    };
    // Accounts of two groups when they were last compared.
    let mut compared: BTreeMap<(u32, u32), usize> = BTreeMap::new();
    for _ in 0..3 {
        let mut merged = false;
        for ((a, b), excess) in &order {
            let (a, b) = (resolve(&into, *a), resolve(&into, *b));
            if a == b {
                continue;
            }
            let smaller = groups[&a].rows.len().min(groups[&b].rows.len());
            if *excess < MERGE_EXCESS_MIN * smaller as f64 {
                continue;
            }
            let size = groups[&a].rows.len() + groups[&b].rows.len();
            if compared.insert((a, b), size) == Some(size) {
                continue;
            }
            if gain_bits(scene, &groups[&a], &groups[&b]) >= MERGE_BITS {
                continue;
            }
            let Some(other) = groups.remove(&b) else { continue };
            let Some(group) = groups.get_mut(&a) else { continue };
            group.absorb(other);
            into.insert(b, a);
            merged = true;
        }
        if !merged {
            break;
        }
    }
}

/// The communities of a group at a finer resolution, with the accounts that carry most of each; accounts
/// that carry no binding selector of the group are left out.
pub(crate) fn finer(graph: &SelectorGraph, group: &Group, resolution: f64) -> Vec<Group> {
    let position =
        |node: u32| group.nodes.binary_search(&node).ok().map(|position| position as u32);
    let edges: Vec<_> = group
        .nodes
        .iter()
        .flat_map(|node| graph.links_from(*node))
        .filter_map(|pair| Some((position(pair.from)?, position(pair.to)?, pair.excess())))
        .collect();
    let finer = communities(group.nodes.len(), &edges, resolution);
    let parts_count = finer.iter().max().map_or(0, |last| *last as usize + 1);
    let mut parts: Vec<Group> = vec![Group::default(); parts_count];
    for (node, part) in group.nodes.iter().zip(&finer) {
        parts[*part as usize].nodes.push(*node);
    }
    let mut votes: Vec<(u32, u32)> = Vec::new();
    for row in &group.rows {
        votes.clear();
        for node in graph.nodes_of(*row).iter().filter(|node| graph.nodes[**node as usize].link) {
            let Some(position) = position(*node) else { continue };
            let part = finer[position as usize];
            match votes.iter_mut().find(|entry| entry.0 == part) {
                Some(entry) => entry.1 += 1,
                None => votes.push((part, 1)),
            }
        }
        let best = votes.iter().max_by_key(|(part, count)| (*count, std::cmp::Reverse(*part)));
        if let Some((part, _)) = best {
            parts[*part as usize].rows.push(*row);
        }
    }
    parts.retain(|part| !part.rows.is_empty());
    parts
}

/// Splits a group whose finer communities turn out to be different operations.
fn split(scene: &Scene<'_>, graph: &SelectorGraph, group: &Group) -> Vec<Group> {
    let mut parts = finer(graph, group, FINER);
    parts.sort_by_key(|part| (std::cmp::Reverse(part.rows.len()), part.nodes[0]));
    let mut apart: Vec<Group> = Vec::new();
    // Parts too small to be compared are compared together.
    let (small, mut parts): (Vec<Group>, Vec<Group>) =
        parts.into_iter().partition(|part| part.rows.len() < SMALL_PART);
    let mut remainder = Group::default();
    for part in small {
        remainder.absorb(part);
    }
    if !remainder.rows.is_empty() {
        parts.push(remainder);
    }
    for part in parts {
        let like =
            apart.iter().position(|other| ratio(scene, &other.rows, &part.rows) < SPLIT_RATIO);
        match like {
            Some(index) => apart[index].absorb(part),
            None => apart.push(part),
        }
    }
    apart
}

impl Group {
    pub(crate) fn absorb(&mut self, other: Self) {
        self.rows.extend(other.rows);
        self.rows.sort_unstable();
        self.nodes.extend(other.nodes);
        self.nodes.sort_unstable();
    }
}

/// How far the families agree that two groups are different operations; see [`SPLIT_RATIO`].
pub(crate) fn ratio(scene: &Scene<'_>, a: &[u32], b: &[u32]) -> f64 {
    let (first, second, kinds) = joint_counts(scene, a, b);
    split_ratio(first, second, &kinds)
}

fn gain_bits(scene: &Scene<'_>, a: &Group, b: &Group) -> f64 {
    let (first, second, kinds) = joint_counts(scene, &a.rows, &b.rows);
    split_gain_bits(first, second, &kinds)
}

/// How far one kind tells two groups apart: 1 where it tells them exactly.
pub(crate) fn tells_apart(scene: &Scene<'_>, kind: KindId, a: &[u32], b: &[u32]) -> f64 {
    let (a, b) = (sample(a), sample(b));
    let counts = joint_counts_of(scene, kind, &a, &b);
    split_ratio(a.len() as u32, b.len() as u32, &[(kind.kind().family, counts)])
}

fn joint_counts(scene: &Scene<'_>, a: &[u32], b: &[u32]) -> (u32, u32, Vec<(Family, JointCounts)>) {
    let (a, b) = (sample(a), sample(b));
    let kinds: Vec<(Family, JointCounts)> = evidence_kinds()
        .map(|(kind, info)| (info.family, joint_counts_of(scene, kind, &a, &b)))
        .collect();
    (a.len() as u32, b.len() as u32, kinds)
}

fn sample(rows: &[u32]) -> Vec<u32> {
    rows.iter().copied().step_by(rows.len().div_ceil(MERGE_SAMPLE)).collect()
}

fn joint_counts_of(scene: &Scene<'_>, kind: KindId, a: &[u32], b: &[u32]) -> JointCounts {
    let column = &scene.shared.columns[usize::from(kind.0)];
    let mut entries: Vec<(u32, bool)> = Vec::new();
    for (rows, first) in [(a, true), (b, false)] {
        for row in rows {
            let ids = column.ids_of(*row as usize).iter().take(1);
            entries.extend(ids.filter(|id| **id != RARE).map(|id| (*id, first)));
        }
    }
    entries.sort_unstable();
    entries
        .chunk_by(|x, y| x.0 == y.0)
        .filter(|chunk| chunk.len() >= 2)
        .map(|chunk| {
            let first = chunk.iter().filter(|entry| entry.1).count() as u32;
            (first, chunk.len() as u32 - first)
        })
        .collect()
}

/// Hot binding selectors whose accounts no group took: what they share besides may be too common to be
/// hot, and still tell them apart together.
fn stars(graph: &SelectorGraph, taken: &[bool]) -> Vec<Group> {
    let mut nodes: Vec<u32> =
        (0..graph.nodes.len() as u32).filter(|node| graph.nodes[*node as usize].link).collect();
    // The rarest first: a popular value would take the accounts of a device away from it.
    nodes.sort_by_key(|node| (graph.rows_of(*node).len(), *node));
    let mut taken = taken.to_vec();
    let mut groups = Vec::new();
    for node in nodes {
        let rows: Vec<u32> =
            graph.rows_of(node).iter().copied().filter(|row| !taken[*row as usize]).collect();
        if rows.len() >= ACCOUNTS_MIN && rows.len() * 2 > graph.rows_of(node).len() {
            for row in &rows {
                taken[*row as usize] = true;
            }
            groups.push(Group { nodes: vec![node], rows });
        }
    }
    groups
}
