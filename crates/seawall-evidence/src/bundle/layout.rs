//! Where in a bundle does something lie?

use serde::{Deserialize, Serialize};

use crate::{
    hash::Digest,
    note::{BadKey, PublicKey, Verifier},
    storage::RelativePath,
    text::{Actor, Id, Role},
};

/// Somebody whose signature may stand under an approval: an element of `people.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// The name that entries and signatures have.
    pub name: Actor,
    /// As what the person acts.
    pub role: Role,
    /// What signatures are verified with.
    pub public_key: PublicKey,
}

impl Person {
    /// What the person's approvals are verified with.
    pub fn verifier(&self) -> Result<Verifier, BadKey> {
        Verifier::new(self.name.as_str(), self.public_key)
    }
}

fn data(inside: impl AsRef<str>) -> RelativePath {
    RelativePath::own(format!("data/{}", inside.as_ref()))
}

/// All that is not about the bag itself.
pub fn payload() -> RelativePath {
    RelativePath::own("data")
}

/// `case.json`.
pub fn case_file() -> RelativePath {
    data("case.json")
}

/// The custody log, and the list of what was exported.
pub fn custody() -> RelativePath {
    data("custody")
}

/// The folder of the custody log.
pub fn log() -> RelativePath {
    data("custody/log")
}

/// The list of all files but those of custody, whose hash is in an `export` entry.
pub fn exported() -> RelativePath {
    data("custody/exported.txt")
}

/// Who may approve, with their keys.
pub fn people() -> RelativePath {
    data("keys/people.json")
}

/// The folder of keys and certificates.
pub fn keys() -> RelativePath {
    data("keys")
}

/// The certificate of a time-stamp authority, as DER.
pub fn certificate(name: &Id) -> RelativePath {
    data(format!("keys/{name}.der"))
}

/// A seal.
pub fn seal(id: &Id) -> RelativePath {
    data(format!("seals/{id}.note"))
}

/// The folder of seals.
pub fn seals() -> RelativePath {
    data("seals")
}

/// A time-stamp of a seal, counted from 1.
pub fn time_stamp(seal: &Id, number: usize) -> RelativePath {
    data(format!("tst/{seal}-{number}.tsr"))
}

/// The folder of time-stamps.
pub fn time_stamps() -> RelativePath {
    data("tst")
}

/// Sealed content, in clear.
pub fn sealed(sha256: Digest) -> RelativePath {
    data(format!("sealed/{sha256}"))
}

/// The folder of documents.
pub fn documents() -> RelativePath {
    data("documents")
}

/// The model of a document.
pub fn model(document: &Id, version: u64) -> RelativePath {
    data(format!("documents/{document}-v{version}.json"))
}

/// The rendering of a document.
pub fn rendering(document: &Id, version: u64) -> RelativePath {
    data(format!("documents/{document}-v{version}.pdf"))
}

/// A file that goes with a document, by how its name ends.
pub fn companion(document: &Id, version: u64, extension: &Id) -> RelativePath {
    data(format!("documents/{document}-v{version}.{extension}"))
}

/// The list of figures.
pub fn figures() -> RelativePath {
    data("figures/figures.json")
}

/// The folder of queries.
pub fn queries() -> RelativePath {
    data("queries")
}

/// A query. Nothing if its id cannot be the name of a file.
pub fn query(id: &str) -> Option<RelativePath> {
    RelativePath::new(format!("data/queries/{id}.json")).ok()
}

/// The aggregate of a query. Nothing if its id cannot be the name of a file.
pub fn aggregate(query: &str) -> Option<RelativePath> {
    RelativePath::new(format!("data/aggregates/{query}.ndjson")).ok()
}

/// The folder of manifests of datasets.
pub fn datasets() -> RelativePath {
    data("datasets")
}

/// The manifest of a dataset. Nothing if its id cannot be the name of a file.
pub fn dataset(id: &str) -> Option<RelativePath> {
    RelativePath::new(format!("data/datasets/{id}.json")).ok()
}

/// A key that salts rows, by its id; only where the recipient may see all rows.
pub fn salt_key(id: Digest) -> RelativePath {
    data(format!("keys/{id}.salt"))
}

/// Folders whose every file is the content of an item, or something that an entry has the hash of.
pub fn logged() -> [RelativePath; 4] {
    [data("sealed"), data("exhibits"), data("datasets"), data("runs")]
}

/// The second implementation of level 0.
pub fn verify_py() -> RelativePath {
    data("verify.py")
}

/// The description of all formats.
pub fn case_format() -> RelativePath {
    data("case-format.md")
}
