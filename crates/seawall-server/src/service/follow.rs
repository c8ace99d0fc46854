//! Which decisions come after those that were passed on?

use std::collections::{BTreeMap, BTreeSet};

use seawall_core::{decision::record::Record, event::Event};
use seawall_engine::read::{LineReader, Sink};
use seawall_store::journal::Reader;

use super::{
    Error, Service,
    entry::{EVENT, EventEntry, RECORD, SNAPSHOT},
    streams::Given,
};

/// Campaigns in the making that are remembered.
const CAMPAIGNS_MAX: usize = 100_000;

/// Where an event came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Cause {
    /// The site's own account id.
    pub(crate) account: String,
    /// Stream, partition and offset, where it came from one.
    pub(crate) origin: Option<(String, i32, i64)>,
}

/// A decision to be passed on.
#[derive(Clone, Debug)]
pub(crate) struct ToPassOn {
    pub(crate) record: Record,
    pub(crate) cause: Cause,
    /// A campaign in the making that was not told of before.
    pub(crate) alarm: Option<String>,
}

/// Reads decisions in the order of the journal, as it grows.
pub(crate) struct Follow {
    reader: Reader,
    /// The first entry that was not looked at.
    pub(crate) next: u64,
    /// Campaigns in the making that were told of.
    campaigns: BTreeSet<String>,
    /// Events whose decisions were not read yet.
    causes: BTreeMap<u64, Cause>,
    lines: LineReader,
}

/// Takes the account of an event.
struct Account<'a>(&'a mut String);

impl Sink for Account<'_> {
    fn event(&mut self, event: &Event<'_>) {
        event.account.clone_into(self.0);
    }
}

impl Follow {
    /// Decisions of the next entries, of at most `entries_max`, as far as they are written.
    pub(crate) fn read(
        &mut self,
        service: &Service,
        entries_max: usize,
    ) -> Result<Vec<ToPassOn>, Error> {
        let mut found = Vec::new();
        for _ in 0..entries_max {
            let Some((sequence, entry)) = self.reader.next_entry()? else { break };
            self.next = sequence + 1;
            let broken = || Error::Entry { sequence };
            match entry.kind {
                EVENT => {
                    let own = EventEntry::decode(&entry.content).ok_or_else(broken)?;
                    if own.decide {
                        self.causes.insert(sequence, cause(&self.lines, &own));
                    }
                }
                SNAPSHOT => self.campaigns.clear(),
                RECORD => {
                    let record = Record::decode(&entry.content).map_err(|_| broken())?;
                    found.push(self.passed_on(service, record)?);
                }
                _ => {}
            }
        }
        Ok(found)
    }

    fn passed_on(&mut self, service: &Service, record: Record) -> Result<ToPassOn, Error> {
        let sequence = record.inputs.sequence;
        let cause = match self.causes.remove(&sequence) {
            Some(cause) => cause,
            // Its event stands before the place where reading began.
            None => match service.readers.from(sequence).next_entry()? {
                Some((_, entry)) if entry.kind == EVENT => EventEntry::decode(&entry.content)
                    .map(|own| cause(&self.lines, &own))
                    .unwrap_or_default(),
                _ => Cause::default(),
            },
        };
        let campaign = record.decision.provisional.as_ref().map(|own| own.campaign.clone());
        let alarm = campaign.filter(|campaign| {
            self.campaigns.len() < CAMPAIGNS_MAX && self.campaigns.insert(campaign.clone())
        });
        Ok(ToPassOn { record, cause, alarm })
    }
}

fn cause(lines: &LineReader, entry: &EventEntry<'_>) -> Cause {
    let mut account = String::new();
    lines.read("event", entry.line, &mut Account(&mut account));
    let origin = entry.origin.map(|own| (own.stream.to_owned(), own.partition, own.offset));
    Cause { account, origin }
}

impl Service {
    /// Decisions that come after what was passed on.
    pub(crate) fn follow(&self, given: Given) -> Follow {
        Follow {
            reader: self.readers.from(given.next),
            next: given.next,
            campaigns: given.campaigns,
            causes: BTreeMap::new(),
            lines: LineReader::default(),
        }
    }
}
