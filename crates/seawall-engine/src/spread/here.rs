//! What of the counting is done in this process? All of it.

use std::ops::Range;

use seawall_core::selector::Kind;

use super::{Carried, Gather, Keep, Pair};
use crate::{
    Error,
    bits::Marks,
    count::{self, Grouped},
    parallel::in_parallel,
    scatter::Scatter,
};

/// Counts in this process.
#[derive(Clone, Copy, Debug)]
pub struct Here {
    threads: usize,
}

impl Here {
    /// On so many threads.
    pub const fn new(threads: usize) -> Self {
        Self { threads }
    }
}

impl Gather for Here {
    fn group(&self, _: &Kind, values: &[u64]) -> Result<Grouped, Error> {
        Ok(count::group(values))
    }

    /// Selector by selector through the accounts that carry them: the memory is one counter a selector, and a place
    /// for each that an account carries.
    fn pairs(&self, carried: &Carried<'_>, keep: &Keep<'_>) -> Result<Vec<Pair>, Error> {
        let later = Later::new(carried);
        let parts = self.threads * PARTS;
        let found = in_parallel(self.threads, parts, |part| {
            let mut counts = vec![0_u32; carried.bodies.len()];
            let mut touched: Vec<u32> = Vec::new();
            let mut kept = Vec::new();
            for node in later.part(part, parts) {
                later.count(node, carried.bodies, &mut counts, &mut touched);
                touched.sort_unstable();
                for other in touched.drain(..) {
                    let accounts = std::mem::take(&mut counts[other as usize]);
                    kept.extend(keep(node, other, accounts));
                }
            }
            kept
        });
        let mut pairs = Vec::with_capacity(found.iter().map(Vec::len).sum());
        for kept in found {
            pairs.extend(kept);
        }
        Ok(pairs)
    }
}

/// Parts of the work for each thread.
const PARTS: usize = 64;
/// Accounts that are looked up at once.
const LOOKED_UP: usize = 128;

/// For each node and each account that carries it, the nodes after it.
struct Later<'a> {
    /// Nodes of all accounts, account after account, ascending.
    nodes: &'a [u32],
    /// Which of these is the last of its account.
    last: Marks,
    /// For each node, where its part of `places` starts (one more than nodes).
    offsets: Vec<u32>,
    /// Where in `nodes` the next after it is.
    places: Vec<u32>,
}

impl<'a> Later<'a> {
    fn new(carried: &Carried<'a>) -> Self {
        let nodes = carried.row_nodes;
        let ends = carried.row_offsets.windows(2).filter(|place| place[0] < place[1]);
        let last = Marks::new(nodes.len(), ends.map(|place| place[1] as usize - 1));
        let mut offsets = vec![0_u32; carried.bodies.len() + 1];
        for at in last.others(nodes.len()) {
            offsets[nodes[at] as usize + 1] += 1;
        }
        for node in 1..offsets.len() {
            offsets[node] += offsets[node - 1];
        }
        let mut places = Scatter::new(&offsets);
        for at in last.others(nodes.len()) {
            places.put(nodes[at], at as u32 + 1);
        }
        let (places, _) = places.finish();
        Self { nodes, last, offsets, places }
    }

    /// Nodes of one of so many parts, in order, each with about as many places.
    fn part(&self, part: usize, parts: usize) -> Range<u32> {
        let start = |part: usize| {
            let before = self.places.len() as u64 * part as u64 / parts as u64;
            self.offsets.partition_point(|start| u64::from(*start) < before) as u32
        };
        let nodes = self.offsets.len() as u32 - 1;
        start(part)..if part + 1 == parts { nodes } else { start(part + 1) }
    }

    /// Counts the accounts that a node shares with each later one of another body.
    fn count(&self, node: u32, bodies: &[u32], counts: &mut [u32], touched: &mut Vec<u32>) {
        let own = self.offsets[node as usize] as usize..self.offsets[node as usize + 1] as usize;
        for places in self.places[own].chunks(LOOKED_UP) {
            // Once without deciding anything, so that the misses of the cache overlap.
            let next = places.iter().map(|place| self.nodes[*place as usize]);
            std::hint::black_box(next.fold(0, u32::max));
            let later = places.iter().flat_map(|place| self.rest(*place));
            for other in later.filter(|other| bodies[*other] != bodies[node as usize]) {
                if counts[other] == 0 {
                    touched.push(other as u32);
                }
                counts[other] += 1;
            }
        }
    }

    /// Nodes of an account from a place on.
    fn rest(&self, place: u32) -> impl Iterator<Item = usize> {
        let mut ended = false;
        (place as usize..).map_while(move |at| {
            let before = std::mem::replace(&mut ended, self.last.has(at));
            (!before).then(|| self.nodes[at] as usize)
        })
    }
}
