//! Groups equal hashes in linear time.
//!
//! Floor: read 8 bytes and write 4 a row. A column of few distinct values is counted in one table that
//! stays in cache. Any other is first partitioned by its top bits, so that each partition's table
//! stays in cache, which costs one more pass of 8 bytes a row and one of 4, each way.

/// The account has no such value.
pub const ABSENT: u32 = 0;
/// The account has a value that fewer than [`SHARED_MIN`] accounts have.
pub const RARE: u32 = u32::MAX;
/// Accounts that make a value shared.
pub const SHARED_MIN: u32 = 3;

/// Distinct values up to which one table is used.
const SMALL_MAX: usize = 2048;
/// Rows a partition should have.
const PARTITION_ROWS: usize = 4096;

/// A column after grouping.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Grouped {
    /// For each row: [`ABSENT`], [`RARE`], or one plus the index into `hashes`.
    pub ids: Vec<u32>,
    /// Hash of each shared value, ascending.
    pub hashes: Vec<u64>,
    /// Rows that have each shared value.
    pub counts: Vec<u32>,
    /// Rows that have any value.
    pub present: u64,
}

/// Open addressing with linear probing over hashes that are never 0.
struct Table {
    keys: Vec<u64>,
    counts: Vec<u32>,
    /// Slots with a key: fewer than half of them all, and sometimes hardly any.
    used: Vec<u32>,
}

impl Table {
    fn new() -> Self {
        Self { keys: vec![0; 1024], counts: vec![0; 1024], used: Vec::new() }
    }

    fn clear(&mut self) {
        for slot in self.used.drain(..) {
            self.keys[slot as usize] = 0;
            self.counts[slot as usize] = 0;
        }
    }

    /// Slot of a key, or the free slot where it belongs.
    fn slot(&self, key: u64) -> usize {
        let mask = self.keys.len() - 1;
        let mut slot = key as usize & mask;
        while self.keys[slot] != key && self.keys[slot] != 0 {
            slot = (slot + 1) & mask;
        }
        slot
    }

    fn count(&mut self, key: u64) {
        let mut slot = self.slot(key);
        if self.keys[slot] == 0 {
            if self.used.len() * 2 >= self.keys.len() {
                self.grow();
                slot = self.slot(key);
            }
            self.keys[slot] = key;
            self.used.push(slot as u32);
        }
        self.counts[slot] += 1;
    }

    fn grow(&mut self) {
        let size = self.keys.len() * 2;
        let keys = std::mem::replace(&mut self.keys, vec![0; size]);
        let counts = std::mem::replace(&mut self.counts, vec![0; size]);
        for before in std::mem::take(&mut self.used) {
            let (key, count) = (keys[before as usize], counts[before as usize]);
            let slot = self.slot(key);
            (self.keys[slot], self.counts[slot]) = (key, count);
            self.used.push(slot as u32);
        }
    }

    /// Replaces counts by ids from the next one up, in order of key; values too rare get [`RARE`].
    fn number(&mut self, grouped: &mut Grouped) {
        let mut shared: Vec<(u64, u32)> = Vec::new();
        for slot in &self.used {
            let (key, count) = (self.keys[*slot as usize], &mut self.counts[*slot as usize]);
            if *count >= SHARED_MIN {
                shared.push((key, *count));
            }
            *count = RARE;
        }
        shared.sort_unstable();
        for (key, count) in shared {
            grouped.hashes.push(key);
            grouped.counts.push(count);
            let slot = self.slot(key);
            self.counts[slot] = grouped.hashes.len() as u32;
        }
    }
}

/// Groups a column of hashes, 0 meaning absent.
pub fn group(values: &[u64]) -> Grouped {
    group_small(values).unwrap_or_else(|| group_partitioned(values))
}

fn group_small(values: &[u64]) -> Option<Grouped> {
    let mut table = Table::new();
    let mut present = 0;
    for value in values.iter().filter(|value| **value != 0) {
        table.count(*value);
        present += 1;
        if table.used.len() > SMALL_MAX {
            return None;
        }
    }
    let mut grouped = Grouped { present, ..Grouped::default() };
    table.number(&mut grouped);
    grouped.ids = values
        .iter()
        .map(|value| if *value == 0 { ABSENT } else { table.counts[table.slot(*value)] })
        .collect();
    Some(grouped)
}

fn group_partitioned(values: &[u64]) -> Grouped {
    let bits =
        (values.len() / PARTITION_ROWS).max(2).next_power_of_two().min(1 << 12).trailing_zeros();
    let partition = |value: u64| (value >> (64 - bits)) as usize;
    let mut starts = vec![0_usize; (1 << bits) + 1];
    for value in values.iter().filter(|value| **value != 0) {
        starts[partition(*value) + 1] += 1;
    }
    for index in 1..starts.len() {
        starts[index] += starts[index - 1];
    }
    let present = starts[1 << bits];
    let mut keys = vec![0_u64; present];
    let mut cursor = starts.clone();
    for value in values.iter().filter(|value| **value != 0) {
        let at = &mut cursor[partition(*value)];
        keys[*at] = *value;
        *at += 1;
    }
    let mut grouped = Grouped { present: present as u64, ..Grouped::default() };
    let mut table = Table::new();
    for window in starts.windows(2) {
        table.clear();
        for key in &keys[window[0]..window[1]] {
            table.count(*key);
        }
        table.number(&mut grouped);
        // Ids take the place of keys that are done, two in a word: they need no memory of their own.
        for at in window[0]..window[1] {
            let id = u64::from(table.counts[table.slot(keys[at])]);
            keys[at / 2] = if at % 2 == 0 { id } else { keys[at / 2] | id << 32 };
        }
    }
    let mut found = keys;
    found.truncate(present.div_ceil(2));
    found.shrink_to_fit();
    // A partition has its rows in their order: the next of each is the next that is asked for.
    let mut cursor = starts;
    let id_of = |value: &u64| {
        if *value == 0 {
            return ABSENT;
        }
        let next = &mut cursor[partition(*value)];
        let at = std::mem::replace(next, *next + 1);
        (found[at / 2] >> (at % 2 * 32)) as u32
    };
    grouped.ids = values.iter().map(id_of).collect();
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    fn oracle(values: &[u64]) -> Grouped {
        let mut counts: BTreeMap<u64, u32> = BTreeMap::new();
        for value in values.iter().filter(|value| **value != 0) {
            *counts.entry(*value).or_default() += 1;
        }
        let shared: Vec<(u64, u32)> =
            counts.iter().filter(|entry| *entry.1 >= SHARED_MIN).map(|(k, c)| (*k, *c)).collect();
        let ids = values
            .iter()
            .map(|value| match shared.binary_search_by_key(value, |entry| entry.0) {
                _ if *value == 0 => ABSENT,
                Ok(index) => index as u32 + 1,
                Err(_) => RARE,
            })
            .collect();
        Grouped {
            ids,
            hashes: shared.iter().map(|entry| entry.0).collect(),
            counts: shared.iter().map(|entry| entry.1).collect(),
            present: values.iter().filter(|value| **value != 0).count() as u64,
        }
    }

    fn spread(value: u64) -> u64 {
        if value == 0 { 0 } else { value.wrapping_mul(0x9E37_79B9_7F4A_7C15) }
    }

    proptest! {
        #[test]
        fn both_ways_agree_with_a_sorted_map(raw in proptest::collection::vec(0_u64..60, 0..500)) {
            let values: Vec<u64> = raw.into_iter().map(spread).collect();
            prop_assert_eq!(group(&values), oracle(&values));
            prop_assert_eq!(group_partitioned(&values), oracle(&values));
        }
    }

    #[test]
    fn many_distinct_values_and_one_heavy_one() {
        let mut values: Vec<u64> = (1..20_000_u64).map(|value| spread(value / 2 + 1)).collect();
        values.extend(std::iter::repeat_n(spread(7), 30_000));
        assert_eq!(group(&values), oracle(&values));
    }
}
