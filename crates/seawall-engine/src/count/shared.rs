//! All columns, grouped: which values each account shares with others.

use std::{collections::BTreeMap, sync::Mutex};

use seawall_core::selector::{Derive, Kind, KindId, Role, registry::KINDS};

use super::{
    column::{Column, IdsOf},
    columns::Columns,
    group::RARE,
};
use crate::{
    Error,
    accounts::{Accounts, OfKind, Pieces},
    aside::Aside,
    bits::Marks,
    detect::Room,
    parallel::in_parallel,
    spread::Gather,
};

/// Accounts and what they share.
#[derive(Debug)]
pub struct Shared {
    /// What is known of each account, in canonical order.
    pub accounts: Accounts,
    /// What they share.
    pub columns: Columns,
    /// Comparison group of each account: country and client, small ones pooled.
    pub strata: Vec<u16>,
    /// Number of comparison groups.
    pub strata_count: usize,
    /// What each lockstep value is a time bucket of.
    pub(crate) lockstep: Vec<LockstepOrigin>,
    /// Which counterparties, by index, are accounts of the input.
    pub(crate) counterparties_within: Marks,
    /// For each kind, ids of values that others know as an operation's, in order.
    pub(crate) known: Vec<Vec<u32>>,
}

/// The target behind a lockstep value, and how busy its time bucket was.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct LockstepOrigin {
    /// Accounts that acted on the target at any time.
    pub(crate) target_accounts: u32,
    /// Share of all actions that fell into the time bucket.
    pub(crate) bucket_share: f32,
}

/// Accounts a comparison group needs to stand alone.
const STRATUM_MIN: u32 = 300;

impl Shared {
    /// Groups every column, on `threads` threads, one kind at a time on each.
    pub(crate) fn group(
        accounts: Accounts,
        mut pieces: Pieces,
        activity: Vec<(KindId, Vec<u64>)>,
        gather: &dyn Gather,
        room: &Room,
        threads: usize,
    ) -> Result<Self, Error> {
        let origins = lockstep_origins(&pieces)?;
        let aside = Self::aside(accounts.len(), room)?;
        // What is in memory is made small before more is brought there.
        let done = in_parallel(threads, activity.len(), |index| {
            let (kind, values) = &activity[index];
            let column = Column::single(gather.group(kind.kind(), values)?);
            Ok((*kind, Columns::put(&aside, column)?))
        });
        drop(activity);
        let mut done = done.into_iter().collect::<Result<BTreeMap<_, _>, Error>>()?;
        let jobs: Vec<(KindId, Mutex<OfKind>)> = KindId::all()
            .filter(|kind| !done.contains_key(kind))
            .map(|kind| (kind, Mutex::new(pieces.take(kind))))
            .collect();
        let read = in_parallel(threads, jobs.len(), |index| {
            let (kind, read) = &jobs[index];
            let read = std::mem::take(&mut *read.lock().expect("each job is taken once"));
            let column = column(kind.kind(), read, &pieces, &accounts.hashes, gather)?;
            Ok::<_, Error>((*kind, Columns::put(&aside, column)?))
        });
        for column in read {
            done.extend([column?]);
        }
        drop((jobs, pieces));
        Self::new(accounts, Columns::new(done.into_values(), aside)?, origins)
    }

    /// Where what is grouped waits for the rest. It takes about a byte an account and kind.
    pub(crate) fn aside(accounts: usize, room: &Room) -> Result<Aside, Error> {
        Aside::new((accounts * KINDS.len()) as u64, room)
    }

    /// Accounts and what they share, with the target behind each lockstep value.
    pub(crate) fn new(
        accounts: Accounts,
        columns: Columns,
        origins: Vec<(u64, u64, f32)>,
    ) -> Result<Self, Error> {
        let (strata, strata_count) = strata(&columns, accounts.len())?;
        let lockstep = resolve_lockstep(&columns, origins);
        let counterparties_within = counterparties_within(&columns, &accounts.hashes)?;
        let known = vec![Vec::new(); columns.len()];
        Ok(Self { accounts, columns, strata, strata_count, lockstep, counterparties_within, known })
    }

    /// Marks the shared ones among values that others know as an operation's.
    pub(crate) fn know(&mut self, values: impl Iterator<Item = (KindId, u64)>) {
        for (kind, hash) in values {
            let kind = usize::from(kind.0);
            if let Ok(position) = self.columns[kind].hashes.binary_search(&hash) {
                self.known[kind].push(position as u32 + 1);
            }
        }
        self.known.iter_mut().for_each(|ids| ids.sort_unstable());
    }

    /// Number of accounts.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }
}

/// Kinds that may bind or corroborate, in order.
pub fn evidence_kinds() -> impl Iterator<Item = (KindId, &'static Kind)> {
    KINDS
        .iter()
        .enumerate()
        .filter(|(_, kind)| kind.role != Role::Stratum)
        .map(|(index, kind)| (KindId(index as u8), kind))
}

/// Groups the values of a kind, as the pieces of the input have them.
fn column(
    kind: &Kind,
    read: OfKind,
    pieces: &Pieces,
    hashes: &[u64],
    gather: &dyn Gather,
) -> Result<Column, Error> {
    if matches!(kind.derive, Derive::Action(_)) {
        // In the place of what they are made from, which is as large.
        let records = pieces.many(&read)?.into_iter();
        let records = records.map(|record| (record.row, record.value)).collect();
        drop(read);
        return group_many(records, kind, hashes, gather);
    }
    let values = pieces.single(&read, hashes.len())?;
    drop(read);
    Ok(Column::single(gather.group(kind, &values)?))
}

/// Groups the values of a kind of which an account may have many.
fn group_many(
    mut records: Vec<(u32, u64)>,
    kind: &Kind,
    hashes: &[u64],
    gather: &dyn Gather,
) -> Result<Column, Error> {
    if kind.name == "counterparty" {
        add_own_counterparty(&mut records, hashes);
    }
    records.sort_unstable();
    records.dedup();
    if records.is_empty() {
        return Ok(Column::default());
    }
    let values: Vec<u64> = records.iter().map(|record| record.1).collect();
    let grouped = gather.group(kind, &values)?;
    drop(values);
    let mut shared: Vec<u32> = Vec::with_capacity(records.len());
    let mut ends: Vec<(u32, usize)> = Vec::new();
    let mut ids = grouped.ids.iter();
    for own in records.chunk_by(|a, b| a.0 == b.0) {
        let start = shared.len();
        shared.extend(ids.by_ref().take(own.len()).filter(|id| **id != RARE));
        shared[start..].sort_unstable();
        ends.push((own[0].0, shared.len()));
    }
    drop((records, grouped.ids));
    let of_rows = ends.iter().scan(0, |start, (row, end)| {
        Some((*row, IdsOf::Many(&shared[std::mem::replace(start, *end)..*end])))
    });
    Ok(Column::many(hashes.len(), of_rows, grouped.hashes, grouped.counts))
}

/// An account that others act on shares that value with them: its own id, under the same hash.
fn add_own_counterparty(records: &mut Vec<(u32, u64)>, hashes: &[u64]) {
    let mut targets: Vec<u64> = records.iter().map(|record| record.1).collect();
    targets.sort_unstable();
    targets.dedup();
    for (row, hash) in hashes.iter().enumerate() {
        if targets.binary_search(hash).is_ok() {
            records.push((row as u32, *hash));
        }
    }
}

/// Counterparties, by index, that are accounts: those have the value of their own id.
fn counterparties_within(columns: &Columns, hashes: &[u64]) -> Result<Marks, Error> {
    let Some(kind) = KindId::from_name("counterparty") else { return Ok(Marks::default()) };
    let column = columns.brought(usize::from(kind.0))?;
    let mut within = Vec::new();
    column.for_each_shared(|row, id| {
        let at = id as usize - 1;
        if column.hashes[at] == hashes[row as usize] {
            within.push(at);
        }
    });
    Ok(Marks::new(column.hashes.len(), within.into_iter()))
}

/// Length of a lockstep time bucket, as the kind `lockstep` derives it.
const LOCKSTEP_SECONDS: u32 = 6 * 3600;

/// For each lockstep value: the target value that the same actions have, and the share of all actions
/// in its time bucket.
fn lockstep_origins(pieces: &Pieces) -> Result<Vec<(u64, u64, f32)>, Error> {
    let records = |name| {
        let kind = KindId::from_name(name);
        kind.map_or(Ok(Vec::new()), |kind| pieces.many(pieces.of_kind(kind)))
    };
    let (lockstep, targets) = (records("lockstep")?, records("target")?);
    let mut buckets: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    for record in &lockstep {
        *buckets.entry(record.seconds / LOCKSTEP_SECONDS).or_default() += 1;
    }
    let mut origins = Vec::with_capacity(lockstep.len());
    let mut at = 0;
    for record in &lockstep {
        while at < targets.len()
            && (targets[at].row, targets[at].seconds) < (record.row, record.seconds)
        {
            at += 1;
        }
        let Some(target) = targets.get(at) else { break };
        if (target.row, target.seconds) == (record.row, record.seconds) {
            let share =
                f64::from(buckets[&(record.seconds / LOCKSTEP_SECONDS)]) / lockstep.len() as f64;
            origins.push((record.value, target.value, share as f32));
        }
    }
    // Accounts that acted twice in one second may name a wrong target: the smallest is as good as any,
    // and does not depend on order.
    origins.sort_unstable_by_key(|origin| (origin.0, origin.1));
    origins.dedup_by_key(|origin| origin.0);
    Ok(origins)
}

fn resolve_lockstep(columns: &Columns, origins: Vec<(u64, u64, f32)>) -> Vec<LockstepOrigin> {
    let of = |name| KindId::from_name(name).map(|kind| &columns[usize::from(kind.0)]);
    let (Some(lockstep), Some(targets)) = (of("lockstep"), of("target")) else { return Vec::new() };
    let mut resolved = vec![LockstepOrigin::default(); lockstep.hashes.len()];
    for (value, target, bucket_share) in origins {
        if let Ok(index) = lockstep.hashes.binary_search(&value) {
            let target = targets.hashes.binary_search(&target);
            let target_accounts = target.map_or(0, |target| targets.counts[target]);
            resolved[index] = LockstepOrigin { target_accounts, bucket_share };
        }
    }
    resolved
}

/// Comparison groups: country × client where large enough, else client alone.
fn strata(columns: &Columns, rows: usize) -> Result<(Vec<u16>, usize), Error> {
    let of =
        |name| KindId::from_name(name).map(|kind| columns.brought(usize::from(kind.0))).transpose();
    let (country, client) = (of("country")?, of("client")?);
    let id = |column: Option<&Column>, row: usize, limit: u32| {
        let id = column.map_or(0, |column| column.id_of(row));
        if id >= limit { 0 } else { id }
    };
    let (country, client) = (country.as_deref(), client.as_deref());
    let fine: Vec<u16> =
        (0..rows).map(|row| (id(country, row, 1000) * 16 + id(client, row, 16)) as u16).collect();
    let mut counts = vec![0_u32; 16_000];
    for stratum in &fine {
        counts[usize::from(*stratum)] += 1;
    }
    // Groups too small to compare within are pooled by client.
    let pooled: Vec<u32> = (0..16_000_u32)
        .map(|stratum| if counts[stratum as usize] >= STRATUM_MIN { stratum } else { stratum % 16 })
        .collect();
    let mut numbers = vec![u16::MAX; 16_000];
    let mut next = 0;
    let mut strata = fine;
    for stratum in &mut strata {
        let number = &mut numbers[pooled[usize::from(*stratum)] as usize];
        if *number == u16::MAX {
            *number = next;
            next += 1;
        }
        *stratum = *number;
    }
    Ok((strata, usize::from(next).max(1)))
}
