//! What stands in the journal of the server?

use seawall_store::journal::Entry;
use serde::{Deserialize, Serialize};

/// An event as it came, with when it came.
pub(crate) const EVENT: u8 = 1;
/// A decision with all that it was made of. It follows from the entries before it.
pub(crate) const RECORD: u8 = 2;
/// A person's word on an account.
pub(crate) const LABEL: u8 = 3;
/// From here on another snapshot counts.
pub(crate) const SNAPSHOT: u8 = 4;
/// From here on another policy counts.
pub(crate) const POLICY: u8 = 5;
/// The events that follow belong to a request with this key.
pub(crate) const KEY: u8 = 6;
/// Somebody named a value.
pub(crate) const INDICATOR: u8 = 7;
/// A decision was answered before it was made.
pub(crate) const LATE: u8 = 8;

/// From here on another account model is asked, or none where the entry is empty.
pub(crate) const MODEL: u8 = 16;

/// Who wants to be told by webhook, or no longer.
pub(crate) const WEBHOOK: u8 = 20;
/// What came of an attempt to tell them.
pub(crate) const ATTEMPT: u8 = 21;

/// From here on other lists and databases are used.
pub(crate) const KNOWLEDGE: u8 = 22;

/// Bytes of an event's entry before its line.
const EVENT_BYTES: usize = 9;

/// An event's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventEntry<'a> {
    /// When it came, in seconds since the Unix epoch.
    pub(crate) received_at: i64,
    /// Whether a decision was asked for.
    pub(crate) decide: bool,
    /// The event, one line of NDJSON.
    pub(crate) line: &'a [u8],
}

impl<'a> EventEntry<'a> {
    pub(crate) fn encode(&self) -> Entry {
        let mut content = Vec::with_capacity(EVENT_BYTES + self.line.len());
        content.extend_from_slice(&self.received_at.to_le_bytes());
        content.push(u8::from(self.decide));
        content.extend_from_slice(self.line);
        Entry { kind: EVENT, content }
    }

    pub(crate) fn decode(content: &'a [u8]) -> Option<Self> {
        let (received_at, rest) = content.split_first_chunk()?;
        let (decide, line) = rest.split_first()?;
        let received_at = i64::from_le_bytes(*received_at);
        Some(Self { received_at, decide: *decide == 1, line })
    }
}

/// The words that a person has for an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LabelWord {
    /// An operation's.
    Fraudulent,
    /// A person's.
    Genuine,
    /// A decision against it is withdrawn.
    Exonerated,
    /// Nobody can tell.
    Undecided,
}

/// A person's word on an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Label {
    /// The site's account id.
    pub account: String,
    /// The word.
    pub label: LabelWord,
    /// Why, for others.
    #[serde(default)]
    pub note: Option<String>,
}

/// A label as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptLabel {
    /// The word.
    #[serde(flatten)]
    pub label: Label,
    /// Name of the token that it came with.
    pub by: String,
    /// When it came, in milliseconds since the Unix epoch.
    pub at: i64,
}

/// Somebody named a value.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamedValue {
    /// Id of the indicator.
    pub id: String,
    /// Kind of selector.
    pub kind: String,
    /// Its canonical text.
    pub value: String,
    /// Second from which it no longer holds, since the Unix epoch.
    #[serde(deserialize_with = "whole")]
    pub valid_until: i64,
}

/// A whole number, however JSON writes it: 7, 7.0 and 7e0 are one.
pub(crate) fn whole<'de, D: serde::Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(from)?;
    let float = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < 9e15);
    let found = number.as_i64().or_else(|| float().map(|float| float as i64));
    found.ok_or_else(|| serde::de::Error::custom("not a whole number"))
}

/// A policy comes into force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Promotion {
    /// Its id.
    pub policy: String,
    /// Accounts of a thousand that are judged by it.
    pub per_mille: u16,
    /// Name of the token, or of the command, that it came with.
    pub by: String,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Its text.
    pub text: String,
}

/// A request with a key of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Key {
    /// Name of the token and the key that it gave.
    pub(crate) key: String,
    /// From the request's body.
    pub(crate) fingerprint: u64,
    /// Events that follow.
    pub(crate) events: u32,
}

/// A decision was answered before it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Late {
    /// When, in milliseconds since the Unix epoch.
    pub(crate) at: i64,
    /// What was answered.
    pub(crate) answer: seawall_core::decision::Answer,
    /// Events that it was about.
    pub(crate) events: u32,
}

/// An entry of JSON.
pub(crate) fn json(kind: u8, content: &impl Serialize) -> Entry {
    let content = serde_json::to_vec(content).expect("plain data in memory");
    Entry { kind, content }
}
