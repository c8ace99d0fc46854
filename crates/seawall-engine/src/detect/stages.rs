//! What does each stage from hashed values to pairs of hot selectors take by itself? For the benchmark `core`.

use std::path::PathBuf;

use seawall_core::{event::EventType, selector::KindId};

use super::{
    Room,
    hot::{self, Node},
    pairs::SelectorGraph,
    scene::{Scene, Sides},
};
use crate::{
    Error,
    accounts::{AccountTable, Accounts, Batch, Budget, Observation, Pieces},
    bits::Marks,
    count::Shared,
    spread::Here,
};

/// Signups as they are kept once they have been read and derived.
#[doc(hidden)]
#[derive(Debug)]
pub struct Hashed {
    accounts: Accounts,
    pieces: Pieces,
}

impl Hashed {
    /// Takes in pieces of signups; each has the hash of its account, its second, and the hashes of its values.
    pub fn new<Piece, Values>(pieces: impl Iterator<Item = Piece>) -> Result<Self, Error>
    where
        Piece: Iterator<Item = (u64, u32, Values)>,
        Values: Iterator<Item = (KindId, u64)>,
    {
        let mut table = AccountTable::new(Budget::unlimited());
        let mut batch = Batch::default();
        for piece in pieces {
            batch.clear();
            for (account, seconds, values) in piece {
                let event_type = EventType::Signup;
                batch.push(Observation { account, seconds, event_type, trusted: None, step: 0 });
                values.for_each(|(kind, hash)| batch.push_value(kind, hash));
            }
            let values = batch.take_values();
            table.add(batch.observations(), values, None)?;
        }
        let (accounts, _, pieces) = table.finish();
        Ok(Self { accounts, pieces })
    }
}

/// Signups grouped by what they share, judged against each other.
#[doc(hidden)]
pub struct Core {
    shared: Shared,
    sides: Sides,
    threads: usize,
}

impl Core {
    /// Groups signups by their values, and counts who is judged.
    pub fn group(hashed: Hashed, threads: usize) -> Result<Self, Error> {
        let shared = Shared::group(
            hashed.accounts,
            hashed.pieces,
            Vec::new(),
            &Here::new(threads),
            &Room { memory_bytes: u64::MAX, spill: PathBuf::new(), spill_bytes: 0 },
            threads,
        )?;
        let sides = Sides::new(&shared, Marks::new(shared.len(), 0..shared.len()), None, threads);
        Ok(Self { shared, sides, threads })
    }

    fn scene(&self) -> Scene<'_> {
        self.sides.scene(&self.shared, self.threads)
    }

    /// For each kind that has shared values: how many, and how many of them burst.
    pub fn bursts(&self) -> Vec<(&'static str, usize, usize)> {
        let counted = hot::hot_by_itself(&self.scene()).into_iter().map(|(kind, bursting)| {
            let shared = self.shared.columns[usize::from(kind.0)].hashes.len();
            (kind.kind().name, shared, bursting)
        });
        counted.filter(|(_, shared, _)| *shared > 0).collect()
    }

    /// Finds hot selectors by all tests.
    pub fn hot(&self) -> Hot {
        Hot(hot::find(&self.scene()))
    }

    /// How many pairs of hot selectors occur together: of binding ones, and of others.
    pub fn pairs(&self, hot: Hot) -> Result<(usize, usize), Error> {
        let graph = SelectorGraph::new(&self.scene(), hot.0, &Here::new(self.threads))?;
        Ok((graph.links.len(), graph.supports.len()))
    }
}

/// Hot selectors.
#[doc(hidden)]
pub struct Hot(Vec<Node>);

impl Hot {
    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.len()
    }
}
