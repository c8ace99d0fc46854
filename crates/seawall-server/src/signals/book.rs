//! Which tokens were taken, each once?

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
};

use jiff::Timestamp;
use seawall_intel::{
    signals::{Refusal, Signals, Transmitters},
    stix::Object,
};
use seawall_store::{
    Error,
    group::{Group, Kept, OnDisk, Submission},
    journal::{Entry, Journal, Options, Readers},
    place::Folder,
};
use sha2::{Digest as _, Sha256};
use tokio::sync::oneshot;

use super::{Settings, SettingsError};

/// Tokens that may wait for the disk.
const WAITING_MAX: usize = 256;
/// They come one by one, and are small.
const SEGMENT_BYTES: u64 = 4 << 20;
/// The kind of an entry: a token that was checked.
const TOKEN: u8 = 1;

/// Why a book cannot be opened, or a token not be taken.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// Whose events are taken is not known.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The journal.
    #[error(transparent)]
    Store(#[from] Arc<Error>),
    /// There are no settings.
    #[error(
        "nobody is listened to\nhint: name transmitters in `signals.toml` in the data directory"
    )]
    Nobody,
    /// The token.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// Too many wait.
    #[error("too many tokens are waiting")]
    Busy,
}

impl From<Error> for BookError {
    fn from(error: Error) -> Self {
        Self::Store(Arc::new(error))
    }
}

/// What became of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Taken {
    /// It is new, and kept.
    New,
    /// It was there already.
    Present,
}

/// A hash of a token's id, or of its content.
type Hash = [u8; 16];

/// A token that came before: its content, and whether that is on the disk.
type Before = (Hash, bool);

/// The tokens of a data directory, to be added to.
pub struct Book {
    data: PathBuf,
    transmitters: RwLock<Transmitters>,
    before: Arc<Mutex<HashMap<Hash, Before>>>,
    group: Group,
}

fn folder(data: &Path) -> Arc<Folder> {
    Arc::new(Folder::new(data.join("signals")))
}

fn hash(parts: &[&str]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    hasher.finalize()[..16].try_into().expect("a digest has 32 bytes")
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Hands on every token that was kept, as it came.
fn tokens(readers: &Readers, each: &mut dyn FnMut(&str)) -> Result<(), Error> {
    let mut reader = readers.from(0);
    while let Some((_, entry)) = reader.next_entry()? {
        if entry.kind == TOKEN {
            each(&String::from_utf8_lossy(&entry.content));
        }
    }
    Ok(())
}

impl Book {
    /// Opens what a data directory has; there is one process at a time.
    pub fn open(data: &Path) -> Result<Self, BookError> {
        let transmitters = Settings::open(data)?.ok_or(BookError::Nobody)?;
        let options = Options { segment_bytes: SEGMENT_BYTES };
        let (journal, _) = Journal::open(folder(data), options)?;
        let mut before = HashMap::new();
        tokens(&journal.readers(), &mut |token| {
            if let Ok(event) = Transmitters::kept(token) {
                let key = hash(&[&event.issuer, &event.id]);
                before.entry(key).or_insert((hash(&[token]), true));
            }
        })?;
        Ok(Self {
            data: data.to_owned(),
            transmitters: RwLock::new(transmitters),
            before: Arc::new(Mutex::new(before)),
            group: Group::start(journal, WAITING_MAX),
        })
    }

    /// Checks a token and keeps it; answers when it is on the disk.
    pub fn take(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<oneshot::Receiver<Result<Taken, Arc<Error>>>, BookError> {
        let event = match self.check(token, now) {
            // Keys change, and transmitters come and go.
            Err(Refusal::Key | Refusal::Issuer) => {
                self.read_again()?;
                self.check(token, now)
            }
            checked => checked,
        }?;
        let (key, content) = (hash(&[&event.issuer, &event.id]), hash(&[token]));
        let (tell, told) = oneshot::channel();
        // Let go of before it is written: who is told of that looks here too.
        {
            let mut before = locked(&self.before);
            match *before.entry(key).or_insert((content, false)) {
                (other, _) if other != content => return Err(Refusal::Replaced.into()),
                (_, true) => {
                    let _ = tell.send(Ok(Taken::Present));
                    return Ok(told);
                }
                // One that is still under way is written again: its sender may not wait for the other's luck.
                _ => {}
            }
        }
        self.keep(token, key, tell)?;
        Ok(told)
    }

    fn keep(
        &self,
        token: &str,
        key: Hash,
        tell: oneshot::Sender<Result<Taken, Arc<Error>>>,
    ) -> Result<(), BookError> {
        let before = Arc::clone(&self.before);
        let written = Box::new(move |written: Result<Kept<'_>, Arc<Error>>| {
            if let Err(error) = written {
                locked(&before).remove(&key);
                let _ = tell.send(Err(error));
                return None;
            }
            Some(Box::new(move |synced: Result<(), Arc<Error>>| {
                if synced.is_ok()
                    && let Some(own) = locked(&before).get_mut(&key)
                {
                    own.1 = true;
                }
                let _ = tell.send(synced.map(|()| Taken::New));
            }) as OnDisk)
        });
        let entries = vec![Entry { kind: TOKEN, content: token.as_bytes().to_vec() }];
        self.group.submit(Submission { entries, written }).map_err(|_| {
            locked(&self.before).remove(&key);
            BookError::Busy
        })
    }

    fn check(
        &self,
        token: &str,
        now: Timestamp,
    ) -> Result<seawall_intel::signals::SecurityEvent, Refusal> {
        self.transmitters.read().unwrap_or_else(PoisonError::into_inner).check(token, now)
    }

    fn read_again(&self) -> Result<(), BookError> {
        let read = Settings::open(&self.data)?.ok_or(BookError::Nobody)?;
        *self.transmitters.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }
}

/// What follows from the tokens of a data directory, also while a server takes more: objects of STIX.
pub fn objects(data: &Path) -> Result<Vec<Object>, BookError> {
    let Some(transmitters) = Settings::open(data)? else { return Ok(Vec::new()) };
    let mut signals = Signals::default();
    let mut before = std::collections::HashSet::new();
    tokens(&Readers::open(folder(data))?, &mut |token| {
        if let Ok(event) = Transmitters::kept(token)
            && before.insert(hash(&[&event.issuer, &event.id]))
        {
            signals.apply(&event, &transmitters);
        }
    })?;
    Ok(signals.into_objects())
}
