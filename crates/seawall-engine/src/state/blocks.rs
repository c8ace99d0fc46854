//! How does what is kept lie on the disk?
//!
//! As blocks, compressed, each with a checksum, and an index of them at the end that has one as well. A file is written
//! once and never changed; what is not as it was written is told, and nothing rests on it.

use std::{
    io::{self, BufWriter, Read as _, Write as _},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use crate::Error;

/// Longest block before it is compressed.
const RAW_MAX: u32 = 1 << 30;
/// Longest index: room for millions of blocks.
const INDEX_MAX: u64 = 256 << 20;
/// What a file ends with: where the index is, its length, its checksum.
const TRAILER: u64 = 24;
/// Level of compression: most of it is hashes, which no level makes smaller.
const LEVEL: i32 = 1;

/// A file of a state, as its head names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FileNote {
    /// Its name within the folder.
    pub(super) file: String,
    /// Its length.
    pub(super) bytes: u64,
    /// Checksum of its index, which has those of its blocks.
    pub(super) checksum: u64,
}

#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Block {
    at: u64,
    bytes: u32,
    raw: u32,
    checksum: u64,
}

/// A block that is ready to be written.
pub(super) struct Packed {
    bytes: Vec<u8>,
    raw: u32,
}

/// Compresses a block.
pub(super) fn pack(raw: &[u8]) -> Packed {
    let bytes = zstd::bulk::compress(raw, LEVEL).expect("memory takes what is compressed");
    Packed { bytes, raw: raw.len() as u32 }
}

/// A file being written.
pub(super) struct Writer {
    file: BufWriter<fs_err::File>,
    path: PathBuf,
    at: u64,
    blocks: Vec<Block>,
}

impl Writer {
    pub(super) fn create(path: PathBuf) -> Result<Self, Error> {
        let file =
            fs_err::File::create(&path).map_err(|source| Error::state_write(&path, source))?;
        Ok(Self { file: BufWriter::with_capacity(1 << 18, file), path, at: 0, blocks: Vec::new() })
    }

    /// Writes a block; its number.
    pub(super) fn write(&mut self, packed: &Packed) -> Result<u32, Error> {
        let Packed { bytes, raw } = packed;
        let block =
            Block { at: self.at, bytes: bytes.len() as u32, raw: *raw, checksum: xxh3_64(bytes) };
        self.put(bytes)?;
        self.blocks.push(block);
        Ok(self.blocks.len() as u32 - 1)
    }

    fn put(&mut self, bytes: &[u8]) -> Result<(), Error> {
        self.at += bytes.len() as u64;
        self.file.write_all(bytes).map_err(|source| Error::state_write(&self.path, source))
    }

    /// Brings the file to the disk.
    pub(super) fn finish(mut self) -> Result<FileNote, Error> {
        let index = postcard::to_allocvec(&self.blocks).expect("plain data in memory");
        let (at, checksum) = (self.at, xxh3_64(&index));
        self.put(&index)?;
        for word in [at, index.len() as u64, checksum] {
            self.put(&word.to_le_bytes())?;
        }
        let failed = |source| Error::state_write(&self.path, source);
        let file =
            self.file.into_inner().map_err(io::IntoInnerError::into_error).map_err(failed)?;
        file.sync_all().map_err(failed)?;
        let name = self.path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(FileNote { file: name, bytes: self.at, checksum })
    }
}

/// A file that was written.
#[derive(Debug)]
pub(super) struct Reader {
    file: std::fs::File,
    path: PathBuf,
    blocks: Vec<Block>,
}

impl Reader {
    /// Opens the file of a note in `folder`.
    pub(super) fn open(folder: &Path, note: &FileNote) -> Result<Self, Error> {
        let path = folder.join(&note.file);
        let opened = std::fs::File::open(&path).and_then(|file| Ok((file.metadata()?.len(), file)));
        let (bytes, file) = opened.map_err(|source| Error::state_read(&path, source))?;
        let damaged = |what| Error::state_damaged(&path, what);
        if bytes != note.bytes || bytes < TRAILER {
            return Err(damaged("it has another length than it was written with"));
        }
        let mut trailer = [0; TRAILER as usize];
        let read = file.read_exact_at(&mut trailer, bytes - TRAILER);
        read.map_err(|source| Error::state_read(&path, source))?;
        let word = |at: usize| {
            let bytes: [u8; 8] = trailer[at * 8..at * 8 + 8].try_into().expect("eight bytes");
            u64::from_le_bytes(bytes)
        };
        let (at, length, checksum) = (word(0), word(1), word(2));
        if length > INDEX_MAX || at.checked_add(length) != Some(bytes - TRAILER) {
            return Err(damaged("its end is not as it was written"));
        }
        let mut index = vec![0; length as usize];
        file.read_exact_at(&mut index, at).map_err(|source| Error::state_read(&path, source))?;
        if xxh3_64(&index) != checksum || checksum != note.checksum {
            return Err(damaged("its index is not as it was written"));
        }
        let blocks =
            postcard::from_bytes(&index).map_err(|_| damaged("its index cannot be read"))?;
        Ok(Self { file, path, blocks })
    }

    /// How many blocks there are.
    pub(super) fn len(&self) -> u32 {
        self.blocks.len() as u32
    }

    /// Reads a block as it was before it was compressed.
    pub(super) fn read(&self, number: u32) -> Result<Vec<u8>, Error> {
        let damaged = |what| Error::state_damaged(&self.path, what);
        let block = self.blocks.get(number as usize).filter(|block| block.raw <= RAW_MAX);
        let block = block.ok_or_else(|| damaged("it lacks a block"))?;
        let mut bytes = vec![0; block.bytes as usize];
        let read = self.file.read_exact_at(&mut bytes, block.at);
        read.map_err(|source| Error::state_read(&self.path, source))?;
        if xxh3_64(&bytes) != block.checksum {
            return Err(damaged("a block is not what was written"));
        }
        let mut raw = Vec::with_capacity(block.raw as usize);
        let decoder = zstd::Decoder::with_buffer(&bytes[..])
            .map_err(|_| damaged("a block cannot be decompressed"))?;
        let read = io::copy(&mut decoder.take(u64::from(block.raw) + 1), &mut raw);
        if read.ok() != Some(u64::from(block.raw)) {
            return Err(damaged("a block cannot be decompressed"));
        }
        Ok(raw)
    }

    /// What is wrong with a block whose content makes no sense though it is what was written.
    pub(super) fn damaged(&self) -> Error {
        Error::state_damaged(&self.path, "a block does not say what it should")
    }
}

/// Numbers as little-endian bytes, column after column.
#[derive(Default)]
pub(super) struct Columns(Vec<u8>);

impl Columns {
    pub(super) fn words(mut self, words: impl Iterator<Item = u64>) -> Self {
        self.0.extend(words.flat_map(u64::to_le_bytes));
        self
    }

    pub(super) fn numbers(mut self, numbers: impl Iterator<Item = u32>) -> Self {
        self.0.extend(numbers.flat_map(u32::to_le_bytes));
        self
    }

    pub(super) fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend_from_slice(bytes);
        self
    }

    pub(super) fn pack(&self) -> Packed {
        pack(&self.0)
    }
}

/// Reads what [`Columns`] wrote; `None` where it is too short.
pub(super) struct Parts<'a>(pub(super) &'a [u8]);

impl<'a> Parts<'a> {
    pub(super) fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (own, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(own)
    }

    pub(super) fn words(&mut self, count: usize) -> Option<Vec<u64>> {
        let bytes = self.bytes(count.checked_mul(8)?)?;
        let word = |word: &[u8]| u64::from_le_bytes(word.try_into().unwrap_or_default());
        Some(bytes.chunks_exact(8).map(word).collect())
    }

    pub(super) fn numbers(&mut self, count: usize) -> Option<Vec<u32>> {
        let bytes = self.bytes(count.checked_mul(4)?)?;
        let number = |number: &[u8]| u32::from_le_bytes(number.try_into().unwrap_or_default());
        Some(bytes.chunks_exact(4).map(number).collect())
    }

    /// All that is left is nothing.
    pub(super) fn end(&self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}
