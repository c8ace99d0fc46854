//! What do the two files say?
//!
//! Accounts become hashes and names become numbers, so that ten million labels take a few hundred
//! megabytes.

use std::collections::HashMap;
use std::io::Read;
use std::path::Path;

use seawall_core::event::LINE_BYTES_MAX;

use super::Error;

/// An account of a campaign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MemberRow {
    /// XXH3-64 of the account's id.
    pub account: u64,
    /// Its campaign, as an index of [`Members::campaigns`].
    pub campaign: u32,
}

/// A `members.csv`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Members {
    /// One row for each account, by its hash.
    pub rows: Vec<MemberRow>,
    /// Names of campaigns.
    pub campaigns: Vec<String>,
    /// Rows left out, because their account had one already.
    pub repeated: u64,
}

/// The truth about an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TruthRow {
    /// XXH3-64 of the account's id.
    pub account: u64,
    /// Fraudulent, benign, or unknown.
    pub fraud: Option<bool>,
    /// True campaign, as an index of [`Truth::names`]; 0 is none.
    pub campaign: u32,
    /// Operator, likewise.
    pub operator: u32,
    /// Kind, likewise.
    pub kind: u32,
}

/// A truth file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Truth {
    /// One row for each account, by its hash.
    pub rows: Vec<TruthRow>,
    /// Names of campaigns, operators and kinds; the first is empty.
    pub names: Vec<String>,
    /// Rows left out, because their account had one already.
    pub repeated: u64,
}

/// Hash under which an account is compared.
pub(super) fn account_hash(account: &[u8]) -> u64 {
    xxhash_rust::xxh3::xxh3_64(account)
}

/// Reads a `members.csv`.
pub fn read_members(path: &Path) -> Result<Members, Error> {
    members_from(open(path)?, path)
}

/// Reads a truth file.
pub fn read_truth(path: &Path) -> Result<Truth, Error> {
    truth_from(open(path)?, path)
}

pub(super) fn members_from(source: impl Read, path: &Path) -> Result<Members, Error> {
    let mut reader = Table::new(source, path)?;
    let (account, campaign) = (reader.required("account")?, reader.required("campaign")?);
    let mut names = Names::default();
    let mut rows = Vec::new();
    while reader.next()? {
        let campaign = names.number(reader.field(Some(campaign)), path)?;
        rows.push(MemberRow { account: account_hash(reader.field(Some(account))), campaign });
    }
    rows.sort_by_key(|row| row.account);
    let before = rows.len();
    rows.dedup_by_key(|row| row.account);
    let repeated = (before - rows.len()) as u64;
    Ok(Members { rows, campaigns: names.list, repeated })
}

pub(super) fn truth_from(source: impl Read, path: &Path) -> Result<Truth, Error> {
    let mut reader = Table::new(source, path)?;
    let (account, fraud) = (reader.required("account")?, reader.required("fraud")?);
    let [campaign, operator, kind] =
        ["campaign", "operator", "kind"].map(|column| reader.column(column));
    let mut names = Names::default();
    names.number(b"", path)?;
    let mut rows = Vec::new();
    while reader.next()? {
        let fraud = label(reader.field(Some(fraud))).map_err(|UnreadableLabel| Error::Label {
            path: path.to_owned(),
            line: reader.line(),
        })?;
        rows.push(TruthRow {
            account: account_hash(reader.field(Some(account))),
            fraud,
            campaign: names.number(reader.field(campaign), path)?,
            operator: names.number(reader.field(operator), path)?,
            kind: names.number(reader.field(kind), path)?,
        });
    }
    // Stable: of two rows of an account, the first in the file is kept.
    rows.sort_by_key(|row| row.account);
    let before = rows.len();
    rows.dedup_by_key(|row| row.account);
    let repeated = (before - rows.len()) as u64;
    Ok(Truth { rows, names: names.list, repeated })
}

/// A label that is neither yes nor no, and not empty.
struct UnreadableLabel;

/// Yes, no, or unknown.
fn label(text: &[u8]) -> Result<Option<bool>, UnreadableLabel> {
    let text = text.trim_ascii();
    if text.is_empty() {
        Ok(None)
    } else if text == b"1" || text.eq_ignore_ascii_case(b"true") {
        Ok(Some(true))
    } else if text == b"0" || text.eq_ignore_ascii_case(b"false") {
        Ok(Some(false))
    } else {
        Err(UnreadableLabel)
    }
}

/// Names as numbers, in the order of their first appearance.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    numbers: HashMap<Vec<u8>, u32>,
}

impl Names {
    fn number(&mut self, name: &[u8], path: &Path) -> Result<u32, Error> {
        if let Some(&number) = self.numbers.get(name) {
            return Ok(number);
        }
        let number =
            u32::try_from(self.list.len()).map_err(|_| Error::Names { path: path.to_owned() })?;
        self.list.push(String::from_utf8_lossy(name).into_owned());
        self.numbers.insert(name.to_vec(), number);
        Ok(number)
    }
}

fn open(path: &Path) -> Result<fs_err::File, Error> {
    fs_err::File::open(path).map_err(|source| Error::Read { path: path.to_owned(), source })
}

/// A CSV file with a header.
struct Table<'a, R> {
    reader: csv::Reader<LineLimit<R>>,
    header: csv::ByteRecord,
    record: csv::ByteRecord,
    path: &'a Path,
}

impl<'a, R: Read> Table<'a, R> {
    fn new(source: R, path: &'a Path) -> Result<Self, Error> {
        let mut reader = csv::ReaderBuilder::new()
            .flexible(true)
            .from_reader(LineLimit { source, line_bytes: 0 });
        let header = reader
            .byte_headers()
            .map_err(|source| Error::Csv { path: path.to_owned(), source })?
            .clone();
        Ok(Self { reader, header, record: csv::ByteRecord::new(), path })
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| {
            let column = column.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(column);
            column.trim_ascii().eq_ignore_ascii_case(name.as_bytes())
        })
    }

    fn required(&self, column: &'static str) -> Result<usize, Error> {
        self.column(column).ok_or_else(|| Error::Column { path: self.path.to_owned(), column })
    }

    fn next(&mut self) -> Result<bool, Error> {
        self.reader
            .read_byte_record(&mut self.record)
            .map_err(|source| Error::Csv { path: self.path.to_owned(), source })
    }

    /// A field of the current row; a missing one is empty.
    fn field(&self, column: Option<usize>) -> &[u8] {
        column.and_then(|column| self.record.get(column)).unwrap_or_default()
    }

    fn line(&self) -> u64 {
        self.record.position().map_or(0, csv::Position::line)
    }
}

/// A source that fails at a line longer than any we write, rather than hold it all in memory.
struct LineLimit<R> {
    source: R,
    line_bytes: usize,
}

impl<R: Read> Read for LineLimit<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        let piece = &buffer[..count];
        // Lines within a piece are shorter than it; only what reaches over pieces can grow.
        self.line_bytes = match piece.iter().rposition(|&byte| byte == b'\n') {
            Some(last) => count - last - 1,
            None => self.line_bytes + count,
        };
        if self.line_bytes > LINE_BYTES_MAX {
            let message = format!("a line is longer than {LINE_BYTES_MAX} bytes");
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, message));
        }
        Ok(count)
    }
}
