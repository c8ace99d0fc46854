//! Which selectors does this event, or this account's activity, expose?

use super::{
    Activity, Derive, Family, Kind, KindId, Lists, Stratum, kind_seed,
    recurring::Recurring,
    registry,
    subject::{Subject, Workspace},
    value_hash,
};
use crate::event::{Event, EventType};

/// A set of kinds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
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

    /// The set as one bit a kind, in the order of [`registry::KINDS`].
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The set of these bits.
    pub const fn from_bits(bits: u64) -> Self {
        Self(bits)
    }

    /// All but the kinds of another set.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Its kinds in the order of [`registry::KINDS`].
    pub fn kinds(self) -> impl Iterator<Item = KindId> {
        let mut bits = self.0;
        std::iter::from_fn(move || {
            let lowest = bits.trailing_zeros().to_le_bytes()[0];
            bits &= bits.checked_sub(1)?;
            Some(KindId(lowest))
        })
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
    recurring: Recurring,
    text: String,
    seeds: Vec<u64>,
    of_events: KindSet,
    of_actions: KindSet,
    of_activity: KindSet,
    /// Kinds that look at the texts of the client.
    of_clients: KindSet,
}

impl Default for Deriver {
    fn default() -> Self {
        Self::new()
    }
}

impl Deriver {
    /// One with nothing remembered yet: about 4 MiB, at most 24 MiB under hostile input.
    pub fn new() -> Self {
        let of = |wanted: fn(&Kind) -> bool| {
            let mut set = KindSet::EMPTY;
            KindId::all().filter(|id| wanted(id.kind())).for_each(|id| set.insert(id));
            set
        };
        Self {
            workspace: Workspace::default(),
            recurring: Recurring::new(registry::KINDS.len()),
            text: String::with_capacity(256),
            seeds: KindId::all().map(|id| kind_seed(id.kind())).collect(),
            of_events: of(|kind| matches!(kind.derive, Derive::Event(_) | Derive::Recurring(..))),
            of_actions: of(|kind| matches!(kind.derive, Derive::Action(_))),
            of_activity: of(|kind| matches!(kind.derive, Derive::Activity(_))),
            of_clients: of(|kind| kind.family == Family::Device),
        }
    }

    /// Calls `each` with the hash of every selector that the event exposes, in the order of
    /// [`registry::KINDS`].
    pub fn derive_all(&mut self, event: &Event<'_>, lists: &Lists, each: impl FnMut(KindId, u64)) {
        self.derive_wanted(event, lists, KindSet::ALL, each);
    }

    /// As [`Self::derive_all`], for some kinds only: later events of an account cost little when
    /// only the kinds that it still lacks are asked for.
    pub fn derive_wanted(
        &mut self,
        event: &Event<'_>,
        lists: &Lists,
        wanted: KindSet,
        mut each: impl FnMut(KindId, u64),
    ) {
        let action = event.event_type == EventType::Action;
        let of_actions = if action { self.of_actions } else { KindSet::EMPTY };
        let wanted = KindSet(wanted.0 & (self.of_events.0 | of_actions.0));
        let client = wanted.without(self.of_clients) != wanted;
        let Self { workspace, recurring, text, seeds, .. } = self;
        let subject = Subject::new(event, lists, workspace, client);
        for id in wanted.kinds() {
            let index = usize::from(id.0);
            let mut hash = |derive: fn(&Subject<'_>, &mut String) -> bool| {
                text.clear();
                derive(&subject, text).then(|| value_hash(seeds[index], text))
            };
            let value = match registry::KINDS[index].derive {
                Derive::Event(derive) | Derive::Action(derive) => hash(derive),
                Derive::Recurring(numbers, derive) => {
                    recurring.get(index, numbers(&subject), || hash(derive))
                }
                Derive::Activity(_) => None,
            };
            if let Some(value) = value {
                each(id, value);
            }
        }
    }

    /// Calls `each` with the hash of every selector that an account's activity exposes.
    pub fn derive_activity(&mut self, activity: &Activity<'_>, mut each: impl FnMut(KindId, u64)) {
        for id in self.of_activity.kinds() {
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
        Subject::new(event, lists, &mut self.workspace, true).stratum()
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
            Derive::Event(derive) | Derive::Recurring(_, derive) | Derive::Action(derive) => {
                derive(&Subject::new(event, lists, &mut self.workspace, true), out)
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
