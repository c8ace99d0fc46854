//! Folds observations into accounts, in any order.

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use seawall_core::{
    event::EventType,
    selector::{Derive, KindSet, registry::KINDS},
};

use super::{
    batch::{Batch, Observation},
    columns::{Accounts, Flags},
    earliest::{Dated, Earliest},
};

/// Values kept for each account of a kind that may have many.
const MANY_MAX: usize = 16;
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

/// The values of one kind as they stand: the one of lowest rank for each row.
#[derive(Debug, Default)]
struct Slots {
    values: Vec<u64>,
    /// Rank of each value, kept only once something other than a first signup has contributed.
    ranks: Option<Vec<u32>>,
}

/// All accounts seen so far.
#[derive(Debug)]
pub struct AccountTable {
    rows: HashedMap<u32>,
    hashes: Vec<u64>,
    flags: Vec<Flags>,
    first_seen: Vec<u32>,
    last_seen: Vec<u32>,
    signup_at: Vec<u32>,
    /// Rank under which the first signup folded in was recorded.
    signup_rank: Vec<u32>,
    /// Kinds that a signup gave: no other event can say better.
    signup_kinds: Vec<KindSet>,
    /// (seconds, trusted) of the site's latest word, packed so that the larger is the later.
    trust: Vec<u64>,
    logins: Vec<u32>,
    actions: Vec<u32>,
    /// One bit for each UTC day, modulo 64.
    active_days: Vec<u64>,
    slots: Vec<Slots>,
    many: Vec<Option<Earliest>>,
    steps: Earliest,
    events: u64,
}

/// Signups come before everything else; among equals the earlier. Two-second steps leave a bit free.
fn rank(event_type: EventType, seconds: u32) -> u32 {
    let other = u32::from(event_type != EventType::Signup);
    (other << 31) | (seconds >> 1)
}

impl Default for AccountTable {
    fn default() -> Self {
        Self {
            rows: HashedMap::default(),
            hashes: Vec::new(),
            flags: Vec::new(),
            first_seen: Vec::new(),
            last_seen: Vec::new(),
            signup_at: Vec::new(),
            signup_rank: Vec::new(),
            signup_kinds: Vec::new(),
            trust: Vec::new(),
            logins: Vec::new(),
            actions: Vec::new(),
            active_days: Vec::new(),
            slots: KINDS.iter().map(|_| Slots::default()).collect(),
            many: KINDS
                .iter()
                .map(|kind| {
                    matches!(kind.derive, Derive::Action(_)).then(|| Earliest::new(MANY_MAX, true))
                })
                .collect(),
            steps: Earliest::new(STEPS_MAX, false),
            events: 0,
        }
    }
}

impl AccountTable {
    /// Folds a chunk's observations in.
    pub fn add(&mut self, batch: &Batch) {
        for (observation, values) in batch.iter() {
            self.events += 1;
            let row = self.row(observation);
            let again = self.note_event(row, observation);
            let rank = rank(observation.event_type, observation.seconds);
            // A first signup's values need no rank of their own: they have the signup's.
            let signup = observation.event_type == EventType::Signup;
            let plain = signup && !again;
            let settled = self.settle(row, signup, observation.kinds);
            for (kind, &value) in observation.kinds.kinds().zip(values) {
                if settled.contains(kind) {
                    continue;
                }
                let index = usize::from(kind.0);
                if let Some(many) = &mut self.many[index] {
                    many.push(Dated { row: row as u32, seconds: observation.seconds, value });
                } else {
                    self.slots[index].offer(row, value, rank, plain, &self.signup_rank);
                }
            }
        }
    }

    /// The kinds whose values of this event come too late: a signup of the account has given them.
    fn settle(&mut self, row: usize, signup: bool, kinds: KindSet) -> KindSet {
        let known = &mut self.signup_kinds[row];
        if signup {
            *known = KindSet::from_bits(known.bits() | kinds.bits());
            return KindSet::EMPTY;
        }
        *known
    }

    /// Number of distinct accounts so far.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    fn row(&mut self, observation: &Observation) -> usize {
        let next = self.hashes.len() as u32;
        let row = *self.rows.entry(observation.account).or_insert(next);
        if row == next {
            self.hashes.push(observation.account);
            self.flags.push(Flags::default());
            self.first_seen.push(observation.seconds);
            self.last_seen.push(observation.seconds);
            self.signup_at.push(u32::MAX);
            self.signup_rank.push(u32::MAX);
            self.signup_kinds.push(KindSet::EMPTY);
            self.trust.push(0);
            self.logins.push(0);
            self.actions.push(0);
            self.active_days.push(0);
        }
        row as usize
    }

    /// Returns whether this is a second signup of the account.
    fn note_event(&mut self, row: usize, observation: &Observation) -> bool {
        let seconds = observation.seconds;
        self.first_seen[row] = self.first_seen[row].min(seconds);
        self.last_seen[row] = self.last_seen[row].max(seconds);
        if let Some(trusted) = observation.trusted {
            let word = (u64::from(seconds) << 1 | u64::from(trusted)) + 1;
            self.trust[row] = self.trust[row].max(word);
        }
        match observation.event_type {
            EventType::Signup => {
                let again = self.flags[row].signup;
                self.flags[row].signup = true;
                self.signup_at[row] = self.signup_at[row].min(seconds);
                if !again {
                    self.signup_rank[row] = rank(EventType::Signup, seconds);
                }
                return again;
            }
            EventType::Login => self.logins[row] = self.logins[row].saturating_add(1),
            EventType::Action => self.actions[row] = self.actions[row].saturating_add(1),
            EventType::Challenge => return false,
        }
        self.active_days[row] |= 1 << (seconds / 86_400 % 64);
        self.steps.push(Dated { row: row as u32, seconds, value: observation.step });
        false
    }

    /// Ends the folding: accounts in canonical order, (first seen, hash of the id).
    pub fn finish(mut self) -> Accounts {
        drop(std::mem::take(&mut self.rows));
        let rows = self.hashes.len();
        let order = canonical_order(&self.first_seen, &self.hashes);
        for (flags, trust) in self.flags.iter_mut().zip(&self.trust) {
            flags.trusted = *trust > 0 && (*trust - 1) & 1 == 1;
        }
        let mut position = vec![0_u32; rows];
        for (new, old) in order.iter().enumerate() {
            position[*old as usize] = new as u32;
        }
        let steps = self.steps.into_sorted(&position);
        let many = self
            .many
            .into_iter()
            .map(|many| many.map(|many| many.into_sorted(&position)))
            .collect();
        let mut gather = Gather::new(order);
        Accounts {
            hashes: gather.words(self.hashes),
            flags: gather.others(self.flags),
            first_seen: gather.others(self.first_seen),
            last_seen: gather.others(self.last_seen),
            signup_at: gather.others(self.signup_at),
            logins: gather.others(self.logins),
            actions: gather.others(self.actions),
            active_days: gather.words(self.active_days),
            values: self
                .slots
                .into_iter()
                .map(|slots| {
                    let mut values = slots.values;
                    if !values.is_empty() {
                        values.resize(rows, 0);
                    }
                    gather.words(values)
                })
                .collect(),
            many,
            steps,
            events: self.events,
        }
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
    /// The room of the column before: taking new room for each of forty costs more than moving them.
    room: Vec<u64>,
}

impl Gather {
    fn new(order: Vec<u32>) -> Self {
        let same = order.iter().enumerate().all(|(new, old)| new == *old as usize);
        Self { order: if same { Vec::new() } else { order }, room: Vec::new() }
    }

    /// A column of words in the new order; an empty one stays empty.
    fn words(&mut self, values: Vec<u64>) -> Vec<u64> {
        if values.is_empty() || self.order.is_empty() {
            return values;
        }
        self.room.clear();
        self.room.extend(self.order.iter().map(|row| values[*row as usize]));
        std::mem::replace(&mut self.room, values)
    }

    /// As [`Self::words`], for the few columns of other types.
    fn others<T: Copy>(&self, values: Vec<T>) -> Vec<T> {
        if self.order.is_empty() {
            return values;
        }
        self.order.iter().map(|row| values[*row as usize]).collect()
    }
}

impl Slots {
    fn offer(&mut self, row: usize, value: u64, rank: u32, plain: bool, signup_rank: &[u32]) {
        if self.values.len() <= row {
            grow(&mut self.values, row, 0);
        }
        if plain && self.ranks.is_none() {
            self.values[row] = value;
        } else {
            self.offer_ranked(row, value, rank, signup_rank);
        }
    }

    fn offer_ranked(&mut self, row: usize, value: u64, rank: u32, signup_rank: &[u32]) {
        let values = &mut self.values;
        let ranks = self.ranks.get_or_insert_with(|| {
            let known = values.iter().zip(signup_rank);
            known.map(|(value, rank)| if *value == 0 { u32::MAX } else { *rank }).collect()
        });
        if ranks.len() <= row {
            grow(ranks, row, u32::MAX);
        }
        if values[row] == 0 || (rank, value) < (ranks[row], values[row]) {
            (ranks[row], values[row]) = (rank, value);
        }
    }
}

/// Rows by which a column grows, so that it seldom does; room is taken by doubling.
const GROWTH_ROWS: usize = 4096;

/// Makes a column long enough for a row.
fn grow<T: Copy>(column: &mut Vec<T>, row: usize, empty: T) {
    column.resize(row + GROWTH_ROWS, empty);
}
