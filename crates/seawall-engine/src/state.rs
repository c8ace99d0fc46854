//! What is kept of earlier nights, so that tonight only new events are read?
//!
//! A state is a folder: the accounts as columns of hashes, their ids, the texts of what several of them share, and the
//! campaigns through the nights. The files of a night are written beside those before and brought to the disk; then the
//! head is replaced, which is the one moment at which a night becomes true. Whatever ends a night before that leaves last
//! night's state.

mod blocks;
mod columns;
mod head;
mod keep;
mod night;
mod texts;

use std::{
    io,
    path::{Path, PathBuf},
};

use seawall_core::campaign::lineage::Lineage;
use seawall_store::lock::LockedFile;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error,
    read::{InputDigest, Source},
};
use blocks::{FileNote, Reader, Writer};
use columns::Kept;
use head::{HEAD, Head};

pub use keep::Keep;
pub use night::{Night, detect_night};

const LOCK: &str = "lock";
/// What files of nights are called.
const NIGHT: &str = "night-";

/// A state that is open: nobody else can write to it.
#[derive(Debug)]
pub struct State {
    folder: PathBuf,
    head: Head,
    lineage: Lineage,
    /// Held for as long as the state is open.
    _lock: LockedFile,
}

impl State {
    /// Opens the state in `folder`, which is made if absent. `reveal` says whether texts of personal values are kept in
    /// clear; a state keeps to what it began with.
    pub fn open(folder: &Path, reveal: bool) -> Result<Self, Error> {
        make(folder)?;
        let lock = lock(folder)?;
        let head = if let Some(head) = Head::read(folder)? {
            head
        } else {
            // From here on there is a head, and a folder of nights without one is damaged.
            nothing_else(folder)?;
            let head = Head::new(reveal);
            head.write(folder)?;
            head
        };
        if head.reveal != reveal {
            let reason = if head.reveal {
                "it was begun with --reveal"
            } else {
                "it was begun without --reveal"
            };
            return Err(Error::StateOther { folder: folder.to_owned(), reason: reason.to_owned() });
        }
        let lineage = read_lineage(folder, &head)?;
        Ok(Self { folder: folder.to_owned(), head, lineage, _lock: lock })
    }

    /// The campaigns of the state in `folder`, without opening it for a night.
    pub fn campaigns(folder: &Path) -> Result<Lineage, Error> {
        let head = Head::read(folder)?;
        let head = head.ok_or_else(|| Error::NoState { folder: folder.to_owned() })?;
        read_lineage(folder, &head)
    }

    /// Digests of the inputs; an error where one of them has been taken in already.
    fn fresh(&self, source: &Source) -> Result<Vec<InputDigest>, Error> {
        let inputs = source.digests()?;
        for input in &inputs {
            if let Some(taken) = self.head.taken.iter().find(|taken| taken.sha256 == input.sha256) {
                return Err(Error::StateHas { input: input.source.clone(), night: taken.night });
            }
        }
        Ok(inputs)
    }

    fn kept(&self) -> Result<Option<Kept>, Error> {
        self.head.accounts.as_ref().map(|note| Kept::open(&self.folder, note)).transpose()
    }

    /// Where tonight's file of that name goes.
    fn file(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{NIGHT}{:06}.{name}", self.head.nights + 1))
    }

    /// Clusters of last night: hashes of the accounts of each.
    fn clusters(&self) -> Result<Vec<Vec<u64>>, Error> {
        let clusters = self.head.clusters.as_ref();
        clusters.map_or(Ok(Vec::new()), |note| read_whole(&self.folder, note))
    }

    /// Writes a file of one block.
    fn write_whole(&self, name: &str, content: &impl Serialize) -> Result<FileNote, Error> {
        let bytes = postcard::to_allocvec(content).expect("plain data in memory");
        let mut writer = Writer::create(self.file(name))?;
        writer.write(&blocks::pack(&bytes))?;
        writer.finish()
    }

    /// Lets a night become true, and removes the files of the one before.
    pub fn commit(mut self, night: Night) -> Result<(), Error> {
        let Night { head, .. } = night;
        head.write(&self.folder)?;
        self.head = head;
        // The state is whole without this; what cannot be removed now is removed after another night.
        let _ = self.sweep();
        Ok(())
    }

    /// Removes files of nights that the head does not name.
    fn sweep(&self) -> io::Result<()> {
        for entry in fs_err::read_dir(&self.folder)? {
            let name = entry?.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(NIGHT) && !self.head.files().any(|note| note.file == *name) {
                fs_err::remove_file(self.folder.join(&*name))?;
            }
        }
        Ok(())
    }
}

/// Makes the folder, for its owner alone.
fn make(folder: &Path) -> Result<(), Error> {
    use std::os::unix::fs::DirBuilderExt as _;
    let mut builder = std::fs::DirBuilder::new();
    let made = builder.recursive(true).mode(0o700).create(folder);
    made.map_err(|source| Error::state_write(folder, source))
}

fn lock(folder: &Path) -> Result<LockedFile, Error> {
    let path = folder.join(LOCK);
    let taken = LockedFile::take(&path).map_err(|source| Error::state_write(&path, source))?;
    taken.ok_or_else(|| Error::StateBusy { folder: folder.to_owned() })
}

/// A folder becomes a state only where nothing is in it.
fn nothing_else(folder: &Path) -> Result<(), Error> {
    let failed = |source| Error::state_read(folder, source);
    for entry in fs_err::read_dir(folder).map_err(failed)? {
        let name = entry.map_err(failed)?.file_name();
        let name = name.to_string_lossy();
        if name.starts_with(NIGHT) {
            return Err(Error::state_damaged(&folder.join(HEAD), "it is missing"));
        }
        if name != LOCK && !name.starts_with(HEAD) {
            let example = name.into_owned();
            return Err(Error::StateForeign { folder: folder.to_owned(), example });
        }
    }
    Ok(())
}

fn read_lineage(folder: &Path, head: &Head) -> Result<Lineage, Error> {
    head.lineage.as_ref().map_or(Ok(Lineage::default()), |note| read_whole(folder, note))
}

fn read_whole<T: DeserializeOwned>(folder: &Path, note: &FileNote) -> Result<T, Error> {
    let reader = Reader::open(folder, note)?;
    postcard::from_bytes(&reader.read(0)?).map_err(|_| reader.damaged())
}
