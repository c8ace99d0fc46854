//! How is a row written? As canonical JSON, straight from columns.

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
    /// Columns in the order of canonical JSON: position in the file, and the name as it is written.
    columns: Vec<(usize, Vec<u8>)>,
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
            let mut name = Vec::new();
            write_text(&schema[position].name, &mut name);
            name.push(b':');
            (position, name)
        });
        Self { columns: columns.collect() }
    }

    /// Appends a row of a batch, which has all columns of the file in their order.
    pub(crate) fn write(
        &self,
        cells: &[Cells],
        row: usize,
        bytes: &mut Vec<u8>,
    ) -> Result<(), Unwritten> {
        let start = bytes.len();
        bytes.push(b'{');
        for (position, name) in &self.columns {
            let cell =
                cells[*position].get(row).map_err(|NotUtf8| Unwritten::NotText(*position))?;
            let Some(cell) = cell else { continue };
            if bytes.len() > start + 1 {
                bytes.push(b',');
            }
            bytes.extend_from_slice(name);
            write_cell(cell, bytes);
        }
        bytes.push(b'}');
        if bytes.len() - start > ROW_BYTES_MAX { Err(Unwritten::TooLong) } else { Ok(()) }
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
    use crate::canonical;

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
        fn times_are_those_of_the_format(nanoseconds in any::<i64>()) {
            let mut bytes = Vec::new();
            write_time(nanoseconds, &mut bytes);
            prop_assert_eq!(bytes, canonical::to_bytes(&time(nanoseconds)).unwrap());
        }
    }
}
