//! How is an entry added, so that once acknowledged it stays?

use std::{collections::BTreeSet, sync::Arc};

use super::{
    Act, Checkpoint, Entry, Error, LogReader,
    read::Order,
    tile::{self, ENTRIES_IN_TILE, Edge, Tile, TileKind},
};
use crate::{
    hash::Digest,
    merkle,
    note::{Note, Signer},
    storage::{Lock, RelativePath, Storage},
};

/// A log that is open for writing, by this one alone.
///
/// An append writes tiles first, and the checkpoint last: that it was replaced is what acknowledges the append.
/// What lies behind the checkpoint was never acknowledged.
#[derive(Debug)]
pub struct CustodyLog {
    reader: LogReader,
    storage: Arc<dyn Storage>,
    folder: RelativePath,
    signer: Signer,
    edge: Edge,
    /// The entry bundle that is not full yet.
    bundle: Vec<u8>,
    order: Order,
    /// A write failed: what is on the disk may not be what is in memory.
    unknown: bool,
    _lock: Box<dyn Lock>,
}

/// What was added.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appended {
    /// Position of the first entry.
    pub first_seq: u64,
    /// The log after it.
    pub checkpoint: Checkpoint,
}

/// Entries that are written, and not acknowledged yet.
#[derive(Debug)]
pub struct Prepared {
    reader: LogReader,
    files: Files,
    order: Order,
    first_seq: u64,
}

impl Prepared {
    /// Reads the log as it will be.
    pub fn reader(&self) -> &LogReader {
        &self.reader
    }
}

/// What a crash left behind: written, but never acknowledged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unacknowledged {
    /// Entries that can still be read.
    pub entries: Vec<Entry>,
    /// All files, torn ones included.
    pub files: Vec<RelativePath>,
}

impl CustodyLog {
    /// Begins a log in `folder`, with `first` as its entries. The signer's name is the log's.
    pub fn create(
        storage: Arc<dyn Storage>,
        folder: RelativePath,
        signer: Signer,
        first: Vec<Act>,
    ) -> Result<Self, Error> {
        let lock = storage.lock(&lock_path(&folder))?;
        if storage.open(&LogReader::checkpoint_path(&folder))?.is_some() {
            return Err(Error::LogExists);
        }
        let empty = Checkpoint::sign(0, Digest::of([]), &signer);
        let mut log = Self {
            reader: LogReader::at(&storage, &folder, empty, &signer)?,
            storage,
            folder,
            signer,
            edge: Edge::default(),
            bundle: Vec::new(),
            order: Order::default(),
            unknown: false,
            _lock: lock,
        };
        log.append_many(first)?;
        Ok(log)
    }

    /// Opens a log, verifies all of it, hands each entry to `each`, in order, and clears away what was never
    /// acknowledged, which it hands back.
    pub fn open(
        storage: Arc<dyn Storage>,
        folder: RelativePath,
        signer: Signer,
        each: &mut dyn FnMut(Entry),
    ) -> Result<(Self, Unacknowledged), Error> {
        let lock = storage.lock(&lock_path(&folder))?;
        let path = LogReader::checkpoint_path(&folder);
        let note = storage.read(&path, crate::note::BYTES_MAX as u64)?.ok_or(Error::NoLog)?;
        let note = Note::parse(&note).map_err(super::CheckpointError::Note)?;
        let reader = LogReader::at(&storage, &folder, note, &signer)?;
        let (mut edge, mut bundle, mut order) = (Edge::default(), Vec::new(), Order::default());
        reader.verify(&mut |entry, bytes| {
            if entry.seq.is_multiple_of(ENTRIES_IN_TILE) {
                bundle.clear();
            }
            tile::push_entry(&mut bundle, bytes);
            edge.push(merkle::leaf(bytes), |_, _| {});
            // `verify` has refused the log if this fails.
            let _ = order.follow(&entry);
            each(entry);
        })?;
        if edge.size().is_multiple_of(ENTRIES_IN_TILE) {
            bundle.clear();
        }
        let log = Self {
            reader,
            storage,
            folder,
            signer,
            edge,
            bundle,
            order,
            unknown: false,
            _lock: lock,
        };
        let unacknowledged = log.clear()?;
        Ok((log, unacknowledged))
    }

    /// Adds an entry. When this returns, it is on the disk, and stays.
    pub fn append(&mut self, act: Act) -> Result<Appended, Error> {
        self.append_many(vec![act])
    }

    /// Adds entries under one checkpoint: all of them or none.
    pub fn append_many(&mut self, acts: Vec<Act>) -> Result<Appended, Error> {
        let prepared = self.prepare(acts)?;
        self.acknowledge(prepared)
    }

    /// Writes entries so that they can be read, and does not acknowledge them yet: a crash leaves them behind the
    /// checkpoint. Until [`CustodyLog::acknowledge`] nothing else can be added.
    pub fn prepare(&mut self, acts: Vec<Act>) -> Result<Prepared, Error> {
        if self.unknown {
            return Err(Error::Unknown);
        }
        let first_seq = self.edge.size();
        let mut files =
            Files { edge: self.edge.clone(), bundle: self.bundle.clone(), full: Vec::new() };
        let mut order = self.order.clone();
        for (act, seq) in acts.into_iter().zip(first_seq..) {
            let entry = Entry::new(seq, act);
            let bytes = entry
                .check()
                .and_then(|()| entry.to_bytes())
                .map_err(|source| Error::Entry { seq, source })?;
            order.follow(&entry)?;
            files.push(&bytes);
        }
        if files.edge.size() == first_seq {
            return Ok(Prepared { reader: self.reader.clone(), files, order, first_seq });
        }
        self.unknown = true;
        let note = Checkpoint::sign(files.edge.size(), files.edge.root(), &self.signer);
        for (tile, content) in files.all() {
            self.storage.replace(&self.folder.join(&tile.path()), &content)?;
        }
        let reader = LogReader::at(&self.storage, &self.folder, note, &self.signer)?;
        Ok(Prepared { reader, files, order, first_seq })
    }

    /// Acknowledges what was prepared. When this returns, it is on the disk, and stays.
    pub fn acknowledge(&mut self, prepared: Prepared) -> Result<Appended, Error> {
        let Prepared { reader, files, order, first_seq } = prepared;
        if files.edge.size() > first_seq {
            let path = LogReader::checkpoint_path(&self.folder);
            self.storage.replace(&path, reader.note().to_string().as_bytes())?;
        }
        let full = files.full.iter().map(|(tile, _)| *tile).collect::<Vec<_>>();
        (self.reader, self.edge, self.bundle, self.order) =
            (reader, files.edge, files.bundle, order);
        self.unknown = false;
        // The entries are in: that a partial tile stays behind its full one does not matter.
        let _ = self.delete_partial(&full);
        Ok(Appended { first_seq, checkpoint: self.checkpoint().clone() })
    }

    /// How many entries there are, and their root.
    pub fn checkpoint(&self) -> &Checkpoint {
        self.reader.checkpoint()
    }

    /// The signed checkpoint.
    pub fn checkpoint_note(&self) -> &Note {
        self.reader.note()
    }

    /// Reads the log as of now.
    pub fn reader(&self) -> &LogReader {
        &self.reader
    }

    /// The key of the log, which also signs seals.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// Partial tiles whose full one is there say nothing more (C2SP tlog-tiles, "Partial Tiles").
    fn delete_partial(&self, full: &[Tile]) -> Result<(), Error> {
        for tile in full {
            let name = format!("{}.p", tile.path());
            let folder = self.folder.join(&RelativePath::own(name));
            for partial in self.storage.list(Some(&folder))?.files {
                self.storage.delete(&partial.path)?;
            }
        }
        Ok(())
    }

    /// Deletes what lies behind the checkpoint, and says what it was.
    fn clear(&self) -> Result<Unacknowledged, Error> {
        let size = self.edge.size();
        let tiles = self.folder.join(&RelativePath::own("tile"));
        let mut left = Unacknowledged::default();
        let mut seen = BTreeSet::new();
        for stored in self.storage.list(Some(&tiles))?.files {
            let inside = stored.path.within(&self.folder);
            let Some(tile) = inside.as_ref().and_then(Tile::of_path) else { continue };
            if Tile::at(tile.kind, tile.index, size)
                .is_some_and(|newest| tile.width <= newest.width)
            {
                continue;
            }
            if tile.kind == TileKind::Entries {
                let content = self.storage.read(&stored.path, tile.bytes_max())?;
                let entries = content.as_deref().and_then(|it| tile::split_entries(it, tile.width));
                for bytes in entries.unwrap_or_default() {
                    left.entries.extend(
                        Entry::parse(bytes)
                            .ok()
                            .filter(|entry| entry.seq >= size && seen.insert(entry.seq)),
                    );
                }
            }
            left.files.push(stored.path);
        }
        left.entries.sort_by_key(|entry| entry.seq);
        for path in &left.files {
            self.storage.delete(path)?;
        }
        Ok(left)
    }
}

fn lock_path(folder: &RelativePath) -> RelativePath {
    folder.join(&RelativePath::own("lock"))
}

/// The files that an append writes.
#[derive(Debug)]
struct Files {
    edge: Edge,
    bundle: Vec<u8>,
    full: Vec<(Tile, Vec<u8>)>,
}

impl Files {
    fn push(&mut self, entry: &[u8]) {
        tile::push_entry(&mut self.bundle, entry);
        let full = &mut self.full;
        self.edge.push(merkle::leaf(entry), |tile, hashes| full.push((tile, hash_bytes(hashes))));
        let size = self.edge.size();
        if size.is_multiple_of(ENTRIES_IN_TILE) {
            let index = size / ENTRIES_IN_TILE - 1;
            let tile = Tile { kind: TileKind::Entries, index, width: ENTRIES_IN_TILE };
            self.full.push((tile, std::mem::take(&mut self.bundle)));
        }
    }

    fn all(&self) -> Vec<(Tile, Vec<u8>)> {
        let mut all = self.full.clone();
        all.extend(self.edge.partial().map(|(tile, hashes)| (tile, hash_bytes(hashes))));
        let size = self.edge.size();
        all.extend(
            Tile::at(TileKind::Entries, size / ENTRIES_IN_TILE, size)
                .map(|tile| (tile, self.bundle.clone())),
        );
        all
    }
}

fn hash_bytes(hashes: &[Digest]) -> Vec<u8> {
    hashes.iter().flat_map(Digest::as_bytes).copied().collect()
}
