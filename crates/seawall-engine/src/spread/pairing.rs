//! How are pairs of hot selectors counted in parts?
//!
//! Each account says which pairs it carries, and equal pairs are counted: the order of the accounts, and who asks which,
//! does not matter.

use super::{Flaw, Keep, Pair};
use crate::bits::Spans;

/// Which hot selectors (nodes) each account carries.
#[derive(Clone, Copy, Debug)]
pub struct Carried<'a> {
    /// For each node, its body: nodes of one body make no pair.
    pub(crate) bodies: &'a [u32],
    /// Nodes of each account that carries any, ascending, account after account.
    pub(crate) nodes: &'a [u32],
    /// Where those of each are.
    pub(crate) accounts: &'a Spans,
}

impl<'a> Carried<'a> {
    /// How many nodes all accounts carry.
    pub fn places(&self) -> usize {
        self.nodes.len()
    }

    /// For each account that carries two or more, what it carries: each a node with its body.
    pub fn bundles(&self) -> impl Iterator<Item = impl Iterator<Item = u64> + use<'a>> + use<'a> {
        let Carried { bodies, nodes, accounts } = *self;
        accounts.iter().filter(|own| own.len() > 1).map(move |own| {
            nodes[own].iter().map(move |node| joined(bodies[*node as usize], *node))
        })
    }
}

/// Two numbers in one, the first above.
const fn joined(above: u32, below: u32) -> u64 {
    (above as u64) << 32 | below as u64
}

/// Calls back with each pair of what one account carries: two nodes in one number, the earlier above.
pub fn pairs_of(bundle: &[u64], mut each: impl FnMut(u64)) {
    for (at, from) in bundle.iter().enumerate() {
        for to in bundle[at + 1..].iter().filter(|to| *to >> 32 != from >> 32) {
            each(joined(*from as u32, *to as u32));
        }
    }
}

/// Puts counts together, each of a pair that comes once.
pub struct Counted<'c, 'k> {
    bodies: &'c [u32],
    keep: &'c Keep<'k>,
    kept: Vec<Pair>,
    expected: u64,
    found: u64,
}

impl<'c, 'k> Counted<'c, 'k> {
    /// Expects the counts of all pairs.
    pub fn new(carried: &Carried<'c>, keep: &'c Keep<'k>) -> Self {
        let mut own: Vec<u64> = Vec::new();
        let mut expected = 0;
        for bundle in carried.bundles() {
            own.clear();
            own.extend(bundle.map(|node| node >> 32));
            own.sort_unstable();
            let two_of = |count: usize| (count * (count - 1) / 2) as u64;
            let within: u64 = own.chunk_by(|a, b| a == b).map(|own| two_of(own.len())).sum();
            expected += two_of(own.len()) - within;
        }
        Self { bodies: carried.bodies, keep, kept: Vec::new(), expected, found: 0 }
    }

    /// Takes how many accounts carry a pair.
    pub fn take(&mut self, pair: u64, accounts: u64) -> Result<(), Flaw> {
        let (from, to) = ((pair >> 32) as u32, pair as u32);
        let counted = u32::try_from(accounts).map_err(|_| Flaw::Foreign)?;
        if from >= to || to as usize >= self.bodies.len() {
            return Err(Flaw::Foreign);
        }
        self.found += accounts;
        self.kept.extend((self.keep)(from, to, counted));
        Ok(())
    }

    /// What was kept, if no count is missing.
    pub fn finish(mut self) -> Result<Vec<Pair>, Flaw> {
        let Self { expected, found, .. } = self;
        if found != expected {
            return Err(Flaw::Rows { expected, found });
        }
        let twice = |pairs: &[Pair]| pairs.windows(2).any(|two| two[0].ends() == two[1].ends());
        self.kept.sort_unstable_by_key(Pair::ends);
        if twice(&self.kept) { Err(Flaw::Foreign) } else { Ok(self.kept) }
    }
}
