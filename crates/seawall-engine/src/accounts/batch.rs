//! What a piece of the input says: who was seen when, and, kind by kind, with what.

use seawall_core::{
    event::EventType,
    selector::{KindId, KindSet, registry::KINDS},
};

use super::values::{Coder, Values};

/// Seconds between the Unix epoch and 1990-01-01T00:00:00Z: times are kept as `u32` seconds since 1990.
pub(crate) const SECONDS_1990: i64 = 631_152_000;

/// What one event says of its account.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Observation {
    /// Hash of the account id.
    pub(crate) account: u64,
    /// Seconds since 1990.
    pub(crate) seconds: u32,
    /// Kind of event.
    pub(crate) event_type: EventType,
    /// The site's word on trust, where the event has it.
    pub(crate) trusted: Option<bool>,
    /// Hash of the event type and action name, for the account's first steps.
    pub(crate) step: u64,
}

/// The events of a piece.
#[derive(Debug)]
pub(crate) struct Batch {
    observations: Vec<Observation>,
    /// Kinds that the last observation has a value of.
    last_kinds: KindSet,
    kinds: Vec<OfKind>,
    coder: Coder,
}

/// Values of one kind, and which observation each is of, ascending.
#[derive(Debug, Default)]
struct OfKind {
    positions: Vec<u32>,
    hashes: Vec<u64>,
}

impl Default for Batch {
    fn default() -> Self {
        Self {
            observations: Vec::new(),
            last_kinds: KindSet::EMPTY,
            kinds: KINDS.iter().map(|_| OfKind::default()).collect(),
            coder: Coder::default(),
        }
    }
}

impl Batch {
    /// Adds an observation; its values follow by [`Self::push_value`].
    pub(crate) fn push(&mut self, observation: Observation) {
        self.observations.push(observation);
        self.last_kinds = KindSet::EMPTY;
    }

    /// Adds a value to the last observation.
    pub(crate) fn push_value(&mut self, kind: KindId, hash: u64) {
        let position = self.observations.len() as u32 - 1;
        self.last_kinds.insert(kind);
        let own = &mut self.kinds[usize::from(kind.0)];
        own.positions.push(position);
        own.hashes.push(hash);
    }

    /// Kinds that the last observation has a value of.
    pub(crate) fn last_kinds(&self) -> KindSet {
        self.last_kinds
    }

    /// What was observed.
    pub(crate) fn observations(&self) -> &[Observation] {
        &self.observations
    }

    /// The values of each kind, packed; the batch keeps its observations.
    pub(crate) fn take_values(&mut self) -> Vec<Option<Values>> {
        let events = self.observations.len();
        let Self { kinds, coder, .. } = self;
        let take = |own: &mut OfKind| {
            let values = Values::new(events, &own.positions, &own.hashes, coder);
            own.positions.clear();
            own.hashes.clear();
            values
        };
        kinds.iter_mut().map(take).collect()
    }

    /// Forgets all observations, and keeps their room.
    pub(crate) fn clear(&mut self) {
        self.observations.clear();
    }
}
