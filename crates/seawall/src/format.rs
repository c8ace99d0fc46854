//! In which forms can campaigns come out?

use clap::ValueEnum;

/// Form of the data on standard output.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people
    #[default]
    Table,
    /// One document
    Json,
    /// One campaign a line
    Ndjson,
    /// One campaign a row
    Csv,
}

/// Form of an answer that has no rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum AnswerFormat {
    /// For people
    #[default]
    Table,
    /// One document
    Json,
}
