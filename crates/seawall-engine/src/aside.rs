//! Where is what nobody asks for at the moment?
//!
//! In memory where there is room for it, else on the disk: what it is made of stays, its numbers go.

use std::sync::{RwLock, RwLockReadGuard};

use crate::{
    Error,
    accounts::Dated,
    detect::Room,
    spill::{Block, Spill},
};

/// Bytes of a block.
const BLOCK_BYTES: usize = 8 << 20;
/// Share of the memory up to which everything stays where it is.
const STAY_SHARE: u64 = 8;

/// Whether so many bytes go to the disk where so much memory is given.
pub(crate) fn goes(bytes: u64, memory_bytes: u64) -> bool {
    bytes > memory_bytes / STAY_SHARE
}

/// What can be put aside. Nobody may ask it for anything meanwhile.
pub(crate) trait Bulky {
    /// Bytes that its stretches take.
    fn bytes(&self) -> u64;

    /// The numbers that most of it is made of.
    fn stretches(&mut self) -> Vec<Stretch<'_>>;
}

impl Bulky for Vec<u64> {
    fn bytes(&self) -> u64 {
        (self.len() * size_of::<u64>()) as u64
    }

    fn stretches(&mut self) -> Vec<Stretch<'_>> {
        vec![Stretch::Words(self)]
    }
}

/// Numbers of one width.
pub(crate) enum Stretch<'a> {
    Words(&'a mut Vec<u64>),
    Halves(&'a mut Vec<u32>),
    Dated(&'a mut Vec<Dated>),
}

/// A place for things of one sort.
#[derive(Debug, Default)]
pub(crate) struct Aside(Option<RwLock<Spill>>);

/// A thing that was put aside.
#[derive(Debug)]
pub(crate) struct Kept<T> {
    thing: T,
    /// Where each of its stretches is, if it went to the disk.
    stretches: Option<Vec<Vec<Block>>>,
}

impl Aside {
    /// For about so many bytes: on the disk where they are a good part of the memory, as far as it has room.
    pub(crate) fn new(bytes: u64, room: &Room) -> Result<Self, Error> {
        if !goes(bytes, room.memory_bytes) {
            return Ok(Self(None));
        }
        Ok(Self(Some(RwLock::new(Spill::create(&room.spill, room.spill_bytes)?))))
    }

    /// Bytes that are on the disk.
    pub(crate) fn bytes(&self) -> u64 {
        self.spill().map_or(0, |spill| spill.bytes())
    }

    /// Takes a thing.
    pub(crate) fn put<T: Bulky>(&self, mut thing: T) -> Result<Kept<T>, Error> {
        let Some(spill) = &self.0 else { return Ok(Kept { thing, stretches: None }) };
        // All of it before others write, so that what there is room for stays true.
        let mut spill = spill.write().expect("writing does not panic");
        if thing.bytes() > spill.left_bytes() {
            return Ok(Kept { thing, stretches: None });
        }
        let written = thing.stretches().into_iter().map(|stretch| stretch.write(&mut spill));
        let stretches = Some(written.collect::<Result<_, Error>>()?);
        Ok(Kept { thing, stretches })
    }

    /// Gives a thing back.
    pub(crate) fn take<T: Bulky>(&self, kept: Kept<T>) -> Result<T, Error> {
        self.take_part(kept, |_| ())
    }

    /// Gives a thing as it was, and keeps it.
    pub(crate) fn copy<T: Bulky + Clone>(&self, kept: &Kept<T>) -> Result<T, Error> {
        let mut thing = kept.thing.clone();
        if let (Some(spill), Some(stretches)) = (self.spill(), &kept.stretches) {
            for (mut stretch, blocks) in thing.stretches().into_iter().zip(stretches) {
                stretch.read(&spill, blocks)?;
            }
        }
        Ok(thing)
    }

    /// Gives back what `cut` leaves of each stretch: one after the other, so that not all are in memory before they
    /// are cut.
    pub(crate) fn take_part<T: Bulky>(
        &self,
        kept: Kept<T>,
        cut: impl Fn(Stretch<'_>),
    ) -> Result<T, Error> {
        let Kept { mut thing, stretches } = kept;
        let spill = self.spill();
        let mut stretches = stretches.into_iter().flatten();
        for mut stretch in thing.stretches() {
            if let (Some(spill), Some(blocks)) = (&spill, stretches.next()) {
                stretch.read(spill, &blocks)?;
            }
            cut(stretch);
        }
        Ok(thing)
    }

    /// What is on the disk, for reading.
    fn spill(&self) -> Option<RwLockReadGuard<'_, Spill>> {
        self.0.as_ref().map(|spill| spill.read().expect("writing does not panic"))
    }
}

impl<T> Kept<T> {
    /// Whether it went to the disk.
    pub(crate) fn is_away(&self) -> bool {
        self.stretches.is_some()
    }
}

impl Stretch<'_> {
    fn write(self, spill: &mut Spill) -> Result<Vec<Block>, Error> {
        match self {
            Self::Words(numbers) => write(numbers, spill),
            Self::Halves(numbers) => write(numbers, spill),
            Self::Dated(numbers) => write(numbers, spill),
        }
    }

    fn read(&mut self, spill: &Spill, blocks: &[Block]) -> Result<(), Error> {
        match self {
            Self::Words(numbers) => read(numbers, spill, blocks),
            Self::Halves(numbers) => read(numbers, spill, blocks),
            Self::Dated(numbers) => read(numbers, spill, blocks),
        }
    }

    /// Only what is of these rows, ascending, each by its place among them; where a stretch is of one number, or several
    /// dated ones, a row.
    pub(crate) fn keep_rows(self, rows: &[u32]) {
        match self {
            Self::Words(numbers) => *numbers = of_rows(numbers, rows),
            Self::Halves(numbers) => *numbers = of_rows(numbers, rows),
            Self::Dated(records) => {
                let mut rows = (0..).zip(rows).peekable();
                records.retain_mut(|record| {
                    while rows.next_if(|(_, row)| **row < record.row).is_some() {}
                    let place = rows.peek().filter(|(_, row)| **row == record.row);
                    place.is_some_and(|(place, _)| {
                        record.row = *place;
                        true
                    })
                });
                records.shrink_to_fit();
            }
        }
    }
}

fn of_rows<N: Copy>(numbers: &[N], rows: &[u32]) -> Vec<N> {
    rows.iter().map(|row| numbers[*row as usize]).collect()
}

/// A number as bytes, the same on every machine.
trait Number: Sized {
    const BYTES: usize;

    fn put(&self, bytes: &mut Vec<u8>);
    fn get(bytes: &[u8]) -> Self;
}

impl Number for u64 {
    const BYTES: usize = 8;

    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        Self::from_le_bytes(bytes.try_into().expect("as many as there are"))
    }
}

impl Number for u32 {
    const BYTES: usize = 4;

    fn put(&self, bytes: &mut Vec<u8>) {
        bytes.extend(self.to_le_bytes());
    }

    fn get(bytes: &[u8]) -> Self {
        Self::from_le_bytes(bytes.try_into().expect("as many as there are"))
    }
}

impl Number for Dated {
    const BYTES: usize = 16;

    fn put(&self, bytes: &mut Vec<u8>) {
        self.row.put(bytes);
        self.seconds.put(bytes);
        self.value.put(bytes);
    }

    fn get(bytes: &[u8]) -> Self {
        Self {
            row: u32::get(&bytes[..4]),
            seconds: u32::get(&bytes[4..8]),
            value: u64::get(&bytes[8..]),
        }
    }
}

fn write<N: Number>(numbers: &mut Vec<N>, spill: &mut Spill) -> Result<Vec<Block>, Error> {
    let numbers = std::mem::take(numbers);
    let mut bytes = Vec::with_capacity(BLOCK_BYTES.min(numbers.len() * N::BYTES));
    let mut write = |numbers: &[N]| {
        bytes.clear();
        for number in numbers {
            number.put(&mut bytes);
        }
        spill.write(&bytes)
    };
    numbers.chunks(BLOCK_BYTES / N::BYTES).map(&mut write).collect()
}

fn read<N: Number>(numbers: &mut Vec<N>, spill: &Spill, blocks: &[Block]) -> Result<(), Error> {
    numbers.reserve_exact(blocks.iter().map(|block| block.bytes as usize / N::BYTES).sum());
    let mut bytes = Vec::new();
    for block in blocks {
        spill.read(*block, &mut bytes)?;
        numbers.extend(bytes.chunks_exact(N::BYTES).map(N::get));
    }
    Ok(())
}
#[cfg(test)]
mod tests {
    use super::*;
    use crate::accounts::Details;

    fn room(folder: &tempfile::TempDir, memory_bytes: u64, spill_bytes: u64) -> Room {
        Room { memory_bytes, spill: folder.path().to_owned(), spill_bytes }
    }

    #[test]
    fn numbers_of_any_width_are_there_again() {
        let folder = tempfile::tempdir().expect("a folder");
        let rows = 3_u32 << 20;
        let details = || Details {
            last_seen: (0..rows).collect(),
            active_days: (0..rows).map(|row| u64::from(row) << 40 | 1).collect(),
            steps: (0..rows)
                .map(|row| Dated { row, seconds: !row, value: u64::MAX - u64::from(row) })
                .collect(),
            ..Details::default()
        };
        let (bytes, all) = (details().bytes(), details());
        let aside = Aside::new(bytes, &room(&folder, bytes, 2 * bytes)).expect("room");
        let kept = aside.put(details()).expect("room");
        assert_eq!((kept.thing.bytes(), aside.bytes()), (0, bytes));
        let again = aside.take(kept).expect("as it was");
        assert!(again.last_seen == all.last_seen && again.steps == all.steps);
        assert!(again.active_days == all.active_days && again.logins.is_empty());
    }

    #[test]
    fn of_some_rows_there_is_what_was_of_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let dated = |row| Dated { row, seconds: row, value: 7 };
        let chosen = [1_u32, 4, 5, 99_999];
        for memory in [0, u64::MAX] {
            let details = Details {
                last_seen: (0..100_000).map(|row| row * 3).collect(),
                signup_at: (0..100_000).collect(),
                logins: vec![1; 100_000],
                actions: vec![2; 100_000],
                active_days: (0..100_000).map(|row| row << 40).collect(),
                steps: [0, 1, 1, 2, 5, 6, 99_999].map(dated).to_vec(),
            };
            let aside = Aside::new(details.bytes(), &room(&folder, memory, 1 << 30)).expect("room");
            let kept = aside.put(details).expect("room");
            let some = aside.take_part(kept, |own| own.keep_rows(&chosen)).expect("as it was");
            assert_eq!(some.last_seen, chosen.map(|row| row * 3));
            assert_eq!(some.active_days, chosen.map(|row| u64::from(row) << 40));
            let steps: Vec<_> = some.steps.iter().map(|step| (step.row, step.seconds)).collect();
            assert_eq!(steps, [(0, 1), (0, 1), (2, 5), (3, 99_999)]);
        }
    }
}
