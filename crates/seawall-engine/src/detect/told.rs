//! What else is known of the accounts that are told of?

use std::collections::HashMap;

use seawall_core::selector::{Deriver, KindId};

use super::candidate::Candidate;
use crate::{
    Error,
    accounts::{Accounts, Details},
    aside::{Aside, Kept},
    ingest::for_each_activity,
};

/// Details of the accounts that are told of, and of no others.
pub(crate) struct Told {
    /// Their rows, ascending.
    rows: Vec<u32>,
    details: Details,
}

impl Told {
    /// Takes those of the members of candidates from where all are.
    pub(crate) fn take<'c>(
        candidates: impl Iterator<Item = &'c Candidate>,
        aside: &Aside,
        details: Kept<Details>,
    ) -> Result<Self, Error> {
        let mut rows: Vec<u32> = candidates.flat_map(Candidate::rows).collect();
        rows.sort_unstable();
        rows.dedup();
        let details = aside.take_part(details, |stretch| stretch.keep_rows(&rows))?;
        Ok(Self { rows, details })
    }

    fn at(&self, row: usize) -> usize {
        self.rows.binary_search(&(row as u32)).expect("it is told of")
    }

    /// Last event of an account, seconds since 1990.
    pub(crate) fn last_seen(&self, row: usize) -> u32 {
        self.details.last_seen[self.at(row)]
    }

    /// Its signup, seconds since 1990, `u32::MAX` where the input has none.
    pub(crate) fn signup_at(&self, row: usize) -> u32 {
        self.details.signup_at[self.at(row)]
    }

    /// Texts of the wanted values that come from activity, from the accounts, by hash, that carry them.
    pub(crate) fn activity_words(
        &self,
        accounts: &Accounts,
        wanted: &HashMap<u64, Vec<(KindId, u64)>>,
    ) -> HashMap<(KindId, u64), String> {
        let mut words = HashMap::new();
        let mut text = String::new();
        let rows = self.rows.iter().map(|row| *row as usize);
        for_each_activity(accounts, rows, &self.details, |row, activity| {
            let Some(values) = wanted.get(&accounts.hashes[row]) else { return };
            for (kind, value) in values {
                if Deriver::activity_text(*kind, activity, &mut text) {
                    words.insert((*kind, *value), text.clone());
                }
            }
        });
        words
    }
}
