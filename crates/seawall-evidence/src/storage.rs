//! Where is a case kept, so that what was acknowledged is still there after a crash?
//!
//! A handful of operations over relative paths. A local folder has them ([`Folder`]); tests wrap it in one that
//! fails (`faulty::Faulty`, with the feature `fixture`).

use std::{
    fmt,
    io::{self, Read, Write},
    path::PathBuf,
    str::FromStr,
};

mod folder;
#[cfg(any(test, feature = "fixture"))]
pub mod faulty;
#[cfg(any(test, feature = "fixture"))]
mod memory;

pub use folder::Folder;
#[cfg(any(test, feature = "fixture"))]
pub use memory::Memory;

/// Why a storage did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The operating system refused.
    #[error("cannot {act} `{path}`")]
    Io {
        /// What was tried.
        act: &'static str,
        /// On which file or folder.
        path: String,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Something is there already that is written once only.
    #[error("`{0}` is there already, and is written once only")]
    Exists(RelativePath),
    /// A file is larger than what is read at once.
    #[error("`{path}` is larger than the {bytes_max} bytes that are read of it")]
    TooLarge {
        /// The file.
        path: RelativePath,
        /// How much would be read.
        bytes_max: u64,
    },
    /// More files than are listed.
    #[error("more than {0} files or folders within one another")]
    TooMany(usize),
    /// Someone else writes here.
    #[error("`{0}` is locked\nhint: another process writes to this case; wait until it is done")]
    Locked(RelativePath),
}

/// What is done with a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, and publishing fails.
    Keep,
    /// It is replaced: a reader sees the old content or the new, nothing between.
    Replace,
}

/// A file in the making, which nobody sees before it is published.
pub trait Staged: Write {
    /// Gives the file its name, durably: when this returns, the file survives a loss of power.
    fn publish(self: Box<Self>, path: &RelativePath, existing: Existing) -> Result<(), Error>;
}

/// Held by the one who may write. Dropping it gives the right back.
pub trait Lock: fmt::Debug + Send + Sync {}

/// A file, as listed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stored {
    /// Its path.
    pub path: RelativePath,
    /// Its size.
    pub bytes: u64,
}

/// What lies under a folder.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Plain files, sorted by path.
    pub files: Vec<Stored>,
    /// What is neither a plain file nor a folder, or has a name that no format of ours gives; sorted, escaped. So are
    /// files in the making, where the whole place is listed.
    pub strange: Vec<String>,
}

/// A place for files. Paths are relative to it.
pub trait Storage: fmt::Debug + Send + Sync {
    /// Opens a file. `None` if there is none.
    fn open(&self, path: &RelativePath) -> Result<Option<Box<dyn Read + Send>>, Error>;

    /// Where other programs can open a file by its path. `None` if there is no such file, or no such place.
    fn local_path(&self, _path: &RelativePath) -> Result<Option<PathBuf>, Error> {
        Ok(None)
    }

    /// Begins a file.
    fn stage(&self) -> Result<Box<dyn Staged + '_>, Error>;

    /// Deletes a file, durably. It is no error if there is none.
    fn delete(&self, path: &RelativePath) -> Result<(), Error>;

    /// The files under `folder`, or under the whole place.
    fn list(&self, folder: Option<&RelativePath>) -> Result<Listing, Error>;

    /// Locks `path` against all other writers.
    fn lock(&self, path: &RelativePath) -> Result<Box<dyn Lock>, Error>;

    /// Reads a file of at most `bytes_max` bytes. `None` if there is none.
    fn read(&self, path: &RelativePath, bytes_max: u64) -> Result<Option<Vec<u8>>, Error> {
        let Some(reader) = self.open(path)? else { return Ok(None) };
        let mut content = Vec::new();
        io::copy(&mut reader.take(bytes_max.saturating_add(1)), &mut content)
            .map_err(|source| Error::Io { act: "read", path: path.to_string(), source })?;
        if content.len() as u64 > bytes_max {
            return Err(Error::TooLarge { path: path.clone(), bytes_max });
        }
        Ok(Some(content))
    }

    /// Writes a file that must not be there yet.
    fn write_new(&self, path: &RelativePath, content: &[u8]) -> Result<(), Error> {
        write(self.stage()?, path, content, Existing::Keep)
    }

    /// Writes a file, whether it is there or not.
    fn replace(&self, path: &RelativePath, content: &[u8]) -> Result<(), Error> {
        write(self.stage()?, path, content, Existing::Replace)
    }
}

fn write(
    mut staged: Box<dyn Staged + '_>,
    path: &RelativePath,
    content: &[u8],
    existing: Existing,
) -> Result<(), Error> {
    staged.write_all(content).map_err(|source| Error::Io {
        act: "write",
        path: path.to_string(),
        source,
    })?;
    staged.publish(path, existing)
}

/// A path within a storage: names parted by `/`, each of letters, digits, `.`, `_` and `-`, none opening with a
/// dot. It cannot leave the place that it is relative to.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RelativePath(String);

/// A text that is no [`RelativePath`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{}` is not a path of this format: names of letters, digits, `.`, `_`, `-`, parted by `/`", .0.escape_debug())]
pub struct BadPath(pub String);

impl RelativePath {
    /// Longest path that is taken.
    pub const BYTES_MAX: usize = 512;

    /// Reads a path.
    pub fn new(text: impl Into<String>) -> Result<Self, BadPath> {
        let text = text.into();
        let good = |name: &str| {
            let plain =
                |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'.' | b'_' | b'-');
            !name.is_empty() && !name.starts_with('.') && name.bytes().all(plain)
        };
        if text.len() > Self::BYTES_MAX || !text.split('/').all(good) {
            return Err(BadPath(text.chars().take(Self::BYTES_MAX).collect()));
        }
        Ok(Self(text))
    }

    /// A path that this program made up.
    pub(crate) fn own(text: impl Into<String>) -> Self {
        Self::new(text).expect("paths that are made up here are good ones")
    }

    /// The path `inside` under this one.
    #[must_use]
    pub fn join(&self, inside: &Self) -> Self {
        Self(format!("{}/{}", self.0, inside.0))
    }

    /// What comes after the folder `folder`, if this lies in it.
    pub fn within(&self, folder: &Self) -> Option<Self> {
        let inside = self.0.strip_prefix(&folder.0)?.strip_prefix('/')?;
        Some(Self(inside.to_owned()))
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for RelativePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for RelativePath {
    type Err = BadPath;

    fn from_str(text: &str) -> Result<Self, BadPath> {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests;
