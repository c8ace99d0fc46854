//! Why can a dataset not be frozen or read?

use std::io;

use super::completeness::Balance;
use crate::{canonical, hash::Digest};

/// What stops the freezing, reading or proving of a dataset. Quotes names of files, columns and sources, never values.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The sources do not add up.
    #[error(
        "incomplete: what was received is neither sealed nor in a gap\n{0}\nhint: name the gaps and their reasons, or add what is missing"
    )]
    Incomplete(Balance),
    /// A source contradicts itself.
    #[error("source {source_name}: {what}")]
    Source {
        /// The source.
        source_name: String,
        /// What is wrong with it.
        what: &'static str,
    },
    /// A file is of a source that is not declared.
    #[error("a file is of the source {source_name}, which is not among the sources")]
    UnknownSource {
        /// The source.
        source_name: String,
    },
    /// The files of a source have another number of rows than it says.
    #[error("source {source_name}: {stated} rows are stated as sealed, its files have {counted}")]
    Sealed {
        /// The source.
        source_name: String,
        /// Rows that it says are sealed.
        stated: u64,
        /// Rows that its files have.
        counted: u64,
    },
    /// The manifest is not canonical JSON of the form that is needed.
    #[error("not a manifest of a dataset")]
    Manifest(#[source] canonical::Error),
    /// A name is empty, too long, or not printable.
    #[error("the name of a {what} is empty, too long, or has control characters")]
    Name {
        /// What has the name.
        what: &'static str,
    },
    /// A name is there twice.
    #[error("two of one name: {what} {name}")]
    Twice {
        /// What has the name.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Too many of something.
    #[error("{count}, more than {max} of one sort: {what}")]
    Limit {
        /// What there are too many of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How many there may be.
        max: usize,
    },
    /// More rows than an integer of JSON can count.
    #[error("more rows than are counted exactly")]
    TooManyRows,
    /// The window has no time in it.
    #[error("the window ends before it begins")]
    EmptyWindow,
    /// The column that the window is about is not there, or holds no times.
    #[error("the window is about the column {column}, which is not a column of times")]
    NoTimeColumn {
        /// The column.
        column: String,
    },
    /// A file's rows are not the sum of its row groups.
    #[error("file {file}: its row groups do not add up to its {stated} rows")]
    Sum {
        /// The file.
        file: String,
        /// Rows it says it has.
        stated: u64,
    },
    /// The root is not that of the row groups.
    #[error("the root is {stated}, the row groups give {computed}")]
    Root {
        /// The root that the manifest states.
        stated: Digest,
        /// The root over its row groups.
        computed: Digest,
    },
    /// A file cannot be opened or read.
    #[error("file {file} cannot be read")]
    Read {
        /// The file.
        file: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// A file is no Parquet, or damaged.
    #[error("file {file}: {what}")]
    Damaged {
        /// The file.
        file: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A column has values of a sort that cannot be frozen.
    #[error(
        "file {file}, column {column}: values of type {found} cannot be frozen\nhint: integers, text, booleans and timestamps can; write a fraction as integers of a smaller unit"
    )]
    Type {
        /// The file.
        file: String,
        /// The column.
        column: String,
        /// The type that it has.
        found: String,
    },
    /// A file has other columns than the first one.
    #[error("file {file} has other columns than the first: {difference}")]
    Schema {
        /// The file.
        file: String,
        /// What differs.
        difference: String,
    },
    /// A row cannot be frozen. The number of the row is counted from 0 within the file.
    #[error("file {file}, row {row}: {fault}")]
    Row {
        /// The file.
        file: String,
        /// The row, from 0.
        row: u64,
        /// What is wrong.
        fault: RowFault,
    },
    /// The key is not the one that the rows were salted with.
    #[error("the salt key is {given}, the manifest needs {needed}")]
    WrongKey {
        /// The key that is needed.
        needed: Digest,
        /// The key that was given.
        given: Digest,
    },
    /// There is no such row.
    #[error("row {index} of {rows}")]
    NoRow {
        /// The row, from 0.
        index: u64,
        /// Rows that there are.
        rows: u64,
    },
    /// The data no longer give the root that the manifest states, so nothing can be proven from them.
    #[error(
        "row group {row_group} of file {file} is not what was frozen\nhint: verify the dataset"
    )]
    Changed {
        /// The file.
        file: String,
        /// The row group, from 0.
        row_group: usize,
    },
}

/// Why a row cannot be frozen.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RowFault {
    /// Text is not UTF-8.
    #[error("column {0}: not text in UTF-8")]
    NotText(String),
    /// A value is beyond what its type holds.
    #[error("column {0}: beyond 64 bits, or not within the years 1677 to 2262")]
    OutOfRange(String),
    /// The time lies outside the window, or is not there.
    #[error("column {0}: outside the window, or absent")]
    OutsideWindow(String),
    /// The row is too long.
    #[error("longer than {} bytes", super::row::ROW_BYTES_MAX)]
    TooLong,
}
