//! Who is judged, and against whom?

use seawall_core::{
    campaign::evidence::{CAMPAIGN_BITS_MAX, KIND_BITS_MAX},
    link::history::{History, HistoryBuilder},
    selector::{KindId, Role},
};

use crate::{
    bits::{Marks, Ranked},
    count::{Shared, evidence_kinds},
    detect::in_parallel,
    scatter::Scatter,
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
    ) -> Self {
        let subjects = subject.count();
        let counts = in_parallel(threads, shared.columns.len(), |index| {
            let mut counts = vec![0_u32; shared.columns[index].hashes.len()];
            shared.columns[index].for_each_shared(|row, id| {
                counts[id as usize - 1] += u32::from(subject.has(row as usize));
            });
            counts
        });
        let baseline = trusted.map(|trusted| Baseline::new(shared, trusted, subjects, threads));
        let signups = subject.rows().filter(|row| shared.accounts.signed_up.has(*row));
        let signups = Ranked::new(shared.len(), signups);
        let single_family = single_family(shared);
        let shields_only = false;
        Self { subject, subjects, counts, signups, baseline, single_family, shields_only }
    }

    /// Judges a history before others are judged against it. An operation in it makes what it has look usual:
    /// it shields those who have it too, and nobody else.
    pub(crate) fn of_history(shared: &Shared, trusted: Marks, threads: usize) -> Self {
        Self { shields_only: true, ..Self::new(shared, trusted, None, threads) }
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
    /// Judged rows of those shared values of a kind that are wanted, by index: (offsets by id, rows). The
    /// others have none.
    pub(crate) fn rows_by_id(
        &self,
        kind: KindId,
        wanted: impl Fn(usize) -> bool,
    ) -> (Vec<u32>, Vec<u32>) {
        let column = &self.shared.columns[usize::from(kind.0)];
        let counts = &self.counts[usize::from(kind.0)];
        let mut offsets = vec![0_u32; counts.len() + 2];
        for (index, count) in counts.iter().enumerate() {
            offsets[index + 2] = offsets[index + 1] + if wanted(index) { *count } else { 0 };
        }
        // Those that are not wanted have no room.
        let mut rows = Scatter::new(&offsets);
        column.for_each_shared(|row, id| {
            if self.subject.has(row as usize) {
                rows.put(id, row);
            }
        });
        let (rows, _) = rows.finish();
        (offsets, rows)
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
    pub(crate) fn new(shared: &Shared, trusted: Marks, subjects: u32, threads: usize) -> Self {
        let accounts = trusted.count();
        // Two halves of equal exposure: rows are in order of time.
        let second = Marks::new(shared.len(), trusted.rows().skip(accounts as usize / 2));
        let of_second = u64::from(accounts - accounts / 2);
        let both = in_parallel(threads, shared.columns.len(), |index| {
            let column = &shared.columns[index];
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
            (halves.iter().map(|half| half.0 + half.1).collect(), builder.build())
        });
        let (counts, predictions) = both.into_iter().unzip();
        let exposure = f64::from(subjects) / (f64::from(accounts) / 2.0).max(1.0);
        Self { trusted, exposure, counts, predictions }
    }
}
