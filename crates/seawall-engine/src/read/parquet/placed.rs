//! Where in a file are the bytes that the Parquet library asks for?

use std::{
    fs::File,
    io::{self, BufReader, Read},
    os::unix::fs::FileExt as _,
    sync::Arc,
};

use bytes::Bytes;
use parquet::{
    errors::{ParquetError, Result},
    file::reader::{ChunkReader, Length},
};

/// A file that several threads read, each at places of its own: it stays the one that was opened first, whatever takes
/// its name.
#[derive(Clone, Debug)]
pub(in crate::read) struct Placed {
    file: Arc<File>,
    bytes: u64,
}

impl Placed {
    pub(in crate::read) fn new(file: File, bytes: u64) -> Self {
        Self { file: Arc::new(file), bytes }
    }
}

impl Length for Placed {
    fn len(&self) -> u64 {
        self.bytes
    }
}

impl ChunkReader for Placed {
    type T = BufReader<From>;

    fn get_read(&self, start: u64) -> Result<Self::T> {
        Ok(BufReader::new(From { file: Arc::clone(&self.file), at: start }))
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes> {
        // What a file claims is no reason to take memory that it cannot fill.
        if start.checked_add(length as u64).is_none_or(|end| end > self.bytes) {
            return Err(ParquetError::EOF("a range beyond the end".to_owned()));
        }
        let mut content = vec![0; length];
        self.file.read_exact_at(&mut content, start)?;
        Ok(content.into())
    }
}

/// Reads on from a place.
#[derive(Debug)]
pub(in crate::read) struct From {
    file: Arc<File>,
    at: u64,
}

impl Read for From {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read_at(buffer, self.at)?;
        self.at += count as u64;
        Ok(count)
    }
}
