//! What will a detection take? A guess from the first events of the input, before the work begins.

use crate::{
    Error,
    accounts::{AccountTable, Budget},
    aside::goes,
    detect::{Knowledge, Room},
    ingest::{Extract, Extracts},
    read::{Progress, Source, read},
    resume::OBSERVATION_BYTES,
};

/// Events that are looked at.
const SAMPLE_EVENTS: u64 = 200_000;
/// What a detection holds whatever the input, and for each account while it is read and grouped, beside its values, and
/// then while it is judged: from peaks of the system's own count at 0.25, 1.05, 10.05 and 100.05 million accounts,
/// rounded up.
const BASE_BYTES: u64 = 300 << 20;
const READ_ACCOUNT_BYTES: u64 = 95;
const JUDGED_ACCOUNT_BYTES: u64 = 110;
/// What of that may be elsewhere for a while, of each account: while it is judged what that does not ask for, and while
/// others are grouped or shuffled what it shares.
const DETAIL_BYTES: u64 = 44;
const COLUMN_BYTES: u64 = 48;

/// What a detection will take, as far as its first events tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Bytes of the input, as they are stored.
    pub input_bytes: u64,
    /// Bytes of it that were looked at, and events in them.
    pub sampled_bytes: u64,
    /// Events that were looked at.
    pub sampled_events: u64,
    /// Events in all.
    pub events: u64,
    /// Accounts in all: at least and at most. They come back more often the longer a log is, so the first number is
    /// of signups alone.
    pub accounts: [u64; 2],
    /// Bytes of what events say of accounts: at least and at most.
    pub value_bytes: [u64; 2],
    /// All that is read is kept on the disk, so that the detection can go on after a stop.
    pub keeps: bool,
}

/// What of a plan does not fit in the room that is given, and what would.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortage {
    /// Memory: needed, given.
    Memory(u64, u64),
    /// Disk for what does not fit in memory: needed, given.
    Spill(u64, u64),
}

impl Plan {
    /// Makes a plan for a detection in `source`.
    ///
    /// One thread reads: what several leave out, because a signup has said it, depends on which of them is first.
    pub fn new(source: &Source, knowledge: &Knowledge) -> Result<Self, Error> {
        let mut table = AccountTable::new(Budget::unlimited());
        let extracts = Extracts::new(knowledge);
        let (mut last, mut enough) = (None, false);
        let mut taken = 0;
        let read = read(
            source,
            1,
            &|| extracts.take(),
            &mut |mut sink: Extract<'_>, _| {
                if taken >= SAMPLE_EVENTS {
                    enough = true;
                    // Any error ends the reading; this one is not told to anybody.
                    return Err(Error::NoEvents { rejected: 0 });
                }
                taken += sink.add_to(&mut table)?;
                extracts.put(sink);
                Ok(())
            },
            &mut |progress| last = Some(progress),
        );
        match read {
            Err(_) if enough => {}
            read => drop(read?),
        }
        let whole = Progress { bytes_done: 1, bytes_total: 1, events: 0 };
        Ok(Self::scaled(&table, last.unwrap_or(whole)))
    }

    fn scaled(table: &AccountTable, seen: Progress) -> Self {
        let scaled = |number: u64| {
            let all = u128::from(number) * u128::from(seen.bytes_total.max(1));
            u64::try_from(all / u128::from(seen.bytes_done.max(1))).unwrap_or(u64::MAX)
        };
        let (accounts, signups) = (table.len() as u64, table.signups());
        let values = table.value_bytes();
        // Of those that signed up before the log began there may be no more than were seen.
        let least = scaled(signups) + (accounts - signups);
        let by_signups = scaled(values).saturating_mul(signups) / seen.events.max(1);
        Self {
            input_bytes: seen.bytes_total,
            sampled_bytes: seen.bytes_done,
            sampled_events: seen.events,
            events: scaled(seen.events),
            accounts: [least, scaled(accounts).max(least)],
            value_bytes: [by_signups.max(values), scaled(values).max(values)],
            keeps: false,
        }
    }

    /// Bytes of memory that are needed at the peak: at least and at most, where so many are given.
    pub fn memory_bytes(&self, given_bytes: u64) -> [u64; 2] {
        let of = |end: usize| {
            let accounts = |bytes: u64| self.accounts[end].saturating_mul(bytes);
            let kept = self.value_bytes[end].min(given_bytes / Room::READ_SHARE);
            let read = accounts(READ_ACCOUNT_BYTES).saturating_add(kept);
            BASE_BYTES + read.max(accounts(JUDGED_ACCOUNT_BYTES))
        };
        [of(0), of(1)]
    }

    /// The least memory that would do, in bytes.
    fn least_memory_bytes(&self) -> u64 {
        let accounts = |bytes: u64| self.accounts[0].saturating_mul(bytes);
        let read = BASE_BYTES + accounts(READ_ACCOUNT_BYTES);
        // Values take their share whatever is given, if there are so many of them.
        let with_share = read.saturating_mul(Room::READ_SHARE) / (Room::READ_SHARE - 1) + 1;
        let read = with_share.min(read.saturating_add(self.value_bytes[0]));
        read.max(BASE_BYTES + accounts(JUDGED_ACCOUNT_BYTES))
    }

    /// Bytes that go to the disk where so much memory is given: at least and at most.
    pub fn spill_bytes(&self, given_bytes: u64) -> [u64; 2] {
        let of = |end: usize| {
            let values = self.value_bytes[end];
            let read = if self.keeps {
                values.saturating_add(self.events.saturating_mul(OBSERVATION_BYTES as u64))
            } else {
                values.saturating_sub(given_bytes / Room::READ_SHARE)
            };
            let [details, columns] = [DETAIL_BYTES, COLUMN_BYTES].map(|bytes| {
                let bytes = self.accounts[end].saturating_mul(bytes);
                if goes(bytes, given_bytes) { bytes } else { 0 }
            });
            // What was read is gone when shuffled columns stand in for those that were made of it.
            read.max(columns).saturating_add(details).saturating_add(columns)
        };
        [of(0), of(1)]
    }

    /// What does not fit even if the least is true.
    pub fn shortage(&self, room: &Room) -> Option<Shortage> {
        let needed = self.least_memory_bytes();
        if needed > room.memory_bytes {
            return Some(Shortage::Memory(needed, room.memory_bytes));
        }
        let needed = self.spill_bytes(room.memory_bytes)[0];
        (needed > room.spill_bytes).then_some(Shortage::Spill(needed, room.spill_bytes))
    }
}
