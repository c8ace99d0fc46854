//! The accounts of groups, one group after the other.
//!
//! What an account has lies in dozens of columns as long as the input, and a group's accounts come from all over it: each
//! look at one is a miss of the cache. While groups are weighed their accounts lie side by side, and those that are in
//! none are not there at all.

use super::{
    groups::Group,
    in_parallel,
    peers::{Census, PeerKind, Peers},
    scene::{Scene, Sides},
};
use crate::{
    Error,
    accounts::Accounts,
    bits::{Marks, Ranked},
    count::{Columns, NOWHERE, Shared},
};

/// What stands in for all accounts, and those themselves meanwhile.
pub(crate) struct ByGroup {
    /// The row that each account of a group has among all.
    row_of: Vec<u32>,
    subject: Marks,
    signups: Ranked,
    accounts: Accounts,
    strata: Vec<u16>,
    columns: Columns,
}

impl ByGroup {
    /// Puts the accounts of groups in the place of all, whose values it counts first; groups, which share no account,
    /// have their rows among those of groups then.
    pub(crate) fn new(
        shared: &mut Shared,
        sides: &Sides,
        groups: &mut [Group],
        threads: usize,
    ) -> Result<(Self, Peers), Error> {
        let census = Census::new(&sides.scene(shared, threads), groups);
        let mut row_of = Vec::with_capacity(groups.iter().map(|group| group.rows.len()).sum());
        for Group { rows, .. } in groups.iter_mut() {
            row_of.extend_from_slice(rows);
            for (row, number) in rows.iter_mut().rev().zip((0..row_of.len() as u32).rev()) {
                *row = number;
            }
        }
        let mut places = vec![NOWHERE; shared.len()];
        for (place, row) in row_of.iter().enumerate() {
            places[*row as usize] = place as u32;
        }
        shared.columns.let_go();
        let moved = in_parallel(threads, shared.columns.len(), |kind| {
            let column = shared.columns.brought(kind)?;
            let counted = PeerKind::count(&census, kind, &column);
            Ok((column.placed(&places, row_of.len()), counted))
        });
        let moved = moved.into_iter().collect::<Result<Vec<_>, Error>>()?;
        let (columns, kinds) = moved.into_iter().unzip();
        let columns = std::mem::replace(&mut shared.columns, Columns::here(columns));
        drop((places, census));
        let accounts = shared.accounts.of_rows(&row_of);
        let accounts = std::mem::replace(&mut shared.accounts, accounts);
        let strata = row_of.iter().map(|row| shared.strata[*row as usize]).collect();
        let strata = std::mem::replace(&mut shared.strata, strata);
        let subject = sides.subject().of_rows(&row_of);
        let signups = subject.rows().filter(|row| shared.accounts.signed_up.has(*row));
        let signups = Ranked::new(row_of.len(), signups);
        Ok((Self { row_of, subject, signups, accounts, strata, columns }, Peers { kinds }))
    }

    /// The sides over the accounts of groups. All that is counted, and the history, is of all accounts.
    pub(crate) fn scene<'a>(
        &'a self,
        shared: &'a Shared,
        sides: &'a Sides,
        threads: usize,
    ) -> Scene<'a> {
        let (subject, signups) = (&self.subject, &self.signups);
        Scene { subject, signups, ..sides.scene(shared, threads) }
    }

    /// The row that each account of a group has among all.
    pub(crate) fn row_of(&self) -> &[u32] {
        &self.row_of
    }

    /// Puts all accounts back into their place; the row among them that each account of a group has.
    pub(crate) fn put_back(self, shared: &mut Shared) -> Vec<u32> {
        let Self { row_of, accounts, strata, columns, .. } = self;
        (shared.accounts, shared.strata) = (accounts, strata);
        shared.columns = columns;
        row_of
    }
}

#[cfg(test)]
mod tests {
    use seawall_core::{event::EventType, selector::KindId};

    use super::*;
    use crate::{
        accounts::{AccountTable, Batch, Budget, Observation},
        detect::Room,
        spread::Here,
    };

    /// Accounts one second apart, each third of which are of one device, and each fifth of one mail domain.
    fn accounts(room: &Room) -> Shared {
        let kind = |name| KindId::from_name(name).expect("a kind");
        let (device, domain) = (kind("device_id"), kind("email_domain"));
        let (mut table, mut batch) = (AccountTable::new(Budget::unlimited()), Batch::default());
        for seconds in 0..60 {
            let (account, event_type) = (u64::from(seconds) << 40 | 1, EventType::Signup);
            let trusted = (seconds % 4 == 0).then_some(true);
            batch.push(Observation { account, seconds, event_type, trusted, step: 0 });
            batch.push_value(device, u64::from(seconds % 3) + 1);
            if seconds % 5 < 3 {
                batch.push_value(domain, u64::from(seconds % 5) + 1);
            }
        }
        let values = batch.take_values();
        table.add(batch.observations(), values, None).expect("room");
        let (accounts, _, pieces) = table.finish();
        Shared::group(accounts, pieces, Vec::new(), &Here::new(1), room, 1).expect("room")
    }

    /// All that is asked of an account while groups are weighed.
    fn all_of(shared: &Shared, row: u32) -> (Vec<Vec<u32>>, u16, u32, [bool; 3]) {
        let (row, accounts) = (row as usize, &shared.accounts);
        let marks = [&accounts.signed_up, &accounts.trusted, &accounts.came_back];
        let ids = shared.columns.iter().map(|column| column.ids_of(row).to_vec()).collect();
        (ids, shared.strata[row], accounts.first_seen[row], marks.map(|marks| marks.has(row)))
    }

    #[test]
    fn accounts_of_groups_stand_in_for_all_and_all_come_back() {
        let folder = tempfile::tempdir().expect("a folder");
        for memory_bytes in [0, u64::MAX] {
            let spill = folder.path().to_owned();
            let room = Room { memory_bytes, spill, spill_bytes: 1 << 30 };
            let mut shared = accounts(&room);
            shared.columns.bring().expect("as they were");
            let before: Vec<_> = (0..60).map(|row| all_of(&shared, row)).collect();
            let subject = Marks::new(60, (0..60).filter(|row| row % 4 > 0));
            let sides = Sides::new(&shared, subject, None, 1).expect("as they were");
            let chosen = [[5, 17, 43].as_slice(), &[2, 3, 59]];
            let mut groups = chosen.map(|rows| Group { nodes: Vec::new(), rows: rows.to_vec() });
            let before_groups = groups.clone();
            let peers = Peers::count(&sides.scene(&shared, 1), &before_groups);
            let (by_group, counted) =
                ByGroup::new(&mut shared, &sides, &mut groups, 2).expect("as they were");
            let total = |peers: &Peers| {
                peers
                    .kinds
                    .iter()
                    .map(|kind| [1, 2, 3].map(|id| kind.total(id)))
                    .collect::<Vec<_>>()
            };
            assert_eq!(total(&counted), total(&peers));
            assert_eq!(groups.map(|group| group.rows), [[0, 1, 2], [3, 4, 5]]);
            let scene = by_group.scene(&shared, &sides, 1);
            assert_eq!((scene.shared.len(), scene.subjects, scene.subject.count()), (6, 45, 6));
            for (row, from) in chosen.concat().into_iter().enumerate() {
                assert_eq!(all_of(scene.shared, row as u32), before[from as usize]);
                assert_eq!(by_group.row_of()[row], from);
            }
            assert_eq!(by_group.put_back(&mut shared), chosen.concat());
            shared.columns.bring().expect("as they were");
            assert!((0..60).all(|row| all_of(&shared, row) == before[row as usize]));
        }
    }
}
