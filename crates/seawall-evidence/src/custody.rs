//! Who did what to the evidence, and when? The custody log of a case.
//!
//! An append-only Merkle log by C2SP *tlog-tiles*: entries ([`Entry`]) are leaves, and a signed note
//! ([`Checkpoint`]) says how many there are and what their root is. The state of a case is a fold over them.

mod body;
mod checkpoint;
mod entry;
mod log;
mod read;
mod tile;

pub use body::{Approve, CheckpointShown, Dispose, Propose, Release, SealBody};
pub use checkpoint::{Checkpoint, CheckpointError};
pub use entry::{Act, Action, Entry, EntryError};
pub use log::{Appended, CustodyLog, Unacknowledged};
pub(crate) use read::Order;
pub use read::{Error, InclusionProof, LogReader};
pub use tile::{ENTRIES_IN_TILE, Tile, TileKind};
