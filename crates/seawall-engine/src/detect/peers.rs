//! How often do comparable accounts have a value?

use seawall_core::selector::{KindId, Role};

use super::{groups::Group, in_parallel, scene::Scene};
use crate::count::{Column, RARE};

/// How often values occur among peers; only values that some group has.
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
/// How an account stands, in three bits.
const JUDGED: u8 = 1;
const GROUPED: u8 = 2;
const TRUSTED: u8 = 4;

impl Peers {
    /// Counts the values of all groups over all accounts.
    pub(crate) fn count(scene: &Scene<'_>, groups: &[Group]) -> Self {
        let mut standing = vec![0_u8; scene.shared.len()];
        for row in groups.iter().flat_map(|group| &group.rows) {
            standing[*row as usize] = GROUPED;
        }
        for (row, standing) in standing.iter_mut().enumerate() {
            let trusted = scene.baseline.as_ref().is_some_and(|baseline| baseline.trusted[row]);
            if trusted {
                *standing |= TRUSTED;
            } else if scene.subject[row] {
                *standing |= JUDGED;
            } else {
                *standing = 0;
            }
        }
        let kinds = in_parallel(scene.threads, scene.shared.columns.len(), |index| {
            if KindId(index as u8).kind().role == Role::Stratum {
                return PeerKind::default();
            }
            PeerKind::count(scene, groups, &standing, index)
        });
        Self { kinds }
    }
}

impl PeerKind {
    fn count(scene: &Scene<'_>, groups: &[Group], standing: &[u8], index: usize) -> Self {
        let column = &scene.shared.columns[index];
        let strata = &scene.shared.strata;
        let mut kind = Self::needed(column, groups);
        kind.present = vec![Counts::default(); scene.shared.strata_count];
        let mut sizes = vec![0_u32; kind.totals.len() + 1];
        for (row, standing) in standing.iter().enumerate() {
            if *standing == 0 || !column.has(row) {
                continue;
            }
            kind.present[usize::from(strata[row])].add(*standing);
            kind.present_all.add(*standing);
            for id in column.ids_of(row).iter().filter(|id| **id != RARE) {
                let slot = kind.slots[*id as usize];
                if slot != UNUSED {
                    sizes[slot as usize + 1] += 1;
                }
            }
        }
        for slot in 1..sizes.len() {
            sizes[slot] += sizes[slot - 1];
        }
        // The accounts of each slot side by side, then counted slot by slot.
        let mut cursor = sizes.clone();
        let mut occurrences = vec![(0_u16, 0_u8); sizes[kind.totals.len()] as usize];
        column.for_each_shared(|row, id| {
            let slot = kind.slots[id as usize];
            let standing = standing[row as usize];
            if slot != UNUSED && standing != 0 {
                let at = &mut cursor[slot as usize];
                occurrences[*at as usize] = (strata[row as usize], standing);
                *at += 1;
            }
        });
        kind.count_slots(&sizes, &occurrences, scene.shared.strata_count);
        kind
    }

    /// Gives a slot to each id that some group has.
    fn needed(column: &Column, groups: &[Group]) -> Self {
        let mut slots = vec![UNUSED; column.hashes.len() + 1];
        let mut count = 0;
        for row in groups.iter().flat_map(|group| &group.rows) {
            for id in column.ids_of(*row as usize).iter().filter(|id| **id != RARE) {
                if slots[*id as usize] == UNUSED {
                    slots[*id as usize] = count;
                    count += 1;
                }
            }
        }
        Self { slots, totals: vec![Counts::default(); count as usize], ..Self::default() }
    }

    fn count_slots(&mut self, starts: &[u32], occurrences: &[(u16, u8)], strata_count: usize) {
        let mut counts = vec![Counts::default(); strata_count];
        let mut touched: Vec<u16> = Vec::new();
        self.offsets.push(0);
        for (slot, window) in starts.windows(2).enumerate() {
            for (stratum, standing) in &occurrences[window[0] as usize..window[1] as usize] {
                let count = &mut counts[usize::from(*stratum)];
                if count.judged + count.trusted == 0 {
                    touched.push(*stratum);
                }
                count.add(*standing);
                self.totals[slot].add(*standing);
            }
            touched.sort_unstable();
            for stratum in touched.drain(..) {
                self.by_stratum.push((stratum, std::mem::take(&mut counts[usize::from(stratum)])));
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

impl Counts {
    fn add(&mut self, standing: u8) {
        self.judged += u32::from(standing & JUDGED != 0);
        self.grouped += u32::from(standing & GROUPED != 0);
        self.trusted += u32::from(standing & TRUSTED != 0);
    }
}
