//! Which selectors does this event, or this account's activity, expose?

use super::{
    Activity, Derive, KindId, Lists, Stratum, kind_seed, registry,
    subject::{Subject, Workspace},
    value_hash,
};
use crate::event::{Event, EventType};

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KindSet(u64);

impl KindSet {
    /// No kind.
    pub const EMPTY: Self = Self(0);
    /// Every kind.
    pub const ALL: Self = Self(u64::MAX);

    /// Adds a kind.
    pub fn insert(&mut self, kind: KindId) {
        self.0 |= 1 << kind.0;
    }

    /// Takes a kind out.
    pub fn remove(&mut self, kind: KindId) {
        self.0 &= !(1 << kind.0);
    }

    /// Whether a kind is in it.
    pub const fn contains(self, kind: KindId) -> bool {
        self.0 >> kind.0 & 1 == 1
    }
}

/// Derives selectors. Keep one for each thread: it remembers what texts that recur consist of, and
/// keeps its buffers. What it derives never depends on what it derived before.
pub struct Deriver {
    workspace: Workspace,
    text: String,
    seeds: Vec<u64>,
    of_events: Vec<KindId>,
    of_actions: Vec<KindId>,
    of_activity: Vec<KindId>,
}

impl Default for Deriver {
    fn default() -> Self {
        Self::new()
    }
}

impl Deriver {
    /// One with nothing remembered yet: about 1 MiB, at most 20 MiB under hostile input.
    pub fn new() -> Self {
        let ids = || KindId::all();
        let of =
            |wanted: fn(&Derive) -> bool| ids().filter(|id| wanted(&id.kind().derive)).collect();
        Self {
            workspace: Workspace::default(),
            text: String::with_capacity(256),
            seeds: ids().map(|id| kind_seed(id.kind())).collect(),
            of_events: of(|derive| matches!(derive, Derive::Event(_))),
            of_actions: of(|derive| matches!(derive, Derive::Action(_))),
            of_activity: of(|derive| matches!(derive, Derive::Activity(_))),
        }
    }

    /// Calls `each` with the hash of every selector that the event exposes, in the order of
    /// [`registry::KINDS`], those of actions last, and returns what the account is compared within.
    pub fn derive_all(
        &mut self,
        event: &Event<'_>,
        lists: &Lists,
        each: impl FnMut(KindId, u64),
    ) -> Stratum {
        self.derive_wanted(event, lists, KindSet::ALL, each)
    }

    /// As [`Self::derive_all`], for some kinds only: later events of an account cost little when
    /// only the kinds that it still lacks are asked for.
    pub fn derive_wanted(
        &mut self,
        event: &Event<'_>,
        lists: &Lists,
        wanted: KindSet,
        mut each: impl FnMut(KindId, u64),
    ) -> Stratum {
        let Self { workspace, text, seeds, of_events, of_actions, .. } = self;
        let subject = Subject::new(event, lists, workspace);
        let of_actions: &[KindId] =
            if event.event_type == EventType::Action { of_actions } else { &[] };
        for &id in of_events.iter().chain(of_actions) {
            if !wanted.contains(id) {
                continue;
            }
            let (Derive::Event(derive) | Derive::Action(derive)) = id.kind().derive else {
                continue;
            };
            text.clear();
            if derive(&subject, text) {
                each(id, value_hash(seeds[usize::from(id.0)], text));
            }
        }
        subject.stratum()
    }

    /// Calls `each` with the hash of every selector that an account's activity exposes.
    pub fn derive_activity(&mut self, activity: &Activity<'_>, mut each: impl FnMut(KindId, u64)) {
        for &id in &self.of_activity {
            self.text.clear();
            if let Derive::Activity(derive) = id.kind().derive
                && derive(activity, &mut self.text)
            {
                each(id, value_hash(self.seeds[usize::from(id.0)], &self.text));
            }
        }
    }

    /// What the account is compared within, by this event.
    pub fn stratum(&mut self, event: &Event<'_>, lists: &Lists) -> Stratum {
        Subject::new(event, lists, &mut self.workspace).stratum()
    }

    /// Writes the canonical text of a kind into `out` (emptied first); `false` where the event has
    /// none. The text is the one that [`Self::derive_all`] hashes.
    pub fn text(
        &mut self,
        kind: KindId,
        event: &Event<'_>,
        lists: &Lists,
        out: &mut String,
    ) -> bool {
        out.clear();
        let found = match kind.kind().derive {
            Derive::Action(_) if event.event_type != EventType::Action => false,
            Derive::Event(derive) | Derive::Action(derive) => {
                derive(&Subject::new(event, lists, &mut self.workspace), out)
            }
            Derive::Activity(_) => false,
        };
        if !found {
            out.clear();
        }
        found
    }

    /// As [`Self::text`], for the kinds that come from an account's activity.
    pub fn activity_text(kind: KindId, activity: &Activity<'_>, out: &mut String) -> bool {
        out.clear();
        let Derive::Activity(derive) = kind.kind().derive else { return false };
        let found = derive(activity, out);
        if !found {
            out.clear();
        }
        found
    }
}

// A set of kinds is one machine word.
const _: () = assert!(registry::KINDS.len() <= 64, "KindSet holds 64 kinds");
