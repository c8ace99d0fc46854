//! What if the process dies between an object and the entry that speaks of it? A mark tells, and the log decides.

use super::{Error, Vault, key_path, object_path};
use crate::{hash::Digest, storage::RelativePath};

/// What the log says of an object that was marked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// Nothing: whatever was to be said of it was never acknowledged.
    Nothing,
    /// It is an item, or belongs to one.
    Kept,
    /// It was disposed of.
    Disposed,
}

/// What was left half done, and is done now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Recovered {
    /// An object that no entry speaks of was deleted.
    Removed(Digest),
    /// The key of an object was deleted, whose disposal was acknowledged.
    Disposed(Digest),
}

impl Vault {
    /// Marks an object of which an entry is to speak: until [`Vault::settle`], the log decides after a crash whether it
    /// stays.
    pub fn announce(&self, sha256: Digest) -> Result<(), Error> {
        Ok(self.storage.replace(&pending_path(sha256), b"")?)
    }

    /// The log has spoken of an object, and all is as it says.
    pub fn settle(&self, sha256: Digest) -> Result<(), Error> {
        Ok(self.storage.delete(&pending_path(sha256))?)
    }

    /// Finishes what a crash, or a refusal, left half done: an object that the log says nothing of is deleted, the key
    /// of one that it says was disposed of as well. To be called by the one who holds the lock of the log.
    pub fn recover(&self, said: &dyn Fn(Digest) -> Said) -> Result<Vec<Recovered>, Error> {
        let mut recovered = Vec::new();
        for stored in self.storage.list(Some(&pending()))?.files {
            let Some(sha256) = marked(&stored.path) else { continue };
            let (object, key) = (object_path(sha256), key_path(sha256));
            let is_there = |path| Ok::<_, Error>(self.storage.open(path)?.is_some());
            match said(sha256) {
                Said::Kept => {}
                Said::Disposed => {
                    if is_there(&key)? {
                        recovered.push(Recovered::Disposed(sha256));
                    }
                    self.storage.delete(&key)?;
                }
                Said::Nothing => {
                    if is_there(&object)? || is_there(&key)? {
                        recovered.push(Recovered::Removed(sha256));
                    }
                    self.storage.delete(&key)?;
                    self.storage.delete(&object)?;
                }
            }
            self.settle(sha256)?;
        }
        Ok(recovered)
    }
}

fn pending() -> RelativePath {
    RelativePath::own("pending")
}

fn pending_path(sha256: Digest) -> RelativePath {
    RelativePath::own(format!("pending/{sha256}"))
}

fn marked(path: &RelativePath) -> Option<Digest> {
    path.within(&pending())?.as_str().parse().ok()
}
