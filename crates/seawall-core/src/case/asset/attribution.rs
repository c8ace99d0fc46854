//! How sure is it that the operation uses an asset?

use serde::{Deserialize, Serialize};

use crate::actor::grade::{Alternative, Confidence};

/// What is said of whose an asset is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attribution {
    /// How sure it is.
    pub confidence: Confidence,
    /// What else was thought of.
    pub alternatives: Vec<Alternative>,
}

impl Attribution {
    /// Whether another explanation was thought of, and weighed.
    pub(super) fn is_weighed(&self) -> bool {
        !self.alternatives.is_empty() && self.alternatives.iter().all(Alternative::is_weighed)
    }
}
