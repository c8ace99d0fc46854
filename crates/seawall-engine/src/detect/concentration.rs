//! Are the accounts of a value concentrated in some cell, beyond what their country and client explain?

use seawall_core::link::tail::poisson_ln_upper_to;

use super::scene::Scene;
use crate::parallel::fill_rows;

/// How often each cell occurs in each stratum. A cell is any property an account may have.
pub(crate) struct Cells {
    cells: usize,
    /// Accounts of each stratum in each cell, stratum after stratum.
    by_stratum: Vec<u32>,
    /// Accounts in each stratum.
    strata: Vec<u32>,
    /// Accounts in each cell.
    total: Vec<u32>,
    accounts: u32,
}

/// Bits of an account's first word that say its comparison group.
pub(super) const STRATUM_BITS: u32 = u16::BITS;

/// The comparison group of every account, and what its cells are told from, in words: side by side, since they are asked
/// for together and in any order of accounts.
pub(super) struct Outlines {
    /// Words of an account.
    pub(super) each: usize,
    pub(super) words: Vec<u64>,
}

/// Tells the cells of an account from its words.
pub(super) trait Look {
    /// Calls back with each cell.
    fn each_cell(&self, words: &[u64], each: impl FnMut(usize));
}

impl Outlines {
    /// Comparison groups alone, with room for what cells are told from.
    pub(super) fn new(scene: &Scene<'_>, each: usize) -> Self {
        let mut words = vec![0; each * scene.shared.len()];
        for (own, stratum) in words.chunks_exact_mut(each).zip(&scene.shared.strata) {
            own[0] = u64::from(*stratum);
        }
        Self { each, words }
    }

    /// Has a job add to the words of accounts, so many rows at a time.
    pub(super) fn fill(
        &mut self,
        threads: usize,
        job: impl Fn(std::ops::Range<usize>, &mut [u64]) + Sync,
    ) {
        fill_rows(threads, &mut self.words, self.each, job);
    }

    /// Words of an account.
    fn of(&self, row: usize) -> &[u64] {
        &self.words[row * self.each..][..self.each]
    }

    /// Words of accounts one after the other, with nothing to decide: the misses of the cache then overlap.
    fn fetch<'r>(&self, rows: impl Iterator<Item = &'r u32>, into: &mut Vec<u64>) {
        into.clear();
        for row in rows {
            // So few are not worth the call that copies a slice.
            for word in self.of(*row as usize) {
                into.push(*word);
            }
        }
    }
}

/// A cell in which a value's accounts are concentrated.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Concentration {
    pub(crate) cell: usize,
    /// Natural logarithm of the chance of so many.
    pub(crate) ln_p: f64,
}

/// Space to count one value's accounts in.
pub(crate) struct Scratch {
    counts: Vec<u32>,
    touched: Vec<u32>,
    strata: Vec<u32>,
    strata_touched: Vec<u16>,
    /// Words of the accounts.
    words: Vec<u64>,
}

/// How many times the expectation a cell must hold.
const LIFT_MIN: f64 = 4.0;
/// How many times the overall expectation a stratum may raise it to: beyond, the stratum is filled by
/// what is to be explained.
const STRATIFIED_MAX: f64 = 20.0;
/// Least accounts of a value in a cell.
const ACCOUNTS_MIN: u32 = 3;

impl Cells {
    pub(crate) fn new(cells: usize, strata: usize) -> Self {
        Self {
            cells,
            by_stratum: vec![0; cells * strata],
            strata: vec![0; strata],
            total: vec![0; cells],
            accounts: 0,
        }
    }

    /// Counts the judged accounts.
    pub(crate) fn count(&mut self, scene: &Scene<'_>, outlines: &Outlines, look: &impl Look) {
        for row in scene.subject.rows() {
            let words = outlines.of(row);
            let stratum = usize::from(words[0] as u16);
            self.strata[stratum] += 1;
            self.accounts += 1;
            look.each_cell(words, |cell| {
                self.by_stratum[stratum * self.cells + cell] += 1;
                self.total[cell] += 1;
            });
        }
    }

    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            counts: vec![0; self.cells],
            touched: Vec::new(),
            strata: vec![0; self.strata.len()],
            strata_touched: Vec::new(),
            words: Vec::new(),
        }
    }

    /// How often a value's accounts would be in a cell if they were like all others, the value's own left
    /// out.
    fn overall(&self, accounts: f64, cell: usize, found: f64) -> f64 {
        let others = (f64::from(self.accounts) - accounts).max(1.0);
        accounts * (f64::from(self.total[cell]) - found).max(0.0) / others
    }

    /// The same if they were like the others of their strata.
    fn stratified(&self, scratch: &Scratch, accounts: f64, cell: usize, found: f64) -> f64 {
        let mut sum = 0.0;
        for stratum in &scratch.strata_touched {
            let index = usize::from(*stratum);
            let own = f64::from(scratch.strata[index]);
            let total = f64::from(self.strata[index]);
            let in_cell = f64::from(self.by_stratum[index * self.cells + cell]);
            // The value's own share of the cell, taken as even over its strata.
            let own_in_cell = found * own / accounts;
            sum += own * (in_cell - own_in_cell).max(0.0) / (total - own + 1.0);
        }
        sum
    }

    /// The chance of what was found, where it is beyond whichever of the two expects more and at most `ln_p_max`.
    fn concentration(
        &self,
        scratch: &Scratch,
        accounts: f64,
        cell: usize,
        count: u32,
        ln_p_max: f64,
    ) -> Option<Concentration> {
        let found = f64::from(count);
        let overall = self.overall(accounts, cell, found);
        // Most cells go no further.
        if found < LIFT_MIN * overall.max(1e-6) {
            return None;
        }
        let stratified = self.stratified(scratch, accounts, cell, found);
        let expected = overall.max(stratified.min(STRATIFIED_MAX * overall)).max(1e-6);
        if found < LIFT_MIN * expected {
            return None;
        }
        let ln_p = poisson_ln_upper_to(u64::from(count), expected, ln_p_max)?;
        Some(Concentration { cell, ln_p })
    }

    /// Calls back with each concentration of the value that the given rows have, of a chance of `ln_p_max` at most.
    pub(crate) fn examine<'r>(
        &self,
        scratch: &mut Scratch,
        rows: impl Iterator<Item = &'r u32>,
        outlines: &Outlines,
        look: &impl Look,
        ln_p_max: f64,
        mut found_one: impl FnMut(Concentration),
    ) {
        outlines.fetch(rows, &mut scratch.words);
        let accounts = (scratch.words.len() / outlines.each) as f64;
        for words in scratch.words.chunks_exact(outlines.each) {
            let stratum = words[0] as u16;
            if scratch.strata[usize::from(stratum)] == 0 {
                scratch.strata_touched.push(stratum);
            }
            scratch.strata[usize::from(stratum)] += 1;
            look.each_cell(words, |cell| {
                if scratch.counts[cell] == 0 {
                    scratch.touched.push(cell as u32);
                }
                scratch.counts[cell] += 1;
            });
        }
        scratch.strata_touched.sort_unstable();
        for index in 0..scratch.touched.len() {
            let cell = scratch.touched[index] as usize;
            let count = scratch.counts[cell];
            if count >= ACCOUNTS_MIN
                && let Some(concentration) =
                    self.concentration(scratch, accounts, cell, count, ln_p_max)
            {
                found_one(concentration);
            }
        }
        for cell in scratch.touched.drain(..) {
            scratch.counts[cell as usize] = 0;
        }
        for stratum in scratch.strata_touched.drain(..) {
            scratch.strata[usize::from(stratum)] = 0;
        }
    }
}
