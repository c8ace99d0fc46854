//! How do many clients share one trip to the disk?
//!
//! One thread takes whatever is waiting, gives dates in one order, and brings it to the disk in one go. Then everyone is
//! told. What a reader sees is therefore always a beginning of the collection: a later date never shows before an
//! earlier one.

use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use rand::TryRng as _;
use seawall_intel::taxii::{
    Filters, Microseconds, Refusal, Status, StatusDetail, StatusWord, microseconds,
};
use seawall_store::Error;
use tokio::sync::oneshot;

use super::{
    change::{Batch, NewObject, Outcome},
    keeper::Keeper,
    kept::Kept,
    rows::CollectionKey,
};
use crate::clock::{Stopwatch, now_microseconds};

/// Requests that may wait.
const WAITING_MAX: usize = 256;
/// Objects from which no more requests are added to one go.
const TOGETHER_MAX: usize = 8192;
/// How often it is tried to go on after a write that failed.
const REOPEN_EVERY: Duration = Duration::from_secs(1);
/// How long a status is kept.
const STATUS_SECONDS: i64 = 7 * 24 * 3600;
/// Old statuses that are removed in one go.
const STATUSES_REMOVED_MAX: usize = 256;

/// What is told once it is on the disk.
pub(super) type Told<T> = Result<T, Arc<Error>>;

/// Objects of one request.
pub(super) struct Addition {
    pub(super) collection: CollectionKey,
    pub(super) root: String,
    pub(super) objects: Vec<NewObject>,
    pub(super) refusals: Vec<Refusal>,
    pub(super) tell: oneshot::Sender<Told<Arc<[u8]>>>,
}

/// An object that is to go.
pub(super) struct Removal {
    pub(super) collection: CollectionKey,
    pub(super) id: String,
    pub(super) filters: Filters,
    /// Told whether there was such an object.
    pub(super) tell: oneshot::Sender<Told<bool>>,
}

pub(super) enum Work {
    Add(Addition),
    Remove(Removal),
}

impl Work {
    /// Tells that it is not done, and why.
    fn refuse(self, why: &Arc<Error>) {
        match self {
            Self::Add(addition) => drop(addition.tell.send(Err(Arc::clone(why)))),
            Self::Remove(removal) => drop(removal.tell.send(Err(Arc::clone(why)))),
        }
    }
}

/// Too much waits, or the writer has ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Busy;

/// The shared end of the writer.
pub(super) struct Writer {
    sender: Option<SyncSender<Work>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(keeper: Arc<Keeper>) -> Self {
        let (sender, receiver) = sync_channel(WAITING_MAX);
        let thread = std::thread::spawn(move || write(&keeper, &receiver));
        Self { sender: Some(sender), thread: Some(thread) }
    }

    pub(super) fn submit(&self, work: Work) -> Result<(), Busy> {
        let sender = self.sender.as_ref().ok_or(Busy)?;
        sender.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) | TrySendError::Disconnected(_) => Busy,
        })
    }
}

impl Drop for Writer {
    /// All that was taken is written.
    fn drop(&mut self) {
        drop(self.sender.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What is told once a go is on the disk, or is not.
type Tell = Box<dyn FnOnce(Told<()>) + Send>;

/// A write that failed: since when nothing is taken, and why.
struct Failed {
    tried: Stopwatch,
    why: Arc<Error>,
}

fn write(keeper: &Keeper, waiting: &Receiver<Work>) {
    let mut failed: Option<Failed> = None;
    loop {
        let first = match waiting.recv_timeout(REOPEN_EVERY) {
            Ok(work) => Some(work),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        if let Some(Failed { tried, why }) = &mut failed
            && tried.passed() >= REOPEN_EVERY
        {
            match keeper.reopen() {
                Ok(()) => failed = None,
                Err(error) => (*tried, *why) = (Stopwatch::start(), Arc::new(error)),
            }
        }
        let Some(first) = first else { continue };
        if let Some(Failed { why, .. }) = &failed {
            first.refuse(why);
        } else if let Some(kept) = keeper.kept()
            && let Err(why) = write_together(&kept, first, waiting)
        {
            failed = Some(Failed { tried: Stopwatch::start(), why });
        }
    }
}

/// Does a piece of work and what waits behind it, in one go, and tells everyone.
fn write_together(kept: &Kept, first: Work, waiting: &Receiver<Work>) -> Result<(), Arc<Error>> {
    let mut batch = Batch::new(kept, now_microseconds());
    let mut told: Vec<Tell> = Vec::new();
    let mut objects = 0;
    let mut next = Some(first);
    while let Some(work) = next {
        if let Work::Add(addition) = &work {
            objects += addition.objects.len();
        }
        told.extend(apply(&mut batch, work));
        next = if objects < TOGETHER_MAX { waiting.try_recv().ok() } else { None };
    }
    let old = (now_microseconds() / 1000 - STATUS_SECONDS * 1000).max(0);
    let done = batch
        .remove_statuses(&status_key(old as u64, [0; 10]), STATUSES_REMOVED_MAX)
        .and_then(|()| batch.commit())
        .map_err(Arc::new);
    for tell in told {
        tell(done.clone());
    }
    done
}

/// Does one piece of work; who is to be told of it. Where it fails they are told at once.
fn apply(batch: &mut Batch<'_>, work: Work) -> Option<Tell> {
    match work {
        Work::Add(addition) => {
            let Addition { collection, root, objects, refusals, tell } = addition;
            match add(batch, collection, &root, &objects, refusals) {
                Ok(status) => Some(Box::new(move |done: Told<()>| {
                    let _ = tell.send(done.map(|()| status));
                })),
                Err(error) => {
                    let _ = tell.send(Err(Arc::new(error)));
                    None
                }
            }
        }
        Work::Remove(Removal { collection, id, filters, tell }) => {
            match batch.remove(collection, &id, &filters) {
                Ok(removed) => Some(Box::new(move |done: Told<()>| {
                    let _ = tell.send(done.map(|()| removed.is_some()));
                })),
                Err(error) => {
                    let _ = tell.send(Err(Arc::new(error)));
                    None
                }
            }
        }
    }
}

fn add(
    batch: &mut Batch<'_>,
    collection: CollectionKey,
    root: &str,
    objects: &[NewObject],
    refusals: Vec<Refusal>,
) -> Result<Arc<[u8]>, Error> {
    let requested = now_microseconds();
    let mut successes = Vec::with_capacity(objects.len());
    for object in objects {
        let outcome = batch.add(collection, object)?;
        let (added, message) = match outcome {
            Outcome::Added(added) => (added, None),
            Outcome::Present(added) => (added, Some("it was there already")),
            Outcome::Differs(added) => {
                (added, Some("another content of this version is there, and stays"))
            }
        };
        successes.push(StatusDetail {
            id: object.id.as_str().to_owned(),
            version: version_text(object, added),
            message: message.map(ToOwned::to_owned),
        });
    }
    let failures: Vec<StatusDetail> = refusals
        .into_iter()
        .map(|Refusal { id, version, reason }| StatusDetail {
            id,
            version,
            message: Some(reason.to_owned()),
        })
        .collect();
    let (key, id) = new_status()?;
    let status = Status {
        id,
        status: StatusWord::Complete,
        request_timestamp: Some(microseconds(requested)),
        total_count: (successes.len() + failures.len()) as u64,
        success_count: successes.len() as u64,
        successes,
        failure_count: failures.len() as u64,
        failures,
        pending_count: 0,
        pendings: Vec::new(),
    };
    let text = serde_json::to_vec(&status).unwrap_or_default();
    batch.put_status(&key, &[root.as_bytes(), &[0], &text].concat());
    Ok(text.into())
}

fn version_text(object: &NewObject, added: Microseconds) -> String {
    seawall_intel::taxii::version_text(object.version.unwrap_or(added))
}

/// The key of a status: its id, a UUID that begins with the time (RFC 9562, version 7), so that old ones come first.
fn status_key(milliseconds: u64, chance: [u8; 10]) -> [u8; 16] {
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &chance).into_uuid().into_bytes()
}

fn new_status() -> Result<([u8; 16], String), Error> {
    let mut chance = [0; 10];
    rand::rngs::SysRng
        .try_fill_bytes(&mut chance)
        .map_err(|_| Error::io("read", "random numbers", std::io::ErrorKind::Other.into()))?;
    let key = status_key((now_microseconds() / 1000) as u64, chance);
    Ok((key, uuid::Uuid::from_bytes(key).to_string()))
}
