//! Which case is this, and whose key speaks for its log? `case.json`.

use serde::{Deserialize, Serialize};

use crate::{
    canonical,
    note::{BadKey, PublicKey, Verifier},
    storage::RelativePath,
    text::{Id, Words},
    time::Time,
};

/// `case.json`: the body of the first entry, and a file beside the log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseFile {
    /// The id of the case.
    pub id: Id,
    /// What people call it.
    pub title: Words,
    /// The name of its log.
    pub origin: String,
    /// The key of its log.
    pub public_key: PublicKey,
    /// When the case was opened.
    pub opened_at: Time,
}

impl CaseFile {
    /// Largest file that is read.
    pub const BYTES_MAX: u64 = 65_535;

    /// Where it lies in a case.
    pub fn path() -> RelativePath {
        RelativePath::own("case.json")
    }

    /// Reads it, in its one spelling.
    pub fn parse(bytes: &[u8]) -> Result<Self, canonical::Error> {
        canonical::parse_up_to(bytes, Self::BYTES_MAX as usize)
    }

    /// What checkpoints and seals are verified with.
    pub fn verifier(&self) -> Result<Verifier, BadKey> {
        Verifier::new(self.origin.clone(), self.public_key)
    }
}
