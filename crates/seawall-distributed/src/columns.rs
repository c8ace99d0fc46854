//! How do hashed columns get to the executors? As Parquet files in a folder that all hosts see.
//!
//! They hold hashes and numbers, no texts, and are deleted as soon as they have been counted. The file of one column is cut
//! into as many as there are partitions, so that each executor reads some.

use std::{path::Path, sync::Arc};

use datafusion::{
    arrow::{
        array::{ArrayRef, ListArray, RecordBatch, UInt32Array, UInt64Array},
        buffer::OffsetBuffer,
        datatypes::{DataType, Field, Schema},
    },
    parquet::{
        arrow::ArrowWriter,
        basic::Compression,
        errors::Result,
        file::properties::{EnabledStatistics, WriterProperties},
        schema::types::ColumnPath,
    },
};
use fs_err::File;
use seawall_engine::spread::{Carried, grouping::part_of};

/// The part that a row is in.
pub(crate) const PART: &str = "part";
/// The hash of its value.
pub(crate) const HASH: &str = "hash";
/// The row.
pub(crate) const ROW: &str = "row";
/// What an account carries.
pub(crate) const BUNDLE: &str = "bundle";

/// Rows that are written at a time.
const ROWS_AT_ONCE: usize = 1 << 16;
/// Accounts whose bundles are written at a time.
const BUNDLES_AT_ONCE: usize = 1 << 13;

/// Writes the values of a kind, those that are there, in parts of so many leading bits.
pub(crate) fn write_values(folder: &Path, files: usize, bits: u32, values: &[u64]) -> Result<()> {
    let schema = Arc::new(Schema::new(vec![
        Field::new(PART, DataType::UInt32, false),
        Field::new(HASH, DataType::UInt64, false),
        Field::new(ROW, DataType::UInt32, false),
    ]));
    let mut next = 0;
    for (file, own) in values.chunks(values.len().div_ceil(files).max(1)).enumerate() {
        let mut writer = writer(folder, file, &schema)?;
        for values in own.chunks(ROWS_AT_ONCE) {
            let rows = (next..).zip(values).filter(|(_, hash)| **hash != 0);
            let (rows, hashes): (Vec<u32>, Vec<u64>) = rows.map(|(row, hash)| (row, *hash)).unzip();
            next += values.len() as u32;
            let parts: Vec<u32> = hashes.iter().map(|hash| part_of(*hash, bits)).collect();
            let columns: Vec<ArrayRef> = vec![
                Arc::new(UInt32Array::from(parts)),
                Arc::new(UInt64Array::from(hashes)),
                Arc::new(UInt32Array::from(rows)),
            ];
            writer.write(&RecordBatch::try_new(Arc::clone(&schema), columns)?)?;
        }
        writer.close()?;
    }
    Ok(())
}

/// Writes what accounts carry.
pub(crate) fn write_bundles(folder: &Path, files: usize, carried: &Carried<'_>) -> Result<()> {
    let item = Arc::new(Field::new_list_field(DataType::UInt64, false));
    let list = DataType::List(Arc::clone(&item));
    let schema = Arc::new(Schema::new(vec![Field::new(BUNDLE, list, false)]));
    let writers = (0..files).map(|file| writer(folder, file, &schema));
    let mut writers = writers.collect::<Result<Vec<_>>>()?;
    let mut bundles = carried.bundles().peekable();
    let mut number = 0;
    while bundles.peek().is_some() {
        let mut nodes: Vec<u64> = Vec::new();
        let lengths = bundles.by_ref().take(BUNDLES_AT_ONCE).map(|bundle| {
            let before = nodes.len();
            nodes.extend(bundle);
            nodes.len() - before
        });
        let offsets = OffsetBuffer::from_lengths(lengths);
        let nodes = Arc::new(UInt64Array::from(nodes));
        let column: ArrayRef = Arc::new(ListArray::new(Arc::clone(&item), offsets, nodes, None));
        let batch = RecordBatch::try_new(Arc::clone(&schema), vec![column])?;
        writers[number % files].write(&batch)?;
        number += 1;
    }
    for writer in writers {
        writer.close()?;
    }
    Ok(())
}

fn writer(folder: &Path, file: usize, schema: &Arc<Schema>) -> Result<ArrowWriter<File>> {
    // Hashes do not repeat within reach, and do not compress.
    let properties = WriterProperties::builder()
        .set_compression(Compression::UNCOMPRESSED)
        .set_dictionary_enabled(false)
        .set_column_dictionary_enabled(ColumnPath::from(PART), true)
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let file = File::create_new(folder.join(format!("{file:04}.parquet")))?;
    ArrowWriter::try_new(file, Arc::clone(schema), Some(properties))
}
