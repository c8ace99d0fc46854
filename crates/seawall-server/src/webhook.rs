//! Who wants to be told, and how is that done so that it arrives?
//!
//! Messages follow from the journal, are signed by the Standard Webhooks scheme, and sent until they arrive or are given
//! up: [`book`] is what follows from the journal, [`sign`] the signature, [`send`] the sending. What came of each attempt
//! is in the journal, so a restart goes on where the server was; a message may arrive twice, under the same id.

pub(crate) mod book;
mod send;
pub(crate) mod sign;

use std::collections::BTreeSet;

use seawall_core::decision::{Answer, record::Record};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

pub use send::deliver;
pub(crate) use send::{Received, Signed, client, post};
pub(crate) use sign::Secret;

/// What a message is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) enum Topic {
    /// A decision was made.
    #[serde(rename = "decision.made")]
    DecisionMade,
    /// A campaign in the making was seen for the first time.
    #[serde(rename = "campaign.alarm")]
    CampaignAlarm,
}

/// A message: what it is about, and the entry of the event that brought it about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(crate) struct Message {
    pub(crate) sequence: u64,
    pub(crate) topic: Topic,
}

impl Message {
    /// Its id: the same at every attempt.
    pub(crate) fn id(self) -> String {
        let letter = match self.topic {
            Topic::DecisionMade => 'd',
            Topic::CampaignAlarm => 'a',
        };
        format!("msg_{:016x}{letter}", self.sequence)
    }

    /// The message of an id.
    pub(crate) fn parse(id: &str) -> Option<Self> {
        let rest = id.strip_prefix("msg_")?;
        let (digits, letter) = rest.split_at_checked(16)?;
        let topic = match letter {
            "d" => Topic::DecisionMade,
            "a" => Topic::CampaignAlarm,
            _ => return None,
        };
        let is_ours = digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        let sequence = is_ours.then(|| u64::from_str_radix(digits, 16).ok()).flatten()?;
        Some(Self { sequence, topic })
    }

    /// What is sent, of the decision that brought it about.
    pub(crate) fn body(self, record: &Record) -> Value {
        let summary = crate::api::summary(record);
        let time = summary["time"].clone();
        let data = match self.topic {
            Topic::DecisionMade => summary,
            Topic::CampaignAlarm => json!({
                "decision_id": summary["decision_id"],
                "campaign": record.decision.provisional,
                "reasons": record.decision.reasons,
            }),
        };
        json!({ "type": self.topic, "timestamp": time, "data": data })
    }
}

/// Who wants to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Endpoint {
    pub(crate) id: String,
    /// `https`, or `http` to a network that was named.
    pub(crate) url: String,
    pub(crate) topics: BTreeSet<Topic>,
    /// Decisions that are told; all answers where it is empty.
    pub(crate) decisions: BTreeSet<Answer>,
    /// The newest first; all of them sign.
    pub(crate) secrets: Vec<Secret>,
    /// Why nothing is sent any more.
    pub(crate) disabled: Option<String>,
    /// Name of the token that it came with.
    pub(crate) by: String,
    /// When it was last changed, in milliseconds since the Unix epoch.
    pub(crate) at: i64,
}

impl Endpoint {
    fn wants(&self, topic: Topic, answer: Answer) -> bool {
        self.disabled.is_none()
            && self.topics.contains(&topic)
            && (topic != Topic::DecisionMade
                || self.decisions.is_empty()
                || self.decisions.contains(&answer))
    }
}

/// A change of the endpoints, as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// There is a new one, or one is another now.
    Put(Endpoint),
    /// One is no more.
    Removed { id: String },
    /// A message is to be sent once more.
    Again { id: String, message: Message, at: i64 },
}

/// What came of an attempt, as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempt {
    /// Id of the endpoint.
    pub(crate) endpoint: String,
    pub(crate) message: Message,
    /// Its number, from 1.
    pub(crate) attempt: u32,
    /// When, in milliseconds since the Unix epoch.
    pub(crate) at: i64,
    /// Status of the answer; none where there was no answer.
    pub(crate) status: Option<u16>,
    /// What went wrong, where something did.
    pub(crate) why: Option<String>,
    /// When it is tried again, in milliseconds since the Unix epoch; never where it arrived or is given up.
    pub(crate) next_at: Option<i64>,
}

impl Attempt {
    /// Whether the message arrived.
    pub(crate) const fn arrived(&self) -> bool {
        matches!(self.status, Some(200..=299))
    }
}
