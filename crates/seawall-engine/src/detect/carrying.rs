//! Which hot selectors does each account carry?

use std::ops::Range;

use super::{by_rows, hot::Node, in_parallel, scene::Scene};
use crate::{
    Error,
    bits::{Marks, Ranked, Spans},
    count::Column,
    scatter::{Scatter, offsets},
};

/// Accounts whose nodes are put together at once.
const ROWS_AT_ONCE: usize = 1 << 23;
/// Hot selectors kept for one account: the rarest.
const NODES_MAX: usize = 32;
/// Of one kind.
const NODES_OF_KIND_MAX: usize = 4;

/// Hot selectors (nodes) of accounts that carry any.
#[derive(Default)]
pub(crate) struct Carrying {
    /// The accounts.
    rows: Ranked,
    /// Nodes of each, ascending, account after account.
    pub(crate) nodes: Vec<u32>,
    /// Where those of each are.
    pub(crate) accounts: Spans,
}

impl Carrying {
    /// What judged accounts carry.
    pub(crate) fn new(scene: &Scene<'_>, nodes: &[Node]) -> Result<Self, Error> {
        let kinds: Vec<&[Node]> = nodes.chunk_by(|a, b| a.kind == b.kind).collect();
        // Of hot values alone, so that all kinds may be looked at together.
        let columns = in_parallel(scene.threads, kinds.len(), |at| {
            let kind = usize::from(kinds[at][0].kind.0);
            let hot = kinds[at].iter().map(|node| node.id as usize);
            let hot = Ranked::new(scene.counts[kind].len() + 1, hot);
            let count = kinds[at].iter().map(|node| node.accounts as usize).sum();
            Ok(scene.shared.columns.brought(kind)?.narrowed(scene.subject, &hot, count))
        });
        let columns = columns.into_iter().collect::<Result<Vec<_>, Error>>()?;
        let most = nodes.iter().map(|node| node.accounts as usize).sum();
        let mut carrying = Self { nodes: Vec::with_capacity(most), ..Self::default() };
        let (all, mut rows) =
            (scene.shared.len(), Marks::new(scene.shared.len(), std::iter::empty()));
        for start in (0..all).step_by(ROWS_AT_ONCE) {
            let parts = by_rows(scene.threads, ROWS_AT_ONCE.min(all - start), |rows| {
                let rows = start + rows.start..start + rows.end;
                cap(nodes, nodes_of_rows(&kinds, &columns, rows))
            });
            for Part { rows: own, ends, nodes } in parts {
                for row in own {
                    rows.mark(row as usize);
                }
                let mut start = 0;
                for end in ends {
                    carrying.accounts.push((end - start) as usize);
                    start = end;
                }
                carrying.nodes.extend(nodes);
            }
        }
        carrying.rows = Ranked::new(all, rows.rows());
        Ok(carrying)
    }

    /// Hot selectors of an account, ascending.
    pub(crate) fn of(&self, row: u32) -> &[u32] {
        let at = self.rows.rank_of(row as usize);
        at.map_or(&[], |at| &self.nodes[self.accounts.get(at)])
    }

    /// For each node, how many accounts carry it.
    pub(crate) fn counts(&self, nodes: usize) -> Vec<u32> {
        let mut counts = vec![0; nodes];
        for node in &self.nodes {
            counts[*node as usize] += 1;
        }
        counts
    }

    /// Accounts of some nodes, ascending, given how many each has: where they start (one more than nodes), and their rows.
    pub(crate) fn carriers(&self, counts: &[u32], nodes: Range<usize>) -> (Vec<u32>, Vec<u32>) {
        let offsets = offsets(counts[nodes.clone()].iter().copied());
        let mut rows = Scatter::new(&offsets);
        for ((row, _), own) in self.rows.rows(0..usize::MAX).zip(self.accounts.iter()) {
            for node in self.nodes[own].iter().map(|node| *node as usize) {
                if nodes.contains(&node) {
                    rows.put((node - nodes.start) as u32, row as u32);
                }
            }
        }
        let (rows, _) = rows.finish();
        (offsets, rows)
    }
}

/// The same of a stretch of rows.
#[derive(Default)]
struct Part {
    rows: Vec<u32>,
    /// For each row, where its nodes end.
    ends: Vec<u32>,
    nodes: Vec<u32>,
}

/// All nodes of some rows.
fn nodes_of_rows(kinds: &[&[Node]], columns: &[Column], rows: Range<usize>) -> Part {
    let mut found: Vec<[u32; 2]> = Vec::new();
    let mut starts = vec![0_u32; rows.len() + 1];
    let mut first = 0;
    for (nodes, column) in kinds.iter().zip(columns) {
        column.for_each_shared_among(rows.clone(), |row, id| {
            let at = row - rows.start as u32;
            found.push([at, first + id - 1]);
            starts[at as usize + 1] += 1;
        });
        first += nodes.len() as u32;
    }
    for at in 0..rows.len() {
        starts[at + 1] += starts[at];
    }
    let mut nodes = vec![0_u32; found.len()];
    let mut cursor = starts.clone();
    for [at, number] in found {
        let place = &mut cursor[at as usize];
        nodes[*place as usize] = number;
        *place += 1;
    }
    let carry = |at: &usize| starts[*at] < starts[at + 1];
    let carriers: Vec<usize> = (0..rows.len()).filter(carry).collect();
    let ends = carriers.iter().map(|at| starts[at + 1]).collect();
    Part { rows: carriers.iter().map(|at| (rows.start + at) as u32).collect(), ends, nodes }
}

/// Keeps the rarest [`NODES_MAX`] selectors of each account, and of each kind the rarest
/// [`NODES_OF_KIND_MAX`], so that what an account does cannot crowd out what it is made with; ascending.
fn cap(nodes: &[Node], mut part: Part) -> Part {
    let mut kept = Vec::with_capacity(part.nodes.len());
    let mut start = 0;
    for end in &mut part.ends {
        let own = &mut part.nodes[start..*end as usize];
        start = *end as usize;
        // Nodes are in order of kind.
        let one_kind = |many: &[u32]| {
            nodes[many[0] as usize].kind == nodes[many[NODES_OF_KIND_MAX] as usize].kind
        };
        if own.len() <= NODES_MAX && !own.windows(NODES_OF_KIND_MAX + 1).any(one_kind) {
            kept.extend_from_slice(own);
        } else {
            add_rarest(nodes, own, &mut kept);
        }
        *end = kept.len() as u32;
    }
    Part { nodes: kept, ..part }
}

/// Adds those of one account's selectors that are kept.
fn add_rarest(nodes: &[Node], own: &mut [u32], kept: &mut Vec<u32>) {
    let start = kept.len();
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
    kept[start..].sort_unstable();
}
