//! Who is judged, and against whom?

use std::ops::Range;

use seawall_core::{
    campaign::evidence::{CAMPAIGN_BITS_MAX, KIND_BITS_MAX},
    link::history::{History, HistoryBuilder},
    selector::{KindId, Role},
};

use crate::{
    Error,
    bits::{Marks, Ranked},
    count::{Column, Shared, evidence_kinds},
    parallel::{cut, in_parallel},
    scatter::{Scatter, offsets},
};

/// Who is judged and who is the history, with what each side has. Shuffling values among the judged
/// changes nothing here.
pub(crate) struct Sides {
    subject: Marks,
    subjects: u32,
    counts: Vec<Vec<u32>>,
    signups: Ranked,
    baseline: Option<Baseline>,
    single_family: bool,
    shields_only: bool,
}

/// The accounts judged, and the history they are judged against where there is one.
pub(crate) struct Scene<'a> {
    pub(crate) shared: &'a Shared,
    /// Which accounts are judged.
    pub(crate) subject: &'a Marks,
    /// Number of accounts judged.
    pub(crate) subjects: u32,
    /// For each kind and shared value: judged accounts that have it.
    pub(crate) counts: &'a [Vec<u32>],
    /// Which of them signed up in the input, and how many before each account: time as the site's traffic tells it.
    pub(crate) signups: &'a Ranked,
    /// The trusted history.
    pub(crate) baseline: Option<&'a Baseline>,
    /// The input has one binding family at most: what accounts deal with must then do alone.
    pub(crate) single_family: bool,
    /// Of the judged accounts' values only those matter that several others have too.
    pub(crate) shields_only: bool,
    pub(crate) threads: usize,
}

/// What trusted accounts had.
pub(crate) struct Baseline {
    /// Which accounts are part of it.
    pub(crate) trusted: Marks,
    /// Judged accounts for each account of half the history.
    pub(crate) exposure: f64,
    /// For each kind and shared value: accounts of the history that have it.
    pub(crate) counts: Vec<Vec<u32>>,
    /// For each kind, what the history predicts.
    pub(crate) predictions: Vec<History>,
}

impl Sides {
    /// Judges `subject` against `trusted`, or against each other where there is no history.
    pub(crate) fn new(
        shared: &Shared,
        subject: Marks,
        trusted: Option<Marks>,
        threads: usize,
    ) -> Result<Self, Error> {
        let subjects = subject.count();
        let counts = in_parallel(threads, shared.columns.len(), |index| {
            // Those of everyone are known from grouping.
            if subjects as usize == shared.len() {
                return Ok(shared.columns[index].counts.to_vec());
            }
            let column = shared.columns.brought(index)?;
            let mut counts = vec![0_u32; column.hashes.len()];
            column.for_each_shared(|row, id| {
                counts[id as usize - 1] += u32::from(subject.has(row as usize));
            });
            Ok(counts)
        });
        let counts = counts.into_iter().collect::<Result<_, Error>>()?;
        let baseline = trusted.map(|trusted| Baseline::new(shared, trusted, subjects, threads));
        let baseline = baseline.transpose()?;
        let signups = subject.rows().filter(|row| shared.accounts.signed_up.has(*row));
        let signups = Ranked::new(shared.len(), signups);
        let single_family = single_family(shared);
        let shields_only = false;
        Ok(Self { subject, subjects, counts, signups, baseline, single_family, shields_only })
    }

    /// Judges a history before others are judged against it. An operation in it makes what it has look usual:
    /// it shields those who have it too, and nobody else.
    pub(crate) fn of_history(
        shared: &Shared,
        trusted: Marks,
        threads: usize,
    ) -> Result<Self, Error> {
        Ok(Self { shields_only: true, ..Self::new(shared, trusted, None, threads)? })
    }

    /// The input has one binding family at most.
    pub(crate) fn single_family(&self) -> bool {
        self.single_family
    }

    /// Which accounts are judged.
    pub(crate) fn subject(&self) -> &Marks {
        &self.subject
    }

    /// The sides over the same accounts, whose values may have been shuffled among the judged.
    pub(crate) fn scene<'a>(&'a self, shared: &'a Shared, threads: usize) -> Scene<'a> {
        Scene {
            shared,
            subject: &self.subject,
            subjects: self.subjects,
            counts: &self.counts,
            signups: &self.signups,
            baseline: self.baseline.as_ref(),
            single_family: self.single_family,
            shields_only: self.shields_only,
            threads,
        }
    }
}

impl Scene<'_> {
    /// How many kinds are looked at side by side: what one of many accounts takes is a good part of the memory.
    pub(crate) fn side_by_side(&self) -> usize {
        if self.shared.len() < ONE_BY_ONE_MIN { self.threads } else { 1 }
    }

    /// The shared values of a kind, by index, in as many parts as there are threads for it: accounts share about as much
    /// in one as in another.
    pub(crate) fn parts(&self, kind: KindId) -> Vec<Range<usize>> {
        cut(&self.counts[usize::from(kind.0)], self.threads / self.side_by_side())
    }

    /// Judged rows of those of some shared values of a kind that are wanted, all by index.
    pub(crate) fn carriers(
        &self,
        kind: KindId,
        column: &Column,
        values: Range<usize>,
        wanted: impl Fn(usize) -> bool,
    ) -> Carriers {
        let counts = &self.counts[usize::from(kind.0)];
        // Those that are not wanted have no room.
        let room = |value| if wanted(value) { counts[value] } else { 0 };
        let offsets = offsets(values.clone().map(room));
        let mut rows = Scatter::new(&offsets);
        column.for_each_shared(|row, id| {
            let value = id as usize - 1;
            if values.contains(&value) && self.subject.has(row as usize) {
                rows.put((value - values.start) as u32, row);
            }
        });
        let (rows, _) = rows.finish();
        Carriers { first: values.start, offsets, rows }
    }

    /// Most bits that one kind may say of an account.
    pub(crate) fn kind_bits_max(&self) -> f64 {
        if self.single_family { CAMPAIGN_BITS_MAX } else { KIND_BITS_MAX }
    }

    /// Count above which a value is too common among its peers to bind anyone.
    pub(crate) fn popular_min(&self) -> u32 {
        (self.subjects / 20).max(20)
    }
}

/// Accounts from which kinds are looked at one after the other, each on all threads. Every thread goes through all
/// accounts for its part of the values then.
const ONE_BY_ONE_MIN: usize = 1 << 27;

/// Rows that have each of some values of a kind.
pub(crate) struct Carriers {
    /// Index of the first value.
    first: usize,
    /// Where the rows of each start (one more than values).
    offsets: Vec<u32>,
    rows: Vec<u32>,
}

impl Carriers {
    /// Each value by index, with its rows, ascending.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (usize, &[u32])> {
        let rows = |place: &[u32]| &self.rows[place[0] as usize..place[1] as usize];
        (self.first..).zip(self.offsets.windows(2).map(rows))
    }
}

/// Share of accounts that must have a family for it to count as present.
const FAMILY_PRESENT: f64 = 0.05;

fn single_family(shared: &Shared) -> bool {
    let mut families = 0_u16;
    for (kind, info) in evidence_kinds().filter(|(_, info)| info.role == Role::Link) {
        if shared.columns[usize::from(kind.0)].present as f64
            >= FAMILY_PRESENT * shared.len() as f64
        {
            families |= 1 << info.family as u16;
        }
    }
    families.count_ones() <= 1
}

impl Baseline {
    /// A history of these accounts, for `subjects` judged ones.
    pub(crate) fn new(
        shared: &Shared,
        trusted: Marks,
        subjects: u32,
        threads: usize,
    ) -> Result<Self, Error> {
        let accounts = trusted.count();
        // Two halves of equal exposure: rows are in order of time.
        let second = Marks::new(shared.len(), trusted.rows().skip(accounts as usize / 2));
        let of_second = u64::from(accounts - accounts / 2);
        let both = in_parallel(threads, shared.columns.len(), |index| {
            let column = shared.columns.brought(index)?;
            let mut halves = vec![(0_u32, 0_u32); column.hashes.len()];
            let mut shared_new = 0;
            column.for_each_shared(|row, id| {
                if trusted.has(row as usize) {
                    let (half, is_new) = (&mut halves[id as usize - 1], second.has(row as usize));
                    *(if is_new { &mut half.1 } else { &mut half.0 }) += 1;
                    shared_new += u64::from(is_new);
                }
            });
            let mut builder = HistoryBuilder::default();
            for (first, second) in &halves {
                builder.add(u64::from(*first), u64::from(*second));
            }
            // Values that too few accounts share have no number, but they are what is usual: values new
            // in the second half that only one account had.
            let mut absent_new = 0;
            column.for_each_absent(|row| absent_new += u64::from(second.has(row)));
            // Of several values, those of nobody else are not kept.
            let lone = !column.is_many() && column.present > 0;
            let rare_new = if lone { of_second - absent_new - shared_new } else { 0 };
            builder.add_many(0, 1, rare_new);
            Ok((halves.iter().map(|half| half.0 + half.1).collect(), builder.build()))
        });
        let both = both.into_iter().collect::<Result<Vec<_>, Error>>()?;
        let (counts, predictions) = both.into_iter().unzip();
        let exposure = f64::from(subjects) / (f64::from(accounts) / 2.0).max(1.0);
        Ok(Self { trusted, exposure, counts, predictions })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        accounts::Accounts,
        count::{Columns, group},
    };
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn parts_have_together_what_the_whole_has(
            values in proptest::collection::vec(0_u64..40, 1..300),
            parts in 1_usize..5,
        ) {
            let (kind, judged) = (KindId(0), Marks::new(values.len(), (0..values.len()).skip(3)));
            let column = Column::single(group(&values));
            let accounts = Accounts::signups((0..values.len() as u32).collect());
            let mut columns: Vec<Column> = KindId::all().map(|_| Column::default()).collect();
            columns[usize::from(kind.0)] = column.clone();
            let shared = Shared::new(accounts, Columns::here(columns), Vec::new()).expect("here");
            let sides = Sides::new(&shared, judged, None, 1).expect("here");
            let scene = sides.scene(&shared, 1);
            let carriers = |values: Range<usize>| {
                let carriers = scene.carriers(kind, &column, values, |value| value % 5 > 0);
                carriers.iter().map(|(value, rows)| (value, rows.to_vec())).collect::<Vec<_>>()
            };
            let counts = &scene.counts[0];
            let cut = cut(counts, parts);
            prop_assert!(cut.len() <= parts);
            let all = carriers(0..counts.len());
            prop_assert_eq!(cut.into_iter().flat_map(carriers).collect::<Vec<_>>(), all.clone());
            for (value, rows) in all {
                let has = |row: &u32| column.id_of(*row as usize) as usize == value + 1;
                let own: Vec<u32> = (3..values.len() as u32).filter(has).collect();
                prop_assert_eq!(rows, if value % 5 > 0 { own } else { Vec::new() });
            }
        }
    }
}
