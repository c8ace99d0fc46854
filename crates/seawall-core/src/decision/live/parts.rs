//! What has to be kept of what has been seen, so that nothing of it has to be seen again?
//!
//! Parts of bounded size in an order of their own: the same state gives the same parts, byte for byte. Snapshot and
//! policies are not in them: whoever keeps the parts keeps which they were.

use serde::{Deserialize, Serialize};

use super::{Indicator, Live};
use crate::decision::{
    counter::Cell,
    known::Account,
    policy::{Budgets, Spent},
    provisional::{self, Provisional},
};

/// Selectors, accounts or indicators of a part.
const TOGETHER: usize = 1024;

/// A part of the state.
#[derive(Serialize, Deserialize)]
enum Part {
    /// Tracked selectors, each with its place and the hash of its value.
    Selectors(Vec<(u64, u64, Cell)>),
    /// Accounts, in the order of their coming.
    Accounts(Vec<(u64, Account)>),
    /// Indicators, ascending by value.
    Indicators(Vec<(u64, Indicator)>),
    /// What there is once.
    Rest {
        provisional: provisional::Kept,
        budgets: Vec<([u64; 2], i64, Spent)>,
        signups: u32,
        reviewed_at: u32,
    },
}

/// Bytes that are no part of a state of this program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a part of what was seen")]
pub struct NotAPart;

fn encode(part: &Part) -> Vec<u8> {
    postcard::to_allocvec(part).expect("a part is plain data in memory")
}

/// Cuts items into parts.
fn together<T>(
    items: impl Iterator<Item = T>,
    part: fn(Vec<T>) -> Part,
) -> impl Iterator<Item = Vec<u8>> {
    let mut items = items.peekable();
    std::iter::from_fn(move || {
        items.peek()?;
        Some(encode(&part(items.by_ref().take(TOGETHER).collect())))
    })
}

impl Live {
    /// What has to be kept, in parts.
    pub fn parts(&self) -> impl Iterator<Item = Vec<u8>> {
        let mut indicators: Vec<(u64, Indicator)> =
            self.indicators.iter().map(|(value, own)| (*value, own.clone())).collect();
        indicators.sort_unstable_by_key(|own| own.0);
        let rest = || {
            encode(&Part::Rest {
                provisional: self.provisional.kept(),
                budgets: self.budgets.kept(),
                signups: self.signups,
                reviewed_at: self.reviewed_at,
            })
        };
        let accounts = self.known.kept().map(|(account, own)| (account, own.clone()));
        together(self.counters.kept(), Part::Selectors)
            .chain(together(accounts, Part::Accounts))
            .chain(together(indicators.into_iter(), Part::Indicators))
            .chain(std::iter::once_with(rest))
    }

    /// Puts a part back into a state of the same limits that has seen nothing yet. After an error it is of no use.
    pub fn put(&mut self, part: &[u8]) -> Result<(), NotAPart> {
        let is_put = match postcard::from_bytes(part).map_err(|_| NotAPart)? {
            Part::Selectors(cells) => {
                cells.into_iter().all(|(place, value, cell)| self.counters.put(place, value, cell))
            }
            Part::Accounts(accounts) => {
                accounts.into_iter().all(|(account, own)| self.known.put(account, own))
            }
            Part::Indicators(indicators) => {
                self.indicators.extend(indicators);
                true
            }
            Part::Rest { provisional, budgets, signups, reviewed_at } => {
                (self.signups, self.reviewed_at) = (signups, reviewed_at);
                self.budgets = Budgets::from_kept(budgets);
                Provisional::from_kept(provisional).is_some_and(|kept| {
                    self.provisional = kept;
                    true
                })
            }
        };
        if is_put { Ok(()) } else { Err(NotAPart) }
    }
}
