//! What if the disk fails, fills up, or the power goes, at the worst moment? For tests, also of other crates.

use std::{
    io::{self, Read},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::{Durable, Lock, Place, Segment};
use crate::Error;

/// How an operation goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It fails and does nothing; those after it work again.
    Fail,
    /// The disk is full: half of what is written gets there, and the next operations work again.
    Full,
    /// The process dies before it; nothing works any more.
    CrashBefore,
    /// The process dies after it was done, and before anyone learns so.
    CrashAfter,
    /// The process dies in the middle: half of what is written is there.
    CrashWithin,
}

impl Fault {
    /// Every way.
    pub const ALL: [Self; 5] =
        [Self::Fail, Self::Full, Self::CrashBefore, Self::CrashAfter, Self::CrashWithin];
}

/// A place whose n-th operation that changes something goes wrong: making, writing, cutting, syncing, moving away.
#[derive(Debug, Clone)]
pub struct Faulty {
    inner: Arc<dyn Place>,
    plan: Arc<Plan>,
}

#[derive(Debug)]
struct Plan {
    fault: Fault,
    at: usize,
    done: AtomicUsize,
}

enum Turn {
    Do,
    Refuse,
    DoAndDie,
    Half,
}

impl Plan {
    fn turn(&self) -> Turn {
        let number = self.done.fetch_add(1, Ordering::SeqCst);
        let passing = matches!(self.fault, Fault::Fail | Fault::Full);
        match number.cmp(&self.at) {
            std::cmp::Ordering::Less => Turn::Do,
            std::cmp::Ordering::Greater if passing => Turn::Do,
            std::cmp::Ordering::Greater => Turn::Refuse,
            std::cmp::Ordering::Equal => match self.fault {
                Fault::CrashAfter => Turn::DoAndDie,
                Fault::CrashWithin | Fault::Full => Turn::Half,
                Fault::Fail | Fault::CrashBefore => Turn::Refuse,
            },
        }
    }

    fn has_struck(&self) -> bool {
        self.done.load(Ordering::SeqCst) > self.at
    }

    fn refused(&self) -> Error {
        let kind = match self.fault {
            Fault::Full => io::ErrorKind::StorageFull,
            _ => io::ErrorKind::Other,
        };
        Error::io("reach", "a broken place", io::Error::from(kind))
    }

    /// Does `act`, or what the plan says instead; `half` does a part of it.
    fn run<T>(
        &self,
        act: impl FnOnce() -> Result<T, Error>,
        half: impl FnOnce(),
    ) -> Result<T, Error> {
        match self.turn() {
            Turn::Do => act(),
            Turn::Refuse => Err(self.refused()),
            Turn::DoAndDie => {
                act()?;
                Err(self.refused())
            }
            Turn::Half => {
                half();
                Err(self.refused())
            }
        }
    }
}

impl Faulty {
    /// Passes everything on to `inner`, but for operation `at`, counted from 0.
    pub fn new(inner: Arc<dyn Place>, fault: Fault, at: usize) -> Self {
        let plan = Plan { fault, at, done: AtomicUsize::new(0) };
        Self { inner, plan: Arc::new(plan) }
    }

    /// Did the fault come about? If not, there were fewer operations.
    pub fn has_struck(&self) -> bool {
        self.plan.has_struck()
    }

    fn wrap(&self, inner: Box<dyn Segment>) -> Box<dyn Segment> {
        Box::new(FaultySegment { inner, plan: Arc::clone(&self.plan) })
    }
}

impl Place for Faulty {
    fn segments(&self) -> Result<Vec<u64>, Error> {
        self.inner.segments()
    }

    fn create(&self, first: u64) -> Result<Box<dyn Segment>, Error> {
        Ok(self.wrap(self.plan.run(|| self.inner.create(first), || {})?))
    }

    fn open(&self, first: u64) -> Result<Box<dyn Segment>, Error> {
        Ok(self.wrap(self.inner.open(first)?))
    }

    fn read(&self, first: u64, offset: u64) -> Result<Box<dyn Read + Send>, Error> {
        self.inner.read(first, offset)
    }

    fn set_aside(&self, first: u64, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        self.plan.run(|| self.inner.set_aside(first, offset, bytes), || {})
    }

    fn archive(&self, first: u64) -> Result<(), Error> {
        self.plan.run(|| self.inner.archive(first), || {})
    }

    fn archived(&self) -> Result<Vec<u64>, Error> {
        self.inner.archived()
    }

    fn put_aside(&self, first: u64) -> Result<(), Error> {
        self.plan.run(|| self.inner.put_aside(first), || {})
    }

    fn remove(&self, first: u64) -> Result<(), Error> {
        self.plan.run(|| self.inner.remove(first), || {})
    }

    fn lock(&self) -> Result<Box<dyn Lock>, Error> {
        self.inner.lock()
    }
}

#[derive(Debug)]
struct FaultySegment {
    inner: Box<dyn Segment>,
    plan: Arc<Plan>,
}

impl Segment for FaultySegment {
    fn append(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let Self { inner, plan } = self;
        let inner = std::cell::RefCell::new(inner);
        plan.run(
            || inner.borrow_mut().append(bytes),
            || {
                // Half of it may be all there was room for.
                let _ = inner.borrow_mut().append(&bytes[..bytes.len() / 2]);
            },
        )
    }

    fn cut(&mut self, bytes: u64) -> Result<(), Error> {
        let Self { inner, plan } = self;
        plan.run(|| inner.cut(bytes), || {})
    }

    fn reserve(&mut self, bytes: u64) {
        self.inner.reserve(bytes);
    }

    fn durable(&self) -> Arc<dyn Durable> {
        Arc::new(FaultyDurable { inner: self.inner.durable(), plan: Arc::clone(&self.plan) })
    }
}

#[derive(Debug)]
struct FaultyDurable {
    inner: Arc<dyn Durable>,
    plan: Arc<Plan>,
}

impl Durable for FaultyDurable {
    fn sync(&self) -> Result<(), Error> {
        self.plan.run(|| self.inner.sync(), || {})
    }
}
