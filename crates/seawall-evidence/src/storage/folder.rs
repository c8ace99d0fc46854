//! How is a case kept in a local folder?

use std::{
    fs::{File, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use tempfile::{NamedTempFile, TempDir};

use super::{Error, Existing, Listing, Lock, RelativePath, Staged, Storage, Stored};

/// Files in the making. The dot keeps it out of every [`RelativePath`].
const STAGING: &str = ".staging";
const FILES_MAX: usize = 1_000_000;
const DEPTH_MAX: usize = 16;

/// A local folder. Files appear whole or not at all, and are on the disk when a call returns.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
}

impl Folder {
    /// The folder at `root`, which is made when the first file is written.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// Where it is.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Gives the whole folder another place, durably: it appears there whole, or not at all. Nothing may be there.
    pub fn move_to(&self, destination: &Path) -> Result<(), Error> {
        let staging = self.root.join(STAGING);
        match fs_err::remove_dir_all(&staging) {
            Err(error) if !is_absence(&error) => return Err(io_error("clear", &staging, error)),
            _ => sync(&self.root)?,
        }
        let taken =
            destination.try_exists().map_err(|error| io_error("look at", destination, error))?;
        if taken {
            let source = io::Error::from(io::ErrorKind::AlreadyExists);
            return Err(io_error("write", destination, source));
        }
        fs_err::rename(&self.root, destination)
            .map_err(|error| io_error("write", destination, error))?;
        sync_parent(destination)
    }

    /// Deletes the whole folder, if it is there.
    pub fn remove(&self) -> Result<(), Error> {
        match fs_err::remove_dir_all(&self.root) {
            Err(error) if !is_absence(&error) => Err(io_error("delete", &self.root, error)),
            _ => Ok(()),
        }
    }

    /// A folder for files that are needed for a while, among those in the making: deleted when it is dropped, and after
    /// a crash when the place is locked the next time. Nobody else can read it.
    pub fn room(&self) -> Result<TempDir, Error> {
        let staging = self.root.join(STAGING);
        create_folders(&staging)?;
        tempfile::tempdir_in(&staging)
            .map_err(|source| io_error("make a folder in", &staging, source))
    }

    /// The place of `path`, unless something on the way is a link or no folder. `None` if it is not there.
    fn plain_file(&self, path: &RelativePath) -> Result<Option<PathBuf>, Error> {
        let mut place = self.root.clone();
        let mut names = path.as_str().split('/').peekable();
        while let Some(name) = names.next() {
            place.push(name);
            let metadata = match fs_err::symlink_metadata(&place) {
                Ok(metadata) => metadata,
                Err(error) if is_absence(&error) => return Ok(None),
                Err(source) => return Err(io_error("look at", &place, source)),
            };
            let expected =
                if names.peek().is_some() { metadata.is_dir() } else { metadata.is_file() };
            if !expected {
                let source = io::Error::other("neither a plain file nor a folder");
                return Err(io_error("open", &place, source));
            }
        }
        Ok(Some(place))
    }
}

impl Storage for Folder {
    fn open(&self, path: &RelativePath) -> Result<Option<Box<dyn Read + Send>>, Error> {
        let Some(place) = self.plain_file(path)? else { return Ok(None) };
        match File::open(&place) {
            Ok(file) => Ok(Some(Box::new(file))),
            Err(error) if is_absence(&error) => Ok(None),
            Err(source) => Err(io_error("open", &place, source)),
        }
    }

    fn local_path(&self, path: &RelativePath) -> Result<Option<PathBuf>, Error> {
        self.plain_file(path)
    }

    fn stage(&self) -> Result<Box<dyn Staged + '_>, Error> {
        let staging = self.root.join(STAGING);
        create_folders(&staging)?;
        let file = NamedTempFile::new_in(&staging)
            .map_err(|source| io_error("make a file in", &staging, source))?;
        Ok(Box::new(StagedFile { file, folder: self }))
    }

    fn delete(&self, path: &RelativePath) -> Result<(), Error> {
        let Some(place) = self.plain_file(path)? else { return Ok(()) };
        fs_err::remove_file(&place).map_err(|source| io_error("delete", &place, source))?;
        sync_parent(&place)
    }

    fn list(&self, folder: Option<&RelativePath>) -> Result<Listing, Error> {
        let mut listing = Listing::default();
        let start = folder.map_or("", RelativePath::as_str);
        list(&self.root, start, &mut listing)?;
        listing.files.sort_unstable();
        listing.strange.sort_unstable();
        Ok(listing)
    }

    fn lock(&self, path: &RelativePath) -> Result<Box<dyn Lock>, Error> {
        let place = self.root.join(path.as_str());
        create_folders(parent(&place))?;
        let mut options = File::options();
        options.create(true).truncate(false).write(true);
        let file = options.open(&place).map_err(|source| io_error("open", &place, source))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(Error::Locked(path.clone())),
            Err(TryLockError::Error(source)) => return Err(io_error("lock", &place, source)),
        }
        // What a crash left half-written belongs to nobody now.
        let staging = self.root.join(STAGING);
        match fs_err::remove_dir_all(&staging) {
            Err(error) if !is_absence(&error) => Err(io_error("clear", &staging, error)),
            _ => Ok(Box::new(LockedFile(file))),
        }
    }
}

/// The operating system lets go of the lock when the process dies.
#[derive(Debug)]
struct LockedFile(File);

impl Lock for LockedFile {}

/// Closing alone would let go only once no child just started holds the file any more: a fork has it until its exec.
impl Drop for LockedFile {
    fn drop(&mut self) {
        _ = self.0.unlock();
    }
}

struct StagedFile<'a> {
    file: NamedTempFile,
    folder: &'a Folder,
}

impl Write for StagedFile<'_> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        self.file.write(content)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Staged for StagedFile<'_> {
    fn publish(self: Box<Self>, path: &RelativePath, existing: Existing) -> Result<(), Error> {
        let place = self.folder.root.join(path.as_str());
        create_folders(parent(&place))?;
        self.file.as_file().sync_all().map_err(|source| io_error("write", &place, source))?;
        let persisted = match existing {
            Existing::Keep => self.file.persist_noclobber(&place),
            Existing::Replace => self.file.persist(&place),
        };
        match persisted {
            Ok(_) => sync_parent(&place),
            Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
                Err(Error::Exists(path.clone()))
            }
            Err(error) => Err(io_error("write", &place, error.error)),
        }
    }
}

fn list(root: &Path, inside: &str, listing: &mut Listing) -> Result<(), Error> {
    let folder = root.join(inside);
    let entries = match fs_err::read_dir(&folder) {
        Ok(entries) => entries,
        Err(error) if is_absence(&error) => return Ok(()),
        Err(source) => return Err(io_error("list", &folder, source)),
    };
    for entry in entries {
        let entry = entry.map_err(|source| io_error("list", &folder, source))?;
        let name = entry.file_name();
        let slash = if inside.is_empty() { "" } else { "/" };
        // Empty, it says nothing; with something in it, it is told.
        if inside.is_empty() && name == STAGING && is_empty_folder(&entry.path()) {
            continue;
        }
        let path = name.to_str().map(|name| format!("{inside}{slash}{name}"));
        let path = path.and_then(|path| RelativePath::new(path).ok());
        let metadata = fs_err::symlink_metadata(entry.path())
            .map_err(|source| io_error("look at", &entry.path(), source))?;
        match path {
            Some(path) if metadata.is_file() => {
                listing.files.push(Stored { path, bytes: metadata.len() });
            }
            Some(path) if metadata.is_dir() => {
                if path.as_str().split('/').count() >= DEPTH_MAX {
                    return Err(Error::TooMany(DEPTH_MAX));
                }
                list(root, path.as_str(), listing)?;
            }
            _ => listing
                .strange
                .push(format!("{inside}{slash}{}", name.display()).escape_debug().to_string()),
        }
        if listing.files.len() + listing.strange.len() > FILES_MAX {
            return Err(Error::TooMany(FILES_MAX));
        }
    }
    Ok(())
}

fn is_empty_folder(folder: &Path) -> bool {
    let is_link = fs_err::symlink_metadata(folder).is_ok_and(|metadata| metadata.is_symlink());
    !is_link && fs_err::read_dir(folder).is_ok_and(|mut entries| entries.next().is_none())
}

fn parent(place: &Path) -> &Path {
    place.parent().expect("a path in a folder has a parent")
}

/// Makes `folder` and those above it, each durably.
fn create_folders(folder: &Path) -> Result<(), Error> {
    let mut missing = Vec::new();
    let mut at = folder;
    while !at.try_exists().map_err(|source| io_error("look at", at, source))? {
        missing.push(at);
        match at.parent() {
            Some(above) if !above.as_os_str().is_empty() => at = above,
            _ => break,
        }
    }
    for folder in missing.into_iter().rev() {
        match fs_err::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => {
                return Err(io_error("make", folder, error));
            }
            _ => sync_parent(folder)?,
        }
    }
    Ok(())
}

/// A new name is durable only when the folder that holds it is.
fn sync_parent(place: &Path) -> Result<(), Error> {
    let folder = match place.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    sync(folder)
}

fn sync(folder: &Path) -> Result<(), Error> {
    let synced =
        if cfg!(unix) { File::open(folder).and_then(|folder| folder.sync_all()) } else { Ok(()) };
    synced.map_err(|source| io_error("write", folder, source))
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

fn io_error(act: &'static str, path: &Path, source: io::Error) -> Error {
    Error::Io { act, path: path.display().to_string(), source }
}
