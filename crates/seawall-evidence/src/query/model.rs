//! What can be asked of a dataset?

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{error::Error, members::Members, plan::Plan, sql};
use crate::{canonical, dataset::Manifest, hash::Digest};

/// Most conditions of a question.
pub const CONDITIONS_MAX: usize = 64;
/// Most columns to group by.
pub const GROUP_BY_MAX: usize = 16;
/// Most measures.
pub const MEASURES_MAX: usize = 64;
/// Most values that one condition allows.
pub const ONE_OF_MAX: usize = 10_000;

/// What is asked of a dataset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// Id of the query: `Q-003`.
    pub id: String,
    /// Id of the dataset.
    pub dataset: String,
    /// What must hold of a row, all of it.
    #[serde(rename = "where")]
    pub conditions: Vec<Condition>,
    /// Columns whose values make a group.
    pub group_by: Vec<String>,
    /// What is said of each group.
    pub measures: Vec<Measure>,
}

/// Something that must hold of a row. Nothing but [`Comparison::Absent`] holds of an absent value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Condition {
    /// The column.
    pub column: String,
    /// How its value is compared.
    pub is: Comparison,
    /// With what: a value of the column's type, for [`Comparison::OneOf`] a list of them, for
    /// [`Comparison::MemberOf`] a file of members, and nothing for [`Comparison::Present`] and [`Comparison::Absent`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<Value>,
}

/// How a value is compared. Text compares by its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Comparison {
    /// The same.
    Equal,
    /// Another.
    NotEqual,
    /// Before.
    Less,
    /// Before, or the same.
    AtMost,
    /// After.
    More,
    /// After, or the same.
    AtLeast,
    /// There is a value.
    Present,
    /// There is none.
    Absent,
    /// One of a list.
    OneOf,
    /// One of the members that a sealed file names: [`super::Members`].
    MemberOf,
}

/// What is said of a group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// What it is called in the aggregate.
    pub name: String,
    /// What it is.
    pub of: Of,
    /// Of which column. Only a count has none: it counts rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
}

/// What a measure is. Absent values are passed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Of {
    /// How many rows, or values.
    Count,
    /// How many different values.
    CountDistinct,
    /// The sum of integers; left out where there are none.
    Sum,
    /// The least value; left out where there is none.
    Minimum,
    /// The greatest value; left out where there is none.
    Maximum,
}

/// A question with its answer's hash, as a bundle carries it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Query {
    /// What was asked.
    #[serde(flatten)]
    pub question: Question,
    /// The same in SQL, for another engine.
    pub sql: String,
    /// Hash of the aggregate.
    pub output_sha256: Digest,
}

impl Question {
    /// The members that conditions speak of; what is none is left out.
    pub fn members(&self) -> impl Iterator<Item = Members> {
        let of = self.conditions.iter().filter(|condition| condition.is == Comparison::MemberOf);
        of.filter_map(|condition| Members::of(condition.value.as_ref()?).ok())
    }

    /// Can this be asked of the dataset that `manifest` describes?
    pub fn check(&self, manifest: &Manifest) -> Result<(), Error> {
        Plan::new(self, manifest).map(drop)
    }

    /// The same question in SQL, to be asked of a table that is called as the dataset. Times come out as nanoseconds
    /// since 1970.
    pub fn sql(&self, manifest: &Manifest) -> Result<String, Error> {
        Plan::new(self, manifest)?;
        sql::of(self, manifest)
    }
}

impl Query {
    /// Reads a query from canonical JSON.
    pub fn parse(bytes: &[u8]) -> Result<Self, Error> {
        let query: Self = canonical::parse(bytes).map_err(Error::Form)?;
        // A field that means nothing to us would be lost: then the query is not what it says.
        if query.to_bytes()? == bytes { Ok(query) } else { Err(Error::UnknownField) }
    }

    /// The query as canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, Error> {
        canonical::to_bytes(self).map_err(Error::Form)
    }
}
