//! How often do comparable accounts have a value?

use seawall_core::selector::{KindId, Role};

use super::{groups::Group, in_parallel, scene::Scene};
use crate::count::RARE;

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
    /// Slot of each needed id, `u32::MAX` where it is not needed.
    pub(crate) slots: Vec<u32>,
    /// For each slot, counts by stratum, in order of stratum.
    pub(crate) strata: Vec<Vec<(u16, Counts)>>,
    /// For each slot, counts over all strata.
    pub(crate) totals: Vec<Counts>,
    /// Accounts with any value of the kind, by stratum.
    pub(crate) present: Vec<Counts>,
    pub(crate) present_all: Counts,
}

impl Peers {
    /// Counts the values of all groups over all accounts.
    pub(crate) fn count(scene: &Scene<'_>, groups: &[Group]) -> Self {
        let trusted = scene.baseline.as_ref().map(|baseline| baseline.trusted.as_slice());
        let mut grouped = vec![false; scene.shared.len()];
        for row in groups.iter().flat_map(|group| &group.rows) {
            grouped[*row as usize] = true;
        }
        let kinds = in_parallel(scene.threads, scene.shared.columns.len(), |index| {
            if KindId(index as u8).kind().role == Role::Stratum {
                return PeerKind::default();
            }
            count_kind(scene, groups, trusted, &grouped, index)
        });
        Self { kinds }
    }
}

fn count_kind(
    scene: &Scene<'_>,
    groups: &[Group],
    trusted: Option<&[bool]>,
    grouped: &[bool],
    index: usize,
) -> PeerKind {
    let column = &scene.shared.columns[index];
    let mut slot_of = vec![u32::MAX; column.hashes.len() + 1];
    let mut kind = PeerKind::default();
    for row in groups.iter().flat_map(|group| &group.rows) {
        for id in column.ids_of(*row as usize).iter().filter(|id| **id != RARE) {
            if slot_of[*id as usize] == u32::MAX {
                slot_of[*id as usize] = kind.totals.len() as u32;
                kind.totals.push(Counts::default());
            }
        }
    }
    let trusted_at = |row: usize| trusted.is_some_and(|trusted| trusted[row]);
    let mut occurrences: Vec<(u32, u16, Counts)> = Vec::new();
    kind.present = vec![Counts::default(); scene.shared.strata_count];
    for (row, grouped) in grouped.iter().enumerate() {
        let (judged, trusted) = (scene.subject[row], trusted_at(row));
        if !(judged || trusted) || !column.has(row) {
            continue;
        }
        let one = Counts {
            judged: u32::from(judged && !trusted),
            grouped: u32::from(*grouped),
            trusted: u32::from(trusted),
        };
        let stratum = scene.shared.strata[row];
        kind.present[usize::from(stratum)].add(one);
        kind.present_all.add(one);
        for id in column.ids_of(row).iter().filter(|id| **id != RARE) {
            let slot = slot_of[*id as usize];
            if slot != u32::MAX {
                kind.totals[slot as usize].add(one);
                occurrences.push((slot, stratum, one));
            }
        }
    }
    occurrences.sort_unstable_by_key(|entry| (entry.0, entry.1));
    kind.strata = vec![Vec::new(); kind.totals.len()];
    for chunk in occurrences.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)) {
        let mut sum = Counts::default();
        for entry in chunk {
            sum.add(entry.2);
        }
        kind.strata[chunk[0].0 as usize].push((chunk[0].1, sum));
    }
    kind.slots = slot_of;
    kind
}

impl PeerKind {
    /// Slot of an id, where some group has it.
    pub(crate) fn slot(&self, id: u32) -> Option<usize> {
        self.slots.get(id as usize).filter(|slot| **slot != u32::MAX).map(|slot| *slot as usize)
    }
}

impl Counts {
    fn add(&mut self, other: Self) {
        self.judged += other.judged;
        self.grouped += other.grouped;
        self.trusted += other.trusted;
    }
}
