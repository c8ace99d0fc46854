//! The same numbers as a picture shows, as rows: what "Table" shows and "CSV" saves.

use crate::text::{bits, count, spreadsheet_safe};

/// Rows under named columns.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    /// Names of the columns, lower case with underscores, units last.
    pub columns: Vec<&'static str>,
    /// Each with as many cells as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Text, which may come from an attacker.
    Text(String),
    /// How many.
    Count(u64),
    /// Bits of evidence.
    Bits(f64),
    /// A share from 0 to 1.
    Share(f64),
    /// Nothing.
    None,
}

impl Cell {
    /// For people.
    pub fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(number) => count(*number),
            Self::Bits(value) => bits(*value),
            Self::Share(share) => crate::text::percent(*share),
            Self::None => "–".to_owned(),
        }
    }

    /// Whether it stands at the right of its column.
    pub const fn is_number(&self) -> bool {
        matches!(self, Self::Count(_) | Self::Bits(_) | Self::Share(_))
    }

    fn plain(&self) -> String {
        match self {
            Self::Text(text) => spreadsheet_safe(text).into_owned(),
            Self::Count(number) => number.to_string(),
            Self::Bits(value) => format!("{value:.3}"),
            Self::Share(share) => format!("{share:.6}"),
            Self::None => String::new(),
        }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl Table {
    /// A table without rows.
    pub fn new(columns: &[&'static str]) -> Self {
        Self { columns: columns.to_vec(), rows: Vec::new() }
    }

    /// As CSV (RFC 4180): numbers as they are, and no cell that a spreadsheet takes for a formula.
    pub fn csv(&self) -> String {
        let mut writer =
            csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
        let memory = "memory takes every write";
        writer.write_record(&self.columns).expect(memory);
        for row in &self.rows {
            writer.write_record(row.iter().map(Cell::plain)).expect("as many cells as columns");
        }
        String::from_utf8(writer.into_inner().expect(memory)).expect("cells are text")
    }
}
