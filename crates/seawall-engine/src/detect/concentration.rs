//! Are the accounts of a value concentrated in some cell, beyond what their country and client explain?

use seawall_core::link::tail::poisson_ln_upper;

/// How often each cell occurs in each stratum. A cell is any property an account may have.
pub(crate) struct Cells {
    cells: usize,
    /// Accounts of each stratum in each cell, stratum after stratum.
    by_stratum: Vec<f32>,
    /// Accounts in each stratum.
    strata: Vec<f32>,
    /// Accounts in each cell.
    total: Vec<f32>,
    accounts: f32,
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
            by_stratum: vec![0.0; cells * strata],
            strata: vec![0.0; strata],
            total: vec![0.0; cells],
            accounts: 0.0,
        }
    }

    pub(crate) fn add_account(&mut self, stratum: u16) {
        self.strata[usize::from(stratum)] += 1.0;
        self.accounts += 1.0;
    }

    pub(crate) fn add(&mut self, stratum: u16, cell: usize) {
        self.by_stratum[usize::from(stratum) * self.cells + cell] += 1.0;
        self.total[cell] += 1.0;
    }

    pub(crate) fn scratch(&self) -> Scratch {
        Scratch {
            counts: vec![0; self.cells],
            touched: Vec::new(),
            strata: vec![0; self.strata.len()],
            strata_touched: Vec::new(),
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

    /// The chance of what was found, where it is beyond whichever of the two expects more.
    fn concentration(
        &self,
        scratch: &Scratch,
        accounts: f64,
        cell: usize,
        count: u32,
    ) -> Option<Concentration> {
        let found = f64::from(count);
        let overall = self.overall(accounts, cell, found);
        // Most cells go no further.
        if found < LIFT_MIN * overall.max(1e-6) {
            return None;
        }
        let stratified = self.stratified(scratch, accounts, cell, found);
        let expected = overall.max(stratified.min(STRATIFIED_MAX * overall)).max(1e-6);
        (found >= LIFT_MIN * expected)
            .then(|| Concentration { cell, ln_p: poisson_ln_upper(u64::from(count), expected) })
    }

    /// Calls back with each concentration of the value that the given rows have.
    pub(crate) fn examine<'r>(
        &self,
        scratch: &mut Scratch,
        rows: impl Iterator<Item = &'r u32> + Clone,
        stratum_of: impl Fn(u32) -> u16,
        for_each_cell: impl Fn(u32, &mut dyn FnMut(usize)),
        mut found_one: impl FnMut(Concentration),
    ) {
        let mut accounts = 0.0;
        for row in rows {
            accounts += 1.0;
            let stratum = stratum_of(*row);
            if scratch.strata[usize::from(stratum)] == 0 {
                scratch.strata_touched.push(stratum);
            }
            scratch.strata[usize::from(stratum)] += 1;
            for_each_cell(*row, &mut |cell| {
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
                && let Some(concentration) = self.concentration(scratch, accounts, cell, count)
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
