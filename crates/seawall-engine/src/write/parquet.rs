//! How are events written as Parquet?

use std::path::Path;
use std::sync::Arc;

use arrow_array::builder::{
    BooleanBuilder, StringBuilder, TimestampMillisecondBuilder, UInt32Builder,
};
use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{DataType, Schema, SchemaRef, TimeUnit};
use fs_err::File;
use parquet::arrow::ArrowWriter;
use parquet::basic::{Compression, ZstdLevel};
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use parquet::schema::types::ColumnPath;
use seawall_core::event::Event;

use super::value::{Value, value};
use crate::Error;
use crate::read::Field;
use crate::read::ValueType;

/// Rows of a row group: one slice for the reader, and a few MB in memory.
const GROUP_ROWS: usize = 128 << 10;
/// Rows gathered before they are encoded.
const BATCH_ROWS: usize = 8192;

/// Values of one column, in the making.
enum Builder {
    Time(TimestampMillisecondBuilder),
    Text(StringBuilder),
    Integer(UInt32Builder),
    Boolean(BooleanBuilder),
}

impl Builder {
    fn new(field: Field) -> Self {
        match field.value_type() {
            ValueType::Time => Self::Time(TimestampMillisecondBuilder::new().with_timezone("UTC")),
            ValueType::Text | ValueType::Word => Self::Text(StringBuilder::new()),
            ValueType::Integer => Self::Integer(UInt32Builder::new()),
            ValueType::Boolean => Self::Boolean(BooleanBuilder::new()),
        }
    }

    fn append(&mut self, value: Value<'_>) {
        match (self, value) {
            (Self::Time(builder), Value::Time(milliseconds)) => builder.append_value(milliseconds),
            (Self::Text(builder), Value::Text(text)) => builder.append_value(text),
            (Self::Integer(builder), Value::Integer(number)) => builder.append_value(number),
            (Self::Boolean(builder), Value::Boolean(boolean)) => builder.append_value(boolean),
            (Self::Time(builder), _) => builder.append_null(),
            (Self::Text(builder), _) => builder.append_null(),
            (Self::Integer(builder), _) => builder.append_null(),
            (Self::Boolean(builder), _) => builder.append_null(),
        }
    }

    fn finish(&mut self) -> ArrayRef {
        match self {
            Self::Time(builder) => Arc::new(builder.finish()),
            Self::Text(builder) => Arc::new(builder.finish()),
            Self::Integer(builder) => Arc::new(builder.finish()),
            Self::Boolean(builder) => Arc::new(builder.finish()),
        }
    }
}

fn schema() -> SchemaRef {
    let columns: Vec<arrow_schema::Field> = Field::ALL
        .into_iter()
        .map(|field| {
            let data_type = match field.value_type() {
                ValueType::Time => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
                ValueType::Text | ValueType::Word => DataType::Utf8,
                ValueType::Integer => DataType::UInt32,
                ValueType::Boolean => DataType::Boolean,
            };
            arrow_schema::Field::new(field.name(), data_type, !field.required())
        })
        .collect();
    Arc::new(Schema::new(columns))
}

fn properties() -> WriterProperties {
    // Nearly every time differs from the next, so a dictionary of them is only in the way.
    let level = ZstdLevel::try_new(3).expect("a level that Zstandard has");
    WriterProperties::builder()
        .set_compression(Compression::ZSTD(level))
        .set_max_row_group_row_count(Some(GROUP_ROWS))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_dictionary_enabled(ColumnPath::from(Field::Time.name()), false)
        .build()
}

/// Writes row groups of 128 Ki rows, compressed with Zstandard.
pub(super) struct ParquetWriter {
    writer: ArrowWriter<File>,
    schema: SchemaRef,
    builders: Vec<Builder>,
    rows: usize,
    scratch: String,
}

impl ParquetWriter {
    pub(super) fn create(path: &Path) -> Result<Self, Error> {
        let file = File::create(path).map_err(|source| Error::from_write(path, source))?;
        let schema = schema();
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties()))
            .map_err(|error| failed(path, error))?;
        let builders = Field::ALL.map(Builder::new).into();
        Ok(Self { writer, schema, builders, rows: 0, scratch: String::new() })
    }

    pub(super) fn write(&mut self, event: &Event<'_>, path: &Path) -> Result<(), Error> {
        for (field, builder) in Field::ALL.into_iter().zip(&mut self.builders) {
            builder.append(value(event, field, &mut self.scratch));
        }
        self.rows += 1;
        if self.rows == BATCH_ROWS { self.flush(path) } else { Ok(()) }
    }

    fn flush(&mut self, path: &Path) -> Result<(), Error> {
        self.rows = 0;
        let columns = self.builders.iter_mut().map(Builder::finish).collect();
        RecordBatch::try_new(Arc::clone(&self.schema), columns)
            .map_err(ParquetError::from)
            .and_then(|batch| self.writer.write(&batch))
            .map_err(|error| failed(path, error))
    }

    pub(super) fn finish(mut self, path: &Path) -> Result<(), Error> {
        if self.rows > 0 {
            self.flush(path)?;
        }
        self.writer.close().map(drop).map_err(|error| failed(path, error))
    }
}

fn failed(path: &Path, error: ParquetError) -> Error {
    Error::WriteParquet { path: path.into(), source: Box::new(error) }
}
