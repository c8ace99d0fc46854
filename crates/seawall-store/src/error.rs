//! What can go wrong where things are kept, and what to do about it?

use std::{io, path::PathBuf};

/// Why something could not be kept or read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The disk has no room for more.
    #[error(
        "no room left to write `{path}`\nhint: free space on the disk; what was acknowledged is safe"
    )]
    Full {
        /// The file that was written to.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// The operating system refused.
    #[error("cannot {act} `{path}`")]
    Io {
        /// What was tried.
        act: &'static str,
        /// On which file or folder.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Someone else writes here.
    #[error(
        "`{path}` is locked\nhint: another process writes to this directory; stop it, or use another"
    )]
    Locked {
        /// The file of the lock.
        path: PathBuf,
    },
    /// A segment holds what was never written to it.
    #[error(
        "segment {segment} is damaged at byte {offset}: {why}\nhint: restore it from a copy; nothing was changed"
    )]
    Damaged {
        /// Sequence number of the segment's first entry.
        segment: u64,
        /// Where in the segment.
        offset: u64,
        /// What is wrong.
        why: &'static str,
    },
    /// The segment of an entry was put away, and is no longer there.
    #[error(
        "entry {entry} is archived, and its segment is not among the archived ones\nhint: put the files that were taken from `archived` in the journal's folder back"
    )]
    Archived {
        /// Sequence number of the entry.
        entry: u64,
    },
    /// The journal was written in a format that this program does not know.
    #[error(
        "segment {segment} has format {format}, and this program knows {known}\nhint: use the program that wrote it, or a newer one"
    )]
    Format {
        /// Sequence number of the segment's first entry.
        segment: u64,
        /// The format that it has.
        format: u32,
        /// The format that is known.
        known: u32,
    },
    /// An entry is larger than any may be.
    #[error("an entry of {bytes} bytes; the most is {bytes_max}")]
    TooLarge {
        /// Its size.
        bytes: usize,
        /// The most.
        bytes_max: usize,
    },
    /// What was written could not be brought to the disk, or not be taken back.
    #[error(
        "the journal is out of order after a failed write\nhint: restart; what was acknowledged is read again"
    )]
    OutOfOrder,
    /// The tables cannot be read.
    #[error(
        "the tables cannot be read\nhint: restore their folder from a copy; nothing was changed"
    )]
    Tables {
        /// What is wrong.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// An error of the operating system, told apart by whether the disk is full.
    pub fn io(act: &'static str, path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                Self::Full { path, source }
            }
            _ => Self::Io { act, path, source },
        }
    }

    /// Whether the same may work once there is room again.
    pub const fn is_full(&self) -> bool {
        matches!(self, Self::Full { .. })
    }
}
