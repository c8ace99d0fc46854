//! Is the log what its checkpoint says, and is an entry in it?

use std::sync::Arc;

use super::{
    Checkpoint, CheckpointError, Entry, Error,
    tile::{self, Edge, Tile, TileKind},
};
use crate::{
    hash::Digest,
    merkle,
    note::{Note, Signer, Verifier},
    storage::{self, RelativePath, Storage},
    time::Time,
};

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

    pub(super) fn read_hashes(&self, tile: &Tile) -> Result<Vec<Digest>, Error> {
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
