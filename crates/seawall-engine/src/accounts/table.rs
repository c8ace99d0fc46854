//! Folds observations into accounts, in any order.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use hashbrown::{HashTable, hash_table::Entry};
use seawall_core::event::EventType;

mod kept;

pub(crate) use kept::{ChunkRows, Facts, KeptChunk, KeptPiece};

use super::{
    batch::Observation,
    columns::{Accounts, Details},
    earliest::{Dated, Earliest},
    pieces::{Budget, Pieces},
    values::Values,
};
use crate::{
    Error,
    bits::Marks,
    spill::{Block, Spill},
};

/// First steps kept for each account.
pub(crate) const STEPS_MAX: usize = 8;

/// Account hashes are XXH3 already: no second hashing.
#[derive(Default)]
pub(crate) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = value;
    }
}

pub(crate) type HashedMap<V> = HashMap<u64, V, BuildHasherDefault<Hashed>>;

/// All accounts seen so far.
#[derive(Debug)]
pub(crate) struct AccountTable {
    /// Rows by the hash of the account, which [`Self::hashes`] has.
    rows: HashTable<u32>,
    hashes: Vec<u64>,
    first_seen: Vec<u32>,
    last_seen: Vec<u32>,
    /// `u32::MAX` where the signup is not in the input.
    signup_at: Vec<u32>,
    /// (seconds, trusted) of the site's latest word, packed so that the larger is the later. This and the columns
    /// below are as long as they need to be: many a log has nothing for them.
    trust: Vec<u64>,
    logins: Vec<u32>,
    actions: Vec<u32>,
    /// One bit for each UTC day, modulo 64.
    active_days: Vec<u64>,
    /// What each piece says, kind by kind.
    pieces: Pieces,
    steps: Earliest,
    events: u64,
}

impl AccountTable {
    /// No accounts; what they show is kept within the budget.
    pub(crate) fn new(budget: Budget) -> Self {
        Self {
            rows: HashTable::new(),
            hashes: Vec::new(),
            first_seen: Vec::new(),
            last_seen: Vec::new(),
            signup_at: Vec::new(),
            trust: Vec::new(),
            logins: Vec::new(),
            actions: Vec::new(),
            active_days: Vec::new(),
            pieces: Pieces::new(budget),
            steps: Earliest::new(STEPS_MAX, false),
            events: 0,
        }
    }

    /// Folds a piece's observations in, and keeps its values; `blocks` where they are in a file already that
    /// [`Self::lie_in`] will name.
    pub(crate) fn add(
        &mut self,
        observations: &[Observation],
        values: Vec<Option<Values>>,
        blocks: Option<&[Block]>,
    ) -> Result<(), Error> {
        self.events += observations.len() as u64;
        let rows = observations.iter().map(|observation| {
            let row = self.row(observation);
            self.note_event(row, observation);
            row as u32
        });
        let rows = rows.collect();
        self.pieces.add(rows, observations, values, blocks)
    }

    /// Says where the blocks are that came with pieces.
    pub(crate) fn lie_in(&mut self, spill: Spill) {
        self.pieces.lie_in(spill);
    }

    /// How many there are.
    pub(crate) fn len(&self) -> usize {
        self.hashes.len()
    }

    /// How many of them have their signup in the input.
    pub(crate) fn signups(&self) -> u64 {
        self.signup_at.iter().filter(|at| **at != u32::MAX).count() as u64
    }

    /// Bytes of memory that the values of all pieces take, without what went to the spill file.
    pub(crate) fn value_bytes(&self) -> u64 {
        self.pieces.bytes()
    }

    fn row(&mut self, observation: &Observation) -> usize {
        self.row_of(observation.account, observation.seconds)
    }

    /// The row of an account, a new one where it has none.
    fn row_of(&mut self, account: u64, seconds: u32) -> usize {
        let Self { rows, hashes, .. } = self;
        let known = rows.entry(
            account,
            |row| hashes[*row as usize] == account,
            |row| hashes[*row as usize],
        );
        let row = match known {
            Entry::Occupied(row) => return *row.get() as usize,
            Entry::Vacant(free) => *free.insert(hashes.len() as u32).get() as usize,
        };
        self.hashes.push(account);
        self.first_seen.push(seconds);
        self.last_seen.push(seconds);
        self.signup_at.push(u32::MAX);
        row
    }

    fn note_event(&mut self, row: usize, observation: &Observation) {
        let seconds = observation.seconds;
        self.first_seen[row] = self.first_seen[row].min(seconds);
        self.last_seen[row] = self.last_seen[row].max(seconds);
        if let Some(trusted) = observation.trusted {
            let word = (u64::from(seconds) << 1 | u64::from(trusted)) + 1;
            let trust = of(&mut self.trust, row);
            *trust = word.max(*trust);
        }
        match observation.event_type {
            EventType::Signup => {
                self.signup_at[row] = self.signup_at[row].min(seconds);
                return;
            }
            EventType::Login => count(&mut self.logins, row),
            EventType::Action => count(&mut self.actions, row),
            EventType::Challenge => return,
        }
        *of(&mut self.active_days, row) |= 1 << (seconds / 86_400 % 64);
        self.steps.push(Dated { row: row as u32, seconds, value: observation.step });
    }

    /// Ends the folding: accounts in canonical order, (first seen, hash of the id).
    pub(crate) fn finish(mut self) -> (Accounts, Details, Pieces) {
        // What is not needed any more goes before more is made.
        self.rows = HashTable::new();
        let rows = self.hashes.len();
        let is_trusted = |entry: &(usize, u64)| entry.1 > 0 && (entry.1 - 1) & 1 == 1;
        let trust = std::mem::take(&mut self.trust).into_iter().enumerate();
        let trusted = Marks::new(rows, trust.filter(is_trusted).map(|entry| entry.0));
        let order = canonical_order(&self.first_seen, &self.hashes);
        let mut position = vec![0_u32; rows];
        for (new, old) in order.iter().enumerate() {
            position[*old as usize] = new as u32;
        }
        self.steps.place(&position);
        self.pieces.place(&position);
        drop(position);
        let gather = Gather::new(order);
        let details = Details {
            last_seen: gather.column(self.last_seen),
            signup_at: gather.column(self.signup_at),
            logins: gather.column_if_any(self.logins, rows),
            actions: gather.column_if_any(self.actions, rows),
            active_days: gather.column_if_any(self.active_days, rows),
            steps: self.steps.into_sorted(),
        };
        let (hashes, first_seen) = (gather.column(self.hashes), gather.column(self.first_seen));
        let trusted = gather.marks(trusted);
        let accounts = Accounts::new(hashes, trusted, first_seen, &details, self.events);
        (accounts, details, self.pieces)
    }
}

/// Rows in the order of (first seen, hash).
fn canonical_order(first_seen: &[u32], hashes: &[u64]) -> Vec<u32> {
    // A log mostly comes in order of time, which a stable sort makes use of; few accounts share a second.
    let mut order: Vec<u32> = (0..first_seen.len() as u32).collect();
    order.sort_by_key(|row| first_seen[*row as usize]);
    for together in
        order.chunk_by_mut(|left, right| first_seen[*left as usize] == first_seen[*right as usize])
    {
        together.sort_unstable_by_key(|row| hashes[*row as usize]);
    }
    order
}

/// Puts columns into another order.
struct Gather {
    /// The row that each comes from; empty where all stay.
    order: Vec<u32>,
}

impl Gather {
    fn new(order: Vec<u32>) -> Self {
        let same = order.iter().enumerate().all(|(new, old)| new == *old as usize);
        Self { order: if same { Vec::new() } else { order } }
    }

    fn column<T: Copy>(&self, values: Vec<T>) -> Vec<T> {
        if self.order.is_empty() {
            return values;
        }
        self.order.iter().map(|row| values[*row as usize]).collect()
    }

    fn marks(&self, marks: Marks) -> Marks {
        if self.order.is_empty() { marks } else { marks.of_rows(&self.order) }
    }

    /// The same for a column that may end before the rows do.
    fn column_if_any<T: Copy + Default>(&self, mut values: Vec<T>, rows: usize) -> Vec<T> {
        if values.is_empty() {
            // Zeroes that nobody writes to take no memory.
            return vec![T::default(); rows];
        }
        values.resize(rows, T::default());
        self.column(values)
    }
}

/// The entry of a row in a column that grows as it is needed.
fn of<T: Copy + Default>(column: &mut Vec<T>, row: usize) -> &mut T {
    if column.len() <= row {
        column.resize(row + 1, T::default());
    }
    &mut column[row]
}

fn count(column: &mut Vec<u32>, row: usize) {
    let own = of(column, row);
    *own = own.saturating_add(1);
}
