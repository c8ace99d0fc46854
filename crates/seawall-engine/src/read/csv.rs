//! Which event does a record of CSV (RFC 4180) hold?
//!
//! Most records have no quotes and are split where they lie; the others go through `csv_core`.

use std::path::Path;

use csv_core::{ReadRecordResult, Terminator};
use memchr::{memchr, memchr_iter};
use seawall_core::event::{Extra, LINE_BYTES_MAX, VALUE_BYTES_MAX};

use super::collector::Collector;
use super::cutter::{RecordEnd, record_end};
use super::draft::{Draft, Fault, NOT_UTF8};
use super::field::{Field, NameTable};
use super::ndjson::LINE_TOO_LONG;
use super::skim::csv_value;
use crate::Error;

/// What a column holds.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Column {
    Known(Field),
    Unknown(String),
    /// A second column for a field that has one.
    Left,
}

/// The columns of a file.
#[derive(Clone, Debug)]
pub(super) struct Header {
    columns: Vec<Column>,
    /// Fields that more than one column is named after.
    pub(super) twice: Vec<Field>,
}

impl Header {
    /// Reads the header, which is the first record of a file.
    pub(super) fn parse(record: &[u8], names: &NameTable, path: &Path) -> Result<Self, Error> {
        let mut splitter = Splitter::new();
        let mut header = Self { columns: Vec::new(), twice: Vec::new() };
        splitter.split(without_line_end(record), |value| {
            let name = value.unwrap_or("(not UTF-8)").trim().to_owned();
            header.columns.push(match names.field(&name) {
                Some(field) if header.columns.contains(&Column::Known(field)) => {
                    header.twice.push(field);
                    Column::Left
                }
                Some(field) => Column::Known(field),
                None => Column::Unknown(name),
            });
        });
        for field in Field::REQUIRED {
            if !header.columns.contains(&Column::Known(field)) {
                let column = names.name_of(field).to_owned();
                return Err(Error::ColumnMissing {
                    path: path.into(),
                    column,
                    field: field.name(),
                });
            }
        }
        Ok(header)
    }
}

/// Parses whole records, the first of which begins on line `first_line`.
pub(super) fn parse(bytes: &[u8], first_line: u64, header: &Header, collector: &mut Collector<'_>) {
    let mut splitter = Splitter::new();
    let account = Column::Known(Field::Account);
    let account = header.columns.iter().position(|column| *column == account);
    let account = account.filter(|_| collector.selective());
    let mut line = first_line;
    let mut start = 0;
    while start < bytes.len() {
        let end = match memchr(b'\n', &bytes[start..]) {
            Some(end) if memchr(b'"', &bytes[start..start + end]).is_none() => start + end + 1,
            _ => match record_end(bytes, start) {
                RecordEnd::At(end) => end,
                _ => bytes.len(),
            },
        };
        let (first, record) = (line, &bytes[start..end]);
        line += memchr_iter(b'\n', record).count() as u64;
        let record = without_line_end(record);
        let account = account.and_then(|position| csv_value(record, position));
        if account.is_none_or(|account| collector.wants(account)) {
            parse_record(record, first, header, &mut splitter, collector);
        }
        start = end;
    }
}

fn without_line_end(record: &[u8]) -> &[u8] {
    let record = record.strip_suffix(b"\n").unwrap_or(record);
    record.strip_suffix(b"\r").unwrap_or(record)
}

fn parse_record(
    record: &[u8],
    line: u64,
    header: &Header,
    splitter: &mut Splitter,
    collector: &mut Collector<'_>,
) {
    if record.is_empty() {
        return;
    }
    if record.len() > LINE_BYTES_MAX {
        collector.reject_line(line, LINE_TOO_LONG);
        return;
    }
    collector.begin(line);
    let mut draft = Draft::new();
    let mut extra = Vec::new();
    let mut columns = header.columns.iter();
    let mut values = 0;
    let mut swallowed = false;
    splitter.split(record, |text| {
        values += 1;
        swallowed |= text.is_ok_and(|text| text.len() > VALUE_BYTES_MAX && text.contains('\n'));
        match (columns.next(), text) {
            (Some(Column::Known(field)), Ok(text)) => collector.set(&mut draft, *field, text),
            (Some(Column::Known(field)), Err(fault)) => collector.fault(&mut draft, *field, fault),
            (Some(Column::Unknown(_)), Err(fault)) => collector.extra_fault(fault),
            (Some(Column::Unknown(name)), Ok(value))
                if !value.is_empty() && collector.extra_fits(value) =>
            {
                extra.push(Extra { name, value });
            }
            _ => {}
        }
    });
    if swallowed {
        // Kept, it would hide that the value may hold the lines of other events.
        collector.restart();
        collector.reject_line(
            line,
            "a quoted value of several lines, longer than 4096 bytes: is a quote missing?",
        );
    } else if values == header.columns.len() {
        collector.finish(&draft, &extra);
    } else {
        collector.restart();
        let expected = header.columns.len();
        collector.reject_line(line, format!("has {values} values where the header has {expected}"));
    }
}

/// Takes records apart.
struct Splitter {
    core: Box<csv_core::Reader>,
    /// Values of a record with quotes, without them, one after the other.
    output: Vec<u8>,
    ends: Vec<usize>,
}

impl Splitter {
    fn new() -> Self {
        let core = csv_core::ReaderBuilder::new().terminator(Terminator::Any(b'\n')).build();
        Self { core: Box::new(core), output: Vec::new(), ends: Vec::new() }
    }

    /// Calls `each` with every value of a record, which comes without its line end.
    fn split<'s>(&'s mut self, record: &'s [u8], mut each: impl FnMut(Result<&'s str, Fault>)) {
        let text = |value: &'s [u8]| std::str::from_utf8(value).map_err(|_| NOT_UTF8);
        if memchr(b'"', record).is_none() {
            match std::str::from_utf8(record) {
                Ok(record) => record.split(',').for_each(|value| each(Ok(value))),
                Err(_) => record.split(|byte| *byte == b',').for_each(|value| each(text(value))),
            }
            return;
        }
        self.unquote(record);
        let mut start = 0;
        for end in &self.ends {
            each(text(&self.output[start..*end]));
            start = *end;
        }
    }

    fn unquote(&mut self, record: &[u8]) {
        // Unquoting only shortens, and every value but the last ends at a comma.
        self.output.resize(record.len(), 0);
        self.ends.resize(memchr_iter(b',', record).count() + 1, 0);
        self.core.reset();
        let (result, _, bytes, values) =
            self.core.read_record(record, &mut self.output, &mut self.ends);
        let mut total = values;
        if matches!(result, ReadRecordResult::InputEmpty) {
            let (output, ends) = (&mut self.output[bytes..], &mut self.ends[values..]);
            total += self.core.read_record(b"", output, ends).3;
        }
        self.ends.truncate(total);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The records as this module takes them apart; `None` where a quote has no end.
    fn ours(bytes: &[u8]) -> Option<Vec<Vec<String>>> {
        let mut splitter = Splitter::new();
        let mut records = Vec::new();
        let mut start = 0;
        while start < bytes.len() {
            let end = match record_end(bytes, start) {
                RecordEnd::At(end) => end,
                RecordEnd::Open => bytes.len(),
                RecordEnd::Quoted | RecordEnd::Astray => return None,
            };
            let record = without_line_end(&bytes[start..end]);
            if !record.is_empty() {
                let mut values = Vec::new();
                splitter.split(record, |value| values.push(value.expect("ASCII").to_owned()));
                records.push(values);
            }
            start = end;
        }
        Some(records)
    }

    fn of_the_csv_crate(bytes: &[u8]) -> Vec<Vec<String>> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(bytes)
            .records()
            .map(|record| record.expect("ASCII").iter().map(str::to_owned).collect())
            .collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

        #[test]
        fn records_are_those_of_the_csv_crate(text in "[a,\"\n]{0,40}") {
            if let Some(records) = ours(text.as_bytes()) {
                prop_assert_eq!(records, of_the_csv_crate(text.as_bytes()));
            }
        }
    }
}
