//! Who did what to the evidence, and when? The custody log of a case.
//!
//! An append-only Merkle log by C2SP *tlog-tiles*: entries ([`Entry`]) are leaves, and a signed note
//! ([`Checkpoint`]) says how many there are and what their root is. The state of a case is a fold over them.

mod body;
mod checkpoint;
mod entry;
mod error;
mod gather;
mod log;
mod prove;
mod read;
mod tile;

pub use body::{Approve, CheckpointShown, Companion, Dispose, Propose, Release, SealBody};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{Act, Action, Body, Entry, EntryError};
pub use error::Error;
pub use gather::{items, seals};
pub use log::{Appended, CustodyLog, Prepared, Unacknowledged};
pub use prove::InclusionProof;
pub use read::LogReader;
pub(crate) use read::Order;
pub use tile::{ENTRIES_IN_TILE, Tile, TileKind};
