//! Where are columns while others stand in for them?
//!
//! In memory where there is room for both, else on the disk: what a column is made of stays, the words of it go.

use std::sync::Mutex;

use super::column::Column;
use crate::{
    Error,
    detect::Room,
    spill::{Block, Spill},
};

/// Words of a block.
const BLOCK_WORDS: usize = 1 << 20;
/// Share of the memory up to which columns stay where they are.
const STAY_SHARE: u64 = 8;

/// A place for columns.
pub(crate) struct Aside(Option<Mutex<Spill>>);

/// A column that was put aside.
pub(crate) struct Kept {
    column: Column,
    /// Where each of its stretches of words is.
    words: Vec<Vec<Block>>,
}

impl Aside {
    /// For these columns: on the disk where they are a good part of the memory, and the disk has room.
    pub(crate) fn new(columns: &[Column], room: &Room) -> Result<Self, Error> {
        let bytes: u64 = columns.iter().map(Column::bytes).sum();
        if bytes <= room.memory_bytes / STAY_SHARE || bytes > room.spill_bytes {
            return Ok(Self(None));
        }
        Ok(Self(Some(Mutex::new(Spill::create(&room.spill, room.spill_bytes)?))))
    }

    /// Takes a column.
    pub(crate) fn put(&self, mut column: Column) -> Result<Kept, Error> {
        let mut words = Vec::new();
        if let Some(spill) = &self.0 {
            let mut bytes = Vec::new();
            let mut write = |words: &[u64]| {
                bytes.clear();
                bytes.extend(words.iter().flat_map(|word| word.to_le_bytes()));
                spill.lock().expect("writing does not panic").write(&bytes)
            };
            for stretch in column.words() {
                let stretch = std::mem::take(stretch);
                let blocks = stretch.chunks(BLOCK_WORDS).map(&mut write);
                words.push(blocks.collect::<Result<_, Error>>()?);
            }
        }
        Ok(Kept { column, words })
    }

    /// Gives a column back.
    pub(crate) fn take(&self, kept: Kept) -> Result<Column, Error> {
        let Kept { mut column, words } = kept;
        if let Some(spill) = &self.0 {
            let spill = spill.lock().expect("writing does not panic");
            let mut bytes = Vec::new();
            for (stretch, blocks) in column.words().into_iter().zip(words) {
                stretch.reserve_exact(blocks.iter().map(|block| block.bytes as usize / 8).sum());
                for block in blocks {
                    spill.read(block, &mut bytes)?;
                    let word = |word: &[u8]| word.try_into().map(u64::from_le_bytes);
                    stretch.extend(bytes.chunks_exact(8).flat_map(word));
                }
            }
        }
        Ok(column)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::group;

    #[test]
    fn what_was_put_aside_is_there_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let rows = 20_000;
        let values = |few: u64| (0..rows).map(|row: u64| row % few).collect::<Vec<u64>>();
        let many = [(3, &[1_u32, 2][..]), (70, &[][..]), (90, &[2][..])];
        let columns = || {
            // Some of everyone, some of few, several of an account, none of anybody.
            let sparse = (0..rows)
                .map(|row| if row % 9 == 0 { row / 27 + 1 } else { 0 })
                .collect::<Vec<_>>();
            [
                Column::single(group(&values(50))),
                Column::single(group(&sparse)),
                Column::many(100, many.into_iter(), vec![4, 5], vec![3, 3]),
                Column::default(),
            ]
        };
        let ids = |column: &Column| {
            let mut ids = Vec::new();
            column.for_each_shared(|row, id| ids.push((row, id)));
            ids
        };
        let room = |memory_bytes, spill_bytes| Room {
            memory_bytes,
            spill: folder.path().to_owned(),
            spill_bytes,
        };
        // Little memory, much of it, and little of both.
        for (memory, disk, goes) in
            [(1000, 1 << 20, true), (1 << 20, 1 << 20, false), (0, 9, false)]
        {
            let aside = Aside::new(&columns(), &room(memory, disk)).expect("room");
            assert_eq!(aside.0.is_some(), goes);
            for (column, same) in columns().into_iter().zip(columns()) {
                let had = column.bytes();
                let kept = aside.put(column).expect("room");
                assert!(
                    !goes || had < 1000 || kept.column.bytes() < had / 4,
                    "it is no longer in memory"
                );
                let column = aside.take(kept).expect("as it was");
                assert_eq!(ids(&column), ids(&same));
                assert!((0..100).all(|row| column.has(row) == same.has(row)));
            }
        }
    }
}
