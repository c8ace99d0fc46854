//! What does one entry of the custody log say?

use std::fmt;

use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser::Error as _};
use serde_json::{Value, value::RawValue};

use crate::{
    canonical,
    hash::Digest,
    text::{Actor, Id, Role, Words},
    time::Time,
};

/// Why an entry cannot be written, or bytes are no entry.
#[derive(Debug, thiserror::Error)]
pub enum EntryError {
    /// Not canonical JSON of an entry.
    #[error("not an entry: {0}")]
    Form(canonical::Error),
    /// The body is not what the action asks for.
    #[error("the body is not that of `{action}`: {reason}")]
    Body {
        /// The action.
        action: Action,
        /// What is wrong.
        reason: String,
    },
}

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// The case was opened: the first entry.
    Open,
    /// Content was taken from its source.
    Acquire,
    /// Content was handed to us.
    Receive,
    /// Content came in from another system.
    Import,
    /// It was checked that something is what it was.
    Verify,
    /// Somebody looked at something.
    View,
    /// Somebody saw in clear what is hidden by default.
    Reveal,
    /// Something was taken out of the case.
    Export,
    /// A copy was made.
    Copy,
    /// Content was made from other content.
    Derive,
    /// Custody passed to somebody outside.
    TransferOut,
    /// Custody came back.
    TransferIn,
    /// Content was sealed.
    Seal,
    /// Something was taken away before release.
    Redact,
    /// A hold was laid on something.
    HoldOn,
    /// A hold was lifted.
    HoldOff,
    /// The key of content was destroyed.
    Dispose,
    /// The key of the case was replaced.
    KeyRotate,
    /// Something was proposed that needs a second person.
    Propose,
    /// A second person approved it.
    Approve,
    /// A document left the case.
    Release,
    /// The case says something that has no content of its own.
    Record,
    /// Something was refused.
    Denied,
}

impl Action {
    /// Does an entry with this action bring content into the case, with an item for its body?
    pub fn brings_item(self) -> bool {
        matches!(self, Self::Acquire | Self::Receive | Self::Import | Self::Derive)
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// An entry that has no place in the log yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Act {
    /// When.
    pub time: Time,
    /// Who.
    pub actor: Actor,
    /// Acting as what.
    pub role: Role,
    /// Did what.
    pub action: Action,
    /// Id of what was acted on.
    pub object: Id,
    /// Hash of its content, if it has one.
    pub object_sha256: Option<Digest>,
    /// Why, in the actor's words.
    pub reason: Words,
    /// Name and version of the program that writes the entry.
    pub tool: Words,
    /// Position of the approval it rests on, if it needs one.
    pub approval: Option<u64>,
    /// The record itself, by action.
    pub body: Option<Value>,
}

/// An entry of the log: one leaf.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Position, from 0.
    pub seq: u64,
    /// When.
    pub time: Time,
    /// Who.
    pub actor: Actor,
    /// Acting as what.
    pub role: Role,
    /// Did what.
    pub action: Action,
    /// Id of what was acted on.
    pub object: Id,
    /// Hash of its content, if it has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object_sha256: Option<Digest>,
    /// Why, in the actor's words.
    pub reason: Words,
    /// Name and version of the program that wrote the entry.
    pub tool: Words,
    /// Position of the approval it rests on, if it needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approval: Option<u64>,
    /// The record itself, by action.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<Body>,
}

/// The body of an entry, as it is written: read only when somebody asks what it says.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Body(Box<RawValue>);

impl Body {
    fn new(value: &Value) -> Self {
        // What has no canonical spelling is refused when the entry is written.
        let canonical = canonical::to_bytes(value).ok().and_then(|it| String::from_utf8(it).ok());
        let text = canonical.unwrap_or_else(|| value.to_string());
        Self(RawValue::from_string(text).expect("a value is written as JSON"))
    }

    /// The text: canonical JSON, in an entry that was read.
    pub fn as_str(&self) -> &str {
        self.0.get()
    }
}

impl PartialEq for Body {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for Body {}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Body {
    /// As a value: writers of other forms than that of `serde_json` know nothing of raw text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let value: Value = serde_json::from_str(self.as_str()).map_err(S::Error::custom)?;
        value.serialize(serializer)
    }
}

impl Entry {
    /// Longest entry: its length has two bytes in an entry bundle.
    pub const BYTES_MAX: usize = 65_535;

    /// `act` at position `seq`.
    pub fn new(seq: u64, act: Act) -> Self {
        let Act { time, actor, role, action, object, object_sha256, reason, tool, approval, body } =
            act;
        let body = body.as_ref().map(Body::new);
        Self { seq, time, actor, role, action, object, object_sha256, reason, tool, approval, body }
    }

    /// Reads an entry, in its one spelling.
    pub fn parse(bytes: &[u8]) -> Result<Self, EntryError> {
        canonical::parse_up_to(bytes, Self::BYTES_MAX).map_err(EntryError::Form)
    }

    /// The bytes of the leaf: canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, EntryError> {
        let bytes = canonical::to_bytes(self).map_err(EntryError::Form)?;
        if bytes.len() > Self::BYTES_MAX {
            let error = canonical::Error::Size { bytes: bytes.len(), max: Self::BYTES_MAX };
            return Err(EntryError::Form(error));
        }
        Ok(bytes)
    }

    /// The body, as what the action says it is.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, EntryError> {
        let wrong = |reason: String| EntryError::Body { action: self.action, reason };
        let body = self.body.as_ref().ok_or_else(|| wrong("missing".to_owned()))?;
        serde_json::from_str(body.as_str()).map_err(|error| wrong(error.to_string()))
    }
}
