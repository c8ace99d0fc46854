//! All columns, each in memory or on the disk.
//!
//! Together they are most of what is known of accounts, and most of the time they are gone through one after the other.

use std::{borrow::Cow, ops::Index};

use super::column::{Column, Ids};
use crate::{
    Error,
    aside::{Aside, Kept},
};

/// One column for each kind, in the order of the registry.
#[derive(Debug, Default)]
pub struct Columns {
    /// Those that are on the disk have only what is known of their values, until all are brought.
    columns: Vec<Column>,
    /// What each account has, where it is on the disk. It does not change, so that it is written once.
    written: Vec<Option<Kept<Ids>>>,
    aside: Aside,
}

/// A column that was put where it is to be.
pub(crate) struct Put(Column, Kept<Ids>);

impl Columns {
    /// Puts a column aside, before others are made.
    pub(crate) fn put(aside: &Aside, mut column: Column) -> Result<Put, Error> {
        let kept = aside.put(column.take_ids())?;
        Ok(Put(column, kept))
    }

    /// All columns, as they were put `aside`.
    pub(crate) fn new(put: impl Iterator<Item = Put>, aside: Aside) -> Result<Self, Error> {
        let mut columns = Self { aside, ..Self::default() };
        for Put(column, kept) in put {
            let away = kept.is_away();
            let (column, written) = if away {
                (column, Some(kept))
            } else {
                (column.with_ids(columns.aside.take(kept)?), None)
            };
            columns.columns.push(column);
            columns.written.push(written);
        }
        Ok(columns)
    }

    /// All columns, in memory.
    pub(crate) fn here(columns: Vec<Column>) -> Self {
        let written = columns.iter().map(|_| None).collect();
        Self { columns, written, aside: Aside::default() }
    }

    /// A column that may be asked what accounts have, from wherever it is.
    pub(crate) fn brought(&self, kind: usize) -> Result<Cow<'_, Column>, Error> {
        let column = &self.columns[kind];
        Ok(match &self.written[kind] {
            Some(kept) if column.is_away() => Cow::Owned(column.with_ids(self.aside.copy(kept)?)),
            _ => Cow::Borrowed(column),
        })
    }

    /// Brings all of them into memory, where any may be asked in any order.
    pub(crate) fn bring(&mut self) -> Result<(), Error> {
        for kind in 0..self.columns.len() {
            if let Cow::Owned(column) = self.brought(kind)? {
                self.columns[kind] = column;
            }
        }
        Ok(())
    }

    /// Takes those that are on the disk out of memory.
    pub(crate) fn let_go(&mut self) {
        for (column, written) in self.columns.iter_mut().zip(&self.written) {
            if written.is_some() {
                column.take_ids();
            }
        }
    }

    /// Bytes that are on the disk.
    pub(crate) fn bytes_aside(&self) -> u64 {
        self.aside.bytes()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.columns.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.columns.is_empty()
    }

    /// Each of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter()
    }
}

/// What is known of the values of a kind; what accounts have of it only where all have been brought.
impl Index<usize> for Columns {
    type Output = Column;

    fn index(&self, kind: usize) -> &Column {
        &self.columns[kind]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        count::{IdsOf, group},
        detect::Room,
    };

    /// Some of everyone, some of few, several of an account, none of anybody.
    fn columns() -> [Column; 4] {
        let rows = 20_000;
        let values = (0..rows).map(|row: u64| row % 50).collect::<Vec<u64>>();
        let sparse = (0..rows).map(|row| if row % 9 == 0 { row / 27 + 1 } else { 0 });
        let several = |row, ids| (row, IdsOf::Many(ids));
        let many = [several(3, &[1, 2][..]), several(70, &[]), several(90, &[2])];
        [
            Column::single(group(&values)),
            Column::single(group(&sparse.collect::<Vec<_>>())),
            Column::many(100, many.into_iter(), vec![4, 5], vec![3, 3]),
            Column::default(),
        ]
    }

    fn shared(column: &Column) -> Vec<(u32, u32)> {
        let mut ids = Vec::new();
        column.for_each_shared(|row, id| ids.push((row, id)));
        ids
    }

    fn same(found: &Column, wanted: &Column) {
        assert_eq!(shared(found), shared(wanted));
        assert!((0..100).all(|row| found.has(row) == wanted.has(row)));
        assert_eq!((&found.hashes, found.present), (&wanted.hashes, wanted.present));
    }

    #[test]
    fn what_is_brought_is_as_it_was() {
        let folder = tempfile::tempdir().expect("a folder");
        // Little memory, much of it, and little of both.
        for (memory_bytes, spill_bytes, goes) in
            [(1000, 1 << 30, true), (1 << 20, 1 << 30, false), (0, 9, false)]
        {
            let room = Room { memory_bytes, spill: folder.path().to_owned(), spill_bytes };
            let aside = Aside::new(100_000, &room).expect("room");
            let put = columns().map(|column| Columns::put(&aside, column).expect("room"));
            let mut found = Columns::new(put.into_iter(), aside).expect("as it was put");
            assert_eq!(found[0].is_away(), goes);
            let bytes = found.bytes_aside();
            assert_eq!(bytes > 0, goes);
            let all_same = |found: &Columns| {
                for (kind, wanted) in columns().iter().enumerate() {
                    same(&found.brought(kind).expect("as it was"), wanted);
                }
            };
            // From wherever it is, again and again, and written once.
            for _ in 0..2 {
                all_same(&found);
                found.bring().expect("as it was");
                assert!(!found.iter().any(Column::is_away));
                all_same(&found);
                found.let_go();
                assert_eq!(found[0].is_away(), goes);
                assert_eq!(found.bytes_aside(), bytes);
            }
        }
    }

    #[test]
    #[should_panic(expected = "brought before it is asked")]
    fn a_column_that_is_away_says_nothing() {
        let [_, mut column, ..] = columns();
        column.take_ids();
        column.for_each_shared(|_, _| ());
    }
}
