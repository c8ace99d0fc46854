//! Is what left the case what the log says, also after a crash? It is made under another name, and gets its own once the
//! log tells of it.

use std::path::{Path, PathBuf};

use seawall_evidence::{
    custody::{Action, Entry},
    hash::Digest,
    storage::{Folder, RelativePath, Storage},
    text::Id,
};
use serde::{Deserialize, Serialize};

use super::desk::Desk;
use crate::{
    console::Console,
    failure::{Exit, Failure},
};

/// Longest mark that is read.
const BYTES_MAX: u64 = 64 << 10;

/// A file or folder on its way out.
pub(crate) struct Leaving {
    storage: Folder,
    mark: RelativePath,
    out: Out,
}

/// What the mark in the case says of it.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Out {
    /// Position that the entry will have.
    seq: u64,
    object: Id,
    object_sha256: Digest,
    /// Where it is to lie: a whole path, since whoever finishes may stand elsewhere.
    destination: PathBuf,
}

impl Leaving {
    /// Begins what the next entry will tell of. Nothing may be at `destination`.
    pub(crate) fn begin(
        desk: &Desk,
        destination: &Path,
        object: &Id,
        object_sha256: Digest,
    ) -> Result<Self, Failure> {
        let destination = std::path::absolute(destination)?;
        free(&destination)?;
        let out = Out {
            seq: desk.log.checkpoint().size,
            object: object.clone(),
            object_sha256,
            destination,
        };
        let mark = RelativePath::new(format!("pending/export-{}", out.seq))?;
        desk.folder.replace(&mark, &serde_json::to_vec(&out)?)?;
        remove(&out.partial())?;
        Ok(Self { storage: desk.folder.clone(), mark, out })
    }

    /// Where it is made.
    pub(crate) fn partial(&self) -> PathBuf {
        self.out.partial()
    }

    /// Gives it its name: the log tells of it.
    pub(crate) fn finish(self) -> Result<(), Failure> {
        free(&self.out.destination)?;
        Folder::new(self.partial()).move_to(&self.out.destination)?;
        Ok(self.storage.delete(&self.mark)?)
    }

    /// Takes it away: it could not be made, and no entry tells of it.
    pub(crate) fn abandon(self) -> Result<(), Failure> {
        remove(&self.partial())?;
        Ok(self.storage.delete(&self.mark)?)
    }
}

impl Out {
    fn partial(&self) -> PathBuf {
        let name = self.destination.file_name().unwrap_or_default().to_string_lossy();
        self.destination.with_file_name(format!(".{name}.partial"))
    }

    /// Does the log tell of it?
    fn is_told(&self, entries: &[Entry]) -> bool {
        let entry = usize::try_from(self.seq).ok().and_then(|seq| entries.get(seq));
        entry.is_some_and(|entry| {
            entry.action == Action::Export
                && entry.object == self.object
                && entry.object_sha256 == Some(self.object_sha256)
        })
    }
}

/// Finishes what the log tells of, takes away what it does not, and says so.
pub(super) fn recover(
    storage: &dyn Storage,
    entries: &[Entry],
    console: &mut Console,
) -> Result<(), Failure> {
    let pending = RelativePath::new("pending")?;
    for stored in storage.list(Some(&pending))?.files {
        let inside = stored.path.within(&pending);
        if !inside.is_some_and(|name| name.as_str().starts_with("export-")) {
            continue;
        }
        let content = storage.read(&stored.path, BYTES_MAX)?.unwrap_or_default();
        let out: Out = serde_json::from_slice(&content).map_err(|_| {
            Failure::new(Exit::Integrity, format!("`{}` is no mark of an export", stored.path))
        })?;
        let (partial, destination) = (out.partial(), out.destination.display());
        let made = partial.try_exists()?;
        if !out.is_told(entries) {
            remove(&partial)?;
            if made {
                let what = format!("an export to `{destination}` that was never acknowledged");
                console.note("removed", what)?;
            }
        } else if made && !out.destination.try_exists()? {
            Folder::new(&partial).move_to(&out.destination)?;
            console.note("exported", format!("`{destination}`, as entry {} says", out.seq))?;
        } else if made || !out.destination.try_exists()? {
            let what = format!("`{destination}`, which entry {} says was exported", out.seq);
            console.note("not in its place", what)?;
        }
        storage.delete(&stored.path)?;
    }
    Ok(())
}

fn free(destination: &Path) -> Result<(), Failure> {
    if !destination.try_exists()? {
        return Ok(());
    }
    let shown = destination.display();
    let message = format!("`{shown}` is there already\nhint: name a new place with --out");
    Err(Failure::new(Exit::Conflict, message))
}

fn remove(partial: &Path) -> Result<(), Failure> {
    match fs_err::symlink_metadata(partial) {
        Ok(found) if found.is_dir() => Ok(fs_err::remove_dir_all(partial)?),
        Ok(_) => Ok(fs_err::remove_file(partial)?),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error.into()),
    }
}
