//! How many accounts carry each two hot selectors, where memory is far from the processor?
//!
//! To go from every selector to its accounts, and from each of them to what else it carries, misses the cache for each of
//! them. Instead all pairs are written down once in the order of the accounts, each for the stretch of selectors that the
//! earlier of the two is in, and every stretch, which stays in the cache, is counted by itself. A selector that would fill
//! many stretches is asked for its accounts after all: they are so many that they lie side by side.

use std::ops::Range;

use super::{Carried, Keep, Pair};
use crate::parallel::in_parallel;

/// How much is written down at once.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    /// Pairs of a stretch, at 8 bytes each.
    pub(super) stretch: u64,
    /// Pairs of a selector from which it is counted by itself.
    pub(super) lone: u64,
    /// Pairs of all stretches that are in memory at the same time.
    pub(super) at_once: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Self { stretch: 1 << 18, lone: 1 << 22, at_once: 1 << 25 }
    }
}

/// Nodes next to each other, and the pairs from them that are written down.
#[derive(Clone, Debug)]
struct Stretch {
    nodes: Range<u32>,
    pairs: u64,
}

/// Counts all pairs; what `keep` makes of them, in any order.
pub(super) fn count(
    carried: &Carried<'_>,
    keep: &Keep<'_>,
    threads: usize,
    sizes: Sizes,
) -> Vec<Pair> {
    let parts = row_parts(carried, threads);
    let pairs_from = pairs_from(carried, &parts, threads);
    let lone: Vec<u32> =
        (0_u32..).zip(&pairs_from).filter(|own| *own.1 > sizes.lone).map(|own| own.0).collect();
    let mut found = in_parallel(threads, lone.len(), |at| count_lone(carried, keep, lone[at]));
    for stretches in passes(&pairs_from, sizes) {
        let written = in_parallel(threads, parts.len(), |part| {
            write(carried, &parts[part], &stretches, &pairs_from, sizes)
        });
        let jobs = (threads * 8).min(stretches.len());
        found.extend(in_parallel(threads, jobs, |job| {
            let mut counts = Counts::new(carried.bodies.len());
            let mut kept = Vec::new();
            for at in (job..stretches.len()).step_by(jobs) {
                let lists: Vec<&[u64]> = written.iter().map(|part| part[at].as_slice()).collect();
                count_stretch(&stretches[at], &lists, keep, &mut counts, &mut kept);
            }
            kept
        }));
    }
    found.into_iter().flatten().collect()
}

/// Rows in a few parts.
fn row_parts(carried: &Carried<'_>, threads: usize) -> Vec<Range<u32>> {
    let rows = carried.row_offsets.len() as u32 - 1;
    let each = rows.div_ceil(threads.max(1) as u32).max(1);
    (0..rows).step_by(each as usize).map(|start| start..(start + each).min(rows)).collect()
}

/// Calls back with each pair of some rows, of which the earlier node is wanted.
fn for_each_pair(
    carried: &Carried<'_>,
    rows: &Range<u32>,
    wanted: impl Fn(u32) -> bool,
    mut each: impl FnMut(u32, u32),
) {
    let mut bodies = Vec::new();
    for row in rows.clone() {
        let nodes = carried.nodes_of(row);
        if nodes.len() < 2 {
            continue;
        }
        bodies.clear();
        bodies.extend(nodes.iter().map(|node| carried.bodies[*node as usize]));
        for (at, from) in nodes.iter().enumerate().filter(|(_, from)| wanted(**from)) {
            for (to, body) in nodes.iter().zip(&bodies).skip(at + 1) {
                if *body != bodies[at] {
                    each(*from, *to);
                }
            }
        }
    }
}

/// How many pairs there are from each node to later ones, counted once for each account.
fn pairs_from(carried: &Carried<'_>, parts: &[Range<u32>], threads: usize) -> Vec<u64> {
    let of_parts = in_parallel(threads, parts.len(), |part| {
        let mut pairs = vec![0_u64; carried.bodies.len()];
        for_each_pair(carried, &parts[part], |_| true, |from, _| pairs[from as usize] += 1);
        pairs
    });
    let mut sums = vec![0; carried.bodies.len()];
    for pairs in of_parts {
        sums.iter_mut().zip(pairs).for_each(|(sum, own)| *sum += own);
    }
    sums
}

/// All stretches, as many at a time as there is room for.
fn passes(pairs_from: &[u64], sizes: Sizes) -> Vec<Vec<Stretch>> {
    let mut stretches: Vec<Stretch> = Vec::new();
    for (node, own) in (0_u32..).zip(pairs_from) {
        let own = if *own > sizes.lone { 0 } else { *own };
        match stretches.last_mut() {
            Some(last) if last.pairs + own <= sizes.stretch => {
                last.nodes.end = node + 1;
                last.pairs += own;
            }
            _ => stretches.push(Stretch { nodes: node..node + 1, pairs: own }),
        }
    }
    let mut passes: Vec<Vec<Stretch>> = Vec::new();
    let mut pairs = 0;
    for stretch in stretches {
        pairs += stretch.pairs;
        match passes.last_mut() {
            Some(pass) if pairs <= sizes.at_once => pass.push(stretch),
            _ => {
                pairs = stretch.pairs;
                passes.push(vec![stretch]);
            }
        }
    }
    passes
}

/// Writes down the pairs of some rows for each of the stretches, which follow each other.
fn write(
    carried: &Carried<'_>,
    rows: &Range<u32>,
    stretches: &[Stretch],
    pairs_from: &[u64],
    sizes: Sizes,
) -> Vec<Vec<u64>> {
    let nodes = stretches[0].nodes.start..stretches[stretches.len() - 1].nodes.end;
    let mut stretch_of = Vec::with_capacity(nodes.len());
    for (number, stretch) in (0_u32..).zip(stretches) {
        stretch_of.resize(stretch_of.len() + stretch.nodes.len(), number);
    }
    for (stretch, own) in
        stretch_of.iter_mut().zip(&pairs_from[nodes.start as usize..nodes.end as usize])
    {
        if *own > sizes.lone {
            *stretch = NOWHERE;
        }
    }
    let share = |stretch: &Stretch| stretch.pairs as usize * rows.len();
    let all = carried.row_offsets.len();
    let room = |stretch| Vec::with_capacity(share(stretch) / all * 9 / 8);
    let mut written: Vec<Vec<u64>> = stretches.iter().map(room).collect();
    let stretch = |from: u32| stretch_of[(from - nodes.start) as usize];
    let wanted = |from: u32| nodes.contains(&from) && stretch(from) != NOWHERE;
    for_each_pair(carried, rows, wanted, |from, to| {
        written[stretch(from) as usize].push(u64::from(from) << 32 | u64::from(to));
    });
    written
}

/// The stretch of a node that is counted by itself.
const NOWHERE: u32 = u32::MAX;

/// How often each later node was met.
struct Counts {
    counts: Vec<u32>,
    met: Vec<u32>,
}

impl Counts {
    fn new(nodes: usize) -> Self {
        Self { counts: vec![0; nodes], met: Vec::new() }
    }

    fn note(&mut self, node: u32) {
        let count = &mut self.counts[node as usize];
        if *count == 0 {
            self.met.push(node);
        }
        *count += 1;
    }

    /// What is to be kept of the pairs from a node, and all counts nought again.
    fn keep(&mut self, from: u32, keep: &Keep<'_>, kept: &mut Vec<Pair>) {
        self.met.sort_unstable();
        for to in self.met.drain(..) {
            let accounts = std::mem::take(&mut self.counts[to as usize]);
            kept.extend(keep(from, to, accounts));
        }
    }
}

/// Counts the pairs of a stretch.
fn count_stretch(
    stretch: &Stretch,
    lists: &[&[u64]],
    keep: &Keep<'_>,
    counts: &mut Counts,
    kept: &mut Vec<Pair>,
) {
    let first = stretch.nodes.start;
    let mut ends = vec![0_u32; stretch.nodes.len() + 1];
    let place = |pair: u64| ((pair >> 32) as u32 - first) as usize;
    for pair in lists.iter().copied().flatten() {
        ends[place(*pair) + 1] += 1;
    }
    for node in 1..ends.len() {
        ends[node] += ends[node - 1];
    }
    let mut others = vec![0_u32; ends[ends.len() - 1] as usize];
    for pair in lists.iter().copied().flatten() {
        let at = &mut ends[place(*pair)];
        others[*at as usize] = *pair as u32;
        *at += 1;
    }
    let mut start = 0;
    for (from, end) in stretch.nodes.clone().zip(&ends) {
        others[start..*end as usize].iter().for_each(|to| counts.note(*to));
        counts.keep(from, keep, kept);
        start = *end as usize;
    }
}

/// Counts the pairs from one node through its accounts.
fn count_lone(carried: &Carried<'_>, keep: &Keep<'_>, node: u32) -> Vec<Pair> {
    let mut counts = Counts::new(carried.bodies.len());
    let body = carried.bodies[node as usize];
    for row in carried.rows_of(node) {
        for other in carried.nodes_of(*row).iter().rev().take_while(|other| **other > node) {
            if carried.bodies[*other as usize] != body {
                counts.note(*other);
            }
        }
    }
    let mut kept = Vec::new();
    counts.keep(node, keep, &mut kept);
    kept
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;

    /// Nodes of every row, with offsets, and the same the other way round.
    fn turned(rows: &[BTreeSet<u32>], nodes: u32) -> [Vec<u32>; 4] {
        let lists = |lists: &[Vec<u32>]| {
            let ends = lists.iter().scan(0, |end, list| {
                *end += list.len() as u32;
                Some(*end)
            });
            (std::iter::once(0).chain(ends).collect(), lists.concat())
        };
        let of_rows: Vec<Vec<u32>> = rows.iter().map(|row| row.iter().copied().collect()).collect();
        let carriers =
            |node| (0..rows.len() as u32).filter(move |row| rows[*row as usize].contains(&node));
        let of_nodes: Vec<Vec<u32>> = (0..nodes).map(|node| carriers(node).collect()).collect();
        let ((row_offsets, row_nodes), (node_offsets, node_rows)) =
            (lists(&of_rows), lists(&of_nodes));
        [row_offsets, row_nodes, node_offsets, node_rows]
    }

    proptest! {
        #[test]
        fn counts_are_those_of_a_map(
            rows in proptest::collection::vec(proptest::collection::btree_set(0_u32..12, 0..8), 1..60),
            bodies in proptest::collection::vec(0_u32..5, 12),
            (stretch, lone, at_once) in (1_u64..40, 0_u64..60, 1_u64..80),
            threads in 1_usize..4,
        ) {
            let mut expected: BTreeMap<(u32, u32), u32> = BTreeMap::new();
            for row in &rows {
                for (from, to) in row.iter().flat_map(|from| row.iter().map(move |to| (*from, *to))) {
                    if from < to && bodies[from as usize] != bodies[to as usize] {
                        *expected.entry((from, to)).or_default() += 1;
                    }
                }
            }
            let [row_offsets, row_nodes, node_offsets, node_rows] = turned(&rows, 12);
            let carried = Carried {
                bodies: &bodies,
                row_offsets: &row_offsets,
                row_nodes: &row_nodes,
                node_offsets: &node_offsets,
                node_rows: &node_rows,
            };
            let keep = |from, to, accounts| Some(Pair { from, to, accounts, expected: 0.0 });
            let sizes = Sizes { stretch, lone, at_once };
            let mut found: Vec<((u32, u32), u32)> = count(&carried, &keep, threads, sizes)
                .iter()
                .map(|pair| ((pair.from, pair.to), pair.accounts))
                .collect();
            found.sort_unstable();
            prop_assert_eq!(found, expected.into_iter().collect::<Vec<_>>());
        }
    }
}
