//! What is in this bundle, which somebody handed us? Nothing in it is believed.

use std::{collections::BTreeMap, io, sync::Arc};

use crate::{
    hash::Digest,
    storage::{Error, Listing, RelativePath, Storage},
};

/// A bundle, as it lies there.
#[derive(Debug)]
pub(crate) struct Bundle {
    storage: Arc<dyn Storage>,
    /// All files, with their sizes.
    pub(crate) files: BTreeMap<RelativePath, u64>,
    /// Links, and names that no file of a bundle has.
    pub(crate) strange: Vec<String>,
}

impl Bundle {
    pub(crate) fn open(storage: Arc<dyn Storage>) -> Result<Self, Error> {
        let Listing { files, strange } = storage.list(None)?;
        let files = files.into_iter().map(|file| (file.path, file.bytes)).collect();
        Ok(Self { storage, files, strange })
    }

    pub(crate) fn storage(&self) -> Arc<dyn Storage> {
        Arc::clone(&self.storage)
    }

    /// A file of at most `bytes_max` bytes. `None` if there is none.
    pub(crate) fn read(
        &self,
        path: &RelativePath,
        bytes_max: u64,
    ) -> Result<Option<Vec<u8>>, Error> {
        self.storage.read(path, bytes_max)
    }

    /// The hash of a file, however large. `None` if there is none.
    pub(crate) fn hash(&self, path: &RelativePath) -> Result<Option<Digest>, Error> {
        let Some(reader) = self.storage.open(path)? else { return Ok(None) };
        let hashed = Digest::of_reader(reader).map_err(|source: io::Error| Error::Io {
            act: "read",
            path: path.to_string(),
            source,
        })?;
        Ok(Some(hashed.0))
    }

    /// The files in a folder.
    pub(crate) fn within(&self, folder: &RelativePath) -> impl Iterator<Item = &RelativePath> {
        self.files.keys().filter(|path| path.within(folder).is_some())
    }
}

/// A line of a manifest, or why it is none.
type Line = Result<(RelativePath, Digest), String>;

/// The lines of a manifest: `HASH  PATH`.
pub(crate) fn lines(manifest: &[u8]) -> Vec<Line> {
    let text = String::from_utf8_lossy(manifest);
    let lines = text.split_terminator('\n').map(|line| {
        let parse = || {
            let (hash, path) = line.split_once("  ")?;
            Some((RelativePath::new(path).ok()?, hash.parse().ok()?))
        };
        parse().ok_or_else(|| line.chars().take(200).collect::<String>().escape_debug().to_string())
    });
    lines.collect()
}
