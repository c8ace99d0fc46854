//! How is a row written? As canonical JSON, straight from columns.

use arrow_array::Array as _;
use jiff::{Timestamp, fmt::temporal::DateTimePrinter};

use super::{
    cells::{Cell, Cells, NotUtf8},
    manifest::Column,
};
use crate::{canonical::INTEGER_MAX, time::Time};

const PRINTER: DateTimePrinter = DateTimePrinter::new().precision(Some(9));

/// Longest row.
pub(crate) const ROW_BYTES_MAX: usize = 1 << 20;

/// Writes rows of one schema.
#[derive(Debug)]
pub(crate) struct RowWriter {
    /// Columns in the order of canonical JSON.
    columns: Vec<Named>,
    day: Day,
}

/// A column, as it is written.
#[derive(Debug)]
struct Named {
    /// Where in the file it is.
    position: usize,
    /// A comma, its name, and a colon.
    name: Vec<u8>,
    /// How many [`Seen::marks`] that has.
    marks: usize,
}

/// Why a row cannot be written.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Unwritten {
    /// Bytes in the column at this position of the file are not text.
    NotText(usize),
    TooLong,
}

impl RowWriter {
    /// A writer of rows that have these columns, in the order of the file.
    pub(crate) fn new(schema: &[Column]) -> Self {
        let mut order: Vec<usize> = (0..schema.len()).collect();
        // RFC 8785, section 3.2.3: by UTF-16 code units.
        order.sort_by_key(|position| schema[*position].name.encode_utf16().collect::<Vec<u16>>());
        let columns = order.into_iter().map(|position| {
            let mut name = vec![b','];
            write_text(&schema[position].name, &mut name);
            name.push(b':');
            Named { position, marks: Seen::of(&name).marks, name }
        });
        Self { columns: columns.collect(), day: Day::default() }
    }

    /// Appends a row of a batch, which has all columns of the file in their order.
    pub(crate) fn write(
        &mut self,
        cells: &[Cells],
        row: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Unwritten> {
        let start = bytes.len();
        // Most rows have nothing to escape. Whether this one has is seen in one look at the end.
        let marks = self.write_plainly(cells, row, bytes);
        let seen = Seen::of(&bytes[start..]);
        let is_text = seen.ascii || str::from_utf8(&bytes[start..]).is_ok();
        if seen.marks != marks || !is_text {
            bytes.truncate(start);
            self.write_escaped(cells, row, bytes)?;
        }
        if bytes.len() - start > ROW_BYTES_MAX { Err(Unwritten::TooLong) } else { Ok(()) }
    }

    /// Appends a row as if no text in it had anything to escape. How many [`Seen::marks`] it then has.
    fn write_plainly(&mut self, cells: &[Cells], row: usize, bytes: &mut Vec<u8>) -> usize {
        let (start, mut marks) = (bytes.len(), 0);
        for Named { position, name, marks: of_name } in &self.columns {
            match &cells[*position] {
                Cells::Text(array) if array.is_valid(row) => {
                    bytes.extend_from_slice(name);
                    bytes.push(b'"');
                    bytes.extend_from_slice(array.value(row));
                    bytes.push(b'"');
                    marks += 2;
                }
                Cells::Text(_) => continue,
                other => {
                    let Some(word) = other.word(row) else { continue };
                    bytes.extend_from_slice(name);
                    let before = bytes.len();
                    write_word(other, word, &mut self.day, bytes);
                    marks += 2 * usize::from(bytes[before] == b'"');
                }
            }
            marks += of_name;
        }
        open(bytes, start);
        marks
    }

    /// As [`RowWriter::write_plainly`], with what is to be escaped escaped.
    fn write_escaped(
        &mut self,
        cells: &[Cells],
        row: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Unwritten> {
        let start = bytes.len();
        for Named { position, name, .. } in &self.columns {
            let cell = cells[*position].get(row);
            let cell = cell.map_err(|NotUtf8| Unwritten::NotText(*position))?;
            let Some(cell) = cell else { continue };
            bytes.extend_from_slice(name);
            write_cell(cell, bytes);
        }
        open(bytes, start);
        Ok(())
    }
}

/// Makes an object of the fields from `start` on, each of which is behind a comma.
fn open(bytes: &mut Vec<u8>, start: usize) {
    match bytes.get_mut(start) {
        Some(comma) => *comma = b'{',
        None => bytes.push(b'{'),
    }
    bytes.push(b'}');
}

/// What is seen of bytes in one look.
struct Seen {
    /// How many of them are `"`, `\` or control characters: what a string of JSON has at its ends, or must escape.
    marks: usize,
    ascii: bool,
}

impl Seen {
    fn of(bytes: &[u8]) -> Self {
        let (mut marks, mut any) = (0, 0);
        // In pieces whose count fits a byte, so that many bytes are looked at by one instruction.
        for piece in bytes.chunks(128) {
            let mark =
                |byte: u8| u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
            let (some, high) = piece
                .iter()
                .fold((0_u8, 0_u8), |(some, high), byte| (some + mark(*byte), high | byte));
            marks += usize::from(some);
            any |= high;
        }
        Self { marks, ascii: any.is_ascii() }
    }
}

/// Appends a value that is no text.
fn write_word(cells: &Cells, word: i64, day: &mut Day, bytes: &mut Vec<u8>) {
    match cells {
        Cells::Boolean(_) => bytes.extend_from_slice(if word == 0 { b"false" } else { b"true" }),
        Cells::Time(_) => day.write(word, bytes),
        Cells::Integer(_) | Cells::Text(_) => write_integer(word, bytes),
    }
}

/// The day of the last time that was written: the next one is often of the same.
#[derive(Debug, Default)]
struct Day {
    /// Days since 1970, and the day as it is written, up to the `T`.
    known: Option<(i64, Vec<u8>)>,
}

impl Day {
    const NANOSECONDS: i64 = 86_400_000_000_000;

    /// Appends the one spelling that [`Time`] has.
    fn write(&mut self, nanoseconds: i64, bytes: &mut Vec<u8>) {
        let day = nanoseconds.div_euclid(Self::NANOSECONDS);
        if self.known.as_ref().is_none_or(|(known, _)| *known != day) {
            let mut text = Vec::new();
            write_time(nanoseconds, &mut text);
            let end = text.iter().position(|byte| *byte == b'T').map_or(0, |position| position + 1);
            text.truncate(end);
            self.known = Some((day, text));
        }
        if let Some((_, text)) = &self.known {
            bytes.extend_from_slice(text);
        }
        let within = nanoseconds.rem_euclid(Self::NANOSECONDS).unsigned_abs();
        let (seconds, fraction) = (within / 1_000_000_000, within % 1_000_000_000);
        let mut text = *b"00:00:00.000000000Z\"";
        digits(&mut text[..2], seconds / 3600);
        digits(&mut text[3..5], seconds / 60 % 60);
        digits(&mut text[6..8], seconds % 60);
        digits(&mut text[9..18], fraction);
        bytes.extend_from_slice(&text);
    }
}

/// Writes the last digits of a number, as many as there is room for.
fn digits(room: &mut [u8], mut number: u64) {
    for digit in room.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

/// Appends a value as canonical JSON.
pub(crate) fn write_cell(cell: Cell<'_>, bytes: &mut Vec<u8>) {
    match cell {
        Cell::Boolean(true) => bytes.extend_from_slice(b"true"),
        Cell::Boolean(false) => bytes.extend_from_slice(b"false"),
        Cell::Integer(integer) => write_integer(integer, bytes),
        Cell::Time(nanoseconds) => write_time(nanoseconds, bytes),
        Cell::Text(text) => write_text(text, bytes),
    }
}

/// The time that many nanoseconds after 1970.
pub(crate) fn time(nanoseconds: i64) -> Time {
    let timestamp = Timestamp::from_nanosecond(nanoseconds.into());
    Time::new(timestamp.expect("the years that 64 bits of nanoseconds reach are years of RFC 3339"))
}

/// The one spelling that [`Time`] has.
fn write_time(nanoseconds: i64, bytes: &mut Vec<u8>) {
    bytes.push(b'"');
    PRINTER
        .print_timestamp(&time(nanoseconds).timestamp(), &mut *bytes)
        .expect("memory takes all that is written");
    bytes.push(b'"');
}

fn write_integer(integer: i64, bytes: &mut Vec<u8>) {
    let exact = (-INTEGER_MAX..=INTEGER_MAX).contains(&integer);
    if !exact {
        bytes.push(b'"');
    }
    serde_json::to_writer(&mut *bytes, &integer).expect("an integer can be written to memory");
    if !exact {
        bytes.push(b'"');
    }
}

/// What `serde_json` escapes, and how, is what RFC 8785 wants.
fn write_text(text: &str, bytes: &mut Vec<u8>) {
    // Looked through as a whole first: most text needs no escape, and is then copied at once.
    let escaped =
        |byte: u8| u8::from(byte < 0x20) | u8::from(byte == b'"') | u8::from(byte == b'\\');
    if text.bytes().fold(0, |any, byte| any | escaped(byte)) == 0 {
        bytes.push(b'"');
        bytes.extend_from_slice(text.as_bytes());
        bytes.push(b'"');
    } else {
        serde_json::to_writer(bytes, text).expect("text can be written to memory");
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{canonical, dataset::manifest::ValueType};

    proptest! {
        #[test]
        fn text_and_integers_are_canonical(text in any::<String>(), integer in any::<i64>()) {
            let mut bytes = Vec::new();
            write_text(&text, &mut bytes);
            prop_assert_eq!(&bytes, &canonical::to_bytes(&text).unwrap());
            bytes.clear();
            write_integer(integer, &mut bytes);
            let expected = if integer.unsigned_abs() < 1 << 53 {
                canonical::to_bytes(&integer).unwrap()
            } else {
                format!("\"{integer}\"").into_bytes()
            };
            prop_assert_eq!(bytes, expected);
        }

        #[test]
        fn times_are_those_of_the_format(first in any::<i64>(), later in -200_000_000_000_000_i64..200_000_000_000_000) {
            let mut day = Day::default();
            for nanoseconds in [first, first.saturating_add(later), first] {
                let (mut bytes, expected) = (Vec::new(), canonical::to_bytes(&time(nanoseconds)).unwrap());
                write_time(nanoseconds, &mut bytes);
                prop_assert_eq!(&bytes, &expected);
                bytes.clear();
                day.write(nanoseconds, &mut bytes);
                prop_assert_eq!(bytes, expected);
            }
        }

        /// Whatever is in it, a row is what the writer of canonical JSON makes of it.
        #[test]
        fn rows_are_canonical(
            texts in prop::collection::vec(prop::option::of("[a\"\\\\\u{1}é🙂]{0,40}"), 3),
            integer in prop::option::of(any::<i64>()),
            boolean in prop::option::of(any::<bool>()),
        ) {
            let names = ["b", "a\"", "é", "n", "t"];
            let column = |(name, value_type): (&&str, ValueType)| {
                Column { name: (*name).to_owned(), value_type }
            };
            let types = [ValueType::Text, ValueType::Text, ValueType::Text, ValueType::Integer, ValueType::Boolean];
            let schema: Vec<Column> = names.iter().zip(types).map(column).collect();
            let mut cells: Vec<Cells> = texts
                .iter()
                .map(|text| Cells::Text([text.as_deref().map(str::as_bytes)].into_iter().collect()))
                .collect();
            cells.push(Cells::Integer([integer].into_iter().collect()));
            cells.push(Cells::Boolean([boolean].into_iter().collect()));
            let mut expected = serde_json::Map::new();
            let values = texts.iter().map(|text| text.clone().map(serde_json::Value::from));
            let integer = integer.map(|integer| crate::query::aggregate::exact(integer.into()));
            let values = values.chain([integer, boolean.map(Into::into)]);
            expected.extend(names.iter().zip(values).filter_map(|(name, value)| {
                Some(((*name).to_owned(), value?))
            }));
            let mut bytes = b"before".to_vec();
            RowWriter::new(&schema).write(&cells, 0, &mut bytes).unwrap();
            prop_assert_eq!(&bytes[6..], &canonical::to_bytes(&expected).unwrap());
        }
    }
}
