//! What of a detection is done already, should it be stopped?
//!
//! A folder keeps it: what was read of the input, piece by piece, and what the long steps after that came to. A
//! detection with the same inputs and options finds it there and goes on; what it comes to is the same to the byte.
//! Everything is checked before it is used, and what is torn or damaged is made anew. Nothing is taken up of a
//! detection with other inputs or options, and nothing of it is deleted either.

mod log;

use std::{
    collections::BTreeMap,
    io::{self, Read as _, Write as _},
    path::{Path, PathBuf},
};

use seawall_core::selector::registry::KINDS;
use seawall_store::lock::LockedFile;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tempfile::NamedTempFile;
use xxhash_rust::xxh3::xxh3_64;

pub(crate) use self::log::{Log, OBSERVATION_BYTES};
use crate::{Error, detect::DetectOptions, output::FileDigest, read::Source, spill::Spill};

/// Rises when what is kept is written or meant otherwise.
const SCHEMA: u32 = 1;
/// Which detection the work is of.
const OF: &str = "of.json";
const LOCK: &str = "lock";
const PIECES: &str = "pieces";
/// What the name of a part begins with.
const PART_PREFIX: &str = "part-";
/// Longest description of a detection, and longest part: room for a million inputs, and for every account there can be.
const OF_BYTES_MAX: u64 = 1 << 30;
const PART_BYTES_MAX: u64 = 8 << 30;

/// What a detection is made from.
type Of = BTreeMap<String, Value>;

/// A folder that keeps the work of a detection until it is finished.
#[derive(Debug)]
pub struct Resume {
    folder: PathBuf,
    /// Held as long as the detection runs, so that no second one works here.
    _lock: LockedFile,
    taken: Taken,
}

/// What was taken up of earlier work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Taken {
    /// Events that were not read again.
    pub events: u64,
    /// Steps that were not done again.
    pub parts: Vec<String>,
    /// Work was found that is not as it was written, and was made anew.
    pub damaged: bool,
}

impl Resume {
    /// Opens a folder for a detection in `source`; it is made if absent. `knowledge` names what else the result follows
    /// from, such as lists, by content: where any of it differs from what the work in the folder is of, that is an error.
    pub fn open(
        folder: &Path,
        source: &Source,
        options: &DetectOptions,
        knowledge: &[FileDigest],
    ) -> Result<Self, Error> {
        let of = describe(source, options, knowledge)?;
        let failed = |source| Error::Kept { folder: folder.to_owned(), source };
        fs_err::create_dir_all(folder).map_err(failed)?;
        if let Some(example) = foreign(folder).map_err(failed)? {
            return Err(Error::KeptForeign { folder: folder.to_owned(), example });
        }
        let lock = LockedFile::take(&folder.join(LOCK)).map_err(failed)?;
        let lock = lock.ok_or_else(|| Error::KeptBusy { folder: folder.to_owned() })?;
        let resume = Self { folder: folder.to_owned(), _lock: lock, taken: Taken::default() };
        match resume.earlier()? {
            None => {
                // What nothing says the origin of is nobody's: the description is the first that is written.
                resume.clear()?;
                let text = serde_json::to_vec_pretty(&of).expect("text with plain keys");
                resume.write(OF, &text)?;
            }
            Some(earlier) => {
                if let Some(what) = difference(&earlier, &of) {
                    return Err(Error::KeptOther { folder: folder.to_owned(), what });
                }
            }
        }
        Ok(resume)
    }

    /// Bytes that are kept in a folder.
    pub fn bytes_in(folder: &Path) -> u64 {
        fs_err::metadata(folder.join(PIECES)).map_or(0, |metadata| metadata.len())
    }

    /// What was taken up.
    pub fn taken(&self) -> &Taken {
        &self.taken
    }

    /// Deletes the work: what came of it is where it belongs.
    pub fn finish(self) -> Result<(), Error> {
        self.clear()?;
        let removed = fs_err::remove_file(self.folder.join(LOCK))
            .and_then(|()| fs_err::remove_dir(&self.folder));
        removed.map_err(|source| self.failed(source))
    }

    /// What was read of the input.
    pub(crate) fn log(&mut self, source: &Source, bytes_max: u64) -> Result<Log, Error> {
        Ok(Log::new(Spill::keep(&self.folder, PIECES, bytes_max)?, source))
    }

    /// Notes what was taken up of that.
    pub(crate) fn note(&mut self, log: &Log) {
        self.taken.events = log.events;
        self.taken.damaged |= log.damaged;
    }

    /// What a step came to: as it is kept, or made and kept.
    pub(crate) fn part<T: Serialize + DeserializeOwned>(
        &mut self,
        name: &str,
        make: impl FnOnce() -> Result<T, Error>,
    ) -> Result<T, Error> {
        let file = format!("{PART_PREFIX}{name}");
        if let Some(bytes) = self.read(&file, PART_BYTES_MAX)? {
            let content = bytes
                .split_first_chunk()
                .filter(|(checksum, content)| u64::from_le_bytes(**checksum) == xxh3_64(content));
            if let Some(part) = content.and_then(|(_, content)| postcard::from_bytes(content).ok())
            {
                self.taken.parts.push(name.to_owned());
                return Ok(part);
            }
            self.taken.damaged = true;
        }
        let part = make()?;
        let content = postcard::to_allocvec(&part).expect("memory takes all of it");
        let mut bytes = xxh3_64(&content).to_le_bytes().to_vec();
        bytes.extend(content);
        self.write(&file, &bytes)?;
        Ok(part)
    }

    fn earlier(&self) -> Result<Option<Of>, Error> {
        let Some(text) = self.read(OF, OF_BYTES_MAX)? else { return Ok(None) };
        // It is written whole, so what cannot be read was changed by somebody: not ours to delete.
        let parsed = serde_json::from_slice(&text);
        parsed
            .map(Some)
            .map_err(|error| self.failed(io::Error::new(io::ErrorKind::InvalidData, error)))
    }

    fn read(&self, name: &str, bytes_max: u64) -> Result<Option<Vec<u8>>, Error> {
        let file = match fs_err::File::open(self.folder.join(name)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.failed(error)),
        };
        let mut bytes = Vec::new();
        #[expect(clippy::disallowed_methods, reason = "capped by `take`")]
        let read = file.take(bytes_max).read_to_end(&mut bytes);
        read.map_err(|error| self.failed(error))?;
        Ok(Some(bytes))
    }

    /// Writes a file that is there whole or not at all.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let write = || {
            let mut file = NamedTempFile::with_prefix_in(PART_PREFIX, &self.folder)?;
            file.write_all(bytes)?;
            file.as_file().sync_data()?;
            file.persist(self.folder.join(name))?;
            fs_err::File::open(&self.folder)?.sync_all()
        };
        write().map_err(|source| self.failed(source))
    }

    /// Deletes everything but the lock, the description first: without it the rest is nobody's.
    fn clear(&self) -> Result<(), Error> {
        let clear = || {
            let mut names = Vec::new();
            for entry in fs_err::read_dir(&self.folder)? {
                names.push(entry?.file_name());
            }
            names.retain(|name| name != LOCK);
            names.sort_by_key(|name| name != OF);
            names.iter().try_for_each(|name| fs_err::remove_file(self.folder.join(name)))
        };
        clear().map_err(|source| self.failed(source))
    }

    fn failed(&self, source: io::Error) -> Error {
        Error::Kept { folder: self.folder.clone(), source }
    }
}

/// Something in a folder that no detection keeps there.
fn foreign(folder: &Path) -> io::Result<Option<String>> {
    for entry in fs_err::read_dir(folder)? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        if ![OF, LOCK, PIECES].contains(&&*name) && !name.starts_with(PART_PREFIX) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}

/// All that the result follows from, by what people call it. What is shown in clear is decided after the work that is kept.
fn describe(
    source: &Source,
    options: &DetectOptions,
    knowledge: &[FileDigest],
) -> Result<Of, Error> {
    let kinds: Vec<_> = KINDS.iter().map(|kind| (kind.name, kind.version)).collect();
    let version = format!("{} ({SCHEMA})", env!("CARGO_PKG_VERSION"));
    let entries = [
        ("inputs", json!(source.stamps()?)),
        ("kinds of selectors", json!(kinds)),
        ("maps, lists or databases", json!(knowledge)),
        ("--report-bits", json!(options.report_bits)),
        ("version of Seawall", json!(version)),
    ];
    Ok(entries.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// What differs, as people call it.
fn difference(earlier: &Of, now: &Of) -> Option<String> {
    let differing: Vec<&str> = now
        .iter()
        .filter(|(name, value)| earlier.get(*name) != Some(value))
        .map(|(name, _)| name.as_str())
        .collect();
    (!differing.is_empty()).then(|| differing.join(", "))
}
