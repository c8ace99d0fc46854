//! Which files are the input, and what are they?

use std::collections::BTreeSet;
use std::io::{self, BufReader, Read, Write as _};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use fs_err::File;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use tempfile::NamedTempFile;

use seawall_store::objects::{Object, Settings, Url};

use self::objects::{Buckets, Named};
use super::field::NameTable;
use super::map::FieldMap;
use crate::Error;

mod objects;

/// Extensions that are read, as they are told to people.
pub(crate) const EXTENSIONS_TEXT: &str = ".ndjson, .jsonl, .json, .csv or .parquet";
/// The name of standard input.
const STANDARD_INPUT: &str = "-";

/// A format of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line.
    Ndjson,
    /// Comma-separated values with a header.
    Csv,
    /// Apache Parquet.
    Parquet,
}

/// How a file is compressed from the outside.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compression {
    /// gzip, any number of members.
    Gzip,
    /// Zstandard, any number of frames.
    Zstd,
}

impl Format {
    /// The format and compression that a file's name tells.
    pub(crate) fn from_path(path: &Path) -> Option<(Self, Option<Compression>)> {
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let (name, compression) = if let Some(inner) = name.strip_suffix(".gz") {
            (inner, Some(Compression::Gzip))
        } else if let Some(inner) = name.strip_suffix(".zst") {
            (inner, Some(Compression::Zstd))
        } else {
            (name.as_str(), None)
        };
        let format = match name.rsplit_once('.')?.1 {
            "ndjson" | "jsonl" | "json" => Self::Ndjson,
            "csv" => Self::Csv,
            "parquet" if compression.is_none() => Self::Parquet,
            _ => return None,
        };
        Some((format, compression))
    }

    /// The format that a file's first bytes tell. What is neither Parquet nor JSON can only be CSV.
    pub(super) fn from_start(start: &[u8]) -> Self {
        if start.starts_with(b"PAR1") {
            return Self::Parquet;
        }
        match start.trim_ascii_start().first() {
            Some(b'{' | b'[') => Self::Ndjson,
            _ => Self::Csv,
        }
    }
}

impl Compression {
    /// The compression that a file's first bytes tell.
    pub(super) fn from_start(start: &[u8]) -> Option<Self> {
        if start.starts_with(&[0x1F, 0x8B]) {
            Some(Self::Gzip)
        } else if start.starts_with(&[0x28, 0xB5, 0x2F, 0xFD]) {
            Some(Self::Zstd)
        } else {
            None
        }
    }
}

/// A file of the input.
pub(super) struct Entry {
    /// As people know it; `-` is standard input.
    pub(super) name: String,
    /// Where its bytes are.
    pub(super) stored: Stored,
    /// What its name tells.
    pub(super) format: Option<Format>,
    pub(super) bytes: u64,
}

/// Where the bytes of an entry are.
pub(super) enum Stored {
    /// A file of the user's.
    File(PathBuf),
    /// A copy of what could be read only once, deleted with this.
    Spool(NamedTempFile),
    /// The version of an object that was seen when the input was opened.
    Object(Object),
}

impl Entry {
    /// Reads it from its first byte.
    fn open(&self) -> io::Result<Box<dyn Read>> {
        Ok(match &self.stored {
            Stored::File(path) => Box::new(File::open(path)?),
            Stored::Spool(spool) => Box::new(File::open(spool.path())?),
            Stored::Object(object) => Box::new(object.stream()),
        })
    }
}

/// By what a file of the input is known again without reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// The file, as it was found.
    pub source: String,
    /// Its length.
    pub bytes: u64,
    /// Time of its last change, in nanoseconds since the Unix epoch; of an object, its `ETag`.
    pub version: String,
}

/// The digest of a file of the input.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct InputDigest {
    /// The file, as given; `-` is standard input.
    pub source: String,
    /// Its length in bytes.
    pub bytes: u64,
    /// SHA-256 of its bytes as they are stored, in lower-case hexadecimal.
    pub sha256: String,
}

/// The files of the input, in the order they are read. Can be read any number of times.
pub struct Source {
    pub(super) entries: Vec<Entry>,
    pub(super) names: NameTable,
    ignored: Vec<PathBuf>,
}

impl Source {
    /// Finds the files that `inputs` name: files, folders, patterns such as `logs/*.csv`, the same on object storage by
    /// URL, and `-`.
    ///
    /// What can be read only once (standard input, a pipe) is copied to a temporary file now, so that
    /// every pass sees the same bytes. Of an object every pass sees the version that is found now, or none.
    pub fn open(inputs: &[String], map: Option<&FieldMap>) -> Result<Self, Error> {
        Self::open_as(inputs, map, None)
    }

    /// The same, with settings for object storage that are not those of the environment.
    pub fn open_with(
        inputs: &[String],
        map: Option<&FieldMap>,
        settings: &Settings,
    ) -> Result<Self, Error> {
        Self::open_as(inputs, map, Some(settings))
    }

    fn open_as(
        inputs: &[String],
        map: Option<&FieldMap>,
        settings: Option<&Settings>,
    ) -> Result<Self, Error> {
        let mut search = Search {
            entries: Vec::new(),
            ignored: Vec::new(),
            known: BTreeSet::new(),
            standard_input: false,
            buckets: Buckets::new(settings),
        };
        for input in inputs {
            search.input(input)?;
        }
        if search.entries.is_empty() {
            return Err(Error::NoInput { inputs: inputs.join(", ") });
        }
        let names = map.unwrap_or(&FieldMap::default()).table();
        Ok(Self { entries: search.entries, names, ignored: search.ignored })
    }

    /// Bytes of all files together, as they are stored.
    pub fn bytes_total(&self) -> u64 {
        self.entries.iter().map(|entry| entry.bytes).sum()
    }

    /// Names of the files in the order they are read.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.name.as_str())
    }

    /// Files that a folder or pattern holds but that are not read: their extension is not known, their
    /// name begins with a full stop, or they are in the input already.
    pub fn ignored(&self) -> &[PathBuf] {
        &self.ignored
    }

    /// By what each file is known again, in the order of [`Self::names`]; an error where one cannot be read again.
    pub fn stamps(&self) -> Result<Vec<Stamp>, Error> {
        self.entries.iter().map(stamp).collect()
    }

    /// Reads every file once more for its digest, in the order of [`Self::names`].
    pub fn digests(&self) -> Result<Vec<InputDigest>, Error> {
        self.entries.iter().map(digest).collect()
    }
}

fn stamp(entry: &Entry) -> Result<Stamp, Error> {
    let failed = |source| Error::from_read(&entry.name, source);
    let (bytes, version) = match &entry.stored {
        Stored::File(path) => {
            let metadata = fs_err::metadata(path).map_err(failed)?;
            let seconds = i128::from(metadata.mtime()) * 1_000_000_000;
            (metadata.len(), (seconds + i128::from(metadata.mtime_nsec())).to_string())
        }
        Stored::Object(object) => (object.bytes(), object.e_tag().to_owned()),
        Stored::Spool(_) => return Err(Error::ReadOnce { path: entry.name.clone().into() }),
    };
    Ok(Stamp { source: entry.name.clone(), bytes, version })
}

fn digest(entry: &Entry) -> Result<InputDigest, Error> {
    use std::fmt::Write as _;
    let failed = |source| Error::from_read(&entry.name, source);
    let mut file = entry.open().map_err(failed)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 18];
    let mut bytes = 0;
    loop {
        let read = file.read(&mut buffer).map_err(failed)?;
        if read == 0 {
            break;
        }
        hasher.update(&buffer[..read]);
        bytes += read as u64;
    }
    let mut sha256 = String::with_capacity(64);
    for byte in hasher.finalize() {
        write!(sha256, "{byte:02x}").expect("writing to a String cannot fail");
    }
    Ok(InputDigest { source: entry.name.clone(), bytes, sha256 })
}

struct Search<'s> {
    entries: Vec<Entry>,
    ignored: Vec<PathBuf>,
    /// Files found already, by their one true path.
    known: BTreeSet<PathBuf>,
    standard_input: bool,
    buckets: Buckets<'s>,
}

impl Search<'_> {
    fn input(&mut self, input: &str) -> Result<(), Error> {
        if input == STANDARD_INPUT {
            if self.standard_input {
                return Err(Error::StandardInputTwice);
            }
            self.standard_input = true;
            let entry = spooled(STANDARD_INPUT, &mut io::stdin().lock())?;
            self.entries.push(entry);
            return Ok(());
        }
        if Url::is_url(input) {
            return self.url(input);
        }
        let path = Path::new(input);
        match fs_err::metadata(path) {
            Ok(metadata) if metadata.is_dir() => self.folder(path),
            Ok(metadata) if metadata.is_file() => self.file(path),
            Ok(_) => {
                let failed = |source| Error::from_read(path, source);
                let mut pipe = File::open(path).map_err(failed)?;
                self.entries.push(spooled(input, &mut pipe)?);
                Ok(())
            }
            Err(error)
                if error.kind() == io::ErrorKind::NotFound && input.contains(['*', '?', '[']) =>
            {
                self.pattern(input)
            }
            Err(error) => Err(Error::from_read(path, error)),
        }
    }

    fn url(&mut self, input: &str) -> Result<(), Error> {
        match self.buckets.find(input)? {
            Named::One(object) => self.object(object),
            Named::Several(objects) => {
                for object in objects {
                    let name = object.url().to_string();
                    if is_passed_over(Path::new(&name)) {
                        self.ignored.push(name.into());
                    } else {
                        self.object(object);
                    }
                }
            }
        }
        Ok(())
    }

    fn object(&mut self, object: Object) {
        let name = object.url().to_string();
        if !self.known.insert(PathBuf::from(&name)) {
            self.ignored.push(name.into());
            return;
        }
        let format = Format::from_path(Path::new(&name)).map(|(format, _)| format);
        let bytes = object.bytes();
        self.entries.push(Entry { name, stored: Stored::Object(object), format, bytes });
    }

    fn pattern(&mut self, pattern: &str) -> Result<(), Error> {
        let paths = glob::glob(pattern)
            .map_err(|error| Error::Pattern { pattern: pattern.to_owned(), message: error.msg })?;
        for path in paths {
            let path = path.map_err(|error| {
                let path = error.path().to_owned();
                Error::from_read(path, error.into())
            })?;
            let failed = |source| Error::from_read(&path, source);
            if fs_err::metadata(&path).map_err(failed)?.is_dir() {
                self.folder(&path)?;
            } else {
                self.found(&path)?;
            }
        }
        Ok(())
    }

    fn folder(&mut self, folder: &Path) -> Result<(), Error> {
        let walk = walkdir::WalkDir::new(folder).follow_links(true).sort_by_file_name();
        for item in walk {
            match item {
                Ok(item) if item.file_type().is_dir() => {}
                Ok(item) => self.found(item.path())?,
                // A link that leads back to where it is, or to nothing.
                Err(error) if error.loop_ancestor().is_some() || is_missing(&error) => {
                    self.ignored.extend(error.path().map(Path::to_owned));
                }
                Err(error) => {
                    let path = error.path().unwrap_or(folder).to_owned();
                    return Err(Error::from_read(path, error.into()));
                }
            }
        }
        Ok(())
    }

    /// A file in a folder or of a pattern.
    fn found(&mut self, path: &Path) -> Result<(), Error> {
        if is_passed_over(path) || !path.is_file() {
            self.ignored.push(path.to_owned());
            return Ok(());
        }
        self.file(path)
    }

    fn file(&mut self, path: &Path) -> Result<(), Error> {
        let failed = |source| Error::from_read(path, source);
        if !self.known.insert(fs_err::canonicalize(path).map_err(failed)?) {
            self.ignored.push(path.to_owned());
            return Ok(());
        }
        // Opened, not only looked at, so that a missing permission is known before the work begins.
        let file = File::open(path).map_err(failed)?;
        self.entries.push(Entry {
            name: path.to_string_lossy().into_owned(),
            stored: Stored::File(path.to_owned()),
            format: Format::from_path(path).map(|(format, _)| format),
            bytes: file.metadata().map_err(failed)?.len(),
        });
        Ok(())
    }
}

/// Whether what was found under that name, not named itself, is no input.
fn is_passed_over(path: &Path) -> bool {
    let hidden = path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."));
    hidden || Format::from_path(path).is_none()
}

fn is_missing(error: &walkdir::Error) -> bool {
    error.io_error().is_some_and(|error| error.kind() == io::ErrorKind::NotFound)
}

/// Copies what can be read only once to a file that only this user may read.
fn spooled(name: &str, reader: &mut dyn Read) -> Result<Entry, Error> {
    let failed = |source| Error::Spool { path: name.into(), source };
    let mut spool = NamedTempFile::with_prefix("seawall-input-").map_err(failed)?;
    let bytes =
        io::copy(&mut BufReader::with_capacity(1 << 18, reader), &mut spool).map_err(failed)?;
    spool.flush().map_err(failed)?;
    Ok(Entry { name: name.to_owned(), stored: Stored::Spool(spool), format: None, bytes })
}
