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
    entry::{MODEL, RECORD, SNAPSHOT},
    find::Recent,
    state::State,
    stats::Stats,
};

/// Which account model is asked from now on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// That of a file.
    File(PathBuf),
    /// None.
    Nobody,
}

/// How a server is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Where its data lie.
    pub data: PathBuf,
    /// A snapshot to decide by from now on.
    pub snapshot: Option<PathBuf>,
    /// An account model to ask from now on, or that none is asked any more; as before where neither is said.
    pub model: Option<Asked>,
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
    /// The account model that is asked.
    pub model: Option<String>,
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
        entries.extend(model_entry(options, &data, &state)?);
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
        started.model = state.live.model().map(|model| model.id.clone());
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

/// The entry that another account model is asked from now on; none where it stays as it is.
fn model_entry(options: &Options, data: &Data, state: &State) -> Result<Option<Entry>, Error> {
    let id = match &options.model {
        None => return Ok(None),
        Some(Asked::File(path)) => data.keep_model(path)?.id,
        Some(Asked::Nobody) => String::new(),
    };
    let own = state.live.model().map_or("", |model| model.id.as_str());
    Ok((id != own).then(|| Entry { kind: MODEL, content: id.into_bytes() }))
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
