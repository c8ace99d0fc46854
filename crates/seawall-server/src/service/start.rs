//! How does a server come back to where it was?

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
};

use ipnet::IpNet;
use seawall_core::decision::record::Record;
use seawall_engine::read::LineReader;
use seawall_store::{
    group::Group,
    journal::{self, Entry, Journal},
    place::Folder,
};
use tokio::sync::broadcast;

use super::{
    ACTIVITY_MAX, Compared, Error, Service,
    checkpoint::Keeper,
    data::{Data, read},
    entry::{KNOWLEDGE, MODEL, RECORD, SNAPSHOT, json},
    find::Recent,
    knowledge::Files,
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
    /// Entries after which a checkpoint is made while the server runs, two million unless told; 0 for none but at its end.
    pub checkpoint_every: Option<u64>,
    /// Lists and databases to use from now on; what is not named stays as before.
    pub knowledge: Files,
    /// Private networks that webhooks may be sent to.
    pub networks: Vec<IpNet>,
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
    /// Entries that were not read, since a checkpoint stands for them.
    pub from_checkpoint: u64,
    /// Checkpoints that were of no use and set aside: position, and why.
    pub checkpoints_set_aside: Vec<(u64, String)>,
    /// The snapshot that counts.
    pub snapshot: String,
    /// Its campaigns.
    pub campaigns: usize,
    /// The account model that is asked.
    pub model: Option<String>,
}

impl Service {
    /// Starts: takes the newest checkpoint, reads the journal from there, and goes on. `progress` is told entries done and
    /// in all.
    pub fn start(
        options: &Options,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(Self, Started), Error> {
        let data = Data::new(&options.data);
        let limits = data.limits(options.selectors_max, options.accounts_max)?;
        let place = Arc::new(Folder::new(data.journal()));
        let (mut journal, recovery) = Journal::open(place, journal::Options::default())?;
        let readers = journal.readers();
        let keeper = Keeper::new(data.clone(), limits, options.checkpoint_every);
        let (mut state, found) = keeper.fold(&readers, journal.entries(), progress)?;
        let missing: Vec<Arc<Record>> = state.awaited.values().map(Arc::clone).collect();
        let mut started = Started {
            torn_bytes: recovery.torn_bytes,
            records_restored: missing.len() as u64,
            records_differing: state.differing,
            from_checkpoint: found.position,
            checkpoints_set_aside: found.set_aside,
            ..Started::default()
        };
        let mut entries: Vec<Entry> = missing
            .into_iter()
            .map(|record| Entry { kind: RECORD, content: record.encode() })
            .collect();
        if let Some(path) = &options.snapshot {
            let loaded = data.keep_snapshot(&read(path)?)?;
            if loaded.id != state.live.loaded().id {
                entries.push(Entry { kind: SNAPSHOT, content: loaded.id.into_bytes() });
            }
        }
        if let Some(used) = options.knowledge.keep(&data, &state.used)?
            && used != state.used
        {
            entries.push(json(KNOWLEDGE, &used));
        }
        entries.extend(model_entry(options, &data, &state)?);
        for chunk in entries.chunks(1024) {
            let first = journal.append(chunk)?;
            for (sequence, entry) in (first..).zip(chunk) {
                state.apply(sequence, entry)?;
            }
        }
        journal.durable().sync()?;
        // Whoever is killed again and again would never come to keep one otherwise. Without it the next start takes longer,
        // and nothing else.
        if keeper.is_due(journal.entries()) {
            let _ = keeper.keep(&state, &readers, journal.entries());
        }
        started.entries = journal.entries();
        started.snapshot.clone_from(&state.live.loaded().id);
        started.campaigns = state.live.loaded().snapshot.campaigns.len();
        started.model = state.live.model().map(|model| model.id.clone());
        let waiting_max = if options.waiting_max == 0 { 8192 } else { options.waiting_max };
        let service = Self {
            shared: Arc::clone(&state.shared),
            state: Arc::new(Mutex::new(state)),
            group: Group::start(journal, waiting_max),
            readers,
            recent: Arc::new(Recent::default()),
            activity: broadcast::channel(ACTIVITY_MAX).0,
            stats: Arc::new(Stats::default()),
            stream_stats: Arc::default(),
            compared: Compared::default(),
            lines: LineReader::default(),
            keeper,
            networks: options.networks.clone(),
        };
        Ok((service, started))
    }
}

/// The entry that another account model is asked from now on; none where it stays as it is.
fn model_entry(options: &Options, data: &Data, state: &State) -> Result<Option<Entry>, Error> {
    let id = match &options.model {
        None => return Ok(None),
        Some(Asked::File(path)) => data.keep_model(&read(path)?)?.id,
        Some(Asked::Nobody) => String::new(),
    };
    let own = state.live.model().map_or("", |model| model.id.as_str());
    Ok((id != own).then(|| Entry { kind: MODEL, content: id.into_bytes() }))
}
