//! What can stop the work, and what the caller can do about it.
//!
//! Bad input is data, not an error: it becomes a `Reject`. An error is what leaves nothing sensible to
//! do but stop. Where there is something to try, the message says so on a line of its own.

use std::io;
use std::path::{Path, PathBuf};

/// What stopped the work.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// An input that was named is not there.
    #[error("no such input: {}", path.display())]
    InputNotFound {
        /// The input as it was given.
        path: PathBuf,
    },
    /// The inputs are there, but none of them holds a file to read.
    #[error(
        "nothing to read in {inputs}\nhint: a folder is searched for files ending in {}, each also .gz or .zst (Parquet as it is)",
        crate::read::EXTENSIONS_TEXT
    )]
    NoInput {
        /// The inputs as they were given.
        inputs: String,
    },
    /// The inputs were read, but none of their events could be taken.
    #[error(
        "no events in the input: {rejected} rejected\nhint: see the rejects for lines and reasons; other field names are mapped with --map"
    )]
    NoEvents {
        /// Events that were rejected.
        rejected: u64,
    },
    /// Standard input was named more than once.
    #[error("standard input (`-`) can be read only once\nhint: name `-` once")]
    StandardInputTwice,
    /// A pattern of input names that cannot be read.
    #[error("the pattern `{pattern}` is not valid: {message}")]
    Pattern {
        /// The pattern as it was given.
        pattern: String,
        /// What is wrong with it.
        message: &'static str,
    },
    /// A file or folder may not be opened.
    #[error("no permission to open {}", path.display())]
    Permission {
        /// Which one.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Reading failed below us: a device or network fault, not bad data.
    #[error("could not read {}", path.display())]
    Read {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// A URL, or what the environment says of its service, cannot be used.
    #[error(transparent)]
    Objects(#[from] seawall_store::objects::Error),
    /// Input that can be read only once, or comes over a network, could not be set aside.
    #[error(
        "could not keep a copy of {} for as long as it is needed\nhint: set TMPDIR to a folder with room for it",
        path.display()
    )]
    Spool {
        /// The input as it was given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What did not fit in memory could not be set aside, or was not given back as it was.
    #[error(
        "could not set aside what does not fit in memory, in {}\nhint: name a folder with room for it with --spill-folder, or give more memory with --memory",
        folder.display()
    )]
    Spill {
        /// The folder it goes to.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What does not fit in memory is more than may be set aside.
    #[error(
        "what does not fit in memory takes more than {bytes_max} bytes in {}\nhint: allow more with --spill, or give more memory with --memory",
        folder.display()
    )]
    SpillFull {
        /// The folder it goes to.
        folder: PathBuf,
        /// Bytes that were allowed.
        bytes_max: u64,
    },
    /// Those who count on our behalf did not.
    #[error("could not have it counted elsewhere: {message}\nhint: {hint}")]
    Elsewhere {
        /// What they said; never quotes a value.
        message: String,
        /// What may be done about it.
        hint: &'static str,
    },
    /// What is kept of an unfinished detection could not be written or read.
    #[error(
        "could not keep in {} what is done\nhint: see to that disk, and give the same command again: it goes on from what is kept; or leave out --resume",
        folder.display()
    )]
    Kept {
        /// The folder it is kept in.
        folder: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// What is kept of an unfinished detection takes more than it may.
    #[error(
        "what is kept in {} takes more than {bytes_max} bytes\nhint: allow more with --spill, or leave out --resume",
        folder.display()
    )]
    KeptFull {
        /// The folder it is kept in.
        folder: PathBuf,
        /// Bytes that were allowed.
        bytes_max: u64,
    },
    /// A folder keeps the work of another detection.
    #[error(
        "{} keeps the work of a detection with other {what}\nhint: to go on with that one, give what it was given; to begin anew, delete the folder or name another",
        folder.display()
    )]
    KeptOther {
        /// The folder.
        folder: PathBuf,
        /// What differs.
        what: String,
    },
    /// A folder for what is done has something else in it.
    #[error("{} holds `{example}`, which is no work of a detection\nhint: name an empty or a new folder with --resume", folder.display())]
    KeptForeign {
        /// The folder.
        folder: PathBuf,
        /// Something in it.
        example: String,
    },
    /// Another detection keeps its work in the same folder.
    #[error("another detection keeps its work in {} at this moment\nhint: wait for it, or name another folder with --resume", folder.display())]
    KeptBusy {
        /// The folder.
        folder: PathBuf,
    },
    /// Input that can be read only once is gone after a stop.
    #[error("{} can be read only once, and so a detection in it cannot go on after a stop\nhint: write it to a file first, or leave out --resume", path.display())]
    ReadOnce {
        /// The input as it was given.
        path: PathBuf,
    },
    /// A file has no column for a field that every event needs.
    #[error(
        "{} has no column `{column}`\nhint: every event needs `time`, `type` and `account`; if the column has another name, say so with --map: {field} = \"its name\"",
        path.display()
    )]
    ColumnMissing {
        /// Which file.
        path: PathBuf,
        /// The column that was looked for.
        column: String,
        /// The field it would fill.
        field: &'static str,
    },
    /// A column for a field that every event needs has a type that cannot hold it.
    #[error(
        "column `{column}` of {} is {found}\nhint: `{field}` is read from {expected}",
        path.display()
    )]
    ColumnType {
        /// Which file.
        path: PathBuf,
        /// The column.
        column: String,
        /// The field it would fill.
        field: &'static str,
        /// The type it has.
        found: String,
        /// The types it may have.
        expected: &'static str,
    },
    /// A database of addresses cannot be used.
    #[error(
        "the database {} cannot be used: {message}\nhint: a MaxMind DB file (.mmdb) is needed, with countries or with autonomous systems",
        path.display()
    )]
    Database {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        message: String,
    },
    /// A map of field names is not TOML, or not of the right shape.
    #[error("the map {} cannot be read: {message}\nhint: write lines such as account = \"user_id\"", path.display())]
    MapSyntax {
        /// Which file.
        path: PathBuf,
        /// What is wrong, and where.
        message: String,
    },
    /// A map names a field that Seawall does not have.
    #[error("the map {} names an unknown field `{name}`\nhint: {hint}", path.display())]
    MapField {
        /// Which file.
        path: PathBuf,
        /// The name on the left side.
        name: String,
        /// What may have been meant.
        hint: String,
    },
    /// A map reads one source field into two of ours.
    #[error(
        "the map {} reads `{theirs}` into both `{first}` and `{second}`\nhint: keep one of the two lines",
        path.display()
    )]
    MapTwice {
        /// Which file.
        path: PathBuf,
        /// The source field.
        theirs: String,
        /// One of our fields.
        first: &'static str,
        /// The other.
        second: &'static str,
    },
    /// An output file whose name does not tell its format.
    #[error(
        "the format of {} is not known\nhint: let the name end in {}, each but Parquet also with .gz or .zst",
        path.display(),
        crate::read::EXTENSIONS_TEXT
    )]
    OutputFormat {
        /// Which file.
        path: PathBuf,
    },
    /// Writing failed.
    #[error("could not write {}", path.display())]
    Write {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
    /// Writing a Parquet file failed.
    #[error("could not write {}", path.display())]
    WriteParquet {
        /// Which file.
        path: PathBuf,
        /// What the Parquet library said.
        #[source]
        source: Box<parquet::errors::ParquetError>,
    },
    /// Another night is being taken into a state.
    #[error("another night is being taken into `{}`\nhint: wait for it to end", folder.display())]
    StateBusy {
        /// The folder.
        folder: PathBuf,
    },
    /// A folder that should hold a state holds something else.
    #[error(
        "the folder `{}` holds something else than a state (`{example}`)\nhint: name a new folder with --state",
        folder.display()
    )]
    StateForeign {
        /// The folder.
        folder: PathBuf,
        /// One thing in it.
        example: String,
    },
    /// There is no state.
    #[error("`{}` holds no state\nhint: name the folder that was given to `seawall detect --state`", folder.display())]
    NoState {
        /// The folder.
        folder: PathBuf,
    },
    /// An input has been taken in already.
    #[error(
        "{input} has been taken into the state already, in night {night}\nhint: name new events only; nothing was changed"
    )]
    StateHas {
        /// The input as it was given.
        input: String,
        /// The night.
        night: u32,
    },
    /// A state that this run cannot continue.
    #[error(
        "the state in `{}` cannot be continued: {reason}\nhint: begin a new one from the events, in another folder",
        folder.display()
    )]
    StateOther {
        /// The folder.
        folder: PathBuf,
        /// Why not.
        reason: String,
    },
    /// A file of a state is not what was written.
    #[error(
        "`{}` is damaged: {reason}\nhint: put a copy of the whole folder in its place, or begin a new state from the events",
        path.display()
    )]
    StateDamaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it; never quotes a value.
        reason: &'static str,
    },
    /// A file of a state could not be read or written; the state is as it was.
    #[error("could not use `{}`; the state is as it was before this night", path.display())]
    StateFile {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// What an error means for the one who ran the command; the command line maps it to its exit code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorClass {
    /// The command was given something it cannot mean.
    Usage,
    /// There is nothing to read.
    NoInput,
    /// Something may not be opened.
    Permission,
    /// Something else is there, or at work there.
    Conflict,
    /// What was kept is not what was written.
    Integrity,
    /// Anything else.
    Failed,
}

impl ErrorClass {
    /// What an error of object storage means.
    pub fn of_objects(error: &seawall_store::objects::Error) -> Self {
        use seawall_store::objects::Error as Objects;
        match error {
            Objects::Url { .. } | Objects::Settings { .. } => Self::Usage,
            Objects::NotFound { .. } => Self::NoInput,
            Objects::Denied { .. } => Self::Permission,
            Objects::Changed { .. } | Objects::Conflict { .. } => Self::Conflict,
            _ => Self::Failed,
        }
    }

    /// What it means, where object storage is the cause of an error.
    pub fn of_io(error: &io::Error) -> Option<Self> {
        error.get_ref()?.downcast_ref().map(Self::of_objects)
    }
}

impl Error {
    /// What this error means for the one who ran the command.
    pub fn class(&self) -> ErrorClass {
        if let Self::Read { source, .. } | Self::Permission { source, .. } = self
            && let Some(class) = ErrorClass::of_io(source)
        {
            return class;
        }
        match self {
            Self::StandardInputTwice
            | Self::Pattern { .. }
            | Self::KeptOther { .. }
            | Self::KeptForeign { .. }
            | Self::ReadOnce { .. }
            | Self::Database { .. }
            | Self::MapSyntax { .. }
            | Self::MapField { .. }
            | Self::MapTwice { .. }
            | Self::StateOther { .. }
            | Self::OutputFormat { .. } => ErrorClass::Usage,
            Self::InputNotFound { .. }
            | Self::NoInput { .. }
            | Self::NoEvents { .. }
            | Self::NoState { .. } => ErrorClass::NoInput,
            Self::StateBusy { .. } | Self::StateForeign { .. } | Self::StateHas { .. } => {
                ErrorClass::Conflict
            }
            Self::StateDamaged { .. } => ErrorClass::Integrity,
            Self::Permission { .. } => ErrorClass::Permission,
            Self::KeptBusy { .. } => ErrorClass::Conflict,
            Self::Objects(source) => ErrorClass::of_objects(source),
            Self::Read { source, .. }
            | Self::Write { source, .. }
            | Self::Kept { source, .. }
            | Self::Spool { source, .. }
            | Self::StateFile { source, .. }
                if source.kind() == io::ErrorKind::PermissionDenied =>
            {
                ErrorClass::Permission
            }
            _ => ErrorClass::Failed,
        }
    }

    /// The right variant for a failure to open or read an input.
    pub(crate) fn from_read(path: impl Into<PathBuf>, source: io::Error) -> Self {
        let path = path.into();
        match source.kind() {
            io::ErrorKind::NotFound => Self::InputNotFound { path },
            io::ErrorKind::PermissionDenied => Self::Permission { path, source },
            _ => Self::Read { path, source },
        }
    }

    /// The right variant for a failure to write an output.
    pub(crate) fn from_write(path: impl Into<PathBuf>, source: io::Error) -> Self {
        Self::Write { path: path.into(), source }
    }

    pub(crate) fn state_write(path: &Path, source: io::Error) -> Self {
        Self::StateFile { path: path.to_owned(), source }
    }

    /// The right variant for a failure to read what a head names: that it is not there is damage.
    pub(crate) fn state_read(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::NotFound => Self::state_damaged(path, "it is missing"),
            io::ErrorKind::UnexpectedEof => Self::state_damaged(path, "it is shorter than it was"),
            _ => Self::StateFile { path: path.to_owned(), source },
        }
    }

    pub(crate) fn state_damaged(path: &Path, reason: &'static str) -> Self {
        Self::StateDamaged { path: path.to_owned(), reason }
    }
}
