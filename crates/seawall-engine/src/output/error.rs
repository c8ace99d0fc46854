//! What can go wrong with a run's folder, and what can its owner do about it?

use std::{
    io,
    path::{Path, PathBuf},
};

/// What stopped the writing or reading of a run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The folder holds what is not ours.
    #[error(
        "the folder `{}` holds something else (`{example}`)\nhint: name a new folder with --out, or add --force to write among what is there",
        directory.display()
    )]
    NotEmpty {
        /// The folder.
        directory: PathBuf,
        /// One thing in it.
        example: String,
    },
    /// What was named is not a folder.
    #[error("`{}` is not a folder\nhint: name a folder with --out", path.display())]
    NotADirectory {
        /// What was named.
        path: PathBuf,
    },
    /// Another run is being written there.
    #[error("another run is being written to `{}`\nhint: wait for it to end, or name another folder with --out", directory.display())]
    Busy {
        /// The folder.
        directory: PathBuf,
    },
    /// Another run was written there while this one was under way.
    #[error("another run was written to `{}` meanwhile; this one is not there\nhint: run it again, or name another place with --out", directory.display())]
    Raced {
        /// The place.
        directory: PathBuf,
    },
    /// A URL, or what the environment says of its service, cannot be used.
    #[error(transparent)]
    Objects(seawall_store::objects::Error),
    /// A file could not be written; nothing half-written keeps its name.
    #[error("could not write `{}`{}{}", path.display(), needed(*bytes_needed), room(source))]
    Write {
        /// The file.
        path: PathBuf,
        /// Its whole length, where that is known.
        bytes_needed: Option<u64>,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A file of a run could not be read.
    #[error("could not read `{}`", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// There is no run.
    #[error("`{}` holds no run\nhint: name what was given to `seawall detect --out`", directory.display())]
    NoRun {
        /// The folder.
        directory: PathBuf,
    },
    /// A file of a run does not say what it should.
    #[error("`{}` is not a file of a run: {reason}\nhint: run `seawall detect` again; the same input gives the same files", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never quotes a value.
        reason: String,
    },
    /// A file is not the one that the manifest speaks of.
    #[error(
        "`{}` has changed since the run: its SHA-256 is not that of the manifest\nhint: run `seawall detect` again; the same input gives the same files",
        path.display()
    )]
    Changed {
        /// The file.
        path: PathBuf,
    },
}

impl Error {
    pub(super) fn write(path: &Path, bytes_needed: Option<u64>, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), bytes_needed, source }
    }

    pub(super) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }
}

fn needed(bytes_needed: Option<u64>) -> String {
    bytes_needed.map_or_else(String::new, |bytes| format!(", which needs {bytes} bytes"))
}

fn room(source: &io::Error) -> &'static str {
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            "\nhint: make room on the disk, or name a folder on another one with --out"
        }
        _ => "",
    }
}
