//! Is each object that the log knows in the vault, whole, and is there nothing else?

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt, io,
};

use super::{Error, Vault, key_path, object_path};
use crate::{hash::Digest, storage::RelativePath};

/// What the log says about an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// Hash of the content.
    pub sha256: Digest,
    /// Bytes of the content.
    pub size: u64,
    /// Hash of the encrypted object, where it was recorded.
    pub ciphertext_sha256: Option<Digest>,
    /// Does the log say that it was disposed of?
    pub is_disposed: bool,
}

/// What is wrong with the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Problem {
    /// An object that the log knows is not there.
    Missing(Digest),
    /// The key of an object is gone, and the log has no disposal.
    NoKey(Digest),
    /// The key of an object cannot be opened.
    WrongKey(Digest),
    /// An object is not what came in.
    Changed(Digest),
    /// Where an object should be lies another one.
    Swapped {
        /// Which should be there.
        expected: Digest,
        /// Which is there.
        found: Digest,
    },
    /// An object has another size than the log says.
    Size {
        /// Which object.
        sha256: Digest,
        /// What the log says.
        expected: u64,
        /// What it has.
        got: u64,
    },
    /// An object was disposed of, and its key is still there.
    NotDisposed(Digest),
    /// A file that the log does not know.
    Added(RelativePath),
    /// What should not be in the vault at all: a link, or a name that nobody gave.
    Strange(String),
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(sha256) => write!(f, "object {sha256} is missing"),
            Self::NoKey(sha256) => write!(f, "the key of object {sha256} is missing"),
            Self::WrongKey(sha256) => write!(f, "the key of object {sha256} cannot be opened"),
            Self::Changed(sha256) => write!(f, "object {sha256} was changed"),
            Self::Swapped { expected, found } => {
                write!(f, "where object {expected} should be lies object {found}")
            }
            Self::Size { sha256, expected, got } => {
                write!(f, "object {sha256} has {got} bytes, not {expected}")
            }
            Self::NotDisposed(sha256) => {
                write!(f, "object {sha256} was disposed of, and its key is still there")
            }
            Self::Added(path) => write!(f, "the log does not know `{path}`"),
            Self::Strange(name) => write!(f, "`{name}` does not belong into a vault"),
        }
    }
}

impl Vault {
    /// Compares the vault with what the log knows: all objects are read and decrypted. The problems are sorted as
    /// the objects are.
    pub fn check(&self, known: &[Known]) -> Result<Vec<Problem>, Error> {
        let known: BTreeMap<Digest, Known> = known.iter().map(|it| (it.sha256, *it)).collect();
        let by_ciphertext: BTreeMap<Digest, Digest> =
            known.values().filter_map(|it| Some((it.ciphertext_sha256?, it.sha256))).collect();
        let mut problems = Vec::new();
        for object in known.values() {
            problems.extend(self.check_one(object, &by_ciphertext)?);
        }
        let expected: BTreeSet<RelativePath> =
            known.keys().flat_map(|hash| [object_path(*hash), key_path(*hash)]).collect();
        for folder in ["vault", "keys"] {
            let listing = self.storage.list(Some(&RelativePath::own(folder)))?;
            let files = listing.files.into_iter().map(|file| file.path);
            let added = files.filter(|path| !expected.contains(path));
            problems.extend(added.map(Problem::Added));
            problems.extend(listing.strange.into_iter().map(Problem::Strange));
        }
        Ok(problems)
    }

    fn check_one(
        &self,
        object: &Known,
        by_ciphertext: &BTreeMap<Digest, Digest>,
    ) -> Result<Option<Problem>, Error> {
        let sha256 = object.sha256;
        if object.is_disposed {
            let has_key = self.storage.open(&key_path(sha256))?.is_some();
            return Ok(has_key.then_some(Problem::NotDisposed(sha256)));
        }
        let ciphertext = match self.ciphertext(sha256) {
            Err(Error::Missing(_)) => return Ok(Some(Problem::Missing(sha256))),
            ciphertext => ciphertext?,
        };
        if object.ciphertext_sha256.is_some_and(|expected| expected != ciphertext) {
            let other = by_ciphertext.get(&ciphertext).copied();
            return Ok(Some(match other {
                Some(found) => Problem::Swapped { expected: sha256, found },
                None => Problem::Changed(sha256),
            }));
        }
        let mut content = match self.open(sha256) {
            Ok(content) => content,
            Err(Error::NoKey(_)) => return Ok(Some(Problem::NoKey(sha256))),
            Err(Error::WrongKey(_)) => return Ok(Some(Problem::WrongKey(sha256))),
            Err(Error::Read(error)) if is_change(&error) => {
                return Ok(Some(Problem::Changed(sha256)));
            }
            Err(error) => return Err(error),
        };
        match io::copy(&mut content, &mut io::sink()) {
            Ok(got) if got != object.size => {
                Ok(Some(Problem::Size { sha256, expected: object.size, got }))
            }
            Ok(_) => Ok(None),
            Err(error) if is_change(&error) => Ok(Some(Problem::Changed(sha256))),
            Err(error) => Err(Error::Read(error)),
        }
    }
}

fn is_change(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
}
