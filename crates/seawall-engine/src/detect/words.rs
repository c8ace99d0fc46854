//! What do the numbers stand for? The second reading of the input, for what people get to see.
//!
//! Detection works on hashes. Only for what is reported are the texts of selectors and the ids of
//! accounts looked up, from the events of the few accounts that carry them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use seawall_core::{
    event::Event,
    selector::{Deriver, KindId, KindSet, account_hash},
};

use crate::{
    Error,
    accounts::HashedMap,
    ingest::Knowledge,
    read::{Progress, Sink, Source, Spare, read},
};

/// What to look up.
#[derive(Clone, Debug, Default)]
pub(crate) struct Wanted {
    /// Hashes of accounts whose id is wanted.
    pub(crate) accounts: BTreeSet<u64>,
    /// For each account to look at, the values whose text is wanted.
    pub(crate) values: HashMap<u64, Vec<(KindId, u64)>>,
}

/// What was found.
#[derive(Clone, Debug, Default)]
pub(crate) struct Words {
    /// Id by hash.
    pub(crate) accounts: HashMap<u64, String>,
    /// Text by kind and hash.
    pub(crate) values: BTreeMap<(KindId, u64), String>,
    /// The same for values whose text is kept as people get to see it.
    pub(crate) shown: BTreeMap<(KindId, u64), String>,
}

/// What is wanted of one account.
#[derive(Default)]
pub(crate) struct OfAccount<'a> {
    id: bool,
    kinds: KindSet,
    values: &'a [(KindId, u64)],
}

/// All that is wanted, by account: it is asked for each event.
pub(crate) fn by_account(wanted: &Wanted) -> HashedMap<OfAccount<'_>> {
    let mut by_account: HashedMap<OfAccount<'_>> = HashedMap::default();
    for account in &wanted.accounts {
        by_account.entry(*account).or_default().id = true;
    }
    #[expect(clippy::iter_over_hash_type, reason = "each entry is put in its own place")]
    for (account, values) in &wanted.values {
        let entry = by_account.entry(*account).or_default();
        entry.values = values;
        for (kind, _) in values {
            entry.kinds.insert(*kind);
        }
    }
    by_account
}

pub(crate) struct Lookup<'a> {
    wanted: &'a HashedMap<OfAccount<'a>>,
    knowledge: &'a Knowledge,
    pub(crate) deriver: Deriver,
    pub(crate) found: Words,
    text: String,
}

impl<'a> Lookup<'a> {
    pub(crate) fn new(
        wanted: &'a HashedMap<OfAccount<'a>>,
        knowledge: &'a Knowledge,
        deriver: Deriver,
    ) -> Self {
        Self { wanted, knowledge, deriver, found: Words::default(), text: String::new() }
    }
}

impl Sink for Lookup<'_> {
    fn event(&mut self, event: &Event<'_>) {
        // Where the account was not to be had before the event was read.
        if !self.wants(event.account) {
            return;
        }
        let Some(wanted) = self.wanted.get(&account_hash(event.account)) else { return };
        let event = &*self.knowledge.places.complete(event);
        let lists = &self.knowledge.lists;
        let mut have: Vec<(KindId, u64)> = Vec::new();
        self.deriver.derive_wanted(event, lists, wanted.kinds, |kind, value| {
            if wanted.values.contains(&(kind, value)) {
                have.push((kind, value));
            }
        });
        for (kind, value) in have {
            if !self.found.values.contains_key(&(kind, value))
                && self.deriver.text(kind, event, lists, &mut self.text)
            {
                self.found.values.insert((kind, value), self.text.clone());
            }
        }
    }

    fn selective(&self) -> bool {
        true
    }

    /// The id is all that is wanted of most accounts, and here it is.
    fn wants(&mut self, account: &str) -> bool {
        let hash = account_hash(account);
        let Some(wanted) = self.wanted.get(&hash) else { return false };
        if wanted.id {
            self.found.accounts.entry(hash).or_insert_with(|| account.to_owned());
        }
        !wanted.values.is_empty()
    }
}

/// Reads the source again and looks up what is wanted.
pub(crate) fn look_up(
    source: &Source,
    knowledge: &Knowledge,
    threads: usize,
    wanted: &Wanted,
    progress: &mut dyn FnMut(Progress),
) -> Result<Words, Error> {
    let mut words = Words::default();
    if wanted.accounts.is_empty() && wanted.values.is_empty() {
        return Ok(words);
    }
    let wanted = &by_account(wanted);
    let derivers = Spare::default();
    let new_sink = || Lookup::new(wanted, knowledge, derivers.take().unwrap_or_default());
    let mut finish = |sink: Lookup<'_>, _| {
        words.accounts.extend(sink.found.accounts);
        words.values.extend(sink.found.values);
        derivers.put(sink.deriver);
        Ok(())
    };
    read(source, threads, &new_sink, &mut finish, progress)?;
    Ok(words)
}
