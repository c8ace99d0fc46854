//! What is kept by key, found again by key, and gone through in the order of keys?
//!
//! Where the journal is a fold that is read whole at a start, tables are for what does not fit the memory: rows that are
//! looked up, paged through, and sometimes removed. Rows of several tables change together or not at all. A change
//! survives the end of the process and a loss of power once [`Changes::commit`] has returned. Why this engine:
//! `docs/adr/0012-tables.md`.

use std::{
    ops::Deref,
    path::Path,
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use fjall::{
    Database, Keyspace, KeyspaceCreateOptions, OwnedWriteBatch, PersistMode, Readable as _,
    Snapshot,
    config::{PartitioningPolicy, PinningPolicy},
};

use crate::Error;

/// Blocks of rows that are kept in memory.
const CACHE_BYTES: u64 = 128 << 20;
/// Rows of a table that are in memory only, until they are written out in order.
const TABLE_BYTES: u64 = 16 << 20;
/// What is written twice, until it is in order.
const JOURNAL_BYTES: u64 = 128 << 20;

/// Tables in a folder. There is one process at a time.
#[derive(Clone)]
pub struct Tables {
    database: Database,
    settled: Arc<Settled>,
}

/// The tables as the last whole change left them. A snapshot that the engine takes while rows are being changed may
/// hold a part of the change: where it puts rows in order meanwhile, it counts what has begun as done. So one is taken
/// after each change, and no change is made while it is.
struct Settled {
    changing: Mutex<()>,
    snapshot: RwLock<Arc<Snapshot>>,
}

/// One of the tables.
#[derive(Clone)]
pub struct Table(Keyspace);

/// A row's key or content; it may share memory with its neighbours, so copy what is kept for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(fjall::Slice);

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

fn error(path: &Path, error: fjall::Error) -> Error {
    match error {
        fjall::Error::Locked => Error::Locked { path: path.to_owned() },
        fjall::Error::Io(source) | fjall::Error::Storage(fjall::LsmError::Io(source)) => {
            Error::io("use", path, source)
        }
        fjall::Error::Poisoned => Error::OutOfOrder,
        other => Error::Tables { source: Box::new(other) },
    }
}

impl Tables {
    /// Opens the tables of a folder, or begins them.
    pub fn open(path: &Path) -> Result<Self, Error> {
        let database = Database::builder(path)
            .cache_size(CACHE_BYTES)
            .max_journaling_size(JOURNAL_BYTES)
            .worker_threads(1)
            .open()
            .map_err(|source| error(path, source))?;
        let snapshot = RwLock::new(Arc::new(database.snapshot()));
        let settled = Arc::new(Settled { changing: Mutex::new(()), snapshot });
        Ok(Self { database, settled })
    }

    /// The table of a name; it is made where there is none.
    pub fn table(&self, name: &str) -> Result<Table, Error> {
        // Indexes grow with the rows: they are read through the cache in parts, as rows are, so that memory does not.
        let options = || {
            KeyspaceCreateOptions::default()
                .max_memtable_size(TABLE_BYTES)
                .index_block_partitioning_policy(PartitioningPolicy::all(true))
                .index_block_pinning_policy(PinningPolicy::disabled())
        };
        let keyspace = self.database.keyspace(name, options);
        keyspace.map(Table).map_err(|source| error(Path::new(name), source))
    }

    /// All tables as the last change left them: what changes later is not seen, and nothing is seen in part.
    pub fn view(&self) -> View {
        View(Arc::clone(&self.settled.snapshot.read().unwrap_or_else(PoisonError::into_inner)))
    }

    /// Changes to come.
    pub fn changes(&self) -> Changes {
        let batch = self.database.batch().durability(Some(PersistMode::SyncData));
        Changes { batch, tables: self.clone() }
    }
}

/// Rows that change together.
pub struct Changes {
    batch: OwnedWriteBatch,
    tables: Tables,
}

impl Changes {
    /// Writes a row; one of that key is replaced.
    pub fn put(&mut self, table: &Table, key: &[u8], content: &[u8]) {
        self.batch.insert(&table.0, key, content);
    }

    /// Removes a row.
    pub fn remove(&mut self, table: &Table, key: &[u8]) {
        self.batch.remove(&table.0, key);
    }

    /// Brings them to the disk, all or none. Where this fails nothing more is taken until the tables are opened anew.
    pub fn commit(self) -> Result<(), Error> {
        let Tables { database, settled } = self.tables;
        let _changing = settled.changing.lock().unwrap_or_else(PoisonError::into_inner);
        self.batch.commit().map_err(|source| error(Path::new("tables"), source))?;
        let snapshot = Arc::new(database.snapshot());
        *settled.snapshot.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
        Ok(())
    }
}

/// Tables as they were at one moment.
pub struct View(Arc<Snapshot>);

impl View {
    /// The content of a row.
    pub fn get(&self, table: &Table, key: &[u8]) -> Result<Option<Bytes>, Error> {
        let found = self.0.get(&table.0, key).map_err(|source| error(Path::new("tables"), source));
        Ok(found?.map(Bytes))
    }

    /// Rows whose keys are from `from` on and before `to`, in the order of keys; also from behind.
    pub fn range(
        &self,
        table: &Table,
        from: &[u8],
        to: &[u8],
    ) -> impl DoubleEndedIterator<Item = Result<(Bytes, Bytes), Error>> + use<> {
        // A range that ends before it begins is empty, and no mistake.
        let to = to.max(from);
        self.0.range(&table.0, from.to_vec()..to.to_vec()).map(|row| {
            let row = row.into_inner().map_err(|source| error(Path::new("tables"), source));
            row.map(|(key, content)| (Bytes(key), Bytes(content)))
        })
    }
}
