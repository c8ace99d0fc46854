//! Which rows and columns does a Parquet file hold? The file is hostile: what it says of itself is checked.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::Arc,
};

use arrow_schema::{DataType, Schema, TimeUnit};
use fs_err::File;
use parquet::{
    arrow::{
        ProjectionMask,
        arrow_reader::{ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder},
    },
    basic::Type as PhysicalType,
    errors::ParquetError,
    file::metadata::{FileMetaData, ParquetMetaData},
    schema::types::{SchemaDescriptor, Type},
};

use super::{
    cells::{self, Cells},
    error::{Error, RowFault},
    manifest::{COLUMNS_MAX, Column, ROW_GROUPS_MAX},
};

/// Rows decoded at a time.
const BATCH_ROWS: usize = 4096;
/// More rows than a row group has; a file that claims more is not believed.
const GROUP_ROWS_MAX: i64 = 1 << 31;
/// More bytes than the metadata of a file have.
const METADATA_BYTES_MAX: u64 = 256 << 20;

/// What is done with a batch: its number of rows, and its columns.
pub(crate) type EachBatch<'a> = dyn FnMut(usize, &[Cells]) -> Result<(), Error> + 'a;

/// A Parquet file whose metadata have been read.
#[derive(Debug)]
pub(crate) struct Table {
    name: String,
    path: PathBuf,
    metadata: ArrowReaderMetadata,
    columns: Vec<Column>,
    row_groups: Vec<u64>,
}

impl Table {
    /// Reads the metadata of the file at `path`, which errors call `name`.
    pub(crate) fn open(name: &str, path: &Path) -> Result<Self, Error> {
        let damaged = |what| Error::Damaged { file: name.to_owned(), what };
        let unread = |source| Error::Read { file: name.to_owned(), source };
        let file = File::open(path).map_err(unread)?.into_parts().0;
        footer_is_credible(&file)
            .map_err(unread)?
            .then_some(())
            .ok_or_else(|| damaged("not a Parquet file"))?;
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let metadata = guarded(|| ArrowReaderMetadata::load(&file, options)).map_err(damaged)?;
        let columns = columns(name, metadata.schema())?;
        let groups = metadata.metadata().row_groups();
        if groups.len() > ROW_GROUPS_MAX {
            return Err(Error::Limit {
                what: "row groups",
                count: groups.len(),
                max: ROW_GROUPS_MAX,
            });
        }
        let row_groups = groups
            .iter()
            .map(|group| {
                Some(group.num_rows())
                    .filter(|rows| (0..=GROUP_ROWS_MAX).contains(rows))
                    .map(|rows| rows as u64)
            })
            .collect::<Option<Vec<u64>>>()
            .ok_or_else(|| damaged("a row group has an impossible number of rows"))?;
        let metadata = with_views(&metadata).map_err(damaged)?;
        Ok(Self { name: name.to_owned(), path: path.to_owned(), metadata, columns, row_groups })
    }

    /// What errors call the file.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// Where the file lies.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Its columns, in order.
    pub(crate) fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// Rows of each row group, in order.
    pub(crate) fn row_groups(&self) -> &[u64] {
        &self.row_groups
    }

    /// Rows of the whole file.
    pub(crate) fn rows(&self) -> u64 {
        self.row_groups.iter().sum()
    }

    /// Index within the file of a row group's first row.
    pub(crate) fn first_row(&self, row_group: usize) -> u64 {
        self.row_groups[..row_group].iter().sum()
    }

    /// Hands the rows of a row group to `each`, in batches: how many rows, and the columns in the order of the file,
    /// of which only those at `positions` are decoded, or all.
    pub(crate) fn batches(
        &self,
        row_group: usize,
        positions: Option<&[usize]>,
        each: &mut EachBatch<'_>,
    ) -> Result<(), Error> {
        let damaged = |what| Error::Damaged { file: self.name.clone(), what };
        // Opened for every row group: clones of one handle share its position.
        let file = File::open(&self.path)
            .map_err(|source| Error::Read { file: self.name.clone(), source })?
            .into_parts()
            .0;
        let mut reader = guarded(|| {
            let builder =
                ParquetRecordBatchReaderBuilder::new_with_metadata(file, self.metadata.clone());
            let projection = match positions {
                Some(positions) => {
                    ProjectionMask::roots(builder.parquet_schema(), positions.iter().copied())
                }
                None => ProjectionMask::all(),
            };
            let builder = builder.with_row_groups(vec![row_group]).with_projection(projection);
            builder.with_batch_size(BATCH_ROWS).build()
        })
        .map_err(damaged)?;
        let mut rows = 0;
        loop {
            let batch = guarded(|| reader.next().transpose().map_err(ParquetError::from))
                .map_err(damaged)?;
            let Some(batch) = batch else { break };
            let cells =
                Cells::of_batch(&batch).map_err(|fault| self.fault(row_group, rows, fault))?;
            each(batch.num_rows(), &cells)?;
            rows += batch.num_rows() as u64;
        }
        if rows == self.row_groups[row_group] {
            Ok(())
        } else {
            Err(damaged("a row group has another number of rows than it says"))
        }
    }

    /// An error about row number `row` of a row group.
    pub(crate) fn fault(&self, row_group: usize, row: u64, fault: RowFault) -> Error {
        Error::Row { file: self.name.clone(), row: self.first_row(row_group) + row, fault }
    }
}

/// Does the file end as Parquet does, with metadata of a size that is believed? The library would make room for all
/// that a file claims.
fn footer_is_credible(file: &std::fs::File) -> std::io::Result<bool> {
    use std::io::{Read as _, Seek as _, SeekFrom};
    let mut file = file;
    let bytes = file.metadata()?.len();
    if bytes < 12 {
        return Ok(false);
    }
    let mut footer = [0; 8];
    file.seek(SeekFrom::End(-8))?;
    file.read_exact(&mut footer)?;
    file.rewind()?;
    let metadata = u64::from(u32::from_le_bytes([footer[0], footer[1], footer[2], footer[3]]));
    Ok(&footer[4..] == b"PAR1" && metadata <= METADATA_BYTES_MAX.min(bytes - 8))
}

fn columns(file: &str, schema: &Schema) -> Result<Vec<Column>, Error> {
    let count = schema.fields().len();
    if count > COLUMNS_MAX {
        return Err(Error::Limit { what: "columns", count, max: COLUMNS_MAX });
    }
    let column = |field: &Arc<arrow_schema::Field>| {
        let value_type = cells::value_type(field.data_type()).ok_or_else(|| Error::Type {
            file: file.to_owned(),
            column: field.name().clone(),
            found: field.data_type().to_string(),
        })?;
        Ok(Column { name: field.name().clone(), value_type })
    };
    schema.fields().iter().map(column).collect()
}

/// The metadata, changed so that all text is read as views of bytes, which are checked value by value: the library
/// checks some encodings only page by page, and text under some annotations not at all. Views also keep a small file
/// from unfolding into a huge one through its dictionary.
fn with_views(metadata: &ArrowReaderMetadata) -> Result<ArrowReaderMetadata, &'static str> {
    let mut fields = metadata.schema().fields().to_vec();
    let root = metadata.parquet_schema().root_schema();
    let mut parquet_fields = root.get_fields().to_vec();
    for (field, parquet_field) in fields.iter_mut().zip(&mut parquet_fields) {
        let wanted = match field.data_type() {
            DataType::Utf8 => {
                *parquet_field = Arc::new(guarded(|| without_annotation(parquet_field))?);
                DataType::BinaryView
            }
            // Old 96-bit times hold years that nanoseconds do not.
            DataType::Timestamp(..) if parquet_field.get_physical_type() == PhysicalType::INT96 => {
                DataType::Timestamp(TimeUnit::Microsecond, None)
            }
            _ => continue,
        };
        *field = Arc::new(field.as_ref().clone().with_data_type(wanted));
    }
    guarded(|| {
        let root = Type::group_type_builder(root.name()).with_fields(parquet_fields).build()?;
        let whole = metadata.metadata();
        let file = whole.file_metadata();
        let descriptor = Arc::new(SchemaDescriptor::new(Arc::new(root)));
        let file = FileMetaData::new(file.version(), file.num_rows(), None, None, descriptor, None);
        let changed = ParquetMetaData::new(file, whole.row_groups().to_vec());
        let options = ArrowReaderOptions::new().with_schema(Arc::new(Schema::new(fields)));
        ArrowReaderMetadata::try_new(Arc::new(changed), options)
    })
}

/// The type of a column of bytes without the word that they are text.
fn without_annotation(column: &Type) -> Result<Type, ParquetError> {
    Type::primitive_type_builder(column.name(), PhysicalType::BYTE_ARRAY)
        .with_repetition(column.get_basic_info().repetition())
        .build()
}

/// Calls the Parquet library, which on some damaged files panics instead of returning an error.
fn guarded<T>(call: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, &'static str> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        // What the library says is not passed on: it can quote values.
        Ok(Err(ParquetError::NYI(_))) => Err("an encoding or compression that is not supported"),
        Ok(Err(_)) | Err(_) => Err("damaged Parquet data"),
    }
}
