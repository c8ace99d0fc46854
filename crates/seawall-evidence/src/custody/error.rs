//! What can be wrong with a log?

use super::{CheckpointError, EntryError};
use crate::{
    hash::Digest,
    storage::{self, RelativePath},
    time::Time,
};

/// What is wrong with a log, or why it cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// There is no checkpoint.
    #[error("there is no custody log here: no `checkpoint`")]
    NoLog,
    /// There is a log where one should begin.
    #[error("there is a custody log here already")]
    LogExists,
    /// The checkpoint is not one of this log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file of the log is missing.
    #[error("`{0}` is missing from the custody log")]
    Missing(RelativePath),
    /// A file of the log is torn.
    #[error("`{0}` of the custody log does not hold what its name says")]
    Torn(RelativePath),
    /// An entry is not the one whose hash is in the tree.
    #[error("entry {seq} is not the one that was logged (expected {expected}, got {got})")]
    Changed {
        /// Which entry.
        seq: u64,
        /// The hash of the leaf in the tree.
        expected: Digest,
        /// The hash of the leaf that is there.
        got: Digest,
    },
    /// A tile of hashes is not what the entries give.
    #[error("the hashes in `{0}` are not those of the entries")]
    Hashes(RelativePath),
    /// The entries have another root than the checkpoint says.
    #[error(
        "the root of the {size} entries is not that of the checkpoint (expected {expected}, got {got})"
    )]
    Root {
        /// How many entries.
        size: u64,
        /// The root that was signed.
        expected: Digest,
        /// The root of what is there.
        got: Digest,
    },
    /// An entry is not of the form that the format asks for.
    #[error("entry {seq}: {source}")]
    Entry {
        /// Which entry.
        seq: u64,
        /// What is wrong.
        source: EntryError,
    },
    /// An entry says that it is another one.
    #[error("entry {seq} says that it is number {claimed}")]
    Seq {
        /// Which entry.
        seq: u64,
        /// Which it says it is.
        claimed: u64,
    },
    /// An entry is older than the one before.
    #[error(
        "entry {seq} is of {time}, before the entry that it follows, of {before}\nhint: set the clock"
    )]
    Time {
        /// Which entry.
        seq: u64,
        /// Its time.
        time: Time,
        /// That of the entry before.
        before: Time,
    },
    /// There is no such entry.
    #[error("there is no entry {seq}: the log has {size}")]
    NoEntry {
        /// Which entry.
        seq: u64,
        /// How many there are.
        size: u64,
    },
    /// A write failed, and it is unknown how much of it is on the disk.
    #[error("a write to the custody log failed before\nhint: open the log again")]
    Unknown,
}
