//! Why can the service not go on?

use std::{io, path::PathBuf, sync::Arc};

use seawall_core::{
    decision::{policy::PolicyError, snapshot::SnapshotError},
    model::ModelError,
};

/// Why the service cannot start, or not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal.
    #[error(transparent)]
    Store(#[from] seawall_store::Error),
    /// An entry of the journal is none that the server writes.
    #[error(
        "entry {sequence} of the journal is not understood\nhint: use the version that wrote it, or a newer one"
    )]
    Entry {
        /// Its number.
        sequence: u64,
    },
    /// A snapshot.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// An account model.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A policy.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A file.
    #[error("cannot use `{path}`")]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// Lists or databases.
    #[error("{0}\nhint: such files are kept in `knowledge` in the data directory")]
    Knowledge(String),
    /// Settings of the data directory.
    #[error(
        "`{0}` is not as it was written\nhint: restore it from a copy; without it the journal gives another state"
    )]
    Settings(PathBuf),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Chance,
    /// As many requests wait as may.
    #[error("too many requests are waiting")]
    Busy,
    /// A write failed.
    #[error("nothing can be kept")]
    NotKept(#[source] Arc<seawall_store::Error>),
    /// The server is about to end.
    #[error("the server is ending")]
    Closed,
}
