//! Who is a member, for programs that look many accounts up? A table in Parquet.

use std::{
    io::{self, Write},
    sync::Arc,
};

use arrow_array::{
    ArrayRef, RecordBatch,
    builder::{ArrayBuilder as _, StringBuilder},
};
use arrow_schema::{DataType, Field, Schema};
use parquet::{
    arrow::ArrowWriter,
    basic::{Compression, ZstdLevel},
    errors::ParquetError,
    file::properties::WriterProperties,
};
use seawall_core::campaign::findings::Member;

/// Rows of a row group.
const GROUP_ROWS: usize = 1 << 20;

/// The columns `account` and `campaign` of all members, in the order they came.
#[derive(Debug, Default)]
pub(super) struct Membership {
    /// As many rows each as a row group has.
    groups: Vec<[ArrayRef; 2]>,
    accounts: StringBuilder,
    campaigns: StringBuilder,
}

impl Membership {
    pub(super) fn push(&mut self, member: &Member) {
        self.accounts.append_value(&member.account);
        self.campaigns.append_value(&member.campaign);
        if self.accounts.len() == GROUP_ROWS {
            self.close_group();
        }
    }

    fn close_group(&mut self) {
        self.groups.push([Arc::new(self.accounts.finish()), Arc::new(self.campaigns.finish())]);
    }

    /// Writes the table. The same members give the same bytes.
    pub(super) fn write(mut self, out: impl Write + Send) -> io::Result<()> {
        self.close_group();
        let field = |name: &str| Field::new(name, DataType::Utf8, false);
        let schema = Arc::new(Schema::new(["account", "campaign"].map(field).to_vec()));
        let level = ZstdLevel::try_new(3).expect("a level that Zstandard has");
        let properties = WriterProperties::builder()
            .set_compression(Compression::ZSTD(level))
            .set_max_row_group_row_count(Some(GROUP_ROWS))
            .build();
        let writer = ArrowWriter::try_new(out, Arc::clone(&schema), Some(properties));
        let mut writer = writer.map_err(to_io)?;
        for columns in self.groups {
            let batch = RecordBatch::try_new(Arc::clone(&schema), columns.to_vec());
            writer.write(&batch.map_err(io::Error::other)?).map_err(to_io)?;
        }
        writer.close().map(drop).map_err(to_io)
    }
}

/// What the system said, as it said it: the library's own conversion hides that a disk is full.
fn to_io(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(cause) => {
            cause.downcast().map_or_else(io::Error::other, |system| *system)
        }
        error => io::Error::other(error),
    }
}
