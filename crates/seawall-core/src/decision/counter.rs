//! How often has each selector come lately, in bounded memory?
//!
//! A table of sets of eight cells; a selector has its place in one set, and where that is full the weakest leaves: the
//! one least counted over six hours. Values that nobody shares come and go; one that is shared stays. Which set a
//! selector is in depends on a secret, so that nobody can crowd another out on purpose.

use serde::{Deserialize, Serialize};

/// Cells of a set.
const WAYS: usize = 8;
/// Half-lives of the counts, in seconds: ten minutes, six hours, seven days.
pub const HALF_LIVES_SECONDS: [f32; 3] = [600.0, 21_600.0, 604_800.0];
/// Jumps of the rate that are looked for.
pub const JUMPS: [f32; 2] = [5.0, 50.0];
/// Bytes of a tracked selector.
pub const CELL_BYTES: usize = size_of::<Cell>() + size_of::<u64>();

/// What is kept of a selector.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
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

const _: () = assert!(CELL_BYTES == 48, "the stated memory of a selector");

impl Cell {
    /// Its counts at a later second.
    pub fn counts_at(&self, second: u32) -> [f32; 3] {
        std::array::from_fn(|index| self.count_at(index, second))
    }

    /// One of them.
    fn count_at(&self, index: usize, second: u32) -> f32 {
        match second.saturating_sub(self.last_at) {
            // Most are asked for in the second in which they were counted.
            0 => self.counts[index],
            passed => self.counts[index] * (-(passed as f32) / HALF_LIVES_SECONDS[index]).exp2(),
        }
    }
}

/// The cells of all tracked selectors.
#[derive(Clone, Debug)]
pub struct Counters {
    cells: Vec<Cell>,
    /// Hashes of their values, 0 where a cell is free: a set of them is what one trip to memory brings.
    values: Vec<[u64; WAYS]>,
    /// Cells that are not free.
    tracked: usize,
    /// Sets, less one: their number is a power of two.
    mask: u64,
    secret: u64,
}

impl Counters {
    /// Room for `selectors` selectors, rounded up to a power of two: [`CELL_BYTES`] each.
    pub fn new(selectors: usize, secret: u64) -> Self {
        let sets = selectors.div_ceil(WAYS).next_power_of_two();
        let cells = vec![Cell::default(); sets * WAYS];
        Self { cells, values: vec![[0; WAYS]; sets], tracked: 0, mask: sets as u64 - 1, secret }
    }

    /// Selectors that there is room for.
    pub fn capacity(&self) -> usize {
        self.cells.len()
    }

    /// Selectors that are tracked.
    pub const fn tracked(&self) -> usize {
        self.tracked
    }

    /// The cells that are not free, each with its place and the hash of its value.
    pub fn kept(&self) -> impl Iterator<Item = (u64, u64, Cell)> {
        let numbered = (0..).zip(self.values.iter().flatten().zip(&self.cells));
        let used = numbered.filter(|(_, (value, _))| **value != 0);
        used.map(|(place, (value, cell))| (place, *value, *cell))
    }

    /// Puts a cell back where it was; `false` where it cannot have been.
    pub fn put(&mut self, place: u64, value: u64, cell: Cell) -> bool {
        let set = self.set(value);
        let way = usize::try_from(place).ok().and_then(|place| place.checked_sub(set * WAYS));
        let Some(way) = way.filter(|way| *way < WAYS && value != 0) else { return false };
        self.tracked += usize::from(self.values[set][way] == 0);
        self.values[set][way] = value;
        self.cells[set * WAYS + way] = cell;
        true
    }

    fn set(&self, value: u64) -> usize {
        let mixed = (value ^ self.secret).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mixed = (mixed ^ (mixed >> 32) ^ self.secret.rotate_left(17))
            .wrapping_mul(0xd6e8_feb8_6659_fd93);
        ((mixed >> 32) & self.mask) as usize
    }

    fn place(&self, value: u64) -> Option<usize> {
        let set = self.set(value);
        let way = self.values[set].iter().position(|other| *other == value)?;
        Some(set * WAYS + way)
    }

    /// Brings what is kept of values near. It lies all over the memory: asked for one after the other it would be waited
    /// for one after the other.
    pub fn fetch(&self, values: impl Iterator<Item = u64> + Clone) {
        let sets = values.clone().fold(0, |sum, value| sum ^ self.values[self.set(value)][0]);
        std::hint::black_box(sets);
        let cells = values.fold(0, |sum, value| {
            let start = self.set(value) * WAYS;
            sum ^ match self.place(value) {
                Some(place) => self.cells[place].last_at,
                // All of a set that may have to give one away; one in two of them is on every line.
                None => {
                    (start..start + WAYS).step_by(2).fold(0, |sum, at| sum ^ self.cells[at].last_at)
                }
            }
        });
        std::hint::black_box(cells);
    }

    /// The cell of a value, where it is tracked.
    pub fn get(&self, value: u64) -> Option<&Cell> {
        self.place(value).map(|place| &self.cells[place])
    }

    /// The cell of a value, where it is tracked, to be changed.
    pub fn get_mut(&mut self, value: u64) -> Option<&mut Cell> {
        self.place(value).map(|place| &mut self.cells[place])
    }

    /// Counts an account that has the value. `signups` is the number of the site's signups so far.
    pub fn count(&mut self, value: u64, second: u32, signups: u32) -> &mut Cell {
        let set = self.set(value);
        let place = self.place(value).unwrap_or_else(|| {
            let cells = &mut self.cells[set * WAYS..][..WAYS];
            let free = self.values[set].iter().position(|value| *value == 0);
            self.tracked += usize::from(free.is_some());
            let way = free.unwrap_or_else(|| weakest(cells, second));
            self.values[set][way] = value;
            cells[way] = Cell { signups: [signups; 2], last_at: second, ..Cell::default() };
            set * WAYS + way
        });
        let cell = &mut self.cells[place];
        cell.counts = cell.counts_at(second).map(|count| count + 1.0);
        cell.last_at = cell.last_at.max(second);
        cell.accounts = cell.accounts.saturating_add(1);
        cell
    }
}

/// The cell to give away: the least counted of those that raised no alarm, the oldest among equals.
fn weakest(cells: &[Cell], second: u32) -> usize {
    let weight = |cell: &Cell| (cell.alarmed, cell.count_at(1, second), cell.last_at);
    let (mut weakest, mut least) = (0, weight(&cells[0]));
    for (index, cell) in cells.iter().enumerate().skip(1) {
        let own = weight(cell);
        let order = own.0.cmp(&least.0).then(own.1.total_cmp(&least.1)).then(own.2.cmp(&least.2));
        if order.is_lt() {
            (weakest, least) = (index, own);
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
