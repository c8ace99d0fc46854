//! How are events written as NDJSON and CSV, compressed or not?

use std::io::{self, BufWriter, Write};
use std::path::Path;

use flate2::write::GzEncoder;
use fs_err::File;
use seawall_core::event::Event;

use super::value::{Value, value};
use crate::Error;
use crate::read::{Compression, Field, format_rfc3339};

const BUFFER_BYTES: usize = 1 << 17;

/// A file that is compressed as it is written.
enum Output {
    Plain(BufWriter<File>),
    Gzip(Box<GzEncoder<BufWriter<File>>>),
    Zstd(Box<zstd::stream::write::Encoder<'static, BufWriter<File>>>),
}

impl Output {
    fn create(path: &Path, compression: Option<Compression>) -> io::Result<Self> {
        let file = BufWriter::with_capacity(BUFFER_BYTES, File::create(path)?);
        Ok(match compression {
            None => Self::Plain(file),
            Some(Compression::Gzip) => {
                Self::Gzip(Box::new(GzEncoder::new(file, flate2::Compression::default())))
            }
            Some(Compression::Zstd) => {
                Self::Zstd(Box::new(zstd::stream::write::Encoder::new(file, 3)?))
            }
        })
    }

    fn finish(self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file,
            Self::Gzip(encoder) => encoder.finish()?,
            Self::Zstd(encoder) => encoder.finish()?,
        }
        .flush()
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Gzip(encoder) => encoder.write(bytes),
            Self::Zstd(encoder) => encoder.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Gzip(encoder) => encoder.flush(),
            Self::Zstd(encoder) => encoder.flush(),
        }
    }
}

/// Writes one object a line; absent fields are left out.
pub(super) struct NdjsonWriter {
    output: Output,
    line: Vec<u8>,
    scratch: String,
}

impl NdjsonWriter {
    pub(super) fn create(path: &Path, compression: Option<Compression>) -> Result<Self, Error> {
        let output =
            Output::create(path, compression).map_err(|source| Error::from_write(path, source))?;
        Ok(Self { output, line: Vec::new(), scratch: String::new() })
    }

    pub(super) fn write(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Self { output, line, scratch } = self;
        line.clear();
        for field in Field::ALL {
            let value = value(event, field, scratch);
            if value == Value::Absent {
                continue;
            }
            line.push(if line.is_empty() { b'{' } else { b',' });
            write!(line, "\"{field}\":")?;
            match value {
                Value::Absent => {}
                Value::Time(milliseconds) => {
                    let mut text = String::with_capacity(24);
                    format_rfc3339(milliseconds, &mut text);
                    write!(line, "\"{text}\"")?;
                }
                Value::Text(text) => serde_json::to_writer(&mut *line, text)?,
                Value::Integer(number) => write!(line, "{number}")?,
                Value::Boolean(boolean) => write!(line, "{boolean}")?,
            }
        }
        for extra in event.extra {
            line.push(b',');
            if Field::from_name(extra.name).is_some() {
                // Unknown only because a map has given the field another name.
                serde_json::to_writer(&mut *line, &format!("extra_{}", extra.name))?;
            } else {
                serde_json::to_writer(&mut *line, extra.name)?;
            }
            line.push(b':');
            serde_json::to_writer(&mut *line, extra.value)?;
        }
        line.extend_from_slice(b"}\n");
        output.write_all(line)
    }

    pub(super) fn finish(self) -> io::Result<()> {
        self.output.finish()
    }
}

/// Writes RFC 4180 values, lines ending in a newline alone, under a header of all known fields.
pub(super) struct CsvWriter {
    writer: csv::Writer<Output>,
    scratch: String,
}

impl CsvWriter {
    pub(super) fn create(path: &Path, compression: Option<Compression>) -> Result<Self, Error> {
        let failed = |source| Error::from_write(path, source);
        let output = Output::create(path, compression).map_err(failed)?;
        let mut writer =
            csv::WriterBuilder::new().buffer_capacity(BUFFER_BYTES).from_writer(output);
        let header = Field::ALL.map(Field::name);
        writer.write_record(header).map_err(|error| failed(error.into()))?;
        Ok(Self { writer, scratch: String::new() })
    }

    pub(super) fn write(&mut self, event: &Event<'_>) -> io::Result<()> {
        let Self { writer, scratch } = self;
        let mut formatted = String::new();
        for field in Field::ALL {
            formatted.clear();
            let text = match value(event, field, scratch) {
                Value::Absent => "",
                Value::Text(text) => text,
                Value::Time(milliseconds) => {
                    format_rfc3339(milliseconds, &mut formatted);
                    &formatted
                }
                Value::Integer(number) => {
                    formatted.push_str(&number.to_string());
                    &formatted
                }
                Value::Boolean(true) => "true",
                Value::Boolean(false) => "false",
            };
            writer.write_field(text)?;
        }
        writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    pub(super) fn finish(self) -> io::Result<()> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)?.finish()
    }
}
