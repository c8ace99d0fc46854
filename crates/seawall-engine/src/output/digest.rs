//! What is the SHA-256 of a file, reckoned while it is written or read?

use std::{
    io::{self, BufWriter, Read, Write},
    path::{Path, PathBuf},
};

use sha2::{Digest as _, Sha256};

use super::{Error, FileDigest, hexadecimal};

const BUFFER_BYTES: usize = 1 << 17;

pub(super) type Digest = [u8; 32];

/// Writes a file and reckons its digest. The file is not to be trusted before [`DigestWriter::finish`].
pub(super) struct DigestWriter {
    path: PathBuf,
    /// `None` once the file is finished.
    file: Option<BufWriter<fs_err::File>>,
    hasher: Sha256,
    bytes: u64,
}

impl DigestWriter {
    pub(super) fn create(path: PathBuf) -> Result<Self, Error> {
        let file =
            fs_err::File::create(&path).map_err(|source| Error::write(&path, None, source))?;
        let file = Some(BufWriter::with_capacity(BUFFER_BYTES, file));
        Ok(Self { path, file, hasher: Sha256::new(), bytes: 0 })
    }

    /// A writer without a file, to stand where a finished one stood.
    pub(super) fn none(path: PathBuf) -> Self {
        Self { path, file: None, hasher: Sha256::new(), bytes: 0 }
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Brings the file to the disk.
    pub(super) fn finish(self, name: &str) -> Result<FileDigest, Error> {
        if let Some(buffer) = self.file {
            let synced = buffer
                .into_inner()
                .map_err(io::IntoInnerError::into_error)
                .and_then(|file| file.sync_all());
            synced.map_err(|source| Error::write(&self.path, None, source))?;
        }
        let sha256 = hexadecimal(&self.hasher.finalize().into());
        Ok(FileDigest { file: name.to_owned(), bytes: self.bytes, sha256 })
    }
}

impl Write for DigestWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let file = self.file.as_mut().ok_or_else(|| io::Error::other("the file is finished"))?;
        let written = file.write(bytes)?;
        self.hasher.update(&bytes[..written]);
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_mut().map_or(Ok(()), Write::flush)
    }
}

/// Passes bytes on and reckons their digest.
pub(super) struct DigestReader<R> {
    inner: R,
    hasher: Sha256,
}

impl<R: Read> DigestReader<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, hasher: Sha256::new() }
    }

    /// Reads what is left; returns the digest of everything.
    pub(super) fn finish(mut self) -> io::Result<String> {
        io::copy(&mut self, &mut io::sink())?;
        Ok(hexadecimal(&self.hasher.finalize().into()))
    }
}

impl<R: Read> Read for DigestReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.hasher.update(&buffer[..read]);
        Ok(read)
    }
}

/// The SHA-256 of a file in lower-case hexadecimal.
pub fn sha256_file(path: &Path) -> Result<String, Error> {
    let failed = |source| Error::read(path, source);
    let file = fs_err::File::open(path).map_err(failed)?;
    DigestReader::new(file).finish().map_err(failed)
}
