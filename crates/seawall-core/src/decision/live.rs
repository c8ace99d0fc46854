//! What has been seen up to now?
//!
//! A fold over events in the order of the journal. The same events from the same start give the same state, so a server
//! that comes back reads its journal and goes on as if it had never been away.

mod parts;

use std::{collections::HashMap, sync::Arc};

use serde::{Deserialize, Serialize};

pub use parts::NotAPart;

use super::{
    burst,
    counter::{CELL_BYTES, Counters},
    exposed::Loaded,
    grounds::{Grounds, Weighed, weigh},
    known::Known,
    policy::{Budgets, Policy, Spent},
    provisional::Provisional,
    record::{EVENT_TYPES, Inputs, Measured, Observed, Record, exposed},
    review::review,
    scored::Ready,
};
use crate::{
    event::{ChallengeOutcome, Event, EventType},
    selector::{
        Deriver, KindId, KindSet, Lists, Role, account_hash, kind_seed, registry::KINDS, value_hash,
    },
};

/// How far ahead of the moment it came an event's time may be: clocks differ by so much.
const AHEAD_SECONDS_MAX: i64 = 300;
/// Seconds between two reviews, where nothing has doubled; and where something has.
const REVIEW_EVERY_SECONDS: u32 = 3600;
const REVIEW_SOONEST_SECONDS: u32 = 60;
/// Indicators that are kept at most.
const INDICATORS_MAX: usize = 10_000_000;

/// How much is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Selectors that are tracked, [`CELL_BYTES`] each.
    pub selectors_max: usize,
    /// Accounts that are known, a few hundred bytes each.
    pub accounts_max: usize,
    /// Decides which selectors are kept side by side; nobody outside may know it.
    pub secret: u64,
}

impl Limits {
    /// Bytes that tracked selectors take, whatever comes.
    pub const fn selector_bytes(&self) -> usize {
        self.selectors_max.next_power_of_two() * CELL_BYTES
    }
}

/// Somebody named a value as an operation's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Indicator {
    /// Its id.
    pub id: String,
    /// Second from which it no longer holds, since the Unix epoch.
    pub valid_until: i64,
}

/// An event that was taken in, for a decision about it.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What a decision depends on.
    pub inputs: Inputs,
    /// The snapshot that counted then, and what the account was weighed to by it, where it had to be.
    loaded: Arc<Loaded>,
    weighed: Option<Weighed>,
}

/// What has been seen.
pub struct Live {
    loaded: Arc<Loaded>,
    policy: Arc<Policy>,
    model: Option<Arc<Ready>>,
    /// A policy that some accounts are judged by already, and how many of a thousand.
    staged: Option<(Arc<Policy>, u16)>,
    counters: Counters,
    known: Known,
    provisional: Provisional,
    budgets: Budgets,
    indicators: HashMap<u64, Indicator>,
    deriver: Deriver,
    lists: Arc<Lists>,
    /// Signups so far.
    signups: u32,
    /// Second of the last review.
    reviewed_at: u32,
    country: Option<KindId>,
    client: Option<KindId>,
}

impl Live {
    /// Nothing seen yet.
    pub fn new(
        loaded: Arc<Loaded>,
        policy: Arc<Policy>,
        lists: Arc<Lists>,
        limits: Limits,
    ) -> Self {
        Self {
            loaded,
            policy,
            model: None,
            staged: None,
            counters: Counters::new(limits.selectors_max, limits.secret),
            known: Known::new(limits.accounts_max),
            provisional: Provisional::default(),
            budgets: Budgets::default(),
            indicators: HashMap::new(),
            deriver: Deriver::new(),
            lists,
            signups: 0,
            reviewed_at: 0,
            country: KindId::from_name("country"),
            client: KindId::from_name("client"),
        }
    }

    /// From now on another snapshot counts. What was in the making is in it, or was nothing.
    pub fn set_snapshot(&mut self, loaded: Arc<Loaded>) {
        self.loaded = loaded;
        self.provisional = Provisional::default();
    }

    /// From now on another policy counts: for `per_mille` of a thousand accounts, or for all.
    pub fn set_policy(&mut self, policy: Arc<Policy>, per_mille: u16) {
        self.staged = None;
        if per_mille >= 1000 {
            self.policy = policy;
        } else {
            self.staged = Some((policy, per_mille));
        }
    }

    /// From now on other lists count.
    pub fn set_lists(&mut self, lists: Arc<Lists>) {
        self.lists = lists;
        // It remembers what followed from the lists before.
        self.deriver = Deriver::new();
    }

    /// From now on another account model is asked, or none.
    pub fn set_model(&mut self, model: Option<Arc<Ready>>) {
        self.model = model;
    }

    /// The account model that is asked.
    pub const fn model(&self) -> Option<&Arc<Ready>> {
        self.model.as_ref()
    }

    /// The policy that an account is judged by.
    fn policy_of(&self, account: u64) -> Arc<Policy> {
        let staged = self.staged.as_ref().filter(|(_, share)| account % 1000 < u64::from(*share));
        Arc::clone(staged.map_or(&self.policy, |(policy, _)| policy))
    }

    /// Adds an indicator, in place of one for the same value. `false` where there are too many, or no such kind.
    pub fn add_indicator(&mut self, kind: &str, text: &str, indicator: Indicator) -> bool {
        let Some(kind) = KindId::from_name(kind) else { return false };
        let value = value_hash(kind_seed(kind.kind()), text);
        if self.indicators.len() >= INDICATORS_MAX && !self.indicators.contains_key(&value) {
            return false;
        }
        self.indicators.insert(value, indicator);
        true
    }

    /// The snapshot that counts.
    pub const fn loaded(&self) -> &Arc<Loaded> {
        &self.loaded
    }

    /// The policy that counts.
    pub const fn policy(&self) -> &Arc<Policy> {
        &self.policy
    }

    /// The policy that some accounts are judged by already, and how many of a thousand.
    pub fn staged(&self) -> Option<(&Arc<Policy>, u16)> {
        self.staged.as_ref().map(|(policy, per_mille)| (policy, *per_mille))
    }

    /// Selectors tracked, accounts known, selectors in provisional campaigns, signups.
    pub fn sizes(&self) -> [u64; 4] {
        let tracked = self.counters.tracked() as u64;
        [tracked, self.known.len() as u64, self.provisional.nodes() as u64, u64::from(self.signups)]
    }

    /// Takes in an event, and returns what a decision about it depends on. `received_at` is when it came, in seconds since
    /// the Unix epoch: a clock that is far ahead must not age what is counted.
    pub fn observe(&mut self, event: &Event<'_>, sequence: u64, received_at: i64) -> Seen {
        let seconds = event.time.seconds().min(received_at + AHEAD_SECONDS_MAX);
        let second = u32::try_from(seconds.max(0)).unwrap_or(u32::MAX);
        self.review(second);
        self.signups += u32::from(event.event_type == EventType::Signup);
        let account = account_hash(event.account);
        let fresh = self.take_in(event, account, second);
        self.counters.fetch(fresh.iter().map(|(_, value)| *value));
        for (kind, value) in &fresh {
            self.count(*kind, *value, second);
        }
        let own = self.known.meet(account, second);
        let values = own.values();
        let (age_seconds, events, trusted) =
            (second.saturating_sub(own.first_seen), own.events, own.trusted);
        let challenged = own.challenged;
        let (selectors, exposures) = self.observed(&values, second);
        let one = |kind: Option<KindId>| {
            let found = kind.and_then(|kind| values.iter().find(|value| value.0 == kind));
            found.map_or(0, |value| value.1)
        };
        let stratum = [one(self.country), one(self.client)];
        let (alarmed, weighed) = self.alarmed(&selectors, stratum);
        let is_new = alarmed.iter().any(|own| fresh.contains(own));
        let provisional = (alarmed.len() > 1)
            .then(|| self.provisional.observe(&alarmed, is_new, &self.counters, self.signups))
            .flatten();
        let mut indicators: Vec<String> = Vec::new();
        if !self.indicators.is_empty() {
            let held = values.iter().filter_map(|(_, value)| self.indicators.get(value));
            indicators.extend(held.filter(|i| seconds < i.valid_until).map(|i| i.id.clone()));
        }
        let number = EVENT_TYPES.iter().position(|known| known.0 == event.event_type);
        let inputs = Inputs {
            sequence,
            time: event.time.milliseconds(),
            event_type: number.unwrap_or(0) as u8,
            country: event.country.map(crate::event::Country::bytes),
            account,
            age_seconds,
            events,
            trusted,
            selectors,
            stratum,
            provisional,
            indicators,
            spent: Spent::default(),
            measured: Measured { exposures, challenged },
        };
        Seen { inputs, loaded: Arc::clone(&self.loaded), weighed }
    }

    /// Selectors that raised an alarm. Where the account belongs to a campaign that is known, what points to known ones makes
    /// no new one; elsewhere it may be what two operations have in common. What the account was weighed to for that, too:
    /// one selector alone makes nothing, so nobody is weighed for it.
    fn alarmed(
        &self,
        selectors: &[Observed],
        stratum: [u64; 2],
    ) -> (Vec<(KindId, u64)>, Option<Weighed>) {
        let alarmed = selectors.iter().filter(|own| own.alarmed);
        let mut alarmed: Vec<(KindId, u64)> =
            alarmed.map(|own| (KindId(own.kind), own.value)).collect();
        let is_telling = |own: &(KindId, u64)| self.loaded.is_telling(own.1);
        if alarmed.len() < 2 || !alarmed.iter().any(is_telling) {
            return (alarmed, None);
        }
        let weighed = weigh(&self.loaded, &exposed(&self.loaded, selectors, stratum));
        if weighed.is_member() {
            alarmed.retain(|own| !is_telling(own));
        }
        (alarmed, Some(weighed))
    }

    /// Reviews provisional campaigns where it is time: what an innocent explanation accounts for is excused.
    fn review(&mut self, second: u32) {
        let passed = second.saturating_sub(self.reviewed_at);
        let is_due = passed >= REVIEW_EVERY_SECONDS
            || (self.provisional.is_due() && passed >= REVIEW_SOONEST_SECONDS);
        if !is_due {
            return;
        }
        self.reviewed_at = second;
        if self.provisional.nodes() > 0 {
            self.provisional.begin_review();
            review(&mut self.provisional, &self.known, &self.loaded.snapshot);
        }
    }

    /// Provisional campaigns that an innocent explanation accounts for.
    pub fn excused(&self) -> u64 {
        self.provisional.excused() as u64
    }

    /// Decides about what was just observed, and counts the answer.
    pub fn decide(&mut self, seen: Seen) -> Record {
        let Seen { mut inputs, loaded, weighed } = seen;
        let grounds = match weighed {
            Some(weighed) => Grounds::of(&loaded, &inputs, weighed),
            None => Grounds::find(&loaded, &inputs),
        };
        let (stratum, seconds) = (inputs.stratum, inputs.time.div_euclid(1000));
        let policy = self.policy_of(inputs.account);
        inputs.spent = self.budgets.spent(stratum, seconds, policy.budget());
        let record = Record::make(&loaded, &policy, self.model.as_deref(), inputs, grounds);
        self.budgets.spend(stratum, seconds, policy.budget(), record.decision.decision);
        record
    }

    /// Adds to what is known of the account; returns what it shows for the first time.
    fn take_in(&mut self, event: &Event<'_>, account: u64, second: u32) -> Vec<(KindId, u64)> {
        let own = self.known.meet(account, second);
        own.events = own.events.saturating_add(1);
        if let Some(trusted) = event.trusted {
            own.trusted = trusted;
        }
        let challenged = &mut own.challenged;
        challenged.milliseconds = event.challenge_milliseconds.or(challenged.milliseconds);
        challenged.attempts = event.challenge_attempts.or(challenged.attempts);
        let failed = event.challenge_outcome.is_some_and(|how| how != ChallengeOutcome::Passed);
        challenged.failed = challenged.failed.saturating_add(u32::from(failed));
        let mut shown = Vec::with_capacity(KINDS.len());
        let wanted = KindSet::ALL.without(own.settled());
        self.deriver.derive_wanted(event, &self.lists, wanted, |kind, value| {
            shown.push((kind, value));
        });
        own.reserve(shown.len());
        shown.retain(|(kind, value)| own.add(*kind, *value));
        shown
    }

    fn count(&mut self, kind: KindId, value: u64, second: u32) {
        let info = &KINDS[usize::from(kind.0)];
        if info.role == Role::Stratum {
            return;
        }
        let snapshot = &self.loaded.snapshot;
        let cell = self.counters.count(value, second, self.signups);
        let baseline = &snapshot.baselines[usize::from(kind.0)];
        burst::update(cell, info, baseline, snapshot.rate(kind, value), self.signups);
    }

    /// What is counted of each selector, and the site's signups since it is tracked, its first account's own among them.
    fn observed(&self, values: &[(KindId, u64)], second: u32) -> (Vec<Observed>, Vec<u32>) {
        let observed = |(kind, value): &(KindId, u64)| {
            let cell = self.counters.get(*value);
            let exposure = cell.map_or(0, |cell| self.signups.saturating_sub(cell.signups[0]) + 1);
            let cell = cell.copied().unwrap_or_default();
            let observed = Observed {
                kind: kind.0,
                value: *value,
                accounts: cell.accounts,
                counts: cell.counts_at(second),
                jumps: cell.jumps,
                alarmed: cell.alarmed,
            };
            (observed, exposure)
        };
        values.iter().map(observed).unzip()
    }
}
