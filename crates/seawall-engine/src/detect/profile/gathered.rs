//! A group's values and their peers, fetched once.
//!
//! Columns are as long as the input, so fetching an account's values is a miss of the cache for each
//! kind. Every later pass over the group works on small tables instead.

use super::super::{
    peers::{Counts, Peers},
    scene::Scene,
};
use crate::count::{RARE, evidence_kinds};

/// The account has no value of the kind.
pub(super) const ABSENT: u32 = u32::MAX;
/// The account has a value, but none that others share.
pub(super) const OWN: u32 = u32::MAX - 1;

/// A group's accounts with their values.
pub(crate) struct Gathered {
    /// Rows, ascending.
    pub(crate) rows: Vec<u32>,
    /// Comparison groups that occur, ascending.
    pub(super) strata: Vec<u16>,
    /// For each account, the index of its comparison group in `strata`.
    pub(super) stratum_of: Vec<u16>,
    /// In the order of the registry; empty for kinds that are no evidence.
    pub(super) kinds: Vec<GatheredKind>,
}

/// What a group's accounts have of one kind.
#[derive(Default)]
pub(super) struct GatheredKind {
    /// Distinct values, ascending by id.
    pub(super) values: Vec<u32>,
    /// Distinct (value, comparison group), ascending.
    pub(super) cells: Vec<Cell>,
    /// Cells of the accounts: one each, [`ABSENT`] or [`OWN`]; for kinds with many values, as many as
    /// `offsets` says. Empty where no account has a value.
    pub(super) entries: Vec<u32>,
    /// For kinds with many values, where each account's entries start (one more than accounts).
    pub(super) offsets: Vec<u32>,
    /// Peers with any value, for each of the group's comparison groups.
    pub(super) present: Vec<Counts>,
    /// Peers with any value.
    pub(super) present_all: Counts,
}

/// A value in a comparison group.
#[derive(Clone, Copy)]
pub(super) struct Cell {
    /// Index into the kind's `values`.
    pub(super) value: u32,
    /// Index into the group's `strata`.
    pub(super) stratum: u16,
    /// Peers of the comparison group that have the value.
    pub(super) peers: Counts,
    /// Peers that have the value.
    pub(super) peers_all: Counts,
}

impl Gathered {
    pub(crate) fn new(scene: &Scene<'_>, peers: &Peers, rows: Vec<u32>) -> Self {
        let mut strata: Vec<u16> =
            rows.iter().map(|row| scene.shared.strata[*row as usize]).collect();
        let mut stratum_of = strata.clone();
        strata.sort_unstable();
        strata.dedup();
        for stratum in &mut stratum_of {
            *stratum = strata.partition_point(|other| other < stratum) as u16;
        }
        let mut kinds: Vec<GatheredKind> =
            scene.shared.columns.iter().map(|_| GatheredKind::default()).collect();
        let mut keys: Vec<(u64, u32)> = Vec::with_capacity(rows.len());
        for (kind, _) in evidence_kinds() {
            let index = usize::from(kind.0);
            kinds[index].fetch(scene, index, &rows, &stratum_of, &mut keys);
            kinds[index].look_up_peers(peers, index, &strata, &keys);
        }
        Self { rows, strata, stratum_of, kinds }
    }
}

impl GatheredKind {
    /// Leaves in `keys` the (value and stratum, entry) that occur, ascending.
    fn fetch(
        &mut self,
        scene: &Scene<'_>,
        index: usize,
        rows: &[u32],
        stratum_of: &[u16],
        keys: &mut Vec<(u64, u32)>,
    ) {
        let column = &scene.shared.columns[index];
        keys.clear();
        let key = |id: u32, stratum: u16| u64::from(id) << 16 | u64::from(stratum);
        if column.present == 0 {
            return;
        }
        if column.offsets.is_empty() {
            for (account, row) in rows.iter().enumerate() {
                self.entries.push(match column.ids[*row as usize] {
                    crate::count::ABSENT => ABSENT,
                    RARE => OWN,
                    id => {
                        keys.push((key(id, stratum_of[account]), account as u32));
                        OWN
                    }
                });
            }
        } else {
            self.offsets.push(0);
            for (account, row) in rows.iter().enumerate() {
                let before = self.entries.len();
                for id in column.ids_of(*row as usize).iter().filter(|id| **id != RARE) {
                    keys.push((key(*id, stratum_of[account]), self.entries.len() as u32));
                    self.entries.push(OWN);
                }
                if self.entries.len() == before && column.has(*row as usize) {
                    self.entries.push(OWN);
                }
                self.offsets.push(self.entries.len() as u32);
            }
        }
        if self.entries.iter().all(|entry| *entry == ABSENT) {
            *self = Self::default();
        }
        keys.sort_unstable();
    }

    fn look_up_peers(&mut self, peers: &Peers, index: usize, strata: &[u16], keys: &[(u64, u32)]) {
        if self.entries.is_empty() {
            return;
        }
        let peer = &peers.kinds[index];
        self.present = strata.iter().map(|stratum| peer.present[usize::from(*stratum)]).collect();
        self.present_all = peer.present_all;
        for chunk in keys.chunk_by(|a, b| a.0 == b.0) {
            let id = (chunk[0].0 >> 16) as u32;
            let stratum = (chunk[0].0 & 0xFFFF) as u16;
            if self.values.last() != Some(&id) {
                self.values.push(id);
            }
            for (_, entry) in chunk {
                self.entries[*entry as usize] = self.cells.len() as u32;
            }
            self.cells.push(Cell {
                value: self.values.len() as u32 - 1,
                stratum,
                peers: peer.counts(id, strata[usize::from(stratum)]),
                peers_all: peer.total(id),
            });
        }
    }

    /// Entries of an account.
    pub(super) fn entries_of(&self, account: u32) -> &[u32] {
        if self.offsets.is_empty() {
            std::slice::from_ref(&self.entries[account as usize])
        } else {
            let account = account as usize;
            &self.entries[self.offsets[account] as usize..self.offsets[account + 1] as usize]
        }
    }
}
