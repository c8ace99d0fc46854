//! How often do comparable accounts have a value?

use seawall_core::selector::{KindId, Role};

pub(crate) use seawall_core::campaign::membership::{Background, Counts};

use super::{groups::Group, in_parallel, scene::Scene};
use crate::{
    bits::{Marks, Ranked},
    count::Column,
    scatter::Scatter,
};

/// How often values occur among peers; only of values that several accounts of groups have.
pub(crate) struct Peers {
    pub(crate) kinds: Vec<PeerKind>,
}

#[derive(Default)]
pub(crate) struct PeerKind {
    /// Values that are counted, by id: the slot of each is its rank.
    counted: Ranked,
    /// For each slot, where its entries of `by_stratum` start (one more than slots).
    offsets: Vec<u32>,
    /// For each slot, counts by stratum, in order of stratum.
    by_stratum: ByStratum,
    /// For each slot, counts over all strata.
    totals: Vec<Counts>,
    /// Accounts with any value of the kind, by stratum.
    pub(crate) present: Vec<Counts>,
    pub(crate) present_all: Counts,
}

/// Counts by comparison group. There are millions, and most are small.
#[derive(Default)]
struct ByStratum {
    strata: Vec<u16>,
    /// Judged, grouped and trusted; or [`LARGE`], and the place among the large ones, the upper half first.
    counts: Vec<[u16; 3]>,
    large: Vec<Counts>,
}

/// Says that a count is too large for its place.
const LARGE: u16 = u16::MAX;

impl ByStratum {
    fn len(&self) -> usize {
        self.strata.len()
    }

    fn push(&mut self, stratum: u16, counts: Counts) {
        self.strata.push(stratum);
        let Counts { judged, grouped, trusted } = counts;
        let small = |count: u32| u16::try_from(count).ok().filter(|count| *count != LARGE);
        let all = [judged, grouped, trusted].map(small);
        let own = if let [Some(judged), Some(grouped), Some(trusted)] = all {
            [judged, grouped, trusted]
        } else {
            let place = self.large.len() as u32;
            self.large.push(counts);
            [LARGE, (place >> 16) as u16, place as u16]
        };
        self.counts.push(own);
    }

    fn get(&self, at: usize) -> Counts {
        match self.counts[at] {
            [LARGE, upper, lower] => self.large[usize::from(upper) << 16 | usize::from(lower)],
            [judged, grouped, trusted] => {
                Counts { judged: judged.into(), grouped: grouped.into(), trusted: trusted.into() }
            }
        }
    }
}

/// A cell is a comparison group and where an account stands: each group has this many.
const STANDINGS: usize = 4;
const JUDGED: u32 = 0;
const TRUSTED: u32 = 1;
/// Added for accounts in some group.
const GROUPED: u32 = 2;
/// The cell of accounts that are on neither side.
const NOWHERE: u32 = u32::MAX;

impl Peers {
    /// Counts the values of all groups over all accounts.
    pub(crate) fn count(scene: &Scene<'_>, groups: &[Group]) -> Self {
        let census = Census::new(scene, groups);
        let columns = &scene.shared.columns;
        let kinds = in_parallel(scene.threads, columns.len(), |index| {
            PeerKind::count(&census, index, &columns[index])
        });
        Self { kinds }
    }
}

/// The cell of every account, and how many are in each.
pub(crate) struct Census {
    cell_of: Vec<u32>,
    accounts: Vec<u32>,
}

impl Census {
    pub(crate) fn new(scene: &Scene<'_>, groups: &[Group]) -> Self {
        let mut cell_of = vec![0_u32; scene.shared.len()];
        for row in groups.iter().flat_map(|group| &group.rows) {
            cell_of[*row as usize] = GROUPED;
        }
        let mut accounts = vec![0_u32; scene.shared.strata_count * STANDINGS];
        for (row, cell) in cell_of.iter_mut().enumerate() {
            let side = if scene.baseline.is_some_and(|baseline| baseline.trusted.has(row)) {
                TRUSTED
            } else if scene.subject.has(row) {
                JUDGED
            } else {
                *cell = NOWHERE;
                continue;
            };
            *cell += u32::from(scene.shared.strata[row]) * STANDINGS as u32 + side;
            accounts[*cell as usize] += 1;
        }
        Self { cell_of, accounts }
    }

    fn is_grouped(&self, row: u32) -> bool {
        let cell = self.cell_of[row as usize];
        cell != NOWHERE && cell & GROUPED != 0
    }
}

/// Ids that several accounts in groups have: what one alone has is never compared.
fn of_several(column: &Column, census: &Census) -> Ranked {
    let ids = column.hashes.len() + 1;
    let (mut once, mut several) = (vec![0_u64; ids.div_ceil(64)], vec![0_u64; ids.div_ceil(64)]);
    column.for_each_shared(|row, id| {
        if census.is_grouped(row) {
            let (word, bit) = (id as usize / 64, 1 << (id % 64));
            several[word] |= once[word] & bit;
            once[word] |= bit;
        }
    });
    Ranked::new(ids, Marks::from_words(several).rows())
}

impl PeerKind {
    /// Counts the values of one kind, given by its index, of which this is the column.
    pub(crate) fn count(census: &Census, index: usize, column: &Column) -> Self {
        if KindId(index as u8).kind().role == Role::Stratum {
            return Self::default();
        }
        if column.present == 0 {
            let present = vec![Counts::default(); census.accounts.len() / STANDINGS];
            return Self { present, ..Self::default() };
        }
        let counted = of_several(column, census);
        // Where each slot's occurrences start, with room for all accounts that have the value.
        let mut starts = vec![0_u32];
        for (id, _) in counted.rows(0..column.hashes.len() + 1) {
            starts.push(starts[starts.len() - 1] + column.counts[id - 1]);
        }
        let Occurrences { present, cells, ends } =
            Occurrences::find(column, census, &counted, &starts);
        let mut kind = Self { counted, ..Self::default() };
        kind.present = present.chunks(STANDINGS).map(counts_of).collect();
        for counts in &kind.present {
            add(&mut kind.present_all, *counts);
        }
        kind.count_slots(&starts, &ends, &cells, present.len());
        kind
    }

    /// Counts the accounts of each slot, of which there are `cells` sorts.
    fn count_slots(&mut self, starts: &[u32], ends: &[u32], occurrences: &[u32], cells: usize) {
        let mut counts = vec![0_u32; cells];
        let mut strata: Vec<u16> = Vec::new();
        self.totals = vec![Counts::default(); ends.len()];
        self.offsets.push(0);
        for slot in 0..ends.len() {
            for cell in &occurrences[starts[slot] as usize..ends[slot] as usize] {
                let count = &mut counts[*cell as usize];
                if *count == 0 {
                    strata.push((*cell as usize / STANDINGS) as u16);
                }
                *count += 1;
            }
            strata.sort_unstable();
            strata.dedup();
            for stratum in strata.drain(..) {
                let start = usize::from(stratum) * STANDINGS;
                let by_standing = &mut counts[start..start + STANDINGS];
                let own = counts_of(by_standing);
                by_standing.fill(0);
                add(&mut self.totals[slot], own);
                self.by_stratum.push(stratum, own);
            }
            self.offsets.push(self.by_stratum.len() as u32);
        }
    }

    /// Accounts with a value.
    pub(crate) fn total(&self, id: u32) -> Counts {
        self.slot_of(id).map_or(Counts::default(), |slot| self.totals[slot])
    }

    /// Accounts with a value by comparison group, ascending.
    pub(crate) fn strata_of(&self, id: u32) -> impl Iterator<Item = (u16, Counts)> {
        self.range_of(id).map(|at| (self.by_stratum.strata[at], self.by_stratum.get(at)))
    }

    /// Accounts of a comparison group with a value.
    pub(crate) fn counts(&self, id: u32, stratum: u16) -> Counts {
        let range = self.range_of(id);
        self.by_stratum.strata[range.clone()]
            .binary_search(&stratum)
            .map_or(Counts::default(), |at| self.by_stratum.get(range.start + at))
    }

    fn slot_of(&self, id: u32) -> Option<usize> {
        self.counted.rank_of(id as usize)
    }

    /// Where the counts of a value are.
    fn range_of(&self, id: u32) -> std::ops::Range<usize> {
        let Some(slot) = self.slot_of(id) else { return 0..0 };
        self.offsets[slot] as usize..self.offsets[slot + 1] as usize
    }
}

/// Where the accounts of a column stand.
struct Occurrences {
    /// Accounts with any value, by cell.
    present: Vec<u32>,
    /// The cell of each account with a value that has a slot, slot after slot.
    cells: Vec<u32>,
    /// Where each slot ends.
    ends: Vec<u32>,
}

impl Occurrences {
    fn find(column: &Column, census: &Census, counted: &Ranked, starts: &[u32]) -> Self {
        // Everyone, less those who have none: in most columns these are few.
        let mut present = census.accounts.clone();
        let absent = |row: usize| {
            if census.cell_of[row] != NOWHERE {
                present[census.cell_of[row] as usize] -= 1;
            }
        };
        column.for_each_absent(absent);
        let mut cells = Scatter::new(starts);
        column.for_each_shared(|row, id| {
            let cell = census.cell_of[row as usize];
            if cell != NOWHERE
                && let Some(slot) = counted.rank_of(id as usize)
            {
                cells.put(slot as u32, cell);
            }
        });
        let (cells, ends) = cells.finish();
        Self { present, cells, ends }
    }
}

/// Counts from accounts by their standing.
fn counts_of(by_standing: &[u32]) -> Counts {
    let with = |standing: u32| by_standing[standing as usize];
    let (judged, trusted) = (with(JUDGED | GROUPED), with(TRUSTED | GROUPED));
    Counts {
        judged: with(JUDGED) + judged,
        grouped: judged + trusted,
        trusted: with(TRUSTED) + trusted,
    }
}

fn add(sum: &mut Counts, other: Counts) {
    sum.judged += other.judged;
    sum.grouped += other.grouped;
    sum.trusted += other.trusted;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_any_size_are_kept() {
        let mut kept = ByStratum::default();
        let sizes = [0, 1, 65_534, 65_535, 65_536, u32::MAX];
        let all = sizes.iter().flat_map(|judged| {
            sizes.map(|grouped| Counts { judged: *judged, grouped, trusted: judged ^ grouped })
        });
        for (stratum, counts) in all.clone().enumerate() {
            kept.push(stratum as u16, counts);
        }
        assert!(all.enumerate().all(|(at, counts)| kept.get(at) == counts));
        assert_eq!(kept.len(), 36);
    }
}
