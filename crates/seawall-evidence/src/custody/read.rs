//! Is the log what its checkpoint says, and is an entry in it?

use std::{ops::Range, sync::Arc};

use super::{
    Checkpoint, CheckpointError, Entry, EntryError,
    tile::{self, ENTRIES_IN_TILE, Edge, Tile, TileKind},
};
use crate::{
    hash::Digest,
    merkle,
    note::{Note, Signer, Verifier},
    storage::{self, RelativePath, Storage},
    time::Time,
};

/// What is wrong with a log, or why it cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The storage failed.
    #[error(transparent)]
    Storage(#[from] storage::Error),
    /// There is no checkpoint.
    #[error("there is no custody log here: no `checkpoint`")]
    NoLog,
    /// There is a log where one should begin.
    #[error("there is a custody log here already")]
    LogExists,
    /// The checkpoint is not one of this log.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    /// A file of the log is missing.
    #[error("`{0}` is missing from the custody log")]
    Missing(RelativePath),
    /// A file of the log is torn.
    #[error("`{0}` of the custody log does not hold what its name says")]
    Torn(RelativePath),
    /// An entry is not the one whose hash is in the tree.
    #[error("entry {seq} is not the one that was logged (expected {expected}, got {got})")]
    Changed {
        /// Which entry.
        seq: u64,
        /// The hash of the leaf in the tree.
        expected: Digest,
        /// The hash of the leaf that is there.
        got: Digest,
    },
    /// A tile of hashes is not what the entries give.
    #[error("the hashes in `{0}` are not those of the entries")]
    Hashes(RelativePath),
    /// The entries have another root than the checkpoint says.
    #[error(
        "the root of the {size} entries is not that of the checkpoint (expected {expected}, got {got})"
    )]
    Root {
        /// How many entries.
        size: u64,
        /// The root that was signed.
        expected: Digest,
        /// The root of what is there.
        got: Digest,
    },
    /// An entry is not of the form that the format asks for.
    #[error("entry {seq}: {source}")]
    Entry {
        /// Which entry.
        seq: u64,
        /// What is wrong.
        source: EntryError,
    },
    /// An entry says that it is another one.
    #[error("entry {seq} says that it is number {claimed}")]
    Seq {
        /// Which entry.
        seq: u64,
        /// Which it says it is.
        claimed: u64,
    },
    /// An entry is older than the one before.
    #[error(
        "entry {seq} is of {time}, before the entry that it follows, of {before}\nhint: set the clock"
    )]
    Time {
        /// Which entry.
        seq: u64,
        /// Its time.
        time: Time,
        /// That of the entry before.
        before: Time,
    },
    /// There is no such entry.
    #[error("there is no entry {seq}: the log has {size}")]
    NoEntry {
        /// Which entry.
        seq: u64,
        /// How many there are.
        size: u64,
    },
    /// A write failed, and it is unknown how much of it is on the disk.
    #[error("a write to the custody log failed before\nhint: open the log again")]
    Unknown,
}

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

/// Reads a log. Does not need the right to write.
#[derive(Debug, Clone)]
pub struct LogReader {
    storage: Arc<dyn Storage>,
    folder: RelativePath,
    checkpoint: Checkpoint,
    note: Note,
}

impl LogReader {
    const CHECKPOINT: &str = "checkpoint";

    /// The log in `folder` of `storage`, whose checkpoint is signed by `verifier`. Entries are not looked at yet:
    /// see [`LogReader::verify`].
    pub fn open(
        storage: Arc<dyn Storage>,
        folder: RelativePath,
        verifier: &Verifier,
    ) -> Result<Self, Error> {
        let note = storage.read(&Self::checkpoint_path(&folder), crate::note::BYTES_MAX as u64)?;
        let note = note.ok_or(Error::NoLog)?;
        let checkpoint = Checkpoint::open(&note, verifier)?;
        let note = Note::parse(&note).map_err(CheckpointError::Note)?;
        Ok(Self { storage, folder, checkpoint, note })
    }

    /// As [`LogReader::open`], of a note that has been read.
    pub(super) fn at(
        storage: &Arc<dyn Storage>,
        folder: &RelativePath,
        note: Note,
        signer: &Signer,
    ) -> Result<Self, Error> {
        let checkpoint = Checkpoint::open(note.to_string().as_bytes(), signer.verifier())?;
        Ok(Self { storage: Arc::clone(storage), folder: folder.clone(), checkpoint, note })
    }

    pub(super) fn checkpoint_path(folder: &RelativePath) -> RelativePath {
        folder.join(&RelativePath::own(Self::CHECKPOINT))
    }

    /// How many entries there are, and their root.
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// The signed checkpoint.
    pub fn note(&self) -> &Note {
        &self.note
    }

    /// Copies the log, as of its checkpoint, into `folder` of another storage. `each` gets every file that is
    /// written, with its hash and size.
    pub fn copy_to(
        &self,
        storage: &dyn Storage,
        folder: &RelativePath,
        each: &mut dyn FnMut(RelativePath, Digest, u64),
    ) -> Result<(), Error> {
        let mut write = |path: RelativePath, content: &[u8]| -> Result<(), Error> {
            storage.write_new(&path, content)?;
            each(path, Digest::of(content), content.len() as u64);
            Ok(())
        };
        for tile in tile::tiles(self.checkpoint.size) {
            write(folder.join(&tile.path()), &self.read_tile(&tile)?)?;
        }
        write(Self::checkpoint_path(folder), self.note.to_string().as_bytes())
    }

    /// All files of the log, checkpoint included, as paths in the storage.
    pub fn files(&self) -> impl Iterator<Item = RelativePath> {
        let tiles = tile::tiles(self.checkpoint.size).map(|tile| self.path(&tile));
        std::iter::once(Self::checkpoint_path(&self.folder)).chain(tiles)
    }

    pub(super) fn path(&self, tile: &Tile) -> RelativePath {
        self.folder.join(&tile.path())
    }

    fn read_tile(&self, tile: &Tile) -> Result<Vec<u8>, Error> {
        let path = self.path(tile);
        match self.storage.read(&path, tile.bytes_max()) {
            Ok(Some(content)) => Ok(content),
            Ok(None) => Err(Error::Missing(path)),
            Err(storage::Error::TooLarge { .. }) => Err(Error::Torn(path)),
            Err(error) => Err(error.into()),
        }
    }

    fn read_hashes(&self, tile: &Tile) -> Result<Vec<Digest>, Error> {
        let content = self.read_tile(tile)?;
        tile::split_hashes(&content, tile.width).ok_or_else(|| Error::Torn(self.path(tile)))
    }

    /// Goes through all entries, as bytes, and tells what is wrong with the tree over them. `each` gets the
    /// entries in their order, also those that are not what was logged. Stops where a file of entries is gone.
    pub fn examine(&self, each: &mut dyn FnMut(u64, &[u8])) -> Vec<Error> {
        let mut problems = Vec::new();
        match self.walk(each, &mut problems) {
            Ok(edge) => self.compare(&edge, &mut problems),
            Err(error) => problems.push(error),
        }
        problems
    }

    fn walk(
        &self,
        each: &mut dyn FnMut(u64, &[u8]),
        problems: &mut Vec<Error>,
    ) -> Result<Edge, Error> {
        let mut edge = Edge::default();
        let size = self.checkpoint.size;
        for bundle in (0..).map_while(|index| Tile::at(TileKind::Entries, index, size)) {
            let content = self.read_tile(&bundle)?;
            let entries = tile::split_entries(&content, bundle.width)
                .ok_or_else(|| Error::Torn(self.path(&bundle)))?;
            let logged = self.read_hashes(&Tile { kind: TileKind::Hashes(0), ..bundle });
            let logged = logged.unwrap_or_else(|error| {
                problems.push(error);
                Vec::new()
            });
            for (position, entry) in entries.iter().enumerate() {
                let (seq, got) = (edge.size(), merkle::leaf(entry));
                if let Some(expected) = logged.get(position).copied().filter(|hash| *hash != got) {
                    problems.push(Error::Changed { seq, expected, got });
                }
                edge.push(got, |tile, hashes| self.compare_tile(&tile, hashes, problems));
                each(seq, entry);
            }
        }
        Ok(edge)
    }

    fn compare(&self, edge: &Edge, problems: &mut Vec<Error>) {
        for (tile, hashes) in edge.partial() {
            self.compare_tile(&tile, hashes, problems);
        }
        let Checkpoint { size, root: expected, .. } = self.checkpoint;
        let got = edge.root();
        if got != expected {
            problems.push(Error::Root { size, expected, got });
        }
    }

    /// Level 0 is compared entry by entry, where a difference can be named.
    fn compare_tile(&self, tile: &Tile, hashes: &[Digest], problems: &mut Vec<Error>) {
        if tile.kind == TileKind::Hashes(0) {
            return;
        }
        match self.read_hashes(tile) {
            Ok(found) if found == hashes => {}
            Ok(_) => problems.push(Error::Hashes(self.path(tile))),
            Err(error) => problems.push(error),
        }
    }

    /// Verifies the log against its checkpoint, and hands each entry to `each`, in order. Entries must be of the
    /// form of the format, numbered, and not go back in time.
    pub fn verify(&self, each: &mut dyn FnMut(Entry, &[u8])) -> Result<(), Error> {
        let mut order = Order::default();
        let mut wrong = None;
        let problems = self.examine(&mut |seq, bytes| match order.check(seq, bytes) {
            Ok(entry) => each(entry, bytes),
            Err(error) => wrong = wrong.take().or(Some(error)),
        });
        match problems.into_iter().next().or(wrong) {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// All entries, verified. For logs that fit into memory; [`LogReader::verify`] hands them out one by one.
    pub fn entries(&self) -> Result<Vec<Entry>, Error> {
        let mut entries = Vec::new();
        self.verify(&mut |entry, _| entries.push(entry))?;
        Ok(entries)
    }

    /// The proof that entry `seq` is in the log.
    pub fn prove(&self, seq: u64) -> Result<InclusionProof, Error> {
        let size = self.checkpoint.size;
        let ranges = merkle::inclusion_ranges(seq, size).ok_or(Error::NoEntry { seq, size })?;
        let leaf = self.root_of(seq..seq + 1)?;
        Ok(InclusionProof { seq, leaf, size, path: self.roots_of(ranges)? })
    }

    /// The proof that the first `old_size` entries are those of an older checkpoint (RFC 6962, section 2.1.2).
    pub fn prove_consistency(&self, old_size: u64) -> Result<Vec<Digest>, Error> {
        let size = self.checkpoint.size;
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
        let tile = Tile::at(kind, first / ENTRIES_IN_TILE, self.checkpoint.size)
            .expect("a proof is over leaves that are in the log");
        let hashes = self.read_hashes(&tile)?;
        let position = (first % ENTRIES_IN_TILE) as usize;
        Ok(merkle::root(&hashes[position..position + (1 << within)]))
    }
}

/// Are entries numbered, and do they not go back in time?
#[derive(Debug, Clone, Default)]
pub(crate) struct Order {
    last: Option<Time>,
}

impl Order {
    pub(crate) fn check(&mut self, seq: u64, bytes: &[u8]) -> Result<Entry, Error> {
        let entry = Entry::parse(bytes).map_err(|source| Error::Entry { seq, source })?;
        if entry.seq != seq {
            return Err(Error::Seq { seq, claimed: entry.seq });
        }
        self.follow(&entry)?;
        Ok(entry)
    }

    pub(crate) fn follow(&mut self, entry: &Entry) -> Result<(), Error> {
        let time = entry.time;
        if let Some(before) = self.last.replace(time).filter(|before| *before > time) {
            return Err(Error::Time { seq: entry.seq, time, before });
        }
        Ok(())
    }
}
