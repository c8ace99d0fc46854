//! Where do the segments of a journal lie?
//!
//! A handful of operations. A local [`Folder`] has them; tests wrap it in one that fails (`Faulty`, with the feature
//! `fixture`). Another kind of store needs these and nothing else.

use std::{
    fmt::Debug,
    fs::File,
    io::{self, Read, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Arc,
};

use crate::{Error, lock::LockedFile};

#[cfg(any(test, feature = "fixture"))]
mod faulty;
#[cfg(any(test, feature = "fixture"))]
pub use faulty::{Fault, Faulty};

/// Ends the name of a segment.
const SUFFIX: &str = ".journal";
/// The folder of archived segments.
const ARCHIVED: &str = "archived";
/// The file that the one who writes holds locked.
const LOCK: &str = "lock";

/// Held by the one who may write. Dropping it gives the right back.
pub trait Lock: Debug + Send {}

/// A segment that is being written.
pub trait Segment: Debug + Send {
    /// Writes at the end. After an error, any part of `bytes` may have been written.
    fn append(&mut self, bytes: &[u8]) -> Result<(), Error>;

    /// Cuts the segment to `bytes` bytes; what is written next comes there.
    fn cut(&mut self, bytes: u64) -> Result<(), Error>;

    /// Makes room for `bytes` bytes in all, zeros behind what is written: a write that makes no file longer does not wait
    /// for one that is on its way to the disk. Where there is no such room, writes make the file longer as they come.
    fn reserve(&mut self, _bytes: u64) {}

    /// What brings the segment to the disk, also while it is written to.
    fn durable(&self) -> Arc<dyn Durable>;
}

/// Brings a segment to the disk.
pub trait Durable: Debug + Send + Sync {
    /// When this returns, what was written before it was called survives a loss of power.
    fn sync(&self) -> Result<(), Error>;
}

/// A place for the segments of one journal. A segment is named by the sequence number of its first entry.
pub trait Place: Debug + Send + Sync {
    /// The segments, ascending.
    fn segments(&self) -> Result<Vec<u64>, Error>;

    /// Begins a segment; its name is durable when this returns. An empty one that is there already is taken over.
    fn create(&self, first: u64) -> Result<Box<dyn Segment>, Error>;

    /// Opens a segment; it is [cut](Segment::cut) to where writing goes on before anything is written.
    fn open(&self, first: u64) -> Result<Box<dyn Segment>, Error>;

    /// Reads a segment from a byte on.
    fn read(&self, first: u64, offset: u64) -> Result<Box<dyn Read + Send>, Error>;

    /// Keeps bytes that were cut off a segment, so that nothing is destroyed.
    fn set_aside(&self, first: u64, offset: u64, bytes: &[u8]) -> Result<(), Error>;

    /// Archives a segment: it is read where it was read before, but no longer among the [segments](Self::segments).
    fn archive(&self, first: u64) -> Result<(), Error>;

    /// The segments that are archived and still there, ascending.
    fn archived(&self) -> Result<Vec<u64>, Error>;

    /// Takes a segment out under a name of its own, so that nothing is destroyed.
    fn put_aside(&self, first: u64) -> Result<(), Error>;

    /// Removes a segment.
    fn remove(&self, first: u64) -> Result<(), Error>;

    /// Locks the place against all other writers.
    fn lock(&self) -> Result<Box<dyn Lock>, Error>;
}

/// A local directory.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The directory at `root`, which is made when it is locked.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    fn path(&self, first: u64) -> PathBuf {
        self.root.join(format!("{first:020}{SUFFIX}"))
    }

    fn archived_path(&self, first: u64) -> PathBuf {
        self.root.join(ARCHIVED).join(format!("{first:020}{SUFFIX}"))
    }
}

/// The segments of a folder, ascending.
fn list(folder: &Path) -> Result<Vec<u64>, Error> {
    let entries = match fs_err::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(source) => return Err(Error::io("list", folder, source)),
    };
    let mut found = Vec::new();
    for entry in entries {
        let name = entry.map_err(|source| Error::io("list", folder, source))?.file_name();
        let number = name.to_str().and_then(|name| name.strip_suffix(SUFFIX));
        found
            .extend(number.filter(|digits| digits.len() == 20).and_then(|d| d.parse::<u64>().ok()));
    }
    found.sort_unstable();
    Ok(found)
}

impl Place for Folder {
    fn segments(&self) -> Result<Vec<u64>, Error> {
        list(&self.root)
    }

    fn create(&self, first: u64) -> Result<Box<dyn Segment>, Error> {
        let path = self.path(first);
        let file = File::options().create(true).truncate(false).write(true).open(&path);
        let file = file.map_err(|source| Error::io("make", &path, source))?;
        sync_folder(&self.root)?;
        Ok(Box::new(LocalSegment(Arc::new(LocalFile { file, path }))))
    }

    fn open(&self, first: u64) -> Result<Box<dyn Segment>, Error> {
        let path = self.path(first);
        let file = File::options().write(true).open(&path);
        let file = file.map_err(|source| Error::io("open", &path, source))?;
        Ok(Box::new(LocalSegment(Arc::new(LocalFile { file, path }))))
    }

    fn read(&self, first: u64, offset: u64) -> Result<Box<dyn Read + Send>, Error> {
        let path = self.path(first);
        let file = match File::open(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                File::open(self.archived_path(first))
            }
            opened => opened,
        };
        let mut file = file.map_err(|source| Error::io("open", &path, source))?;
        file.seek(SeekFrom::Start(offset)).map_err(|source| Error::io("read", &path, source))?;
        Ok(Box::new(file))
    }

    fn set_aside(&self, first: u64, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let path = self.root.join(format!("{first:020}-{offset}.torn"));
        let write = || -> io::Result<()> {
            let mut file = File::create(&path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|source| Error::io("write", &path, source))
    }

    fn archive(&self, first: u64) -> Result<(), Error> {
        let folder = self.root.join(ARCHIVED);
        fs_err::create_dir_all(&folder).map_err(|source| Error::io("make", &folder, source))?;
        fs_err::rename(self.path(first), self.archived_path(first))
            .map_err(|source| Error::io("archive", self.path(first), source))?;
        sync_folder(&folder)?;
        sync_folder(&self.root)
    }

    fn archived(&self) -> Result<Vec<u64>, Error> {
        list(&self.root.join(ARCHIVED))
    }

    fn put_aside(&self, first: u64) -> Result<(), Error> {
        let path = self.path(first);
        fs_err::rename(&path, path.with_extension("broken"))
            .map_err(|source| Error::io("set aside", path, source))
    }

    fn remove(&self, first: u64) -> Result<(), Error> {
        let path = self.path(first);
        fs_err::remove_file(&path).map_err(|source| Error::io("remove", path, source))
    }

    fn lock(&self) -> Result<Box<dyn Lock>, Error> {
        fs_err::create_dir_all(&self.root)
            .map_err(|source| Error::io("make", &self.root, source))?;
        let path = self.root.join(LOCK);
        match LockedFile::take(&path) {
            Ok(Some(lock)) => Ok(Box::new(lock)),
            Ok(None) => Err(Error::Locked { path }),
            Err(source) => Err(Error::io("lock", path, source)),
        }
    }
}

impl Lock for LockedFile {}

#[derive(Debug)]
struct LocalFile {
    file: File,
    path: PathBuf,
}

impl LocalFile {
    fn io(&self, act: &'static str) -> impl Fn(io::Error) -> Error {
        move |source| Error::io(act, &self.path, source)
    }
}

#[derive(Debug)]
struct LocalSegment(Arc<LocalFile>);

impl Segment for LocalSegment {
    fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        (&self.0.file).write_all(bytes).map_err(self.0.io("write"))
    }

    fn cut(&mut self, bytes: u64) -> Result<(), Error> {
        self.0.file.set_len(bytes).map_err(self.0.io("cut"))?;
        (&self.0.file).seek(SeekFrom::Start(bytes)).map(|_| ()).map_err(self.0.io("cut"))
    }

    fn reserve(&mut self, bytes: u64) {
        // Not every file system can, and it saves time only.
        let _ = fs4::FileExt::allocate(&self.0.file, bytes);
    }

    fn durable(&self) -> Arc<dyn Durable> {
        Arc::<LocalFile>::clone(&self.0)
    }
}

impl Durable for LocalFile {
    fn sync(&self) -> Result<(), Error> {
        self.file.sync_data().map_err(self.io("write"))
    }
}

/// A new name is durable only when the folder that holds it is.
fn sync_folder(folder: &Path) -> Result<(), Error> {
    if !cfg!(unix) {
        return Ok(());
    }
    let synced = File::open(folder).and_then(|folder| folder.sync_all());
    synced.map_err(|source| Error::io("write", folder, source))
}
