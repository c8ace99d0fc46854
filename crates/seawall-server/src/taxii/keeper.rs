//! What becomes of the tables where a write failed? They are read as they were, and opened anew once there is room.

use std::{
    io::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use seawall_store::Error;

use super::kept::Kept;

/// What has to fit on the disk before anything is taken again: what one table puts in order in one go.
const ROOM_BYTES: usize = 16 << 20;
/// How long those who read are waited for.
const READERS_PAUSE: Duration = Duration::from_millis(5);
const READERS_PAUSES_MAX: u32 = 1000;

/// The tables, and where they lie.
pub(super) struct Keeper {
    data: PathBuf,
    kept: RwLock<Option<Arc<Kept>>>,
}

impl Keeper {
    /// Opens the tables in the data directory.
    pub(super) fn open(data: &Path) -> Result<Self, Error> {
        let kept = RwLock::new(Some(Arc::new(Kept::open(data)?)));
        Ok(Self { data: data.to_owned(), kept })
    }

    /// The tables; `None` while they are being opened anew.
    pub(super) fn kept(&self) -> Option<Arc<Kept>> {
        self.kept.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn put(&self, kept: Option<Arc<Kept>>) -> Option<Arc<Kept>> {
        std::mem::replace(&mut self.kept.write().unwrap_or_else(PoisonError::into_inner), kept)
    }

    /// Opens the tables anew, where there is room. Until there is, they are read as they were.
    pub(super) fn reopen(&self) -> Result<(), Error> {
        find_room(&self.data)?;
        if let Some(old) = self.put(None) {
            wait_for_readers(&old);
        }
        self.put(Some(Arc::new(Kept::open(&self.data)?)));
        Ok(())
    }
}

/// The engine lets go of its folder when nobody reads any more. Where somebody still does, opening fails, and is tried
/// again.
#[expect(
    clippy::disallowed_methods,
    reason = "readers are gone in a moment; nothing depends on how long"
)]
fn wait_for_readers(kept: &Arc<Kept>) {
    for _ in 0..READERS_PAUSES_MAX {
        if Arc::strong_count(kept) == 1 {
            return;
        }
        std::thread::sleep(READERS_PAUSE);
    }
}

/// Whether so much can be written: a file system says so only when it is.
fn find_room(data: &Path) -> Result<(), Error> {
    let path = data.join("taxii.room");
    let write = || {
        let mut file = fs_err::File::create(&path)?;
        let piece = vec![1; 1 << 20];
        for _ in 0..ROOM_BYTES / piece.len() {
            file.write_all(&piece)?;
        }
        file.sync_all()
    };
    let written = write();
    let _ = fs_err::remove_file(&path);
    written.map_err(|source| Error::io("write", path, source))
}
