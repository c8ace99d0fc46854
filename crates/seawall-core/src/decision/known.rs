//! What is known of each account, in bounded memory?

use std::collections::VecDeque;

use hashbrown::{HashMap, hash_map::Entry};
use serde::{Deserialize, Serialize};

use super::record::Challenged;
use crate::selector::{Derive, KindId, KindSet, registry::KINDS};

/// Values of the kinds with several that are kept of an account: as many as the batch keeps.
const MANY_MAX: usize = 16;

/// What an account showed so far.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// First event, in seconds since the Unix epoch.
    pub first_seen: u32,
    /// Events so far.
    pub events: u32,
    /// The site's own word.
    pub trusted: bool,
    /// How it did in challenges.
    pub challenged: Challenged,
    /// Kinds with one value that it has shown.
    kinds: KindSet,
    /// Their values, in the order of kinds.
    values: Vec<u64>,
    /// Values of the kinds with several, in the order of their coming.
    many: Vec<(KindId, u64)>,
}

impl Account {
    /// Kinds that it need not be asked for any more.
    pub const fn settled(&self) -> KindSet {
        self.kinds
    }

    /// Makes room for so many values, and no more: there are millions of accounts, most of which show all at once.
    pub fn reserve(&mut self, values: usize) {
        self.values.reserve_exact(values);
    }

    /// Takes in a value; `false` where it is none that the account shows for the first time.
    pub fn add(&mut self, kind: KindId, value: u64) -> bool {
        if matches!(kind.kind().derive, Derive::Action(_)) {
            let own = self.many.iter().filter(|entry| entry.0 == kind);
            if self.many.contains(&(kind, value)) || own.count() >= MANY_MAX {
                return false;
            }
            self.many.push((kind, value));
            return true;
        }
        if self.kinds.contains(kind) {
            return false;
        }
        self.values.insert(self.place(kind), value);
        self.kinds.insert(kind);
        true
    }

    /// Whether it can have come about: what is read back is not taken on trust.
    fn is_sound(&self) -> bool {
        let known = |kind: &KindId| usize::from(kind.0) < KINDS.len();
        self.kinds.kinds().all(|kind| known(&kind))
            && self.kinds.kinds().count() == self.values.len()
            && self.many.len() <= KINDS.len() * MANY_MAX
            && self.many.iter().all(|(kind, _)| known(kind))
    }

    /// All its values, in the order of kinds.
    pub fn values(&self) -> Vec<(KindId, u64)> {
        let mut values: Vec<(KindId, u64)> = self.shown().collect();
        values.sort_unstable();
        values
    }

    /// The same in no order that means anything, where there are many accounts to go through.
    pub fn shown(&self) -> impl Iterator<Item = (KindId, u64)> {
        self.kinds.kinds().zip(self.values.iter().copied()).chain(self.many.iter().copied())
    }

    /// Its value of a kind that has one at most.
    pub fn one(&self, kind: KindId) -> Option<u64> {
        self.kinds.contains(kind).then(|| self.values[self.place(kind)])
    }

    /// Its values of a kind.
    pub fn of_kind(&self, kind: KindId) -> impl Iterator<Item = u64> {
        let several = self.many.iter().filter(move |entry| entry.0 == kind);
        self.one(kind).into_iter().chain(several.map(|entry| entry.1))
    }

    /// Where the value of a kind is among those of which there is one.
    fn place(&self, kind: KindId) -> usize {
        let before = self.kinds.bits() & ((1 << kind.0) - 1);
        before.count_ones() as usize
    }
}

/// The accounts that came last.
#[derive(Clone, Debug)]
pub struct Known {
    accounts: HashMap<u64, Account>,
    order: VecDeque<u64>,
    accounts_max: usize,
}

impl Known {
    /// Keeps `accounts_max` accounts, a few hundred bytes each: whoever came first leaves first.
    pub fn new(accounts_max: usize) -> Self {
        Self { accounts: HashMap::new(), order: VecDeque::new(), accounts_max: accounts_max.max(1) }
    }

    /// Accounts that are kept.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether none is kept.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// All accounts, whoever came first before the others.
    pub fn kept(&self) -> impl Iterator<Item = (u64, &Account)> {
        self.order.iter().filter_map(|account| Some((*account, self.accounts.get(account)?)))
    }

    /// The last accounts to come, at most so many, the latest first.
    pub fn latest(&self, accounts_max: usize) -> impl Iterator<Item = &Account> {
        let latest = self.order.iter().rev().take(accounts_max);
        latest.filter_map(|account| self.accounts.get(account))
    }

    /// Puts an account back, behind those that are there; `false` where it cannot have been.
    pub fn put(&mut self, account: u64, own: Account) -> bool {
        let is_new = self.order.len() < self.accounts_max && own.is_sound();
        let is_new = is_new && self.accounts.insert(account, own).is_none();
        if is_new {
            self.order.push_back(account);
        }
        is_new
    }

    /// An account, as far as it is known.
    pub fn get(&self, account: u64) -> Option<&Account> {
        self.accounts.get(&account)
    }

    /// An account, which is known from now on.
    pub fn meet(&mut self, account: u64, second: u32) -> &mut Account {
        if self.order.len() >= self.accounts_max
            && !self.accounts.contains_key(&account)
            && let Some(first) = self.order.pop_front()
        {
            self.accounts.remove(&first);
        }
        match self.accounts.entry(account) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(room) => {
                self.order.push_back(account);
                room.insert(Account { first_seen: second, ..Account::default() })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_shows_a_value_once() {
        let kind = |name| KindId::from_name(name).expect("a kind");
        let mut account = Account::default();
        assert!(account.add(kind("ja4"), 5));
        assert!(account.add(kind("ip"), 4));
        assert!(!account.add(kind("ip"), 9));
        assert!(account.add(kind("target"), 8));
        assert!(!account.add(kind("target"), 8));
        assert!(account.add(kind("target"), 7));
        let values = account.values();
        assert_eq!(
            values,
            [(kind("ip"), 4), (kind("ja4"), 5), (kind("target"), 7), (kind("target"), 8)]
        );
        let of_kind = |name| account.of_kind(kind(name)).collect::<Vec<_>>();
        assert_eq!(of_kind("ja4"), [5]);
        assert_eq!(account.one(kind("ja4")), Some(5));
        assert_eq!(of_kind("target"), [8, 7]);
        assert!(of_kind("device_id").is_empty());
    }

    #[test]
    fn the_first_to_come_leaves_first() {
        let mut known = Known::new(2);
        for account in [1, 2, 1, 3] {
            known.meet(account, 0).events += 1;
        }
        assert!(known.get(1).is_none());
        assert!(known.get(2).is_some() && known.get(3).is_some());
        assert_eq!(known.len(), 2);
    }
}
