//! What was decided and reported, in which order?
//!
//! A journal is a sequence of entries, numbered from 0, in segments. A segment is a header and frames, one an entry:
//!
//! ```text
//! header  "SEAWALLJ" | format u32 | 0 u32 | sequence number of the first entry u64
//! frame   bytes of the content u32 | kind u8 | 0 u8 × 3 | check u64 | content
//! ```
//!
//! Numbers are little-endian. The check is XXH3-64 of the content, seeded with the sequence number and the kind, so
//! that a frame is good in one place only. Whatever follows the last good frame of the last segment was never
//! acknowledged: it is what a crash left of a write. It is set aside when the journal is opened, and said. A bad frame
//! anywhere else is damage, and nothing is opened. Zeros are room that nothing was written to yet.

mod frame;
mod reader;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

pub use frame::{ENTRY_BYTES_MAX, FORMAT};
pub use reader::Reader;

use crate::{
    Error,
    place::{Durable, Lock, Place, Segment},
};
use frame::HEADER_BYTES;
pub(crate) use frame::{header, push_frame};
pub(crate) use reader::{Open, Step};

/// An entry: what sort of thing it is, and its content.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What sort of thing it is; the meaning of the numbers is the user's.
    pub kind: u8,
    /// At most [`ENTRY_BYTES_MAX`] bytes.
    pub content: Vec<u8>,
}

/// How a journal is kept.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Size from which a new segment is begun.
    pub segment_bytes: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { segment_bytes: 64 << 20 }
    }
}

/// What was found when a journal was opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Recovery {
    /// Entries that are there.
    pub entries: u64,
    /// Bytes behind the last good entry that were set aside: what a crash left of a write.
    pub torn_bytes: u64,
}

/// Makes readers of a journal, also while somebody else writes it.
#[derive(Clone, Debug)]
pub struct Readers {
    place: Arc<dyn Place>,
    entries: Arc<AtomicU64>,
}

impl Readers {
    /// Reads a journal that somebody else may be writing, as far as it goes now.
    pub fn open(place: Arc<dyn Place>) -> Result<Self, Error> {
        let entries = match place.segments()?.last() {
            Some(last) => last + reader::scan(&*place, *last)?.entries,
            None => 0,
        };
        Ok(Self { place, entries: Arc::new(AtomicU64::new(entries)) })
    }

    /// Reads entries from a sequence number on.
    pub fn from(&self, sequence: u64) -> Reader {
        Reader::new(Arc::clone(&self.place), Arc::clone(&self.entries), sequence)
    }

    /// Number of entries that are written.
    pub fn entries(&self) -> u64 {
        self.entries.load(Ordering::Acquire)
    }

    /// The first entry that is still there; archived ones may be, or not.
    pub fn oldest(&self) -> Result<u64, Error> {
        let current = self.place.segments()?.first().copied().unwrap_or(0);
        Ok(self.place.archived()?.first().map_or(current, |first| current.min(*first)))
    }

    /// Archives the segments that hold nothing but entries before `before`.
    pub fn archive(&self, before: u64) -> Result<(), Error> {
        let segments = self.place.segments()?;
        for pair in segments.windows(2) {
            if pair[1] <= before {
                self.place.archive(pair[0])?;
            }
        }
        Ok(())
    }
}

/// A journal that is open for writing. There is one writer at a time.
#[derive(Debug)]
pub struct Journal {
    place: Arc<dyn Place>,
    options: Options,
    segment: Box<dyn Segment>,
    /// Bytes in the segment.
    bytes: u64,
    /// Entries that are written, shared with readers.
    entries: Arc<AtomicU64>,
    /// A failed write could not be taken back.
    out_of_order: bool,
    buffer: Vec<u8>,
    _lock: Box<dyn Lock>,
}

impl Journal {
    /// Opens the journal at a place, or begins one.
    pub fn open(place: Arc<dyn Place>, options: Options) -> Result<(Self, Recovery), Error> {
        let lock = place.lock()?;
        let segments = place.segments()?;
        let (mut segment, bytes, recovery) = match segments.last() {
            Some(last) => recover(&*place, *last)?,
            None => (begin(&*place, 0)?, HEADER_BYTES as u64, Recovery::default()),
        };
        segment.reserve(options.segment_bytes);
        let journal = Self {
            place,
            options,
            segment,
            bytes,
            entries: Arc::new(AtomicU64::new(recovery.entries)),
            out_of_order: false,
            buffer: Vec::new(),
            _lock: lock,
        };
        Ok((journal, recovery))
    }

    /// Number of entries; the next one gets it as its sequence number.
    pub fn entries(&self) -> u64 {
        self.entries.load(Ordering::Acquire)
    }

    /// Reads entries from a sequence number on, also while others are written.
    pub fn reader(&self, from: u64) -> Reader {
        self.readers().from(from)
    }

    /// What reads entries after the journal was handed over.
    pub fn readers(&self) -> Readers {
        Readers { place: Arc::clone(&self.place), entries: Arc::clone(&self.entries) }
    }

    /// Writes entries and returns the sequence number of the first. Where this fails none is there; where the process
    /// dies meanwhile, some of the first may be. They survive the end of this process
    /// when this returns, and a loss of power once [`Durable::sync`] of [`Self::durable`] has returned after it.
    pub fn append(&mut self, entries: &[Entry]) -> Result<u64, Error> {
        if self.out_of_order {
            return Err(Error::OutOfOrder);
        }
        let first = self.entries();
        if entries.is_empty() {
            return Ok(first);
        }
        self.buffer.clear();
        for (entry, sequence) in entries.iter().zip(first..) {
            push_frame(&mut self.buffer, sequence, entry)?;
        }
        if self.bytes > HEADER_BYTES as u64
            && self.bytes + self.buffer.len() as u64 > self.options.segment_bytes
        {
            // What a reader finds in later segments must not have lost what is before it.
            self.durable().sync().inspect_err(|_| self.out_of_order = true)?;
            let next = begin(&*self.place, first)?;
            let mut ended = std::mem::replace(&mut self.segment, next);
            self.segment.reserve(self.options.segment_bytes);
            // Readers pass over room that is left, so it does not matter where that fails.
            let _ = ended.cut(self.bytes);
            self.bytes = HEADER_BYTES as u64;
        }
        if let Err(error) = self.segment.append(&self.buffer) {
            self.out_of_order = self.segment.cut(self.bytes).is_err();
            self.segment.reserve(self.options.segment_bytes);
            return Err(error);
        }
        self.bytes += self.buffer.len() as u64;
        self.entries.store(first + entries.len() as u64, Ordering::Release);
        Ok(first)
    }

    /// What brings everything written so far to the disk.
    pub fn durable(&self) -> Arc<dyn Durable> {
        self.segment.durable()
    }

    /// Nothing is written any more: what was to be brought to the disk was not.
    pub(crate) fn give_up(&mut self) {
        self.out_of_order = true;
    }
}

/// The room behind the last entry is given back.
impl Drop for Journal {
    fn drop(&mut self) {
        if !self.out_of_order {
            let _ = self.segment.cut(self.bytes);
        }
    }
}

/// Begins a segment, durably.
fn begin(place: &dyn Place, first: u64) -> Result<Box<dyn Segment>, Error> {
    let mut segment = place.create(first)?;
    // A crash, or a disk that was full, may have left part of a header.
    segment.cut(0)?;
    segment.append(&header(first))?;
    segment.durable().sync()?;
    Ok(segment)
}

/// Opens the last segment at its end, with its bytes and what was found.
fn recover(place: &dyn Place, last: u64) -> Result<(Box<dyn Segment>, u64, Recovery), Error> {
    let scanned = reader::scan(place, last)?;
    if scanned.good_bytes == 0 {
        // The process died while it began the segment: nothing was in it yet.
        let torn_bytes = scanned.rest.len() as u64;
        return Ok((
            begin(place, last)?,
            HEADER_BYTES as u64,
            Recovery { entries: last, torn_bytes },
        ));
    }
    let mut segment = place.open(last)?;
    if !scanned.rest.is_empty() {
        place.set_aside(last, scanned.good_bytes, &scanned.rest)?;
    }
    segment.cut(scanned.good_bytes)?;
    if !scanned.rest.is_empty() {
        segment.durable().sync()?;
    }
    let recovery =
        Recovery { entries: last + scanned.entries, torn_bytes: scanned.rest.len() as u64 };
    Ok((segment, scanned.good_bytes, recovery))
}
