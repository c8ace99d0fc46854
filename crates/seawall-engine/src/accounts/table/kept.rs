//! What of the accounts can be set aside tonight and taken in again another night, so that nothing comes out
//! differently?
//!
//! All that is kept of an account is a minimum, a maximum or a sum. So the folded state of any number of events can
//! take the place of these events.

use std::ops::Range;

use seawall_core::{
    event::EventType,
    selector::{Derive, KindId},
};

use super::{super::values::Coder, AccountTable, Dated, Observation, Values, of};
use crate::Error;

/// What is known of some accounts beside their values, column by column. Steps have rows of the chunk.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Facts {
    pub(crate) hashes: Vec<u64>,
    pub(crate) first_seen: Vec<u32>,
    pub(crate) last_seen: Vec<u32>,
    pub(crate) signup_at: Vec<u32>,
    /// The site's latest word, as the table packs it.
    pub(crate) trust: Vec<u64>,
    pub(crate) logins: Vec<u32>,
    pub(crate) actions: Vec<u32>,
    pub(crate) active_days: Vec<u64>,
    pub(crate) steps: Vec<Dated>,
}

impl Facts {
    /// Whether the site's latest word on an account is that it is trusted.
    pub(crate) fn is_trusted(&self, at: usize) -> bool {
        self.trust[at] > 0 && (self.trust[at] - 1) & 1 == 1
    }
}

/// Accounts that were set aside, and their values, kind by kind.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct KeptChunk {
    pub(crate) facts: Facts,
    /// For each kind in the order of the registry, (row of the chunk, time, value), in that order. The time is the
    /// second for kinds that may have many values an account, otherwise the rank: whether it is no signup's in the
    /// first bit, then the second, halved.
    pub(crate) values: Vec<Vec<Dated>>,
}

/// The row in the table of each account of a chunk; none where it is let go.
pub(crate) type ChunkRows = Vec<Option<u32>>;

/// Whether an account may have several values of a kind.
pub(crate) fn is_many(kind: KindId) -> bool {
    matches!(kind.kind().derive, Derive::Action(_))
}

impl AccountTable {
    /// Hashes of all accounts, by row.
    pub(crate) fn hashes(&self) -> &[u64] {
        &self.hashes
    }

    /// The last second that the account of each row was seen at.
    pub(crate) fn last_seen(&self) -> &[u32] {
        &self.last_seen
    }

    /// Events folded in.
    pub(crate) fn events(&self) -> u64 {
        self.events
    }

    /// Counts events whose accounts are taken in by [`Self::take_in`].
    pub(crate) fn add_events(&mut self, events: u64) {
        self.events += events;
    }

    /// The row of an account, where it has one.
    pub(crate) fn find(&self, account: u64) -> Option<u32> {
        self.rows.find(account, |row| self.hashes[*row as usize] == account).copied()
    }

    /// First steps of all accounts, in order of row.
    pub(crate) fn steps(&mut self) -> &[Dated] {
        self.steps.sorted()
    }

    /// The facts of some rows; `steps` are those of all.
    pub(crate) fn facts(&self, rows: Range<usize>, steps: &[Dated]) -> Facts {
        let word = |column: &[u64]| {
            rows.clone().map(|row| column.get(row).copied().unwrap_or(0)).collect()
        };
        let number = |column: &[u32]| {
            rows.clone().map(|row| column.get(row).copied().unwrap_or(0)).collect()
        };
        let (start, end) = (rows.start as u32, rows.end as u32);
        let own = steps.partition_point(|step| step.row < start)
            ..steps.partition_point(|step| step.row < end);
        Facts {
            hashes: self.hashes[rows.clone()].to_vec(),
            first_seen: self.first_seen[rows.clone()].to_vec(),
            last_seen: self.last_seen[rows.clone()].to_vec(),
            signup_at: self.signup_at[rows.clone()].to_vec(),
            trust: word(&self.trust),
            logins: number(&self.logins),
            actions: number(&self.actions),
            active_days: word(&self.active_days),
            steps: steps[own].iter().map(|step| Dated { row: step.row - start, ..*step }).collect(),
        }
    }

    /// The values of a kind over all accounts, as [`KeptChunk::values`] has them.
    pub(crate) fn values_of(&self, kind: KindId) -> Result<Vec<Dated>, Error> {
        let read = self.pieces.of_kind(kind);
        if is_many(kind) {
            return self.pieces.many(read);
        }
        let (ranks, hashes) = self.pieces.first(read, self.len())?;
        let dated = |(row, (rank, value))| Dated { row, seconds: rank, value };
        let all = (0_u32..).zip(ranks.into_iter().zip(hashes));
        Ok(all.filter(|(_, (_, value))| *value != 0).map(dated).collect())
    }

    /// Folds the facts of a chunk in. Accounts that are not there already are taken where `keep` says so.
    pub(crate) fn take_in(&mut self, facts: &Facts, keep: impl Fn(usize) -> bool) -> ChunkRows {
        let mut rows = vec![None; facts.hashes.len()];
        for (at, row) in rows.iter_mut().enumerate() {
            let account = facts.hashes[at];
            if self.find(account).is_some() || keep(at) {
                let own = self.row_of(account, facts.first_seen[at]);
                self.take_in_one(own, facts, at);
                *row = Some(own as u32);
            }
        }
        for step in &facts.steps {
            if let Some(row) = rows[step.row as usize] {
                self.steps.push(Dated { row, ..*step });
            }
        }
        rows
    }

    fn take_in_one(&mut self, row: usize, facts: &Facts, at: usize) {
        self.first_seen[row] = self.first_seen[row].min(facts.first_seen[at]);
        self.last_seen[row] = self.last_seen[row].max(facts.last_seen[at]);
        self.signup_at[row] = self.signup_at[row].min(facts.signup_at[at]);
        if facts.trust[at] > 0 {
            let trust = of(&mut self.trust, row);
            *trust = facts.trust[at].max(*trust);
        }
        add(&mut self.logins, row, facts.logins[at]);
        add(&mut self.actions, row, facts.actions[at]);
        if facts.active_days[at] > 0 {
            *of(&mut self.active_days, row) |= facts.active_days[at];
        }
    }

    /// Adds the values of a chunk whose facts have been taken in.
    pub(crate) fn add_kept(&mut self, piece: KeptPiece) -> Result<(), Error> {
        self.pieces.add(piece.rows, &piece.observations, piece.values, None)
    }
}

fn add(column: &mut Vec<u32>, row: usize, number: u32) {
    if number > 0 {
        let own = of(column, row);
        *own = own.saturating_add(number);
    }
}

/// The values of a chunk as a piece of an input has them.
pub(crate) struct KeptPiece {
    rows: Vec<u32>,
    observations: Vec<Observation>,
    values: Vec<Option<Values>>,
}

/// An event that would have given a value: (row of the chunk, whether it is no signup, second, and which of several at
/// that second).
type Origin = (u32, bool, u32, u32);

impl KeptPiece {
    /// Makes up the fewest events that would have given these values.
    pub(crate) fn new(values: &[Vec<Dated>], rows: &[Option<u32>]) -> Self {
        let origins: Vec<Vec<(Origin, u64)>> = values
            .iter()
            .zip(KindId::all())
            .map(|(values, kind)| origins(values, is_many(kind), rows))
            .collect();
        let mut events: Vec<Origin> = origins.iter().flatten().map(|(origin, _)| *origin).collect();
        events.sort_unstable();
        events.dedup();
        let mut coder = Coder::default();
        let pack = |origins: &Vec<(Origin, u64)>| {
            let mut at = 0;
            let position = |(origin, _): &(Origin, u64)| {
                while events[at] != *origin {
                    at += 1;
                }
                at as u32
            };
            let positions: Vec<u32> = origins.iter().map(position).collect();
            let hashes: Vec<u64> = origins.iter().map(|entry| entry.1).collect();
            Values::new(events.len(), &positions, &hashes, &mut coder)
        };
        let values = origins.iter().map(pack).collect();
        let observation = |(_, later, seconds, _): &Origin| Observation {
            account: 0,
            seconds: *seconds,
            event_type: if *later { EventType::Login } else { EventType::Signup },
            trusted: None,
            step: 0,
        };
        Self {
            rows: events.iter().filter_map(|origin| rows[origin.0 as usize]).collect(),
            observations: events.iter().map(observation).collect(),
            values,
        }
    }
}

/// The events of a kind's values, ascending. Those of accounts that are let go are left out.
fn origins(values: &[Dated], many: bool, rows: &[Option<u32>]) -> Vec<(Origin, u64)> {
    let mut origins: Vec<(Origin, u64)> = Vec::with_capacity(values.len());
    for value in values.iter().filter(|value| rows[value.row as usize].is_some()) {
        let (later, seconds) = if many {
            (true, value.seconds)
        } else {
            (value.seconds >> 31 == 1, value.seconds << 1)
        };
        let before = origins.last().map(|entry| entry.0);
        let which = match before {
            Some((row, was_later, at, which))
                if (row, was_later, at) == (value.row, later, seconds) =>
            {
                which + 1
            }
            _ => 0,
        };
        origins.push(((value.row, later, seconds, which), value.value));
    }
    origins
}
