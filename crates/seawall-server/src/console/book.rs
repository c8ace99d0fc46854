//! Where does what people do stand, and was any of it changed?
//!
//! A journal with one entry for each [act](super::act::Act). Each entry holds the SHA-256 of the one before, so that
//! nothing can be changed, left out or put between without changing all that follows. It is the audit log, and all that
//! the console knows of people follows from it.

use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use seawall_store::{
    journal::{Entry, Journal, Options, Readers},
    place::Folder,
};
use sha2::{Digest as _, Sha256};

use super::{
    access::{self, capability::Role},
    act::{Act, Kept, SERVER},
    state::State,
};
use crate::{access::hexadecimal, clock::now_milliseconds};

/// The kind of all entries.
const ACT: u8 = 1;
/// What stands before the first entry.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// How long an invitation counts, in milliseconds.
pub(super) const INVITATION: i64 = 48 * 3600 * 1000;

/// Why the journal cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// The journal.
    #[error(transparent)]
    Store(#[from] seawall_store::Error),
    /// An entry is none that this program writes, or not where it was written.
    #[error(
        "entry {sequence} of the console's journal {why}\nhint: restore it from a copy; nothing was changed"
    )]
    Entry {
        /// Its number.
        sequence: u64,
        /// What is wrong.
        why: &'static str,
    },
}

/// What was done so far, open for more.
pub struct Book {
    inner: Mutex<Inner>,
    readers: Readers,
}

struct Inner {
    journal: Journal,
    head: String,
    state: State,
}

/// The state, for as long as nobody else needs it.
pub struct Held<'a>(MutexGuard<'a, Inner>);

impl std::ops::Deref for Held<'_> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.0.state
    }
}

impl std::ops::DerefMut for Held<'_> {
    fn deref_mut(&mut self) -> &mut State {
        &mut self.0.state
    }
}

/// What a check of the chain came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verified {
    /// Entries that follow on each other.
    pub entries: u64,
    /// SHA-256 of the last of them.
    pub head: String,
}

impl Book {
    /// Opens the journal in a folder, or begins one.
    pub fn open(folder: &Path) -> Result<Self, BookError> {
        let (journal, _) =
            Journal::open(Arc::new(Folder::new(folder)), Options { segment_bytes: 8 << 20 })?;
        let readers = journal.readers();
        let (mut state, mut head) = (State::default(), NOTHING.to_owned());
        read(&readers, 0, Some(&mut head), &mut |sequence, kept| state.apply(sequence, &kept))?;
        Ok(Self { inner: Mutex::new(Inner { journal, head, state }), readers })
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What has come of it all.
    pub fn state(&self) -> Held<'_> {
        Held(self.inner())
    }

    /// Number and hash of the last entry; the number of entries.
    pub fn head(&self) -> (u64, String) {
        let inner = self.inner();
        (inner.journal.entries(), inner.head.clone())
    }

    /// Decides what is done from the state as it is at that moment, writes it, and takes it in, in one go: of two who
    /// decide at once the second sees what the first did. Returns when it is on the disk.
    pub fn act<T, E: From<BookError>>(
        &self,
        by: &str,
        decide: impl FnOnce(&State, i64) -> Result<(Vec<Act>, T), E>,
    ) -> Result<T, E> {
        let mut guard = self.inner();
        let inner = &mut *guard;
        let now = now_milliseconds();
        let (acts, told) = decide(&inner.state, now)?;
        if acts.is_empty() {
            return Ok(told);
        }
        let mut head = inner.head.clone();
        let mut entries = Vec::with_capacity(acts.len());
        let mut all = Vec::with_capacity(acts.len());
        for act in acts {
            let kept = Kept { previous: head, at: now, by: by.to_owned(), act };
            let content = serde_json::to_vec(&kept).expect("plain data in memory");
            head = hexadecimal(Sha256::digest(&content).into());
            entries.push(Entry { kind: ACT, content });
            all.push(kept);
        }
        let first = inner.journal.append(&entries).map_err(BookError::from)?;
        inner.head = head;
        for (sequence, kept) in (first..).zip(&all) {
            inner.state.apply(sequence, kept);
        }
        let durable = inner.journal.durable();
        drop(guard);
        durable.sync().map_err(BookError::from)?;
        Ok(told)
    }

    /// Invites the first person, who manages people.
    pub(super) fn invite_first(&self, secret: &str) -> Result<(), BookError> {
        self.act(SERVER, |_, now| {
            let invited = Act::Invited {
                person: "p-first".to_owned(),
                name: "admin".to_owned(),
                roles: Role::ALL.into_iter().collect(),
                invitation: access::digest(secret),
                until: now + INVITATION,
            };
            Ok((vec![invited], ()))
        })
    }

    /// Entries from a number on, at most `limit`, in their order.
    pub fn entries(&self, from: u64, limit: usize) -> Result<Vec<(u64, Kept)>, BookError> {
        let mut found = Vec::new();
        for entry in self.readers.from(from).take(limit) {
            let (sequence, entry) = entry?;
            found.push((sequence, parse(sequence, &entry)?));
        }
        Ok(found)
    }

    /// Reads all again and checks that each entry follows on the one before.
    pub fn verify(&self) -> Result<Verified, BookError> {
        let mut head = NOTHING.to_owned();
        let mut entries = 0;
        read(&self.readers, 0, Some(&mut head), &mut |_, _| entries += 1)?;
        Ok(Verified { entries, head })
    }
}

/// What has come of a journal that a server may be writing, as far as it goes now.
pub fn state_of(folder: &Path) -> Result<State, BookError> {
    let readers = Readers::open(Arc::new(Folder::new(folder)))?;
    let (mut state, mut head) = (State::default(), NOTHING.to_owned());
    read(&readers, 0, Some(&mut head), &mut |sequence, kept| state.apply(sequence, &kept))?;
    Ok(state)
}

fn parse(sequence: u64, entry: &Entry) -> Result<Kept, BookError> {
    let strange = BookError::Entry { sequence, why: "is not understood" };
    if entry.kind != ACT {
        return Err(strange);
    }
    serde_json::from_slice(&entry.content).map_err(|_| strange)
}

/// Reads entries; where a head is given each must follow on it.
fn read(
    readers: &Readers,
    from: u64,
    mut head: Option<&mut String>,
    each: &mut dyn FnMut(u64, Kept),
) -> Result<(), BookError> {
    for entry in readers.from(from) {
        let (sequence, entry) = entry?;
        let kept = parse(sequence, &entry)?;
        if let Some(head) = head.as_deref_mut() {
            if kept.previous != *head {
                let why = "does not follow on the one before";
                return Err(BookError::Entry { sequence, why });
            }
            *head = hexadecimal(Sha256::digest(&entry.content).into());
        }
        each(sequence, kept);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exported(what: &str) -> Act {
        Act::Exported { what: what.to_owned(), rows: 1 }
    }

    #[test]
    fn what_was_done_is_there_after_a_restart_and_in_one_chain() {
        let folder = tempfile::tempdir().expect("a folder");
        let book = Book::open(folder.path()).expect("opened");
        book.invite_first("secret").expect("invited");
        for index in 0..5 {
            let done: Result<(), BookError> =
                book.act("p-1", |_, _| Ok((vec![exported(&format!("list {index}"))], ())));
            done.expect("kept");
        }
        let before = book.verify().expect("whole");
        assert_eq!((before.entries, before.head.clone()), book.head());
        drop(book);
        let book = Book::open(folder.path()).expect("opened again");
        assert_eq!(book.verify().expect("whole"), before);
        assert!(book.state().people.by_name("ADMIN").is_some());
    }

    #[test]
    fn an_entry_that_was_put_in_from_outside_is_found() {
        let folder = tempfile::tempdir().expect("a folder");
        let book = Book::open(folder.path()).expect("opened");
        book.invite_first("secret").expect("invited");
        drop(book);
        // The journal's own checks hold: whoever forges an entry can compute them.
        let place = Arc::new(Folder::new(folder.path()));
        let (mut journal, _) = Journal::open(place, Options::default()).expect("opened");
        let kept =
            Kept { previous: NOTHING.to_owned(), at: 0, by: "p-1".to_owned(), act: exported("x") };
        let content = serde_json::to_vec(&kept).expect("JSON");
        journal.append(&[Entry { kind: ACT, content }]).expect("written");
        drop(journal);
        let refused = Book::open(folder.path()).err().expect("refused");
        assert!(refused.to_string().contains("entry 1"), "{refused}");
    }
}
