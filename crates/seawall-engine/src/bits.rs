//! Numbers and marks in as few bits as they need.

/// A column of numbers, each in `width` bits.
#[derive(Debug, Default)]
pub(crate) struct Packed {
    width: u32,
    /// One word more than is filled, so that a number is always read from two.
    words: Vec<u64>,
}

/// Bits that hold every number up to `most`, at least one.
pub(crate) fn width(most: u32) -> u32 {
    (u32::BITS - most.leading_zeros()).max(1)
}

impl Packed {
    /// Packs `count` numbers, none of which is above `most`.
    pub(crate) fn new(count: usize, most: u32, numbers: impl Iterator<Item = u32>) -> Self {
        let width = width(most);
        let mut words = Vec::with_capacity((count * width as usize).div_ceil(64) + 1);
        let (mut word, mut filled) = (0_u64, 0);
        for number in numbers {
            debug_assert!(number <= most, "numbers are no larger than told");
            word |= u64::from(number) << filled;
            filled += width;
            if filled >= 64 {
                words.push(word);
                filled -= 64;
                // What did not fit any more; nothing where the word was filled to its end.
                word = (u64::from(number) >> 1) >> (width - filled - 1);
            }
        }
        words.push(word);
        words.push(0);
        Self { width, words }
    }

    /// What it was packed with, and the words it is packed in.
    pub(crate) fn parts(&self) -> (u32, &[u64]) {
        (self.width, &self.words)
    }

    /// As [`Self::parts`] gave it; `None` where that could not hold `count` numbers.
    pub(crate) fn from_parts(count: usize, width: u32, words: Vec<u64>) -> Option<Self> {
        let bits = count.checked_mul(width as usize)?;
        let whole = (1..=32).contains(&width) && bits / 64 + 1 < words.len();
        whole.then_some(Self { width, words })
    }

    /// The number at a position.
    #[inline]
    pub(crate) fn get(&self, at: usize) -> u32 {
        let bit = at * self.width as usize;
        let (word, shift) = (bit / 64, bit % 64);
        let low = self.words[word] >> shift;
        let high = (self.words[word + 1] << 1) << (63 - shift);
        ((low | high) & ((1 << self.width) - 1)) as u32
    }
}

/// Words between two counts of [`Marks`].
const WORDS: usize = 8;

/// One bit a row, and how many are set before each.
#[derive(Debug, Default)]
pub(crate) struct Marks {
    words: Vec<u64>,
    /// Set bits before each [`WORDS`] words.
    before: Vec<u32>,
}

impl Marks {
    /// Marks some of `rows` rows, given in any order.
    pub(crate) fn new(rows: usize, marked: impl Iterator<Item = usize>) -> Self {
        let mut words = vec![0_u64; rows.div_ceil(64)];
        for row in marked {
            words[row / 64] |= 1 << (row % 64);
        }
        Self::from_words(words)
    }

    /// One bit a row.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// As [`Self::words`] gave them.
    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        let mut sum = 0;
        let before = words
            .chunks(WORDS)
            .map(|words| {
                let before = sum;
                sum += words.iter().map(|word| word.count_ones()).sum::<u32>();
                before
            })
            .collect();
        Self { words, before }
    }

    /// Whether a row is marked; rows beyond the end are not.
    #[inline]
    pub(crate) fn has(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// Marked rows before a row.
    #[inline]
    pub(crate) fn rank(&self, row: usize) -> usize {
        let (word, chunk) = (row / 64, row / 64 / WORDS);
        let between: u32 =
            self.words[chunk * WORDS..word].iter().map(|word| word.count_ones()).sum();
        let within = (self.words[word] & ((1 << (row % 64)) - 1)).count_ones();
        (self.before[chunk] + between + within) as usize
    }

    /// Marked rows, ascending.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> {
        self.words.iter().enumerate().flat_map(|(index, word)| {
            let mut rest = *word;
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(index * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_packed_is_there(numbers in proptest::collection::vec(any::<u32>(), 0..300), bits in 1_u32..=32) {
            let most = u32::MAX >> (32 - bits);
            let numbers: Vec<u32> = numbers.into_iter().map(|number| number & most).collect();
            let packed = Packed::new(numbers.len(), most, numbers.iter().copied());
            for (at, number) in numbers.iter().enumerate() {
                prop_assert_eq!(packed.get(at), *number);
            }
        }

        #[test]
        fn marks_count(set in proptest::collection::vec(any::<bool>(), 0..2000)) {
            let rows: Vec<usize> = (0..set.len()).filter(|row| set[*row]).collect();
            let marks = Marks::new(set.len(), rows.iter().copied());
            let mut rank = 0;
            for (row, own) in set.iter().enumerate() {
                prop_assert_eq!((marks.has(row), marks.rank(row)), (*own, rank));
                rank += usize::from(*own);
            }
            prop_assert!(!marks.has(set.len() + 64));
            prop_assert_eq!(marks.rows().collect::<Vec<_>>(), rows);
        }
    }
}
