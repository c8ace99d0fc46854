//! Where is the heavy counting done: here, or by others on our behalf?
//!
//! Two steps of a detection are functions of hashed columns alone, and whole numbers go in and come out: which accounts
//! share a value ([`Gather::group`]), and how many carry each two hot selectors ([`Gather::pairs`]). So they may be done in
//! parts, anywhere and in any order, and come to the same. [`Here`] does them in this process. Who does them elsewhere cuts
//! the rows, gives every part to the functions of [`grouping`] and [`pairing`], and puts the answers together with theirs,
//! which count what came back: a part that is lost, or comes twice, is an error and no finding.

pub mod grouping;
mod here;
pub mod pairing;

pub use crate::detect::Pair;
pub use here::Here;
pub use pairing::Carried;

use seawall_core::selector::Kind;

use crate::{Error, count::Grouped};

/// Does the counting of a detection.
pub trait Gather: Sync {
    /// Groups the values of a kind, hashes of which 0 means absent.
    fn group(&self, kind: &Kind, values: &[u64]) -> Result<Grouped, Error>;

    /// Counts how many accounts carry each two hot selectors; what `keep` makes of them, in any order.
    fn pairs(&self, carried: &Carried<'_>, keep: &Keep<'_>) -> Result<Vec<Pair>, Error>;
}

/// What becomes of two nodes, the earlier first, that so many accounts carry.
pub type Keep<'k> = dyn Fn(u32, u32, u32) -> Option<Pair> + Sync + 'k;

/// An answer that cannot be one to what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Flaw {
    /// Rows are missing, or were counted more than once.
    #[error("{found} rows were counted of {expected}")]
    Rows {
        /// Rows that were asked about.
        expected: u64,
        /// Rows that the answers are of.
        found: u64,
    },
    /// An answer speaks of what it was not asked about.
    #[error("an answer does not fit its question")]
    Foreign,
}
