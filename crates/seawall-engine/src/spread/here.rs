//! What of the counting is done in this process? All of it.

use seawall_core::selector::Kind;

use super::{Carried, Gather, Keep, Pair};
use crate::{
    Error,
    count::{self, Grouped},
    parallel::in_parallel,
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

    /// Selector by selector through the accounts that carry them: the memory is one counter a selector.
    fn pairs(&self, carried: &Carried<'_>, keep: &Keep<'_>) -> Result<Vec<Pair>, Error> {
        let nodes = carried.bodies.len();
        let parts = (self.threads * 8).min(nodes.max(1));
        let found = in_parallel(self.threads, parts, |part| {
            let mut counts = vec![0_u32; nodes];
            let mut touched: Vec<u32> = Vec::new();
            let mut kept = Vec::new();
            // Interleaved, since nodes of one kind cost alike.
            for node in (part..nodes).step_by(parts) {
                count_node(carried, node as u32, &mut counts, &mut touched);
                touched.sort_unstable();
                for other in touched.drain(..) {
                    let accounts = std::mem::take(&mut counts[other as usize]);
                    kept.extend(keep(node as u32, other, accounts));
                }
            }
            kept
        });
        Ok(found.into_iter().flatten().collect())
    }
}

/// Accounts that are looked up at once.
const ROWS_AT_ONCE: usize = 128;

fn count_node(carried: &Carried<'_>, node: u32, counts: &mut [u32], touched: &mut Vec<u32>) {
    let body = carried.bodies[node as usize];
    for rows in carried.rows_of(node).chunks(ROWS_AT_ONCE) {
        // Once without deciding anything, so that the misses of the cache overlap.
        let last = |row: &u32| carried.nodes_of(*row).last().copied().unwrap_or_default();
        std::hint::black_box(rows.iter().map(last).fold(0, u32::max));
        for row in rows {
            for other in carried.nodes_of(*row).iter().rev() {
                if *other <= node {
                    break;
                }
                if carried.bodies[*other as usize] != body {
                    if counts[*other as usize] == 0 {
                        touched.push(*other);
                    }
                    counts[*other as usize] += 1;
                }
            }
        }
    }
}
