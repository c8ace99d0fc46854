//! Where does a run lie, and how are its files read there?
//!
//! In a folder, under their own names; or on object storage, where the manifest has its own name and the other files lie
//! in a folder beside it that is named after the manifest's hash. So each file of a run is at a place that no other run
//! writes to, and what the manifest says decides which of them are seen.

use std::{
    io::{self, Read},
    path::{Path, PathBuf},
};

use seawall_store::objects::{self, Bucket, Object, Settings, Url};
use sha2::{Digest as _, Sha256};

use super::{Error, MANIFEST, hexadecimal};

/// Longest manifest that is read: room for 100,000 inputs.
const MANIFEST_BYTES_MAX: u64 = 64 << 20;
/// Digits of the manifest's hash in the name of the folder.
const HASH_DIGITS: usize = 16;
/// What such a name begins with.
pub(super) const FILES_PREFIX: &str = "files-";

/// A place on object storage.
#[derive(Clone, Debug)]
pub(super) struct Elsewhere {
    pub(super) bucket: Bucket,
    pub(super) url: Url,
}

impl Elsewhere {
    /// `None` where `directory` is a path.
    pub(super) fn of(directory: &Path, settings: Option<&Settings>) -> Result<Option<Self>, Error> {
        let Some(text) = directory.to_str().filter(|text| Url::is_url(text)) else {
            return Ok(None);
        };
        let open = || -> Result<Self, objects::Error> {
            let url = Url::parse(text)?;
            let bucket = match settings {
                Some(settings) => Bucket::open(&url, settings),
                None => Bucket::open(&url, &Settings::of_environment()),
            }?;
            Ok(Self { bucket, url })
        };
        open().map(Some).map_err(Error::Objects)
    }

    /// The manifest that is there now, and which version of it that is.
    pub(super) fn manifest(&self) -> io::Result<Option<(Object, Vec<u8>)>> {
        let Some(found) = self.bucket.find(self.url.join(MANIFEST).key())? else { return Ok(None) };
        let text = found.range(0..found.bytes().min(MANIFEST_BYTES_MAX))?.to_vec();
        Ok(Some((found, text)))
    }

    /// The folder of the other files of the run that has this manifest.
    pub(super) fn files(&self, manifest: &[u8]) -> Url {
        let hash = hexadecimal(&Sha256::digest(manifest).into());
        self.url.join(&format!("{FILES_PREFIX}{}", &hash[..HASH_DIGITS]))
    }
}

/// Where the files of a run are.
#[derive(Clone, Debug)]
pub(super) enum Files {
    Folder(PathBuf),
    Objects(Bucket, Url),
}

impl Files {
    /// Finds a run; its manifest as it is written, and its files.
    pub(super) fn find(
        directory: &Path,
        settings: Option<&Settings>,
    ) -> Result<(Vec<u8>, Self), Error> {
        let path = directory.join(MANIFEST);
        let none = || Error::NoRun { directory: directory.to_owned() };
        if let Some(place) = Elsewhere::of(directory, settings)? {
            let found = place.manifest().map_err(|source| Error::read(&path, source))?;
            let (_, text) = found.ok_or_else(none)?;
            let files = place.files(&text);
            return Ok((text, Self::Objects(place.bucket, files)));
        }
        let file = match fs_err::File::open(&path) {
            Ok(file) => file,
            Err(source) if source.kind() == io::ErrorKind::NotFound => return Err(none()),
            Err(source) => return Err(Error::read(&path, source)),
        };
        let mut text = Vec::new();
        #[expect(clippy::disallowed_methods, reason = "capped by `take`")]
        let read = file.take(MANIFEST_BYTES_MAX).read_to_end(&mut text);
        read.map_err(|source| Error::read(&path, source))?;
        Ok((text, Self::Folder(directory.to_owned())))
    }

    /// Where a file is, as people are told.
    pub(super) fn path(&self, name: &str) -> PathBuf {
        match self {
            Self::Folder(folder) => folder.join(name),
            Self::Objects(_, folder) => folder.join(name).to_string().into(),
        }
    }

    /// Opens a file.
    pub(super) fn open(&self, name: &str) -> Result<Box<dyn Read>, Error> {
        let path = self.path(name);
        let opened: io::Result<Box<dyn Read>> = match self {
            Self::Folder(_) => fs_err::File::open(&path).map(|file| Box::new(file) as _),
            Self::Objects(bucket, folder) => match bucket.find(folder.join(name).key()) {
                Ok(Some(object)) => Ok(Box::new(object.stream()) as _),
                // Another run has taken its place, and its files were taken away.
                Ok(None) => return Err(Error::Changed { path }),
                Err(error) => Err(error.into()),
            },
        };
        opened.map_err(|source| Error::read(&path, source))
    }
}
