//! What does the log say that files are checked against? A fold over its entries.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    case_file::CaseFile,
    custody::{Action, Approve, Entry, EntryError, Propose, Release, SealBody},
    hash::Digest,
    item::Item,
    merkle::{self, Frontier},
    note::Verifier,
    text::Id,
};

/// An entry's position beside what it says.
pub(crate) type At<T> = (u64, T);

/// What the log says.
#[derive(Debug)]
pub(crate) struct Facts {
    pub(crate) case: CaseFile,
    pub(crate) verifier: Verifier,
    /// Items, by their ids.
    pub(crate) items: BTreeMap<Id, At<Item>>,
    /// The newest word about each seal.
    pub(crate) seals: BTreeMap<Id, At<SealBody>>,
    pub(crate) proposals: BTreeMap<Id, At<Propose>>,
    pub(crate) approvals: BTreeMap<u64, Approve>,
    pub(crate) releases: Vec<At<Release>>,
    /// Hashes of what was exported.
    pub(crate) exports: BTreeMap<Digest, u64>,
    /// Entries that need an approval or name one: what they act on, and the approval.
    pub(crate) approved: Vec<At<Approved>>,
    /// Hashes of content that was disposed of.
    pub(crate) disposed: BTreeSet<Digest>,
    /// Every hash of content that an entry has.
    pub(crate) hashes: BTreeSet<Digest>,
    tree: Frontier,
    /// The root of the log at each of its sizes.
    roots: Vec<Digest>,
}

/// An entry that rests on an approval, or should.
#[derive(Debug)]
pub(crate) struct Approved {
    pub(crate) action: Action,
    pub(crate) content_sha256: Option<Digest>,
    pub(crate) approval: Option<u64>,
}

impl Facts {
    pub(super) fn new(case: CaseFile, verifier: Verifier) -> Self {
        Self {
            case,
            verifier,
            items: BTreeMap::new(),
            seals: BTreeMap::new(),
            proposals: BTreeMap::new(),
            approvals: BTreeMap::new(),
            releases: Vec::new(),
            exports: BTreeMap::new(),
            approved: Vec::new(),
            disposed: BTreeSet::new(),
            hashes: BTreeSet::new(),
            tree: Frontier::new(),
            roots: vec![Frontier::new().root()],
        }
    }

    /// The next leaf of the log, whatever it says.
    pub(super) fn leaf(&mut self, bytes: &[u8]) {
        self.tree.push(merkle::leaf(bytes));
        self.roots.push(self.tree.root());
    }

    /// The root that the log had when it was that long.
    pub(crate) fn root_at(&self, size: u64) -> Option<Digest> {
        self.roots.get(usize::try_from(size).ok()?).copied()
    }

    /// How many entries there are.
    pub(crate) fn size(&self) -> u64 {
        self.tree.leaves()
    }

    /// Takes in an entry. An id that means two things is an error.
    pub(super) fn entry(&mut self, entry: &Entry) -> Result<(), EntryError> {
        let seq = entry.seq;
        let twice = |id: &Id| {
            let reason = format!("`{id}` is there already");
            Err(EntryError::Body { action: entry.action, reason })
        };
        self.hashes.extend(entry.object_sha256);
        match entry.action {
            action if action.brings_item() => {
                let item: Item = entry.body()?;
                self.hashes.extend(item.dataset);
                if let Some((_, before)) = self.items.insert(item.id.clone(), (seq, item)) {
                    return twice(&before.id);
                }
            }
            Action::Seal => {
                let seal: SealBody = entry.body()?;
                let before = self.seals.insert(seal.id.clone(), (seq, seal.clone()));
                let goes_on = |before: &SealBody| {
                    before.note_sha256 == seal.note_sha256
                        && seal.time_stamps.starts_with(&before.time_stamps)
                };
                if before.is_some_and(|(_, before)| !goes_on(&before)) {
                    return twice(&seal.id);
                }
            }
            Action::Propose => {
                let propose: Propose = entry.body()?;
                if let Some((_, before)) = self.proposals.insert(propose.id.clone(), (seq, propose))
                {
                    return twice(&before.id);
                }
            }
            Action::Approve => drop(self.approvals.insert(seq, entry.body()?)),
            Action::Release => {
                let release: Release = entry.body()?;
                self.hashes.insert(release.model_sha256);
                self.hashes.extend(release.companions.iter().map(|companion| companion.sha256));
                self.releases.push((seq, release));
            }
            Action::Export => {
                self.exports.extend(entry.object_sha256.map(|sha256| (sha256, seq)));
            }
            Action::Dispose => self.disposed.extend(entry.object_sha256),
            _ => {}
        }
        let needs = matches!(entry.action, Action::Release | Action::Dispose);
        if needs || entry.approval.is_some() {
            let (action, content_sha256) = (entry.action, entry.object_sha256);
            self.approved
                .push((seq, Approved { action, content_sha256, approval: entry.approval }));
        }
        Ok(())
    }
}
