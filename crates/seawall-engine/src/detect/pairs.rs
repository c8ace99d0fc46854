//! Which hot selectors occur together?
//!
//! Pairs are counted through the accounts that carry both, and no pair of accounts is formed: the work is the sum over
//! accounts of the square of their hot selectors.

use seawall_core::link::tail::negative_binomial_ln_upper;

use super::{carrying::Carrying, hot::Node, in_parallel, scene::Scene};
use crate::{
    Error,
    parallel::cut,
    spread::{Carried, Gather},
};

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
    /// Number of accounts, judged or not.
    rows: u32,
    /// Nodes of each account.
    carrying: Carrying,
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
        self.rows
    }

    /// Hot selectors of an account, ascending.
    pub(crate) fn nodes_of(&self, row: u32) -> &[u32] {
        self.carrying.of(row)
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

    /// The graph over the judged accounts, without the accounts of each selector, as they are in nobody's way then.
    pub(crate) fn new(
        scene: &Scene<'_>,
        nodes: Vec<Node>,
        gather: &dyn Gather,
    ) -> Result<Self, Error> {
        let carrying = Carrying::new(scene, &nodes)?;
        let mut graph = Self {
            nodes,
            rows: scene.shared.len() as u32,
            carrying,
            node_offsets: Vec::new(),
            node_rows: Vec::new(),
            links: Vec::new(),
            supports: Vec::new(),
            link_offsets: Vec::new(),
            support_offsets: Vec::new(),
        };
        graph.count_pairs(scene, gather)?;
        Ok(graph)
    }

    /// Notes the accounts of each selector, once pairs are counted.
    pub(crate) fn note_carriers(&mut self) {
        let counts = self.carrying.counts(self.nodes.len());
        (self.node_offsets, self.node_rows) = self.carrying.carriers(&counts, 0..counts.len());
    }

    /// Lets go of who has each selector and of pairs that do not bind: what telling of groups asks for.
    pub(crate) fn forget_telling(&mut self) {
        (self.node_offsets, self.node_rows) = (Vec::new(), Vec::new());
        (self.support_offsets, self.supports) = (Vec::new(), Vec::new());
    }

    /// Lets go of what each account has, which nobody asks for once groups and communities within them are found.
    pub(crate) fn forget_accounts(&mut self) {
        self.carrying = Carrying::default();
    }

    fn count_pairs(&mut self, scene: &Scene<'_>, gather: &dyn Gather) -> Result<(), Error> {
        let accounts = self.nodes.iter().map(|node| node.accounts).collect();
        let binds = self.nodes.iter().map(|node| node.link).collect();
        let strata = self.strata_of_nodes(scene);
        let mut stratum_accounts = vec![0_u32; scene.shared.strata_count];
        for (row, stratum) in scene.shared.strata.iter().enumerate() {
            stratum_accounts[usize::from(*stratum)] += u32::from(scene.subject.has(row));
        }
        let subjects = f64::from(scene.subjects.max(1));
        let judge = Judge { accounts, binds, strata, stratum_accounts, subjects };
        // Of one family there is no pair, unless it is the only one there is.
        let body = |(number, node): (u32, &Node)| {
            if scene.single_family { number } else { node.family as u32 }
        };
        let bodies: Vec<u32> = (0..).zip(&self.nodes).map(body).collect();
        let Carrying { nodes, accounts, .. } = &self.carrying;
        let carried = Carried { bodies: &bodies, nodes, accounts };
        let keep = |from, to, accounts| judge.pair(from, to, accounts);
        let mut pairs = gather.pairs(&carried, &keep)?;
        pairs.sort_unstable_by_key(Pair::ends);
        let only_supports = |pair: &mut Pair| !judge.binds(pair.from, pair.to);
        self.supports = pairs.extract_if(.., only_supports).collect();
        self.links = pairs;
        self.link_offsets = offsets_by_node(&self.links, self.nodes.len());
        self.support_offsets = offsets_by_node(&self.supports, self.nodes.len());
        Ok(())
    }

    fn strata_of_nodes(&self, scene: &Scene<'_>) -> Strata {
        let counts = self.carrying.counts(self.nodes.len());
        let mut all = Strata::default();
        for nodes in cut(&counts, self.carrying.nodes.len().div_ceil(ROWS_AT_ONCE)) {
            let (offsets, rows) = self.carrying.carriers(&counts, nodes);
            let nodes = offsets.len() - 1;
            let jobs = nodes.div_ceil(NODES_AT_ONCE);
            let strata = in_parallel(scene.threads, jobs, |job| {
                let start = job * NODES_AT_ONCE;
                let end = (start + NODES_AT_ONCE).min(nodes);
                let mut counts = vec![0_u32; scene.shared.strata_count];
                let (mut strata, mut of_rows) = (Strata::default(), Vec::new());
                for own in offsets[start..=end].windows(2) {
                    let own = &rows[own[0] as usize..own[1] as usize];
                    // Once without deciding anything, so that the misses of the cache overlap.
                    of_rows.clear();
                    of_rows.extend(own.iter().map(|row| scene.shared.strata[*row as usize]));
                    strata.add(&of_rows, &mut counts);
                }
                strata
            });
            for own in strata {
                all.extend(own);
            }
        }
        all
    }
}

/// For each node, its accounts by stratum, ascending.
#[derive(Default)]
struct Strata {
    ends: Vec<u32>,
    counts: Vec<(u16, u32)>,
}

impl Strata {
    /// Adds a node whose accounts are of these strata; counts are nought before and after.
    fn add(&mut self, of_rows: &[u16], counts: &mut [u32]) {
        let mut touched = Vec::new();
        for stratum in of_rows {
            let count = &mut counts[usize::from(*stratum)];
            if *count == 0 {
                touched.push(*stratum);
            }
            *count += 1;
        }
        touched.sort_unstable();
        let counted = |stratum| (stratum, std::mem::take(&mut counts[usize::from(stratum)]));
        self.counts.extend(touched.into_iter().map(counted));
        self.ends.push(self.counts.len() as u32);
    }

    /// Adds nodes that come after these.
    fn extend(&mut self, others: Self) {
        let before = self.counts.len() as u32;
        self.ends.extend(others.ends.iter().map(|end| before + end));
        self.counts.extend(others.counts);
    }

    fn of(&self, node: u32) -> &[(u16, u32)] {
        let start = node.checked_sub(1).map_or(0, |before| self.ends[before as usize]);
        &self.counts[start as usize..self.ends[node as usize] as usize]
    }
}

/// Nodes whose strata one job looks at.
const NODES_AT_ONCE: usize = 1 << 10;
/// Rows of nodes that are in memory at once.
const ROWS_AT_ONCE: usize = 1 << 28;

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

/// What is asked of nodes for every two that occur together: hardly more than fits into the cache.
struct Judge {
    accounts: Vec<u32>,
    binds: Vec<bool>,
    strata: Strata,
    stratum_accounts: Vec<u32>,
    subjects: f64,
}

impl Judge {
    /// The pair, if it occurs often enough.
    fn pair(&self, from: u32, to: u32, accounts: u32) -> Option<Pair> {
        let of = |node: u32| f64::from(self.accounts[node as usize]);
        let found = f64::from(accounts);
        let overall = of(from) * of(to) / self.subjects;
        if found < LIFT_MIN * overall {
            return None;
        }
        let expected = overall.max(self.stratified(from, to));
        if found < LIFT_MIN * expected {
            return None;
        }
        // A rented resource must be shared by several, and beyond doubt.
        if !self.binds(from, to)
            && (accounts < 3
                || negative_binomial_ln_upper(u64::from(accounts), expected.max(0.02), 2.0) > -12.0)
        {
            return None;
        }
        Some(Pair { from, to, accounts, expected })
    }

    /// Whether both bind.
    fn binds(&self, from: u32, to: u32) -> bool {
        self.binds[from as usize] && self.binds[to as usize]
    }

    fn stratified(&self, from: u32, to: u32) -> f64 {
        let (mut a, mut b) = (self.strata.of(from), self.strata.of(to));
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
