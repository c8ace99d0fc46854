//! How often has each selector come lately, in bounded memory?
//!
//! A table of sets of eight cells; a selector has its place in one set, and where that is full the weakest leaves: the
//! one least counted over six hours. Values that nobody shares come and go; one that is shared stays. Which set a
//! selector is in depends on a secret, so that nobody can crowd another out on purpose.

/// Cells of a set.
const WAYS: usize = 8;
/// Half-lives of the counts, in seconds: ten minutes, six hours, seven days.
pub const HALF_LIVES_SECONDS: [f32; 3] = [600.0, 21_600.0, 604_800.0];
/// Jumps of the rate that are looked for.
pub const JUMPS: [f32; 2] = [5.0, 50.0];
/// Bytes of a tracked selector.
pub const CELL_BYTES: usize = size_of::<Cell>();

/// What is kept of a selector.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cell {
    /// Hash of the value; 0 where the cell is free.
    pub value: u64,
    /// Second of the last account, since the Unix epoch.
    pub last_at: u32,
    /// Signups of the site up to the first account and up to the last one.
    pub signups: [u32; 2],
    /// Accounts since it is tracked.
    pub accounts: u32,
    /// Accounts, each counted less with every half-life that passed.
    pub counts: [f32; 3],
    /// Evidence for a jump of the rate, as natural logarithms, for each of [`JUMPS`].
    pub jumps: [f32; 2],
    /// It is shared by more accounts than expected.
    pub alarmed: bool,
}

const _: () = assert!(size_of::<Cell>() == 48, "the stated memory of a selector");

impl Cell {
    /// Its counts at a later second.
    pub fn counts_at(&self, second: u32) -> [f32; 3] {
        let passed = second.saturating_sub(self.last_at) as f32;
        std::array::from_fn(|index| {
            self.counts[index] * (-passed / HALF_LIVES_SECONDS[index]).exp2()
        })
    }
}

/// The cells of all tracked selectors.
#[derive(Clone, Debug)]
pub struct Counters {
    cells: Vec<Cell>,
    /// Sets, less one: their number is a power of two.
    mask: u64,
    secret: u64,
}

impl Counters {
    /// Room for `selectors` selectors, rounded up to a power of two: [`CELL_BYTES`] each.
    pub fn new(selectors: usize, secret: u64) -> Self {
        let sets = selectors.div_ceil(WAYS).next_power_of_two();
        Self { cells: vec![Cell::default(); sets * WAYS], mask: sets as u64 - 1, secret }
    }

    /// Selectors that there is room for.
    pub fn capacity(&self) -> usize {
        self.cells.len()
    }

    /// Selectors that are tracked.
    pub fn tracked(&self) -> usize {
        self.cells.iter().filter(|cell| cell.value != 0).count()
    }

    fn set(&self, value: u64) -> usize {
        let mixed = (value ^ self.secret).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 32) ^ self.secret.rotate_left(17))
            .wrapping_mul(0xd6e8_feb8_6659_fd93);
        ((mixed >> 32) & self.mask) as usize * WAYS
    }

    /// The cell of a value, where it is tracked.
    pub fn get(&self, value: u64) -> Option<&Cell> {
        let start = self.set(value);
        self.cells[start..start + WAYS].iter().find(|cell| cell.value == value)
    }

    /// The cell of a value, where it is tracked, to be changed.
    pub fn get_mut(&mut self, value: u64) -> Option<&mut Cell> {
        let start = self.set(value);
        self.cells[start..start + WAYS].iter_mut().find(|cell| cell.value == value)
    }

    /// Counts an account that has the value. `signups` is the number of the site's signups so far.
    pub fn count(&mut self, value: u64, second: u32, signups: u32) -> &mut Cell {
        let start = self.set(value);
        let cells = &mut self.cells[start..start + WAYS];
        let found = cells.iter().position(|cell| cell.value == value);
        let index = found.unwrap_or_else(|| {
            let index = weakest(cells, second);
            cells[index] =
                Cell { value, signups: [signups; 2], last_at: second, ..Cell::default() };
            index
        });
        let cell = &mut cells[index];
        cell.counts = cell.counts_at(second).map(|count| count + 1.0);
        cell.last_at = cell.last_at.max(second);
        cell.accounts = cell.accounts.saturating_add(1);
        cell
    }
}

/// The cell to give away: a free one, else the least counted of those that raised no alarm, the oldest among equals.
fn weakest(cells: &[Cell], second: u32) -> usize {
    if let Some(free) = cells.iter().position(|cell| cell.value == 0) {
        return free;
    }
    let weight = |cell: &Cell| (cell.alarmed, cell.counts_at(second)[1]);
    let mut weakest = 0;
    for index in 1..cells.len() {
        let (own, least) = (weight(&cells[index]), weight(&cells[weakest]));
        let order = own.0.cmp(&least.0).then(own.1.total_cmp(&least.1));
        if order.then(cells[index].last_at.cmp(&cells[weakest].last_at)).is_lt() {
            weakest = index;
        }
    }
    weakest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_halve_with_their_half_lives() {
        let mut counters = Counters::new(64, 1);
        counters.count(7, 1000, 0);
        let cell = counters.get(7).expect("tracked");
        for (half_life, index) in [(600, 0), (21_600, 1), (604_800, 2)] {
            assert!((cell.counts_at(1000 + half_life)[index] - 0.5).abs() < 1e-6);
        }
        let cell = *counters.count(7, 1600, 0);
        assert!((cell.counts[0] - 1.5).abs() < 1e-6, "{cell:?}");
        assert_eq!(cell.accounts, 2);
        // An event that comes late takes nothing back.
        assert!((counters.count(7, 100, 0).counts[0] - 2.5).abs() < 1e-6);
    }

    #[test]
    fn what_is_shared_stays_whatever_comes_by() {
        let mut counters = Counters::new(1024, 99);
        for second in 0..5 {
            counters.count(42, second, 0);
        }
        let mut state = 1_u64;
        for second in 5..100_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            counters.count(state, second / 50, 0);
        }
        assert_eq!(counters.get(42).expect("still tracked").accounts, 5);
        assert!(counters.tracked() <= 1024);
    }
}
