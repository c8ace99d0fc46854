//! How is it shown that an entry is in the log, and that a log goes on from an older one? From a few tiles, however
//! long the log is.

use std::ops::Range;

use super::{
    Error, LogReader,
    tile::{ENTRIES_IN_TILE, Tile, TileKind},
};
use crate::{hash::Digest, merkle};

/// Proof that an entry is in a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InclusionProof {
    /// Which entry.
    pub seq: u64,
    /// The hash of its leaf.
    pub leaf: Digest,
    /// Of how many.
    pub size: u64,
    /// From the leaf to the root (RFC 6962, section 2.1.1).
    pub path: Vec<Digest>,
}

impl LogReader {
    /// The proof that entry `seq` is in the log.
    pub fn prove(&self, seq: u64) -> Result<InclusionProof, Error> {
        let size = self.checkpoint().size;
        let ranges = merkle::inclusion_ranges(seq, size).ok_or(Error::NoEntry { seq, size })?;
        let leaf = self.root_of(seq..seq + 1)?;
        Ok(InclusionProof { seq, leaf, size, path: self.roots_of(ranges)? })
    }

    /// The proof that the first `old_size` entries are those of an older checkpoint (RFC 6962, section 2.1.2).
    pub fn prove_consistency(&self, old_size: u64) -> Result<Vec<Digest>, Error> {
        let size = self.checkpoint().size;
        let ranges = merkle::consistency_ranges(old_size, size)
            .ok_or(Error::NoEntry { seq: old_size, size })?;
        self.roots_of(ranges)
    }

    fn roots_of(&self, ranges: Vec<Range<u64>>) -> Result<Vec<Digest>, Error> {
        ranges.into_iter().map(|range| self.root_of(range)).collect()
    }

    /// The root over a part of the leaves that begins where a subtree begins. Reads a few tiles, however many
    /// leaves that is.
    fn root_of(&self, range: Range<u64>) -> Result<Digest, Error> {
        let mut roots = Vec::new();
        let mut start = range.start;
        while start < range.end {
            let height = (range.end - start).ilog2().min(start.trailing_zeros());
            roots.push(self.subtree(start, height)?);
            start += 1 << height;
        }
        let joined = roots.into_iter().rev().reduce(|right, left| merkle::node(left, right));
        Ok(joined.expect("a range of a proof is not empty"))
    }

    /// The root of the perfect subtree of 2^`height` leaves from `start` on.
    fn subtree(&self, start: u64, height: u32) -> Result<Digest, Error> {
        let (level, within) = (height / 8, height % 8);
        let first = start >> (8 * level);
        let kind = TileKind::Hashes(level as u8);
        let tile = Tile::at(kind, first / ENTRIES_IN_TILE, self.checkpoint().size)
            .expect("a proof is over leaves that are in the log");
        let hashes = self.read_hashes(&tile)?;
        let position = (first % ENTRIES_IN_TILE) as usize;
        Ok(merkle::root(&hashes[position..position + (1 << within)]))
    }
}
