//! What is kept so that a start need not read the whole journal?
//!
//! A checkpoint is the state after all entries before a position. It counts for one program, one journal and one set of
//! limits only; any other is set aside, and the journal read from an older one or from its beginning, which gives the
//! same state.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use seawall_core::decision::{
    live::{Limits, Live},
    policy::Policy,
    record::Record,
    snapshot::Snapshot,
};
use seawall_store::{
    checkpoint::{Checkpoints, Pieces},
    journal::Readers,
};
use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_64;

use super::{
    Error, data::Data, keys::Done, knowledge::Used, locked, state::State, streams::Streams,
};

/// To be raised whenever the same journal gives another state, or a state is kept in another way.
const FOLD: u32 = 2;
/// Keys of a piece.
const KEYS_TOGETHER: usize = 4096;
/// Records of a piece.
const RECORDS_TOGETHER: usize = 64;
/// Entries between two checkpoints, unless told otherwise.
const EVERY: u64 = 2_000_000;

/// What a checkpoint counts for, and what there is once.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Head {
    fold: u32,
    program: String,
    /// Name and version of every kind of selector.
    kinds: Vec<(String, u16)>,
    selectors_max: u64,
    accounts_max: u64,
    /// XXH3-64 of the secret.
    secret: u64,
    /// Entries that it follows from.
    position: u64,
    /// XXH3-64 of the last of them.
    last: u64,
}

/// What counts now.
#[derive(Serialize, Deserialize)]
struct Current {
    snapshot: String,
    policy: String,
    /// A policy that counts for so many of a thousand accounts.
    staged: Option<(String, u16)>,
    used: Used,
    /// The account model that is asked.
    model: Option<String>,
    /// The one beside it.
    challenger: Option<String>,
    labels: u64,
}

/// A piece of a checkpoint.
#[derive(Serialize, Deserialize)]
enum Piece {
    Head(Head),
    /// A policy's text.
    Policy(String),
    /// What counts, and the number of labels.
    Current(Current),
    /// A part of what was seen.
    Live(Vec<u8>),
    /// Requests that were done.
    Keys(Vec<(String, Done)>),
    /// Decisions whose records come later, as they will be written.
    Awaited(Vec<Vec<u8>>),
    /// Of who is to be told what, in JSON: what it is made of is read by its names.
    Book(String),
    /// How far streams were read and written.
    Streams(Streams),
}

impl Piece {
    fn encode(&self) -> Vec<u8> {
        postcard::to_allocvec(self).expect("a piece is plain data in memory")
    }
}

/// Why a checkpoint is of no use.
#[derive(Debug, thiserror::Error)]
enum Unusable {
    #[error(transparent)]
    Store(#[from] seawall_store::Error),
    #[error("another program, other limits or another journal made it")]
    Foreign,
    #[error("it holds what no state can")]
    Content,
    #[error(transparent)]
    Service(#[from] Error),
}

/// Keeps states, and makes them again.
pub(crate) struct Keeper {
    data: Data,
    limits: Limits,
    checkpoints: Checkpoints,
    /// Entries between two checkpoints; 0 for none but at an end.
    every: u64,
    /// Position of the latest.
    latest: AtomicU64,
}

/// What came of looking for a checkpoint.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// Entries that need not be read.
    pub(crate) position: u64,
    /// Those that were set aside, each with why.
    pub(crate) set_aside: Vec<(u64, String)>,
}

impl Keeper {
    pub(crate) fn new(data: Data, limits: Limits, every: Option<u64>) -> Self {
        let checkpoints = Checkpoints::new(data.checkpoints());
        let (every, latest) = (every.unwrap_or(EVERY), AtomicU64::new(0));
        Self { data, limits, checkpoints, every, latest }
    }

    /// Entries that the latest checkpoint stands for.
    pub(crate) fn latest(&self) -> u64 {
        self.latest.load(Ordering::Relaxed)
    }

    /// Where everything lies.
    pub(crate) const fn data(&self) -> &Data {
        &self.data
    }

    /// Whether so much came since the latest that another is worth its while.
    pub(crate) fn is_due(&self, entries: u64) -> bool {
        self.every > 0 && entries.saturating_sub(self.latest.load(Ordering::Relaxed)) >= self.every
    }

    /// The state after the first `until` entries: from the newest checkpoint that is whole, and the entries after it.
    /// `progress` is told entries done and in all.
    pub(crate) fn fold(
        &self,
        readers: &Readers,
        until: u64,
        progress: &mut dyn FnMut(u64, u64),
    ) -> Result<(State, Found), Error> {
        let (mut state, found) = self.newest(readers, until)?;
        for entry in readers.from(found.position) {
            let (sequence, entry) = entry?;
            if sequence >= until {
                break;
            }
            state.apply(sequence, &entry)?;
            if sequence % 4096 == 0 {
                progress(sequence, until);
            }
        }
        self.latest.fetch_max(found.position, Ordering::Relaxed);
        Ok((state, found))
    }

    fn newest(&self, readers: &Readers, until: u64) -> Result<(State, Found), Error> {
        let mut found = Found::default();
        for position in self.checkpoints.positions()? {
            match self.load(readers, position, until) {
                Ok(state) => {
                    found.position = position;
                    return Ok((state, found));
                }
                Err(why) => {
                    self.checkpoints.put_aside(position)?;
                    found.set_aside.push((position, why.to_string()));
                }
            }
        }
        Ok((State::new(self.data.clone(), self.limits), found))
    }

    fn head(&self, readers: &Readers, position: u64) -> Result<Head, Error> {
        let last = match position.checked_sub(1) {
            Some(before) => readers.from(before).next_entry()?,
            None => None,
        };
        Ok(Head {
            fold: FOLD,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            kinds: Snapshot::own_kinds(),
            selectors_max: self.limits.selectors_max as u64,
            accounts_max: self.limits.accounts_max as u64,
            secret: xxh3_64(&self.limits.secret.to_le_bytes()),
            position,
            last: last.map_or(0, |(_, entry)| xxh3_64(&entry.content)),
        })
    }

    fn load(&self, readers: &Readers, position: u64, until: u64) -> Result<State, Unusable> {
        let mut pieces = self.checkpoints.read(position)?;
        if position > until {
            return Err(Unusable::Foreign);
        }
        let own = self.head(readers, position)?;
        match next(&mut pieces)? {
            Some(Piece::Head(head)) if head == own => {}
            _ => return Err(Unusable::Foreign),
        }
        let mut state = State::new(self.data.clone(), self.limits);
        while let Some(piece) = next(&mut pieces)? {
            put(&mut state, piece)?;
        }
        Ok(state)
    }

    /// Keeps the state after `position` entries, and archives the segments before the checkpoint before it.
    pub(crate) fn keep(
        &self,
        state: &State,
        readers: &Readers,
        position: u64,
    ) -> Result<(), Error> {
        let before = self.checkpoints.positions()?;
        if position == 0 || before.first() == Some(&position) {
            return Ok(());
        }
        let head = self.head(readers, position)?;
        self.checkpoints.write(position, pieces(state, head))?;
        self.latest.fetch_max(position, Ordering::Relaxed);
        if let Some(before) = before.first() {
            readers.archive(*before)?;
        }
        Ok(())
    }
}

fn next(pieces: &mut Pieces) -> Result<Option<Piece>, Unusable> {
    let Some(piece) = pieces.next().transpose()? else { return Ok(None) };
    postcard::from_bytes(&piece).map(Some).map_err(|_| Unusable::Content)
}

/// The pieces of a state, in their order.
fn pieces(state: &State, head: Head) -> impl Iterator<Item = Vec<u8>> {
    let live = &state.live;
    let staged = live.staged().map(|(policy, per_mille)| (policy.id().to_owned(), per_mille));
    let current = Piece::Current(Current {
        snapshot: live.loaded().id.clone(),
        policy: live.policy().id().to_owned(),
        staged,
        used: state.used.clone(),
        model: live.model().map(|model| model.id.clone()),
        challenger: state.challenger.as_ref().map(|model| model.id.clone()),
        labels: state.labels,
    });
    let policies = state.policies.values().map(|policy| Piece::Policy(policy.text().to_owned()));
    let keys: Vec<(String, Done)> = locked(&state.shared.keys).kept().collect();
    let records: Vec<Vec<u8>> = state.awaited.values().map(|record| record.encode()).collect();
    let first = std::iter::once(Piece::Head(head)).chain(policies).chain([current]);
    let chunks = |keys: Vec<(String, Done)>| {
        keys.chunks(KEYS_TOGETHER)
            .map(|keys| Piece::Keys(keys.to_vec()).encode())
            .collect::<Vec<_>>()
    };
    let awaited: Vec<Vec<u8>> = records
        .chunks(RECORDS_TOGETHER)
        .map(|records| Piece::Awaited(records.to_vec()).encode())
        .collect();
    first
        .map(|piece| piece.encode())
        .chain(live.parts().map(|part| Piece::Live(part).encode()))
        .chain(chunks(keys))
        .chain(awaited)
        .chain(state.book.kept().map(|kept| {
            let text = serde_json::to_string(&kept).expect("plain data in memory");
            Piece::Book(text).encode()
        }))
        .chain([Piece::Streams(state.streams.clone()).encode()])
}

/// Puts a piece back.
fn put(state: &mut State, piece: Piece) -> Result<(), Unusable> {
    match piece {
        Piece::Head(_) => return Err(Unusable::Content),
        Piece::Policy(text) => {
            let policy = Arc::new(Policy::parse(&text).map_err(|_| Unusable::Content)?);
            state.policies.insert(policy.id().to_owned(), policy);
        }
        Piece::Current(Current { snapshot, policy, staged, used, model, challenger, labels }) => {
            state.use_files(used)?;
            let model = model.map(|id| state.model(&id)).transpose()?;
            state.live.set_model(model);
            state.challenger = challenger.map(|id| state.model(&id)).transpose()?;
            let of = |id: &str, state: &State| state.policy(id).ok_or(Unusable::Content);
            let loaded = state.snapshot(&snapshot)?;
            let current = of(&policy, state)?;
            state.live.set_snapshot(loaded);
            state.live.set_policy(current, 1000);
            if let Some((id, per_mille)) = staged {
                let staged = of(&id, state)?;
                state.live.set_policy(staged, per_mille);
            }
            state.labels = labels;
            state.show();
        }
        Piece::Live(part) => Live::put(&mut state.live, &part).map_err(|_| Unusable::Content)?,
        Piece::Keys(keys) => {
            let mut own = locked(&state.shared.keys);
            for (key, done) in keys {
                own.put(key, done);
            }
        }
        Piece::Awaited(records) => {
            for bytes in records {
                let record = Record::decode(&bytes).map_err(|_| Unusable::Content)?;
                state.awaited.insert(record.inputs.sequence, Arc::new(record));
            }
        }
        Piece::Book(text) => {
            state.book.put(serde_json::from_str(&text).map_err(|_| Unusable::Content)?);
        }
        Piece::Streams(streams) => state.streams = streams,
    }
    Ok(())
}
