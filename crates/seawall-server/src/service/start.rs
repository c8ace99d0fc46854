//! How does a server come back to where it was?

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use seawall_core::{decision::record::Record, selector::Lists};
use seawall_engine::read::LineReader;
use seawall_store::{
    group::Group,
    journal::{self, Entry, Journal},
    place::Folder,
};
use tokio::sync::broadcast;

use super::{
    ACTIVITY_MAX, Error, Service,
    data::Data,
    entry::{RECORD, SNAPSHOT},
    find::Recent,
    state::State,
    stats::Stats,
};

/// How a server is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where its data lie.
    pub data: PathBuf,
    /// A snapshot to decide by from now on.
    pub snapshot: Option<PathBuf>,
    /// Selectors that are tracked; as before, or four million.
    pub selectors_max: Option<u64>,
    /// Accounts that are known; as before, or a million.
    pub accounts_max: Option<u64>,
    /// Requests that may wait; 0 for 8192.
    pub waiting_max: usize,
}

/// What was found at the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Started {
    /// Entries of the journal.
    pub entries: u64,
    /// Bytes that a crash left behind the last entry; they are set aside.
    pub torn_bytes: u64,
    /// Decisions whose records a crash had kept from the journal; they are written again.
    pub records_restored: u64,
    /// Records that came out otherwise than they are kept: another program wrote them.
    pub records_differing: u64,
    /// The snapshot that counts.
    pub snapshot: String,
    /// Its campaigns.
    pub campaigns: usize,
}

impl Service {
    /// Starts: reads the journal from its beginning, and goes on from there. `progress` is told entries done and in all.
    pub fn start(
        options: &Options,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(Self, Started), Error> {
        let data = Data::new(&options.data);
        let limits = data.limits(options.selectors_max, options.accounts_max)?;
        let place = Arc::new(Folder::new(data.journal()));
        let (mut journal, recovery) = Journal::open(place, journal::Options::default())?;
        let mut state = State::new(data.clone(), limits, Arc::new(Lists::default()));
        let mut started = Started { torn_bytes: recovery.torn_bytes, ..Started::default() };
        let missing = replay(&journal, &mut state, &mut started, progress)?;
        started.records_restored = missing.len() as u64;
        let mut entries: Vec<Entry> = missing
            .into_iter()
            .map(|record| Entry { kind: RECORD, content: record.encode() })
            .collect();
        if let Some(path) = &options.snapshot {
            let loaded = data.keep_snapshot(path)?;
            if loaded.id != state.live.loaded().id {
                entries.push(Entry { kind: SNAPSHOT, content: loaded.id.into_bytes() });
            }
        }
        for chunk in entries.chunks(1024) {
            let first = journal.append(chunk)?;
            for (sequence, entry) in (first..).zip(chunk) {
                state.apply(sequence, entry)?;
            }
        }
        journal.durable().sync()?;
        started.entries = journal.entries();
        started.snapshot.clone_from(&state.live.loaded().id);
        started.campaigns = state.live.loaded().snapshot.campaigns.len();
        let readers = journal.readers();
        let waiting_max = if options.waiting_max == 0 { 8192 } else { options.waiting_max };
        let service = Self {
            state: Arc::new(Mutex::new(state)),
            group: Group::start(journal, waiting_max),
            readers,
            recent: Arc::new(Recent::default()),
            activity: broadcast::channel(ACTIVITY_MAX).0,
            stats: Arc::new(Stats::default()),
            lines: LineReader::default(),
        };
        Ok((service, started))
    }
}

/// Takes all entries in; returns the records that are not in the journal.
fn replay(
    journal: &Journal,
    state: &mut State,
    started: &mut Started,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<Vec<Record>, Error> {
    let all = journal.entries();
    // Decisions whose records are yet to come, in their order.
    let mut awaited: std::collections::BTreeMap<u64, Record> = std::collections::BTreeMap::new();
    for entry in journal.reader(0) {
        let (sequence, entry) = entry?;
        if entry.kind == RECORD {
            let kept = Record::decode(&entry.content).map_err(|_| Error::Entry { sequence })?;
            let made = awaited.remove(&kept.inputs.sequence);
            let is_same = made.is_some_and(|made| made.encode() == entry.content);
            started.records_differing += u64::from(!is_same);
        } else if let Some(record) = state.apply(sequence, &entry)? {
            awaited.insert(sequence, record);
        }
        if sequence % 4096 == 0 {
            progress(sequence, all);
        }
    }
    Ok(awaited.into_values().collect())
}
