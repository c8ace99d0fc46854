//! What a chunk of events says, ready to be folded into the account table.

use seawall_core::{
    event::EventType,
    selector::{KindId, KindSet},
};

/// Seconds between the Unix epoch and 1990-01-01T00:00:00Z: times are kept as `u32` seconds since 1990.
pub(crate) const SECONDS_1990: i64 = 631_152_000;

/// What one event says of its account.
#[derive(Clone, Copy, Debug)]
pub struct Observation {
    /// Hash of the account id.
    pub account: u64,
    /// Seconds since 1990.
    pub seconds: u32,
    /// Kind of event.
    pub event_type: EventType,
    /// The site's word on trust, where the event has it.
    pub trusted: Option<bool>,
    /// Hash of the event type and action name, for the account's first steps.
    pub step: u64,
    /// Kinds that it has a value of. The values follow those of the observation before.
    pub(crate) kinds: KindSet,
}

/// Observations of one chunk.
#[derive(Debug, Default)]
pub struct Batch {
    observations: Vec<Observation>,
    /// Of each observation, in the order of kinds.
    values: Vec<u64>,
}

impl Batch {
    /// Starts an observation; its values follow by [`Batch::push_value`].
    pub fn push(
        &mut self,
        account: u64,
        seconds: u32,
        event_type: EventType,
        trusted: Option<bool>,
        step: u64,
    ) {
        let kinds = KindSet::EMPTY;
        self.observations.push(Observation { account, seconds, event_type, trusted, step, kinds });
    }

    /// Adds a value to the last observation; the kinds of one must ascend.
    pub fn push_value(&mut self, kind: KindId, value: u64) {
        if let Some(last) = self.observations.last_mut() {
            debug_assert!(last.kinds.bits() >> kind.0 == 0, "kinds ascend");
            last.kinds.insert(kind);
            self.values.push(value);
        }
    }

    /// Kinds that the last observation has a value of.
    pub(crate) fn last_kinds(&self) -> KindSet {
        self.observations.last().map_or(KindSet::EMPTY, |last| last.kinds)
    }

    /// Forgets all observations, and keeps their room.
    pub(crate) fn clear(&mut self) {
        self.observations.clear();
        self.values.clear();
    }

    /// Each observation with its values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Observation, &[u64])> {
        let mut rest = self.values.as_slice();
        self.observations.iter().map(move |observation| {
            let (values, after) = rest.split_at(observation.kinds.bits().count_ones() as usize);
            rest = after;
            (observation, values)
        })
    }
}
