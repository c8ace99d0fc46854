//! Which hot selectors form one signature, and which accounts carry it?
//!
//! Only binding selectors make communities. What operators rent (addresses, solvers) joins the
//! community it occurs with most, so that two operators on one proxy pool stay two.

use std::collections::{BTreeMap, HashMap, HashSet};

use seawall_core::{
    cluster::{
        community::communities,
        disjoint_sets::DisjointSets,
        latent_class::{MERGE_BITS, SPLIT_RATIO},
    },
    link::tail::negative_binomial_ln_upper,
    selector::Family,
};

use super::{
    by_rows,
    growing::{Compared, Growing},
    in_parallel,
    pairs::{Pair, SelectorGraph},
    sample::{Sample, Samples},
    scene::Scene,
};

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
    let groups: Vec<Group> = groups.into_values().collect();
    let split = in_parallel(scene.threads, groups.len(), |at| split(scene, graph, &groups[at]));
    let mut groups: Vec<Group> = split.into_iter().flatten().collect();
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
    // Accounts of each node that take part. Account by account, since those lie side by side.
    let mut taking_part = vec![0_u32; graph.nodes.len()];
    let mut links: Vec<(u32, Family, u32)> = Vec::new();
    for row in 0..graph.rows() {
        links.clear();
        links.extend(graph.nodes_of(row).iter().filter_map(|node| {
            let (info, own) = (graph.nodes[*node as usize], community[*node as usize]);
            (info.link && own != NONE).then_some((own, info.family, *node))
        }));
        for (own, family, node) in &links {
            let another = links.iter().any(|other| other.0 == *own && other.1 != *family);
            taking_part[*node as usize] += u32::from(another);
        }
    }
    for (node, taking_part) in taking_part.into_iter().enumerate() {
        let accounts = graph.rows_of(node as u32).len() as f64;
        if taking_part > 0 && f64::from(taking_part) < PARTICIPATION_MIN * accounts {
            community[node] = NONE;
        }
    }
}

/// Accounts join the community that holds most of their allowed pairs.
fn gather(scene: &Scene<'_>, graph: &SelectorGraph, community: &[u32]) -> BTreeMap<u32, Group> {
    let valid = valid_communities(graph, community);
    // The community of each node, where an account may join it.
    let open: Vec<u32> =
        community.iter().map(|own| if valid.contains(own) { *own } else { NONE }).collect();
    let joined = by_rows(scene.threads, scene.shared.len(), |rows| {
        let mut counts: Vec<(u32, u32)> = Vec::new();
        (rows.start as u32..rows.end as u32)
            .filter_map(|row| Some((joins(scene, graph, &open, row, &mut counts)?, row)))
            .collect::<Vec<(u32, u32)>>()
    });
    let mut groups: BTreeMap<u32, Group> = BTreeMap::new();
    for (own, row) in joined.into_iter().flatten() {
        groups.entry(own).or_default().rows.push(row);
    }
    for (node, own) in community.iter().enumerate() {
        if let Some(group) = groups.get_mut(own) {
            group.nodes.push(node as u32);
        }
    }
    groups.retain(|_, group| group.rows.len() >= ACCOUNTS_MIN);
    groups
}

/// The open community that holds most of an account's allowed pairs, if any does.
fn joins(
    scene: &Scene<'_>,
    graph: &SelectorGraph,
    open: &[u32],
    row: u32,
    counts: &mut Vec<(u32, u32)>,
) -> Option<u32> {
    let nodes = graph.nodes_of(row);
    counts.clear();
    for (index, from) in nodes.iter().enumerate() {
        let own = open[*from as usize];
        if own == NONE {
            continue;
        }
        // An account that deals with one member only has no pair, and no other family to have one in.
        if scene.single_family && nodes.len() == 1 {
            counts.push((own, 1));
        }
        for to in &nodes[index + 1..] {
            if open[*to as usize] == own && graph.has_pair(*from, *to) {
                match counts.iter_mut().find(|entry| entry.0 == own) {
                    Some(entry) => entry.1 += 1,
                    None => counts.push((own, 1)),
                }
            }
        }
    }
    let best = counts.iter().max_by_key(|entry| (entry.1, std::cmp::Reverse(entry.0)));
    best.map(|(own, _)| *own)
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
    let mut growing: HashMap<u32, Growing> =
        std::mem::take(groups).into_iter().map(|(number, group)| (number, group.into())).collect();
    let mut merged = DisjointSets::new(graph.nodes.len());
    let mut compared = Compared::default();
    let mut samples = Samples::default();
    for _ in 0..3 {
        let mut settled = true;
        for ((a, b), excess) in &order {
            let (a, b) = (merged.first_of(*a), merged.first_of(*b));
            let (a, b) = (a.min(b), a.max(b));
            if a == b {
                continue;
            }
            let [Some(own), Some(others)] = growing.get_disjoint_mut([&a, &b]) else { continue };
            let sizes = [own.accounts(), others.accounts()];
            if *excess < MERGE_EXCESS_MIN * sizes[0].min(sizes[1]) as f64
                || !compared.is_due((a, b), sizes[0] + sizes[1])
            {
                continue;
            }
            let [sample, other] = samples.of(scene, [(a, &mut *own), (b, &mut *others)]);
            if sample.split_gains(other, MERGE_BITS) {
                continue;
            }
            samples.forget(b);
            own.absorb(std::mem::take(others));
            growing.remove(&b);
            merged.join(a, b);
            settled = false;
        }
        if settled {
            break;
        }
    }
    *groups = growing.into_iter().map(|(number, group)| (number, group.into_group())).collect();
}

/// The communities of a group at a finer resolution, with the accounts that carry most of each; accounts
/// that carry no binding selector of the group are left out. `row_of` says which row of the graph one of the group is.
pub(crate) fn finer(
    graph: &SelectorGraph,
    group: &Group,
    row_of: impl Fn(u32) -> u32,
    resolution: f64,
) -> Vec<Group> {
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
        let nodes = graph.nodes_of(row_of(*row)).iter();
        for node in nodes.filter(|node| graph.nodes[**node as usize].link) {
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
    let mut parts = finer(graph, group, |row| row, FINER);
    parts.sort_by_key(|part| (std::cmp::Reverse(part.rows.len()), part.nodes[0]));
    let mut apart: Vec<(Group, Sample)> = Vec::new();
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
        let sample = Sample::new(scene, &part.rows);
        match apart.iter_mut().find(|other| !other.1.is_split(&sample, SPLIT_RATIO)) {
            Some((like, seen)) => {
                like.absorb(part);
                *seen = Sample::new(scene, &like.rows);
            }
            None => apart.push((part, sample)),
        }
    }
    apart.into_iter().map(|(group, _)| group).collect()
}

impl Group {
    pub(crate) fn absorb(&mut self, other: Self) {
        merge_in(&mut self.rows, other.rows);
        merge_in(&mut self.nodes, other.nodes);
    }
}

/// Adds numbers in order to others in order.
#[expect(clippy::stable_sort_primitive, reason = "a stable sort merges what is in order already")]
pub(crate) fn merge_in(own: &mut Vec<u32>, other: Vec<u32>) {
    own.extend(other);
    own.sort();
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
