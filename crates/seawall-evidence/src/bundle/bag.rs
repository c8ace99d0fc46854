//! How does a folder become a bag? The tag files of BagIt (RFC 8493), always the same bytes for the same payload.

use std::io::{self, Read};

use super::{Error, Listed, contents};
use crate::{
    hash::{Digest, HashingReader},
    storage::{Existing, RelativePath, Storage},
    text::{Id, Words},
    time::Time,
};

/// The declaration of a bag, to the byte.
pub(crate) const DECLARATION: &str = "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";

pub(crate) const DECLARATION_FILE: &str = "bagit.txt";
pub(crate) const INFO_FILE: &str = "bag-info.txt";
pub(crate) const MANIFEST_FILE: &str = "manifest-sha256.txt";
pub(crate) const TAG_MANIFEST_FILE: &str = "tagmanifest-sha256.txt";

/// What the bag says about itself, in `bag-info.txt`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Info {
    /// The case.
    pub case: Id,
    /// Who hands it on.
    pub organization: Words,
    /// Name and version of the program.
    pub tool: Words,
    /// When it was exported; the bag says the day.
    pub exported_at: Time,
}

impl Info {
    fn to_text(&self, files: u64, bytes: u64) -> String {
        let day = self.exported_at.to_string();
        format!(
            "Source-Organization: {}\nExternal-Identifier: {}\nBagging-Date: {}\n\
             Bag-Software-Agent: {}\nPayload-Oxum: {bytes}.{files}\n",
            self.organization,
            self.case,
            day.get(..10).unwrap_or(&day),
            self.tool,
        )
    }
}

/// Writes payload and tag files.
pub(super) struct Writer<'a> {
    storage: &'a dyn Storage,
    payload: Vec<Listed>,
}

impl<'a> Writer<'a> {
    pub(super) fn new(storage: &'a dyn Storage) -> Self {
        Self { storage, payload: Vec::new() }
    }

    /// Copies a file that must still be what was listed.
    pub(super) fn payload(&mut self, listed: &Listed, content: impl Read) -> Result<(), Error> {
        let mut staged = self.storage.stage()?;
        let mut content = HashingReader::new(content.take(listed.bytes.saturating_add(1)));
        io::copy(&mut content, &mut staged)
            .map_err(|source| Error::Read { path: listed.path.clone(), source })?;
        if content.finish() != (listed.sha256, listed.bytes) {
            return Err(Error::Changed(listed.path.clone()));
        }
        staged.publish(&listed.path, Existing::Keep)?;
        self.note(listed.clone());
        Ok(())
    }

    /// Writes a file.
    pub(super) fn text(&mut self, path: RelativePath, content: &[u8]) -> Result<(), Error> {
        self.storage.write_new(&path, content)?;
        let (sha256, bytes) = (Digest::of(content), content.len() as u64);
        self.note(Listed { path, sha256, bytes });
        Ok(())
    }

    /// A file that somebody else wrote.
    pub(super) fn note(&mut self, listed: Listed) {
        self.payload.push(listed);
    }

    /// Writes the tag files.
    pub(super) fn finish(mut self, info: &Info) -> Result<(), Error> {
        self.payload.sort_by(|left, right| left.path.cmp(&right.path));
        let (files, bytes) =
            (self.payload.len() as u64, self.payload.iter().map(|it| it.bytes).sum());
        let manifest = contents::manifest(&self.payload);
        let tags = [
            (INFO_FILE, info.to_text(files, bytes)),
            (DECLARATION_FILE, DECLARATION.to_owned()),
            (MANIFEST_FILE, manifest),
        ];
        let mut listed = Vec::new();
        for (name, content) in &tags {
            let path = RelativePath::own(*name);
            self.storage.write_new(&path, content.as_bytes())?;
            let (sha256, bytes) = (Digest::of(content), content.len() as u64);
            listed.push(Listed { path, sha256, bytes });
        }
        let tag_manifest = contents::manifest(&listed);
        Ok(self
            .storage
            .write_new(&RelativePath::own(TAG_MANIFEST_FILE), tag_manifest.as_bytes())?)
    }
}
