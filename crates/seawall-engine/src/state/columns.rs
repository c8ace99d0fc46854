//! Accounts as they are set aside: chunks of them, facts first, then kind by kind.

use std::path::{Path, PathBuf};

use seawall_core::selector::{KindId, registry::KINDS};
use serde::{Deserialize, Serialize};

use super::blocks::{Columns, FileNote, Packed, Parts, Reader, Writer};
use crate::{
    Error,
    accounts::{AccountTable, Dated, Facts, KeptChunk},
    parallel::in_parallel,
};

/// Accounts of a chunk: what is taken in at once by a thread.
const CHUNK: usize = 1 << 16;
/// Stands for a block that there is not.
const NONE: u32 = u32::MAX;

/// Which block is what; the last block of the file.
#[derive(Debug, Serialize, Deserialize)]
struct Directory {
    /// Events that the accounts come from.
    events: u64,
    /// Accounts of each chunk.
    accounts: Vec<u32>,
    /// Block of the facts of each chunk.
    facts: Vec<u32>,
    /// For each kind, the block of its values in each chunk.
    kinds: Vec<Vec<u32>>,
}

/// Writes all accounts of a table.
pub(super) fn write(
    table: &mut AccountTable,
    path: PathBuf,
    threads: usize,
) -> Result<FileNote, Error> {
    let mut writer = Writer::create(path)?;
    let chunks = table.len().div_ceil(CHUNK);
    let rows = |chunk: usize, all: usize| chunk * CHUNK..((chunk + 1) * CHUNK).min(all);
    let mut directory = Directory {
        events: table.events(),
        accounts: (0..chunks).map(|chunk| rows(chunk, table.len()).len() as u32).collect(),
        facts: Vec::new(),
        kinds: Vec::new(),
    };
    let steps = table.steps().to_vec();
    let table = &*table;
    for group in groups(chunks, threads) {
        let packed = in_parallel(threads, group.len(), |at| {
            pack_facts(&table.facts(rows(group.start + at, table.len()), &steps))
        });
        for packed in &packed {
            directory.facts.push(writer.write(packed)?);
        }
    }
    // Only as many kinds as there are threads are taken apart at a time.
    for group in groups(KINDS.len(), threads) {
        let packed = in_parallel(threads, group.len(), |at| {
            let values = table.values_of(KindId((group.start + at) as u8))?;
            Ok::<_, Error>(
                (0..chunks).map(|chunk| pack_values(&values, rows(chunk, table.len()))).collect(),
            )
        });
        for packed in packed {
            let packed: Vec<Option<Packed>> = packed?;
            let number = |packed: &Option<Packed>| {
                packed.as_ref().map_or(Ok(NONE), |packed| writer.write(packed))
            };
            directory.kinds.push(packed.iter().map(number).collect::<Result<_, Error>>()?);
        }
    }
    let directory = postcard::to_allocvec(&directory).expect("plain data in memory");
    writer.write(&super::blocks::pack(&directory))?;
    writer.finish()
}

/// Numbers up to `count`, so many at a time.
fn groups(count: usize, size: usize) -> impl Iterator<Item = std::ops::Range<usize>> {
    let size = size.max(1);
    (0..count.div_ceil(size)).map(move |group| group * size..((group + 1) * size).min(count))
}

fn pack_facts(facts: &Facts) -> Packed {
    let Facts {
        hashes,
        first_seen,
        last_seen,
        signup_at,
        trust,
        logins,
        actions,
        active_days,
        steps,
    } = facts;
    Columns::default()
        .numbers([hashes.len() as u32, steps.len() as u32].into_iter())
        .words(hashes.iter().chain(trust).chain(active_days).copied())
        .numbers(
            first_seen
                .iter()
                .chain(last_seen)
                .chain(signup_at)
                .chain(logins)
                .chain(actions)
                .copied(),
        )
        .numbers(steps.iter().flat_map(|step| [step.row, step.seconds]))
        .words(steps.iter().map(|step| step.value))
        .pack()
}

fn read_facts(bytes: &[u8]) -> Option<Facts> {
    let mut parts = Parts(bytes);
    let lengths = parts.numbers(2)?;
    let (count, steps) = (lengths[0] as usize, lengths[1] as usize);
    let facts = Facts {
        hashes: parts.words(count)?,
        trust: parts.words(count)?,
        active_days: parts.words(count)?,
        first_seen: parts.numbers(count)?,
        last_seen: parts.numbers(count)?,
        signup_at: parts.numbers(count)?,
        logins: parts.numbers(count)?,
        actions: parts.numbers(count)?,
        steps: {
            let pairs = parts.numbers(steps.checked_mul(2)?)?;
            let values = parts.words(steps)?;
            let step =
                |(pair, value): (&[u32], u64)| Dated { row: pair[0], seconds: pair[1], value };
            pairs.chunks_exact(2).zip(values).map(step).collect()
        },
    };
    parts.end()?;
    facts.steps.iter().all(|step| (step.row as usize) < count).then_some(facts)
}

/// The values of the accounts of some rows; `None` where they have none.
fn pack_values(values: &[Dated], rows: std::ops::Range<usize>) -> Option<Packed> {
    let (start, end) = (rows.start as u32, rows.end as u32);
    let own = values.partition_point(|value| value.row < start)
        ..values.partition_point(|value| value.row < end);
    let values = &values[own];
    if values.is_empty() {
        return None;
    }
    let steps = values
        .iter()
        .scan(start, |before, value| Some(value.row - std::mem::replace(before, value.row)));
    let packed = Columns::default()
        .numbers(std::iter::once(values.len() as u32))
        .numbers(steps)
        .numbers(values.iter().map(|value| value.seconds))
        .words(values.iter().map(|value| value.value))
        .pack();
    Some(packed)
}

fn read_values(bytes: &[u8], accounts: usize) -> Option<Vec<Dated>> {
    let mut parts = Parts(bytes);
    let count = parts.numbers(1)?[0] as usize;
    let (steps, seconds) = (parts.numbers(count)?, parts.numbers(count)?);
    let hashes = parts.words(count)?;
    parts.end()?;
    let mut row = 0_u32;
    let mut values = Vec::with_capacity(count);
    for (step, (seconds, value)) in steps.into_iter().zip(seconds.into_iter().zip(hashes)) {
        row = row.checked_add(step).filter(|row| (*row as usize) < accounts)?;
        values.push(Dated { row, seconds, value });
    }
    let dated = |value: &Dated| (value.row, value.seconds, value.value);
    values.windows(2).all(|pair| dated(&pair[0]) < dated(&pair[1])).then_some(values)
}

/// Accounts that were set aside.
pub(super) struct Kept {
    reader: Reader,
    directory: Directory,
}

impl Kept {
    pub(super) fn open(folder: &Path, note: &FileNote) -> Result<Self, Error> {
        let reader = Reader::open(folder, note)?;
        let last = reader.len().checked_sub(1).ok_or_else(|| reader.damaged())?;
        let directory: Directory =
            postcard::from_bytes(&reader.read(last)?).map_err(|_| reader.damaged())?;
        let chunks = directory.accounts.len();
        let whole = directory.facts.len() == chunks
            && directory.kinds.len() == KINDS.len()
            && directory.kinds.iter().all(|kind| kind.len() == chunks);
        if whole { Ok(Self { reader, directory }) } else { Err(reader.damaged()) }
    }

    /// Events that the accounts come from.
    pub(super) fn events(&self) -> u64 {
        self.directory.events
    }

    /// Calls back with the facts of every chunk, in order.
    pub(super) fn for_each_facts(
        &self,
        threads: usize,
        mut each: impl FnMut(Facts) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for group in groups(self.directory.facts.len(), threads) {
            let read = in_parallel(threads, group.len(), |at| self.facts(group.start + at));
            read.into_iter().try_for_each(|facts| each(facts?))?;
        }
        Ok(())
    }

    /// Calls back with so many chunks at a time as there are threads, in order.
    pub(super) fn for_each(
        &self,
        threads: usize,
        mut each: impl FnMut(Vec<KeptChunk>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        for group in groups(self.directory.facts.len(), threads) {
            let read = in_parallel(threads, group.len(), |at| self.chunk(group.start + at));
            each(read.into_iter().collect::<Result<_, Error>>()?)?;
        }
        Ok(())
    }

    fn facts(&self, chunk: usize) -> Result<Facts, Error> {
        let facts = read_facts(&self.reader.read(self.directory.facts[chunk])?);
        let accounts = self.directory.accounts[chunk] as usize;
        facts.filter(|facts| facts.hashes.len() == accounts).ok_or_else(|| self.reader.damaged())
    }

    fn chunk(&self, chunk: usize) -> Result<KeptChunk, Error> {
        let facts = self.facts(chunk)?;
        let values = |kind: &Vec<u32>| {
            if kind[chunk] == NONE {
                return Ok(Vec::new());
            }
            let bytes = self.reader.read(kind[chunk])?;
            read_values(&bytes, facts.hashes.len()).ok_or_else(|| self.reader.damaged())
        };
        let values = self.directory.kinds.iter().map(values).collect::<Result<_, Error>>()?;
        Ok(KeptChunk { facts, values })
    }
}
