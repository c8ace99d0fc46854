//! Is this run of letters a given name, a surname, a common word?

use std::sync::LazyLock;

/// What a run of letters is known as; several at once is common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known(u8);

impl Known {
    const GIVEN: u8 = 1;
    const SURNAME: u8 = 2;
    const WORD: u8 = 4;

    pub(crate) const fn given(self) -> bool {
        self.0 & Self::GIVEN != 0
    }

    pub(crate) const fn word(self) -> bool {
        self.0 & Self::WORD != 0
    }

    pub(crate) const fn surname(self) -> bool {
        self.0 & Self::SURNAME != 0
    }
}

/// The embedded list of names and words: sections in brackets, one entry a line.
pub(super) const NAMES: &str = include_str!("../tables/names.txt");

/// Slots of the table; more than twice the entries, so that most misses need one look.
const SLOTS: usize = 8192;
const SLOT_BITS: u32 = 13;

/// Of the filter; 8 KiB stay in the nearest cache.
const FILTER_WORDS: usize = 1024;

/// Names and words by hash, open addressing.
pub(crate) struct Dictionary {
    /// A bit for each of 2^16 hashes: most runs are no entry, and most of those end here.
    filter: Box<[u64; FILTER_WORDS]>,
    /// One more than the entry's position; 0 is free.
    slots: Box<[u16; SLOTS]>,
    entries: Vec<Entry>,
}

struct Entry {
    hash: u32,
    text: &'static str,
    known: u8,
}

/// A hash that grows letter by letter, so that all beginnings of a run are looked up in one pass.
#[derive(Clone, Copy)]
pub(crate) struct Rolling(u32);

impl Rolling {
    pub(crate) const START: Self = Self(0x811c_9dc5);

    pub(crate) const fn then(self, byte: u8) -> Self {
        Self((self.0 ^ byte as u32).wrapping_mul(0x0100_0193))
    }

    /// Word and bit of the filter.
    fn bit(self) -> (usize, u64) {
        let [low, high, ..] = self.0.wrapping_mul(0x85eb_ca6b).swap_bytes().to_le_bytes();
        let index = usize::from(u16::from_le_bytes([low, high]));
        (index / 64, 1 << (index % 64))
    }

    fn slot(self) -> usize {
        usize::try_from(self.0.wrapping_mul(0x9e37_79b1) >> (32 - SLOT_BITS)).expect("13 bits")
    }
}

static DICTIONARY: LazyLock<Dictionary> = LazyLock::new(|| Dictionary::new(NAMES));

impl Dictionary {
    /// The embedded one.
    pub(crate) fn get() -> &'static Self {
        &DICTIONARY
    }

    fn new(text: &'static str) -> Self {
        let mut dictionary = Self {
            filter: Box::new([0; FILTER_WORDS]),
            slots: vec![0; SLOTS].into_boxed_slice().try_into().expect("as made"),
            entries: Vec::new(),
        };
        let mut known = 0;
        for line in text.lines() {
            match line {
                "[given]" => known = Known::GIVEN,
                "[surname]" => known = Known::SURNAME,
                "[word]" => known = Known::WORD,
                _ if line.starts_with('#') => {}
                entry => dictionary.insert(entry, known),
            }
        }
        assert!(2 * dictionary.entries.len() < SLOTS, "the table must stay at most half full");
        dictionary
    }

    fn insert(&mut self, text: &'static str, known: u8) {
        let hash = text.bytes().fold(Rolling::START, Rolling::then);
        let (word, bit) = hash.bit();
        self.filter[word] |= bit;
        let mut slot = hash.slot();
        while self.slots[slot] != 0 {
            let entry = &mut self.entries[usize::from(self.slots[slot]) - 1];
            if entry.text == text {
                entry.known |= known;
                return;
            }
            slot = (slot + 1) % SLOTS;
        }
        self.entries.push(Entry { hash: hash.0, text, known });
        self.slots[slot] = u16::try_from(self.entries.len()).expect("fewer entries than slots");
    }

    /// What a run of lower-case letters is known as.
    pub(crate) fn find(&self, run: &[u8]) -> Option<Known> {
        self.find_hashed(run, run.iter().copied().fold(Rolling::START, Rolling::then))
    }

    /// As [`Self::find`], with the hash of `run` at hand.
    pub(crate) fn find_hashed(&self, run: &[u8], hash: Rolling) -> Option<Known> {
        let (word, bit) = hash.bit();
        if self.filter[word] & bit == 0 {
            return None;
        }
        let mut slot = hash.slot();
        while self.slots[slot] != 0 {
            let entry = &self.entries[usize::from(self.slots[slot]) - 1];
            if entry.hash == hash.0 && entry.text.as_bytes() == run {
                return Some(Known(entry.known));
            }
            slot = (slot + 1) % SLOTS;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn sections() -> BTreeMap<&'static str, Vec<&'static str>> {
        let mut sections: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        let mut section = "";
        for line in NAMES.lines().filter(|line| !line.starts_with('#')) {
            if line.starts_with('[') {
                section = line;
            } else {
                sections.entry(section).or_default().push(line);
            }
        }
        sections
    }

    #[test]
    fn the_list_is_sorted_lower_case_and_long_enough() {
        let sections = sections();
        for (section, least) in [("[given]", 700), ("[surname]", 700), ("[word]", 400)] {
            let entries = &sections[section];
            assert!(entries.len() >= least, "{section}");
            assert!(entries.is_sorted_by(|a, b| a < b), "{section} is not sorted");
            assert!(
                entries.iter().all(|entry| entry.bytes().all(|byte| byte.is_ascii_lowercase()))
            );
        }
    }

    #[test]
    fn every_entry_is_found_and_others_are_not() {
        let dictionary = Dictionary::get();
        for (section, entries) in sections() {
            for entry in entries {
                let known = dictionary.find(entry.as_bytes()).unwrap();
                match section {
                    "[given]" => assert!(known.given()),
                    "[surname]" => assert!(known.surname()),
                    _ => assert!(known.word()),
                }
                let longer = format!("{entry}qq");
                assert_eq!(dictionary.find(longer.as_bytes()), None);
            }
        }
        assert_eq!(dictionary.find(b""), None);
    }
}
