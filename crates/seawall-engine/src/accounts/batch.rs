//! What a chunk of events says, ready to be folded into the account table.

use seawall_core::{event::EventType, selector::KindId};

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
    /// End of its values in [`Batch::values`]; they start where the previous observation's end.
    values_end: u32,
}

/// Observations of one chunk.
#[derive(Debug, Default)]
pub struct Batch {
    pub(crate) observations: Vec<Observation>,
    pub(crate) values: Vec<(KindId, u64)>,
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
        let values_end = self.values.len() as u32;
        self.observations.push(Observation {
            account,
            seconds,
            event_type,
            trusted,
            step,
            values_end,
        });
    }

    /// Adds a value to the last observation.
    pub fn push_value(&mut self, kind: KindId, value: u64) {
        self.values.push((kind, value));
        if let Some(last) = self.observations.last_mut() {
            last.values_end += 1;
        }
    }

    /// Each observation with its values.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&Observation, &[(KindId, u64)])> {
        let mut start = 0;
        self.observations.iter().map(move |observation| {
            let end = observation.values_end as usize;
            let values = &self.values[start..end];
            start = end;
            (observation, values)
        })
    }
}
