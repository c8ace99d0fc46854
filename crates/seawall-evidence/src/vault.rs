//! Are the bytes still what they were when they came in, and can they be made unreadable for good?
//!
//! Objects are found by the SHA-256 of their content, which is taken while the bytes stream in, before anything
//! else looks at them. They lie encrypted, each under its own key, which the key of the case wraps: deleting
//! that key disposes of the object, and the log still verifies.

use std::{
    io::{self, Read, Write},
    sync::Arc,
};

use rand_core::CryptoRng;

use crate::{
    hash::{Digest, Hasher},
    storage::{self, Existing, RelativePath, Storage},
};

mod check;
mod cipher;
mod key;
mod pending;

pub use check::{Known, Problem};
pub use cipher::CHUNK_BYTES;
pub use key::{CaseKey, NotAKey};
pub use pending::{Recovered, Said};

/// Why the vault did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// The source of the content failed, or the object while it was read.
    #[error("cannot read the content")]
    Read(#[source] io::Error),
    /// The content is larger than was allowed.
    #[error("the content is larger than {0} bytes")]
    TooLarge(u64),
    /// There is no such object.
    #[error("there is no object {0} in the vault")]
    Missing(Digest),
    /// The key of the object is gone: it was disposed of.
    #[error("the key of {0} is gone: the object was disposed of, or somebody deleted its key")]
    NoKey(Digest),
    /// The wrapped key cannot be opened.
    #[error("the key of {0} cannot be opened\nhint: is this the key of the case?")]
    WrongKey(Digest),
}

/// What came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Added {
    /// Hash of the content.
    pub sha256: Digest,
    /// Bytes of the content.
    pub size: u64,
    /// Hash of the encrypted object.
    pub ciphertext_sha256: Digest,
    /// Was the same content there already?
    pub was_there: bool,
}

/// The vault of a case.
///
/// Whoever adds or disposes holds the lock of the custody log: two who add the same content at once would
/// overwrite each other's object.
#[derive(Debug)]
pub struct Vault {
    storage: Arc<dyn Storage>,
    key: CaseKey,
}

impl Vault {
    /// The vault in the folder of a case.
    pub fn new(storage: Arc<dyn Storage>, key: CaseKey) -> Self {
        Self { storage, key }
    }

    /// Takes in all that `content` yields, up to `bytes_max`. Memory does not grow with it. When this returns,
    /// the object is on the disk; it stays marked until the entry that speaks of it is acknowledged and
    /// [`Vault::settle`] called. `random` makes its key.
    pub fn add(
        &self,
        content: &mut dyn Read,
        bytes_max: u64,
        random: &mut dyn CryptoRng,
    ) -> Result<Added, Error> {
        let key = key::ObjectKey::generate(random);
        let mut staged = self.storage.stage()?;
        let mut out = HashingWriter { inner: &mut staged, hasher: Hasher::new() };
        let mut content = content.take(bytes_max.saturating_add(1));
        let (sha256, size) =
            cipher::encrypt(&mut content, &mut out, &key, random).map_err(Error::Read)?;
        let ciphertext_sha256 = out.hasher.finish();
        if size > bytes_max {
            return Err(Error::TooLarge(bytes_max));
        }
        if self.storage.open(&key_path(sha256))?.is_some() {
            // Written once: the object that is there stays, if it still is what it says.
            let mut reader = self.open(sha256)?;
            io::copy(&mut reader, &mut io::sink()).map_err(Error::Read)?;
            let ciphertext_sha256 = self.ciphertext(sha256)?;
            return Ok(Added { sha256, size, ciphertext_sha256, was_there: true });
        }
        self.announce(sha256)?;
        // An object without a key is what a crash or a disposal left: nobody can read it.
        staged.publish(&object_path(sha256), Existing::Replace)?;
        let wrapped = self.key.wrap(&key, sha256, random);
        self.storage.write_new(&key_path(sha256), &wrapped)?;
        Ok(Added { sha256, size, ciphertext_sha256, was_there: false })
    }

    /// Reads an object. Each chunk is verified before it is handed out, and the hash of the whole at its end: what
    /// is wrong is an error of the reader.
    pub fn open(&self, sha256: Digest) -> Result<impl Read + use<>, Error> {
        let wrapped = self.storage.read(&key_path(sha256), key::WRAPPED_BYTES as u64);
        let wrapped = match wrapped {
            Ok(wrapped) => wrapped.ok_or(Error::NoKey(sha256))?,
            Err(storage::Error::TooLarge { .. }) => return Err(Error::WrongKey(sha256)),
            Err(error) => return Err(error.into()),
        };
        let object = self.storage.open(&object_path(sha256))?.ok_or(Error::Missing(sha256))?;
        let key = self.key.unwrap(&wrapped, sha256).ok_or(Error::WrongKey(sha256))?;
        cipher::Decrypting::new(object, &key, sha256).map_err(Error::Read)
    }

    /// Reads an object of at most `bytes_max` bytes at once.
    pub fn read(&self, sha256: Digest, bytes_max: u64) -> Result<Vec<u8>, Error> {
        let mut content = Vec::new();
        let mut reader = self.open(sha256)?.take(bytes_max.saturating_add(1));
        io::copy(&mut reader, &mut content).map_err(Error::Read)?;
        if content.len() as u64 > bytes_max {
            return Err(Error::TooLarge(bytes_max));
        }
        Ok(content)
    }

    /// Destroys the key of an object, so that nobody can read it any more. Whether that is allowed is a question
    /// of holds and approvals, which come before; so does [`Vault::announce`], that it comes about also after a crash.
    pub fn dispose(&self, sha256: Digest) -> Result<(), Error> {
        self.storage.delete(&key_path(sha256))?;
        self.settle(sha256)
    }

    fn ciphertext(&self, sha256: Digest) -> Result<Digest, Error> {
        let object = self.storage.open(&object_path(sha256))?.ok_or(Error::Missing(sha256))?;
        Ok(Digest::of_reader(object).map_err(Error::Read)?.0)
    }
}

fn object_path(sha256: Digest) -> RelativePath {
    let hash = sha256.to_string();
    RelativePath::own(format!("vault/sha256/{}/{}/{hash}", &hash[..2], &hash[2..4]))
}

fn key_path(sha256: Digest) -> RelativePath {
    RelativePath::own(format!("keys/{sha256}"))
}

struct HashingWriter<W> {
    inner: W,
    hasher: Hasher,
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(content)?;
        self.hasher.update(&content[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
