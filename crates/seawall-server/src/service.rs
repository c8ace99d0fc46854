//! What can be asked of a running server, without HTTP?
//!
//! Everything that changes something is written to the journal first, and then taken in, in the order of the journal.
//! A decision is answered when its event is written: it then survives the end of the process. An event, a label, a
//! policy is acknowledged when it is on the disk: it then survives a loss of power.

mod checkpoint;
mod data;
mod entry;
mod error;
mod find;
#[cfg(feature = "kafka")]
mod follow;
mod keys;
mod knowledge;
mod learn;
mod models;
mod review;
mod start;
mod state;
mod stats;
mod stream_stats;
mod streams;
mod webhooks;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, atomic::Ordering};

use ipnet::IpNet;
use seawall_core::{
    decision::{Answer, exposed::Loaded, policy::Policy, record::Record},
    event::{Event, Reject},
};
use seawall_engine::read::{LineReader, Sink};
use seawall_store::{
    group::{Group, HandedOver, Kept, OnDisk, Refused, Submission},
    journal::{Entry, Readers},
};
use tokio::sync::{broadcast, oneshot};

use checkpoint::Keeper;
pub use entry::{KeptLabel, Label, LabelWord, NamedValue, Promotion};
pub use error::Error;
pub use find::Replayed;
pub use knowledge::Files;
pub use learn::examples;
pub use review::{Change, Review, review};
pub use start::{Asked, Options, Started};

use crate::clock::{Stopwatch, now_milliseconds};
pub(crate) use entry::whole;
use entry::{EventEntry, INDICATOR, KEY, Key, LABEL, LATE, Late, POLICY, RECORD, SNAPSHOT, json};
pub(crate) use keys::Known;
pub(crate) use models::{Compared, OVER, Role};
use state::{Shared, State};
use stats::{Sizes, Stats};
pub(crate) use stream_stats::StreamStats;
#[cfg(feature = "kafka")]
pub(crate) use {
    entry::PassedOn,
    follow::{Follow, ToPassOn},
    streams::{Given, Streamed},
};

/// Summaries that a slow reader of the activity may be behind.
const ACTIVITY_MAX: usize = 1024;

/// A running server.
pub struct Service {
    state: Arc<Mutex<State>>,
    shared: Arc<Shared>,
    group: Group,
    readers: Readers,
    recent: Arc<find::Recent>,
    activity: broadcast::Sender<Arc<str>>,
    stats: Arc<Stats>,
    stream_stats: Arc<StreamStats>,
    compared: Compared,
    lines: LineReader,
    keeper: Keeper,
    networks: Vec<IpNet>,
}

/// Whether the events of a request are only reported, or decided about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    Report,
    Decide,
}

/// What whoever hands entries over waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wait {
    Written,
    OnDisk,
}

/// Events that were written.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// Events taken in.
    pub(crate) events: u32,
    /// Decisions about them, in their order.
    pub(crate) records: Vec<Arc<Record>>,
}

/// Which policies there are.
pub(crate) struct Policies {
    pub(crate) known: Vec<Arc<Policy>>,
    pub(crate) in_force: Arc<Policy>,
    pub(crate) staged: Option<(Arc<Policy>, u16)>,
}

/// Events on their way to the journal.
pub(crate) struct OnTheWay {
    told: oneshot::Receiver<Answered<Taken>>,
    handed_over: HandedOver,
}

impl OnTheWay {
    /// Writes them now, unless others do; who is told of them.
    pub(crate) fn write(self) -> oneshot::Receiver<Answered<Taken>> {
        drop(self.handed_over);
        self.told
    }
}

type Answered<T> = Result<T, Arc<seawall_store::Error>>;

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts the events of lines.
struct Count(u32);

impl Sink for Count {
    fn event(&mut self, _: &Event<'_>) {
        self.0 += 1;
    }
}

impl Service {
    /// Checks a line before it is written: whether it holds one event, and what is wrong with it.
    pub(crate) fn check(&self, line: &[u8]) -> Result<(), Vec<Reject>> {
        let mut count = Count(0);
        let rejects = self.lines.read("request", line, &mut count);
        if count.0 == 1 { Ok(()) } else { Err(rejects) }
    }

    /// Writes checked lines, takes them in, and answers: decisions when they are written, reports when on the disk.
    pub(crate) fn take(
        &self,
        lines: &[Vec<u8>],
        wish: Wish,
        key: Option<(String, u64)>,
    ) -> Result<OnTheWay, Error> {
        let received_at = now_milliseconds().div_euclid(1000);
        let decide = wish == Wish::Decide;
        let mut entries: Vec<Entry> = Vec::with_capacity(lines.len() + 1);
        if let Some((key, fingerprint)) = &key {
            let (key, fingerprint) = (key.clone(), *fingerprint);
            entries.push(json(KEY, &Key { key, fingerprint, events: lines.len() as u32 }));
        }
        let event = |line| EventEntry { received_at, decide, origin: None, line }.encode();
        entries.extend(lines.iter().map(|line| event(line)));
        let wait = if decide { Wait::Written } else { Wait::OnDisk };
        self.take_entries(entries, key.map(|(key, _)| key), wait)
    }

    /// Writes entries of events, takes them in, and answers. `key` is that of their request.
    fn take_entries(
        &self,
        entries: Vec<Entry>,
        key: Option<String>,
        wait: Wait,
    ) -> Result<OnTheWay, Error> {
        let (tell, told) = oneshot::channel();
        let (state, shared) = (Arc::clone(&self.state), Arc::clone(&self.shared));
        let recent = Arc::clone(&self.recent);
        let (stats, activity) = (Arc::clone(&self.stats), self.activity.clone());
        let submission = Submission {
            entries,
            written: Box::new(move |written: Answered<Kept<'_>>| {
                let kept = match written {
                    Ok(kept) => kept,
                    Err(error) => {
                        stats.not_kept.fetch_add(1, Ordering::Relaxed);
                        if let Some(key) = key {
                            locked(&shared.keys).forget(&key);
                        }
                        let _ = tell.send(Err(error));
                        return None;
                    }
                };
                let taken = apply(&state, kept, &recent, &stats);
                publish(&activity, &taken);
                if wait == Wait::Written {
                    let _ = tell.send(Ok(taken));
                    return None;
                }
                Some(Box::new(move |synced: Answered<()>| {
                    let _ = tell.send(synced.map(|()| taken));
                }) as OnDisk)
            }),
        };
        let handed_over = self.hand_over(submission)?;
        Ok(OnTheWay { told, handed_over })
    }

    fn submit(&self, submission: Submission) -> Result<(), Error> {
        self.hand_over(submission).map(drop)
    }

    fn hand_over(&self, submission: Submission) -> Result<HandedOver, Error> {
        self.group.hand_over(submission).map_err(|refused| match refused {
            Refused::Busy => {
                self.stats.refused.fetch_add(1, Ordering::Relaxed);
                Error::Busy
            }
            Refused::Closed => Error::Closed,
        })
    }

    /// Writes entries that are no events; answers when they are on the disk and taken in.
    fn write(&self, entries: Vec<Entry>) -> Result<oneshot::Receiver<Answered<u64>>, Error> {
        let (tell, told) = oneshot::channel();
        let state = Arc::clone(&self.state);
        let written = Box::new(move |written: Answered<Kept<'_>>| {
            let Kept { first, entries } = match written {
                Ok(kept) => kept,
                Err(error) => {
                    let _ = tell.send(Err(error));
                    return None;
                }
            };
            let mut state = locked(&state);
            for (sequence, entry) in (first..).zip(entries) {
                // What cannot be taken in was checked before it was written.
                let _ = state.apply(sequence, entry);
            }
            Some(Box::new(move |synced: Answered<()>| {
                let _ = tell.send(synced.map(|()| first));
            }) as OnDisk)
        });
        self.submit(Submission { entries, written })?;
        Ok(told)
    }

    /// Keeps labels.
    pub(crate) fn label(
        &self,
        labels: Vec<Label>,
        by: &str,
    ) -> Result<oneshot::Receiver<Answered<u64>>, Error> {
        let at = now_milliseconds();
        let kept = |label| json(LABEL, &KeptLabel { label, by: by.to_owned(), at });
        self.write(labels.into_iter().map(kept).collect())
    }

    /// Accounts that were exonerated since this was asked last.
    pub(crate) fn take_exonerated(&self) -> Vec<String> {
        locked(&self.state).take_exonerated()
    }

    /// Keeps named values.
    pub(crate) fn name(
        &self,
        values: &[NamedValue],
    ) -> Result<oneshot::Receiver<Answered<u64>>, Error> {
        self.write(values.iter().map(|value| json(INDICATOR, value)).collect())
    }

    /// Brings a checked policy into force, for so many of a thousand accounts.
    pub(crate) fn promote(
        &self,
        policy: &Policy,
        per_mille: u16,
        by: &str,
    ) -> Result<oneshot::Receiver<Answered<u64>>, Error> {
        let (id, text) = (policy.id().to_owned(), policy.text().to_owned());
        let at = now_milliseconds();
        let promotion = Promotion { policy: id, per_mille, by: by.to_owned(), at, text };
        self.write(vec![json(POLICY, &promotion)])
    }

    /// Takes a snapshot's file in. Decisions are made by it once it is [promoted](Self::promote_snapshot).
    pub(crate) fn take_snapshot(&self, bytes: &[u8]) -> Result<Arc<Loaded>, Error> {
        let loaded = Arc::new(self.keeper.data().keep_snapshot(bytes)?);
        locked(&self.state).offer(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// From now on decisions are made by a snapshot that was taken in.
    pub(crate) fn promote_snapshot(
        &self,
        id: &str,
    ) -> Result<oneshot::Receiver<Answered<u64>>, Error> {
        self.write(vec![Entry { kind: SNAPSHOT, content: id.as_bytes().to_vec() }])
    }

    /// Keeps that decisions were answered late; nobody waits for it.
    pub(crate) fn note_late(&self, answer: Answer, events: u32) {
        self.stats.late.fetch_add(u64::from(events), Ordering::Relaxed);
        let late = Late { at: now_milliseconds(), answer, events };
        // Where there is no room even for this, the metric has it.
        let _ = self
            .submit(Submission { entries: vec![json(LATE, &late)], written: Box::new(|_| None) });
    }

    /// What is known of a request's key; a new one is under way from now on.
    pub(crate) fn begin(&self, key: &str, fingerprint: u64) -> Option<Known> {
        locked(&self.shared.keys).begin(key, fingerprint)
    }

    /// The request was not done.
    pub(crate) fn forget(&self, key: &str) {
        locked(&self.shared.keys).forget(key);
    }

    /// The policy in force.
    pub(crate) fn policy(&self) -> Arc<Policy> {
        Arc::clone(&locked(&self.shared.current).1)
    }

    /// A policy that was ever in force.
    pub(crate) fn policy_by_id(&self, id: &str) -> Option<Arc<Policy>> {
        locked(&self.state).policy(id)
    }

    /// Every policy that was ever in force, by id; the one that is; and one that counts for so many of a thousand accounts.
    pub(crate) fn policies(&self) -> Policies {
        let state = locked(&self.state);
        Policies {
            known: state.policies.values().map(Arc::clone).collect(),
            in_force: Arc::clone(state.live.policy()),
            staged: state.live.staged().map(|(policy, per_mille)| (Arc::clone(policy), per_mille)),
        }
    }

    /// Id and campaigns of the snapshot that counts.
    pub(crate) fn snapshot(&self) -> (String, usize) {
        let loaded = &locked(&self.shared.current).0;
        (loaded.id.clone(), loaded.snapshot.campaigns.len())
    }

    pub(crate) fn watch(&self) -> broadcast::Receiver<Arc<str>> {
        self.activity.subscribe()
    }

    pub(crate) fn stream_stats(&self) -> &Arc<StreamStats> {
        &self.stream_stats
    }

    pub(crate) fn stats(&self) -> &Stats {
        &self.stats
    }

    /// Prometheus text.
    pub(crate) fn metrics(&self) -> String {
        let (journal_entries, checkpoint) = (self.readers.entries(), self.keeper.latest());
        let sizes = {
            let state = locked(&self.state);
            let [tracked, known, provisional, signups] = state.live.sizes();
            Sizes {
                tracked,
                known,
                provisional,
                excused: state.live.excused(),
                signups,
                labels: state.labels,
                journal_entries,
                checkpoint,
                webhooks_waiting: state.book.waiting() as u64,
                webhooks_lost: state.book.lost,
            }
        };
        self.stats.exposition(&sizes, self.compared.counts())
            + &self.stream_stats.exposition(&self.next_offsets())
    }

    /// Entries of the journal.
    pub fn entries(&self) -> u64 {
        self.readers.entries()
    }

    /// Writes the records that are not written yet. They follow from the journal, so nobody waits for them.
    pub fn write_records(&self) {
        let records = self.recent.unwritten();
        if records.is_empty() {
            return;
        }
        self.compare_models(&records);
        let entry = |record: &Arc<Record>| Entry { kind: RECORD, content: record.encode() };
        let entries = records.iter().map(entry).collect();
        let (state, recent) = (Arc::clone(&self.state), Arc::clone(&self.recent));
        let own = records.clone();
        let written = Box::new(move |written: Answered<Kept<'_>>| {
            match written {
                Ok(_) => locked(&state).recorded(&own),
                Err(_) => recent.put_back(own),
            }
            None
        });
        if self.submit(Submission { entries, written }).is_err() {
            self.recent.put_back(records);
        }
    }

    /// Ends: all that was taken is written, and a checkpoint, so that the next start is short.
    pub fn close(self) {
        self.write_records();
        if let Some(journal) = self.group.close() {
            let state = locked(&self.state);
            // Without it the next start takes longer, and nothing else.
            let _ = self.keeper.keep(&state, &self.readers, journal.entries());
        }
    }

    /// Folds the journal once more, beside the state that answers, and keeps what it comes to: nobody waits for it.
    /// Nothing is done where too little came since the last time.
    pub fn checkpoint(&self) -> Result<(), Error> {
        let entries = self.readers.entries();
        if self.keeper.is_due(entries) {
            let (state, ..) = self.keeper.fold(&self.readers, entries, &mut |_, _| {})?;
            self.keeper.keep(&state, &self.readers, entries)?;
        }
        Ok(())
    }
}

/// Takes entries in, and keeps what they decided.
fn apply(state: &Mutex<State>, kept: Kept<'_>, recent: &find::Recent, stats: &Stats) -> Taken {
    let mut taken = Taken::default();
    let mut state = locked(state);
    for (sequence, entry) in (kept.first..).zip(kept.entries) {
        let watch = Stopwatch::start();
        // Lines were checked before they were written.
        let Ok(record) = state.apply(sequence, entry) else { continue };
        taken.events += u32::from(entry.kind == entry::EVENT);
        if let Some(record) = record {
            stats.deciding.add(watch.passed());
            stats.answered(record.decision.decision);
            recent.add(Arc::clone(&record));
            taken.records.push(record);
        }
    }
    stats.events.fetch_add(u64::from(taken.events), Ordering::Relaxed);
    taken
}

/// Tells those who watch; where nobody does, nothing is made.
fn publish(activity: &broadcast::Sender<Arc<str>>, taken: &Taken) {
    if activity.receiver_count() == 0 {
        return;
    }
    for record in &taken.records {
        let summary = crate::api::summary(record).to_string();
        let _ = activity.send(summary.into());
    }
}
