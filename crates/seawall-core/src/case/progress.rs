//! How far is a case, from evidence to watch? Counted from what the case holds, and from nothing else.

use super::{
    CaseState, Id,
    people::Power,
    record::DocumentRecord,
    state::{AssetState, ItemState},
};

/// A step of a case, in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Step {
    /// What came in from outside is under a seal.
    Evidence,
    /// Documents and exhibits are final.
    Exhibits,
    /// What belongs to the operation is asked for: it stands in a schedule, or a notice went out.
    Schedule,
    /// What takes two has the word of those who must approve.
    Approvals,
    /// Orders and notices have reached those who can act.
    Served,
    /// They say that it is done.
    Executed,
    /// It is watched for a return.
    Watch,
}

impl Step {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Evidence,
        Self::Exhibits,
        Self::Schedule,
        Self::Approvals,
        Self::Served,
        Self::Executed,
        Self::Watch,
    ];

    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Evidence => "evidence",
            Self::Exhibits => "exhibits",
            Self::Schedule => "seizure schedule",
            Self::Approvals => "approvals",
            Self::Served => "served",
            Self::Executed => "executed",
            Self::Watch => "watch",
        }
    }
}

/// How far a step is: so many of so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Which step.
    pub step: Step,
    /// Of how many it is true.
    pub done: usize,
    /// Of how many it has to be.
    pub of: usize,
}

impl Progress {
    /// Whether nothing is left of it, and there was anything.
    pub const fn is_done(self) -> bool {
        self.of > 0 && self.done == self.of
    }
}

/// What is to become of a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// A later version has taken its place, and it never went out.
    Superseded,
    /// Not as it would be released.
    Draft,
    /// As it would be released; nobody proposed that.
    Final,
    /// Proposed; somebody has still to approve.
    Waiting,
    /// Approved as it stands, and not handed over yet.
    Approved,
    /// Handed over.
    Released,
}

impl Standing {
    /// In words.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Superseded => "superseded",
            Self::Draft => "draft",
            Self::Final => "final, nobody proposed its release",
            Self::Waiting => "waits for approval",
            Self::Approved => "approved, not released",
            Self::Released => "released",
        }
    }
}

impl CaseState {
    /// How far each step is, in their order.
    pub fn progress(&self) -> [Progress; 7] {
        Step::ALL.map(|step| {
            let (done, of) = self.counted(step);
            Progress { step, done, of }
        })
    }

    fn counted(&self, step: Step) -> (usize, usize) {
        match step {
            Step::Evidence => self.sealed(),
            Step::Exhibits => {
                let mut latest: Vec<&DocumentRecord> = Vec::new();
                for document in self.documents.values() {
                    latest.retain(|before| before.id != document.id);
                    latest.push(document);
                }
                (latest.iter().filter(|document| document.is_final).count(), latest.len())
            }
            Step::Approvals => {
                let complete = |known: &&super::fold::CaseProposal| known.missing().is_empty();
                (self.proposals.values().filter(complete).count(), self.proposals.len())
            }
            Step::Schedule => {
                let scheduled = self.scheduled();
                self.reached(|asset, far| far >= 1 || scheduled.contains_key(asset))
            }
            Step::Served => self.reached(|_, far| far >= 2),
            Step::Executed => self.reached(|_, far| far >= 3),
            Step::Watch => self.reached(|_, far| far >= 4),
        }
    }

    /// Items that came in from outside and can still be read: how many are sealed, and how many there are.
    fn sealed(&self) -> (usize, usize) {
        let outside = self.items.values().filter(|item| {
            !item.facts.derived
                && !matches!(item.state, ItemState::Disposed | ItemState::Quarantined)
        });
        let sealed = |state| matches!(state, ItemState::Sealed | ItemState::Released);
        outside.fold((0, 0), |(done, of), item| (done + usize::from(sealed(item.state)), of + 1))
    }

    /// Of the assets that were said to belong to the operation, how many are so far.
    fn reached(&self, is_there: impl Fn(&Id, u8) -> bool) -> (usize, usize) {
        let mut counted = (0, 0);
        for (asset, known) in &self.assets {
            let Some(far) = far(known.state) else { continue };
            counted.0 += usize::from(is_there(asset, far));
            counted.1 += 1;
        }
        counted
    }

    /// What is to become of that version of a document.
    pub fn standing(&self, document: &DocumentRecord) -> Standing {
        if self.released.contains(&(document.id.clone(), document.version)) {
            return Standing::Released;
        }
        if self.latest_document(&document.id).is_some_and(|it| it.version > document.version) {
            return Standing::Superseded;
        }
        if !document.is_final {
            return Standing::Draft;
        }
        let mut proposed = self.proposals.values().filter(|known| {
            let proposal = &known.proposal;
            proposal.power == Power::Release && proposal.content_sha256 == document.sha256
        });
        match proposed.clone().any(|known| known.missing().is_empty()) {
            true => Standing::Approved,
            false if proposed.next().is_some() => Standing::Waiting,
            false => Standing::Final,
        }
    }

    /// Numbers of the schedule, by asset, as the latest version that has the asset says.
    pub fn scheduled(&self) -> std::collections::BTreeMap<&Id, u64> {
        let rows = self.schedules.iter().flat_map(|schedule| &schedule.assets);
        rows.map(|(number, asset)| (asset, *number)).collect()
    }
}

/// How far the end of an asset is: 0 attributed, 1 asked for, 2 served, 3 executed, 4 watched. None for what is not, or no
/// longer, said to belong to the operation.
const fn far(state: AssetState) -> Option<u8> {
    match state {
        AssetState::Identified
        | AssetState::OutOfReach
        | AssetState::Returned
        | AssetState::WithdrawnInError => None,
        AssetState::Attributed => Some(0),
        AssetState::Scheduled | AssetState::Ordered | AssetState::Contested => Some(1),
        // A notice is served by being sent.
        AssetState::Noticed
        | AssetState::Served
        | AssetState::Acknowledged
        | AssetState::Refused => Some(2),
        AssetState::Executed
        | AssetState::Verified
        | AssetState::Controlled
        | AssetState::Disabled
        | AssetState::Removed
        | AssetState::Lapsed
        | AssetState::ReEmerged => Some(3),
        AssetState::Monitored => Some(4),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::case::state::{Machine as _, Needs};

    #[test]
    fn an_arrow_never_leads_back_but_where_a_measure_fell_away() {
        let back: BTreeSet<(&str, &str)> = AssetState::ARROWS
            .iter()
            .filter(|arrow| arrow.needs == Needs::Nothing)
            .filter_map(|arrow| Some((arrow, far(arrow.from)?, far(arrow.to)?)))
            .filter(|(_, from, to)| to < from)
            .map(|(arrow, _, _)| (arrow.from.name(), arrow.to.name()))
            .collect();
        let fell = [
            ("acknowledged", "contested"),
            ("executed", "contested"),
            ("lapsed", "scheduled"),
            ("monitored", "contested"),
            ("monitored", "lapsed"),
            ("monitored", "re_emerged"),
            ("noticed", "scheduled"),
            ("refused", "scheduled"),
            ("served", "contested"),
            ("verified", "contested"),
        ];
        assert_eq!(back, BTreeSet::from(fell));
    }

    #[test]
    fn nothing_is_done_of_a_case_that_holds_nothing() {
        let progress = CaseState::default().progress();
        assert!(progress.iter().all(|it| !it.is_done() && (it.done, it.of) == (0, 0)));
    }
}
