//! Where may a stream of text be cut, so that every piece holds whole events?
//!
//! Memory is bounded whatever the stream holds: a piece is a few MB, and what has no end within the
//! limit of a line is skipped without being kept.

use std::io::{self, Read};

use memchr::{memchr, memchr_iter, memchr2, memrchr};
use seawall_core::event::LINE_BYTES_MAX;

use super::ndjson::LINE_TOO_LONG;

/// Longest quoted value of several lines that is believed. Beyond it a quote is missing, and taking all
/// that follows for one value would lose every event up to the next quote.
const QUOTED_BYTES_MAX: usize = 64 << 10;
/// Quotes without an end that cost only their own line; after that many in one source, all lines that
/// were searched for the end are skipped with them, so that hostile input stays linear.
const RECOVERIES_MAX: u32 = 64;

/// As much of a stream as its format is recognised by.
pub(super) const START_BYTES: usize = 4096;

/// What ends an event in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rule {
    /// Every newline.
    Line,
    /// A newline outside quotes (CSV).
    Record,
}

/// Sizes, which tests make smaller.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Wanted size of a piece.
    pub(super) piece_bytes: usize,
    /// Longest accepted line or record.
    pub(super) line_bytes_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { piece_bytes: 4 << 20, line_bytes_max: LINE_BYTES_MAX }
    }
}

/// A part of the stream.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Whole events.
    Text {
        /// One-based line that the bytes begin with.
        first_line: u64,
        /// The text.
        bytes: Vec<u8>,
    },
    /// Something that could not be taken.
    Reject {
        /// One-based line; 0 for the whole source.
        line: u64,
        /// What is wrong.
        reason: String,
    },
}

/// Cuts a stream into pieces.
pub(super) struct Cutter<R> {
    reader: R,
    rule: Rule,
    limits: Limits,
    /// What has been read but not handed out; begins at the start of an event.
    buffer: Vec<u8>,
    /// One-based line the buffer begins with.
    line: u64,
    at_end: bool,
    /// Why the stream ended too early, if it did.
    failure: Option<String>,
    /// True where it ended within a line.
    line_is_cut_off: bool,
    recoveries_left: u32,
}

impl<R: Read> Cutter<R> {
    pub(super) fn new(reader: R, limits: Limits) -> Self {
        Self {
            reader,
            rule: Rule::Line,
            limits,
            buffer: Vec::new(),
            line: 1,
            at_end: false,
            failure: None,
            line_is_cut_off: false,
            recoveries_left: RECOVERIES_MAX,
        }
    }

    /// Reads the start of the stream, by which its rule is chosen before the first piece. A byte order
    /// mark is left out.
    pub(super) fn start(&mut self) -> io::Result<&[u8]> {
        self.fill(START_BYTES)?;
        if self.buffer.starts_with(b"\xEF\xBB\xBF") {
            self.buffer.drain(..3);
        }
        Ok(&self.buffer)
    }

    /// Sets what ends an event.
    pub(super) fn set_rule(&mut self, rule: Rule) {
        self.rule = rule;
    }

    /// True where nothing was read and nothing went wrong.
    pub(super) fn is_empty(&self) -> bool {
        self.buffer.is_empty() && self.at_end && self.failure.is_none()
    }

    /// The next piece, or `None` at the end. An error is one of the system, not of the data.
    pub(super) fn next(&mut self) -> io::Result<Option<Piece>> {
        if self.buffer.len() < self.limits.piece_bytes {
            self.fill(self.limits.piece_bytes)?;
        }
        loop {
            if self.buffer.is_empty() {
                let line = self.line - u64::from(!self.line_is_cut_off);
                return Ok(self.failure.take().map(|reason| Piece::Reject { line, reason }));
            }
            let cut = self.cut();
            match cut {
                Cut::After(end) => return Ok(Some(self.hand_out(end))),
                Cut::More => self.fill(self.buffer.len() + self.limits.piece_bytes)?,
                Cut::TooLong => return self.skip_line().map(Some),
                Cut::QuoteOpen { searched } => {
                    return Ok(Some(self.skip_open_quote(searched)));
                }
            }
        }
    }

    /// Reads until the buffer holds `wanted` bytes or the stream ends.
    fn fill(&mut self, wanted: usize) -> io::Result<()> {
        if self.at_end {
            return Ok(());
        }
        let missing = wanted.saturating_sub(self.buffer.len());
        self.buffer.reserve(missing);
        #[expect(clippy::disallowed_methods, reason = "capped by `take`")]
        let read = self.reader.by_ref().take(missing as u64).read_to_end(&mut self.buffer);
        match read {
            Ok(bytes) => self.at_end = bytes < missing,
            Err(error) if is_below_us(&error) => return Err(error),
            Err(error) => {
                self.at_end = true;
                // A line that is cut off could be read as something else than it was.
                let whole = memrchr(b'\n', &self.buffer).map_or(0, |end| end + 1);
                self.line_is_cut_off = whole < self.buffer.len();
                self.buffer.truncate(whole);
                self.failure = Some(if error.kind() == io::ErrorKind::UnexpectedEof {
                    "the compressed data is cut off; what came before is kept".to_owned()
                } else {
                    "the compressed data is damaged from here; what came before is kept".to_owned()
                });
            }
        }
        Ok(())
    }

    /// Where to cut the buffer, which is not empty.
    fn cut(&self) -> Cut {
        let quotes = self.rule == Rule::Record && memchr(b'"', &self.buffer).is_some();
        if quotes {
            return self.cut_quoted();
        }
        match memrchr(b'\n', &self.buffer) {
            _ if self.at_end => Cut::After(self.buffer.len()),
            Some(end) => Cut::After(end + 1),
            None if self.buffer.len() > self.limits.line_bytes_max => Cut::TooLong,
            None => Cut::More,
        }
    }

    fn cut_quoted(&self) -> Cut {
        let limit = self.limits.line_bytes_max;
        let mut whole = 0;
        // How many bytes were searched in vain, where the record cannot be taken.
        let searched = loop {
            let in_reach = &self.buffer[..self.buffer.len().min(whole + limit + 1)];
            let tail_bytes = self.buffer.len() - whole;
            match record_end(in_reach, whole) {
                RecordEnd::At(end) if end - whole <= limit => whole = end,
                RecordEnd::Astray => break Some(QUOTED_BYTES_MAX),
                _ if tail_bytes > limit => break Some(limit),
                RecordEnd::Open if self.at_end => {
                    whole = self.buffer.len();
                    break None;
                }
                _ if self.at_end => break Some(tail_bytes),
                _ => break None,
            }
        };
        match (whole, searched) {
            (0, None) => Cut::More,
            (0, Some(searched)) => {
                let in_reach = &self.buffer[..self.buffer.len().min(limit + 1)];
                let too_long = in_reach.len() > limit && memchr(b'\n', in_reach).is_none();
                if too_long { Cut::TooLong } else { Cut::QuoteOpen { searched } }
            }
            _ => Cut::After(whole),
        }
    }

    fn hand_out(&mut self, end: usize) -> Piece {
        let mut rest = Vec::with_capacity(self.limits.piece_bytes);
        rest.extend_from_slice(&self.buffer[end..]);
        self.buffer.truncate(end);
        let bytes = std::mem::replace(&mut self.buffer, rest);
        let first_line = self.line;
        self.line += memchr_iter(b'\n', &bytes).count() as u64;
        Piece::Text { first_line, bytes }
    }

    /// Skips to the end of the line the buffer begins with, keeping none of it.
    fn skip_line(&mut self) -> io::Result<Piece> {
        loop {
            if let Some(end) = memchr(b'\n', &self.buffer) {
                self.buffer.drain(..=end);
                break;
            }
            self.buffer.clear();
            if self.at_end {
                break;
            }
            self.fill(self.limits.piece_bytes)?;
        }
        let line = self.line;
        self.line += 1;
        Ok(Piece::Reject { line, reason: LINE_TOO_LONG.to_owned() })
    }

    /// Skips the line whose quote has no end, or, where there were too many of those, all lines that
    /// were searched for it.
    fn skip_open_quote(&mut self, searched: usize) -> Piece {
        let line = self.line;
        let one_line = self.recoveries_left > 0;
        self.recoveries_left = self.recoveries_left.saturating_sub(1);
        let from = if one_line { 0 } else { searched.min(self.buffer.len() - 1) };
        let end =
            memchr(b'\n', &self.buffer[from..]).map_or(self.buffer.len(), |end| from + end + 1);
        let lines = memchr_iter(b'\n', &self.buffer[..end]).count().max(1) as u64;
        self.buffer.drain(..end);
        self.line += lines;
        let skipped = match lines {
            1 => "the line is skipped".to_owned(),
            _ => format!("lines {line} to {} are skipped", line + lines - 1),
        };
        let reason = format!("a quote that opens here has no end in reach; {skipped}");
        Piece::Reject { line, reason }
    }
}

/// Whether it is an error of the system or of object storage, and not one of what decompresses.
fn is_below_us(error: &io::Error) -> bool {
    let elsewhere = |inner: &(dyn std::error::Error + Send + Sync + 'static)| {
        inner.is::<seawall_store::objects::Error>()
    };
    error.raw_os_error().is_some() || error.get_ref().is_some_and(elsewhere)
}

enum Cut {
    /// After this many bytes.
    After(usize),
    /// Not without reading on.
    More,
    /// The buffer begins with a line over the limit.
    TooLong,
    /// The buffer begins with a record whose quote has no end within the limit.
    QuoteOpen {
        /// Bytes that were searched for its end.
        searched: usize,
    },
}

/// Where a CSV record ends.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum RecordEnd {
    /// After its newline.
    At(usize),
    /// Not in the bytes given.
    Open,
    /// Not in the bytes given, which end inside quotes.
    Quoted,
    /// It has a quoted value of several lines that is so long that a quote must be missing.
    Astray,
}

/// Finds the end of the record that begins at `start`, by the rules `csv_core` parses by: a quote opens
/// at the beginning of a value only, and a doubled one inside quotes stands for itself.
pub(super) fn record_end(bytes: &[u8], start: usize) -> RecordEnd {
    let mut position = start;
    loop {
        let Some(found) = bytes.get(position..).and_then(|rest| memchr2(b'"', b'\n', rest)) else {
            return RecordEnd::Open;
        };
        let found = position + found;
        position = found + 1;
        if bytes[found] == b'\n' {
            return RecordEnd::At(position);
        }
        if found == start || bytes[found - 1] == b',' {
            let closing = closing_quote(bytes, position);
            let value = &bytes[position..closing.unwrap_or(bytes.len())];
            if value.len() > QUOTED_BYTES_MAX && memchr(b'\n', value).is_some() {
                return RecordEnd::Astray;
            }
            match closing {
                Some(quote) => position = quote + 1,
                None => return RecordEnd::Quoted,
            }
        }
    }
}

fn closing_quote(bytes: &[u8], start: usize) -> Option<usize> {
    let mut position = start;
    loop {
        let quote = position + memchr(b'"', bytes.get(position..)?)?;
        if bytes.get(quote + 1) != Some(&b'"') {
            return Some(quote);
        }
        position = quote + 2;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces(bytes: &[u8], rule: Rule, limits: Limits) -> Vec<Piece> {
        let mut cutter = Cutter::new(bytes, limits);
        cutter.set_rule(rule);
        std::iter::from_fn(|| cutter.next().expect("memory cannot fail")).collect()
    }

    #[test]
    fn a_line_over_the_limit_is_skipped_without_being_kept() {
        let limits = Limits { piece_bytes: 16, line_bytes_max: 40 };
        let text = format!("one\n{}\ntwo\n{}", "x".repeat(100), "y".repeat(30));
        let found = pieces(text.as_bytes(), Rule::Line, limits);
        let rejects: Vec<u64> = found
            .iter()
            .filter_map(|piece| match piece {
                Piece::Reject { line, .. } => Some(*line),
                Piece::Text { .. } => None,
            })
            .collect();
        assert_eq!(rejects, [2]);
        assert_eq!(found.len(), 4, "{found:?}");
        assert_eq!(found[2], Piece::Text { first_line: 3, bytes: b"two\n".to_vec() });
        assert_eq!(found[3], Piece::Text { first_line: 4, bytes: "y".repeat(30).into_bytes() });
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_changed(text in "[a-c\n]{0,200}", piece_bytes in 1..50_usize) {
            let limits = Limits { piece_bytes, line_bytes_max: 300 };
            for rule in [Rule::Line, Rule::Record] {
                let mut joined = Vec::new();
                for piece in pieces(text.as_bytes(), rule, limits) {
                    let Piece::Text { first_line, bytes } = piece else { panic!("{piece:?}") };
                    let lines_before = memchr_iter(b'\n', &joined).count() as u64;
                    prop_assert_eq!(first_line, lines_before + 1);
                    joined.extend(bytes);
                }
                prop_assert_eq!(joined, text.as_bytes());
            }
        }
    }
}
