//! Which different texts are there? Each is kept once, exactly, and known by a number.
//!
//! Millions of texts do not fit into a cache, and waiting for memory is nearly all that looking one up costs. So they
//! lie in one flat table, and are looked up many at a time: a first pass over it does nothing but touch what the
//! second one needs, so that the waits overlap.

use std::hash::BuildHasher as _;

use hashbrown::DefaultHashBuilder;

use crate::dataset::cells::Cells;

/// Memory of an entry of a hash table beside its content, roughly.
pub(super) const ENTRY_BYTES: u64 = 48;
/// Bytes before each text that say how long it is.
const LENGTH_BYTES: usize = 4;
/// Looked up at a time: what they touch fits into a cache.
const AT_A_TIME: usize = 512;
/// Slots of a new table.
const SLOTS_MIN: usize = 16;

/// Texts by their bytes, numbered in the order they came.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The seed is another one in each process, so that nobody can make texts that collide. No order depends on it.
    hasher: DefaultHashBuilder,
    /// A power of two of them, at most two thirds taken: a text lies at its hash, or in the first free slot behind.
    slots: Vec<Slot>,
    count: u32,
    /// All texts, one after the other, each behind its length.
    content: Vec<u8>,
    /// Of the texts that are looked up now.
    hashes: Vec<u32>,
}

/// Where a text lies.
#[derive(Debug, Clone, Copy)]
struct Slot {
    hash: u32,
    number: u32,
    start: usize,
}

/// No text has this number.
const NOBODY: u32 = u32::MAX;
const FREE: Slot = Slot { hash: 0, number: NOBODY, start: 0 };

impl Texts {
    /// The numbers of the texts in these rows of a column, nothing where one is absent; and what new ones cost to
    /// remember. Texts are of rows: at most 2³² bytes, and fewer than 2³² of them fit into memory.
    pub(super) fn numbers(
        &mut self,
        cells: &Cells,
        rows: &[u32],
        numbers: &mut Vec<Option<u32>>,
    ) -> u64 {
        numbers.clear();
        let mut cost = 0;
        for rows in rows.chunks(AT_A_TIME) {
            self.make_room(rows.len());
            let text = |row: &u32| cells.bytes(*row as usize);
            let mut hashes = std::mem::take(&mut self.hashes);
            hashes.clear();
            hashes.extend(rows.iter().map(|row| text(row).map_or(0, |text| self.hash(text))));
            self.touch(&hashes);
            for (row, hash) in rows.iter().zip(&hashes) {
                numbers.push(text(row).map(|text| {
                    let (number, is_new) = self.find_or_add(text, *hash);
                    cost += u64::from(is_new) * Self::cost(text.len());
                    number
                }));
            }
            self.hashes = hashes;
        }
        cost
    }

    /// The number of a text, and whether it is new.
    pub(super) fn number(&mut self, text: &[u8]) -> (u32, bool) {
        self.number_by(text, self.hash(text))
    }

    /// As [`Self::number`], by a hash of the caller's: the same for all texts that are looked up here.
    pub(super) fn number_by(&mut self, text: &[u8], hash: u32) -> (u32, bool) {
        self.make_room(1);
        self.find_or_add(text, hash)
    }

    /// Is this one of the texts?
    pub(super) fn contains(&self, text: &[u8]) -> bool {
        !self.slots.is_empty() && self.find(text, self.hash(text)).is_ok()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.count as usize
    }

    /// What remembering a text of that length costs, roughly.
    pub(super) const fn cost(bytes: usize) -> u64 {
        ENTRY_BYTES + bytes as u64
    }

    /// All of them, by number.
    pub(super) fn by_number(&self) -> Vec<&[u8]> {
        let mut texts: Vec<&[u8]> = vec![&[]; self.len()];
        for slot in self.slots.iter().filter(|slot| slot.number != NOBODY) {
            texts[slot.number as usize] = at(&self.content, slot.start);
        }
        texts
    }

    fn hash(&self, text: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(text);
        (hash ^ (hash >> 32)) as u32
    }

    /// Brings what looking up these hashes will need into the cache.
    fn touch(&self, hashes: &[u32]) {
        let mask = self.slots.len() - 1;
        let mut starts = [0; AT_A_TIME];
        for (start, hash) in starts.iter_mut().zip(hashes) {
            *start = self.slots[*hash as usize & mask].start;
        }
        let lengths = starts.iter().map(|start| self.content.get(*start).copied().unwrap_or(0));
        std::hint::black_box(lengths.fold(0, |any, byte| any | byte));
    }

    /// The number of a text, or the free slot where it belongs.
    fn find(&self, text: &[u8], hash: u32) -> Result<u32, usize> {
        let mask = self.slots.len() - 1;
        let mut index = hash as usize & mask;
        loop {
            let slot = self.slots[index];
            if slot.number == NOBODY {
                return Err(index);
            }
            if slot.hash == hash && at(&self.content, slot.start) == text {
                return Ok(slot.number);
            }
            index = (index + 1) & mask;
        }
    }

    fn find_or_add(&mut self, text: &[u8], hash: u32) -> (u32, bool) {
        match self.find(text, hash) {
            Ok(number) => (number, false),
            Err(index) => {
                let number = self.count;
                self.slots[index] = Slot { hash, number, start: self.content.len() };
                self.content.extend_from_slice(&(text.len() as u32).to_le_bytes());
                self.content.extend_from_slice(text);
                self.count += 1;
                (number, true)
            }
        }
    }

    /// Makes the table large enough for so many more texts.
    fn make_room(&mut self, more: usize) {
        let needed = (self.len() + more) * 3 / 2 + 1;
        if needed <= self.slots.len() {
            return;
        }
        let slots = vec![FREE; needed.next_power_of_two().max(SLOTS_MIN)];
        let mask = slots.len() - 1;
        for slot in std::mem::replace(&mut self.slots, slots) {
            if slot.number == NOBODY {
                continue;
            }
            let mut index = slot.hash as usize & mask;
            while self.slots[index].number != NOBODY {
                index = (index + 1) & mask;
            }
            self.slots[index] = slot;
        }
    }
}

fn at(content: &[u8], start: usize) -> &[u8] {
    let (length, rest) =
        content[start..].split_first_chunk::<LENGTH_BYTES>().expect("a text has a length");
    &rest[..u32::from_le_bytes(*length) as usize]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Texts;
    use crate::dataset::cells::Cells;

    proptest! {
        /// As a map of texts to the order in which they came first.
        #[test]
        fn each_text_is_known_by_one_number(texts in prop::collection::vec("[ab\u{0}é]{0,9}", 0..1500)) {
            let (mut known, mut expected) = (Texts::default(), BTreeMap::new());
            for text in &texts {
                let next = expected.len() as u32;
                let is_new = !expected.contains_key(text);
                prop_assert_eq!(known.contains(text.as_bytes()), !is_new);
                let number = *expected.entry(text.clone()).or_insert(next);
                prop_assert_eq!(known.number(text.as_bytes()), (number, is_new));
            }
            let cells = Cells::Text(texts.iter().map(|text| Some(text.as_bytes())).collect());
            let rows: Vec<u32> = (0..texts.len() as u32).collect();
            let (mut again, mut numbers) = (Texts::default(), Vec::new());
            let cost = again.numbers(&cells, &rows, &mut numbers);
            prop_assert_eq!(cost, expected.keys().map(|text| Texts::cost(text.len())).sum::<u64>());
            let of_each: Vec<Option<u32>> = texts.iter().map(|text| Some(expected[text])).collect();
            prop_assert_eq!(numbers, of_each);
            let by_number = known.by_number();
            prop_assert_eq!(by_number.len(), known.len());
            for (text, number) in expected {
                prop_assert_eq!(by_number[number as usize], text.as_bytes());
            }
        }
    }
}
