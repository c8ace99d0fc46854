//! What do the bodies say that a verifier reads?

use serde::{Deserialize, Serialize};

use super::{Action, Entry, EntryError};
use crate::{
    case_file::CaseFile,
    hash::Digest,
    item::Item,
    text::{Actor, Id, Words},
};

/// A seal was made: the body of `seal`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealBody {
    /// The seal.
    pub id: Id,
    /// Hash of the canonical JSON of what it covers.
    pub manifest_sha256: Digest,
    /// Merkle root over what it covers.
    pub root: Digest,
    /// Hash of the signed note.
    pub note_sha256: Digest,
    /// Hashes of the time-stamps; empty is "not yet time-stamped".
    pub time_stamps: Vec<Digest>,
}

/// Something needs a second person: the body of `propose`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Propose {
    /// The proposal.
    pub id: Id,
    /// What is proposed: `release`, `dispose`, `attribute` …
    pub kind: Id,
    /// Hash of exactly what is proposed.
    pub content_sha256: Digest,
    /// Who proposes.
    pub proposer: Actor,
}

/// A second person approved: the body of `approve`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Approve {
    /// The proposal.
    pub proposal: Id,
    /// Hash of what was approved.
    pub content_sha256: Digest,
    /// Who proposed.
    pub proposer: Actor,
    /// Who approves: somebody else.
    pub approver: Actor,
    /// The signed approval.
    pub note: String,
}

/// A document left the case: the body of `release`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Release {
    /// The document: `D2`.
    pub document: Id,
    /// Which version of it, from 1.
    pub version: u64,
    /// Hash of its model.
    pub model_sha256: Digest,
    /// Hash of its rendering.
    pub content_sha256: Digest,
    /// To whom.
    pub recipient: Words,
    /// The checkpoint that the document prints.
    pub checkpoint: CheckpointShown,
    /// The files that went with it, sorted by the endings of their names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<Companion>,
}

/// A file that went with a document: the same for machines, or for the web.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Companion {
    /// How its name ends: `html`, `xarf.json`. Neither that of the model nor that of the rendering.
    pub extension: Id,
    /// Hash of the file.
    pub sha256: Digest,
}

impl Release {
    /// Has each file a name of its own?
    fn are_told_apart(&self) -> bool {
        let names: Vec<&str> = self.companions.iter().map(|it| it.extension.as_str()).collect();
        names.is_sorted_by(|one, next| one < next)
            && !names.iter().any(|name| ["json", "pdf"].contains(name))
    }
}

/// Size and root of a log, as a document or a seal shows them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckpointShown {
    /// How many entries.
    pub size: u64,
    /// Their root.
    pub root: Digest,
}

/// A key was destroyed: the body of `dispose`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispose {
    /// Hash of the content that nobody can read any more.
    pub sha256: Digest,
    /// On what ground.
    pub basis: Words,
}

impl Entry {
    /// Is the body there that the action asks for, and does it speak of the same as the entry?
    pub fn check(&self) -> Result<(), EntryError> {
        let same = |fits: bool, reason: &str| {
            let reason = reason.to_owned();
            if fits { Ok(()) } else { Err(EntryError::Body { action: self.action, reason }) }
        };
        match self.action {
            Action::Open => {
                let case: CaseFile = self.body()?;
                same(self.object == case.id, "the object is another case")?;
                same(self.seq == 0, "a case is opened by its first entry")
            }
            Action::Acquire | Action::Receive | Action::Import | Action::Derive => {
                let item: Item = self.body()?;
                let hash = self.object_sha256 == Some(item.sha256);
                same(self.object == item.id && hash, "the object is another item")
            }
            Action::Seal => {
                let seal: SealBody = self.body()?;
                let hash = self.object_sha256 == Some(seal.note_sha256);
                same(self.object == seal.id && hash, "the object is another seal")
            }
            Action::Propose => {
                let propose: Propose = self.body()?;
                let hash = self.object_sha256 == Some(propose.content_sha256);
                same(self.object == propose.id && hash, "the object is another proposal")?;
                same(self.actor == propose.proposer, "the actor is not the proposer")
            }
            Action::Approve => {
                let approve: Approve = self.body()?;
                let hash = self.object_sha256 == Some(approve.content_sha256);
                same(self.object == approve.proposal && hash, "the object is another proposal")?;
                same(self.actor == approve.approver, "the actor is not the approver")
            }
            Action::Release => {
                let release: Release = self.body()?;
                let hash = self.object_sha256 == Some(release.content_sha256);
                same(self.object == release.document && hash, "the object is another document")?;
                same(release.are_told_apart(), "two of its files have one name")
            }
            Action::Dispose => {
                let dispose: Dispose = self.body()?;
                same(self.object_sha256 == Some(dispose.sha256), "the object has another hash")
            }
            _ => Ok(()),
        }
    }
}
