//! What if the disk fails, or the power, at the worst moment? For tests, also of other crates.

use std::{
    io::{self, Read, Write},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{Error, Existing, Listing, Lock, RelativePath, Staged, Storage};

/// How an operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails and does nothing; those after it work again.
    Fail,
    /// The process dies before it; nothing works any more.
    CrashBefore,
    /// The process dies after it was done, and before anyone learns so.
    CrashAfter,
    /// The process dies in the middle: half of a file lies where files in the making lie.
    CrashWithin,
}

/// All faults.
pub const FAULTS: [Fault; 4] =
    [Fault::Fail, Fault::CrashBefore, Fault::CrashAfter, Fault::CrashWithin];

/// A storage whose n-th operation that changes something goes wrong. Publishing, deleting and writing to a staged
/// file are such operations.
#[derive(Debug)]
pub struct Faulty {
    inner: Arc<dyn Storage>,
    fault: Fault,
    at: usize,
    done: AtomicUsize,
}

/// What is to be done with an operation.
enum Turn {
    Do,
    Refuse,
    DoAndDie,
    Die,
}

impl Faulty {
    /// Passes everything on to `inner`, but for operation `at`, counted from 0.
    pub fn new(inner: Arc<dyn Storage>, fault: Fault, at: usize) -> Self {
        Self { inner, fault, at, done: AtomicUsize::new(0) }
    }

    /// Did the fault come about? If not, there were fewer operations.
    pub fn has_struck(&self) -> bool {
        self.done.load(Ordering::SeqCst) > self.at
    }

    /// How many operations were tried that change something.
    pub fn operations(&self) -> usize {
        self.done.load(Ordering::SeqCst)
    }

    fn turn(&self) -> Turn {
        let number = self.done.fetch_add(1, Ordering::SeqCst);
        if number < self.at {
            return Turn::Do;
        }
        match self.fault {
            Fault::Fail if number > self.at => Turn::Do,
            Fault::Fail => Turn::Refuse,
            Fault::CrashAfter if number == self.at => Turn::DoAndDie,
            _ => Turn::Die,
        }
    }

    fn is_dead(&self) -> bool {
        self.fault != Fault::Fail && self.has_struck()
    }

    fn alive(&self, path: &str) -> Result<(), Error> {
        if self.is_dead() { Err(refused(path)) } else { Ok(()) }
    }
}

fn refused(path: &str) -> Error {
    Error::Io { act: "reach", path: path.to_owned(), source: broken() }
}

fn broken() -> io::Error {
    io::Error::other("broken on purpose")
}

impl Storage for Faulty {
    fn open(&self, path: &RelativePath) -> Result<Option<Box<dyn Read + Send>>, Error> {
        self.alive(path.as_str())?;
        self.inner.open(path)
    }

    fn stage(&self) -> Result<Box<dyn Staged + '_>, Error> {
        self.alive("a file in the making")?;
        Ok(Box::new(FaultyFile { file: Some(self.inner.stage()?), storage: self }))
    }

    fn delete(&self, path: &RelativePath) -> Result<(), Error> {
        match self.turn() {
            Turn::Do => self.inner.delete(path),
            Turn::Refuse | Turn::Die => Err(refused(path.as_str())),
            Turn::DoAndDie => {
                self.inner.delete(path)?;
                Err(refused(path.as_str()))
            }
        }
    }

    fn list(&self, folder: Option<&RelativePath>) -> Result<Listing, Error> {
        self.alive(folder.map_or("", RelativePath::as_str))?;
        self.inner.list(folder)
    }

    fn lock(&self, path: &RelativePath) -> Result<Box<dyn Lock>, Error> {
        self.alive(path.as_str())?;
        self.inner.lock(path)
    }
}

struct FaultyFile<'a> {
    /// Taken when it is published.
    file: Option<Box<dyn Staged + 'a>>,
    storage: &'a Faulty,
}

impl<'a> FaultyFile<'a> {
    fn file(&mut self) -> &mut (dyn Staged + 'a) {
        self.file.as_deref_mut().expect("a file is not written to after it was published")
    }
}

impl Drop for FaultyFile<'_> {
    fn drop(&mut self) {
        // A process that dies clears nothing away.
        if self.storage.is_dead() {
            std::mem::forget(self.file.take());
        }
    }
}

impl Write for FaultyFile<'_> {
    fn write(&mut self, content: &[u8]) -> io::Result<usize> {
        match self.storage.turn() {
            Turn::Do => self.file().write(content),
            Turn::Refuse => Err(broken()),
            Turn::DoAndDie => {
                self.file().write_all(content)?;
                Err(broken())
            }
            Turn::Die => {
                if self.storage.fault == Fault::CrashWithin {
                    self.file().write_all(&content[..content.len() / 2])?;
                }
                Err(broken())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.storage.is_dead() { Err(broken()) } else { self.file().flush() }
    }
}

impl Staged for FaultyFile<'_> {
    fn publish(mut self: Box<Self>, path: &RelativePath, existing: Existing) -> Result<(), Error> {
        let turn = self.storage.turn();
        if matches!(turn, Turn::Refuse | Turn::Die) {
            return Err(refused(path.as_str()));
        }
        let file = self.file.take().expect("a file is published once");
        file.publish(path, existing)?;
        if matches!(turn, Turn::DoAndDie) { Err(refused(path.as_str())) } else { Ok(()) }
    }
}
