//! Why can a question not be asked or answered?

use crate::{canonical, dataset, hash::Digest};

/// What stops a query. Quotes names of columns, never values.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The query is not canonical JSON of the form that is needed.
    #[error("not a query")]
    Form(#[source] canonical::Error),
    /// The query has a field that means nothing.
    #[error("not a query: it has a field that is not known")]
    UnknownField,
    /// The question is about another dataset.
    #[error("the question is about {asked}, the dataset is {given}")]
    OtherDataset {
        /// The dataset that is asked about.
        asked: String,
        /// The dataset that is there.
        given: String,
    },
    /// A column is not there.
    #[error("there is no column {column}")]
    NoColumn {
        /// The column.
        column: String,
    },
    /// A condition cannot be tested.
    #[error("condition on {column}: {what}")]
    Condition {
        /// The column.
        column: String,
        /// What is wrong.
        what: &'static str,
    },
    /// A measure cannot be taken.
    #[error("measure {measure}: {what}")]
    Measure {
        /// The measure.
        measure: String,
        /// What is wrong.
        what: &'static str,
    },
    /// Too many of something, or none.
    #[error("{what}: {count}, where {min} to {max} can be")]
    Count {
        /// What there are too many of.
        what: &'static str,
        /// How many there are.
        count: usize,
        /// How few there may be.
        min: usize,
        /// How many there may be.
        max: usize,
    },
    /// A name is there twice, or not a name.
    #[error("{name} is there twice, or is no name")]
    Name {
        /// The name.
        name: String,
    },
    /// A sum does not fit 128 bits.
    #[error("measure {measure}: the sum is beyond 128 bits")]
    Overflow {
        /// The measure.
        measure: String,
    },
    /// The groups need too much memory.
    #[error(
        "the groups and values to be told apart need more than {max_bytes} bytes of memory\nhint: group by less, or narrow the question down"
    )]
    Memory {
        /// How much they may need.
        max_bytes: u64,
    },
    /// There are too many groups.
    #[error("more than {max} groups\nhint: group by less, or narrow the question down")]
    Groups {
        /// How many there may be.
        max: usize,
    },
    /// The dataset cannot be read.
    #[error("the dataset cannot be read")]
    Dataset(#[from] dataset::Error),
    /// A file of members is not there.
    #[error("there is no file of members {file}")]
    NoMembers {
        /// Its hash.
        file: Digest,
    },
    /// An aggregate is not what an aggregate is.
    #[error("line {line} of the aggregate: {what}")]
    Aggregate {
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        what: &'static str,
    },
}
