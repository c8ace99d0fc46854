//! How are events written, so that they read back the same?
//!
//! The name of the file tells its format, as in reading.

mod parquet;
mod text;
mod value;

use std::path::{Path, PathBuf};

use seawall_core::event::Event;

use self::parquet::ParquetWriter;
use self::text::{CsvWriter, NdjsonWriter};
use crate::Error;
use crate::read::{Compression, Format};

/// Writes events to a file.
///
/// NDJSON keeps everything. CSV and Parquet have a column for every known field and none for others,
/// so [`Event::extra`] is not written there.
pub struct EventWriter {
    path: PathBuf,
    inner: Inner,
}

enum Inner {
    Ndjson(Box<NdjsonWriter>),
    Csv(Box<CsvWriter>),
    Parquet(Box<ParquetWriter>),
}

impl EventWriter {
    /// Creates a file in the format its name tells: `.ndjson`, `.csv`, `.parquet`, the first two also
    /// with `.gz` or `.zst`. A file of that name is replaced.
    pub fn create(path: &Path) -> Result<Self, Error> {
        let (format, compression) =
            Format::from_path(path).ok_or_else(|| Error::OutputFormat { path: path.into() })?;
        Self::create_as(path, format, compression)
    }

    /// Creates a file in a given format, whatever its name. Parquet is compressed within, never from
    /// the outside.
    pub fn create_as(
        path: &Path,
        format: Format,
        compression: Option<Compression>,
    ) -> Result<Self, Error> {
        let inner = match format {
            Format::Ndjson => {
                NdjsonWriter::create(path, compression).map(|new| Inner::Ndjson(Box::new(new)))
            }
            Format::Csv => {
                CsvWriter::create(path, compression).map(|new| Inner::Csv(Box::new(new)))
            }
            Format::Parquet => ParquetWriter::create(path).map(|new| Inner::Parquet(Box::new(new))),
        };
        Ok(Self { path: path.into(), inner: inner? })
    }

    /// Writes one event.
    pub fn write(&mut self, event: &Event<'_>) -> Result<(), Error> {
        match &mut self.inner {
            Inner::Ndjson(writer) => {
                writer.write(event).map_err(|source| Error::from_write(&self.path, source))
            }
            Inner::Csv(writer) => {
                writer.write(event).map_err(|source| Error::from_write(&self.path, source))
            }
            Inner::Parquet(writer) => writer.write(event, &self.path),
        }
    }

    /// Writes what is still held back and closes the file. A file that is not finished is not whole.
    pub fn finish(self) -> Result<(), Error> {
        match self.inner {
            Inner::Ndjson(writer) => {
                writer.finish().map_err(|source| Error::from_write(self.path, source))
            }
            Inner::Csv(writer) => {
                writer.finish().map_err(|source| Error::from_write(self.path, source))
            }
            Inner::Parquet(writer) => writer.finish(&self.path),
        }
    }
}
