//! What would a case be on a disk that is fast and forgets? For tests, also of other crates.

use std::{
    collections::BTreeMap,
    io::{self, Cursor, Read, Write},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use super::{Error, Existing, Listing, Lock, RelativePath, Staged, Storage, Stored};

/// Files in memory. Clones are the same place.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    files: Arc<Mutex<BTreeMap<RelativePath, Vec<u8>>>>,
    locked: Arc<AtomicBool>,
}

impl Memory {
    /// An empty place.
    pub fn new() -> Self {
        Self::default()
    }

    /// Another place with the same files.
    #[must_use]
    pub fn copy(&self) -> Self {
        Self { files: Arc::new(Mutex::new(self.files().clone())), locked: Arc::default() }
    }

    fn files(&self) -> MutexGuard<'_, BTreeMap<RelativePath, Vec<u8>>> {
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Storage for Memory {
    fn open(&self, path: &RelativePath) -> Result<Option<Box<dyn Read + Send>>, Error> {
        let content = self.files().get(path).cloned();
        Ok(content.map(|content| Box::new(Cursor::new(content)) as Box<dyn Read + Send>))
    }

    fn stage(&self) -> Result<Box<dyn Staged + '_>, Error> {
        Ok(Box::new(MemoryFile { content: Vec::new(), memory: self }))
    }

    fn delete(&self, path: &RelativePath) -> Result<(), Error> {
        self.files().remove(path);
        Ok(())
    }

    fn list(&self, folder: Option<&RelativePath>) -> Result<Listing, Error> {
        let within = |path: &RelativePath| folder.is_none_or(|it| path.within(it).is_some());
        let files = self.files();
        let stored = files
            .iter()
            .filter(|(path, _)| within(path))
            .map(|(path, content)| Stored { path: path.clone(), bytes: content.len() as u64 });
        Ok(Listing { files: stored.collect(), strange: Vec::new() })
    }

    fn lock(&self, path: &RelativePath) -> Result<Box<dyn Lock>, Error> {
        if self.locked.swap(true, Ordering::SeqCst) {
            return Err(Error::Locked(path.clone()));
        }
        Ok(Box::new(MemoryLock(Arc::clone(&self.locked))))
    }
}

#[derive(Debug)]
struct MemoryLock(Arc<AtomicBool>);

impl Lock for MemoryLock {}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

struct MemoryFile<'a> {
    content: Vec<u8>,
    memory: &'a Memory,
}

impl Write for MemoryFile<'_> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        self.content.write(content)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Staged for MemoryFile<'_> {
    fn publish(self: Box<Self>, path: &RelativePath, existing: Existing) -> Result<(), Error> {
        let mut files = self.memory.files();
        if existing == Existing::Keep && files.contains_key(path) {
            return Err(Error::Exists(path.clone()));
        }
        files.insert(path.clone(), self.content);
        Ok(())
    }
}
