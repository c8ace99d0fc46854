//! All columns, grouped: which values each account shares with others.

use seawall_core::selector::{Derive, Kind, KindId, Role, registry::KINDS};

use super::group::{Grouped, RARE, group};
use crate::accounts::{Accounts, Dated, Flags};

/// The shared values of one kind.
#[derive(Debug, Default)]
pub struct Column {
    /// For each account: absent, rare, or one plus the index into `hashes`. Empty for kinds with many
    /// values an account, and for kinds that no account has.
    pub ids: Vec<u32>,
    /// For kinds with many values: where each account's entries of `many` start (one more than accounts).
    pub offsets: Vec<u32>,
    /// For kinds with many values: ids, ascending within an account, shared ones only.
    pub many: Vec<u32>,
    /// Hash of each shared value.
    pub hashes: Vec<u64>,
    /// Accounts that have each shared value.
    pub counts: Vec<u32>,
    /// For kinds with many values: whether each account has any, shared or not.
    pub many_present: Vec<bool>,
    /// Accounts that have any value of this kind.
    pub present: u64,
}

impl Column {
    /// The ids of an account's values: none, one or several. [`RARE`] stands for a value of its own.
    pub fn ids_of(&self, row: usize) -> &[u32] {
        if self.offsets.is_empty() {
            match self.ids.get(row) {
                Some(id) if *id != super::ABSENT => std::slice::from_ref(&self.ids[row]),
                _ => &[],
            }
        } else {
            &self.many[self.offsets[row] as usize..self.offsets[row + 1] as usize]
        }
    }

    /// Whether the account has a value of this kind, shared or not.
    pub fn has(&self, row: usize) -> bool {
        if self.offsets.is_empty() {
            self.ids.get(row).is_some_and(|id| *id != super::ABSENT)
        } else {
            self.many_present[row]
        }
    }

    /// Calls back with each (row, id) of a shared value, in order of row.
    pub fn for_each_shared(&self, mut each: impl FnMut(u32, u32)) {
        if self.offsets.is_empty() {
            for (row, id) in self.ids.iter().enumerate() {
                if *id != super::ABSENT && *id != RARE {
                    each(row as u32, *id);
                }
            }
        } else {
            for (row, window) in self.offsets.windows(2).enumerate() {
                for id in &self.many[window[0] as usize..window[1] as usize] {
                    each(row as u32, *id);
                }
            }
        }
    }

    /// Rows of each shared value, in order of row: (offsets by id, rows). Entry 0 is empty.
    pub fn rows_by_id(&self) -> (Vec<u32>, Vec<u32>) {
        let mut offsets = vec![0_u32; self.hashes.len() + 2];
        for (index, count) in self.counts.iter().enumerate() {
            offsets[index + 2] = offsets[index + 1] + count;
        }
        let mut cursor = offsets.clone();
        let mut rows = vec![0_u32; offsets[self.hashes.len() + 1] as usize];
        self.for_each_shared(|row, id| {
            rows[cursor[id as usize] as usize] = row;
            cursor[id as usize] += 1;
        });
        (offsets, rows)
    }

    fn single(grouped: Grouped) -> Self {
        Self {
            ids: grouped.ids,
            hashes: grouped.hashes,
            counts: grouped.counts,
            present: grouped.present,
            ..Self::default()
        }
    }
}

/// Accounts and what they share.
#[derive(Debug)]
pub struct Shared {
    /// What is known of each account, in canonical order. Its `values` are spent.
    pub accounts: Accounts,
    /// One column for each kind, in the order of the registry.
    pub columns: Vec<Column>,
    /// Comparison group of each account: country and client, small ones pooled.
    pub strata: Vec<u16>,
    /// Number of comparison groups.
    pub strata_count: usize,
    /// What each lockstep value is a time bucket of.
    pub(crate) lockstep: Vec<LockstepOrigin>,
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
    /// Groups every column, on `threads` threads.
    pub fn group(mut accounts: Accounts, threads: usize) -> Self {
        let rows = accounts.len();
        let origins = lockstep_origins(&accounts.many);
        let jobs: Vec<std::sync::Mutex<Job>> = std::mem::take(&mut accounts.values)
            .into_iter()
            .zip(std::mem::take(&mut accounts.many))
            .map(|(values, many)| {
                let many = many.map(|many| many.iter().map(|r| (r.row, r.value)).collect());
                std::sync::Mutex::new(Job { values, many, column: Column::default() })
            })
            .collect();
        let next = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..threads.max(1) {
                scope.spawn(|| {
                    loop {
                        let index = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                        let Some(job) = jobs.get(index) else { break };
                        job.lock().expect("no other thread takes this job").run(
                            &KINDS[index],
                            &accounts.hashes,
                            rows,
                        );
                    }
                });
            }
        });
        let columns: Vec<Column> = jobs
            .into_iter()
            .map(|job| job.into_inner().expect("the workers have ended").column)
            .collect();
        let (strata, strata_count) = strata(&columns, rows);
        let lockstep = resolve_lockstep(&columns, origins);
        Self { accounts, columns, strata, strata_count, lockstep }
    }

    /// Number of accounts.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Facts about an account.
    pub fn flags(&self, row: usize) -> Flags {
        self.accounts.flags[row]
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

struct Job {
    values: Vec<u64>,
    many: Option<Vec<(u32, u64)>>,
    column: Column,
}

impl Job {
    fn run(&mut self, kind: &Kind, hashes: &[u64], rows: usize) {
        if let Some(many) = self.many.take() {
            self.column = group_many(many, kind, hashes, rows);
        } else {
            self.column = Column::single(group(&self.values));
            if self.column.present == 0 {
                self.column.ids = Vec::new();
            }
            self.values = Vec::new();
        }
    }
}

/// Groups the values of a kind of which an account may have many.
fn group_many(mut records: Vec<(u32, u64)>, kind: &Kind, hashes: &[u64], rows: usize) -> Column {
    debug_assert!(matches!(kind.derive, Derive::Action(_)));
    if kind.name == "counterparty" {
        add_own_counterparty(&mut records, hashes);
    }
    records.sort_unstable();
    records.dedup();
    if records.is_empty() {
        return Column::default();
    }
    let mut many_present = vec![false; rows];
    for (row, _) in &records {
        many_present[*row as usize] = true;
    }
    let present = many_present.iter().filter(|present| **present).count() as u64;
    let values: Vec<u64> = records.iter().map(|record| record.1).collect();
    let grouped = group(&values);
    let mut offsets = vec![0_u32; rows + 1];
    let mut many = Vec::new();
    let mut at = 0;
    for row in 0..rows {
        let start = many.len();
        while at < records.len() && records[at].0 as usize == row {
            if grouped.ids[at] != RARE {
                many.push(grouped.ids[at]);
            }
            at += 1;
        }
        many[start..].sort_unstable();
        offsets[row + 1] = many.len() as u32;
    }
    Column {
        ids: Vec::new(),
        offsets,
        many,
        hashes: grouped.hashes,
        counts: grouped.counts,
        many_present,
        present,
    }
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

/// Length of a lockstep time bucket, as the kind `lockstep` derives it.
const LOCKSTEP_SECONDS: u32 = 6 * 3600;

/// For each lockstep value: the target value that the same actions have, and the share of all actions
/// in its time bucket.
fn lockstep_origins(many: &[Option<Vec<Dated>>]) -> Vec<(u64, u64, f32)> {
    let records = |name| {
        KindId::from_name(name)
            .and_then(|kind| many.get(usize::from(kind.0)))
            .and_then(Option::as_ref)
            .map_or(&[][..], Vec::as_slice)
    };
    let (lockstep, targets) = (records("lockstep"), records("target"));
    let mut buckets: std::collections::BTreeMap<u32, u32> = std::collections::BTreeMap::new();
    for record in lockstep {
        *buckets.entry(record.seconds / LOCKSTEP_SECONDS).or_default() += 1;
    }
    let mut origins = Vec::with_capacity(lockstep.len());
    let mut at = 0;
    for record in lockstep {
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
    origins
}

fn resolve_lockstep(columns: &[Column], origins: Vec<(u64, u64, f32)>) -> Vec<LockstepOrigin> {
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
fn strata(columns: &[Column], rows: usize) -> (Vec<u16>, usize) {
    let of = |name| KindId::from_name(name).map(|kind| &columns[usize::from(kind.0)]);
    let (country, client) = (of("country"), of("client"));
    let id = |column: Option<&Column>, row: usize, limit: u32| {
        column
            .and_then(|column| column.ids.get(row))
            .map_or(0, |id| if *id >= limit { 0 } else { *id })
    };
    let fine: Vec<u32> =
        (0..rows).map(|row| id(country, row, 1000) * 16 + id(client, row, 16)).collect();
    let mut counts = vec![0_u32; 16_000];
    for stratum in &fine {
        counts[*stratum as usize] += 1;
    }
    // Groups too small to compare within are pooled by client.
    let pooled: Vec<u32> = (0..16_000_u32)
        .map(|stratum| if counts[stratum as usize] >= STRATUM_MIN { stratum } else { stratum % 16 })
        .collect();
    let mut numbers = vec![u16::MAX; 16_000];
    let mut next = 0;
    let strata = fine
        .iter()
        .map(|stratum| {
            let number = &mut numbers[pooled[*stratum as usize] as usize];
            if *number == u16::MAX {
                *number = next;
                next += 1;
            }
            *number
        })
        .collect();
    (strata, usize::from(next).max(1))
}
