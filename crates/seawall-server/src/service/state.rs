//! What follows from the journal? The fold that a running server and one that comes back share.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::{Arc, Mutex},
};

use seawall_core::{
    decision::{
        exposed::Loaded,
        live::{Indicator, Limits, Live, Seen},
        policy::Policy,
        record::Record,
        scored::Ready,
    },
    event::Event,
};
use seawall_engine::{
    places::Places,
    read::{LineReader, Sink},
};
use seawall_store::journal::Entry;

use super::{
    data::Data,
    entry::{
        ATTEMPT, CHALLENGER, EVENT, EventEntry, INDICATOR, KEY, KNOWLEDGE, KeptLabel, KeptReject,
        Key, LABEL, Label, LabelWord, MODEL, NamedValue, PASSED_ON, POLICY, Promotion, RECORD,
        REJECT, SNAPSHOT, WEBHOOK,
    },
    error::Error,
    keys::Keys,
    knowledge::{Known, Used},
    locked,
    streams::Streams,
};
use crate::webhook::book::Book;

/// Snapshots that are kept in memory: the one that counts, and the one before it for replays.
const LOADED_MAX: usize = 2;
/// Account models: those two, and a challenger.
const MODELS_MAX: usize = 3;

/// Accounts that were exonerated and that nobody asked about yet.
const EXONERATED_MAX: usize = 10_000;

/// What the journal says up to now.
pub(crate) struct State {
    pub(crate) live: Live,
    pub(crate) shared: Arc<Shared>,
    /// Labels so far.
    pub(crate) labels: u64,
    /// Accounts that were exonerated since somebody asked last, the latest of them.
    exonerated: VecDeque<String>,
    /// Who is to be told what.
    pub(crate) book: Book,
    /// How far streams were read and written.
    pub(crate) streams: Streams,
    /// An account model that is asked beside the one that counts, without any effect.
    pub(crate) challenger: Option<Arc<Ready>>,
    /// Decisions whose records are not in the journal yet.
    pub(crate) awaited: BTreeMap<u64, Arc<Record>>,
    /// Records that came out otherwise than they are kept.
    pub(crate) differing: u64,
    /// Lists and databases that are used.
    pub(crate) used: Used,
    places: Places,
    lines: LineReader,
    data: Data,
    loaded: Vec<Arc<Loaded>>,
    models: Vec<Arc<Ready>>,
    /// Every policy that was ever in force, by its id.
    pub(crate) policies: BTreeMap<String, Arc<Policy>>,
}

/// What is asked of the state while it may be busy deciding.
pub(crate) struct Shared {
    pub(crate) keys: Mutex<Keys>,
    /// What counts now.
    pub(crate) current: Mutex<(Arc<Loaded>, Arc<Policy>)>,
}

/// Takes the one event of a line.
struct Take<'a> {
    live: &'a mut Live,
    places: &'a Places,
    sequence: u64,
    received_at: i64,
    seen: Option<Seen>,
}

impl Sink for Take<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let event = self.places.complete(event);
        self.seen = Some(self.live.observe(&event, self.sequence, self.received_at));
    }
}

impl State {
    /// Nothing in the journal yet.
    pub(crate) fn new(data: Data, limits: Limits) -> Self {
        let loaded = Arc::new(Loaded::new(seawall_core::decision::snapshot::Snapshot::empty()));
        let policy = Arc::new(Policy::standard());
        let policies = BTreeMap::from([(policy.id().to_owned(), Arc::clone(&policy))]);
        let current = Mutex::new((Arc::clone(&loaded), Arc::clone(&policy)));
        Self {
            live: Live::new(Arc::clone(&loaded), policy, Arc::default(), limits),
            shared: Arc::new(Shared { keys: Mutex::default(), current }),
            labels: 0,
            exonerated: VecDeque::new(),
            book: Book::default(),
            streams: Streams::default(),
            challenger: None,
            awaited: BTreeMap::new(),
            differing: 0,
            used: Used::default(),
            places: Places::default(),
            lines: LineReader::default(),
            data,
            loaded: vec![loaded],
            models: Vec::new(),
            policies,
        }
    }

    /// Takes in an entry; a decision where it asks for one.
    pub(crate) fn apply(
        &mut self,
        sequence: u64,
        entry: &Entry,
    ) -> Result<Option<Arc<Record>>, Error> {
        let broken = || Error::Entry { sequence };
        match entry.kind {
            EVENT => return self.event(sequence, &entry.content),
            RECORD => {
                let kept = Record::decode(&entry.content).map_err(|_| broken())?;
                let made = self.awaited.remove(&kept.inputs.sequence);
                let is_same = made.is_some_and(|made| made.encode() == entry.content);
                self.differing += u64::from(!is_same);
            }
            SNAPSHOT => {
                let id = std::str::from_utf8(&entry.content).map_err(|_| broken())?;
                let loaded = self.snapshot(id)?;
                self.live.set_snapshot(loaded);
                self.book.forget_campaigns();
                self.streams.forget_campaigns();
                self.show();
            }
            MODEL => {
                let id = std::str::from_utf8(&entry.content).map_err(|_| broken())?;
                let model = if id.is_empty() { None } else { Some(self.model(id)?) };
                self.live.set_model(model);
            }
            CHALLENGER => {
                let id = std::str::from_utf8(&entry.content).map_err(|_| broken())?;
                self.challenger = if id.is_empty() { None } else { Some(self.model(id)?) };
            }
            POLICY => {
                let promotion: Promotion =
                    serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                let policy = Arc::new(Policy::parse(&promotion.text)?);
                self.policies.insert(policy.id().to_owned(), Arc::clone(&policy));
                self.live.set_policy(policy, promotion.per_mille);
                self.show();
            }
            KEY => {
                let key: Key = serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                locked(&self.shared.keys).done(key, sequence);
            }
            INDICATOR => {
                let NamedValue { id, kind, value, valid_until } =
                    serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                self.live.add_indicator(&kind, &value, Indicator { id, valid_until });
            }
            KNOWLEDGE => {
                self.use_files(serde_json::from_slice(&entry.content).map_err(|_| broken())?)?;
            }
            LABEL => {
                self.labels += 1;
                if let Ok(KeptLabel { label, .. }) = serde_json::from_slice(&entry.content) {
                    self.exonerated(label);
                }
            }
            WEBHOOK => {
                self.book.change(serde_json::from_slice(&entry.content).map_err(|_| broken())?);
            }
            ATTEMPT => {
                self.book.attempted(&serde_json::from_slice(&entry.content).map_err(|_| broken())?);
            }
            REJECT => {
                let reject: KeptReject =
                    serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                self.streams.reach(&reject.origin());
            }
            PASSED_ON => {
                let passed_on = serde_json::from_slice(&entry.content).map_err(|_| broken())?;
                self.streams.passed_on(passed_on);
            }
            _ => {}
        }
        Ok(None)
    }

    fn exonerated(&mut self, label: Label) {
        if label.label != LabelWord::Exonerated {
            return;
        }
        if self.exonerated.len() >= EXONERATED_MAX {
            self.exonerated.pop_front();
        }
        self.exonerated.push_back(label.account);
    }

    /// Accounts that were exonerated since this was asked last.
    pub(crate) fn take_exonerated(&mut self) -> Vec<String> {
        self.exonerated.drain(..).collect()
    }

    /// The records of these decisions are in the journal, as they were made.
    pub(crate) fn recorded(&mut self, records: &[Arc<Record>]) {
        for record in records {
            self.awaited.remove(&record.inputs.sequence);
        }
    }

    /// From now on these lists and databases are used.
    pub(crate) fn use_files(&mut self, used: Used) -> Result<(), Error> {
        let Known { lists, places } = used.open(&self.data)?;
        self.live.set_lists(lists);
        (self.used, self.places) = (used, places);
        Ok(())
    }

    /// Lets others see what counts now.
    pub(crate) fn show(&self) {
        let current = (Arc::clone(self.live.loaded()), Arc::clone(self.live.policy()));
        *locked(&self.shared.current) = current;
    }

    fn event(&mut self, sequence: u64, content: &[u8]) -> Result<Option<Arc<Record>>, Error> {
        let EventEntry { received_at, decide, origin, line } =
            EventEntry::decode(content).ok_or(Error::Entry { sequence })?;
        // Who writes has looked already: an event that came twice stands in the journal once.
        if origin.is_some_and(|origin| !self.streams.reach(&origin)) {
            return Ok(None);
        }
        let (live, places) = (&mut self.live, &self.places);
        let mut take = Take { live, places, sequence, received_at, seen: None };
        self.lines.read("event", line, &mut take);
        let seen = take.seen.ok_or(Error::Entry { sequence })?;
        Ok(decide.then(|| {
            let record = Arc::new(self.live.decide(seen));
            self.awaited.insert(sequence, Arc::clone(&record));
            self.book.decided(&record, received_at.saturating_mul(1000));
            record
        }))
    }

    /// A snapshot by its id, from memory or from the data directory.
    pub(crate) fn snapshot(&mut self, id: &str) -> Result<Arc<Loaded>, Error> {
        if let Some(loaded) = self.loaded.iter().find(|loaded| loaded.id == id) {
            return Ok(Arc::clone(loaded));
        }
        let loaded = Arc::new(self.data.snapshot(id)?);
        self.offer(Arc::clone(&loaded));
        Ok(loaded)
    }

    /// Holds a snapshot ready, so that nobody waits while it is read.
    pub(crate) fn offer(&mut self, loaded: Arc<Loaded>) {
        self.loaded.retain(|own| own.id != loaded.id);
        self.loaded.truncate(LOADED_MAX - 1);
        self.loaded.insert(0, loaded);
    }

    /// An account model by its id, from memory or from the data directory.
    pub(crate) fn model(&mut self, id: &str) -> Result<Arc<Ready>, Error> {
        if let Some(model) = self.models.iter().find(|model| model.id == id) {
            return Ok(Arc::clone(model));
        }
        let model = Arc::new(self.data.model(id)?);
        self.models.truncate(MODELS_MAX - 1);
        self.models.insert(0, Arc::clone(&model));
        Ok(model)
    }

    /// A policy by its id, as far as it was ever in force.
    pub(crate) fn policy(&self, id: &str) -> Option<Arc<Policy>> {
        self.policies.get(id).map(Arc::clone)
    }
}
