//! Which accounts of earlier nights are looked at again tonight?
//!
//! All of them, unless a window is named. Then an account that nobody has heard of for so long leaves, but for members
//! of campaigns that something happened to within the window, and for a sample of the trusted: these stay as the history
//! that others are judged against, and a history says rates, which a sample says as well. It is the accounts with the
//! smallest mixed hashes, so that the sample of samples is a sample of all.

use std::collections::{BTreeMap, BTreeSet};

use seawall_core::campaign::lineage::Lineage;

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
        /// Members of campaigns of which something is in the window.
        members: BTreeSet<u64>,
        /// Trusted accounts up to this mixed hash stay.
        mixed_max: u64,
    },
}

impl Stay {
    pub(super) fn decide(
        keep: Keep,
        kept: &Kept,
        lineage: &Lineage,
        tonight: &AccountTable,
        threads: usize,
    ) -> Result<Self, Error> {
        let Some(days) = keep.window_days else { return Ok(Self::All) };
        let mut campaign_of: BTreeMap<u64, usize> = BTreeMap::new();
        for (number, line) in lineage.lines().iter().enumerate().filter(|(_, line)| line.alive) {
            campaign_of.extend(line.members.iter().map(|member| (*member, number)));
        }
        let mut newest: BTreeMap<usize, u32> = BTreeMap::new();
        let mut note = |account: u64, seconds: u32| {
            if let Some(campaign) = campaign_of.get(&account) {
                let own = newest.entry(*campaign).or_default();
                *own = seconds.max(*own);
            }
        };
        let mut last = tonight.last_seen().iter().copied().max().unwrap_or(0);
        for (account, seconds) in tonight.hashes().iter().zip(tonight.last_seen()) {
            note(*account, *seconds);
        }
        kept.for_each_facts(threads, |facts| {
            for (account, seconds) in facts.hashes.iter().zip(&facts.last_seen) {
                note(*account, *seconds);
                last = last.max(*seconds);
            }
            Ok(())
        })?;
        let from = last.saturating_sub(days.saturating_mul(DAY_SECONDS));
        let in_window =
            |member: &u64| newest.get(&campaign_of[member]).is_some_and(|own| *own >= from);
        let members: BTreeSet<u64> = campaign_of.keys().copied().filter(in_window).collect();
        let mut mixed: Vec<u64> = Vec::new();
        kept.for_each_facts(threads, |facts| {
            let older = (0..facts.hashes.len()).filter(|at| {
                facts.is_trusted(*at)
                    && facts.last_seen[*at] < from
                    && !members.contains(&facts.hashes[*at])
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
                    || members.contains(&account)
                    || facts.is_trusted(at) && mix(account) <= *mixed_max
            }
        }
    }
}

/// An order of accounts that has nothing to do with any other (the finisher of `SplitMix64`).
fn mix(account: u64) -> u64 {
    let z = (account ^ (account >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
