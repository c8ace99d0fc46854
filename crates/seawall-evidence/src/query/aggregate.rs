//! What is the answer to a query, as a file?

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::error::Error;
use crate::{
    canonical::{self, INTEGER_MAX},
    hash::Digest,
};

/// Most groups of an aggregate.
pub const GROUPS_MAX: usize = 1_000_000;
/// Longest aggregate.
pub const AGGREGATE_BYTES_MAX: usize = 512 << 20;
/// Longest line of an aggregate.
const LINE_BYTES_MAX: usize = 8 << 20;

/// The answer to a query: canonical JSON lines, one for each group, in the order of its values.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate {
    lines: Vec<Map<String, Value>>,
    bytes: Vec<u8>,
    sha256: Digest,
}

impl Aggregate {
    pub(super) fn new(lines: Vec<Map<String, Value>>) -> Result<Self, Error> {
        let mut bytes = Vec::new();
        for line in &lines {
            bytes.extend(canonical::to_bytes(line).map_err(Error::Form)?);
            bytes.push(b'\n');
        }
        let line = lines.len();
        if bytes.len() > AGGREGATE_BYTES_MAX {
            return Err(Error::Aggregate { line, what: "too many bytes before it" });
        }
        let sha256 = Digest::of(&bytes);
        Ok(Self { lines, bytes, sha256 })
    }

    /// Reads an aggregate. The order of its lines is not looked at: their hash is that of a query, or it is not.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let wrong = |line, what| Error::Aggregate { line, what };
        if bytes.len() > AGGREGATE_BYTES_MAX {
            return Err(wrong(0, "the file is too long"));
        }
        let Some(content) = bytes.strip_suffix(b"\n") else {
            let empty = Self { lines: Vec::new(), bytes: Vec::new(), sha256: Digest::of([]) };
            return if bytes.is_empty() {
                Ok(empty)
            } else {
                Err(wrong(0, "the last line is cut off"))
            };
        };
        let mut lines = Vec::new();
        for (number, line) in (1..).zip(content.split(|byte| *byte == b'\n')) {
            if number > GROUPS_MAX {
                return Err(wrong(number, "more lines than there can be groups"));
            }
            let fields = canonical::parse_up_to(line, LINE_BYTES_MAX);
            lines.push(fields.map_err(|_| wrong(number, "not canonical JSON of an object"))?);
        }
        Ok(Self { lines, bytes: bytes.to_vec(), sha256: Digest::of(bytes) })
    }

    /// The file.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The hash of the file.
    pub fn sha256(&self) -> Digest {
        self.sha256
    }

    /// The groups: columns that are grouped by, and measures, by name.
    pub fn lines(&self) -> &[Map<String, Value>] {
        &self.lines
    }

    /// The line of the one group that has exactly these values in the columns `group_by`; absent ones are left out.
    pub fn line(
        &self,
        group_by: &[String],
        group: &Map<String, Value>,
    ) -> Option<&Map<String, Value>> {
        let columns: BTreeSet<&String> = group_by.iter().collect();
        if !group.keys().all(|column| columns.contains(column)) {
            return None;
        }
        let is_it = |line: &&Map<String, Value>| {
            group_by.iter().all(|column| line.get(column) == group.get(column))
        };
        let mut found = self.lines.iter().filter(is_it);
        let first = found.next();
        if found.next().is_none() { first } else { None }
    }
}

/// An integer as the format writes it: beyond 2⁵³ − 1 as text.
pub(crate) fn exact(integer: i128) -> Value {
    match i64::try_from(integer) {
        Ok(small) if (-INTEGER_MAX..=INTEGER_MAX).contains(&small) => small.into(),
        _ => integer.to_string().into(),
    }
}

/// The integer that is written so; nothing if it is none, or has another spelling.
pub(crate) fn integer(value: &Value) -> Option<i128> {
    let integer: i128 = match value {
        Value::Number(number) => number.as_i64()?.into(),
        Value::String(text) => text.parse().ok()?,
        _ => return None,
    };
    (exact(integer) == *value).then_some(integer)
}
