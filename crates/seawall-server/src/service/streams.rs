//! How far were streams read, and how far was passed on to them?
//!
//! Each event that came from a stream has its origin in its own entry, so it is in the journal or its offset is not:
//! there is nothing between. A reader goes on at what the journal says, whatever the broker thinks.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use seawall_core::event::LINE_BYTES_MAX;
use serde::{Deserialize, Serialize};

use super::{
    Error, Service, Wait,
    entry::{EventEntry, KeptReject, Origin, PASSED_ON, PassedOn, REJECT, json},
    locked,
};
use crate::{
    clock::now_milliseconds,
    page::{Listed, Page},
};

/// Most of a message that is no event that is kept.
const CONTENT_BYTES_MAX: usize = 64 << 10;

/// What follows from the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Streams {
    /// The next offset of each partition that was read.
    next: BTreeMap<(String, i32), i64>,
    /// What was passed on to each stream.
    given: BTreeMap<String, Given>,
}

/// What was passed on to a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Given {
    /// The first entry that was not looked at.
    pub(crate) next: u64,
    /// Campaigns in the making that were told of.
    pub(crate) campaigns: BTreeSet<String>,
}

impl Streams {
    /// A message is in the journal; `false` where it, or a later one of its partition, was there before.
    pub(crate) fn reach(&mut self, origin: &Origin<'_>) -> bool {
        let key = (origin.stream.to_owned(), origin.partition);
        let next = self.next.entry(key).or_insert(i64::MIN);
        let is_new = origin.offset >= *next;
        if is_new {
            *next = origin.offset.saturating_add(1);
        }
        is_new
    }

    pub(crate) fn passed_on(&mut self, passed_on: PassedOn) {
        let given = self.given.entry(passed_on.stream).or_default();
        given.next = passed_on.next;
        given.campaigns.extend(passed_on.campaigns);
    }

    /// Campaigns in the making are other ones from now on.
    pub(crate) fn forget_campaigns(&mut self) {
        for given in self.given.values_mut() {
            given.campaigns.clear();
        }
    }
}

/// A message as it came.
#[derive(Clone, Debug)]
pub(crate) struct Streamed {
    pub(crate) partition: i32,
    pub(crate) offset: i64,
    /// None where it has no content: Kafka's word for what is deleted.
    pub(crate) content: Option<Vec<u8>>,
}

impl Service {
    /// The next offset of a partition, as the journal has it; none where nothing of it was ever read.
    pub(crate) fn next_offset(&self, stream: &str, partition: i32) -> Option<i64> {
        locked(&self.state).streams.next.get(&(stream.to_owned(), partition)).copied()
    }

    /// Next offsets of all partitions that were ever read.
    pub(crate) fn next_offsets(&self) -> BTreeMap<(String, i32), i64> {
        locked(&self.state).streams.next.clone()
    }

    /// Takes messages of one stream in, each once: events, and as rejects what is none. Waits until they are on the disk;
    /// events and rejects.
    pub(crate) fn take_streamed(
        &self,
        stream: &str,
        messages: &[Streamed],
        decide: bool,
    ) -> Result<(u64, u64), Error> {
        let mut next = self.next_offsets();
        let at = now_milliseconds();
        let mut rejects = 0;
        let mut entries = Vec::with_capacity(messages.len());
        for message in messages {
            let Streamed { partition, offset, .. } = *message;
            let origin = Origin { stream, partition, offset };
            let next = next.entry((stream.to_owned(), partition)).or_insert(i64::MIN);
            if offset < *next {
                continue;
            }
            *next = offset.saturating_add(1);
            entries.push(match self.line(message) {
                Ok(line) => {
                    let received_at = at.div_euclid(1000);
                    EventEntry { received_at, decide, origin: Some(origin), line: &line }.encode()
                }
                Err(reason) => {
                    rejects += 1;
                    json(REJECT, &kept_reject(&origin, message, at, reason))
                }
            });
        }
        if entries.is_empty() {
            return Ok((0, 0));
        }
        let events = entries.len() as u64 - rejects;
        let on_the_way = self.take_entries(entries, None, Wait::OnDisk)?;
        match on_the_way.write().blocking_recv() {
            Ok(Ok(_)) => Ok((events, rejects)),
            Ok(Err(error)) => Err(Error::NotKept(error)),
            Err(_) => Err(Error::Closed),
        }
    }

    /// The one line that a message is, or why it is none.
    fn line(&self, message: &Streamed) -> Result<Vec<u8>, String> {
        let content = message.content.as_deref().ok_or("it has no content")?;
        if content.len() > LINE_BYTES_MAX {
            return Err("longer than 1 MiB".to_owned());
        }
        let line = crate::api::one_line(content).map_err(|_| "not valid JSON".to_owned())?;
        self.check(&line).map_err(|rejects| {
            rejects.first().map_or_else(
                || "not an event".to_owned(),
                |reject| match reject.field {
                    Some(field) => format!("`{field}`: {}", reject.reason),
                    None => reject.reason.clone(),
                },
            )
        })?;
        Ok(line)
    }

    /// What was passed on to a stream; nothing where it never was.
    pub(crate) fn given(&self, stream: &str) -> Option<Given> {
        locked(&self.state).streams.given.get(stream).cloned()
    }

    /// The oldest entry that is still there.
    pub(crate) fn oldest(&self) -> Result<u64, Error> {
        Ok(self.readers.oldest()?)
    }

    /// Keeps that decisions were passed on.
    pub(crate) fn keep_passed_on(&self, passed_on: &PassedOn) -> Result<(), Error> {
        match self.write(vec![json(PASSED_ON, passed_on)])?.blocking_recv() {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(Error::NotKept(error)),
            Err(_) => Err(Error::Closed),
        }
    }

    /// Messages of streams that are no events, without what they say.
    pub(crate) fn rejects(&self, page: Page) -> Result<Listed<KeptReject>, Error> {
        self.page(page, |_, kind, content| {
            let reject = || serde_json::from_slice(content).ok();
            let reject: Option<KeptReject> = (kind == REJECT).then(reject).flatten();
            reject.map(|own| KeptReject { content: String::new(), ..own })
        })
    }
}

fn kept_reject(origin: &Origin<'_>, message: &Streamed, at: i64, reason: String) -> KeptReject {
    let content = message.content.as_deref().unwrap_or_default();
    KeptReject {
        stream: origin.stream.to_owned(),
        partition: origin.partition,
        offset: origin.offset,
        at,
        reason,
        bytes: content.len(),
        content: STANDARD.encode(&content[..content.len().min(CONTENT_BYTES_MAX)]),
    }
}
