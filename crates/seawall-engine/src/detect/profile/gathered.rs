//! A group's values and their peers, fetched once.
//!
//! Columns are as long as the input, so fetching an account's values is a miss of the cache for each
//! kind. Every later pass over the group works on small tables instead.

use seawall_core::selector::Role;

use super::super::{
    peers::{Counts, PeerKind, Peers},
    scene::Scene,
};
use crate::count::{Column, RARE, evidence_kinds};

/// The account has no value of the kind.
pub(super) const ABSENT: u32 = u32::MAX;
/// The account has a value, but none that others of the group share.
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
    /// Values that several accounts have, ascending by id.
    pub(super) values: Vec<u32>,
    /// (Value, comparison group) that occur, ascending.
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
    /// With the values of kinds that bind; the others say nothing until [`Self::complete`].
    pub(crate) fn binding(scene: &Scene<'_>, peers: &Peers, rows: Vec<u32>) -> Self {
        let mut strata: Vec<u16> =
            rows.iter().map(|row| scene.shared.strata[*row as usize]).collect();
        let mut stratum_of = strata.clone();
        strata.sort_unstable();
        strata.dedup();
        for stratum in &mut stratum_of {
            *stratum = strata.partition_point(|other| other < stratum) as u16;
        }
        let kinds = scene.shared.columns.iter().map(|_| GatheredKind::default()).collect();
        let mut gathered = Self { rows, strata, stratum_of, kinds };
        gathered.fetch(scene, peers, Role::Link);
        gathered
    }

    /// Adds the values of kinds that only corroborate.
    pub(crate) fn complete(&mut self, scene: &Scene<'_>, peers: &Peers) {
        self.fetch(scene, peers, Role::Corroborate);
    }

    fn fetch(&mut self, scene: &Scene<'_>, peers: &Peers, role: Role) {
        let Self { rows, strata, stratum_of, kinds } = self;
        let mut occurrences: Vec<u64> = Vec::with_capacity(rows.len());
        for (kind, _) in evidence_kinds().filter(|(_, info)| info.role == role) {
            let index = usize::from(kind.0);
            kinds[index].fetch(&scene.shared.columns[index], rows, &mut occurrences);
            kinds[index].form_cells(&peers.kinds[index], strata, stratum_of, &occurrences);
        }
    }
}

impl GatheredKind {
    /// Leaves in `occurrences` the entries that have a value, each with its id in the upper half, ascending.
    fn fetch(&mut self, column: &Column, rows: &[u32], occurrences: &mut Vec<u64>) {
        occurrences.clear();
        if column.present == 0 {
            return;
        }
        let occurrence = |id: u32, entry: usize| u64::from(id) << 32 | entry as u64;
        if column.is_many() {
            self.offsets.push(0);
            for row in rows {
                let before = self.entries.len();
                for id in column.ids_of(*row as usize).iter().filter(|id| **id != RARE) {
                    occurrences.push(occurrence(*id, self.entries.len()));
                    self.entries.push(OWN);
                }
                if self.entries.len() == before && column.has(*row as usize) {
                    self.entries.push(OWN);
                }
                self.offsets.push(self.entries.len() as u32);
            }
        } else {
            // Ids first, with nothing to decide: the misses of the cache then overlap.
            column.first_ids(rows, &mut self.entries);
            for (account, entry) in self.entries.iter_mut().enumerate() {
                *entry = match *entry {
                    crate::count::ABSENT => ABSENT,
                    RARE => OWN,
                    id => {
                        occurrences.push(occurrence(id, account));
                        OWN
                    }
                };
            }
        }
        if self.entries.iter().all(|entry| *entry == ABSENT) {
            *self = Self::default();
        }
        occurrences.sort_unstable();
    }

    /// Numbers the values that several accounts have, by comparison group. A value that one account alone
    /// has says nothing of the group, so its peers are not looked up: most values of a large group are such.
    fn form_cells(
        &mut self,
        peer: &PeerKind,
        strata: &[u16],
        stratum_of: &[u16],
        occurrences: &[u64],
    ) {
        if self.entries.is_empty() {
            return;
        }
        self.present = strata.iter().map(|stratum| peer.present[usize::from(*stratum)]).collect();
        self.present_all = peer.present_all;
        let mut by_stratum: Vec<(u16, u32)> = Vec::new();
        for chunk in occurrences.chunk_by(|a, b| a >> 32 == b >> 32).filter(|c| c.len() > 1) {
            let id = (chunk[0] >> 32) as u32;
            by_stratum.clear();
            by_stratum.extend(chunk.iter().map(|occurrence| {
                let entry = *occurrence as u32;
                (stratum_of[self.account_of(entry)], entry)
            }));
            by_stratum.sort_unstable();
            let (value, peers_all) = (self.values.len() as u32, peer.total(id));
            self.values.push(id);
            for cell in by_stratum.chunk_by(|a, b| a.0 == b.0) {
                let stratum = cell[0].0;
                for (_, entry) in cell {
                    self.entries[*entry as usize] = self.cells.len() as u32;
                }
                let peers = peer.counts(id, strata[usize::from(stratum)]);
                self.cells.push(Cell { value, stratum, peers, peers_all });
            }
        }
    }

    /// The account that an entry belongs to.
    fn account_of(&self, entry: u32) -> usize {
        if self.offsets.is_empty() {
            entry as usize
        } else {
            self.offsets.partition_point(|offset| *offset <= entry) - 1
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
