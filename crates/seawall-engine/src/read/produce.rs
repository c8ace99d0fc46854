//! In which pieces is the input given to the threads that parse it?

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read};
use std::ops::Range;
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use bytes::Bytes;
use crossbeam_channel::{Receiver, Sender};
use fs_err::File;
use memchr::memchr_iter;
use seawall_store::objects::{Ahead, Object, PIECE_BYTES};

use super::collector::Note;
use super::csv::Header;
use super::cutter::{Cutter, Limits, Piece, RecordEnd, Rule, START_BYTES, record_end};
use super::parquet::fetched::{self, Ended};
use super::parquet::{Placed, Plan, Slice, Unread};
use super::source::{Compression, Entry, Format, Source, Stored};
use crate::Error;

/// What one thread parses at a time.
pub(super) struct Task {
    /// Position in the input.
    pub(super) sequence: u64,
    /// Position of the source.
    pub(super) entry: usize,
    pub(super) work: Work,
    /// Bytes of the input read up to the end of the work.
    pub(super) bytes_done: u64,
}

pub(super) enum Work {
    Note(Note),
    Ndjson { first_line: u64, bytes: Vec<u8> },
    Csv { header: Arc<Header>, first_line: u64, bytes: Vec<u8>, start: usize },
    Parquet { plan: Arc<Plan>, slice: Slice },
}

/// What is wrong with a file without content.
const EMPTY: &str = "the file is empty";

/// Why no more tasks are made.
enum Stop {
    Failed(Error),
    /// Nobody takes them any more.
    Gone,
}

/// Where a reading begins: what comes before was read earlier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Start {
    /// Position of the first source that is looked at.
    pub(crate) entry: usize,
    /// Tasks of it that are passed over.
    pub(crate) tasks: u64,
}

/// Makes tasks of the input, in order.
pub(super) struct Producer<'s> {
    pub(super) source: &'s Source,
    pub(super) limits: Limits,
    /// One for every task that may be under way.
    pub(super) permits: Receiver<()>,
    pub(super) tasks: Sender<Task>,
    start: Start,
    sequence: u64,
    /// Bytes of the sources before the present one.
    bytes_before: u64,
    /// What is read first of each object, while those before it are parsed.
    firsts: Ahead<Firsts<'s>>,
}

type Firsts<'s> = Box<dyn Iterator<Item = (Object, Range<u64>)> + 's>;
type Text = Cutter<Box<dyn Read>>;

impl<'s> Producer<'s> {
    pub(super) fn new(
        source: &'s Source,
        limits: Limits,
        start: Start,
        permits: Receiver<()>,
        tasks: Sender<Task>,
    ) -> Self {
        let entries = source.entries.iter().skip(start.entry);
        let firsts: Firsts<'s> = Box::new(entries.filter_map(first));
        let firsts = Ahead::new(firsts);
        Self { source, limits, permits, tasks, start, sequence: 0, bytes_before: 0, firsts }
    }

    /// Reads all sources.
    pub(super) fn run(mut self) -> Result<(), Error> {
        for (position, entry) in self.source.entries.iter().enumerate() {
            let read =
                if position < self.start.entry { Ok(()) } else { self.entry(position, entry) };
            match read {
                Ok(()) => self.bytes_before += entry.bytes,
                Err(Stop::Gone) => return Ok(()),
                Err(Stop::Failed(error)) => return Err(error),
            }
        }
        Ok(())
    }

    fn send(&mut self, entry: usize, work: Work, bytes: u64) -> Result<(), Stop> {
        if entry == self.start.entry && self.start.tasks > 0 {
            self.start.tasks -= 1;
            return Ok(());
        }
        self.permits.recv().map_err(|_| Stop::Gone)?;
        let bytes_done = self.bytes_before + bytes;
        let task = Task { sequence: self.sequence, entry, work, bytes_done };
        self.sequence += 1;
        self.tasks.send(task).map_err(|_| Stop::Gone)
    }

    fn note(&mut self, position: usize, note: Note, bytes: u64) -> Result<(), Stop> {
        self.send(position, Work::Note(note), bytes)
    }

    fn entry(&mut self, position: usize, entry: &Entry) -> Result<(), Stop> {
        let failed = |source| failed(entry, source);
        match &entry.stored {
            Stored::File(path) => self.file(position, entry, File::open(path).map_err(failed)?),
            Stored::Spool(spool) => {
                self.file(position, entry, File::open(spool.path()).map_err(failed)?)
            }
            Stored::Object(object) if first(entry).is_some() => {
                let first = self.firsts.next().expect("one for each object that has content");
                self.object(position, entry, object, first.map_err(|error| failed(error.into()))?)
            }
            Stored::Object(_) => self.note(position, Note::lost(0, EMPTY), 0),
        }
    }

    fn file(&mut self, position: usize, entry: &Entry, mut file: File) -> Result<(), Stop> {
        let failed = |source| failed(entry, source);
        let mut start = Vec::new();
        #[expect(clippy::disallowed_methods, reason = "capped by `take`")]
        file.by_ref().take(START_BYTES as u64).read_to_end(&mut start).map_err(failed)?;
        let format = entry.format.unwrap_or_else(|| Format::from_start(&start));
        if start.is_empty() {
            return self.note(position, Note::lost(0, EMPTY), 0);
        }
        if Compression::from_start(&start).is_none() && format == Format::Parquet {
            let file = file.into_parts().0;
            let bytes = file.metadata().map_err(failed)?.len();
            return self.parquet(position, entry, Placed::new(file, bytes), None);
        }
        let compression = Compression::from_start(&start);
        self.text(position, entry, compression, Cursor::new(start).chain(file))
    }

    fn object(
        &mut self,
        position: usize,
        entry: &Entry,
        object: &Object,
        first: Bytes,
    ) -> Result<(), Stop> {
        let compression = Compression::from_start(&first);
        let format = entry.format.unwrap_or_else(|| Format::from_start(&first));
        if format != Format::Parquet || (entry.format.is_none() && compression.is_some()) {
            return self.text(position, entry, compression, object.stream_after(first));
        }
        let end = match entry.format {
            Some(_) => Ok(first),
            None => object.range(fetched::end(object)),
        };
        let end = end.map_err(|error| failed(entry, error.into()))?;
        let ended = Ended::new(&entry.name, object, end).map_err(Stop::Failed)?;
        self.parquet(position, entry, ended.placed.clone(), Some(ended))
    }

    fn text(
        &mut self,
        position: usize,
        entry: &Entry,
        compression: Option<Compression>,
        reader: impl Read + 'static,
    ) -> Result<(), Stop> {
        let failed = |source| failed(entry, source);
        let bytes = Rc::new(Cell::new(0));
        let raw = Counted { reader, bytes: Rc::clone(&bytes) };
        let reader = decompressed(raw, compression).map_err(failed)?;
        let mut text = Cutter::new(reader, self.limits);
        let inner = Format::from_start(text.start().map_err(failed)?);
        if text.is_empty() {
            return self.note(position, Note::lost(0, EMPTY), 0);
        }
        match (entry.format.unwrap_or(inner), inner) {
            (Format::Parquet, _) | (_, Format::Parquet) => {
                let reason = "Parquet data where text belongs: it is read from files ending in .parquet, not compressed from the outside";
                self.note(position, Note::lost(0, reason), entry.bytes)
            }
            (Format::Ndjson, _) => self.ndjson(position, entry, &mut text, &bytes),
            (Format::Csv, _) => {
                text.set_rule(Rule::Record);
                self.csv(position, entry, &mut text, &bytes)
            }
        }
    }

    fn ndjson(
        &mut self,
        position: usize,
        entry: &Entry,
        text: &mut Text,
        bytes_read: &Cell<u64>,
    ) -> Result<(), Stop> {
        while let Some(piece) = text.next().map_err(|error| failed(entry, error))? {
            match piece {
                Piece::Reject { line, reason } => {
                    self.note(position, Note::lost(line, reason), bytes_read.get())?;
                }
                Piece::Text { first_line, bytes } => {
                    self.send(position, Work::Ndjson { first_line, bytes }, bytes_read.get())?;
                }
            }
        }
        Ok(())
    }

    fn csv(
        &mut self,
        position: usize,
        entry: &Entry,
        text: &mut Text,
        bytes_read: &Cell<u64>,
    ) -> Result<(), Stop> {
        let mut header = None;
        while let Some(piece) = text.next().map_err(|error| failed(entry, error))? {
            let (first_line, bytes) = match piece {
                Piece::Text { first_line, bytes } => (first_line, bytes),
                Piece::Reject { line, reason } => {
                    self.note(position, Note::lost(line, reason), bytes_read.get())?;
                    if header.is_some() {
                        continue;
                    }
                    let note = Note::lost(0, "the header cannot be read; the file is skipped");
                    return self.note(position, note, entry.bytes);
                }
            };
            let (header, first_line, start) = if let Some(header) = &header {
                (Arc::clone(header), first_line, 0)
            } else {
                let Some((start, end)) = first_record(&bytes) else { continue };
                let parsed = self.csv_header(position, entry, &bytes[start..end])?;
                let first_line = first_line + memchr_iter(b'\n', &bytes[..end]).count() as u64;
                (Arc::clone(header.insert(Arc::new(parsed))), first_line, end)
            };
            let work = Work::Csv { header, first_line, bytes, start };
            self.send(position, work, bytes_read.get())?;
        }
        Ok(())
    }

    fn csv_header(
        &mut self,
        position: usize,
        entry: &Entry,
        record: &[u8],
    ) -> Result<Header, Stop> {
        let path = Path::new(&entry.name);
        let header = Header::parse(record, &self.source.names, path).map_err(Stop::Failed)?;
        for field in &header.twice {
            let note = Note::left_out(1, *field, "a second column of this name is left out");
            self.note(position, note, 0)?;
        }
        Ok(header)
    }

    fn parquet(
        &mut self,
        position: usize,
        entry: &Entry,
        placed: Placed,
        ended: Option<Ended>,
    ) -> Result<(), Stop> {
        let (plan, left_out) = match Plan::open(placed, &entry.name, &self.source.names) {
            Ok(opened) => opened,
            Err(Unread::Failed(error)) => return Err(Stop::Failed(error)),
            Err(Unread::Damaged(reason)) => {
                return self.note(position, Note::lost(0, reason), entry.bytes);
            }
        };
        let mut groups = match ended.map(|ended| ended.groups(&plan)).transpose() {
            Ok(groups) => groups,
            Err(reason) => return self.note(position, Note::lost(0, reason), entry.bytes),
        };
        let mut plan = Arc::new(plan);
        for (field, reason) in left_out {
            self.note(position, Note::left_out(0, field, reason), 0)?;
        }
        let (slices, damaged) = plan.slices();
        for (row, reason) in damaged {
            self.note(position, Note::lost(row, reason), 0)?;
        }
        let (mut rows, mut group) = (0, None);
        for slice in slices {
            if let Some(groups) = &mut groups
                && group.replace(slice.row_group) != Some(slice.row_group)
            {
                let placed = groups.place(&entry.name, slice.row_group).map_err(Stop::Failed)?;
                plan = Arc::new(plan.at(placed));
            }
            rows += slice.rows;
            let share = rows as f64 / plan.rows_total.max(1) as f64;
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a share of a length"
            )]
            let bytes = (entry.bytes as f64 * share.min(1.0)) as u64;
            self.send(position, Work::Parquet { plan: Arc::clone(&plan), slice }, bytes)?;
        }
        Ok(())
    }
}

/// What is read first of an object, where it has content: its end where the name says that it is Parquet.
fn first(entry: &Entry) -> Option<(Object, Range<u64>)> {
    let Stored::Object(object) = &entry.stored else { return None };
    let range = match entry.format {
        Some(Format::Parquet) => fetched::end(object),
        _ => 0..object.bytes().min(PIECE_BYTES),
    };
    (!range.is_empty()).then(|| (object.clone(), range))
}

fn failed(entry: &Entry, error: io::Error) -> Stop {
    Stop::Failed(Error::from_read(&entry.name, error))
}

/// Where the first record that is not blank begins and ends.
fn first_record(bytes: &[u8]) -> Option<(usize, usize)> {
    let start = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'))?;
    match record_end(bytes, start) {
        RecordEnd::At(end) => Some((start, end)),
        _ => Some((start, bytes.len())),
    }
}

fn decompressed(
    raw: impl Read + 'static,
    compression: Option<Compression>,
) -> io::Result<Box<dyn Read>> {
    let raw = BufReader::with_capacity(1 << 17, raw);
    Ok(match compression {
        None => Box::new(raw),
        Some(Compression::Gzip) => Box::new(flate2::bufread::MultiGzDecoder::new(raw)),
        Some(Compression::Zstd) => Box::new(zstd::stream::read::Decoder::with_buffer(raw)?),
    })
}

/// Counts the bytes that were read.
struct Counted<R> {
    reader: R,
    bytes: Rc<Cell<u64>>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.reader.read(buffer)?;
        self.bytes.set(self.bytes.get() + read as u64);
        Ok(read)
    }
}
