//! What does a figure say?

use serde::{Deserialize, Serialize};
use serde_json::Map;

use super::{rounding::Rounding, value::Value};

/// A number that is to be said, and where it will come from. It has no value yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// Id: `F-012`.
    pub id: String,
    /// What it is called.
    pub label: String,
    /// What exactly is counted.
    pub definition: String,
    /// What it counts: accounts, percent, seconds.
    pub unit: String,
    /// Id of the query: `Q-003`.
    pub query: String,
    /// Which cell of its aggregate.
    pub cell: Cell,
    /// By what the cell is divided, if the figure is a ratio.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over: Option<Over>,
    /// How it is shown.
    pub rounding: Rounding,
}

/// A cell of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The values of the columns that are grouped by; absent ones are left out.
    pub group: Map<String, serde_json::Value>,
    /// The measure.
    pub measure: String,
}

/// The cell that a figure is divided by.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Over {
    /// Id of its query, if that is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub query: Option<String>,
    /// As of [`Cell`].
    pub group: Map<String, serde_json::Value>,
    /// As of [`Cell`].
    pub measure: String,
}

/// A number that comes from sealed data.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figure {
    /// Where it comes from.
    #[serde(flatten)]
    pub draft: Draft,
    /// The number.
    pub value: Value,
    /// What is shown.
    pub display: String,
    /// How far it has come.
    pub status: Status,
    /// Ids of the datasets that it comes from, sorted.
    pub datasets: Vec<String>,
}

/// How far a figure has come. A [`Draft`] is before all of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Its value is that of its cell.
    Bound,
    /// The cell was computed again from the sealed data, and is the same.
    Verified,
    /// Another figure stands in its place.
    Superseded,
}

impl Status {
    /// May a figure go from this status to that?
    pub fn leads_to(self, next: Self) -> bool {
        matches!(
            (self, next),
            (Self::Bound, Self::Verified | Self::Superseded) | (Self::Verified, Self::Superseded)
        )
    }
}

/// A figure may not go to this status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a figure that is {from:?} cannot become {to:?}")]
pub struct WrongStep {
    /// The status that it has.
    pub from: Status,
    /// The status that it should get.
    pub to: Status,
}

impl Figure {
    /// The figure with another status.
    pub fn become_status(mut self, to: Status) -> Result<Self, WrongStep> {
        if !self.status.leads_to(to) {
            return Err(WrongStep { from: self.status, to });
        }
        self.status = to;
        Ok(self)
    }
}
