//! What of the counting is done in this process? All of it.

use std::ops::Range;

use seawall_core::selector::Kind;

use super::{Carried, Gather, Keep, Pair};
use crate::{
    Error,
    bits::Marks,
    count::{self, Grouped},
    parallel::{cut, in_parallel},
    scatter::{Scatter, offsets},
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

    /// Selector by selector through the accounts that carry them: the memory is one counter a selector, and for some
    /// selectors at a time a place for each account that carries one.
    fn pairs(&self, carried: &Carried<'_>, keep: &Keep<'_>) -> Result<Vec<Pair>, Error> {
        let counts = Later::counts(carried);
        let places: u64 = counts.iter().map(|count| u64::from(*count)).sum();
        let mut found = Vec::new();
        let lots = cut(&counts, places.div_ceil(PLACES_AT_ONCE) as usize);
        let parts = self.threads * (PARTS / lots.len().max(1)).max(PARTS_MIN);
        for nodes in lots {
            let later = Later::new(carried, &counts, nodes);
            found.extend(in_parallel(self.threads, parts, |part| {
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
                kept.shrink_to_fit();
                kept
            }));
        }
        let mut pairs = Vec::with_capacity(found.iter().map(Vec::len).sum());
        for kept in found {
            pairs.extend(kept);
        }
        Ok(pairs)
    }
}

/// Places that are in memory at once.
const PLACES_AT_ONCE: u64 = 1 << 28;
/// Parts of the work for each thread.
const PARTS: usize = 64;
/// Of one lot, at least.
const PARTS_MIN: usize = 8;
/// Accounts that are looked up at once.
const LOOKED_UP: usize = 128;

/// For each of some nodes and each account that carries it, the nodes after it.
struct Later<'a> {
    /// Nodes of all accounts, account after account, ascending.
    nodes: &'a [u32],
    /// Which of these is the last of its account.
    last: &'a Marks,
    /// The first of the nodes looked at.
    first: u32,
    /// For each of them, where its part of `places` starts (one more than nodes).
    offsets: Vec<u32>,
    /// Where in `nodes` the next after it is.
    places: Vec<u32>,
}

impl<'a> Later<'a> {
    /// For each node, how many accounts carry another after it.
    fn counts(carried: &Carried<'_>) -> Vec<u32> {
        let mut counts = vec![0; carried.bodies.len()];
        for at in carried.accounts.lasts().others(carried.nodes.len()) {
            counts[carried.nodes[at] as usize] += 1;
        }
        counts
    }

    /// For some nodes, given how many places each has.
    fn new(carried: &Carried<'a>, counts: &[u32], looked_at: Range<usize>) -> Self {
        let (nodes, last) = (carried.nodes, carried.accounts.lasts());
        let offsets = offsets(counts[looked_at.clone()].iter().copied());
        let mut places = Scatter::new(&offsets);
        for at in last.others(nodes.len()) {
            let node = nodes[at] as usize;
            if looked_at.contains(&node) {
                places.put((node - looked_at.start) as u32, at as u32 + 1);
            }
        }
        let (places, _) = places.finish();
        Self { nodes, last, first: looked_at.start as u32, offsets, places }
    }

    /// Nodes of one of so many parts, in order, each with about as many places.
    fn part(&self, part: usize, parts: usize) -> Range<u32> {
        let start = |part: usize| {
            let before = self.places.len() as u64 * part as u64 / parts as u64;
            self.offsets.partition_point(|start| u64::from(*start) < before) as u32
        };
        let nodes = self.offsets.len() as u32 - 1;
        let end = if part + 1 == parts { nodes } else { start(part + 1) };
        self.first + start(part)..self.first + end
    }

    /// Counts the accounts that a node shares with each later one of another body.
    fn count(&self, node: u32, bodies: &[u32], counts: &mut [u32], touched: &mut Vec<u32>) {
        let at = (node - self.first) as usize;
        let own = self.offsets[at] as usize..self.offsets[at + 1] as usize;
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
