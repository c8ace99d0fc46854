//! How many different texts has each group? Exact, and in order of no rows.
//!
//! Millions of texts do not fit into a cache, and waiting for memory is nearly all that looking one up costs. So what
//! comes in first waits, sorted into parts by hash; then one part after the other is looked up, in tables of its own
//! that do fit (radix partitioning: Manegold, Boncz, Kersten, "Optimizing Main-Memory Join on Modern Hardware", 2002).

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashSet};

use super::texts::{ENTRY_BYTES, Texts};
use crate::dataset::cells::Cells;

/// A power of two. A part of ten million texts has tables of about a megabyte.
const PARTS: usize = 256;
/// The group, the hash and the length of a text that waits.
const HEAD_BYTES: usize = 12;

/// Texts that were told apart, by group.
#[derive(Debug)]
pub(super) struct Distinct {
    /// The seed is another one in each process, so that nobody can make texts that collide. No result depends on it.
    hasher: DefaultHashBuilder,
    parts: Vec<Part>,
    waiting_bytes: usize,
    waiting_bytes_max: usize,
    /// How many different texts each group has, of those that wait no longer.
    counts: Vec<u64>,
}

#[derive(Debug, Default)]
struct Part {
    /// One behind the other, each behind its head.
    waiting: Vec<u8>,
    texts: Texts,
    /// Groups, and the numbers of the texts that they have.
    pairs: HashSet<(u32, u32)>,
}

impl Distinct {
    /// None yet. So many bytes may wait.
    pub(super) fn new(waiting_bytes_max: usize) -> Self {
        Self {
            hasher: DefaultHashBuilder::default(),
            parts: (0..PARTS).map(|_| Part::default()).collect(),
            waiting_bytes: 0,
            waiting_bytes_max,
            counts: Vec::new(),
        }
    }

    /// Takes in the texts in these rows of a column, whose groups are known; what this has cost in memory so far
    /// unseen. Texts are of rows: at most 2³² bytes.
    pub(super) fn take(&mut self, cells: &Cells, rows: &[u32], of_rows: &[u32]) -> u64 {
        for (row, group) in rows.iter().zip(of_rows) {
            let Some(text) = cells.bytes(*row as usize) else { continue };
            let hash = self.hasher.hash_one(text);
            // The lower half finds the text in the tables of its part.
            let waiting = &mut self.parts[(hash >> 32) as usize % PARTS].waiting;
            let [group, hash, length] =
                [*group, hash as u32, text.len() as u32].map(u32::to_le_bytes);
            waiting.extend_from_slice(&group);
            waiting.extend_from_slice(&hash);
            waiting.extend_from_slice(&length);
            waiting.extend_from_slice(text);
            self.waiting_bytes += HEAD_BYTES + text.len();
        }
        if self.waiting_bytes > self.waiting_bytes_max { self.settle() } else { 0 }
    }

    /// Looks up all that waits; what this has cost in memory.
    pub(super) fn settle(&mut self) -> u64 {
        self.waiting_bytes = 0;
        self.parts.iter_mut().map(|part| part.settle(&mut self.counts)).sum()
    }

    /// How many different texts a group has, once all is settled.
    pub(super) fn count(&self, group: usize) -> u64 {
        self.counts.get(group).copied().unwrap_or(0)
    }
}

impl Part {
    fn settle(&mut self, counts: &mut Vec<u64>) -> u64 {
        let (mut cost, mut rest) = (0, self.waiting.as_slice());
        while let Some((head, behind)) = rest.split_first_chunk::<HEAD_BYTES>() {
            let word = |at: usize| {
                u32::from_le_bytes([head[at], head[at + 1], head[at + 2], head[at + 3]])
            };
            let (group, hash) = (word(0), word(4));
            let (text, next) = behind.split_at(word(8) as usize);
            let (number, is_new) = self.texts.number_by(text, hash);
            cost += u64::from(is_new) * Texts::cost(text.len());
            if self.pairs.insert((group, number)) {
                cost += ENTRY_BYTES;
                let group = group as usize;
                counts.resize(counts.len().max(group + 1), 0);
                counts[group] += 1;
            }
            rest = next;
        }
        self.waiting.clear();
        cost
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::{Distinct, ENTRY_BYTES, Texts};
    use crate::dataset::cells::Cells;

    proptest! {
        /// As sets of texts, however much waits; and at the same cost.
        #[test]
        fn each_text_counts_once_in_each_group(
            rows in prop::collection::vec((prop::option::of("[ab\u{0}é]{0,5}"), 0_u32..5), 0..900),
            waiting_bytes_max in 0_usize..5_000,
        ) {
            let mut distinct = Distinct::new(waiting_bytes_max);
            let mut cost = 0;
            for rows in rows.chunks(100) {
                let cells = Cells::Text(rows.iter().map(|(text, _)| text.as_deref().map(str::as_bytes)).collect());
                let groups: Vec<u32> = rows.iter().map(|(_, group)| *group).collect();
                let numbers: Vec<u32> = (0..rows.len() as u32).collect();
                cost += distinct.take(&cells, &numbers, &groups);
            }
            cost += distinct.settle();
            let pairs: BTreeSet<(u32, &str)> =
                rows.iter().filter_map(|(text, group)| Some((*group, text.as_deref()?))).collect();
            let texts: BTreeSet<&str> = pairs.iter().map(|(_, text)| *text).collect();
            for group in 0..6 {
                let expected = pairs.iter().filter(|(of, _)| *of == group).count();
                prop_assert_eq!(distinct.count(group as usize), expected as u64);
            }
            let of_texts: u64 = texts.iter().map(|text| Texts::cost(text.len())).sum();
            prop_assert_eq!(cost, of_texts + ENTRY_BYTES * pairs.len() as u64);
        }
    }
}
