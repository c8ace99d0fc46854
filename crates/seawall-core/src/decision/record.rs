//! What must be kept of a decision, so that anyone can make it again?

use serde::{Deserialize, Serialize};

use super::{
    Answer,
    exposed::{Exposed, Loaded},
    grounds::Grounds,
    policy::{Outcome, Policy, Spent},
    provisional::Tied,
    reason::{Reason, reasons},
    scored::{Ready, Scored},
};
use crate::{event::EventType, selector::KindId};

/// A selector as it was when the decision was made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Observed {
    /// Position of its kind in the registry.
    pub kind: u8,
    /// Hash of its value.
    pub value: u64,
    /// Accounts that had it since it is tracked, this one included.
    pub accounts: u32,
    /// The same, each counted less with every half-life that passed.
    pub counts: [f32; 3],
    /// Evidence for a jump of its rate.
    pub jumps: [f32; 2],
    /// It is shared by more accounts than expected.
    pub alarmed: bool,
}

/// How an account did in challenges so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenged {
    /// Time that the last one took, in milliseconds.
    pub milliseconds: Option<u32>,
    /// Answers that were given to it.
    pub attempts: Option<u32>,
    /// Challenges that were not passed.
    pub failed: u32,
}

/// What an account model is asked with beside the rest. Where a record has none of it, its bytes are those of a record from
/// before there were models.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measured {
    /// Signups of the site since the first account of each selector, in the order of the selectors.
    pub exposures: Vec<u32>,
    /// How it did in challenges.
    pub challenged: Challenged,
}

/// All that a decision depends on beside the snapshot, the policy and the account model.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Inputs {
    /// Number of the event's entry in the journal.
    pub sequence: u64,
    /// When it happened, in milliseconds since the Unix epoch.
    pub time: i64,
    /// What happened: signup, login, challenge, action, as 0 to 3.
    pub event_type: u8,
    /// Country of the address, two letters, where it is known.
    pub country: Option<[u8; 2]>,
    /// Hash of the account id.
    pub account: u64,
    /// Seconds since its first event.
    pub age_seconds: u32,
    /// Its events, this one included.
    pub events: u32,
    /// The site's own word.
    pub trusted: bool,
    /// What it shows, in the order of kinds.
    pub selectors: Vec<Observed>,
    /// Hashes of its country and client, for the comparison group.
    pub stratum: [u64; 2],
    /// The provisional campaign it is tied to.
    pub provisional: Option<Tied>,
    /// Ids of the indicators that it carries.
    pub indicators: Vec<String>,
    /// What has been spent of the budget of its country and client.
    pub spent: Spent,
    /// What an account model is asked with beside the rest.
    #[serde(with = "aside", default)]
    pub measured: Measured,
}

/// The types of events by their numbers in [`Inputs`].
pub const EVENT_TYPES: [(EventType, &str); 4] = [
    (EventType::Signup, "signup"),
    (EventType::Login, "login"),
    (EventType::Challenge, "challenge"),
    (EventType::Action, "action"),
];

/// The campaign that an account belongs to, by the snapshot.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// Its id.
    pub campaign: String,
    /// Bits in all, the prior included.
    pub bits: f64,
    /// Probability of membership, 0 to 1.
    pub probability: f64,
    /// Families that bind the account.
    pub families: u32,
    /// The batch would let it join.
    pub bound: bool,
}

/// A provisional campaign, weighed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProvisionalMembership {
    /// Its id, `p-` and 16 hexadecimal digits.
    pub campaign: String,
    /// Bits in all.
    pub bits: f64,
    /// Families that bind the account.
    pub families: u32,
    /// Accounts so far.
    pub accounts: u32,
}

/// What is answered, and why.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// What the account is told.
    pub decision: Answer,
    /// The rule that says so; none where no rule applies.
    pub rule: Option<String>,
    /// What the rules alone would say, where the budget or an invariant made it milder.
    pub without_limit: Option<Answer>,
    /// What made it milder.
    pub limit: Option<String>,
    /// The strongest grounds, in words with numbers.
    pub reasons: Vec<Reason>,
    /// The campaign it belongs to.
    pub membership: Option<Membership>,
    /// The provisional campaign it belongs to.
    pub provisional: Option<ProvisionalMembership>,
    /// Ids of the indicators that it carries.
    pub indicators: Vec<String>,
    /// Rules that are only watched, with what they would say.
    pub shadow: Vec<(String, Answer)>,
    /// What the account model says.
    #[serde(with = "aside", default)]
    pub model: Option<Scored>,
}

/// A decision with all that it was made of.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// Id of the snapshot.
    pub snapshot: String,
    /// Id of the policy.
    pub policy: String,
    /// What was seen.
    pub inputs: Inputs,
    /// What was answered.
    pub decision: Decision,
}

impl Inputs {
    /// What the account shows, to be held against the campaigns of a snapshot.
    pub fn exposed(&self, loaded: &Loaded) -> Exposed {
        exposed(loaded, &self.selectors, self.stratum)
    }
}

/// What an account of a stratum shows with its selectors.
pub(super) fn exposed(loaded: &Loaded, selectors: &[Observed], stratum: [u64; 2]) -> Exposed {
    Exposed {
        values: selectors.iter().map(|own| (KindId(own.kind), own.value)).collect(),
        stratum: loaded.snapshot.stratum(stratum[0], stratum[1]),
    }
}

/// Makes a decision: a function of its arguments and nothing else.
pub fn decide(
    loaded: &Loaded,
    policy: &Policy,
    model: Option<&Ready>,
    inputs: &Inputs,
    mut grounds: Grounds,
) -> Decision {
    grounds.scored = model.and_then(|model| model.score(loaded, inputs, &grounds));
    let Outcome { answer, rule, without_limit, limit, shadow } = policy.ask(&grounds, inputs);
    let reasons = reasons(loaded, inputs, &grounds);
    let Grounds { membership, provisional, scored, .. } = grounds;
    Decision {
        decision: answer,
        rule,
        without_limit,
        limit,
        reasons,
        membership: membership.map(|found| found.membership),
        provisional,
        indicators: inputs.indicators.clone(),
        shadow,
        model: scored,
    }
}

/// Why a record cannot be made again, or is another one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReplayError {
    /// The bytes are no record.
    #[error("not a record of a decision")]
    NotARecord,
    /// It was made with another snapshot.
    #[error("made with snapshot {0}, which is not this one")]
    Snapshot(String),
    /// It was made with another policy.
    #[error("made with policy {0}, which is not this one")]
    Policy(String),
    /// It was made with another account model.
    #[error("made with account model {0}, which is not this one")]
    Model(String),
}

/// What stands at the end of a record's bytes, and only where there is something to say: a record without it reads and
/// writes as it did before there were models. Elsewhere, as in JSON, it stands where it belongs.
mod aside {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<T: Serialize, S: Serializer>(
        own: &T,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            own.serialize(serializer)
        } else {
            serializer.serialize_unit()
        }
    }

    pub(super) fn deserialize<'de, T: Deserialize<'de> + Default, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<T, D::Error> {
        if deserializer.is_human_readable() {
            T::deserialize(deserializer)
        } else {
            <()>::deserialize(deserializer)?;
            Ok(T::default())
        }
    }
}

impl Record {
    /// Decides on grounds, and keeps what the decision was made of.
    pub(super) fn make(
        loaded: &Loaded,
        policy: &Policy,
        model: Option<&Ready>,
        inputs: Inputs,
        grounds: Grounds,
    ) -> Self {
        let decision = decide(loaded, policy, model, &inputs, grounds);
        Self { snapshot: loaded.id.clone(), policy: policy.id().to_owned(), inputs, decision }
    }

    /// Its bytes: the same record, the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        let plain = "a record is plain data in memory";
        // Most are shorter, so that the bytes are not moved as they come.
        let bytes = postcard::to_extend(self, Vec::with_capacity(2048)).expect(plain);
        let (measured, model) = (&self.inputs.measured, &self.decision.model);
        if *measured == Measured::default() && model.is_none() {
            return bytes;
        }
        postcard::to_extend(&(measured, model), bytes).expect(plain)
    }

    /// Reads its bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, ReplayError> {
        let no_record = |_| ReplayError::NotARecord;
        let (mut record, rest): (Self, &[u8]) =
            postcard::take_from_bytes(bytes).map_err(no_record)?;
        if !rest.is_empty() {
            (record.inputs.measured, record.decision.model) =
                postcard::from_bytes(rest).map_err(no_record)?;
        }
        let kinds = crate::selector::registry::KINDS.len();
        let known = |kind: u8| usize::from(kind) < kinds;
        let ties = record.inputs.provisional.iter().flat_map(|tied| &tied.ties);
        let is_sound = record.inputs.selectors.iter().all(|own| known(own.kind))
            && ties.into_iter().all(|tie| known(tie.kind))
            && usize::from(record.inputs.event_type) < EVENT_TYPES.len();
        if is_sound { Ok(record) } else { Err(ReplayError::NotARecord) }
    }

    /// Makes the decision again from what it was made of.
    pub fn replay(
        &self,
        loaded: &Loaded,
        policy: &Policy,
        model: Option<&Ready>,
    ) -> Result<Self, ReplayError> {
        if self.snapshot != loaded.id {
            return Err(ReplayError::Snapshot(self.snapshot.clone()));
        }
        if self.policy != policy.id() {
            return Err(ReplayError::Policy(self.policy.clone()));
        }
        let model = match self.model() {
            None => None,
            Some(id) if model.is_some_and(|model| model.id == id) => model,
            Some(id) => return Err(ReplayError::Model(id.to_owned())),
        };
        let inputs = self.inputs.clone();
        let grounds = Grounds::find(loaded, &inputs);
        Ok(Self::make(loaded, policy, model, inputs, grounds))
    }

    /// Id of the account model that was asked; none where none was.
    pub fn model(&self) -> Option<&str> {
        self.decision.model.as_ref().map(|scored| scored.model.as_str())
    }
}
