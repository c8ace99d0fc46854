//! Which events do the rows of a Parquet file hold?
//!
//! A worker takes a slice of a row group from a file and decodes only the columns that are fields of
//! ours. Text comes as views into the decoded pages, so that a value that a dictionary repeats is not
//! copied, and a small file cannot unfold into a huge one.

use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{DataType, Schema, TimeUnit};
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection,
};
use parquet::basic::Type as PhysicalType;
use parquet::errors::ParquetError;
use parquet::file::metadata::{FileMetaData, ParquetMetaData};
use parquet::schema::types::{SchemaDescriptor, Type};

use super::collector::Collector;
use super::column::Values;
use super::draft::Draft;
use super::field::{Field, NameTable, ValueType};
use crate::Error;

pub(super) mod fetched;
mod placed;

pub(super) use placed::Placed;

/// Rows of a slice, the unit that one thread reads.
const SLICE_ROWS_MAX: u64 = 128 << 10;
/// Rows decoded at a time.
const BATCH_ROWS: usize = 4096;
/// Rows whose events are made together, column by column; they fit the nearest cache.
const DRAFT_ROWS: usize = 32;
/// More rows than a row group of events has; a file that claims more is not believed.
const GROUP_ROWS_MAX: u64 = 1 << 31;

/// What to read of a file.
#[derive(Clone)]
pub(super) struct Plan {
    /// Where the bytes are that it reads.
    placed: Placed,
    metadata: ArrowReaderMetadata,
    /// Position of each field's column in the file.
    columns: Vec<(Field, usize)>,
    /// Names of columns that are no fields of ours.
    pub(super) unknown: Vec<String>,
    pub(super) rows_total: u64,
}

/// Rows that one thread reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slice {
    pub(super) row_group: usize,
    /// First row within the row group.
    offset: u64,
    pub(super) rows: u64,
    /// One-based row of the file.
    first_row: u64,
}

impl Slice {
    /// Some of its rows, counted from its first, as the library selects rows of a row group.
    fn selection(&self, rows: &[u64]) -> RowSelection {
        let position = |row: u64| usize::try_from(self.offset + row).unwrap_or(usize::MAX);
        let ranges = rows
            .chunk_by(|row, next| row + 1 == *next)
            .map(|run| position(run[0])..position(run[run.len() - 1]) + 1);
        RowSelection::from_consecutive_ranges(ranges, position(self.rows))
    }
}

/// Why a file is not read.
pub(super) enum Unread {
    /// Its bytes are damaged: a reject.
    Damaged(String),
    /// It is no log of events, or cannot be opened.
    Failed(Error),
}

/// A column that is left out, and why.
pub(super) type LeftOut = (Field, String);

impl Plan {
    /// Reads a file's metadata and decides what to read of it.
    pub(super) fn open(
        placed: Placed,
        name: &str,
        names: &NameTable,
    ) -> Result<(Self, Vec<LeftOut>), Unread> {
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata =
            guarded(|| ArrowReaderMetadata::load(&placed, options)).map_err(Unread::Damaged)?;
        let mut plan = Self {
            placed,
            columns: Vec::new(),
            unknown: Vec::new(),
            rows_total: metadata.metadata().file_metadata().num_rows().try_into().unwrap_or(0),
            metadata,
        };
        let left_out = plan.choose_columns(name, names).map_err(Unread::Failed)?;
        plan.metadata = plan.with_views().map_err(Unread::Damaged)?;
        Ok((plan, left_out))
    }

    fn choose_columns(&mut self, name: &str, names: &NameTable) -> Result<Vec<LeftOut>, Error> {
        let schema = Arc::clone(self.metadata.schema());
        let mut left_out = Vec::new();
        for (position, column) in schema.fields().iter().enumerate() {
            let Some(field) = names.field(column.name()) else {
                self.unknown.push(column.name().clone());
                continue;
            };
            if self.columns.iter().any(|(known, _)| *known == field) {
                left_out.push((field, "a second column of this name is left out".to_owned()));
            } else if readable(field, column.data_type()) {
                self.columns.push((field, position));
            } else if field.required() {
                return Err(Error::ColumnType {
                    path: name.into(),
                    column: column.name().clone(),
                    field: field.name(),
                    found: format!("of type {}", column.data_type()),
                    expected: expected(field),
                });
            } else {
                let found = column.data_type();
                let expected = expected(field);
                left_out.push((
                    field,
                    format!("the column is of type {found}, not {expected}; it is left out"),
                ));
            }
        }
        for field in Field::REQUIRED {
            if !self.columns.iter().any(|(known, _)| *known == field) {
                let column = names.name_of(field).to_owned();
                return Err(Error::ColumnMissing {
                    path: name.into(),
                    column,
                    field: field.name(),
                });
            }
        }
        self.columns.sort_unstable();
        Ok(left_out)
    }

    /// The metadata, changed so that all text is read as views of bytes, which are checked value by
    /// value: the library checks some encodings only page by page, and text under some annotations not
    /// at all. Old 96-bit times are read in milliseconds, which hold every year there is.
    fn with_views(&self) -> Result<ArrowReaderMetadata, String> {
        let mut fields = self.metadata.schema().fields().to_vec();
        let root = self.metadata.parquet_schema().root_schema();
        let mut parquet_fields = root.get_fields().to_vec();
        for (_, position) in &self.columns {
            let (field, parquet_field) = (&mut fields[*position], &mut parquet_fields[*position]);
            let wanted = match field.data_type() {
                DataType::Utf8 | DataType::Binary => {
                    *parquet_field = Arc::new(guarded(|| without_annotation(parquet_field))?);
                    DataType::BinaryView
                }
                DataType::Timestamp(..)
                    if parquet_field.get_physical_type() == PhysicalType::INT96 =>
                {
                    DataType::Timestamp(TimeUnit::Millisecond, None)
                }
                _ => continue,
            };
            *field = Arc::new(field.as_ref().clone().with_data_type(wanted));
        }
        guarded(|| {
            let root = Type::group_type_builder(root.name()).with_fields(parquet_fields).build()?;
            let whole = self.metadata.metadata();
            let file = whole.file_metadata();
            let file = FileMetaData::new(
                file.version(),
                file.num_rows(),
                None,
                None,
                Arc::new(SchemaDescriptor::new(Arc::new(root))),
                None,
            );
            let changed = ParquetMetaData::new(file, whole.row_groups().to_vec());
            let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
            ArrowReaderMetadata::try_new(Arc::new(changed), options)
        })
    }

    /// The slices of the file in order, and the row groups that cannot be believed (one-based row,
    /// reason).
    pub(super) fn slices(&self) -> (Vec<Slice>, Vec<(u64, String)>) {
        let (mut slices, mut damaged) = (Vec::new(), Vec::new());
        let mut first_row = 1;
        for (row_group, group) in self.metadata.metadata().row_groups().iter().enumerate() {
            let rows = match u64::try_from(group.num_rows()) {
                Ok(rows) if rows <= GROUP_ROWS_MAX => rows,
                _ => {
                    damaged.push((
                        first_row,
                        "a row group with an impossible number of rows".to_owned(),
                    ));
                    continue;
                }
            };
            let count = rows.div_ceil(SLICE_ROWS_MAX);
            for part in 0..count {
                let offset = rows * part / count;
                let end = rows * (part + 1) / count;
                slices.push(Slice {
                    row_group,
                    offset,
                    rows: end - offset,
                    first_row: first_row + offset,
                });
            }
            first_row += rows;
        }
        (slices, damaged)
    }

    /// The same, read from another place.
    pub(super) fn at(&self, placed: Placed) -> Self {
        Self { placed, ..self.clone() }
    }

    /// The ranges of a row group that are read, of a file of that length.
    fn ranges(&self, group: usize, bytes: u64) -> Result<Vec<Range<u64>>, String> {
        let schema = self.metadata.parquet_schema();
        let wanted = |leaf: usize| {
            let root = schema.get_column_root_idx(leaf);
            self.columns.iter().any(|(_, position)| *position == root)
        };
        let group = self.metadata.metadata().row_group(group);
        let mut ranges = Vec::new();
        for leaf in (0..group.num_columns()).filter(|leaf| wanted(*leaf)) {
            let (start, length) = guarded(|| Ok(group.column(leaf).byte_range()))?;
            let end = start.checked_add(length).filter(|end| *end <= bytes);
            ranges.push(start..end.ok_or("damaged Parquet data: the file is cut off")?);
        }
        Ok(ranges)
    }

    /// Parses one slice.
    pub(super) fn parse(&self, slice: Slice, collector: &mut Collector<'_>) {
        for name in &self.unknown {
            collector.counts_mut().count_unknown(name, slice.rows);
        }
        if collector.selective()
            && let Ok(rows) = self.wanted_rows(slice, collector)
            && self.parse_rows(slice, &rows, collector).is_ok()
        {
            return;
        }
        let mut done = 0;
        let Err(reason) = self.parse_columns(slice, &self.columns, &mut done, collector) else {
            return;
        };
        // Some column of what is left is damaged. Those that are not can still be read.
        let rest = Slice {
            offset: slice.offset + done,
            rows: slice.rows - done,
            first_row: slice.first_row + done,
            ..slice
        };
        let (mut whole, mut damaged) = (Vec::new(), Vec::new());
        for column in &self.columns {
            match self.try_column(rest, *column) {
                Ok(()) => whole.push(*column),
                Err(reason) => damaged.push((column.0, reason)),
            }
        }
        if damaged.is_empty() || damaged.iter().any(|(field, _)| field.required()) {
            collector.reject_rows(rest.first_row, rest.rows, &reason);
            return;
        }
        for (field, reason) in damaged {
            collector.reject_column(rest.first_row, rest.rows, field, &reason);
        }
        let mut done = 0;
        if let Err(reason) = self.parse_columns(rest, &whole, &mut done, collector) {
            collector.reject_rows(rest.first_row + done, rest.rows - done, &reason);
        }
    }

    fn parse_columns(
        &self,
        slice: Slice,
        columns: &[(Field, usize)],
        done: &mut u64,
        collector: &mut Collector<'_>,
    ) -> Result<(), String> {
        self.batches(slice, columns, None, &mut |batch| {
            let first_row = slice.first_row + *done;
            parse_batch(batch, columns, |row| first_row + row as u64, collector);
            *done += batch.num_rows() as u64;
        })?;
        if *done < slice.rows {
            return Err("the row group ends before its rows do".to_owned());
        }
        Ok(())
    }

    /// Rows of a slice, counted from its first, whose account is wanted.
    fn wanted_rows(&self, slice: Slice, collector: &mut Collector<'_>) -> Result<Vec<u64>, String> {
        let account: Vec<_> =
            self.columns.iter().filter(|(field, _)| *field == Field::Account).copied().collect();
        let (mut rows, mut done) = (Vec::new(), 0);
        self.batches(slice, &account, None, &mut |batch| {
            for (_, values) in &Values::of_batch(batch, &account) {
                let wanted = (0..batch.num_rows())
                    .filter(|row| values.text(*row).is_some_and(|text| collector.wants(text)));
                rows.extend(wanted.map(|row| done + row as u64));
            }
            done += batch.num_rows() as u64;
        })?;
        if done < slice.rows {
            Err("the column ends before its rows do".to_owned())
        } else {
            Ok(rows)
        }
    }

    /// Parses some rows of a slice, counted from its first.
    fn parse_rows(
        &self,
        slice: Slice,
        rows: &[u64],
        collector: &mut Collector<'_>,
    ) -> Result<(), String> {
        if rows.is_empty() {
            return Ok(());
        }
        let mut rest = rows;
        self.batches(slice, &self.columns, Some(rows), &mut |batch| {
            let (now, later) = rest.split_at(batch.num_rows().min(rest.len()));
            rest = later;
            parse_batch(batch, &self.columns, |row| slice.first_row + now[row], collector);
        })
    }

    fn try_column(&self, slice: Slice, column: (Field, usize)) -> Result<(), String> {
        let mut rows = 0;
        self.batches(slice, &[column], None, &mut |batch| rows += batch.num_rows() as u64)?;
        if rows < slice.rows {
            Err("the column ends before its rows do".to_owned())
        } else {
            Ok(())
        }
    }

    fn batches(
        &self,
        slice: Slice,
        columns: &[(Field, usize)],
        rows: Option<&[u64]>,
        each: &mut dyn FnMut(&RecordBatch),
    ) -> Result<(), String> {
        let mut reader = guarded(|| {
            let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
                self.placed.clone(),
                self.metadata.clone(),
            );
            let positions = columns.iter().map(|(_, position)| *position);
            let projection = ProjectionMask::roots(builder.parquet_schema(), positions);
            let builder = builder
                .with_row_groups(vec![slice.row_group])
                .with_projection(projection)
                .with_batch_size(BATCH_ROWS);
            match rows {
                Some(rows) => builder.with_row_selection(slice.selection(rows)).build(),
                None => builder
                    .with_offset(usize::try_from(slice.offset).unwrap_or(usize::MAX))
                    .with_limit(usize::try_from(slice.rows).unwrap_or(usize::MAX))
                    .build(),
            }
        })?;
        loop {
            let Some(batch) = guarded(|| reader.next().transpose().map_err(ParquetError::from))?
            else {
                return Ok(());
            };
            each(&batch);
        }
    }
}

/// Parses the rows of a batch; `line` is the number of each.
fn parse_batch(
    batch: &RecordBatch,
    columns: &[(Field, usize)],
    line: impl Fn(usize) -> u64,
    collector: &mut Collector<'_>,
) {
    let values = Values::of_batch(batch, columns);
    let (mut drafts, mut faults) = (Vec::with_capacity(DRAFT_ROWS), Vec::new());
    for start in (0..batch.num_rows()).step_by(DRAFT_ROWS) {
        drafts.clear();
        drafts.resize_with(DRAFT_ROWS.min(batch.num_rows() - start), Draft::new);
        for (field, values) in &values {
            values.set(start, *field, &mut drafts, &mut |row, fault| {
                faults.push((row, *field, fault));
            });
        }
        faults.sort_by_key(|(row, ..)| *row);
        let mut faults_of = faults.chunk_by(|left, right| left.0 == right.0);
        let mut bad = faults_of.next();
        for (row, draft) in drafts.iter_mut().enumerate() {
            collector.begin(line(start + row));
            if let Some(of_row) = bad.filter(|of_row| of_row[0].0 == row) {
                for (_, field, fault) in of_row {
                    collector.fault(draft, *field, fault);
                }
                bad = faults_of.next();
            }
            collector.finish(draft, &[]);
        }
        faults.clear();
    }
}

/// The type of a column of bytes without the word that they are text.
fn without_annotation(column: &Type) -> Result<Type, ParquetError> {
    Type::primitive_type_builder(column.name(), PhysicalType::BYTE_ARRAY)
        .with_repetition(column.get_basic_info().repetition())
        .build()
}

/// Calls the Parquet library, which on some damaged files panics instead of returning an error.
fn guarded<T>(call: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, String> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(result) => result.map_err(|error| reason(&error).to_owned()),
        Err(_) => Err("damaged Parquet data".to_owned()),
    }
}

/// What the library says, as far as it cannot quote values.
fn reason(error: &ParquetError) -> &'static str {
    let text = error.to_string();
    if text.contains("EOF") {
        "damaged Parquet data: the file is cut off"
    } else if text.contains("Disabled feature") || matches!(error, ParquetError::NYI(_)) {
        "an encoding or compression of Parquet that is not supported"
    } else {
        "damaged Parquet data"
    }
}

fn readable(field: Field, data_type: &DataType) -> bool {
    let text = matches!(data_type, DataType::Utf8 | DataType::Binary);
    let integer = data_type.is_integer();
    match field.value_type() {
        ValueType::Time => {
            let wide = matches!(data_type, DataType::Int64 | DataType::UInt64);
            text || wide || matches!(data_type, DataType::Timestamp(..))
        }
        ValueType::Text => text || integer,
        ValueType::Word => text,
        ValueType::Integer => {
            text || integer || matches!(data_type, DataType::Float32 | DataType::Float64)
        }
        ValueType::Boolean => text || integer || matches!(data_type, DataType::Boolean),
    }
}

fn expected(field: Field) -> &'static str {
    match field.value_type() {
        ValueType::Time => "a timestamp, a 64-bit integer of epoch milliseconds, or RFC 3339 text",
        ValueType::Text => "text or an integer",
        ValueType::Word => "text",
        ValueType::Integer => "an integer",
        ValueType::Boolean => "a boolean",
    }
}
