//! What do the numbers stand for? The second reading of the input, for what people get to see.
//!
//! Detection works on hashes. Only for what is reported are the texts of selectors and the ids of
//! accounts looked up, from the events of the few accounts that carry them.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use seawall_core::{
    event::Event,
    selector::{Deriver, KindId},
};

use crate::{
    Error,
    ingest::{Knowledge, account_hash},
    read::{Progress, Sink, Source, read},
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
}

struct Lookup<'a> {
    wanted: &'a Wanted,
    knowledge: &'a Knowledge,
    deriver: Deriver,
    found: Words,
    text: String,
}

impl Sink for Lookup<'_> {
    fn event(&mut self, event: &Event<'_>) {
        let account = account_hash(event.account);
        if self.wanted.accounts.contains(&account) && !self.found.accounts.contains_key(&account) {
            self.found.accounts.insert(account, event.account.to_owned());
        }
        let Some(values) = self.wanted.values.get(&account) else { return };
        let event = &self.knowledge.places.complete(event);
        let lists = &self.knowledge.lists;
        let mut have: Vec<(KindId, u64)> = Vec::new();
        self.deriver.derive_all(event, lists, |kind, value| {
            if values.contains(&(kind, value)) {
                have.push((kind, value));
            }
        });
        for (kind, value) in have {
            self.text.clear();
            if !self.found.values.contains_key(&(kind, value))
                && self.deriver.text(kind, event, lists, &mut self.text)
            {
                self.found.values.insert((kind, value), self.text.clone());
            }
        }
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
    let new_sink = || Lookup {
        wanted,
        knowledge,
        deriver: Deriver::default(),
        found: Words::default(),
        text: String::new(),
    };
    let mut finish = |sink: Lookup<'_>, _| {
        words.accounts.extend(sink.found.accounts);
        words.values.extend(sink.found.values);
    };
    read(source, threads, &new_sink, &mut finish, progress)?;
    Ok(words)
}
