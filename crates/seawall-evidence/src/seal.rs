//! What must not change any more, as of when? Seals: signed lists of items, with a Merkle root.

use serde::{Deserialize, Serialize};

use crate::{
    canonical,
    custody::{CheckpointShown, SealBody},
    hash::Digest,
    merkle,
    note::{self, Note, Signer, Verifier},
    text::Id,
    time::Time,
};

const MARK: &str = "seawall-seal/v1\n";

/// Why something is no seal.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Not a note, or not signed by the log's key.
    #[error("seal: {0}")]
    Note(#[from] note::Error),
    /// Signed, but not of the form of a seal.
    #[error("not a seal: it does not open with `seawall-seal/v1`")]
    Mark,
    /// Not canonical JSON of a seal.
    #[error("not a seal: {0}")]
    Form(#[from] canonical::Error),
    /// A seal over nothing, or over one item twice, or in no order.
    #[error("a seal covers at least one item, each once, in the order of their ids")]
    Covers,
    /// The root is not that of what is covered.
    #[error("the root is not that of what is covered (expected {expected}, got {got})")]
    Root {
        /// The root that was signed.
        expected: Digest,
        /// The root of what is listed.
        got: Digest,
    },
}

/// One item that a seal covers.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cover {
    /// The item.
    pub item: Id,
    /// Hash of its content.
    pub sha256: Digest,
    /// Bytes of its content.
    pub size: u64,
}

/// A seal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Seal {
    /// Its id: `seal-` and a ULID.
    pub id: Id,
    /// When it was made.
    pub created: Time,
    /// What it covers, sorted by item.
    pub covers: Vec<Cover>,
    /// Merkle root over the canonical JSON of each cover.
    pub root: Digest,
    /// The log before the seal.
    pub checkpoint: CheckpointShown,
}

impl Seal {
    /// A seal over `covers`, in whatever order they come.
    pub fn new(
        id: Id,
        created: Time,
        mut covers: Vec<Cover>,
        checkpoint: CheckpointShown,
    ) -> Result<Self, Error> {
        covers.sort_unstable();
        let root = root_of(&covers)?;
        Ok(Self { id, created, covers, root, checkpoint })
    }

    /// Signs it with the log's key.
    pub fn sign(&self, signer: &Signer) -> Result<Note, Error> {
        let line = String::from_utf8(canonical::to_bytes(self)?).expect("JSON is UTF-8");
        Ok(Note::sign(format!("{MARK}{line}\n"), &[signer])?)
    }

    /// Reads a seal and verifies signature, order and root.
    pub fn open(bytes: &[u8], verifier: &Verifier) -> Result<Self, Error> {
        let note = Note::parse(bytes)?;
        note.verify(verifier)?;
        let seal = Self::of_note(&note)?;
        let got = root_of(&seal.covers)?;
        if got == seal.root { Ok(seal) } else { Err(Error::Root { expected: seal.root, got }) }
    }

    /// What a note says, whoever signed it, and whether it is right or not.
    pub fn read(bytes: &[u8]) -> Result<Self, Error> {
        Self::of_note(&Note::parse(bytes)?)
    }

    fn of_note(note: &Note) -> Result<Self, Error> {
        let line = note.text().strip_prefix(MARK).and_then(|line| line.strip_suffix('\n'));
        Ok(canonical::parse(line.ok_or(Error::Mark)?.as_bytes())?)
    }

    /// The body of the log's entry about it.
    pub fn body(&self, note: &Note, time_stamps: Vec<Digest>) -> Result<SealBody, Error> {
        Ok(SealBody {
            id: self.id.clone(),
            manifest_sha256: Digest::of(canonical::to_bytes(self)?),
            root: self.root,
            note_sha256: Digest::of(note.to_string()),
            time_stamps,
        })
    }
}

fn root_of(covers: &[Cover]) -> Result<Digest, Error> {
    let ordered = covers.is_sorted_by(|left, right| left.item < right.item);
    if covers.is_empty() || !ordered {
        return Err(Error::Covers);
    }
    let leaf = |cover| canonical::to_bytes(cover).map(merkle::leaf);
    let leaves: Vec<Digest> = covers.iter().map(leaf).collect::<Result<_, _>>()?;
    Ok(merkle::root(&leaves))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover(item: &str) -> Cover {
        Cover { item: Id::new(item).unwrap(), sha256: Digest::of(item), size: 1 }
    }

    fn seal(covers: Vec<Cover>) -> Result<Seal, Error> {
        let checkpoint = CheckpointShown { size: 0, root: Digest::of([]) };
        Seal::new(
            Id::new("seal-1").unwrap(),
            Time::from_unix_seconds(0).unwrap(),
            covers,
            checkpoint,
        )
    }

    fn signer() -> Signer {
        Signer::from_seed("log", &[1; 32]).unwrap()
    }

    /// A seal signed as it stands, without asking whether it is one.
    fn signed(seal: &Seal) -> String {
        let line = String::from_utf8(canonical::to_bytes(seal).unwrap()).unwrap();
        Note::sign(format!("{MARK}{line}\n"), &[&signer()]).unwrap().to_string()
    }

    #[test]
    fn what_is_sealed_is_read_again_in_order() {
        let made = seal(vec![cover("b"), cover("a")]).unwrap();
        assert_eq!(made, seal(vec![cover("a"), cover("b")]).unwrap());
        let note = made.sign(&signer()).unwrap();
        assert_eq!(note.to_string(), signed(&made));
        assert_eq!(Seal::open(signed(&made).as_bytes(), signer().verifier()).unwrap(), made);
        let body = made.body(&note, Vec::new()).unwrap();
        assert_eq!((body.root, body.note_sha256), (made.root, Digest::of(signed(&made))));
    }

    #[test]
    fn a_seal_is_over_something_once() {
        assert!(matches!(seal(vec![]), Err(Error::Covers)));
        assert!(matches!(seal(vec![cover("a"), cover("a")]), Err(Error::Covers)));
        let made = seal(vec![cover("a"), cover("b")]).unwrap();
        let turned = Seal { covers: made.covers.iter().rev().cloned().collect(), ..made.clone() };
        let opened = |seal: &Seal| Seal::open(signed(seal).as_bytes(), signer().verifier());
        assert!(matches!(opened(&turned), Err(Error::Covers)));
        let other = Seal { covers: vec![cover("a"), cover("c")], ..made };
        assert!(matches!(opened(&other), Err(Error::Root { .. })));
    }

    #[test]
    fn only_the_key_of_the_log_seals() {
        let note = signed(&seal(vec![cover("a")]).unwrap());
        let stranger = Signer::from_seed("log", &[2; 32]).unwrap();
        let opened = Seal::open(note.as_bytes(), stranger.verifier());
        assert!(matches!(opened, Err(Error::Note(note::Error::NotSigned(_)))));
        let bigger = note.replace("\"size\":1", "\"size\":2");
        let opened = Seal::open(bigger.as_bytes(), signer().verifier());
        assert!(matches!(opened, Err(Error::Note(note::Error::WrongSignature(_)))));
    }
}
