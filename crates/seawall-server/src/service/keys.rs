//! Has this request been made before?
//!
//! A request with an `Idempotency-Key` has its effect once. The keys are in the journal, so they hold after a restart.

use std::collections::{HashMap, VecDeque};

use serde::{Deserialize, Serialize};

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
    /// Fingerprints of requests that are being done: what the journal does not know yet.
    under_way: HashMap<String, u64>,
    done: HashMap<String, Done>,
    order: VecDeque<String>,
}

/// A request that was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Done {
    fingerprint: u64,
    first: u64,
    events: u32,
}

impl Keys {
    /// What is known of a key. One that is new is under way from now on.
    pub(crate) fn begin(&mut self, key: &str, fingerprint: u64) -> Option<Known> {
        if let Some(Done { fingerprint, first, events }) = self.done.get(key).copied() {
            return Some(Known::Done { fingerprint, first, events });
        }
        if let Some(fingerprint) = self.under_way.get(key).copied() {
            return Some(Known::UnderWay { fingerprint });
        }
        self.under_way.insert(key.to_owned(), fingerprint);
        None
    }

    /// The request was not done, and may be made again.
    pub(crate) fn forget(&mut self, key: &str) {
        self.under_way.remove(key);
    }

    /// The request was done; `sequence` is the number of its key's entry.
    pub(crate) fn done(&mut self, key: Key, sequence: u64) {
        let Key { key, fingerprint, events } = key;
        self.under_way.remove(&key);
        self.put(key, Done { fingerprint, first: sequence + 1, events });
    }

    /// Those that were done, whichever was first before the others.
    pub(crate) fn kept(&self) -> impl Iterator<Item = (String, Done)> {
        self.order.iter().filter_map(|key| Some((key.clone(), *self.done.get(key)?)))
    }

    /// Puts one behind those that are there.
    pub(crate) fn put(&mut self, key: String, done: Done) {
        if self.done.insert(key.clone(), done).is_none() {
            self.order.push_back(key);
            if self.order.len() > KEYS_MAX
                && let Some(first) = self.order.pop_front()
            {
                self.done.remove(&first);
            }
        }
    }
}
