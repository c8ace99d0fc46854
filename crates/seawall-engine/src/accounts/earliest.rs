//! The earliest few records of each account, whatever order they come in.

/// A value an account had at some time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Dated {
    /// Row of the account.
    pub(crate) row: u32,
    /// Seconds since 1990.
    pub(crate) seconds: u32,
    /// Hash of the value.
    pub(crate) value: u64,
}

/// Keeps at most `limit` records a row: the smallest by (time, value).
///
/// Records are buffered and cut down whenever the buffer has doubled, so the memory used is bounded by
/// the number of rows and the cost is a sort amortised over the records, in their place.
#[derive(Debug)]
pub(crate) struct Earliest {
    limit: usize,
    /// Whether a value is kept once a row, at its earliest time, or each time it occurs.
    distinct: bool,
    records: Vec<Dated>,
    compact_at: usize,
}

const COMPACT_MIN: usize = 1 << 20;

impl Earliest {
    pub(crate) fn new(limit: usize, distinct: bool) -> Self {
        Self { limit, distinct, records: Vec::new(), compact_at: COMPACT_MIN }
    }

    pub(crate) fn push(&mut self, record: Dated) {
        self.records.push(record);
        if self.records.len() >= self.compact_at {
            self.compact();
            self.compact_at = (self.records.len() * 2).max(COMPACT_MIN);
        }
    }

    fn compact(&mut self) {
        self.records.sort_unstable();
        let mut kept = 0;
        let mut start = 0;
        while let Some(first) = self.records.get(start) {
            let of_row = |record: &Dated| record.row == first.row;
            let end =
                start + self.records[start..].iter().take_while(|record| of_row(record)).count();
            let count = cut(&mut self.records[start..end], self.distinct).min(self.limit);
            self.records.copy_within(start..start + count, kept);
            kept += count;
            start = end;
        }
        self.records.truncate(kept);
    }

    /// The kept records so far, in order of row, time, value.
    pub(crate) fn sorted(&mut self) -> &[Dated] {
        self.compact();
        &self.records
    }

    /// Moves every row to its position.
    pub(crate) fn place(&mut self, position: &[u32]) {
        for record in &mut self.records {
            record.row = position[record.row as usize];
        }
    }

    /// All kept records in order of row, time, value.
    pub(crate) fn into_sorted(mut self) -> Vec<Dated> {
        self.compact();
        self.records
    }
}

/// How many records of one row there are, of those in order of (time, value); where `distinct` without those that repeat
/// a value.
fn cut(records: &mut [Dated], distinct: bool) -> usize {
    if !distinct || records.len() < 2 {
        return records.len();
    }
    records.sort_unstable_by_key(|record| (record.value, record.seconds));
    let mut count = 1;
    for index in 1..records.len() {
        if records[index].value != records[count - 1].value {
            records[count] = records[index];
            count += 1;
        }
    }
    records[..count].sort_unstable();
    count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn order_of_arrival_does_not_matter(
            mut records in proptest::collection::vec((0_u32..5, 0_u32..50, 0_u64..8), 0..200),
            distinct: bool,
        ) {
            let run = |records: &[(u32, u32, u64)]| {
                let mut earliest = Earliest { compact_at: 7, ..Earliest::new(3, distinct) };
                for &(row, seconds, value) in records {
                    earliest.records.push(Dated { row, seconds, value });
                    if earliest.records.len() >= earliest.compact_at {
                        earliest.compact();
                        earliest.compact_at = earliest.records.len() + 7;
                    }
                }
                earliest.into_sorted()
            };
            let forwards = run(&records);
            records.reverse();
            prop_assert_eq!(&forwards, &run(&records));
            for row in 0..5 {
                let mut own: Vec<(u32, u64)> = records
                    .iter().filter(|record| record.0 == row).map(|record| (record.1, record.2)).collect();
                own.sort_unstable();
                if distinct {
                    let mut seen = std::collections::BTreeSet::new();
                    own.retain(|record| seen.insert(record.1));
                }
                own.truncate(3);
                let got: Vec<(u32, u64)> = forwards
                    .iter().filter(|record| record.row == row).map(|record| (record.seconds, record.value)).collect();
                prop_assert_eq!(got, own);
            }
        }
    }
}
