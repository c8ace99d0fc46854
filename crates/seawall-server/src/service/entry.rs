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
/// From here on another account model is asked beside it, without any effect, or none.
pub(crate) const CHALLENGER: u8 = 17;

/// Who wants to be told by webhook, or no longer.
pub(crate) const WEBHOOK: u8 = 20;
/// What came of an attempt to tell them.
pub(crate) const ATTEMPT: u8 = 21;

/// From here on other lists and databases are used.
pub(crate) const KNOWLEDGE: u8 = 22;

/// A message of a stream that is no event.
pub(crate) const REJECT: u8 = 23;
/// Decisions that were passed on to a stream.
pub(crate) const PASSED_ON: u8 = 24;

/// Bytes of an event's entry before its line, where it came over HTTP.
const EVENT_BYTES: usize = 9;
/// Flags of an event's entry: a decision was asked for; it came from a stream, and its origin stands before its line.
const DECIDE: u8 = 1;
const STREAMED: u8 = 2;

/// Where a message stands in a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Origin<'a> {
    /// Name of the stream.
    pub(crate) stream: &'a str,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
}

impl<'a> Origin<'a> {
    /// Bytes of the stream's length, the partition and the offset.
    const BYTES: usize = 2 + 4 + 8;

    fn encode(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&(self.stream.len() as u16).to_le_bytes());
        out.extend_from_slice(self.stream.as_bytes());
        out.extend_from_slice(&self.partition.to_le_bytes());
        out.extend_from_slice(&self.offset.to_le_bytes());
    }

    /// An origin, and what follows it.
    fn decode(bytes: &'a [u8]) -> Option<(Self, &'a [u8])> {
        let (length, rest) = bytes.split_first_chunk()?;
        let (stream, rest) = rest.split_at_checked(u16::from_le_bytes(*length).into())?;
        let stream = std::str::from_utf8(stream).ok()?;
        let (partition, rest) = rest.split_first_chunk()?;
        let (offset, rest) = rest.split_first_chunk()?;
        let (partition, offset) = (i32::from_le_bytes(*partition), i64::from_le_bytes(*offset));
        Some((Self { stream, partition, offset }, rest))
    }
}

/// An event's entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct EventEntry<'a> {
    /// When it came, in seconds since the Unix epoch.
    pub(crate) received_at: i64,
    /// Whether a decision was asked for.
    pub(crate) decide: bool,
    /// Where in a stream it came, where it came from one.
    pub(crate) origin: Option<Origin<'a>>,
    /// The event, one line of NDJSON.
    pub(crate) line: &'a [u8],
}

impl<'a> EventEntry<'a> {
    pub(crate) fn encode(&self) -> Entry {
        let origin = self.origin.map_or(0, |origin| Origin::BYTES + origin.stream.len());
        let mut content = Vec::with_capacity(EVENT_BYTES + origin + self.line.len());
        content.extend_from_slice(&self.received_at.to_le_bytes());
        let streamed = if self.origin.is_some() { STREAMED } else { 0 };
        content.push((u8::from(self.decide) * DECIDE) | streamed);
        if let Some(origin) = &self.origin {
            origin.encode(&mut content);
        }
        content.extend_from_slice(self.line);
        Entry { kind: EVENT, content }
    }

    pub(crate) fn decode(content: &'a [u8]) -> Option<Self> {
        let (received_at, rest) = content.split_first_chunk()?;
        let (flags, rest) = rest.split_first()?;
        let received_at = i64::from_le_bytes(*received_at);
        let (origin, line) = match flags & STREAMED {
            0 => (None, rest),
            _ => Origin::decode(rest).map(|(origin, line)| (Some(origin), line))?,
        };
        let is_known = *flags <= DECIDE | STREAMED;
        is_known.then_some(Self { received_at, decide: flags & DECIDE != 0, origin, line })
    }
}

/// A message of a stream that is no event, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct KeptReject {
    pub(crate) stream: String,
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    /// When it came, in milliseconds since the Unix epoch.
    pub(crate) at: i64,
    /// What is wrong with it; never what it says.
    pub(crate) reason: String,
    /// Its length in bytes.
    pub(crate) bytes: usize,
    /// Its beginning, in base64. It stays in the journal, as events do.
    #[serde(skip_serializing_if = "String::is_empty", default)]
    pub(crate) content: String,
}

impl KeptReject {
    pub(crate) fn origin(&self) -> Origin<'_> {
        Origin { stream: &self.stream, partition: self.partition, offset: self.offset }
    }
}

/// Decisions were passed on to a stream, and it has said that it has them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PassedOn {
    pub(crate) stream: String,
    /// The first entry that was not looked at.
    pub(crate) next: u64,
    /// Campaigns in the making that were told of for the first time.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub(crate) campaigns: Vec<String>,
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_comes_out_of_its_entry_with_its_origin() {
        let origin = Origin { stream: "kafka/signups", partition: 3, offset: 1 << 40 };
        for (decide, origin) in
            [(false, None), (true, None), (false, Some(origin)), (true, Some(origin))]
        {
            let own = EventEntry { received_at: 7, decide, origin, line: b"{}" };
            let Entry { content, .. } = own.encode();
            assert_eq!(EventEntry::decode(&content), Some(own));
            // Without an origin, an entry is what it was before there were streams.
            if origin.is_none() {
                assert_eq!(content[8..], [u8::from(decide), b'{', b'}']);
            }
            assert!((0..8).all(|end| EventEntry::decode(&content[..end]).is_none()));
        }
    }

    #[test]
    fn an_origin_that_is_cut_is_none() {
        let origin = Origin { stream: "kafka/signups", partition: 0, offset: 0 };
        let entry = EventEntry { received_at: 7, decide: true, origin: Some(origin), line: b"" };
        let Entry { content, .. } = entry.encode();
        assert!((0..content.len()).all(|end| EventEntry::decode(&content[..end]).is_none()));
    }
}
