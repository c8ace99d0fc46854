//! What did a decision have at hand when each labelled account signed up?
//!
//! Events are replayed in the order of time, through the fold that decisions are made from. An example is taken at the
//! moment of a signup, of what was seen up to it, and only after the last event that the snapshot knows of: a snapshot of
//! the same days would have the account itself in its campaigns.

use seawall_core::{
    decision::{
        exposed::Loaded,
        features::features,
        grounds::Grounds,
        live::{Live, Seen},
        policy::Policy,
        record::{EVENT_TYPES, Inputs, Record},
    },
    event::{Event, EventType},
};

use super::{
    examples::{Example, Examples},
    labels::Labels,
};
use crate::read::Sink;

/// A week, in milliseconds.
const WEEK: i64 = 7 * 24 * 60 * 60 * 1000;

/// Takes events in, and keeps examples.
pub struct Gather<'a> {
    live: Live,
    labels: &'a Labels,
    policy: &'a Policy,
    source: u64,
    sequence: u64,
    last: i64,
    examples: Vec<Example>,
    /// Events so far.
    pub events: u64,
    /// Events that came after a later one: their examples are left out.
    pub late: u64,
    /// Labelled signups that the snapshot knows already: left out.
    pub known: u64,
}

impl<'a> Gather<'a> {
    /// Replays through `live`, which has seen nothing yet. `source` tells logs apart; `policy` says what evidence alone
    /// would answer.
    pub fn new(live: Live, labels: &'a Labels, policy: &'a Policy, source: &str) -> Self {
        let source = xxhash_rust::xxh3::xxh3_64(source.as_bytes());
        let (examples, last) = (Vec::new(), i64::MIN);
        Self {
            live,
            labels,
            policy,
            source,
            sequence: 0,
            last,
            examples,
            events: 0,
            late: 0,
            known: 0,
        }
    }

    /// What was kept.
    pub fn into_examples(self) -> Examples {
        Examples::new(self.examples)
    }
}

/// The log and the week.
fn block(source: u64, time: i64) -> u64 {
    source ^ time.div_euclid(WEEK).unsigned_abs().wrapping_mul(0x9E37_79B9_7F4A_7C15)
}

/// The example that a signup leaves; none where nothing is said of the account, or where it is no signup.
pub fn example(
    loaded: &Loaded,
    policy: &Policy,
    inputs: &Inputs,
    labels: &Labels,
    source: u64,
) -> Option<Example> {
    if EVENT_TYPES[usize::from(inputs.event_type)].0 != EventType::Signup {
        return None;
    }
    let (word, campaign) = labels.of(inputs.account)?;
    let grounds = Grounds::find(loaded, inputs);
    Some(Example {
        account: inputs.account,
        time: inputs.time,
        stratum: inputs.stratum,
        country: inputs.country,
        features: features(loaded, inputs, &grounds),
        word,
        campaign,
        block: block(source, inputs.time),
        evidence: policy.ask(&grounds, inputs).answer,
    })
}

impl Sink for Gather<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let time = event.time.milliseconds();
        let is_late = time < self.last;
        self.last = self.last.max(time);
        self.events += 1;
        self.late += u64::from(is_late);
        let Seen { inputs, .. } = self.live.observe(event, self.sequence, event.time.seconds());
        self.sequence += 1;
        let loaded = self.live.loaded();
        let is_known = event.time.seconds() <= loaded.snapshot.last_seen;
        if is_known || is_late {
            let is_signup = event.event_type == EventType::Signup;
            self.known +=
                u64::from(is_known && is_signup && self.labels.of(inputs.account).is_some());
            return;
        }
        self.examples.extend(example(loaded, self.policy, &inputs, self.labels, self.source));
    }
}

/// The example of a decision that was made and kept: with the snapshot that it was made with.
pub fn of_record(
    loaded: &Loaded,
    policy: &Policy,
    record: &Record,
    labels: &Labels,
) -> Option<Example> {
    example(loaded, policy, &record.inputs, labels, 0)
}
