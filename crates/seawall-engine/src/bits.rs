//! Numbers and marks in as few bits as they need.

use std::ops::Range;

/// A column of numbers, each in `width` bits.
#[derive(Clone, Debug, Default)]
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

    /// The words it is packed in, which must be as they were before it is asked again.
    pub(crate) fn words_mut(&mut self) -> &mut Vec<u64> {
        &mut self.words
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

/// One bit a row.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks {
    words: Vec<u64>,
}

impl Marks {
    /// Marks some of `rows` rows, given in any order.
    pub(crate) fn new(rows: usize, marked: impl Iterator<Item = usize>) -> Self {
        let mut marks = Self { words: vec![0; rows.div_ceil(64)] };
        marked.for_each(|row| marks.mark(row));
        marks
    }

    /// Marks one of its rows.
    pub(crate) fn mark(&mut self, row: usize) {
        self.words[row / 64] |= 1 << (row % 64);
    }

    /// One bit a row.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The same, which must be as it was before it is asked again.
    pub(crate) fn words_mut(&mut self) -> &mut Vec<u64> {
        &mut self.words
    }

    /// As [`Self::words`] gave them.
    pub(crate) fn from_words(words: Vec<u64>) -> Self {
        Self { words }
    }

    /// Whether a row is marked; rows beyond the end are not.
    #[inline]
    pub(crate) fn has(&self, row: usize) -> bool {
        self.words.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }

    /// The same of as many rows as there are given, each as the one that it says.
    pub(crate) fn of_rows(&self, source: &[u32]) -> Self {
        Self::new(source.len(), (0..source.len()).filter(|row| self.has(source[*row] as usize)))
    }

    /// How many rows are marked.
    pub(crate) fn count(&self) -> u32 {
        self.words.iter().map(|word| word.count_ones()).sum()
    }

    /// Marked rows, ascending.
    pub(crate) fn rows(&self) -> impl Iterator<Item = usize> {
        (0..).step_by(64).zip(&self.words).flat_map(|(start, word)| ones(start, *word))
    }

    /// The first marked row from one on, of which there is one.
    fn next(&self, row: usize) -> usize {
        let (mut at, mut word) = (row / 64, self.words[row / 64] >> (row % 64) << (row % 64));
        while word == 0 {
            at += 1;
            word = self.words[at];
        }
        at * 64 + word.trailing_zeros() as usize
    }

    /// Those of `rows` rows that are not marked, ascending.
    pub(crate) fn others(&self, rows: usize) -> impl Iterator<Item = usize> {
        let words = (0..rows).step_by(64).zip(&self.words);
        words.flat_map(|(start, word)| ones(start, !*word)).take_while(move |row| *row < rows)
    }
}

/// One bit a row, and how many are set before each: 32 rows in the lower half of a word and the count in the upper, so
/// that both take one look into memory.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ranked {
    words: Vec<u64>,
}

impl Ranked {
    /// Marks some of `rows` rows, given in any order.
    pub(crate) fn new(rows: usize, marked: impl Iterator<Item = usize>) -> Self {
        let mut words = vec![0_u64; rows.div_ceil(32)];
        for row in marked {
            words[row / 32] |= 1 << (row % 32);
        }
        let mut before = 0;
        for word in &mut words {
            let own = u64::from(word.count_ones());
            *word |= before << 32;
            before += own;
        }
        Self { words }
    }

    /// Bits and counts.
    pub(crate) fn words(&self) -> &[u64] {
        &self.words
    }

    /// The same, which must be as it was before it is asked again.
    pub(crate) fn words_mut(&mut self) -> &mut Vec<u64> {
        &mut self.words
    }

    /// How many rows are marked.
    pub(crate) fn count(&self) -> u32 {
        self.words.last().map_or(0, |word| (word >> 32) as u32 + (*word as u32).count_ones())
    }

    /// Whether a row, which must be one, is marked, and how many before it are. Decides nothing, so that looks at
    /// several rows may overlap.
    #[inline]
    pub(crate) fn look(&self, row: usize) -> (bool, usize) {
        let word = self.words[row / 32];
        let (bit, lower) = (row % 32, word as u32);
        let rank = (word >> 32) as u32 + (lower & ((1 << bit) - 1)).count_ones();
        (lower >> bit & 1 == 1, rank as usize)
    }

    /// How many before a row are marked, where it is; rows beyond the end are not.
    #[inline]
    pub(crate) fn rank_of(&self, row: usize) -> Option<usize> {
        if row / 32 >= self.words.len() {
            return None;
        }
        let (marked, rank) = self.look(row);
        marked.then_some(rank)
    }

    /// Marked rows among some, ascending, each with how many before it are.
    pub(crate) fn rows(&self, among: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
        let end = among.end.div_ceil(32).min(self.words.len());
        let words = self.words.get(among.start / 32..end).unwrap_or_default();
        let before = words.first().map_or(0, |word| (word >> 32) as usize);
        let rows = (among.start / 32 * 32..).step_by(32).zip(words);
        let rows = rows.flat_map(|(start, word)| ones(start, u64::from(*word as u32)));
        rows.zip(before..).filter(move |(row, _)| among.contains(row))
    }

    /// Those of `rows` rows that are not marked, ascending.
    pub(crate) fn others(&self, rows: usize) -> impl Iterator<Item = usize> {
        let words = (0..rows).step_by(32).zip(&self.words);
        words
            .flat_map(|(start, word)| ones(start, u64::from(!(*word as u32))))
            .take_while(move |row| *row < rows)
    }
}

/// Where spans of numbers are that lie one after the other, each of one number at least: a bit a number, and a place now
/// and then.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans {
    /// The last number of each.
    lasts: Marks,
    /// Where every so many begin.
    starts: Vec<u32>,
    count: usize,
    /// Numbers of all.
    numbers: usize,
}

/// Spans from one place to the next.
const SPANS: usize = 16;

impl Spans {
    /// Adds a span of so many numbers.
    pub(crate) fn push(&mut self, numbers: usize) {
        if self.count.is_multiple_of(SPANS) {
            self.starts.push(self.numbers as u32);
        }
        self.count += 1;
        self.numbers += numbers;
        self.lasts.words.resize(self.numbers.div_ceil(64), 0);
        self.lasts.mark(self.numbers - 1);
    }

    /// The last number of each.
    pub(crate) fn lasts(&self) -> &Marks {
        &self.lasts
    }

    /// Where the numbers of a span are.
    pub(crate) fn get(&self, at: usize) -> Range<usize> {
        let mut start = self.starts[at / SPANS] as usize;
        for _ in 0..at % SPANS {
            start = self.lasts.next(start) + 1;
        }
        start..self.lasts.next(start) + 1
    }

    /// Where those of all spans are, in order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = Range<usize>> {
        self.lasts.rows().scan(0, |start, last| Some(std::mem::replace(start, last + 1)..last + 1))
    }
}

/// Positions of the bits that are set, the lowest at `start`.
fn ones(start: usize, word: u64) -> impl Iterator<Item = usize> {
    let mut left = word;
    std::iter::from_fn(move || {
        let bit = (left != 0).then(|| left.trailing_zeros() as usize)?;
        left &= left - 1;
        Some(start + bit)
    })
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
        fn spans_are_where_they_were_put(lengths in proptest::collection::vec(1_usize..90, 0..100)) {
            let ends = lengths.iter().scan(0, |end, length| {
                *end += length;
                Some(*end)
            });
            let ends: Vec<usize> = ends.collect();
            let mut spans = Spans::default();
            for length in &lengths {
                spans.push(*length);
            }
            let wanted: Vec<Range<usize>> =
                ends.iter().zip(&lengths).map(|(end, length)| end - length..*end).collect();
            for (at, span) in wanted.iter().enumerate() {
                prop_assert_eq!(&spans.get(at), span);
            }
            prop_assert_eq!(spans.iter().collect::<Vec<_>>(), wanted);
        }

        #[test]
        fn marks_count(
            set in proptest::collection::vec(any::<bool>(), 0..2000),
            ends in [0_usize..2000, 0..2000],
        ) {
            let rows: Vec<usize> = (0..set.len()).filter(|row| set[*row]).collect();
            let marks = Marks::new(set.len(), rows.iter().rev().copied());
            let ranked = Ranked::new(set.len(), rows.iter().rev().copied());
            let mut rank = 0;
            for (row, own) in set.iter().enumerate() {
                prop_assert_eq!(marks.has(row), *own);
                prop_assert_eq!(ranked.look(row), (*own, rank));
                prop_assert_eq!(ranked.rank_of(row), own.then_some(rank));
                rank += usize::from(*own);
            }
            prop_assert!(!marks.has(set.len() + 64) && ranked.rank_of(set.len() + 32).is_none());
            prop_assert_eq!([marks.count(), ranked.count()], [rows.len() as u32; 2]);
            prop_assert_eq!(&marks.rows().collect::<Vec<_>>(), &rows);
            let others: Vec<usize> = (0..set.len()).filter(|row| !set[*row]).collect();
            prop_assert_eq!(&marks.others(set.len()).collect::<Vec<_>>(), &others);
            prop_assert_eq!(&ranked.others(set.len()).collect::<Vec<_>>(), &others);
            let [start, end] = ends.map(|end| end.min(set.len()));
            let ranks = rows.iter().enumerate().filter(|(_, row)| (start..end).contains(*row));
            let ranks: Vec<(usize, usize)> = ranks.map(|(rank, row)| (*row, rank)).collect();
            prop_assert_eq!(ranked.rows(start..end).collect::<Vec<_>>(), ranks);
        }
    }
}
