//! How many entries were there, and what is their root? A checkpoint (C2SP tlog-checkpoint), signed as a note.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};

use super::CheckpointShown;
use crate::{
    hash::Digest,
    note::{self, Note, Signer, Verifier},
};

/// Why a note is no checkpoint of this log.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Not a note, or not signed by the log's key.
    #[error("checkpoint: {0}")]
    Note(#[from] note::Error),
    /// Signed, but not of the form of a checkpoint.
    #[error("not a checkpoint: {0}")]
    Form(&'static str),
    /// A checkpoint of another log.
    #[error("a checkpoint of the log `{found}`, not of `{expected}`")]
    Origin {
        /// Which log it should be.
        expected: String,
        /// Which it is.
        found: String,
    },
}

/// A state of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The name of the log.
    pub origin: String,
    /// How many entries.
    pub size: u64,
    /// Their root.
    pub root: Digest,
}

impl Checkpoint {
    /// Signs it with the log's key, whose name is the origin.
    pub(super) fn sign(size: u64, root: Digest, signer: &Signer) -> Note {
        let text = format!("{}\n{size}\n{}\n", signer.name(), BASE64.encode(root));
        Note::sign(text, &[signer]).expect("a checkpoint has no control characters")
    }

    /// Reads a checkpoint and verifies its signature. Extension lines are not used, and refused.
    pub fn open(bytes: &[u8], verifier: &Verifier) -> Result<Self, CheckpointError> {
        let note = Note::parse(bytes)?;
        let mut lines = note.text().split_terminator('\n');
        let mut line = |what| lines.next().ok_or(CheckpointError::Form(what));
        let (origin, size, root) =
            (line("no origin")?.to_owned(), line("no size")?, line("no root")?);
        if lines.next().is_some() {
            return Err(CheckpointError::Form("lines after the root"));
        }
        if origin != verifier.name() {
            let expected = verifier.name().to_owned();
            return Err(CheckpointError::Origin { expected, found: origin });
        }
        note.verify(verifier)?;
        let number: u64 =
            size.parse().map_err(|_| CheckpointError::Form("the size is no number"))?;
        if number.to_string() != size {
            return Err(CheckpointError::Form("the size is no number as it is written"));
        }
        let decoded = BASE64.decode(root).ok().and_then(|bytes| bytes.try_into().ok());
        let root = decoded.ok_or(CheckpointError::Form("the root is no hash in Base64"))?;
        Ok(Self { origin, size: number, root: Digest::from_bytes(root) })
    }

    /// Size and root alone, as documents print them.
    pub fn shown(&self) -> CheckpointShown {
        CheckpointShown { size: self.size, root: self.root }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_own_log_counts() {
        let signer = Signer::from_seed("log.example.org/a", &[1; 32]).unwrap();
        let root = Digest::of("root");
        let note = Checkpoint::sign(7, root, &signer).to_string();
        let read = Checkpoint::open(note.as_bytes(), signer.verifier()).unwrap();
        assert_eq!((read.size, read.root), (7, root));
        assert!(note.starts_with("log.example.org/a\n7\n"));
        let other = Signer::from_seed("log.example.org/b", &[1; 32]).unwrap();
        let of_other = Checkpoint::open(note.as_bytes(), other.verifier());
        assert!(matches!(of_other, Err(CheckpointError::Origin { .. })));
        let forger = Signer::from_seed("log.example.org/a", &[2; 32]).unwrap();
        let forged = Checkpoint::open(note.as_bytes(), forger.verifier());
        assert!(matches!(forged, Err(CheckpointError::Note(note::Error::NotSigned(_)))));
    }

    #[test]
    fn signed_nonsense_is_refused() {
        let signer = Signer::from_seed("a", &[1; 32]).unwrap();
        let root = BASE64.encode(Digest::of(""));
        for text in [
            "a\n".to_owned(),
            "a\n1\n".to_owned(),
            format!("a\n01\n{root}\n"),
            format!("a\n-1\n{root}\n"),
            format!("a\n+1\n{root}\n"),
            "a\n1\nAAAA\n".to_owned(),
            format!("a\n1\n{root}\nextension\n"),
            format!("a\n18446744073709551616\n{root}\n"),
        ] {
            let note = Note::sign(text.clone(), &[&signer]).unwrap().to_string();
            let opened = Checkpoint::open(note.as_bytes(), signer.verifier());
            assert!(matches!(opened, Err(CheckpointError::Form(_))), "{text}");
        }
    }
}
