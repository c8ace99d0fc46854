//! The values of one kind in one piece of the input, in as little room as they need.
//!
//! Most kinds have few values, so a piece names each once and says in a few bits which one an event has. The values of
//! others hardly ever repeat; those stay as they are.

use crate::bits::{Marks, Packed, width};

/// Values of one kind, each of one event of the piece.
#[derive(Debug)]
pub(crate) struct Values {
    /// Which events have one; `None` where all do.
    events: Option<Marks>,
    hashes: Hashes,
}

#[derive(Debug)]
enum Hashes {
    Plain(Vec<u64>),
    Coded { distinct: Vec<u64>, codes: Packed, count: usize },
}

impl Values {
    /// Packs the hashes of the events at these positions, of `events` in the piece; `None` where there is none.
    pub(super) fn new(
        events: usize,
        positions: &[u32],
        hashes: &[u64],
        coder: &mut Coder,
    ) -> Option<Self> {
        let count = hashes.len();
        if count == 0 {
            return None;
        }
        let positions = positions.iter().map(|position| *position as usize);
        let events = (count < events).then(|| Marks::new(events, positions));
        let hashes = coder.code(hashes).unwrap_or_else(|| Hashes::Plain(hashes.to_vec()));
        Some(Self { events, hashes })
    }

    /// Calls back with each (position of the event, hash), in order.
    pub(crate) fn for_each(&self, each: impl FnMut(usize, u64)) {
        match &self.hashes {
            Hashes::Plain(hashes) => self.place(hashes.iter().copied(), each),
            Hashes::Coded { distinct, codes, count } => {
                self.place((0..*count).map(|at| distinct[codes.get(at) as usize]), each);
            }
        }
    }

    /// Bytes of memory it takes, near enough.
    pub(super) fn bytes(&self) -> usize {
        let words = match &self.hashes {
            Hashes::Plain(hashes) => hashes.len(),
            Hashes::Coded { distinct, codes, .. } => distinct.len() + codes.parts().1.len(),
        };
        (words + self.events.as_ref().map_or(0, |events| events.words().len())) * 8
    }

    /// All of it as words: lengths first, then what they are of.
    pub(crate) fn write(&self, bytes: &mut Vec<u8>) {
        bytes.clear();
        let marks = self.events.as_ref().map_or(&[][..], Marks::words);
        let (plain, distinct, width, codes, count) = match &self.hashes {
            Hashes::Plain(hashes) => (&hashes[..], &[][..], 0, &[][..], hashes.len()),
            Hashes::Coded { distinct, codes, count } => {
                let (width, codes) = codes.parts();
                (&[][..], &distinct[..], width, codes, *count)
            }
        };
        let lengths = [marks, plain, distinct, codes].map(|words: &[u64]| words.len() as u64);
        for words in
            [&lengths[..], &[u64::from(width), count as u64], marks, plain, distinct, codes]
        {
            bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
        }
    }

    /// What [`Self::write`] wrote; `None` where it did not write this.
    pub(crate) fn read(bytes: &[u8]) -> Option<Self> {
        let mut words = bytes
            .chunks_exact(8)
            .map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default()));
        let lengths: Vec<usize> = words.by_ref().take(4).map(|length| length as usize).collect();
        let (width, count) = (words.next()? as u32, words.next()? as usize);
        if lengths.iter().try_fold(6_usize, |sum, own| sum.checked_add(*own))? != bytes.len() / 8 {
            return None;
        }
        let mut parts =
            lengths.iter().map(|length| words.by_ref().take(*length).collect::<Vec<_>>());
        let (marks, plain) = (parts.next()?, parts.next()?);
        let (distinct, codes) = (parts.next()?, parts.next()?);
        let hashes = if distinct.is_empty() {
            Hashes::Plain(plain)
        } else {
            Hashes::Coded { distinct, codes: Packed::from_parts(count, width, codes)?, count }
        };
        Some(Self { events: (!marks.is_empty()).then(|| Marks::from_words(marks)), hashes })
    }

    fn place(&self, hashes: impl Iterator<Item = u64>, mut each: impl FnMut(usize, u64)) {
        match &self.events {
            None => hashes.enumerate().for_each(|(at, hash)| each(at, hash)),
            Some(marks) => marks.rows().zip(hashes).for_each(|(at, hash)| each(at, hash)),
        }
    }
}

/// Numbers hashes in the order they come, as long as they repeat enough to be worth it. Keeps its room.
#[derive(Debug)]
pub(crate) struct Coder {
    /// Open addressing with linear probing: the number of the hash in each slot, one more than it is.
    slots: Vec<u32>,
    distinct: Vec<u64>,
    numbers: Vec<u32>,
}

/// Slots of a coder, a power of two. It stays in the cache.
const SLOTS: usize = 1 << 14;
/// Distinct values that a coder numbers: no more than a quarter of its slots.
const DISTINCT_MAX: usize = SLOTS / 4;
/// Values after which a coder looks whether it is worth while.
const TRIAL: usize = 512;

impl Default for Coder {
    fn default() -> Self {
        Self { slots: vec![0; SLOTS], distinct: Vec::new(), numbers: Vec::new() }
    }
}

impl Coder {
    fn code(&mut self, hashes: &[u64]) -> Option<Hashes> {
        let coded = self.number(hashes).then(|| {
            let most = self.distinct.len() as u32 - 1;
            let codes = Packed::new(hashes.len(), most, self.numbers.iter().copied());
            Hashes::Coded { distinct: self.distinct.clone(), codes, count: hashes.len() }
        });
        for hash in self.distinct.drain(..) {
            // Every slot on the way to a hash is of a hash too, so clearing from its first place on reaches all.
            let mut slot = hash as usize % SLOTS;
            while self.slots[slot] != 0 {
                self.slots[slot] = 0;
                slot = (slot + 1) % SLOTS;
            }
        }
        coded
    }

    /// Numbers all hashes; whether that takes less room than they do.
    fn number(&mut self, hashes: &[u64]) -> bool {
        self.numbers.clear();
        for (at, hash) in hashes.iter().enumerate() {
            if at == TRIAL && self.distinct.len() > TRIAL / 2 {
                return false;
            }
            let mut slot = *hash as usize % SLOTS;
            while self.slots[slot] != 0 && self.distinct[self.slots[slot] as usize - 1] != *hash {
                slot = (slot + 1) % SLOTS;
            }
            if self.slots[slot] == 0 {
                if self.distinct.len() == DISTINCT_MAX {
                    return false;
                }
                self.distinct.push(*hash);
                self.slots[slot] = self.distinct.len() as u32;
            }
            self.numbers.push(self.slots[slot] - 1);
        }
        let most = (self.distinct.len() as u32).saturating_sub(1);
        self.distinct.len() * 64 + hashes.len() * width(most) as usize <= hashes.len() * 64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_is_there(
            raw in proptest::collection::vec(proptest::option::of(0_u64..40), 0..1200),
            spread: bool,
        ) {
            let hash = |at: usize, value: u64| {
                (if spread { at as u64 * 64 + value } else { value }).wrapping_mul(0x9E37_79B9_7F4A_7C15)
            };
            let wanted: Vec<(usize, u64)> = raw
                .iter()
                .enumerate()
                .filter_map(|(at, value)| Some((at, hash(at, (*value)?))))
                .collect();
            let positions: Vec<u32> = wanted.iter().map(|entry| entry.0 as u32).collect();
            let hashes: Vec<u64> = wanted.iter().map(|entry| entry.1).collect();
            let mut coder = Coder::default();
            // Twice, since what is left in the coder must not matter.
            for _ in 0..2 {
                let mut found = Vec::new();
                if let Some(values) = Values::new(raw.len(), &positions, &hashes, &mut coder) {
                    let mut bytes = Vec::new();
                    values.write(&mut bytes);
                    prop_assert!(Values::read(&bytes[..bytes.len() - 8]).is_none());
                    Values::read(&bytes)
                        .expect("as it was written")
                        .for_each(|at, hash| found.push((at, hash)));
                }
                prop_assert_eq!(&found, &wanted);
                prop_assert!(coder.slots.iter().all(|slot| *slot == 0));
            }
        }
    }

    #[test]
    fn what_repeats_takes_less_room() {
        let (few, many) = ([7_u64, 9].repeat(5000), (0..10_000).collect::<Vec<u64>>());
        let mut coder = Coder::default();
        assert!(matches!(coder.code(&few), Some(Hashes::Coded { .. })));
        assert!(coder.code(&many).is_none());
    }
}
