//! What became of each action? A fold over their steps; pure.
//!
//! What has to be sent next follows from it as well, so a server that was killed asks for what its journal does not have
//! an answer to, under the same ids, and for nothing twice.

use std::collections::{BTreeMap, BTreeSet};

use self::{halt::Tolerated, spread::Spread};
use super::{
    plan::{Plan, Verb},
    step::{Came, Entry, Step},
};

mod apply;
mod check;
mod halt;
mod next;
mod spread;
#[cfg(test)]
mod tests;

pub use check::Refused;
pub use next::Next;

/// What came of asking for one account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// The site was not asked.
    #[default]
    Waiting,
    /// It is being asked.
    Sending,
    /// It took it.
    Accepted,
    /// It did not want it, with this status.
    Refused(u16),
    /// It could not, each time; the last status, where it answered at all.
    Failed(Option<u16>),
    /// It may have taken it: of one attempt nobody knows, and the others failed.
    Unknown,
}

impl Outcome {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sending => "sending",
            Self::Accepted => "accepted",
            Self::Refused(_) => "refused",
            Self::Failed(_) => "failed",
            Self::Unknown => "unknown",
        }
    }

    /// The status that the site gave, where that is what it says.
    pub const fn status(self) -> Option<u16> {
        match self {
            Self::Refused(status) => Some(status),
            Self::Failed(status) => status,
            _ => None,
        }
    }

    /// Whether the site did not take it, as far as is known.
    const fn is_failure(self) -> bool {
        matches!(self, Self::Refused(_) | Self::Failed(_) | Self::Unknown)
    }

    /// Whether there is something to take back.
    const fn is_done(self) -> bool {
        matches!(self, Self::Accepted | Self::Unknown)
    }
}

/// One account of an action.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// What came of what was to be done.
    pub done: Outcome,
    /// What came of taking it back.
    pub back: Outcome,
    /// Of an attempt nobody knows whether it arrived.
    maybe: bool,
}

/// Accounts that the site is being asked about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Batch {
    /// Its number within the action.
    pub number: u32,
    /// Whether they are restored.
    pub back: bool,
    /// Their rows.
    pub rows: Vec<u32>,
    /// When it was made, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Attempts that came to something.
    pub attempts: u32,
    /// Attempts that were begun: one more while one is under way.
    pub(super) begun: u32,
    /// When the next one is due.
    pub next_at: i64,
    /// Nobody knows whether one of them arrived.
    pub(super) unanswered: bool,
    /// Status and reason of the last one, for people.
    pub last: Option<(Option<u16>, Option<String>)>,
}

/// A step that people see.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Its number in the journal.
    pub sequence: u64,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Who.
    pub by: String,
    /// What.
    pub step: Step,
}

/// How an action stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// A second person has to approve it.
    Proposed,
    /// Its next stage waits for somebody to start it.
    Ready,
    /// The site is being asked.
    Running,
    /// Nothing is sent until somebody goes on.
    Paused,
    /// All stages are over.
    Done,
    /// What was done is being taken back.
    RollingBack,
    /// What was done was taken back.
    RolledBack,
    /// It was not to be.
    Withdrawn,
}

impl Standing {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Proposed => "waits for approval",
            Self::Ready => "ready",
            Self::Running => "running",
            Self::Paused => "paused",
            Self::Done => "done",
            Self::RollingBack => "rolling back",
            Self::RolledBack => "rolled back",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// How many accounts stand where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// The site was not asked yet.
    pub waiting: u32,
    /// It is being asked.
    pub sending: u32,
    /// It took them.
    pub accepted: u32,
    /// It did not want them.
    pub refused: u32,
    /// It could not.
    pub failed: u32,
    /// Nobody knows.
    pub unknown: u32,
    /// They were taken back.
    pub restored: u32,
    /// They were to be taken back, and the site did not.
    pub not_restored: u32,
}

/// An action: what was proposed, and what became of it.
#[derive(Clone, Debug, PartialEq)]
pub struct Action {
    id: String,
    /// What was proposed.
    pub plan: Plan,
    /// All that people did, and what ended by itself, in order.
    pub history: Vec<Event>,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Stages that began.
    pub stage: usize,
    /// Nothing is sent.
    pub is_paused: bool,
    withdrawn: bool,
    rolled_back: bool,
    /// The next stage does not begin by itself any more.
    held: bool,
    items: Vec<Item>,
    /// Rows before this one were asked for once.
    asked: u32,
    /// Rows to be asked for again.
    again: BTreeSet<u32>,
    /// Rows before this one need not be looked at any more by a roll-back.
    taken_back: u32,
    /// Rows to be restored one by one.
    appealed: BTreeSet<u32>,
    /// Rows that were restored after an appeal, or labelled exonerated.
    upheld: BTreeSet<u32>,
    /// Accounts of the stage that began last which the site did not take.
    failures: u32,
    /// Accounts that something was done to, as far as is known.
    done: u32,
    /// What did not halt it once more.
    tolerated: Tolerated,
    /// When the rows of the stage that began last are due, where they are spread.
    spread: Option<Spread>,
    /// Since when nothing is sent.
    paused_at: i64,
    /// What is being asked: forwards and back.
    open: [Option<Batch>; 2],
    batches: u32,
}

impl Action {
    fn new(id: String, plan: Plan) -> Self {
        let items = vec![Item::default(); plan.accounts as usize];
        Self {
            id,
            plan,
            history: Vec::new(),
            approved_by: None,
            stage: 0,
            is_paused: false,
            withdrawn: false,
            rolled_back: false,
            held: false,
            items,
            asked: 0,
            again: BTreeSet::new(),
            taken_back: 0,
            appealed: BTreeSet::new(),
            upheld: BTreeSet::new(),
            failures: 0,
            done: 0,
            tolerated: Tolerated::default(),
            spread: None,
            paused_at: 0,
            open: [None, None],
            batches: 0,
        }
    }

    /// Counts what people did. Whoever does something says which it saw.
    pub fn version(&self) -> u64 {
        self.history.last().map_or(0, |event| event.sequence + 1)
    }

    /// Who proposed it.
    pub fn proposed_by(&self) -> &str {
        self.history.first().map_or("", |event| event.by.as_str())
    }

    /// When it was proposed, in milliseconds since the Unix epoch.
    pub fn proposed_at(&self) -> i64 {
        self.history.first().map_or(0, |event| event.at)
    }

    /// An account of it.
    pub fn item(&self, row: u32) -> Option<Item> {
        self.items.get(row as usize).copied()
    }

    /// All of them, by their rows.
    pub fn items(&self) -> impl Iterator<Item = (u32, Item)> {
        (0..).zip(self.items.iter().copied())
    }

    /// What is being asked now.
    pub fn open(&self) -> impl Iterator<Item = &Batch> {
        self.open.iter().flatten()
    }

    /// Somebody approved it, or nobody has to.
    pub fn may_start(&self) -> bool {
        !self.plan.needs_approval || self.approved_by.is_some()
    }

    /// Nothing of the stages that began is left to be asked.
    fn is_stage_over(&self) -> bool {
        self.open[0].is_none()
            && self.again.is_empty()
            && self.asked >= self.plan.rows(self.stage).end
    }

    /// How it stands.
    pub fn standing(&self) -> Standing {
        if self.withdrawn {
            return Standing::Withdrawn;
        }
        if self.is_paused {
            return Standing::Paused;
        }
        if self.rolled_back {
            let is_over =
                self.open.iter().all(Option::is_none) && self.taken_back >= self.plan.accounts;
            return if is_over { Standing::RolledBack } else { Standing::RollingBack };
        }
        match (self.may_start(), self.is_stage_over()) {
            (false, _) => Standing::Proposed,
            (true, false) => Standing::Running,
            (true, true) if self.stage >= self.plan.stages.len() => Standing::Done,
            (true, true) => Standing::Ready,
        }
    }

    /// How many of some rows stand where.
    pub fn counts(&self, rows: std::ops::Range<u32>) -> Counts {
        let mut counts = Counts::default();
        for item in self.items.get(rows.start as usize..rows.end as usize).unwrap_or_default() {
            match item.done {
                Outcome::Waiting => counts.waiting += 1,
                Outcome::Sending => counts.sending += 1,
                Outcome::Accepted => counts.accepted += 1,
                Outcome::Refused(_) => counts.refused += 1,
                Outcome::Failed(_) => counts.failed += 1,
                Outcome::Unknown => counts.unknown += 1,
            }
            match item.back {
                Outcome::Accepted => counts.restored += 1,
                own if own.is_failure() => counts.not_restored += 1,
                _ => {}
            }
        }
        counts
    }

    /// Accounts of the stage that began last which the site did not take.
    pub const fn failures(&self) -> u32 {
        self.failures
    }

    /// When the next and the last account of the stage under way are due, where it is spread; in milliseconds since the
    /// Unix epoch. What it is paused for is not in it.
    pub fn due(&self) -> Option<(i64, i64)> {
        let spread = self.spread.as_ref()?;
        let end = self.plan.rows(self.stage).end;
        (self.asked < end).then(|| (spread.at(self.asked), spread.at(end - 1)))
    }

    /// Whether the site can be asked to restore an account.
    pub fn may_restore(&self, row: u32) -> bool {
        self.plan.verb != Verb::Restore
            && !self.rolled_back
            && !self.appealed.contains(&row)
            && self.item(row).is_some_and(|item| item.is_owed() || item.is_retryable())
    }
}

impl Item {
    /// Something was done, and it was not yet tried to take it back.
    const fn is_owed(self) -> bool {
        self.done.is_done() && matches!(self.back, Outcome::Waiting)
    }

    /// It was tried to take it back, in vain.
    const fn is_retryable(self) -> bool {
        self.done.is_done() && self.back.is_failure()
    }
}

/// All actions.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Actions {
    by_id: BTreeMap<String, Action>,
}

impl Actions {
    /// One.
    pub fn of(&self, id: &str) -> Option<&Action> {
        self.by_id.get(id)
    }

    /// All of them, by their ids.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Action)> {
        self.by_id.iter().map(|(id, action)| (id.as_str(), action))
    }

    /// Accounts that somebody acted on since a moment without anybody's approval.
    pub fn unapproved_since(&self, person: &str, since: i64) -> u64 {
        let own = self.by_id.values().filter(|own| {
            !own.withdrawn
                && !own.plan.needs_approval
                && own.proposed_by() == person
                && own.proposed_at() >= since
        });
        own.map(|own| u64::from(own.plan.accounts)).sum()
    }

    pub(in crate::console) fn apply(&mut self, sequence: u64, at: i64, by: &str, entry: &Entry) {
        if let Step::Proposed { plan } = &entry.step {
            let new = || Action::new(entry.action.clone(), plan.clone());
            self.by_id.entry(entry.action.clone()).or_insert_with(new);
        }
        let Some(action) = self.by_id.get_mut(&entry.action) else { return };
        if entry.step.is_told() {
            let (by, step) = (by.to_owned(), entry.step.clone());
            action.history.push(Event { sequence, at, by, step });
        }
        action.apply(at, by, &entry.step);
    }
}
