//! What was the answer the last time this text came by?
//!
//! Client software, mail domains, languages and time zones take few values, each costly to take
//! apart. A memo remembers the latest texts in a table of fixed size, so that hostile input can
//! make it useless but never large.

use xxhash_rust::xxh3::xxh3_64;

/// Entries; a power of two.
const SLOTS: usize = 4096;
/// Longer texts are taken apart every time. At this bound a full memo holds 2 MiB of texts.
const KEY_BYTES_MAX: usize = 512;

/// Answers by text, each text in the one slot its hash names.
pub(super) struct Memo<V> {
    slots: Vec<Option<Slot<V>>>,
    /// The answer for the latest text too long to keep.
    long: Option<Answer<V>>,
    /// Answers made so far.
    made: u64,
}

struct Slot<V> {
    key: Box<str>,
    answer: Answer<V>,
}

/// What a text consists of.
pub(super) struct Answer<V> {
    pub(super) value: V,
    /// Never 0, and never the same for two texts: it stands for the text while that is remembered.
    pub(super) number: u64,
}

impl<V> Default for Memo<V> {
    fn default() -> Self {
        Self { slots: std::iter::repeat_with(|| None).take(SLOTS).collect(), long: None, made: 0 }
    }
}

impl<V> Memo<V> {
    /// The answer for `key`, made by `make` unless it is still known.
    pub(super) fn get(&mut self, key: &str, make: impl FnOnce(&str) -> V) -> &Answer<V> {
        if key.len() > KEY_BYTES_MAX {
            self.made += 1;
            return self.long.insert(Answer { value: make(key), number: self.made });
        }
        let mask = u64::try_from(SLOTS - 1).expect("a small number");
        let index = usize::try_from(xxh3_64(key.as_bytes()) & mask).expect("a small number");
        let slot = &mut self.slots[index];
        if slot.as_ref().is_none_or(|slot| *slot.key != *key) {
            self.made += 1;
            let answer = Answer { value: make(key), number: self.made };
            *slot = Some(Slot { key: key.into(), answer });
        }
        &slot.as_ref().expect("filled above").answer
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn answers_are_those_of_the_function(keys in prop::collection::vec("[a-c]{0,3}|x{510,515}", 1..200)) {
            let mut memo = Memo::default();
            let mut texts = std::collections::HashMap::new();
            for key in keys {
                let answer = memo.get(&key, str::to_owned);
                prop_assert_eq!(&answer.value, &key);
                prop_assert_ne!(answer.number, 0);
                prop_assert_eq!(texts.entry(answer.number).or_insert_with(|| key.clone()), &key);
            }
        }
    }

    #[test]
    fn never_grows() {
        let mut memo = Memo::default();
        for key in 0..3 * SLOTS {
            memo.get(&key.to_string(), str::len);
        }
        assert_eq!(memo.slots.len(), SLOTS);
    }
}
