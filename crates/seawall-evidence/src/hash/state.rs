//! How are millions of short contents hashed without a detour? On the blocks of SHA-256 themselves.
//!
//! The library's hashers keep a buffer for content that comes in pieces. Rows, salts and nodes are there as a whole,
//! and so short that the buffer costs a fifth of the time.

use sha2::block_api::compress256;

use super::Digest;

const BLOCK_BYTES: usize = 64;
/// Bytes at the end of the last block that say how long the content is.
const LENGTH_BYTES: usize = 8;

/// What SHA-256 has come to after some whole blocks.
#[derive(Clone, Copy)]
pub(crate) struct State {
    words: [u32; 8],
    blocks: u64,
}

impl State {
    /// Before any (FIPS 180-4, section 5.3.3).
    pub(crate) const START: Self = Self {
        words: [
            0x6a09_e667,
            0xbb67_ae85,
            0x3c6e_f372,
            0xa54f_f53a,
            0x510e_527f,
            0x9b05_688c,
            0x1f83_d9ab,
            0x5be0_cd19,
        ],
        blocks: 0,
    };

    /// After one block more.
    pub(crate) fn block(mut self, block: &[u8; BLOCK_BYTES]) -> Self {
        compress256(&mut self.words, std::slice::from_ref(block));
        self.blocks += 1;
        self
    }

    /// The hash of all blocks so far and then `content`, padded (FIPS 180-4, section 5.1.1).
    pub(crate) fn finish(mut self, content: &[u8]) -> Digest {
        let (blocks, rest) = content.as_chunks::<BLOCK_BYTES>();
        compress256(&mut self.words, blocks);
        let bits = (self.blocks * BLOCK_BYTES as u64 + content.len() as u64) * 8;
        let mut last = [[0; BLOCK_BYTES]; 2];
        let needed = if rest.len() + 1 + LENGTH_BYTES > BLOCK_BYTES { 2 } else { 1 };
        let padded = last[..needed].as_flattened_mut();
        padded[..rest.len()].copy_from_slice(rest);
        padded[rest.len()] = 0x80;
        let length = padded.len() - LENGTH_BYTES;
        padded[length..].copy_from_slice(&bits.to_be_bytes());
        compress256(&mut self.words, &last[..needed]);
        let mut bytes = [0; 32];
        for (four, word) in bytes.as_chunks_mut::<4>().0.iter_mut().zip(self.words) {
            *four = word.to_be_bytes();
        }
        Digest::from_bytes(bytes)
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest as _, Sha256};

    use super::*;

    /// The library's hasher, at every length around the ends of blocks, with and without a block before.
    #[test]
    fn as_the_library_hashes() {
        let content: Vec<u8> = (0..=255).cycle().take(300).collect();
        let first = content.first_chunk::<BLOCK_BYTES>().expect("there are more");
        for length in 0..content.len() {
            let whole: [u8; 32] = Sha256::digest(&content[..length]).into();
            assert_eq!(State::START.finish(&content[..length]).as_bytes(), &whole, "{length}");
            let behind = [first.as_slice(), &content[..length]].concat();
            let whole: [u8; 32] = Sha256::digest(&behind).into();
            let got = State::START.block(first).finish(&content[..length]);
            assert_eq!(got.as_bytes(), &whole, "{length}");
        }
    }
}
