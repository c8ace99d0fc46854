//! Which different texts are there? Each is kept once, exactly, and known by a number.

use std::hash::BuildHasher as _;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Memory of an entry of a hash table beside its content, roughly.
pub(super) const ENTRY_BYTES: u64 = 48;
/// Bytes before each text that say how long it is.
const LENGTH_BYTES: usize = 4;

/// Texts by their bytes, numbered in the order they came.
#[derive(Debug, Default)]
pub(super) struct Texts {
    /// The seed is another one in each process, so that nobody can make texts that collide. No order depends on it.
    hasher: DefaultHashBuilder,
    table: HashTable<Known>,
    /// All texts, one after the other, each behind its length.
    content: Vec<u8>,
}

/// Where a text lies.
#[derive(Debug, Clone, Copy)]
struct Known {
    hash: u32,
    number: u32,
    start: usize,
}

impl Texts {
    /// The number of a text, and whether it is new. Texts are of rows: at most 2³² bytes, and fewer than 2³² of them
    /// fit into memory.
    pub(super) fn number(&mut self, text: &[u8]) -> (u32, bool) {
        let hash = self.hash(text);
        if let Some(known) = find(&self.table, &self.content, hash, text) {
            return (known.number, false);
        }
        let known = Known { hash, number: self.table.len() as u32, start: self.content.len() };
        self.content.extend_from_slice(&(text.len() as u32).to_le_bytes());
        self.content.extend_from_slice(text);
        self.table.insert_unique(spread(hash), known, |known| spread(known.hash));
        (known.number, true)
    }

    /// Is this one of the texts?
    pub(super) fn contains(&self, text: &[u8]) -> bool {
        find(&self.table, &self.content, self.hash(text), text).is_some()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.table.len()
    }

    /// What remembering a text of that length costs, roughly.
    pub(super) const fn cost(bytes: usize) -> u64 {
        ENTRY_BYTES + bytes as u64
    }

    /// All of them, by number.
    pub(super) fn by_number(&self) -> Vec<&[u8]> {
        let mut texts: Vec<&[u8]> = vec![&[]; self.table.len()];
        for known in &self.table {
            texts[known.number as usize] = at(&self.content, known.start);
        }
        texts
    }

    fn hash(&self, text: &[u8]) -> u32 {
        let hash = self.hasher.hash_one(text);
        (hash ^ (hash >> 32)) as u32
    }
}

fn find<'a>(
    table: &'a HashTable<Known>,
    content: &[u8],
    hash: u32,
    text: &[u8],
) -> Option<&'a Known> {
    table.find(spread(hash), |known| known.hash == hash && at(content, known.start) == text)
}

fn at(content: &[u8], start: usize) -> &[u8] {
    let (length, rest) =
        content[start..].split_first_chunk::<LENGTH_BYTES>().expect("a text has a length");
    &rest[..u32::from_le_bytes(*length) as usize]
}

/// A table looks at the lowest bits and at the highest.
const fn spread(hash: u32) -> u64 {
    (hash as u64) << 32 | hash as u64
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::Texts;

    proptest! {
        /// As a map of texts to the order in which they came first.
        #[test]
        fn each_text_is_known_by_one_number(texts in prop::collection::vec("[ab\u{0}é]{0,3}", 0..80)) {
            let (mut known, mut expected) = (Texts::default(), BTreeMap::new());
            for text in &texts {
                let next = expected.len() as u32;
                let is_new = !expected.contains_key(text);
                prop_assert_eq!(known.contains(text.as_bytes()), !is_new);
                let number = *expected.entry(text.clone()).or_insert(next);
                prop_assert_eq!(known.number(text.as_bytes()), (number, is_new));
            }
            let by_number = known.by_number();
            prop_assert_eq!(by_number.len(), known.len());
            for (text, number) in expected {
                prop_assert_eq!(by_number[number as usize], text.as_bytes());
            }
        }
    }
}
