//! Which hot selectors occur together?
//!
//! Pairs are counted through the accounts that carry both, and no pair of accounts is formed: the work is the sum over
//! accounts of the square of their hot selectors.

use seawall_core::link::tail::negative_binomial_ln_upper;

use super::{hot::Node, in_parallel, scene::Scene};
use crate::{
    Error,
    spread::{Carried, Gather},
};

/// Hot selectors kept for one account: the rarest.
const NODES_MAX: usize = 32;
/// Of one kind.
const NODES_OF_KIND_MAX: usize = 4;
/// Share of a stratum above which a value fills it.
const FILLS_MIN: f64 = 0.02;
/// How many times the expectation a pair must occur.
const LIFT_MIN: f64 = 4.0;

/// Two hot selectors of different families that occur together.
#[derive(Clone, Copy, Debug)]
pub struct Pair {
    pub(crate) from: u32,
    pub(crate) to: u32,
    /// Accounts that carry both.
    pub(crate) accounts: u32,
    /// Accounts expected to by chance.
    pub(crate) expected: f64,
}

impl Pair {
    /// The two.
    pub(crate) fn ends(&self) -> (u32, u32) {
        (self.from, self.to)
    }

    pub(crate) fn excess(&self) -> f64 {
        f64::from(self.accounts) - self.expected
    }
}

/// The selector graph.
pub(crate) struct SelectorGraph {
    pub(crate) nodes: Vec<Node>,
    /// Nodes of each account: where they start in `row_nodes`.
    row_offsets: Vec<u32>,
    row_nodes: Vec<u32>,
    /// Accounts of each node.
    node_offsets: Vec<u32>,
    node_rows: Vec<u32>,
    /// Pairs of binding selectors.
    pub(crate) links: Vec<Pair>,
    /// Pairs of a binding and a corroborating selector, or of two corroborating ones.
    pub(crate) supports: Vec<Pair>,
    /// Where the pairs from each node start.
    link_offsets: Vec<u32>,
    support_offsets: Vec<u32>,
}

impl SelectorGraph {
    /// Number of accounts, judged or not.
    pub(crate) fn rows(&self) -> u32 {
        self.row_offsets.len() as u32 - 1
    }

    /// Hot selectors of an account, ascending.
    pub(crate) fn nodes_of(&self, row: u32) -> &[u32] {
        &self.row_nodes
            [self.row_offsets[row as usize] as usize..self.row_offsets[row as usize + 1] as usize]
    }

    /// Accounts of a hot selector, ascending.
    pub(crate) fn rows_of(&self, node: u32) -> &[u32] {
        &self.node_rows[self.node_offsets[node as usize] as usize
            ..self.node_offsets[node as usize + 1] as usize]
    }

    /// Links from a hot selector to later ones.
    pub(crate) fn links_from(&self, node: u32) -> &[Pair] {
        from(&self.links, &self.link_offsets, node)
    }

    /// Whether two hot selectors, the earlier first, occur together.
    pub(crate) fn has_pair(&self, node: u32, later: u32) -> bool {
        let among = |pairs: &[Pair]| pairs.binary_search_by_key(&later, |pair| pair.to).is_ok();
        among(self.links_from(node)) || among(from(&self.supports, &self.support_offsets, node))
    }

    /// Builds the graph over the judged accounts.
    pub(crate) fn new(
        scene: &Scene<'_>,
        nodes: Vec<Node>,
        gather: &dyn Gather,
    ) -> Result<Self, Error> {
        let (row_offsets, row_nodes) = nodes_by_row(scene, &nodes);
        let (node_offsets, node_rows) = invert(&row_offsets, &row_nodes, nodes.len());
        let mut graph = Self {
            nodes,
            row_offsets,
            row_nodes,
            node_offsets,
            node_rows,
            links: Vec::new(),
            supports: Vec::new(),
            link_offsets: Vec::new(),
            support_offsets: Vec::new(),
        };
        graph.count_pairs(scene, gather)?;
        Ok(graph)
    }

    fn count_pairs(&mut self, scene: &Scene<'_>, gather: &dyn Gather) -> Result<(), Error> {
        let strata = self.strata_of_nodes(scene);
        let mut stratum_accounts = vec![0_u32; scene.shared.strata_count];
        for (row, stratum) in scene.shared.strata.iter().enumerate() {
            stratum_accounts[usize::from(*stratum)] += u32::from(scene.subject.has(row));
        }
        let judge = Judge { strata, stratum_accounts, subjects: f64::from(scene.subjects.max(1)) };
        // Of one family there is no pair, unless it is the only one there is.
        let body = |(number, node): (u32, &Node)| {
            if scene.single_family { number } else { node.family as u32 }
        };
        let bodies: Vec<u32> = (0..).zip(&self.nodes).map(body).collect();
        let carried = Carried {
            bodies: &bodies,
            row_offsets: &self.row_offsets,
            row_nodes: &self.row_nodes,
            node_offsets: &self.node_offsets,
            node_rows: &self.node_rows,
        };
        let keep = |from, to, accounts| judge.pair(&self.nodes, from, to, accounts);
        let mut pairs = gather.pairs(&carried, &keep)?;
        pairs.sort_unstable_by_key(Pair::ends);
        (self.links, self.supports) = pairs.into_iter().partition(|pair| {
            self.nodes[pair.from as usize].link && self.nodes[pair.to as usize].link
        });
        self.link_offsets = offsets_by_node(&self.links, self.nodes.len());
        self.support_offsets = offsets_by_node(&self.supports, self.nodes.len());
        Ok(())
    }

    /// For each node, its accounts by stratum.
    fn strata_of_nodes(&self, scene: &Scene<'_>) -> Vec<Vec<(u16, u32)>> {
        let jobs = self.nodes.len().div_ceil(NODES_AT_ONCE);
        let strata = in_parallel(scene.threads, jobs, |job| {
            let start = (job * NODES_AT_ONCE) as u32;
            let end = (start + NODES_AT_ONCE as u32).min(self.nodes.len() as u32);
            let mut counts = vec![0_u32; scene.shared.strata_count];
            let own = |node| strata_of_rows(scene, self.rows_of(node), &mut counts);
            (start..end).map(own).collect::<Vec<_>>()
        });
        strata.into_iter().flatten().collect()
    }
}

/// Nodes whose strata one job looks at.
const NODES_AT_ONCE: usize = 1 << 10;

/// Accounts by stratum; counts are nought before and after.
fn strata_of_rows(scene: &Scene<'_>, rows: &[u32], counts: &mut [u32]) -> Vec<(u16, u32)> {
    let mut touched = Vec::new();
    for row in rows {
        let stratum = scene.shared.strata[*row as usize];
        let count = &mut counts[usize::from(stratum)];
        if *count == 0 {
            touched.push(stratum);
        }
        *count += 1;
    }
    touched.sort_unstable();
    let counted = |stratum| (stratum, std::mem::take(&mut counts[usize::from(stratum)]));
    touched.into_iter().map(counted).collect()
}

/// The pairs from a node, of pairs in order.
fn from<'p>(pairs: &'p [Pair], offsets: &[u32], node: u32) -> &'p [Pair] {
    &pairs[offsets[node as usize] as usize..offsets[node as usize + 1] as usize]
}

/// Where the pairs from each node start, of pairs in order (one more than nodes).
fn offsets_by_node(pairs: &[Pair], nodes: usize) -> Vec<u32> {
    let mut offsets = vec![0_u32; nodes + 1];
    for pair in pairs {
        offsets[pair.from as usize + 1] += 1;
    }
    for node in 0..nodes {
        offsets[node + 1] += offsets[node];
    }
    offsets
}

struct Judge {
    strata: Vec<Vec<(u16, u32)>>,
    stratum_accounts: Vec<u32>,
    subjects: f64,
}

impl Judge {
    /// The pair, if it occurs often enough.
    fn pair(&self, nodes: &[Node], from: u32, to: u32, accounts: u32) -> Option<Pair> {
        let (a, b) = (&nodes[from as usize], &nodes[to as usize]);
        let found = f64::from(accounts);
        let overall = f64::from(a.accounts) * f64::from(b.accounts) / self.subjects;
        if found < LIFT_MIN * overall {
            return None;
        }
        let expected = overall.max(self.stratified(from, to));
        if found < LIFT_MIN * expected {
            return None;
        }
        // A rented resource must be shared by several, and beyond doubt.
        let binding = a.link && b.link;
        if !binding
            && (accounts < 3
                || negative_binomial_ln_upper(u64::from(accounts), expected.max(0.02), 2.0) > -12.0)
        {
            return None;
        }
        Some(Pair { from, to, accounts, expected })
    }

    fn stratified(&self, from: u32, to: u32) -> f64 {
        let (mut a, mut b) =
            (self.strata[from as usize].as_slice(), self.strata[to as usize].as_slice());
        let mut sum = 0.0;
        while let (Some(x), Some(y)) = (a.first(), b.first()) {
            match x.0.cmp(&y.0) {
                std::cmp::Ordering::Less => a = &a[1..],
                std::cmp::Ordering::Greater => b = &b[1..],
                std::cmp::Ordering::Equal => {
                    let total = f64::from(self.stratum_accounts[usize::from(x.0)].max(1));
                    let (x, y) = (f64::from(x.1), f64::from(y.1));
                    // Where both fill a good part of their country and client, that is what is to be
                    // explained, and no explanation.
                    let fills = |count: f64| count >= 10.0 && count > FILLS_MIN * total;
                    sum += x * y / if fills(x) && fills(y) { self.subjects } else { total };
                    (a, b) = (&a[1..], &b[1..]);
                }
            }
        }
        sum
    }
}

fn nodes_by_row(scene: &Scene<'_>, nodes: &[Node]) -> (Vec<u32>, Vec<u32>) {
    let rows = scene.shared.len();
    // (row, node), by kind: nodes are in order of kind.
    let of_kinds: Vec<(usize, &[Node])> = nodes
        .chunk_by(|a, b| a.kind == b.kind)
        .scan(0, |first, nodes| Some((std::mem::replace(first, *first + nodes.len()), nodes)))
        .collect();
    let found = in_parallel(scene.threads, of_kinds.len(), |index| {
        let (first, nodes) = of_kinds[index];
        rows_of_nodes(scene, first as u32, nodes)
    });
    let mut offsets = vec![0_u32; rows + 1];
    for (row, _) in found.iter().flatten() {
        offsets[*row as usize + 1] += 1;
    }
    for row in 0..rows {
        offsets[row + 1] += offsets[row];
    }
    let mut cursor = offsets.clone();
    let mut entries = vec![0_u32; offsets[rows] as usize];
    for (row, number) in found.iter().flatten() {
        let at = &mut cursor[*row as usize];
        entries[*at as usize] = *number;
        *at += 1;
    }
    cap(nodes, &offsets, entries)
}

/// Judged rows of the nodes of one kind, numbered from `first`.
fn rows_of_nodes(scene: &Scene<'_>, first: u32, nodes: &[Node]) -> Vec<(u32, u32)> {
    let kind = usize::from(nodes[0].kind.0);
    let mut numbers = vec![u32::MAX; scene.counts[kind].len() + 1];
    for (number, node) in (first..).zip(nodes) {
        numbers[node.id as usize] = number;
    }
    let mut found = Vec::with_capacity(nodes.iter().map(|node| node.accounts as usize).sum());
    scene.shared.columns[kind].for_each_shared(|row, id| {
        let number = numbers[id as usize];
        if number != u32::MAX && scene.subject.has(row as usize) {
            found.push((row, number));
        }
    });
    found
}

/// Keeps the rarest [`NODES_MAX`] selectors of each account, and of each kind the rarest
/// [`NODES_OF_KIND_MAX`], so that what an account does cannot crowd out what it is made with; ascending.
fn cap(nodes: &[Node], offsets: &[u32], mut entries: Vec<u32>) -> (Vec<u32>, Vec<u32>) {
    let mut kept = Vec::with_capacity(entries.len());
    let mut new_offsets = Vec::with_capacity(offsets.len());
    new_offsets.push(0);
    for window in offsets.windows(2) {
        let own = &mut entries[window[0] as usize..window[1] as usize];
        let start = kept.len();
        if own.len() <= NODES_OF_KIND_MAX {
            kept.extend_from_slice(own);
        } else {
            let rank = |node: &u32| {
                let info = nodes[*node as usize];
                (info.kind, info.accounts, *node)
            };
            own.sort_unstable_by_key(rank);
            for of_kind in own.chunk_by(|a, b| nodes[*a as usize].kind == nodes[*b as usize].kind) {
                kept.extend_from_slice(&of_kind[..of_kind.len().min(NODES_OF_KIND_MAX)]);
            }
            if kept.len() - start > NODES_MAX {
                kept[start..].sort_unstable_by_key(|node| {
                    (!nodes[*node as usize].link, nodes[*node as usize].accounts, *node)
                });
                kept.truncate(start + NODES_MAX);
            }
        }
        kept[start..].sort_unstable();
        new_offsets.push(kept.len() as u32);
    }
    (new_offsets, kept)
}

fn invert(row_offsets: &[u32], row_nodes: &[u32], nodes: usize) -> (Vec<u32>, Vec<u32>) {
    let mut offsets = vec![0_u32; nodes + 1];
    for node in row_nodes {
        offsets[*node as usize + 1] += 1;
    }
    for node in 0..nodes {
        offsets[node + 1] += offsets[node];
    }
    let mut cursor = offsets.clone();
    let mut rows = vec![0_u32; row_nodes.len()];
    for (row, window) in row_offsets.windows(2).enumerate() {
        for node in &row_nodes[window[0] as usize..window[1] as usize] {
            rows[cursor[*node as usize] as usize] = row as u32;
            cursor[*node as usize] += 1;
        }
    }
    (offsets, rows)
}
