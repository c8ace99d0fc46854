//! What was read of the input before a stop?
//!
//! A file that grows by a record for each piece of the input: what was said of it, its observations, and its values,
//! kind by kind. Each part has its checksum. What is whole from the beginning on is taken up; the first record that is
//! not, torn by the stop or damaged since, goes with all behind it, and is made anew. The file is also where values are
//! that do not fit in memory, so nothing is written twice.

use seawall_core::{
    event::{EventType, Reject},
    selector::registry::KINDS,
};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::{
    Error,
    accounts::{AccountTable, Observation, Values},
    read::{Counts, Earlier, Progress, Source, Start, Told, reject_field},
    spill::{Block, Spill},
};

/// Before each record: the length of what is said of it, and its checksum.
const PREFIX_BYTES: u64 = 12;
/// Longest that is said of a piece: rejects of a piece are capped where it is read.
const HEAD_BYTES_MAX: u32 = 64 << 20;
/// Bytes after which what is written is brought to the disk.
const SYNC_BYTES: u64 = 256 << 20;
/// Bytes of an observation.
pub(crate) const OBSERVATION_BYTES: usize = 21;

/// Pieces of the input that have been read.
#[derive(Debug)]
pub(crate) struct Log {
    spill: Spill,
    bytes_total: u64,
    /// Names of the sources, which rejects tell.
    sources: Vec<String>,
    synced: u64,
    /// Events that were taken up.
    pub(super) events: u64,
    /// Whether something whole was not what had been written.
    pub(super) damaged: bool,
}

/// What is said of a piece.
#[derive(Serialize, Deserialize)]
struct Head {
    entry: usize,
    bytes_done: u64,
    counts: Counts,
    rejects: Vec<KeptReject>,
    /// Observations, and the values of each kind; 0 bytes where there are none.
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Part {
    bytes: u32,
    checksum: u64,
}

/// A reject of the source that the piece is of.
#[derive(Serialize, Deserialize)]
struct KeptReject {
    line: u64,
    field: Option<String>,
    reason: String,
    event_kept: bool,
}

/// A record that is whole.
struct Record {
    head: Head,
    observations: Vec<Observation>,
    values: Vec<Option<Values>>,
    blocks: Vec<Block>,
    end: u64,
}

impl Log {
    pub(super) fn new(spill: Spill, source: &Source) -> Self {
        let synced = spill.bytes();
        let sources = source.names().map(ToOwned::to_owned).collect();
        let bytes_total = source.bytes_total();
        Self { spill, bytes_total, sources, synced, events: 0, damaged: false }
    }

    /// Folds what was read earlier, and says where to go on.
    pub(crate) fn take_up(
        &mut self,
        table: &mut AccountTable,
        reject: &mut dyn FnMut(Reject),
        progress: &mut dyn FnMut(Progress),
    ) -> Result<Earlier, Error> {
        let mut earlier = Earlier::default();
        let mut at = 0;
        while let Some(record) = self.record(at) {
            let Record { head, observations, values, blocks, end } = record;
            at = end;
            table.add(&observations, values, Some(&blocks))?;
            earlier.counts.add(&head.counts);
            let start = &mut earlier.start;
            let tasks = if head.entry == start.entry { start.tasks + 1 } else { 1 };
            *start = Start { entry: head.entry, tasks };
            let source = &self.sources[head.entry];
            head.rejects.into_iter().for_each(|kept| reject(kept.of(source)));
            self.events += observations.len() as u64;
            let (bytes_done, bytes_total) = (head.bytes_done, self.bytes_total);
            progress(Progress { bytes_done, bytes_total, events: self.events });
        }
        self.spill.cut(at)?;
        self.synced = at;
        Ok(earlier)
    }

    /// The record at a place; `None` where there is none that is whole.
    fn record(&mut self, at: u64) -> Option<Record> {
        let record = self.read(at);
        // What ends beyond the end of the file was torn by the stop; what does not was changed since.
        if let Err(whole) = &record {
            self.damaged = *whole;
        }
        record.ok().flatten()
    }

    /// Of what is not as it was written: whether all of it is there.
    fn read(&self, at: u64) -> Result<Option<Record>, bool> {
        let end = self.spill.bytes();
        if at == end {
            return Ok(None);
        }
        let mut room = Vec::new();
        let mut next = at;
        let mut take = |bytes: u32, checksum: Option<u64>, room: &mut Vec<u8>| {
            let block = Block { at: next, bytes, checksum: checksum.unwrap_or_default() };
            next += u64::from(bytes);
            if next > end {
                return Err(false);
            }
            let read = match checksum {
                Some(_) => self.spill.read(block, room),
                None => self.spill.read_unchecked(block, room),
            };
            read.map(|()| block).map_err(|_| true)
        };
        take(PREFIX_BYTES as u32, None, &mut room)?;
        let (bytes, checksum) = room.split_first_chunk().ok_or(true)?;
        let bytes = u32::from_le_bytes(*bytes);
        let checksum = u64::from_le_bytes(checksum.try_into().map_err(|_| true)?);
        if bytes > HEAD_BYTES_MAX {
            return Err(true);
        }
        take(bytes, Some(checksum), &mut room)?;
        let head: Head = postcard::from_bytes(&room).map_err(|_| true)?;
        let (first, kinds) = head.parts.split_first().ok_or(true)?;
        if head.entry >= self.sources.len() || kinds.len() != KINDS.len() {
            return Err(true);
        }
        take(first.bytes, Some(first.checksum), &mut room)?;
        let observations = read_observations(&room).ok_or(true)?;
        let (mut values, mut blocks) = (Vec::new(), Vec::new());
        for part in kinds {
            blocks.push(take(part.bytes, Some(part.checksum), &mut room)?);
            let present = part.bytes > 0;
            values.push(present.then(|| Values::read(&room).ok_or(true)).transpose()?);
        }
        Ok(Some(Record { head, observations, values, blocks, end: next }))
    }

    /// Writes a piece behind those before; where its values are.
    pub(crate) fn add(
        &mut self,
        told: &Told,
        observations: &[Observation],
        values: &[Option<Values>],
    ) -> Result<Vec<Block>, Error> {
        let mut parts = Vec::with_capacity(values.len() + 1);
        let (mut body, mut part) = (Vec::new(), Vec::new());
        let mut put = |part: &[u8]| {
            parts.push(Part { bytes: part.len() as u32, checksum: xxh3_64(part) });
            body.extend_from_slice(part);
        };
        write_observations(observations, &mut part);
        put(&part);
        for values in values {
            part.clear();
            if let Some(values) = values {
                values.write(&mut part);
            }
            put(&part);
        }
        let head = Head {
            entry: told.entry,
            bytes_done: told.bytes_done,
            counts: told.counts.clone(),
            rejects: told.rejects.iter().map(KeptReject::new).collect(),
            parts,
        };
        let head_bytes = postcard::to_allocvec(&head).expect("memory takes all of it");
        let mut record = Vec::with_capacity(head_bytes.len() + body.len() + 12);
        record.extend((head_bytes.len() as u32).to_le_bytes());
        record.extend(xxh3_64(&head_bytes).to_le_bytes());
        record.extend(head_bytes);
        let mut at = self.spill.bytes() + record.len() as u64;
        record.append(&mut body);
        self.spill.write(&record)?;
        if self.spill.bytes() - self.synced > SYNC_BYTES {
            self.spill.sync()?;
            self.synced = self.spill.bytes();
        }
        let blocks = head.parts.iter().map(|part| {
            let block = Block { at, bytes: part.bytes, checksum: part.checksum };
            at += u64::from(part.bytes);
            block
        });
        Ok(blocks.skip(1).collect())
    }

    /// All has been read; where the values are.
    pub(crate) fn finish(self) -> Result<Spill, Error> {
        self.spill.sync()?;
        Ok(self.spill)
    }
}

impl KeptReject {
    fn new(reject: &Reject) -> Self {
        let Reject { line, field, reason, event_kept, .. } = reject;
        let field = field.map(ToOwned::to_owned);
        Self { line: *line, field, reason: reason.clone(), event_kept: *event_kept }
    }

    fn of(self, source: &str) -> Reject {
        let Self { line, field, reason, event_kept } = self;
        let field = field.and_then(|name| reject_field(&name));
        Reject { source: source.to_owned(), line, field, reason, event_kept }
    }
}

const EVENT_TYPES: [EventType; 4] =
    [EventType::Signup, EventType::Login, EventType::Challenge, EventType::Action];
const TRUSTED: [Option<bool>; 3] = [None, Some(false), Some(true)];

/// An observation after the other: account, seconds, step, then type and trust in one byte.
fn write_observations(observations: &[Observation], bytes: &mut Vec<u8>) {
    bytes.reserve(observations.len() * OBSERVATION_BYTES);
    for observation in observations {
        let Observation { account, seconds, event_type, trusted, step } = observation;
        let event_type = EVENT_TYPES.iter().position(|own| own == event_type).unwrap_or_default();
        let trusted = TRUSTED.iter().position(|own| own == trusted).unwrap_or_default();
        bytes.extend(account.to_le_bytes());
        bytes.extend(seconds.to_le_bytes());
        bytes.extend(step.to_le_bytes());
        bytes.push((event_type << 2 | trusted) as u8);
    }
}

fn read_observations(bytes: &[u8]) -> Option<Vec<Observation>> {
    let (records, rest) = bytes.as_chunks::<OBSERVATION_BYTES>();
    let read = |record: &[u8; OBSERVATION_BYTES]| {
        let last = usize::from(record[20]);
        Some(Observation {
            account: u64::from_le_bytes(record[..8].try_into().ok()?),
            seconds: u32::from_le_bytes(record[8..12].try_into().ok()?),
            step: u64::from_le_bytes(record[12..20].try_into().ok()?),
            event_type: *EVENT_TYPES.get(last >> 2)?,
            trusted: *TRUSTED.get(last & 3)?,
        })
    };
    rest.is_empty().then(|| records.iter().map(read).collect()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn observations_are_read_as_they_were_written() {
        let mut observations = Vec::new();
        for (number, event_type) in (0_u64..).zip(EVENT_TYPES) {
            for trusted in TRUSTED {
                let (account, step) = (u64::MAX - number, number << 40);
                let seconds = u32::MAX - number as u32;
                observations.push(Observation { account, seconds, event_type, trusted, step });
            }
        }
        let mut bytes = Vec::new();
        write_observations(&observations, &mut bytes);
        let read = read_observations(&bytes).expect("as written");
        assert_eq!(format!("{read:?}"), format!("{observations:?}"));
        assert!(read_observations(&bytes[1..]).is_none(), "not a whole number of them");
        bytes[20] = 0b11;
        assert!(read_observations(&bytes).is_none(), "no such trust");
    }
}
