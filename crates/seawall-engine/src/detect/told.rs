//! What else is known of the accounts that are told of?

use std::collections::HashMap;

use seawall_core::selector::{Deriver, KindId};

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
    /// Takes those of some rows, in any order, from where all are.
    pub(crate) fn take(
        rows: impl Iterator<Item = u32>,
        aside: &Aside,
        details: Kept<Details>,
    ) -> Result<Self, Error> {
        let mut rows: Vec<u32> = rows.collect();
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

#[cfg(test)]
mod tests {
    use seawall_core::{
        event::EventType,
        selector::{Derive, value_hash},
    };

    use super::*;
    use crate::{
        accounts::{AccountTable, Batch, Budget, Observation},
        detect::Room,
    };

    /// Accounts of which every other one logs in, as often as its number says, and every third one acts.
    fn accounts() -> (Accounts, Details) {
        let (mut table, mut batch) = (AccountTable::new(Budget::unlimited()), Batch::default());
        for number in 0..40_u32 {
            let mut push = |seconds, event_type, step| {
                let account = u64::from(number) << 40 | 1;
                batch.push(Observation { account, seconds, event_type, trusted: None, step });
            };
            push(number * 60, EventType::Signup, 0);
            for again in 0..number * (number % 2) {
                push(number * 60 + again * 40_000, EventType::Login, 1);
            }
            if number % 3 == 0 {
                push(number * 60 + 100, EventType::Action, value_hash(2, "follow"));
            }
        }
        let values = batch.take_values();
        table.add(batch.observations(), values, None).expect("room");
        let (accounts, details, _) = table.finish();
        (accounts, details)
    }

    #[test]
    fn of_those_told_of_it_says_what_was_known_of_all() {
        let folder = tempfile::tempdir().expect("a folder");
        let kinds: Vec<KindId> = KindId::all()
            .filter(|kind| matches!(kind.kind().derive, Derive::Activity(_)))
            .collect();
        let chosen = [39, 4, 12, 39, 7, 21];
        for (memory_bytes, away) in [(0, true), (u64::MAX, false)] {
            let room = Room { memory_bytes, spill: folder.path().to_owned(), spill_bytes: 1 << 20 };
            let (accounts, details) = accounts();
            let aside = Aside::new(100, &room).expect("room");
            let kept = aside.put(details).expect("room");
            assert_eq!(kept.is_away(), away);
            let told = Told::take(chosen.into_iter(), &aside, kept).expect("as it was put");
            let (_, all) = self::accounts();
            for row in chosen.map(|row| row as usize) {
                assert_eq!(told.last_seen(row), all.last_seen[row]);
                assert_eq!(told.signup_at(row), all.signup_at[row]);
            }
            // Each account's own value, so that each text says whose it is.
            let values = |row: usize| kinds.iter().map(move |kind| (*kind, row as u64));
            let wanted = (0..40).map(|row| (accounts.hashes[row], values(row).collect())).collect();
            let mut texts = HashMap::new();
            for_each_activity(&accounts, 0..40, &all, |row, activity| {
                for (kind, value) in values(row).filter(|_| chosen.contains(&(row as u32))) {
                    let mut text = String::new();
                    if Deriver::activity_text(kind, activity, &mut text) {
                        texts.insert((kind, value), text);
                    }
                }
            });
            assert!(texts.len() > 5, "{texts:?}");
            assert_eq!(told.activity_words(&accounts, &wanted), texts);
        }
    }
}
