//! What does the manifest of a frozen dataset say?

use serde::{Deserialize, Serialize};

use super::{
    completeness::{self, Source},
    error::Error,
};
use crate::{
    canonical,
    hash::Digest,
    merkle::{self, Frontier},
    time::Time,
};

/// Most files of a dataset.
pub const FILES_MAX: usize = 100_000;
/// Most row groups of a dataset.
pub const ROW_GROUPS_MAX: usize = 1_000_000;
/// Most columns.
pub const COLUMNS_MAX: usize = 1_000;
/// Longest name of a file, column or source.
pub const NAME_BYTES_MAX: usize = 255;
/// Most rows: their number is written as an integer of JSON.
pub const ROWS_MAX: u64 = canonical::INTEGER_MAX as u64;

/// A frozen dataset, as canonical JSON says it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Id of the dataset.
    pub id: String,
    /// Columns, in the order of the files.
    pub schema: Vec<Column>,
    /// The time that the data are of.
    pub window: Window,
    /// Where the rows come from, and what is not among them.
    pub sources: Vec<Source>,
    /// The Parquet files, in order.
    pub files: Vec<File>,
    /// Merkle root over the roots of all row groups, in order.
    pub root: Digest,
    /// Id of the key that salts rows.
    pub salt_key: Digest,
}

/// A column of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What its values are.
    #[serde(rename = "type")]
    pub value_type: ValueType,
}

/// What the values of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueType {
    /// Integers of 64 bits.
    Integer,
    /// Text in UTF-8.
    Text,
    /// True or false.
    Boolean,
    /// Times in UTC, to the nanosecond.
    Time,
}

impl ValueType {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Time => "time",
        }
    }
}

/// The time that data are of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// Column whose times all lie in the window, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// First time in it.
    pub from: Time,
    /// First time after it.
    pub to: Time,
}

/// One Parquet file of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// What it is called.
    pub name: String,
    /// The source that all its rows come from.
    pub source: String,
    /// Hash of the file.
    pub sha256: Digest,
    /// Bytes of the file.
    pub bytes: u64,
    /// Rows in it.
    pub rows: u64,
    /// Its row groups, in order.
    pub row_groups: Vec<RowGroup>,
}

/// Rows that lie together in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowGroup {
    /// How many.
    pub rows: u64,
    /// Merkle root over their leaves.
    pub root: Digest,
}

impl Manifest {
    /// Reads a manifest, and checks that it agrees with itself.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let manifest: Self = canonical::parse(bytes).map_err(Error::Manifest)?;
        manifest.check()?;
        Ok(manifest)
    }

    /// The manifest as canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        canonical::to_bytes(self).map_err(Error::Manifest)
    }

    /// Rows of all files.
    pub fn rows(&self) -> u64 {
        // Saturating: of a manifest that was not checked, anything may be said.
        self.files.iter().fold(0, |sum, file| sum.saturating_add(file.rows))
    }

    /// What a column's values are, if there is one of that name.
    pub fn value_type(&self, column: &str) -> Option<ValueType> {
        self.schema.iter().find(|known| known.name == column).map(|known| known.value_type)
    }

    /// Does the manifest agree with itself? That needs no data: limits, names, sums, completeness and the root.
    pub fn check(&self) -> Result<(), Error> {
        check_schema(&self.schema)?;
        check_window(&self.window, &self.schema)?;
        names("file", FILES_MAX, self.files.iter().map(|file| file.name.as_str()))?;
        let groups: usize = self.files.iter().map(|file| file.row_groups.len()).sum();
        if groups > ROW_GROUPS_MAX {
            return Err(Error::Limit { what: "row groups", count: groups, max: ROW_GROUPS_MAX });
        }
        let mut total = 0_u64;
        for file in &self.files {
            let rows =
                file.row_groups.iter().try_fold(0_u64, |sum, group| sum.checked_add(group.rows));
            if rows != Some(file.rows) {
                return Err(Error::Sum { file: file.name.clone(), stated: file.rows });
            }
            total = total.saturating_add(file.rows);
        }
        if total > ROWS_MAX {
            return Err(Error::TooManyRows);
        }
        completeness::check(&self.sources)?;
        completeness::check_files(
            &self.sources,
            self.files.iter().map(|file| (file.source.as_str(), file.rows)),
        )?;
        let root = root_of(&self.files);
        if root != self.root {
            return Err(Error::Root { stated: self.root, computed: root });
        }
        Ok(())
    }

    /// The file and the row group within it that row `index` lies in, and its place there.
    pub(crate) fn locate(&self, index: u64) -> Option<Place> {
        let mut first_row = 0;
        let mut group_in_dataset = 0;
        for (file, stated) in self.files.iter().enumerate() {
            for (row_group, group) in stated.row_groups.iter().enumerate() {
                if index - first_row < group.rows {
                    return Some(Place {
                        file,
                        row_group,
                        group_in_dataset,
                        first_row,
                        rows: group.rows,
                    });
                }
                first_row += group.rows;
                group_in_dataset += 1;
            }
        }
        None
    }
}

/// Where a row lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: usize,
    /// Row group within the file.
    pub(crate) row_group: usize,
    /// Row group within the dataset.
    pub(crate) group_in_dataset: u64,
    /// Index of the row group's first row within the dataset.
    pub(crate) first_row: u64,
    /// Rows of the row group.
    pub(crate) rows: u64,
}

/// The leaf of a row group in the tree of its dataset.
pub(crate) fn group_leaf(root: Digest) -> Digest {
    merkle::leaf(root)
}

/// The root over all row groups of `files`.
pub(crate) fn root_of(files: &[File]) -> Digest {
    let mut tree = Frontier::new();
    for group in files.iter().flat_map(|file| &file.row_groups) {
        tree.push(group_leaf(group.root));
    }
    tree.root()
}

pub(crate) fn check_schema(schema: &[Column]) -> Result<(), Error> {
    names("column", COLUMNS_MAX, schema.iter().map(|column| column.name.as_str()))
}

pub(crate) fn check_window(window: &Window, schema: &[Column]) -> Result<(), Error> {
    if window.from >= window.to {
        return Err(Error::EmptyWindow);
    }
    let Some(name) = &window.column else { return Ok(()) };
    let is_time = |column: &Column| column.name == *name && column.value_type == ValueType::Time;
    if schema.iter().any(is_time) {
        Ok(())
    } else {
        Err(Error::NoTimeColumn { column: name.clone() })
    }
}

/// Names are short, printable, and each there once.
pub(crate) fn names<'a>(
    what: &'static str,
    max: usize,
    names: impl Iterator<Item = &'a str>,
) -> Result<(), Error> {
    let mut seen = std::collections::BTreeSet::new();
    for name in names {
        if name.is_empty() || name.len() > NAME_BYTES_MAX || name.chars().any(char::is_control) {
            return Err(Error::Name { what });
        }
        if !seen.insert(name) {
            return Err(Error::Twice { what, name: name.to_owned() });
        }
        if seen.len() > max {
            return Err(Error::Limit { what, count: seen.len(), max });
        }
    }
    Ok(())
}
