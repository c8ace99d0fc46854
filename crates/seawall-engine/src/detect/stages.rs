//! What does each stage from hashed values to pairs of hot selectors take by itself? For the benchmark `core`.

use seawall_core::selector::KindId;

use super::{
    Room,
    hot::{self, Node},
    in_parallel,
    pairs::SelectorGraph,
    scene::{Scene, Sides},
};
use crate::{
    Error,
    accounts::Accounts,
    bits::Marks,
    count::{Column, Columns, Shared},
    spread::{Gather as _, Here},
};

/// Bytes that grouping what a signup has of a kind takes.
const GROUPING_BYTES: u64 = 24;

/// Signups grouped by what they share, judged against each other.
#[doc(hidden)]
pub struct Core {
    shared: Shared,
    sides: Sides,
    threads: usize,
}

impl Core {
    /// Groups signups, whose seconds are in order, by their values, as many kinds at a time as memory holds, and counts
    /// who is judged. `values` has the hash of each one's value of a kind, 0 where it has none, and nothing of a kind that
    /// nobody has.
    pub fn group(
        seconds: Vec<u32>,
        values: impl Fn(KindId) -> Result<Vec<u64>, Error> + Sync,
        room: &Room,
        threads: usize,
    ) -> Result<Self, Error> {
        let (gather, accounts) = (Here::new(threads), Accounts::signups(seconds));
        let aside = Shared::aside(accounts.len(), room)?;
        let of_one = GROUPING_BYTES * accounts.len().max(1) as u64;
        let at_once = usize::try_from(room.memory_bytes / of_one).unwrap_or(threads).max(1);
        let kinds: Vec<KindId> = KindId::all().collect();
        let put = in_parallel(at_once.min(threads), kinds.len(), |index| {
            let kind = kinds[index];
            let column = Column::single(gather.group(kind.kind(), &values(kind)?)?);
            Columns::put(&aside, column)
        });
        let put = put.into_iter().collect::<Result<Vec<_>, Error>>()?;
        let columns = Columns::new(put.into_iter(), aside)?;
        let shared = Shared::new(accounts, columns, Vec::new())?;
        let all = Marks::new(shared.len(), 0..shared.len());
        let sides = Sides::new(&shared, all, None, threads)?;
        Ok(Self { shared, sides, threads })
    }

    fn scene(&self) -> Scene<'_> {
        self.sides.scene(&self.shared, self.threads)
    }

    /// For each kind that has shared values: how many, and how many of them burst.
    pub fn bursts(&self) -> Result<Vec<(&'static str, usize, usize)>, Error> {
        let counted = hot::hot_by_itself(&self.scene())?.into_iter().map(|(kind, bursting)| {
            let shared = self.shared.columns[usize::from(kind.0)].hashes.len();
            (kind.kind().name, shared, bursting)
        });
        Ok(counted.filter(|(_, shared, _)| *shared > 0).collect())
    }

    /// Finds hot selectors by all tests.
    pub fn hot(&self) -> Result<Hot, Error> {
        Ok(Hot(hot::find(&self.scene())?))
    }

    /// Bytes that are on the disk.
    pub fn bytes_aside(&self) -> u64 {
        self.shared.columns.bytes_aside()
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
