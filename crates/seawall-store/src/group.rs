//! How do many writers share one write and one trip to the disk?
//!
//! Whoever hands entries over while nobody writes, writes: its own and whatever waits, in one go, and tells each writer
//! in the order of the entries. What comes meanwhile is left to a thread of its own, so nobody writes for others for
//! long, and where writers do not meet no thread waits for another. A second thread brings what was written to the
//! disk, once for all that wait for it; writing goes on meanwhile. So a writer that must survive the end of the process
//! only is answered within microseconds, and one that must survive a loss of power after one trip to the disk. Where
//! nobody waits for it, a trip is made every twenty milliseconds.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, RecvTimeoutError, Sender, channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use crate::{
    Error,
    journal::{Entry, Journal},
    place::Durable,
};

/// Called once entries are written, in the order of all entries. What it returns is called once they are on the disk.
pub type Written = Box<dyn FnOnce(Result<Kept<'_>, Arc<Error>>) -> Option<OnDisk> + Send>;
/// See [`Written`].
pub type OnDisk = Box<dyn FnOnce(Result<(), Arc<Error>>) + Send>;

/// Entries that were written.
#[derive(Clone, Copy, Debug)]
pub struct Kept<'a> {
    /// Sequence number of the first of them.
    pub first: u64,
    /// In the order in which they were handed over.
    pub entries: &'a [Entry],
}

/// Entries that belong together, and who is told of them.
pub struct Submission {
    /// What is written.
    pub entries: Vec<Entry>,
    /// Who is told.
    pub written: Written,
}

/// Why a submission was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// As many are waiting as may.
    #[error("too many writes are waiting")]
    Busy,
    /// The writer has ended.
    #[error("the journal is closed")]
    Closed,
}

/// Submissions that are written in one go.
const TOGETHER_MAX: usize = 1024;
/// Bytes from which no more are added to one go.
const TOGETHER_BYTES_MAX: usize = 8 << 20;
/// How long what nobody waits for may stay away from the disk.
const AWAY_MAX: Duration = Duration::from_millis(20);

/// The shared end of a journal.
pub struct Group {
    inner: Arc<Inner>,
    writer: Option<JoinHandle<()>>,
    syncer: Option<JoinHandle<()>>,
}

/// Entries that are handed over, and written when this is dropped.
#[must_use = "it is written once it is dropped"]
pub struct HandedOver(Arc<Inner>);

impl Drop for HandedOver {
    fn drop(&mut self) {
        self.0.write_what_waits();
    }
}

/// What everyone who writes shares.
struct Inner {
    queue: Mutex<Queue>,
    /// The queue is no longer empty, or is closed.
    left: Condvar,
    waiting_max: usize,
    /// Held by the one who writes; gone when the journal is closed.
    writing: Mutex<Option<Writing>>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Submission>,
    closed: bool,
}

/// What the one who writes needs.
struct Writing {
    journal: Journal,
    entries: Vec<Entry>,
    told: Vec<(usize, Written)>,
    trips: Sender<Trip>,
    shared: Arc<Shared>,
}

/// Who waits for a trip to the disk; nobody, where there only is something to bring there.
type Trip = Vec<OnDisk>;

/// What those who write and the one who goes to the disk share.
#[derive(Default)]
struct Shared {
    /// What was written since the last trip began. A segment is brought to the disk before the next one is begun, so the
    /// last one is enough.
    dirty: Mutex<Option<Arc<dyn Durable>>>,
    failed: AtomicBool,
}

impl Shared {
    /// Puts in what has to be brought to the disk, or takes it out; what was there before.
    fn swap(&self, durable: Option<Arc<dyn Durable>>) -> Option<Arc<dyn Durable>> {
        std::mem::replace(&mut self.dirty.lock().unwrap_or_else(PoisonError::into_inner), durable)
    }
}

impl Group {
    /// Takes a journal over; at most `waiting_max` submissions wait.
    pub fn start(journal: Journal, waiting_max: usize) -> Self {
        let (trips, trips_asked) = channel();
        let shared = Arc::new(Shared::default());
        let syncer = std::thread::spawn({
            let shared = Arc::clone(&shared);
            move || sync(&trips_asked, &shared)
        });
        let writing = Writing { journal, entries: Vec::new(), told: Vec::new(), trips, shared };
        let inner = Arc::new(Inner {
            queue: Mutex::default(),
            left: Condvar::new(),
            waiting_max,
            writing: Mutex::new(Some(writing)),
        });
        let writer = std::thread::spawn({
            let inner = Arc::clone(&inner);
            move || inner.write_what_is_left()
        });
        Self { inner, writer: Some(writer), syncer: Some(syncer) }
    }

    /// Hands entries over, and writes them where nobody else does; those who are told may be told before this returns.
    /// Those who are refused are told at once, and nothing is written.
    pub fn submit(&self, submission: Submission) -> Result<(), Refused> {
        self.hand_over(submission).map(drop)
    }

    /// Hands entries over. They are written once what is returned is dropped, or by others before: whoever lets others
    /// hand theirs over first shares a write with them.
    pub fn hand_over(&self, submission: Submission) -> Result<HandedOver, Refused> {
        let inner = &self.inner;
        let mut queue = inner.queue();
        // Whoever wrote before may have broken down, and nobody knows how far it came.
        if queue.closed || inner.writing.is_poisoned() {
            return Err(Refused::Closed);
        }
        if queue.waiting.len() >= inner.waiting_max {
            return Err(Refused::Busy);
        }
        queue.waiting.push_back(submission);
        drop(queue);
        Ok(HandedOver(Arc::clone(inner)))
    }

    /// Writes all that waits, brings it to the disk, and gives the journal back.
    pub fn close(mut self) -> Option<Journal> {
        self.end()
    }

    fn end(&mut self) -> Option<Journal> {
        self.inner.queue().closed = true;
        self.inner.left.notify_one();
        let writer = self.writer.take().is_some_and(|writer| writer.join().is_ok());
        let writing = self.inner.writing.lock().ok().and_then(|mut writing| writing.take());
        let journal = writing.map(|writing| writing.journal);
        if let Some(syncer) = self.syncer.take() {
            let _ = syncer.join();
        }
        journal.filter(|_| writer)
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        drop(self.end());
    }
}

impl Inner {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes what waits, unless somebody writes now: whoever does looks at the queue again when it is done.
    fn write_what_waits(&self) {
        if self.queue().waiting.is_empty() {
            return;
        }
        let Ok(mut writing) = self.writing.try_lock() else { return };
        // Where it is gone, those who wait are never told: their channels close.
        let Some(open) = writing.as_mut() else { return };
        open.round(self);
        drop(writing);
        if !self.queue().waiting.is_empty() {
            self.left.notify_one();
        }
    }

    /// Writes what came while others wrote, until the queue is closed and empty.
    fn write_what_is_left(&self) {
        loop {
            let mut queue = self.queue();
            while queue.waiting.is_empty() {
                if queue.closed {
                    return;
                }
                queue = self.left.wait(queue).unwrap_or_else(PoisonError::into_inner);
            }
            drop(queue);
            let Ok(mut writing) = self.writing.lock() else { return };
            let Some(writing) = writing.as_mut() else { return };
            writing.round(self);
        }
    }
}

impl Writing {
    /// Writes what waits, as much as goes together, and tells those who handed it over.
    fn round(&mut self, inner: &Inner) {
        let mut bytes = 0;
        {
            let mut queue = inner.queue();
            while self.told.len() < TOGETHER_MAX && bytes < TOGETHER_BYTES_MAX {
                let Some(submission) = queue.waiting.pop_front() else { break };
                bytes += submission.entries.iter().map(|entry| entry.content.len()).sum::<usize>();
                self.told.push((submission.entries.len(), submission.written));
                self.entries.extend(submission.entries);
            }
        }
        if self.told.is_empty() {
            return;
        }
        if self.shared.failed.load(Ordering::Acquire) {
            self.journal.give_up();
        }
        let written = self.journal.append(&self.entries).map_err(Arc::new);
        let (mut on_disk, mut rest) = (Vec::new(), self.entries.as_slice());
        for (count, tell) in self.told.drain(..) {
            let (entries, later) = rest.split_at(count);
            let before = (self.entries.len() - rest.len()) as u64;
            let kept = written.as_ref().map(|first| Kept { first: first + before, entries });
            on_disk.extend(tell(kept.map_err(Arc::clone)));
            rest = later;
        }
        self.entries.clear();
        if written.is_ok() {
            let is_first = self.shared.swap(Some(self.journal.durable())).is_none();
            if is_first || !on_disk.is_empty() {
                // The other thread ends after the last round only.
                let _ = self.trips.send(on_disk);
            }
        }
    }
}

/// Brings to the disk what was written: at once where somebody waits for it.
fn sync(trips: &Receiver<Trip>, shared: &Shared) {
    while let Ok(mut waiting) = trips.recv() {
        if waiting.is_empty() {
            match trips.recv_timeout(AWAY_MAX) {
                Ok(later) => waiting = later,
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {}
            }
        }
        waiting.extend(trips.try_iter().flatten());
        // After a failed trip nobody knows what another one that works has left out.
        let synced = match shared.swap(None) {
            _ if shared.failed.load(Ordering::Acquire) => Err(Arc::new(Error::OutOfOrder)),
            Some(durable) => durable.sync().map_err(Arc::new),
            None => Ok(()),
        };
        if synced.is_err() {
            shared.failed.store(true, Ordering::Release);
        }
        for tell in waiting {
            tell(synced.clone());
        }
    }
}
