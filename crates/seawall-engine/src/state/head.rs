//! What says which files are a state, and what is in them.

use std::{
    io::{self, Read as _, Write as _},
    path::Path,
};

use seawall_core::decision::snapshot::Snapshot;
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::blocks::FileNote;
use crate::{Error, read::InputDigest};

/// The file that a state begins with.
pub(super) const HEAD: &str = "state.json";
const HEAD_PARTIAL: &str = "state.json.partial";
/// Rises when a reader of states has to change.
const SCHEMA: u32 = 1;
/// Longest head that is read: room for 100,000 inputs.
const BYTES_MAX: u64 = 64 << 20;

/// An input that was taken in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Taken {
    pub(super) night: u32,
    pub(super) sha256: String,
}

/// What a state is made of. The second line of the file is its checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Head {
    program: String,
    schema: u32,
    /// Version of the program that wrote it last.
    version: String,
    /// Kinds of selectors and their versions: values of others cannot be compared.
    kinds: Vec<(String, u16)>,
    /// Whether texts of personal values are kept in clear.
    pub(super) reveal: bool,
    /// Nights so far.
    pub(super) nights: u32,
    /// What was read in them.
    pub(super) taken: Vec<Taken>,
    /// Accounts: columns of hashes.
    pub(super) accounts: Option<FileNote>,
    /// Ids of accounts.
    pub(super) ids: Option<FileNote>,
    /// Texts of values.
    pub(super) values: Option<FileNote>,
    /// Accounts of clusters, reported or not.
    pub(super) clusters: Option<FileNote>,
    /// Campaigns through the nights.
    pub(super) lineage: Option<FileNote>,
}

impl Head {
    /// Of a state of nothing.
    pub(super) fn new(reveal: bool) -> Self {
        Self {
            program: "seawall".to_owned(),
            schema: SCHEMA,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            kinds: Snapshot::own_kinds(),
            reveal,
            nights: 0,
            taken: Vec::new(),
            accounts: None,
            ids: None,
            values: None,
            clusters: None,
            lineage: None,
        }
    }

    /// The same after another night, without files.
    pub(super) fn next(&self, inputs: &[InputDigest]) -> Self {
        let night = self.nights + 1;
        let own = |input: &InputDigest| Taken { night, sha256: input.sha256.clone() };
        let taken = self.taken.iter().cloned().chain(inputs.iter().map(own)).collect();
        Self { nights: night, taken, ..Self::new(self.reveal) }
    }

    /// The files of the state.
    pub(super) fn files(&self) -> impl Iterator<Item = &FileNote> {
        let Self { accounts, ids, values, clusters, lineage, .. } = self;
        [accounts, ids, values, clusters, lineage].into_iter().flatten()
    }

    /// The head in `folder`; `None` where there is none.
    pub(super) fn read(folder: &Path) -> Result<Option<Self>, Error> {
        let path = folder.join(HEAD);
        let damaged = |what| Error::state_damaged(&path, what);
        let file = match fs_err::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(source) => return Err(Error::state_read(&path, source)),
        };
        let mut text = String::new();
        file.take(BYTES_MAX).read_to_string(&mut text).map_err(|source| match source.kind() {
            io::ErrorKind::InvalidData => damaged("it is no text"),
            _ => Error::state_read(&path, source),
        })?;
        let (body, check) = text.split_once('\n').ok_or_else(|| damaged("it is not whole"))?;
        if check.trim_end() != format!("{:016x}", xxh3_64(body.as_bytes())) {
            return Err(damaged("it is not as it was written"));
        }
        let other = |reason: String| Error::StateOther { folder: folder.to_owned(), reason };
        let value: serde_json::Value =
            serde_json::from_str(body).map_err(|_| damaged("it is no JSON"))?;
        if value["schema"] != SCHEMA {
            return Err(other(format!(
                "it has schema {}, this version has {SCHEMA}",
                value["schema"]
            )));
        }
        let head: Self =
            serde_json::from_value(value).map_err(|_| damaged("it lacks something"))?;
        if head.kinds != Snapshot::own_kinds() {
            return Err(other("its selectors are those of another version".to_owned()));
        }
        Ok(Some(head))
    }

    /// Puts it in the place of the one before: all of it or nothing.
    pub(super) fn write(&self, folder: &Path) -> Result<(), Error> {
        let body = serde_json::to_string(self).expect("plain data in memory");
        let text = format!("{body}\n{:016x}\n", xxh3_64(body.as_bytes()));
        let (partial, path) = (folder.join(HEAD_PARTIAL), folder.join(HEAD));
        let written = fs_err::File::create(&partial).and_then(|mut file| {
            file.write_all(text.as_bytes())?;
            file.sync_all()
        });
        written.map_err(|source| Error::state_write(&partial, source))?;
        let renamed = fs_err::rename(&partial, &path)
            .and_then(|()| fs_err::File::open(folder))
            .and_then(|folder| folder.sync_all());
        renamed.map_err(|source| Error::state_write(&path, source))
    }
}
