//! What follows from the journal? The fold that a running server and one that comes back share.

use std::{collections::HashMap, sync::Arc};

use seawall_core::{
    decision::{
        exposed::Loaded,
        live::{Indicator, Limits, Live},
        policy::Policy,
        record::{Inputs, Record},
        scored::Ready,
    },
    event::Event,
    selector::Lists,
};
use seawall_engine::read::{LineReader, Sink};
use seawall_store::journal::Entry;

use super::{
    data::Data,
    entry::{
        EVENT, EventEntry, INDICATOR, KEY, Key, MODEL, NamedValue, POLICY, Promotion, SNAPSHOT,
    },
    error::Error,
    keys::Keys,
};

/// Snapshots, and account models, that are kept in memory: the one that counts, and the one before it for replays.
const LOADED_MAX: usize = 2;

/// What the journal says up to now.
pub(crate) struct State {
    pub(crate) live: Live,
    pub(crate) keys: Keys,
    /// Labels so far.
    pub(crate) labels: u64,
    lines: LineReader,
    data: Data,
    loaded: Vec<Arc<Loaded>>,
    models: Vec<Arc<Ready>>,
    policies: HashMap<String, Arc<Policy>>,
}

/// Takes the one event of a line.
struct Take<'a> {
    live: &'a mut Live,
    sequence: u64,
    received_at: i64,
    inputs: Option<Inputs>,
}

impl Sink for Take<'_> {
    fn event(&mut self, event: &Event<'_>) {
        self.inputs = Some(self.live.observe(event, self.sequence, self.received_at));
    }
}

impl State {
    /// Nothing in the journal yet.
    pub(crate) fn new(data: Data, limits: Limits, lists: Arc<Lists>) -> Self {
        let loaded = Arc::new(Loaded::new(seawall_core::decision::snapshot::Snapshot::empty()));
        let policy = Arc::new(Policy::standard());
        let policies = HashMap::from([(policy.id().to_owned(), Arc::clone(&policy))]);
        Self {
            live: Live::new(Arc::clone(&loaded), policy, lists, limits),
            keys: Keys::default(),
            labels: 0,
            lines: LineReader::default(),
            data,
            loaded: vec![loaded],
            models: Vec::new(),
            policies,
        }
    }

    /// Takes in an entry; a decision where it asks for one.
    pub(crate) fn apply(&mut self, sequence: u64, entry: &Entry) -> Result<Option<Record>, Error> {
        let broken = || Error::Entry { sequence };
        match entry.kind {
            EVENT => return self.event(sequence, &entry.content),
            SNAPSHOT => {
                let id = std::str::from_utf8(&entry.content).map_err(|_| broken())?;
                let loaded = self.snapshot(id)?;
                self.live.set_snapshot(loaded);
            }
            MODEL => {
                let id = std::str::from_utf8(&entry.content).map_err(|_| broken())?;
                let model = if id.is_empty() { None } else { Some(self.model(id)?) };
                self.live.set_model(model);
            }
            POLICY => {
                let promotion: Promotion =
                    serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                let policy = Arc::new(Policy::parse(&promotion.text)?);
                self.policies.insert(policy.id().to_owned(), Arc::clone(&policy));
                self.live.set_policy(policy, promotion.per_mille);
            }
            KEY => {
                let key: Key = serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                self.keys.done(key, sequence);
            }
            INDICATOR => {
                let NamedValue { id, kind, value, valid_until } =
                    serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                self.live.add_indicator(&kind, &value, Indicator { id, valid_until });
            }
            super::entry::LABEL => self.labels += 1,
            _ => {}
        }
        Ok(None)
    }

    fn event(&mut self, sequence: u64, content: &[u8]) -> Result<Option<Record>, Error> {
        let EventEntry { received_at, decide, line } =
            EventEntry::decode(content).ok_or(Error::Entry { sequence })?;
        let mut take = Take { live: &mut self.live, sequence, received_at, inputs: None };
        self.lines.read("event", line, &mut take);
        let inputs = take.inputs.ok_or(Error::Entry { sequence })?;
        Ok(decide.then(|| self.live.decide(inputs)))
    }

    /// A snapshot by its id, from memory or from the data directory.
    pub(crate) fn snapshot(&mut self, id: &str) -> Result<Arc<Loaded>, Error> {
        if let Some(loaded) = self.loaded.iter().find(|loaded| loaded.id == id) {
            return Ok(Arc::clone(loaded));
        }
        let loaded = Arc::new(self.data.snapshot(id)?);
        self.loaded.truncate(LOADED_MAX - 1);
        self.loaded.insert(0, Arc::clone(&loaded));
        Ok(loaded)
    }

    /// An account model by its id, from memory or from the data directory.
    pub(crate) fn model(&mut self, id: &str) -> Result<Arc<Ready>, Error> {
        if let Some(model) = self.models.iter().find(|model| model.id == id) {
            return Ok(Arc::clone(model));
        }
        let model = Arc::new(self.data.model(id)?);
        self.models.truncate(LOADED_MAX - 1);
        self.models.insert(0, Arc::clone(&model));
        Ok(model)
    }

    /// A policy by its id, as far as it was ever in force.
    pub(crate) fn policy(&self, id: &str) -> Option<Arc<Policy>> {
        self.policies.get(id).map(Arc::clone)
    }
}
