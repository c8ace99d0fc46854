//! What is the number? An integer, or two of which it is the ratio; never a fraction.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::query::aggregate::{exact, integer};

/// The value of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// A count, a sum, an extreme.
    Integer(Exact),
    /// The first by the second.
    Ratio([Exact; 2]),
}

/// An integer, written as text where JSON would not hold it exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Exact(pub i128);

impl Serialize for Exact {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        exact(self.0).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Exact {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let not_exact = || serde::de::Error::custom("not an integer, or one of another spelling");
        integer(&value).map(Self).ok_or_else(not_exact)
    }
}
