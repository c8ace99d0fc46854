//! Which entries does a journal hold, from here on?

use std::{
    io::{self, BufReader, Read},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use super::{
    Entry,
    frame::{FRAME_BYTES, HEADER_BYTES, Preface, check_header},
};
use crate::{Error, place::Place};

const BUFFER_BYTES: usize = 256 << 10;
/// More than a write in progress can be behind the last good entry: what is set aside is read at once.
const REST_BYTES_MAX: u64 = 1 << 30;

/// A segment under the reader's eye.
pub(crate) struct Open {
    first: u64,
    input: BufReader<Box<dyn Read + Send>>,
    offset: u64,
}

/// What came of reading one frame.
pub(crate) enum Step {
    Entry(Entry),
    End,
    Bad(&'static str),
}

impl Open {
    pub(crate) fn new(place: &dyn Place, first: u64) -> Result<Self, Error> {
        let input = BufReader::with_capacity(BUFFER_BYTES, place.read(first, 0)?);
        Ok(Self { first, input, offset: 0 })
    }

    /// Reads on from the same place, without what was read ahead: that may be from before something was written.
    fn look_again(&mut self, place: &dyn Place) -> Result<(), Error> {
        self.input = BufReader::with_capacity(BUFFER_BYTES, place.read(self.first, self.offset)?);
        Ok(())
    }

    /// Reads the header; `false` where the segment ends within it.
    pub(crate) fn header(&mut self) -> Result<bool, Error> {
        let mut bytes = [0; HEADER_BYTES];
        if self.fill(&mut bytes)? < HEADER_BYTES {
            return Ok(false);
        }
        check_header(&bytes, self.first)?;
        self.offset = HEADER_BYTES as u64;
        Ok(true)
    }

    pub(crate) fn step(&mut self, sequence: u64) -> Result<Step, Error> {
        let mut frame = [0; FRAME_BYTES];
        match self.fill(&mut frame)? {
            0 => return Ok(Step::End),
            // Room that nothing was written to yet.
            FRAME_BYTES if frame == [0; FRAME_BYTES] => return Ok(Step::End),
            FRAME_BYTES => {}
            filled if frame[..filled].iter().all(|byte| *byte == 0) => return Ok(Step::End),
            _ => return Ok(Step::Bad("it ends within an entry")),
        }
        let preface = match Preface::parse(&frame) {
            Ok(preface) => preface,
            Err(why) => return Ok(Step::Bad(why)),
        };
        let mut content = vec![0; preface.bytes];
        if self.fill(&mut content)? < preface.bytes {
            return Ok(Step::Bad("it ends within an entry"));
        }
        if !preface.fits(sequence, &content) {
            return Ok(Step::Bad("the content is not the one that was written"));
        }
        self.offset += (FRAME_BYTES + preface.bytes) as u64;
        Ok(Step::Entry(Entry { kind: preface.kind, content }))
    }

    /// Fills the buffer as far as there is input.
    fn fill(&mut self, buffer: &mut [u8]) -> Result<usize, Error> {
        let mut filled = 0;
        while filled < buffer.len() {
            match self.input.read(&mut buffer[filled..]) {
                Ok(0) => break,
                Ok(bytes) => filled += bytes,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => {
                    return Err(Error::io("read", format!("segment {}", self.first), source));
                }
            }
        }
        Ok(filled)
    }

    pub(crate) fn damaged(&self, why: &'static str) -> Error {
        Error::Damaged { segment: self.first, offset: self.offset, why }
    }
}

/// What a segment holds.
pub(super) struct Scanned {
    pub(super) entries: u64,
    /// Bytes up to the end of the last good entry; 0 where there is no header.
    pub(super) good_bytes: u64,
    /// What follows, without the zeros at its end.
    pub(super) rest: Vec<u8>,
}

/// Reads a whole segment.
pub(super) fn scan(place: &dyn Place, first: u64) -> Result<Scanned, Error> {
    let mut open = Open::new(place, first)?;
    let mut entries = 0;
    if open.header()? {
        while let Step::Entry(_) = open.step(first + entries)? {
            entries += 1;
        }
    }
    let good_bytes = open.offset;
    let mut rest = Vec::new();
    let input = place.read(first, good_bytes)?;
    io::copy(&mut input.take(REST_BYTES_MAX), &mut rest)
        .map_err(|source| Error::io("read", format!("segment {first}"), source))?;
    rest.truncate(rest.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1));
    Ok(Scanned { entries, good_bytes, rest })
}

/// Reads the entries of a journal in their order, each with its sequence number, as far as they are written.
pub struct Reader {
    place: Arc<dyn Place>,
    entries: Arc<AtomicU64>,
    /// The next entry to hand out.
    next: u64,
    /// The segment that is read and the number of its next entry.
    open: Option<(Open, u64)>,
}

impl Reader {
    pub(super) fn new(place: Arc<dyn Place>, entries: Arc<AtomicU64>, from: u64) -> Self {
        Self { place, entries, next: from, open: None }
    }

    /// The next entry; `None` where no more are written yet.
    pub fn next_entry(&mut self) -> Result<Option<(u64, Entry)>, Error> {
        if self.next >= self.entries.load(Ordering::Acquire) {
            return Ok(None);
        }
        loop {
            let wanted = self.next;
            let (mut open, mut at) = match self.open.take() {
                Some(open) => open,
                None => self.open_at(wanted, None)?,
            };
            let mut step = open.step(at)?;
            if !matches!(step, Step::Entry(_)) {
                open.look_again(&*self.place)?;
                step = open.step(at)?;
            }
            match step {
                Step::Entry(entry) => {
                    let sequence = at;
                    at += 1;
                    self.open = Some((open, at));
                    if sequence >= wanted {
                        self.next = sequence + 1;
                        return Ok(Some((sequence, entry)));
                    }
                }
                // The next segment begins with the next entry, or something is missing.
                Step::End if at > open.first && at <= wanted => {
                    self.open = Some(self.open_at(at, Some(open.first))?);
                }
                // Segments between this one and those that are not archived were taken away.
                Step::End
                    if self.place.segments()?.first().is_some_and(|first| wanted < *first) =>
                {
                    return Err(Error::Archived { entry: wanted });
                }
                Step::End => return Err(open.damaged("it ends before its last entry")),
                Step::Bad(why) => return Err(open.damaged(why)),
            }
        }
    }

    /// Opens the segment that holds an entry; that cannot be `ended`, which ends before it.
    fn open_at(&self, sequence: u64, ended: Option<u64>) -> Result<(Open, u64), Error> {
        let missing = |segment, why| Error::Damaged { segment, offset: 0, why };
        // Listed before the others: what is archived meanwhile is in both lists rather than in none.
        let current = self.place.segments()?;
        let mut segments = self.place.archived()?;
        let is_archived = current.first().is_some_and(|first| sequence < *first);
        segments.extend(&current);
        segments.sort_unstable();
        let index = segments.partition_point(|first| *first <= sequence);
        let Some(first) = index.checked_sub(1).map(|index| segments[index]) else {
            return Err(if is_archived {
                Error::Archived { entry: sequence }
            } else {
                missing(sequence, "the segment that holds this entry is missing")
            });
        };
        if ended == Some(first) {
            if is_archived {
                return Err(Error::Archived { entry: sequence });
            }
            return Err(missing(first, "the segment after it is missing"));
        }
        let mut open = Open::new(&*self.place, first)?;
        if !open.header()? {
            return Err(open.damaged("it ends within its header"));
        }
        Ok((open, first))
    }
}

impl Iterator for Reader {
    type Item = Result<(u64, Entry), Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_entry().transpose()
    }
}
