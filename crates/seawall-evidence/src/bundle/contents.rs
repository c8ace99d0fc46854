//! Which files go into a bundle, beside the log?

use std::{
    collections::BTreeMap,
    fmt::{self, Write as _},
    io::{self, Cursor, Read},
};

use super::{CASE_FORMAT, Error, VERIFY_PY, layout};
use crate::{
    bundle::Person, canonical, case_file::CaseFile, hash::Digest, note::Note, seal::Seal,
    storage::RelativePath, text::Id,
};

type Opener<'a> = Box<dyn Fn() -> io::Result<Box<dyn Read + 'a>> + 'a>;

/// The files of a bundle, but for the log. Large ones are opened only when they are read.
#[derive(Default)]
pub struct Contents<'a> {
    files: BTreeMap<RelativePath, Opener<'a>>,
}

impl<'a> Contents<'a> {
    /// What is in every bundle: which case it is, who may approve, and how to check it all.
    pub fn new(case: &CaseFile, people: &[Person]) -> Result<Self, Error> {
        let mut contents = Self::default();
        let mut people = people.to_vec();
        people.sort_by(|left, right| left.name.cmp(&right.name));
        contents.add(layout::case_file(), canonical::to_bytes(case)?)?;
        contents.add(layout::people(), canonical::to_bytes(&people)?)?;
        contents.add(layout::verify_py(), VERIFY_PY.as_bytes().to_vec())?;
        contents.add(layout::case_format(), CASE_FORMAT.as_bytes().to_vec())?;
        Ok(contents)
    }

    /// Adds a file, whose path opens with `data/`.
    pub fn add(&mut self, path: RelativePath, content: Vec<u8>) -> Result<(), Error> {
        self.add_large(path, move || Ok(Box::new(Cursor::new(content.clone()))))
    }

    /// Adds a file that is opened when it is read: once for the list, once for the bundle.
    pub fn add_large(
        &mut self,
        path: RelativePath,
        open: impl Fn() -> io::Result<Box<dyn Read + 'a>> + 'a,
    ) -> Result<(), Error> {
        let is_payload = path.within(&layout::payload()).is_some();
        let is_custody = path.within(&layout::custody()).is_some();
        if !is_payload || is_custody || self.files.contains_key(&path) {
            return Err(Error::Twice(path));
        }
        self.files.insert(path, Box::new(open));
        Ok(())
    }

    /// Adds a seal with its time-stamps.
    pub fn add_seal(
        &mut self,
        seal: &Seal,
        note: &Note,
        time_stamps: &[Vec<u8>],
    ) -> Result<(), Error> {
        self.add(layout::seal(&seal.id), note.to_string().into_bytes())?;
        for (time_stamp, number) in time_stamps.iter().zip(1..) {
            self.add(layout::time_stamp(&seal.id, number), time_stamp.clone())?;
        }
        Ok(())
    }

    /// Adds the certificate of a time-stamp authority, as DER.
    pub fn add_certificate(&mut self, name: &Id, certificate: Vec<u8>) -> Result<(), Error> {
        self.add(layout::certificate(name), certificate)
    }

    /// Reads all files once, and says what they are.
    pub fn list(&self) -> Result<ExportList, Error> {
        let mut files = Vec::new();
        for path in self.files.keys() {
            let (sha256, bytes) = Digest::of_reader(self.open(path)?)
                .map_err(|source| Error::Read { path: path.clone(), source })?;
            files.push(Listed { path: path.clone(), sha256, bytes });
        }
        Ok(ExportList { files })
    }

    pub(super) fn open(&self, path: &RelativePath) -> Result<Box<dyn Read + '_>, Error> {
        let open = self.files.get(path).ok_or_else(|| Error::Changed(path.clone()))?;
        open().map_err(|source| Error::Read { path: path.clone(), source })
    }
}

impl fmt::Debug for Contents<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.files.keys()).finish()
    }
}

/// A file of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Where it lies.
    pub path: RelativePath,
    /// Its hash.
    pub sha256: Digest,
    /// Its size.
    pub bytes: u64,
}

/// The lines of a manifest.
pub(super) fn manifest(files: &[Listed]) -> String {
    let mut text = String::new();
    for Listed { path, sha256, .. } in files {
        writeln!(text, "{sha256}  {path}").expect("text can be written to");
    }
    text
}

/// What is exported, but for the log: `custody/exported.txt`, whose hash an `export` entry has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExportList {
    files: Vec<Listed>,
}

impl ExportList {
    /// The files, sorted by path.
    pub fn files(&self) -> &[Listed] {
        &self.files
    }

    /// One line for each file, as in the manifest of a bag.
    pub fn to_text(&self) -> String {
        manifest(&self.files)
    }

    /// The hash that the `export` entry has for `object_sha256`.
    pub fn sha256(&self) -> Digest {
        Digest::of(self.to_text())
    }
}
