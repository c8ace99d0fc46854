//! What may somebody do to an action as it stands? Asked before a step is written.

use super::{Action, Actions, Event, Standing, Step};

/// Why a step is not taken.
#[derive(Clone, Debug, PartialEq)]
pub enum Refused {
    /// Something was done since; what it was.
    Stale(Vec<Event>),
    /// There is no such action.
    Unknown,
    /// It makes no sense.
    Wrong(&'static str),
}

impl Actions {
    /// Whether a person who saw a version may take a step.
    pub fn check(&self, id: &str, step: &Step, by: &str, saw: u64) -> Result<(), Refused> {
        if matches!(step, Step::Proposed { .. }) {
            let why = "This form was sent before, and did what it says then.";
            return if self.of(id).is_some() { Err(Refused::Wrong(why)) } else { Ok(()) };
        }
        let action = self.of(id).ok_or(Refused::Unknown)?;
        if saw != action.version() {
            let since = action.history.iter().filter(|event| event.sequence >= saw);
            return Err(Refused::Stale(since.cloned().collect()));
        }
        action.check(step, by).map_err(Refused::Wrong)
    }
}

impl Action {
    fn check(&self, step: &Step, by: &str) -> Result<(), &'static str> {
        let standing = self.standing();
        let only = |holds: bool, why| if holds { Ok(()) } else { Err(why) };
        match step {
            Step::Approved => {
                only(by != self.proposed_by(), "Whoever proposed it cannot approve it.")?;
                only(standing == Standing::Proposed, "It does not wait for approval.")
            }
            Step::Withdrawn { .. } => {
                only(standing != Standing::Withdrawn, "It was withdrawn already.")?;
                only(self.stage == 0 && !self.rolled_back, "It has begun: roll it back instead.")
            }
            Step::Started { stage } => {
                only(standing == Standing::Ready, "No stage of it waits to be started.")?;
                only(*stage == self.stage + 1, "Another stage is the next one.")
            }
            Step::Paused { .. } => only(
                matches!(standing, Standing::Running | Standing::RollingBack),
                "Nothing is under way that could be paused.",
            ),
            Step::Resumed => only(standing == Standing::Paused, "It is not paused."),
            Step::Again => {
                only(!self.withdrawn && self.stage > 0, "It has not begun.")?;
                only(self.may_ask_again(), "There is nobody to ask for again.")
            }
            Step::RolledBack { .. } => {
                let verb = self.plan.verb;
                only(verb != super::Verb::Restore, "What was restored is not taken back.")?;
                only(!self.rolled_back, "It is rolled back already.")?;
                only(
                    self.stage > 0 && !self.withdrawn,
                    "Nothing was done that could be taken back.",
                )
            }
            Step::Appealed { row, .. } => {
                only(self.may_restore(*row), "There is nothing to restore for this account.")
            }
            Step::Proposed { .. }
            | Step::Held { .. }
            | Step::Exonerated { .. }
            | Step::Sending { .. }
            | Step::Trying { .. }
            | Step::Answered { .. }
            | Step::LeftOff { .. } => Err("Nobody does this by hand."),
        }
    }

    /// Whether there is anybody whom the site refused, or for whom it failed.
    pub fn may_ask_again(&self) -> bool {
        self.items.iter().any(|item| {
            if self.rolled_back {
                item.is_retryable()
            } else {
                item.done.is_failure() && !item.is_back()
            }
        })
    }
}

impl super::Item {
    fn is_back(self) -> bool {
        self.back != super::Outcome::Waiting
    }
}
