//! Which bytes of a Parquet object are wanted, and where do the threads that parse them find them?
//!
//! In files without a name, as long as the object and empty where nothing is wanted: one with its end, where the layout
//! is, and one for each row group under way. So memory is bounded whatever a row group holds, and while one is parsed the
//! next is on its way.

use std::{fs::File, io, ops::Range, os::unix::fs::FileExt as _};

use bytes::Bytes;
use seawall_store::objects::{Ahead, Object, PIECE_BYTES};

use super::{Placed, Plan};
use crate::Error;

/// Bytes at the end of an object that are asked for first: the layout of most, and all of a small one.
const END_BYTES: u64 = 1 << 20;
/// Magic and length of the layout, at the very end.
const FOOTER_BYTES: usize = 8;
/// Bytes that are cheaper read and thrown away than left out with a request more.
const GAP_BYTES_MAX: u64 = 256 << 10;

/// The part of an object that is asked for first.
pub(in crate::read) fn end(object: &Object) -> Range<u64> {
    let bytes = object.bytes();
    let wanted = if bytes <= PIECE_BYTES { bytes } else { END_BYTES };
    bytes - wanted..bytes
}

/// The end of an object, with the whole layout, where a file would have it.
pub(in crate::read) struct Ended {
    object: Object,
    start: u64,
    content: Bytes,
    pub(in crate::read) placed: Placed,
}

impl Ended {
    /// `content` is what [`end`] says.
    pub(in crate::read) fn new(
        name: &str,
        object: &Object,
        mut content: Bytes,
    ) -> Result<Self, Error> {
        let bytes = object.bytes();
        if let Some(layout_bytes) = layout_bytes(&content)
            && (content.len() as u64..bytes).contains(&layout_bytes)
        {
            let longer = object.range(bytes - layout_bytes..bytes);
            content = longer.map_err(|error| Error::from_read(name, error.into()))?;
        }
        let start = bytes - content.len() as u64;
        let file = sparse(bytes, start, &content).map_err(|error| kept(name, error))?;
        Ok(Self { object: object.clone(), start, content, placed: Placed::new(file, bytes) })
    }

    /// The row groups, of each the parts that `plan` reads, in order. A reason where the layout cannot be believed.
    pub(in crate::read) fn groups(self, plan: &Plan) -> Result<Groups, String> {
        let mut pieces = Vec::new();
        let mut bytes_in_all = 0;
        for group in 0..plan.metadata.metadata().num_row_groups() {
            let ranges = plan.ranges(group, self.object.bytes())?;
            bytes_in_all += ranges.iter().map(|range| range.end - range.start).sum::<u64>();
            let step = usize::try_from(PIECE_BYTES).expect("a few MiB");
            for range in joined(ranges) {
                let beyond = range.start..range.end.min(self.start.max(range.start));
                pieces.extend(
                    beyond
                        .clone()
                        .step_by(step)
                        .map(|start| (group, start..beyond.end.min(start + PIECE_BYTES))),
                );
            }
        }
        // Row groups of a file have nothing in common: these would be read again and again.
        if bytes_in_all > self.object.bytes() {
            return Err("damaged Parquet data: row groups lie one over another".to_owned());
        }
        let object = self.object.clone();
        let wanted = pieces.clone().into_iter().map(move |(_, range)| (object.clone(), range));
        let ahead: Wanted = Box::new(wanted);
        Ok(Groups { end: self, ahead: Ahead::new(ahead), pieces, next: 0 })
    }
}

type Wanted = Box<dyn Iterator<Item = (Object, Range<u64>)>>;

/// The row groups of an object, while they are fetched.
pub(in crate::read) struct Groups {
    end: Ended,
    ahead: Ahead<Wanted>,
    /// The row group and range of each piece, in the order they are asked for.
    pieces: Vec<(usize, Range<u64>)>,
    next: usize,
}

impl Groups {
    /// Where a row group is, once it is there; none before one that was asked for.
    pub(in crate::read) fn place(&mut self, name: &str, group: usize) -> Result<Placed, Error> {
        let Ended { object, start, content, placed: end } = &self.end;
        let mut found = None;
        while let Some((of_group, range)) = self.pieces.get(self.next)
            && *of_group <= group
        {
            let piece = self.ahead.next().expect("as many answers as requests");
            let piece = piece.map_err(|error| Error::from_read(name, error.into()))?;
            if *of_group == group {
                let file = match found.take() {
                    Some(file) => Ok(file),
                    None => sparse(object.bytes(), *start, content),
                };
                let file = file.map_err(|error| kept(name, error))?;
                file.write_all_at(&piece, range.start).map_err(|error| kept(name, error))?;
                found = Some(file);
            }
            self.next += 1;
        }
        Ok(found.map_or_else(|| end.clone(), |file| Placed::new(file, object.bytes())))
    }
}

/// Bytes of the layout with the footer behind it, where this is the end of a Parquet file.
fn layout_bytes(end: &[u8]) -> Option<u64> {
    let footer = end.last_chunk::<FOOTER_BYTES>()?;
    let (length, magic) = footer.split_first_chunk::<4>()?;
    (magic == b"PAR1").then(|| u64::from(u32::from_le_bytes(*length)) + FOOTER_BYTES as u64)
}

/// A file without a name, so long, with that in its place.
fn sparse(bytes: u64, start: u64, content: &Bytes) -> io::Result<File> {
    let file = tempfile::tempfile()?;
    file.set_len(bytes)?;
    file.write_all_at(content, start)?;
    Ok(file)
}

fn kept(name: &str, source: io::Error) -> Error {
    Error::Spool { path: name.into(), source }
}

/// Ranges in order, those with little between them as one.
fn joined(mut ranges: Vec<Range<u64>>) -> Vec<Range<u64>> {
    ranges.sort_by_key(|range| (range.start, range.end));
    let mut joined: Vec<Range<u64>> = Vec::new();
    for range in ranges {
        match joined.last_mut() {
            Some(last) if range.start <= last.end.saturating_add(GAP_BYTES_MAX) => {
                last.end = last.end.max(range.end);
            }
            _ => joined.push(range),
        }
    }
    joined
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_close_together_is_one_request() {
        let far = 2 * GAP_BYTES_MAX;
        assert_eq!(joined(vec![far..far + 1, 10..20, 5..12, 20..30]), [5..30, far..far + 1]);
        assert_eq!(joined(Vec::new()), []);
    }

    #[test]
    fn the_length_of_a_layout_is_at_the_end() {
        assert_eq!(layout_bytes(b"....\x05\0\0\0PAR1"), Some(13));
        assert_eq!(layout_bytes(b"....\x05\0\0\0PARX"), None);
        assert_eq!(layout_bytes(b"PAR1"), None);
    }
}
