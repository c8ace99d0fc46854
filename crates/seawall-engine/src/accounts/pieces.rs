//! What the pieces of the input say of accounts, until each kind becomes a column.
//!
//! An account has one value of most kinds: a signup's before any other event's, and among equals the earliest. Of what
//! it does it has several, the earliest few. Both are minima under a total order, so that the order of the pieces
//! does not matter.

use std::path::PathBuf;

use seawall_core::{
    event::EventType,
    selector::{KindId, registry::KINDS},
};

use super::{
    batch::Observation,
    earliest::{Dated, Earliest},
    values::Values,
};
use crate::{
    Error,
    bits::{Marks, Packed},
    spill::{Block, Spill},
};

/// Values kept for each account of a kind that may have many.
const MANY_MAX: usize = 16;

/// What every piece says, kind by kind.
#[derive(Debug)]
pub(crate) struct Pieces {
    events: Vec<Events>,
    /// For each kind, what each piece has of it.
    kinds: Vec<OfKind>,
    budget: Budget,
    /// Bytes of values in memory.
    bytes: usize,
    /// Where values go once they take more.
    spill: Option<Spill>,
    room: Vec<u8>,
}

/// How much may be kept where.
#[derive(Clone, Debug)]
pub(crate) struct Budget {
    /// Bytes of values that are kept in memory.
    pub(crate) memory_bytes: usize,
    /// Folder that those beyond go to.
    pub(crate) spill: PathBuf,
    /// Bytes that may go there.
    pub(crate) spill_bytes: u64,
}

impl Budget {
    /// All in memory.
    pub(crate) fn unlimited() -> Self {
        Self { memory_bytes: usize::MAX, spill: PathBuf::new(), spill_bytes: 0 }
    }
}

/// What the pieces have of one kind, one entry a piece.
#[derive(Debug, Default)]
pub(crate) struct OfKind(Vec<Kept>);

#[derive(Debug)]
enum Kept {
    Nothing,
    Here(Values),
    Spilled(Block),
}

/// The events of one piece, in its order.
#[derive(Debug)]
pub(crate) struct Events {
    /// Row of each event's account.
    rows: Vec<u32>,
    /// Seconds since 1990 of the earliest, and how many each is after it.
    first_seconds: u32,
    after_seconds: Packed,
    /// Those that are no signup.
    later: Marks,
}

impl Pieces {
    pub(super) fn new(budget: Budget) -> Self {
        Self {
            events: Vec::new(),
            kinds: KINDS.iter().map(|_| OfKind::default()).collect(),
            budget,
            bytes: 0,
            spill: None,
            room: Vec::new(),
        }
    }

    /// Adds a piece: the row of each of its observations, and their values, kind by kind; `blocks` where they are on a
    /// disk already, of which [`Self::lie_in`] will tell.
    pub(super) fn add(
        &mut self,
        rows: Vec<u32>,
        observations: &[Observation],
        values: Vec<Option<Values>>,
        blocks: Option<&[Block]>,
    ) -> Result<(), Error> {
        let seconds = || observations.iter().map(|observation| observation.seconds);
        let [first, last] = [seconds().min(), seconds().max()].map(Option::unwrap_or_default);
        let after = Packed::new(observations.len(), last - first, seconds().map(|at| at - first));
        let is_later = |entry: &(usize, &Observation)| entry.1.event_type != EventType::Signup;
        let later = observations.iter().enumerate().filter(is_later).map(|entry| entry.0);
        let later = Marks::new(observations.len(), later);
        self.events.push(Events { rows, first_seconds: first, after_seconds: after, later });
        for (index, values) in values.into_iter().enumerate() {
            let block = blocks.map(|blocks| blocks[index]);
            let kept = values.map_or(Ok(Kept::Nothing), |values| self.keep(values, block))?;
            self.kinds[index].0.push(kept);
        }
        Ok(())
    }

    /// Says where the blocks of the pieces are.
    pub(super) fn lie_in(&mut self, spill: Spill) {
        self.spill = Some(spill);
    }

    fn keep(&mut self, values: Values, block: Option<Block>) -> Result<Kept, Error> {
        let bytes = values.bytes();
        if self.bytes + bytes <= self.budget.memory_bytes {
            self.bytes += bytes;
            return Ok(Kept::Here(values));
        }
        if let Some(block) = block {
            return Ok(Kept::Spilled(block));
        }
        let spill = match &mut self.spill {
            Some(spill) => spill,
            none => none.insert(Spill::create(&self.budget.spill, self.budget.spill_bytes)?),
        };
        values.write(&mut self.room);
        Ok(Kept::Spilled(spill.write(&self.room)?))
    }

    /// Bytes that went to the disk.
    pub(crate) fn spilled_bytes(&self) -> u64 {
        self.spill.as_ref().map_or(0, Spill::bytes)
    }

    /// Bytes of values in memory.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes as u64
    }

    /// Moves every row to its position.
    pub(super) fn place(&mut self, position: &[u32]) {
        for row in self.events.iter_mut().flat_map(|events| &mut events.rows) {
            *row = position[*row as usize];
        }
    }

    /// What the pieces have of a kind.
    pub(crate) fn of_kind(&self, kind: KindId) -> &OfKind {
        &self.kinds[usize::from(kind.0)]
    }

    /// Takes out what the pieces have of a kind.
    pub(crate) fn take(&mut self, kind: KindId) -> OfKind {
        std::mem::take(&mut self.kinds[usize::from(kind.0)])
    }

    /// The value of each of `rows` accounts, 0 where it has none; empty where none has one.
    pub(crate) fn single(&self, kind: &OfKind, rows: usize) -> Result<Vec<u64>, Error> {
        if kind.0.iter().all(|kept| matches!(kept, Kept::Nothing)) {
            return Ok(Vec::new());
        }
        Ok(match self.uncontested(kind, rows)? {
            Some(column) => column,
            None => self.first(kind, rows)?.1,
        })
    }

    /// The value of each account where none has two, as most often.
    fn uncontested(&self, kind: &OfKind, rows: usize) -> Result<Option<Vec<u64>>, Error> {
        let mut column = vec![0_u64; rows];
        let mut contested = false;
        self.for_each(kind, |events, at, hash| {
            let own = &mut column[events.rows[at] as usize];
            contested |= *own != 0;
            *own = hash;
            !contested
        })?;
        Ok((!contested).then_some(column))
    }

    /// The value of lowest rank of each account, and that rank.
    pub(super) fn first(&self, kind: &OfKind, rows: usize) -> Result<(Vec<u32>, Vec<u64>), Error> {
        let mut column = vec![0_u64; rows];
        let mut ranks = vec![u32::MAX; rows];
        self.for_each(kind, |events, at, hash| {
            let (row, rank) = (events.rows[at] as usize, events.rank(at));
            if (rank, hash) < (ranks[row], column[row]) {
                (ranks[row], column[row]) = (rank, hash);
            }
            true
        })?;
        Ok((ranks, column))
    }

    /// The earliest values of each account that has any, in order of row, time, value.
    pub(crate) fn many(&self, kind: &OfKind) -> Result<Vec<Dated>, Error> {
        let mut earliest = Earliest::new(MANY_MAX, true);
        self.for_each(kind, |events, at, value| {
            earliest.push(Dated { row: events.rows[at], seconds: events.seconds(at), value });
            true
        })?;
        Ok(earliest.into_sorted())
    }

    /// Calls back with (events of the piece, position among them, hash) for each value of a kind, until told to end
    /// with the piece.
    fn for_each(
        &self,
        kind: &OfKind,
        mut each: impl FnMut(&Events, usize, u64) -> bool,
    ) -> Result<(), Error> {
        let mut room = Vec::new();
        for (events, kept) in self.events.iter().zip(&kind.0) {
            let spilled;
            let values = match (kept, &self.spill) {
                (Kept::Here(values), _) => values,
                (Kept::Spilled(block), Some(spill)) => {
                    spill.read(*block, &mut room)?;
                    spilled =
                        Values::read(&room).expect("its checksum says that it is what was written");
                    &spilled
                }
                _ => continue,
            };
            let mut goes_on = true;
            values.for_each(|at, hash| goes_on = each(events, at, hash));
            if !goes_on {
                break;
            }
        }
        Ok(())
    }
}

impl Events {
    /// Seconds since 1990 of an event.
    fn seconds(&self, at: usize) -> u32 {
        self.first_seconds + self.after_seconds.get(at)
    }

    /// Signups come before everything else; among equals the earlier. Two-second steps leave a bit free.
    fn rank(&self, at: usize) -> u32 {
        u32::from(self.later.has(at)) << 31 | self.seconds(at) >> 1
    }
}
