//! Which accounts of earlier nights are looked at again tonight?
//!
//! All of them, unless a window is named. Then an account that nobody has heard of for so long leaves, but for those of
//! clusters, reported or not, that something happened to within the window, and for a sample of the trusted: these stay as the history
//! that others are judged against, and a history says rates, which a sample says as well. It is the accounts with the
//! smallest mixed hashes, so that the sample of samples is a sample of all.

use super::columns::Kept;
use crate::{
    Error,
    accounts::{AccountTable, Facts},
};

const DAY_SECONDS: u32 = 86_400;

/// What is kept of earlier nights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Keep {
    /// Days without an event after which an account leaves; `None`: never.
    pub window_days: Option<u32>,
    /// Trusted accounts that stay beyond them.
    pub history_accounts: usize,
}

impl Keep {
    /// Everything: a night then finds what a detection in all events finds.
    pub const ALL: Self = Self { window_days: None, history_accounts: 0 };
}

/// Who stays, decided from what is kept and from tonight's events.
pub(super) enum Stay {
    All,
    Some {
        /// Second from which an account is in the window.
        from: u32,
        /// Accounts of clusters of which something is in the window, ascending.
        members: Vec<u64>,
        /// Trusted accounts up to this mixed hash stay.
        mixed_max: u64,
    },
}

impl Stay {
    pub(super) fn decide(
        keep: Keep,
        kept: &Kept,
        clusters: &[Vec<u64>],
        tonight: &AccountTable,
        threads: usize,
    ) -> Result<Self, Error> {
        let Some(days) = keep.window_days else { return Ok(Self::All) };
        let mut clusters = Clusters::new(clusters);
        let mut last = 0;
        let mut note = |accounts: &[u64], seen: &[u32]| {
            for (account, seconds) in accounts.iter().zip(seen) {
                clusters.note(*account, *seconds);
                last = last.max(*seconds);
            }
        };
        note(tonight.hashes(), tonight.last_seen());
        kept.for_each_facts(threads, |facts| {
            note(&facts.hashes, &facts.last_seen);
            Ok(())
        })?;
        let from = last.saturating_sub(days.saturating_mul(DAY_SECONDS));
        let members = clusters.members_from(from);
        let mut mixed: Vec<u64> = Vec::new();
        kept.for_each_facts(threads, |facts| {
            let older = (0..facts.hashes.len()).filter(|at| {
                facts.is_trusted(*at)
                    && facts.last_seen[*at] < from
                    && members.binary_search(&facts.hashes[*at]).is_err()
            });
            mixed.extend(older.map(|at| mix(facts.hashes[at])));
            Ok(())
        })?;
        let mixed_max = match keep.history_accounts {
            0 => 0,
            count if count >= mixed.len() => u64::MAX,
            count => *mixed.select_nth_unstable(count - 1).1,
        };
        Ok(Self::Some { from, members, mixed_max })
    }

    /// Whether an account of a chunk stays, though nothing is heard of it tonight.
    pub(super) fn stays(&self, facts: &Facts, at: usize) -> bool {
        match self {
            Self::All => true,
            Self::Some { from, members, mixed_max } => {
                let account = facts.hashes[at];
                facts.last_seen[at] >= *from
                    || members.binary_search(&account).is_ok()
                    || facts.is_trusted(at) && mix(account) <= *mixed_max
            }
        }
    }
}

/// Clusters of last night, and when each was last heard of.
struct Clusters {
    /// (account, cluster), ascending.
    accounts: Vec<(u64, u32)>,
    /// For each cluster, the last second that one of its accounts was seen at.
    last_seen: Vec<u32>,
}

impl Clusters {
    fn new(clusters: &[Vec<u64>]) -> Self {
        let of = |(cluster, accounts): (u32, &Vec<u64>)| {
            accounts.iter().map(|account| (*account, cluster)).collect::<Vec<_>>()
        };
        let mut accounts: Vec<(u64, u32)> = (0..).zip(clusters).flat_map(of).collect();
        accounts.sort_unstable();
        Self { accounts, last_seen: vec![0; clusters.len()] }
    }

    fn note(&mut self, account: u64, seconds: u32) {
        let start = self.accounts.partition_point(|entry| entry.0 < account);
        for (_, cluster) in self.accounts[start..].iter().take_while(|entry| entry.0 == account) {
            let own = &mut self.last_seen[*cluster as usize];
            *own = seconds.max(*own);
        }
    }

    /// Accounts of clusters that were heard of from a second on, ascending.
    fn members_from(&self, from: u32) -> Vec<u64> {
        let heard_of = |entry: &&(u64, u32)| self.last_seen[entry.1 as usize] >= from;
        self.accounts.iter().filter(heard_of).map(|entry| entry.0).collect()
    }
}

/// An order of accounts that has nothing to do with any other (the finisher of `SplitMix64`).
fn mix(account: u64) -> u64 {
    let z = (account ^ (account >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
