//! How do objects of another server move here, with the dates that it gave them?

use std::path::Path;

use seawall_intel::{
    stix::Object,
    taxii::{Microseconds, SpecVersion, parse_microseconds},
};
use seawall_store::Error;

use super::{
    CollectionSettings,
    change::{Batch, NewObject, Outcome},
    kept::Kept,
    rows::CollectionKey,
};
use crate::clock::now_microseconds;

/// Objects that are brought to the disk in one go.
const TOGETHER: usize = 1000;

/// What was loaded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Loaded {
    /// Objects that are there now.
    pub added: u64,
    /// Objects whose version was there already.
    pub present: u64,
}

/// Loads objects into a collection, while no server runs.
pub struct Loader {
    kept: Kept,
    collection: CollectionKey,
    waiting: Vec<NewObject>,
    loaded: Loaded,
}

impl Loader {
    /// Opens the tables of a data directory.
    pub fn open(data: &Path, collection: &CollectionSettings) -> Result<Self, Error> {
        let kept = Kept::open(data)?;
        let id = uuid::Uuid::try_parse(&collection.id).unwrap_or_default();
        let loaded = Loaded::default();
        Ok(Self { kept, collection: id.into_bytes(), waiting: Vec::new(), loaded })
    }

    /// The version of an object: when it was changed, or else made.
    pub fn version(object: &Object) -> Option<Microseconds> {
        let time = |name| object.text(name).and_then(parse_microseconds);
        time("modified").or_else(|| time("created"))
    }

    /// Takes an object; `added` is when the other server got it, and not in the future. Where that date is taken
    /// already, the object gets the next one that is free.
    pub fn add(&mut self, object: &Object, added: Option<Microseconds>) -> Result<(), Error> {
        let version = Self::version(object);
        let spec_version = object.text("spec_version").and_then(SpecVersion::parse);
        let usual = if version.is_none() { SpecVersion::V21 } else { SpecVersion::V20 };
        let text = serde_json::to_vec(object.body()).unwrap_or_default();
        self.waiting.push(NewObject {
            id: object.id().clone(),
            version,
            spec_version: spec_version.unwrap_or(usual),
            text: text.into(),
            added: added.map(|date| date.min(now_microseconds())),
        });
        if self.waiting.len() >= TOGETHER { self.write() } else { Ok(()) }
    }

    fn write(&mut self) -> Result<(), Error> {
        let mut batch = Batch::new(&self.kept, now_microseconds());
        for object in std::mem::take(&mut self.waiting) {
            match batch.add(self.collection, &object)? {
                Outcome::Added(_) => self.loaded.added += 1,
                Outcome::Present(_) | Outcome::Differs(_) => self.loaded.present += 1,
            }
        }
        batch.commit()
    }

    /// Brings the rest to the disk.
    pub fn finish(mut self) -> Result<Loaded, Error> {
        self.write()?;
        Ok(self.loaded)
    }
}
