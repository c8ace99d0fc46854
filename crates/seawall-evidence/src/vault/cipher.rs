//! How does content become an object, chunk by chunk, and content again? STREAM over XChaCha20-Poly1305.

use std::io::{self, Read, Write};

use aead_stream::{DecryptorBE32, EncryptorBE32};
use chacha20poly1305::XChaCha20Poly1305;
use rand_core::CryptoRng;

use super::key::{ObjectKey, random_bytes};
use crate::hash::{Digest, Hasher};

/// Bytes of content that are encrypted and verified at once.
pub const CHUNK_BYTES: usize = 65_536;

/// Opens an object.
const MARK: &[u8] = b"seawall-object/v1\n";
/// What STREAM leaves of the nonce of `XChaCha20`: 24 bytes less the counter and the mark of the last chunk.
const NONCE_BYTES: usize = 19;
const TAG_BYTES: usize = 16;

/// Encrypts all that `content` yields. Gives its hash and size.
pub(super) fn encrypt(
    content: &mut dyn Read,
    out: &mut dyn Write,
    key: &ObjectKey,
    random: &mut dyn CryptoRng,
) -> io::Result<(Digest, u64)> {
    let nonce = random_bytes::<NONCE_BYTES>(random);
    out.write_all(MARK)?;
    out.write_all(nonce.as_slice())?;
    let mut stream = EncryptorBE32::<XChaCha20Poly1305>::new(&(*key.0).into(), &(*nonce).into());
    let (mut hasher, mut size) = (Hasher::new(), 0);
    let mut chunk = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
    let mut next = Vec::with_capacity(CHUNK_BYTES + TAG_BYTES);
    fill(content, &mut chunk, CHUNK_BYTES)?;
    loop {
        hasher.update(&chunk);
        size += chunk.len() as u64;
        // Only a chunk that is full can have one after it; and the last one must be marked as such.
        if chunk.len() == CHUNK_BYTES {
            fill(content, &mut next, CHUNK_BYTES)?;
        } else {
            next.clear();
        }
        if next.is_empty() {
            stream.encrypt_last_in_place(&[], &mut chunk).map_err(|_| too_long())?;
            out.write_all(&chunk)?;
            return Ok((hasher.finish(), size));
        }
        stream.encrypt_next_in_place(&[], &mut chunk).map_err(|_| too_long())?;
        out.write_all(&chunk)?;
        std::mem::swap(&mut chunk, &mut next);
    }
}

fn too_long() -> io::Error {
    io::Error::other("more than 2^32 chunks")
}

/// Fills `buffer` with up to `bytes` bytes: fewer only at the end.
fn fill(reader: &mut dyn Read, buffer: &mut Vec<u8>, bytes: usize) -> io::Result<()> {
    buffer.clear();
    io::copy(&mut reader.take(bytes as u64), buffer)?;
    Ok(())
}

/// Reads an object as content.
pub(super) struct Decrypting<R> {
    object: R,
    /// Taken when the last chunk was read.
    stream: Option<DecryptorBE32<XChaCha20Poly1305>>,
    hasher: Hasher,
    expected: Digest,
    /// Content that was verified, and how much of it was handed out.
    chunk: Vec<u8>,
    handed_out: usize,
    /// The chunk after it, still encrypted.
    next: Vec<u8>,
}

impl<R: Read> Decrypting<R> {
    pub(super) fn new(mut object: R, key: &ObjectKey, expected: Digest) -> io::Result<Self> {
        let mut head = Vec::new();
        fill(&mut object, &mut head, MARK.len() + NONCE_BYTES)?;
        let nonce = head.strip_prefix(MARK).and_then(|nonce| nonce.first_chunk::<NONCE_BYTES>());
        let nonce = nonce.ok_or_else(|| changed("it does not open like an object"))?;
        let stream = DecryptorBE32::<XChaCha20Poly1305>::new(&(*key.0).into(), &(*nonce).into());
        let mut next = Vec::new();
        fill(&mut object, &mut next, CHUNK_BYTES + TAG_BYTES)?;
        Ok(Self {
            object,
            stream: Some(stream),
            hasher: Hasher::new(),
            expected,
            chunk: Vec::new(),
            handed_out: 0,
            next,
        })
    }

    /// Verifies the next chunk. At the end of the last one, also the hash of the whole.
    fn advance(&mut self) -> io::Result<()> {
        let Some(mut stream) = self.stream.take() else { return Ok(()) };
        std::mem::swap(&mut self.chunk, &mut self.next);
        self.handed_out = 0;
        if self.chunk.len() == CHUNK_BYTES + TAG_BYTES {
            fill(&mut self.object, &mut self.next, CHUNK_BYTES + TAG_BYTES)?;
        } else {
            self.next.clear();
        }
        let is_last = self.next.is_empty();
        let decrypted = if is_last {
            stream.decrypt_last_in_place(&[], &mut self.chunk)
        } else {
            let decrypted = stream.decrypt_next_in_place(&[], &mut self.chunk);
            self.stream = Some(stream);
            decrypted
        };
        if decrypted.is_err() {
            self.chunk.clear();
            self.stream = None;
            return Err(changed("a chunk is not what was encrypted"));
        }
        self.hasher.update(&self.chunk);
        if is_last && std::mem::take(&mut self.hasher).finish() != self.expected {
            self.chunk.clear();
            return Err(changed("its content has another hash"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Decrypting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.handed_out == self.chunk.len() && self.stream.is_some() {
            self.advance()?;
        }
        let ready = &self.chunk[self.handed_out..];
        let bytes = ready.len().min(buffer.len());
        buffer[..bytes].copy_from_slice(&ready[..bytes]);
        self.handed_out += bytes;
        Ok(bytes)
    }
}

/// An error that says that an object is not what it was.
pub(super) fn changed(reason: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}
