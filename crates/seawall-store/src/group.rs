//! How do many writers share one write and one trip to the disk?
//!
//! One thread writes whatever is waiting in one go, and tells each writer in the order of the entries. Another brings
//! what was written to the disk, once for all that wait for it; writing goes on meanwhile. So a writer that must
//! survive the end of the process only is answered within microseconds, and one that must survive a loss of power after
//! one trip to the disk.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::{Receiver, Sender, SyncSender, TryRecvError, TrySendError, channel, sync_channel},
    },
    thread::JoinHandle,
};

use crate::{
    Error,
    journal::{Entry, Journal},
    place::Durable,
};

/// Called with the sequence number of the first entry once entries are written, in the order of all entries. What it
/// returns is called once they are on the disk.
pub type Written = Box<dyn FnOnce(Result<u64, Arc<Error>>) -> Option<OnDisk> + Send>;
/// See [`Written`].
pub type OnDisk = Box<dyn FnOnce(Result<(), Arc<Error>>) + Send>;

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

/// The shared end of a journal.
pub struct Group {
    sender: Option<SyncSender<Submission>>,
    writer: Option<JoinHandle<Journal>>,
    syncer: Option<JoinHandle<()>>,
}

/// What the one thread asks of the other.
struct Trip {
    durable: Arc<dyn Durable>,
    waiting: Vec<OnDisk>,
}

impl Group {
    /// Takes a journal over; at most `waiting_max` submissions wait.
    pub fn start(journal: Journal, waiting_max: usize) -> Self {
        let (sender, receiver) = sync_channel(waiting_max);
        let (trips, trips_asked) = channel();
        let failed = Arc::new(AtomicBool::new(false));
        let syncer = std::thread::spawn({
            let failed = Arc::clone(&failed);
            move || sync(&trips_asked, &failed)
        });
        let writer = std::thread::spawn(move || write(journal, &receiver, &trips, &failed));
        Self { sender: Some(sender), writer: Some(writer), syncer: Some(syncer) }
    }

    /// Hands entries over. Those who are refused are told at once, and nothing is written.
    pub fn submit(&self, submission: Submission) -> Result<(), Refused> {
        let sender = self.sender.as_ref().ok_or(Refused::Closed)?;
        sender.try_send(submission).map_err(|error| match error {
            TrySendError::Full(_) => Refused::Busy,
            TrySendError::Disconnected(_) => Refused::Closed,
        })
    }

    /// Writes all that waits, brings it to the disk, and gives the journal back.
    pub fn close(mut self) -> Option<Journal> {
        drop(self.sender.take());
        let journal = self.writer.take().and_then(|writer| writer.join().ok());
        if let Some(syncer) = self.syncer.take() {
            let _ = syncer.join();
        }
        journal
    }
}

fn write(
    mut journal: Journal,
    waiting: &Receiver<Submission>,
    trips: &Sender<Trip>,
    failed: &AtomicBool,
) -> Journal {
    let mut entries: Vec<Entry> = Vec::new();
    let mut told: Vec<(usize, Written)> = Vec::new();
    while let Ok(first) = waiting.recv() {
        let mut bytes = 0;
        let mut next = Some(first);
        while let Some(submission) = next {
            bytes += submission.entries.iter().map(|entry| entry.content.len()).sum::<usize>();
            told.push((submission.entries.len(), submission.written));
            entries.extend(submission.entries);
            let room = told.len() < TOGETHER_MAX && bytes < TOGETHER_BYTES_MAX;
            next = match room.then(|| waiting.try_recv()) {
                Some(Ok(submission)) => Some(submission),
                Some(Err(TryRecvError::Empty | TryRecvError::Disconnected)) | None => None,
            };
        }
        if failed.load(Ordering::Acquire) {
            journal.give_up();
        }
        let written = journal.append(&entries).map_err(Arc::new);
        entries.clear();
        let mut at = *written.as_ref().unwrap_or(&0);
        let mut on_disk = Vec::new();
        for (count, tell) in told.drain(..) {
            on_disk.extend(tell(written.as_ref().map(|_| at).map_err(Arc::clone)));
            at += count as u64;
        }
        if written.is_ok() {
            // The other thread ends after this one only.
            let _ = trips.send(Trip { durable: journal.durable(), waiting: on_disk });
        }
    }
    journal
}

/// Brings to the disk what was written, as often as the disk can.
fn sync(trips: &Receiver<Trip>, failed: &AtomicBool) {
    while let Ok(Trip { mut durable, mut waiting }) = trips.recv() {
        while let Ok(later) = trips.try_recv() {
            // A segment is brought to the disk before the next one is begun, so the last one is enough.
            durable = later.durable;
            waiting.extend(later.waiting);
        }
        let synced = durable.sync().map_err(Arc::new);
        if synced.is_err() {
            failed.store(true, Ordering::Release);
        }
        for tell in waiting {
            tell(synced.clone());
        }
    }
}
