//! How often do comparable accounts have a value?

use seawall_core::selector::{KindId, Role};

use super::{groups::Group, in_parallel, scene::Scene};
use crate::count::{ABSENT, Column, RARE};

/// How often values occur among peers; only of values that several accounts of groups have.
pub(crate) struct Peers {
    pub(crate) kinds: Vec<PeerKind>,
}

/// Accounts by where they stand.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    /// Judged.
    pub(crate) judged: u32,
    /// Judged and in some group.
    pub(crate) grouped: u32,
    /// Trusted.
    pub(crate) trusted: u32,
}

/// Which accounts are a group's peers in the input itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Background {
    /// Those in no group: parts of one operation in several groups do not hide each other.
    Ungrouped,
    /// All but the group's own members.
    Others,
}

#[derive(Default)]
pub(crate) struct PeerKind {
    /// Slot of each needed id, [`UNUSED`] where it is not needed.
    slots: Vec<u32>,
    /// For each slot, where its entries of `by_stratum` start (one more than slots).
    offsets: Vec<u32>,
    /// For each slot, counts by stratum, in order of stratum.
    by_stratum: Vec<(u16, Counts)>,
    /// For each slot, counts over all strata.
    totals: Vec<Counts>,
    /// Accounts with any value of the kind, by stratum.
    pub(crate) present: Vec<Counts>,
    pub(crate) present_all: Counts,
}

const UNUSED: u32 = u32::MAX;
const SEEN_ONCE: u32 = u32::MAX - 1;
/// How an account stands, in three bits.
const JUDGED: u8 = 1;
const GROUPED: u8 = 2;
const TRUSTED: u8 = 4;
/// Different standings; 0 is no account that counts.
const STANDINGS: usize = 8;

impl Peers {
    /// Counts the values of all groups over all accounts.
    pub(crate) fn count(scene: &Scene<'_>, groups: &[Group]) -> Self {
        let census = Census::new(scene, groups);
        let kinds = in_parallel(scene.threads, scene.shared.columns.len(), |index| {
            if KindId(index as u8).kind().role == Role::Stratum {
                return PeerKind::default();
            }
            PeerKind::count(scene, groups, &census, index)
        });
        Self { kinds }
    }
}

/// Accounts by their standing.
type ByStanding = [u32; STANDINGS];

/// Where every account stands.
struct Census {
    standing: Vec<u8>,
    /// Accounts of each stratum.
    strata: Vec<ByStanding>,
}

impl Census {
    fn new(scene: &Scene<'_>, groups: &[Group]) -> Self {
        let mut standing = vec![0_u8; scene.shared.len()];
        for row in groups.iter().flat_map(|group| &group.rows) {
            standing[*row as usize] = GROUPED;
        }
        let mut strata = vec![ByStanding::default(); scene.shared.strata_count];
        for (row, standing) in standing.iter_mut().enumerate() {
            if scene.baseline.is_some_and(|baseline| baseline.trusted[row]) {
                *standing |= TRUSTED;
            } else if scene.subject[row] {
                *standing |= JUDGED;
            } else {
                *standing = 0;
            }
            strata[usize::from(scene.shared.strata[row])][usize::from(*standing)] += 1;
        }
        Self { standing, strata }
    }
}

/// The values that are counted, and a slot for each.
struct Needed {
    /// One bit for each id: most are not needed, and few bits stay in the cache.
    bits: Vec<u64>,
    slots: Vec<u32>,
    /// Where each slot's occurrences start, with room for all accounts that have the value.
    starts: Vec<u32>,
}

impl Needed {
    /// Ids that several accounts of groups have: what one alone has is never compared.
    fn new(column: &Column, groups: &[Group]) -> Self {
        let mut slots = vec![UNUSED; column.hashes.len() + 1];
        let mut bits = vec![0_u64; column.hashes.len() / 64 + 1];
        let mut starts = vec![0];
        for row in groups.iter().flat_map(|group| &group.rows) {
            for id in column.ids_of(*row as usize).iter().filter(|id| **id != RARE) {
                let slot = &mut slots[*id as usize];
                if *slot == UNUSED {
                    *slot = SEEN_ONCE;
                } else if *slot == SEEN_ONCE {
                    *slot = starts.len() as u32 - 1;
                    starts.push(starts[starts.len() - 1] + column.counts[*id as usize - 1]);
                    bits[*id as usize / 64] |= 1 << (id % 64);
                }
            }
        }
        for slot in slots.iter_mut().filter(|slot| **slot == SEEN_ONCE) {
            *slot = UNUSED;
        }
        Self { bits, slots, starts }
    }

    fn slot(&self, id: u32) -> Option<usize> {
        (self.bits[id as usize / 64] >> (id % 64) & 1 == 1)
            .then(|| self.slots[id as usize] as usize)
    }
}

impl PeerKind {
    fn count(scene: &Scene<'_>, groups: &[Group], census: &Census, index: usize) -> Self {
        let column = &scene.shared.columns[index];
        if column.present == 0 {
            let present = vec![Counts::default(); scene.shared.strata_count];
            return Self { present, ..Self::default() };
        }
        let needed = Needed::new(column, groups);
        let (present, occurrences, ends) = occurrences(scene, column, census, &needed);
        let mut kind = Self { slots: needed.slots, ..Self::default() };
        kind.present = present.iter().map(Counts::of).collect();
        for counts in &kind.present {
            kind.present_all.add(*counts);
        }
        kind.count_slots(&needed.starts, &ends, &occurrences, scene.shared.strata_count);
        kind
    }

    fn count_slots(&mut self, starts: &[u32], ends: &[u32], occurrences: &[u32], strata: usize) {
        let mut counts = vec![ByStanding::default(); strata];
        let mut touched: Vec<u16> = Vec::new();
        self.totals = vec![Counts::default(); ends.len()];
        self.offsets.push(0);
        for slot in 0..ends.len() {
            for occurrence in &occurrences[starts[slot] as usize..ends[slot] as usize] {
                let (stratum, standing) = ((occurrence >> 8) as u16, *occurrence as u8);
                let count = &mut counts[usize::from(stratum)];
                if count[0] == 0 {
                    count[0] = 1;
                    touched.push(stratum);
                }
                count[usize::from(standing)] += 1;
            }
            touched.sort_unstable();
            for stratum in touched.drain(..) {
                let own = Counts::of(&std::mem::take(&mut counts[usize::from(stratum)]));
                self.totals[slot].add(own);
                self.by_stratum.push((stratum, own));
            }
            self.offsets.push(self.by_stratum.len() as u32);
        }
    }

    fn slot(&self, id: u32) -> Option<usize> {
        self.slots.get(id as usize).filter(|slot| **slot != UNUSED).map(|slot| *slot as usize)
    }

    /// Accounts with a value.
    pub(crate) fn total(&self, id: u32) -> Counts {
        self.slot(id).map_or(Counts::default(), |slot| self.totals[slot])
    }

    /// Accounts of a comparison group with a value.
    pub(crate) fn counts(&self, id: u32, stratum: u16) -> Counts {
        let Some(slot) = self.slot(id) else { return Counts::default() };
        let own = &self.by_stratum[self.offsets[slot] as usize..self.offsets[slot + 1] as usize];
        own.binary_search_by_key(&stratum, |entry| entry.0)
            .map_or(Counts::default(), |at| own[at].1)
    }
}

/// Accounts with any value, by stratum; where the accounts of each needed value stand, slot after slot; and
/// where each slot ends.
fn occurrences(
    scene: &Scene<'_>,
    column: &Column,
    census: &Census,
    needed: &Needed,
) -> (Vec<ByStanding>, Vec<u32>, Vec<u32>) {
    let strata = &scene.shared.strata;
    // Everyone, less those who have none: in most columns these are few.
    let mut present = census.strata.clone();
    let slots = needed.starts.len() - 1;
    let mut ends = needed.starts[..slots].to_vec();
    let mut occurrences = vec![0_u32; needed.starts[slots] as usize];
    let mut absent = |row: usize| {
        present[usize::from(strata[row])][usize::from(census.standing[row])] -= 1;
    };
    let mut note = |row: usize, id: u32| {
        if let Some(slot) = needed.slot(id)
            && census.standing[row] != 0
        {
            let at = &mut ends[slot];
            occurrences[*at as usize] =
                u32::from(strata[row]) << 8 | u32::from(census.standing[row]);
            *at += 1;
        }
    };
    if column.offsets.is_empty() {
        for (row, id) in column.ids.iter().enumerate() {
            match *id {
                ABSENT => absent(row),
                RARE => {}
                id => note(row, id),
            }
        }
    } else {
        (0..census.standing.len()).filter(|row| !column.has(*row)).for_each(absent);
        column.for_each_shared(|row, id| note(row as usize, id));
    }
    (present, occurrences, ends)
}

impl Counts {
    /// From accounts by their standing.
    fn of(by_standing: &ByStanding) -> Self {
        let with = |bit: u8| {
            (1..STANDINGS as u8)
                .filter(|standing| standing & bit != 0)
                .map(|standing| by_standing[usize::from(standing)])
                .sum()
        };
        Self { judged: with(JUDGED), grouped: with(GROUPED), trusted: with(TRUSTED) }
    }

    fn add(&mut self, other: Self) {
        self.judged += other.judged;
        self.grouped += other.grouped;
        self.trusted += other.trusted;
    }
}
