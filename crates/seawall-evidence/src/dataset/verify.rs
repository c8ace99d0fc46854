//! Are the data still what was frozen? If not, which file, row group and rows differ?

use std::{collections::BTreeMap, fmt, num::NonZeroUsize, path::PathBuf};

use super::{
    error::Error,
    freeze::schema_difference,
    manifest::{File, Manifest, ROWS_MAX, RowGroup, root_of},
    measure::{Measured, Part, Watch, measure},
    salt::SaltKey,
    table::Table,
};
use crate::hash::Digest;

/// In what data differ from their manifest.
#[derive(Debug)]
pub enum Difference {
    /// The manifest contradicts itself.
    Manifest(Error),
    /// A file is not there.
    Missing {
        /// The file.
        file: String,
    },
    /// A file cannot be read, or not as Parquet.
    Unreadable(Error),
    /// A file has other bytes.
    Content {
        /// The file.
        file: String,
        /// Its hash when it was frozen.
        expected: Digest,
        /// Its hash now.
        got: Digest,
    },
    /// A file is longer or shorter.
    Bytes {
        /// The file.
        file: String,
        /// Bytes when it was frozen.
        expected: u64,
        /// Bytes now.
        got: u64,
    },
    /// A file has other columns.
    Schema {
        /// The file.
        file: String,
        /// What differs.
        difference: String,
    },
    /// A file has another number of row groups.
    RowGroups {
        /// The file.
        file: String,
        /// Row groups when it was frozen.
        expected: usize,
        /// Row groups now.
        got: usize,
    },
    /// A row group has another number of rows.
    Rows {
        /// The file.
        file: String,
        /// The row group, from 0.
        row_group: usize,
        /// Rows when it was frozen.
        expected: u64,
        /// Rows now.
        got: u64,
    },
    /// A row group has other rows, or the same in another order or place.
    Root {
        /// The file.
        file: String,
        /// The row group, from 0.
        row_group: usize,
        /// Its root when it was frozen.
        expected: Digest,
        /// Its root now.
        got: Digest,
    },
    /// The dataset has another root.
    DatasetRoot {
        /// The root when it was frozen.
        expected: Digest,
        /// The root now.
        got: Digest,
    },
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest(error) | Self::Unreadable(error) => error.fmt(f),
            Self::Missing { file } => write!(f, "file {file} is missing"),
            Self::Content { file, expected, got } => {
                write!(f, "file {file} has other content (expected {expected}, got {got})")
            }
            Self::Bytes { file, expected, got } => {
                write!(f, "file {file} has another length (expected {expected}, got {got})")
            }
            Self::Schema { file, difference } => {
                write!(f, "file {file} has other columns ({difference})")
            }
            Self::RowGroups { file, expected, got } => {
                write!(f, "file {file} has other row groups (expected {expected}, got {got})")
            }
            Self::Rows { file, row_group, expected, got } => {
                write!(
                    f,
                    "file {file}, row group {row_group}: other rows (expected {expected}, got {got})"
                )
            }
            Self::Root { file, row_group, expected, got } => {
                write!(
                    f,
                    "file {file}, row group {row_group}: other content (expected {expected}, got {got})"
                )
            }
            Self::DatasetRoot { expected, got } => {
                write!(f, "the dataset has another root (expected {expected}, got {got})")
            }
        }
    }
}

/// Reads the files of a dataset and names all that differs from its manifest. `paths` says where each file lies, by the
/// name that the manifest gives it.
///
/// # Errors
///
/// [`Error::WrongKey`] if the key is not that of the dataset: then nothing can be said about its rows.
/// [`Error::TooManyRows`] if the manifest states more rows than can be counted.
pub fn verify(
    manifest: &Manifest,
    paths: &BTreeMap<String, PathBuf>,
    key: &SaltKey,
    threads: NonZeroUsize,
) -> Result<Vec<Difference>, Error> {
    verify_and(manifest, paths, key, threads, &BTreeMap::new(), &|_, _| {})
}

/// As [`verify`], with what is known already of the content of files, by their names; `watch` gets all rows that could
/// be read.
pub(crate) fn verify_and(
    manifest: &Manifest,
    paths: &BTreeMap<String, PathBuf>,
    key: &SaltKey,
    threads: NonZeroUsize,
    contents: &BTreeMap<String, (Digest, u64)>,
    watch: Watch<'_>,
) -> Result<Vec<Difference>, Error> {
    if key.id() != manifest.salt_key {
        return Err(Error::WrongKey { needed: manifest.salt_key, given: key.id() });
    }
    if manifest.rows() > ROWS_MAX {
        return Err(Error::TooManyRows);
    }
    let mut differences = Vec::new();
    differences.extend(manifest.check().err().map(Difference::Manifest));
    let (mut first_row, mut parts, mut opened) = (0, Vec::new(), Vec::new());
    for file in &manifest.files {
        if let Some(table) = open(manifest, file, paths, &mut differences) {
            parts.push(Part { table, first_row, content: contents.get(&file.name).copied() });
            opened.push(file);
        }
        first_row += file.rows;
    }
    let measured = measure(&parts, &manifest.window, key, threads, watch);
    let found = opened.into_iter().zip(measured);
    let found = found.map(|(file, measured)| compare(file, measured, &mut differences));
    let files: Option<Vec<File>> = found.collect::<Vec<_>>().into_iter().collect();
    if let Some(files) = files.filter(|files| files.len() == manifest.files.len()) {
        let got = root_of(&files);
        if got != manifest.root {
            differences.push(Difference::DatasetRoot { expected: manifest.root, got });
        }
    }
    Ok(differences)
}

/// Opens one file, if it can be read at all, and compares its columns.
fn open(
    manifest: &Manifest,
    file: &File,
    paths: &BTreeMap<String, PathBuf>,
    differences: &mut Vec<Difference>,
) -> Option<Table> {
    let name = || file.name.clone();
    let Some(path) = paths.get(&file.name) else {
        differences.push(Difference::Missing { file: name() });
        return None;
    };
    let table = match Table::open(&file.name, path) {
        Ok(table) => table,
        Err(error) => {
            differences.push(Difference::Unreadable(error));
            return None;
        }
    };
    if let Some(difference) = schema_difference(&manifest.schema, table.columns()) {
        differences.push(Difference::Schema { file: name(), difference });
    }
    Some(table)
}

fn compare(file: &File, measured: Measured, differences: &mut Vec<Difference>) -> Option<File> {
    let name = || file.name.clone();
    let expected = file.row_groups.len();
    let got = measured.row_groups.len();
    if let Ok((got, _)) = &measured.content
        && *got != file.sha256
    {
        differences.push(Difference::Content { file: name(), expected: file.sha256, got: *got });
    }
    if let Ok((_, got)) = &measured.content
        && *got != file.bytes
    {
        differences.push(Difference::Bytes { file: name(), expected: file.bytes, got: *got });
    }
    if expected != got {
        differences.push(Difference::RowGroups { file: name(), expected, got });
    }
    let mut row_groups = Vec::with_capacity(got);
    let stated = file.row_groups.iter().map(Some).chain(std::iter::repeat(None));
    for (row_group, (found, stated)) in measured.row_groups.into_iter().zip(stated).enumerate() {
        match found {
            Ok(found) => {
                differences.extend(
                    stated.and_then(|stated| group_difference(file, row_group, *stated, found)),
                );
                row_groups.push(found);
            }
            Err(error) => differences.push(Difference::Unreadable(error)),
        }
    }
    match measured.content {
        Ok((sha256, bytes)) if row_groups.len() == got => {
            Some(File { sha256, bytes, row_groups, ..file.clone() })
        }
        Ok(_) => None,
        Err(error) => {
            differences.push(Difference::Unreadable(error));
            None
        }
    }
}

fn group_difference(
    file: &File,
    row_group: usize,
    stated: RowGroup,
    found: RowGroup,
) -> Option<Difference> {
    let file = file.name.clone();
    if stated.rows != found.rows {
        return Some(Difference::Rows { file, row_group, expected: stated.rows, got: found.rows });
    }
    (stated.root != found.root).then_some(Difference::Root {
        file,
        row_group,
        expected: stated.root,
        got: found.root,
    })
}
