//! Numbers in the order of a key each: a counting sort that is kind to the cache.
//!
//! Each number has its place from the start, but writing one after the other to places all over memory waits for memory
//! every time. So they wait in small heaps, one for each stretch of keys, and are written a heap at a time: where the
//! next of each key goes is then in the cache, and the writes overlap.

/// Heaps, at most.
const HEAPS: usize = 512;
/// Numbers in a full heap. All heaps together stay in the cache.
const WAITING: usize = 128;

/// Where the numbers of each key start, given how many it has, and an end.
pub(crate) fn offsets(counts: impl ExactSizeIterator<Item = u32>) -> Vec<u32> {
    let mut offsets = Vec::with_capacity(counts.len() + 1);
    let mut end = 0;
    offsets.push(end);
    for count in counts {
        end += count;
        offsets.push(end);
    }
    offsets
}

/// Numbers being put in the order of their keys; those of one key stay in the order in which they come.
pub(crate) struct Scatter<'o> {
    /// Where the numbers of each key start, and an end: one more than keys.
    offsets: &'o [u32],
    /// Where the next of each key goes.
    ends: Vec<u32>,
    numbers: Vec<u32>,
    /// Keys of a heap, as a power of two.
    shift: u32,
    /// Keys and numbers that wait, heap after heap.
    waiting: Vec<[u32; 2]>,
    /// How many wait in each heap.
    filled: Vec<u8>,
}

impl Scatter<'_> {
    /// For as many numbers of each key as there is room between its offset and the next; any more are left out.
    pub(crate) fn new(offsets: &[u32]) -> Scatter<'_> {
        let keys = offsets.len() - 1;
        let shift = keys.div_ceil(HEAPS).next_power_of_two().trailing_zeros();
        let heaps = (keys >> shift) + 1;
        Scatter {
            offsets,
            ends: offsets[..keys].to_vec(),
            numbers: vec![0; offsets[keys] as usize],
            shift,
            waiting: vec![[0; 2]; heaps * WAITING],
            filled: vec![0; heaps],
        }
    }

    /// Takes a number that has a key.
    #[inline]
    pub(crate) fn put(&mut self, key: u32, number: u32) {
        let heap = (key >> self.shift) as usize;
        let at = usize::from(self.filled[heap]);
        self.waiting[heap * WAITING + at] = [key, number];
        self.filled[heap] = at as u8 + 1;
        if at + 1 == WAITING {
            self.write(heap);
        }
    }

    fn write(&mut self, heap: usize) {
        let filled = usize::from(std::mem::take(&mut self.filled[heap]));
        for [key, number] in &self.waiting[heap * WAITING..][..filled] {
            let end = &mut self.ends[*key as usize];
            if *end < self.offsets[*key as usize + 1] {
                self.numbers[*end as usize] = *number;
                *end += 1;
            }
        }
    }

    /// All numbers, and where those of each key end.
    pub(crate) fn finish(mut self) -> (Vec<u32>, Vec<u32>) {
        for heap in 0..self.filled.len() {
            self.write(heap);
        }
        (self.numbers, self.ends)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_are_where_a_stable_sort_puts_them(
            // Few keys with many numbers, and more keys than heaps; some with less room than numbers.
            (keys, put, room) in (1_usize..2000).prop_flat_map(|keys| {
                let put = proptest::collection::vec(0..keys as u32, 0..3000);
                (Just(keys), put, proptest::collection::vec(0_u32..4, keys))
            }),
        ) {
            let mut expected = vec![Vec::new(); keys];
            for (number, key) in (0_u32..).zip(&put) {
                expected[*key as usize].push(number);
            }
            let room = expected.iter().zip(room).map(|(own, room)| match room {
                0 => 0,
                _ => own.len() as u32 + room - 1,
            });
            let offsets: Vec<u32> = std::iter::once(0).chain(room.scan(0, |end, room| {
                *end += room;
                Some(*end)
            })).collect();
            let mut scatter = Scatter::new(&offsets);
            for (number, key) in (0_u32..).zip(&put) {
                scatter.put(*key, number);
            }
            let (numbers, ends) = scatter.finish();
            for (key, mut own) in expected.into_iter().enumerate() {
                let (start, end) = (offsets[key] as usize, ends[key] as usize);
                own.truncate((offsets[key + 1] - offsets[key]) as usize);
                prop_assert_eq!(&numbers[start..end], &own);
            }
        }
    }
}
