//! What was the value of this kind the last time that these numbers came by?
//!
//! To write a text and to hash it takes many times as long as to look up the hash of one that was hashed before.

use super::Numbers;

/// Slots of a kind; a power of two.
const SLOTS: usize = 2048;

/// Hashes of values by kind and by what they depend on, each in the one slot that the numbers name.
pub(super) struct Recurring {
    /// For each kind, numbers and hash; all 0 where a slot is free, as where there is nothing to derive from.
    slots: Vec<[u64; 4]>,
}

impl Recurring {
    /// One with nothing remembered yet, for so many kinds.
    pub(super) fn new(kinds: usize) -> Self {
        Self { slots: vec![[0; 4]; kinds * SLOTS] }
    }

    /// The hash, or 0 where there is no value, made by `make` unless it is still known.
    pub(super) fn get(
        &mut self,
        kind: usize,
        numbers: Numbers,
        make: impl FnOnce() -> Option<u64>,
    ) -> Option<u64> {
        let slot = &mut self.slots[kind * SLOTS + position(numbers)];
        let [first, second, third] = numbers;
        // Not as one, which would read from memory at once what has just been written there in parts.
        if (slot[0] ^ first) | (slot[1] ^ second) | (slot[2] ^ third) != 0 {
            *slot = [first, second, third, make().unwrap_or(0)];
        }
        Some(slot[3]).filter(|hash| *hash != 0)
    }
}

fn position(numbers: Numbers) -> usize {
    let [first, second, third] = numbers;
    let mixed = first
        .wrapping_add(second.rotate_left(24))
        .wrapping_add(third.rotate_left(48))
        .wrapping_mul(0x9E37_79B9_7F4A_7C15);
    let [.., low, high] = mixed.to_le_bytes();
    usize::from(u16::from_le_bytes([low, high])) % SLOTS
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn answers_are_those_of_the_function(
            asked in prop::collection::vec((0_usize..2, prop::array::uniform3(0_u64..20)), 1..300),
        ) {
            let mut recurring = Recurring::new(2);
            for (kind, numbers) in asked {
                // None for no numbers at all, and for some others.
                let sum: u64 = numbers.iter().sum();
                let expected = (!sum.is_multiple_of(5)).then_some(1 + sum * 2 + kind as u64);
                prop_assert_eq!(recurring.get(kind, numbers, || expected), expected);
            }
        }
    }
}
