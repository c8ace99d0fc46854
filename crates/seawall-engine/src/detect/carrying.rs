//! Which hot selectors does each account carry?

use std::ops::Range;

use super::{by_rows, hot::Node, scene::Scene};
use crate::{bits::Ranked, count::Column};

/// Hot selectors kept for one account: the rarest.
const NODES_MAX: usize = 32;
/// Of one kind.
const NODES_OF_KIND_MAX: usize = 4;

/// For each account, where its nodes start (one more than accounts), and the nodes.
pub(crate) fn nodes_by_row(scene: &Scene<'_>, nodes: &[Node]) -> (Vec<u32>, Vec<u32>) {
    let mut first = 0;
    let kinds = nodes.chunk_by(|a, b| a.kind == b.kind).map(|nodes| {
        let ids = scene.counts[usize::from(nodes[0].kind.0)].len() + 1;
        let hot = Ranked::new(ids, nodes.iter().map(|node| node.id as usize));
        let column = &scene.shared.columns[usize::from(nodes[0].kind.0)];
        let after = first + nodes.len() as u32;
        NodesOfKind { column, hot, first: std::mem::replace(&mut first, after) }
    });
    let kinds: Vec<NodesOfKind<'_>> = kinds.collect();
    let parts = by_rows(scene.threads, scene.shared.len(), |rows| {
        cap(nodes, nodes_of_rows(scene, &kinds, rows))
    });
    let mut offsets = Vec::with_capacity(scene.shared.len() + 1);
    offsets.push(0);
    let mut all = Vec::with_capacity(parts.iter().map(|(_, own)| own.len()).sum());
    for (ends, own) in parts {
        let start = all.len() as u32;
        offsets.extend(ends[1..].iter().map(|end| start + end));
        all.extend(own);
    }
    (offsets, all)
}

/// The nodes of one kind, which are in order of id.
struct NodesOfKind<'s> {
    column: &'s Column,
    hot: Ranked,
    /// Number of the first.
    first: u32,
}

/// The same of some rows, all nodes of each, ascending.
fn nodes_of_rows(
    scene: &Scene<'_>,
    kinds: &[NodesOfKind<'_>],
    rows: Range<usize>,
) -> (Vec<u32>, Vec<u32>) {
    let mut found: Vec<[u32; 2]> = Vec::new();
    let mut offsets = vec![0_u32; rows.len() + 1];
    for NodesOfKind { column, hot, first } in kinds {
        column.for_each_shared_among(rows.clone(), |row, id| {
            let (is_hot, rank) = hot.look(id as usize);
            if is_hot && scene.subject.has(row as usize) {
                let at = row - rows.start as u32;
                found.push([at, first + rank as u32]);
                offsets[at as usize + 1] += 1;
            }
        });
    }
    for at in 0..rows.len() {
        offsets[at + 1] += offsets[at];
    }
    let mut cursor = offsets.clone();
    let mut entries = vec![0_u32; found.len()];
    for [at, number] in found {
        let place = &mut cursor[at as usize];
        entries[*place as usize] = number;
        *place += 1;
    }
    (offsets, entries)
}

/// Keeps the rarest [`NODES_MAX`] selectors of each account, and of each kind the rarest
/// [`NODES_OF_KIND_MAX`], so that what an account does cannot crowd out what it is made with; ascending.
fn cap(nodes: &[Node], (offsets, mut entries): (Vec<u32>, Vec<u32>)) -> (Vec<u32>, Vec<u32>) {
    let mut kept = Vec::with_capacity(entries.len());
    let mut new_offsets = Vec::with_capacity(offsets.len());
    new_offsets.push(0);
    for window in offsets.windows(2) {
        let own = &mut entries[window[0] as usize..window[1] as usize];
        // Nodes are in order of kind.
        let one_kind = |many: &[u32]| {
            nodes[many[0] as usize].kind == nodes[many[NODES_OF_KIND_MAX] as usize].kind
        };
        if own.len() <= NODES_MAX && !own.windows(NODES_OF_KIND_MAX + 1).any(one_kind) {
            kept.extend_from_slice(own);
        } else {
            add_rarest(nodes, own, &mut kept);
        }
        new_offsets.push(kept.len() as u32);
    }
    (new_offsets, kept)
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
