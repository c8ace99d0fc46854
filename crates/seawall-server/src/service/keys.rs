//! Has this request been made before?
//!
//! A request with an `Idempotency-Key` has its effect once. The keys are in the journal, so they hold after a restart.

use std::collections::{HashMap, VecDeque};

use super::entry::Key;

/// Keys that are remembered: the latest.
const KEYS_MAX: usize = 200_000;

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Known {
    /// It is being done.
    UnderWay {
        /// From the request's body.
        fingerprint: u64,
    },
    /// It was done: its events are these entries of the journal.
    Done {
        /// From the request's body.
        fingerprint: u64,
        /// Number of its first event's entry.
        first: u64,
        /// Its events.
        events: u32,
    },
}

/// The keys of the latest requests.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    known: HashMap<String, Known>,
    order: VecDeque<String>,
}

impl Keys {
    /// What is known of a key. One that is new is under way from now on.
    pub(crate) fn begin(&mut self, key: &str, fingerprint: u64) -> Option<Known> {
        if let Some(known) = self.known.get(key) {
            return Some(*known);
        }
        self.insert(key.to_owned(), Known::UnderWay { fingerprint });
        None
    }

    /// The request was not done, and may be made again.
    pub(crate) fn forget(&mut self, key: &str) {
        if matches!(self.known.get(key), Some(Known::UnderWay { .. })) {
            self.known.remove(key);
        }
    }

    /// The request was done; `sequence` is the number of its key's entry.
    pub(crate) fn done(&mut self, key: Key, sequence: u64) {
        let Key { key, fingerprint, events } = key;
        self.insert(key, Known::Done { fingerprint, first: sequence + 1, events });
    }

    fn insert(&mut self, key: String, known: Known) {
        if self.known.insert(key.clone(), known).is_none() {
            self.order.push_back(key);
            if self.order.len() > KEYS_MAX
                && let Some(first) = self.order.pop_front()
            {
                self.known.remove(&first);
            }
        }
    }
}
