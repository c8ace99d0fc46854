//! Which decision was it, and does it come out the same again?

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use seawall_core::decision::record::{Record, ReplayError};
use serde::Serialize;

use super::{
    Error, Service,
    entry::{ATTEMPT, EVENT, EventEntry, KeptLabel, LABEL, POLICY, Promotion, RECORD, SNAPSHOT},
    locked,
};
use crate::{
    page::{Listed, Page, cursor},
    webhook::Attempt,
};

/// Decisions that are kept in memory.
const RECENT_MAX: usize = 20_000;
/// Entries behind an event that its record is looked for in: far more than can be waiting.
const BEHIND_MAX: u64 = 500_000;
/// Entries that are read for one page of a list.
const READ_MAX: u64 = 200_000;

/// The latest decisions, and those whose records are not in the journal yet.
#[derive(Default)]
pub(crate) struct Recent(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    by_sequence: HashMap<u64, Arc<Record>>,
    order: VecDeque<u64>,
    unwritten: Vec<Arc<Record>>,
}

impl Recent {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn add(&self, record: Arc<Record>) {
        let mut kept = self.kept();
        let sequence = record.inputs.sequence;
        kept.unwritten.push(Arc::clone(&record));
        kept.by_sequence.insert(sequence, record);
        kept.order.push_back(sequence);
        if kept.order.len() > RECENT_MAX
            && let Some(first) = kept.order.pop_front()
        {
            kept.by_sequence.remove(&first);
        }
    }

    pub(crate) fn unwritten(&self) -> Vec<Arc<Record>> {
        std::mem::take(&mut self.kept().unwritten)
    }

    pub(crate) fn put_back(&self, mut records: Vec<Arc<Record>>) {
        let mut kept = self.kept();
        records.append(&mut kept.unwritten);
        kept.unwritten = records;
    }

    /// The latest that fit, the last first.
    fn latest(&self, limit: usize, fits: impl Fn(&Record) -> bool) -> Vec<Arc<Record>> {
        let kept = self.kept();
        let last_first = kept.order.iter().rev();
        let records = last_first.filter_map(|sequence| kept.by_sequence.get(sequence));
        records.filter(|record| fits(record)).take(limit).map(Arc::clone).collect()
    }

    fn get(&self, sequence: u64) -> Option<Arc<Record>> {
        self.kept().by_sequence.get(&sequence).map(Arc::clone)
    }
}

/// A snapshot that came to count.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Promoted {
    snapshot: String,
    /// Number of the first entry that it did not count for.
    sequence: u64,
}

/// What came of making a decision again.
#[derive(Clone, Debug, Serialize)]
pub struct Replayed {
    /// Whether it came out the same, byte for byte.
    pub same: bool,
    /// Bytes of the record.
    pub bytes: usize,
    /// XXH3-128 of the record as it is kept, and as it came out again.
    pub kept_hash: String,
    /// See `kept_hash`.
    pub replayed_hash: String,
}

impl Service {
    /// The record of the decision about an event's entry.
    pub(crate) fn record(&self, sequence: u64) -> Result<Option<Arc<Record>>, Error> {
        if let Some(record) = self.recent.get(sequence) {
            return Ok(Some(record));
        }
        if sequence >= self.readers.entries() {
            return Ok(None);
        }
        let mut is_first = true;
        for entry in self.readers.from(sequence) {
            let (at, entry) = entry?;
            if is_first {
                let own = (entry.kind == EVENT).then(|| EventEntry::decode(&entry.content));
                if !own.flatten().is_some_and(|own| own.decide) {
                    return Ok(None);
                }
                is_first = false;
            }
            if at > sequence + BEHIND_MAX {
                break;
            }
            if entry.kind == RECORD {
                let record =
                    Record::decode(&entry.content).map_err(|_| Error::Entry { sequence: at })?;
                if record.inputs.sequence == sequence {
                    return Ok(Some(Arc::new(record)));
                }
            }
        }
        Ok(None)
    }

    /// Decisions that are kept in memory, the last first.
    pub(crate) fn latest_decisions(
        &self,
        limit: usize,
        fits: impl Fn(&Record) -> bool,
    ) -> Vec<Arc<Record>> {
        self.recent.latest(limit, fits)
    }

    /// Makes a decision again, from what is kept of it.
    pub(crate) fn replay(&self, record: &Record) -> Result<Replayed, ReplayError> {
        let (loaded, policy, model) = {
            let mut state = locked(&self.state);
            let loaded = state.snapshot(&record.snapshot);
            let model = record.model().map(|id| state.model(id).map_err(|_| id.to_owned()));
            (loaded, state.policy(&record.policy), model)
        };
        let model = model.transpose().map_err(ReplayError::Model)?;
        let loaded = loaded.map_err(|_| ReplayError::Snapshot(record.snapshot.clone()))?;
        let policy = policy.ok_or_else(|| ReplayError::Policy(record.policy.clone()))?;
        let (kept, again) =
            (record.encode(), record.replay(&loaded, &policy, model.as_deref())?.encode());
        Ok(Replayed {
            same: kept == again,
            bytes: kept.len(),
            kept_hash: hash(&kept),
            replayed_hash: hash(&again),
        })
    }

    /// A page of what entries of the journal are.
    pub(super) fn page<T>(
        &self,
        page: Page,
        item: impl Fn(u64, u8, &[u8]) -> Option<T>,
    ) -> Result<Listed<T>, Error> {
        let mut items = Vec::new();
        let from = page.from.max(self.readers.oldest()?);
        let mut next = from;
        for entry in self.readers.from(from) {
            if items.len() == page.limit || next >= from.saturating_add(READ_MAX) {
                return Ok(Listed { items, next_cursor: Some(cursor(next)) });
            }
            let (sequence, entry) = entry?;
            items.extend(item(sequence, entry.kind, &entry.content));
            next = sequence + 1;
        }
        Ok(Listed { items, next_cursor: None })
    }

    /// Decisions, in the order of their records.
    pub(crate) fn decisions(&self, page: Page) -> Result<Listed<Record>, Error> {
        self.page(page, |_, kind, content| {
            (kind == RECORD).then(|| Record::decode(content).ok()).flatten()
        })
    }

    /// Labels.
    pub(crate) fn labels(&self, page: Page) -> Result<Listed<KeptLabel>, Error> {
        self.page(page, |_, kind, content| {
            (kind == LABEL).then(|| serde_json::from_slice(content).ok()).flatten()
        })
    }

    /// Snapshots that decisions were made by, in the order in which they came to count.
    pub(crate) fn snapshots(&self, page: Page) -> Result<Listed<Promoted>, Error> {
        self.page(page, |sequence, kind, content| {
            let id = || String::from_utf8(content.to_vec()).ok();
            (kind == SNAPSHOT).then(id).flatten().map(|snapshot| Promoted { snapshot, sequence })
        })
    }

    /// What came of the attempts to send messages to an endpoint.
    pub(crate) fn attempts(&self, endpoint: &str, page: Page) -> Result<Listed<Attempt>, Error> {
        self.page(page, |_, kind, content| {
            let attempt = || serde_json::from_slice(content).ok();
            let attempt: Option<Attempt> = (kind == ATTEMPT).then(attempt).flatten();
            attempt.filter(|own| own.endpoint == endpoint)
        })
    }

    /// Policies that came into force.
    pub(crate) fn promotions(&self, page: Page) -> Result<Listed<Promotion>, Error> {
        self.page(page, |_, kind, content| {
            (kind == POLICY).then(|| serde_json::from_slice(content).ok()).flatten()
        })
    }
}

fn hash(bytes: &[u8]) -> String {
    format!("{:032x}", xxhash_rust::xxh3::xxh3_128(bytes))
}
