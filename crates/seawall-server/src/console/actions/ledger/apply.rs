//! What does a step make of an action?

use std::collections::BTreeMap;

use super::{Action, Batch, Came, Outcome, Step};

impl Action {
    pub(super) fn apply(&mut self, at: i64, by: &str, step: &Step) {
        match step {
            Step::Proposed { .. } => {}
            Step::Approved => self.approved_by = Some(by.to_owned()),
            Step::Withdrawn { .. } => self.withdrawn = true,
            Step::Started { stage } => self.stage = *stage,
            Step::Paused { .. } => self.is_paused = true,
            Step::Resumed => self.resume(at),
            Step::Held { .. } => self.held = true,
            Step::Again => self.ask_again(),
            Step::RolledBack { .. } => self.roll_back(),
            Step::Appealed { row, .. } => {
                self.appealed.insert(*row);
            }
            Step::Sending { batch, back, rows } => self.send(*batch, *back, rows, at),
            Step::LeftOff { batch } => {
                if let Some(own) = self.open[0].take_if(|own| own.number == *batch) {
                    self.settle(&own, own.failed(), &[]);
                }
            }
            Step::Trying { batch, attempt } => {
                let open = self.open.iter_mut().flatten();
                open.filter(|own| own.number == *batch).for_each(|own| own.begun = *attempt);
            }
            Step::Answered { .. } => self.answered(step),
        }
    }

    /// What waits for its next attempt need not wait any longer.
    fn resume(&mut self, at: i64) {
        self.is_paused = false;
        for own in self.open.iter_mut().flatten() {
            own.next_at = own.next_at.min(at);
        }
    }

    /// All that was done is to be taken back, that of which it failed before too.
    fn roll_back(&mut self) {
        self.rolled_back = true;
        self.is_paused = false;
        self.again.clear();
        self.appealed.clear();
        self.items.iter_mut().filter(|item| item.is_retryable()).for_each(|item| {
            item.back = Outcome::Waiting;
        });
        self.taken_back = self.first_owed(0);
    }

    /// The first row from `from` on that is to be taken back; the number of rows where there is none.
    fn first_owed(&self, from: u32) -> u32 {
        let owed = |row: &u32| self.items[*row as usize].is_owed();
        (from..self.plan.accounts).find(owed).unwrap_or(self.plan.accounts)
    }

    fn ask_again(&mut self) {
        let back = self.rolled_back;
        self.is_paused = false;
        for (row, item) in (0..).zip(&mut self.items) {
            if back && item.is_retryable() {
                item.back = Outcome::Waiting;
                self.taken_back = self.taken_back.min(row);
            } else if !back && item.done.is_failure() && item.back == Outcome::Waiting {
                item.done = Outcome::Waiting;
                self.again.insert(row);
            }
        }
    }

    fn send(&mut self, number: u32, back: bool, rows: &[u32], at: i64) {
        for row in rows {
            if let Some(item) = self.items.get_mut(*row as usize) {
                *(if back { &mut item.back } else { &mut item.done }) = Outcome::Sending;
            }
            if back {
                self.appealed.remove(row);
            } else {
                self.again.remove(row);
                self.asked = self.asked.max(row + 1);
            }
        }
        if self.rolled_back {
            self.taken_back = self.first_owed(self.taken_back);
        }
        self.batches = self.batches.max(number + 1);
        let rows = rows.to_vec();
        let own = Batch {
            number,
            back,
            rows,
            at,
            attempts: 0,
            begun: 1,
            next_at: at,
            unanswered: false,
            last: None,
        };
        self.open[usize::from(back)] = Some(own);
    }

    fn answered(&mut self, step: &Step) {
        let Step::Answered { batch, attempt, came, status, unanswered, why, refused, next_at } =
            step
        else {
            return;
        };
        let Some(slot) =
            self.open.iter_mut().find(|own| own.as_ref().is_some_and(|own| own.number == *batch))
        else {
            return;
        };
        let Some(own) = slot.as_mut() else { return };
        own.attempts = *attempt;
        own.unanswered |= *unanswered;
        own.last = Some((*status, why.clone()));
        if let Some(next_at) = next_at.filter(|_| *came == Came::Again) {
            own.next_at = next_at;
            return;
        }
        let Some(own) = slot.take() else { return };
        let outcome = match came {
            Came::Accepted => Outcome::Accepted,
            Came::Refused => Outcome::Refused(status.unwrap_or_default()),
            Came::Again | Came::GivenUp => own.failed(),
        };
        self.settle(&own, outcome, refused);
    }

    fn settle(&mut self, batch: &Batch, outcome: Outcome, refused: &[(u32, u16)]) {
        let refused: BTreeMap<u32, u16> = refused.iter().copied().collect();
        for row in &batch.rows {
            let Some(item) = self.items.get_mut(*row as usize) else { continue };
            let own = refused.get(row).map_or(outcome, |status| Outcome::Refused(*status));
            if batch.back {
                item.back = own;
            } else {
                item.maybe |= batch.unanswered;
                item.done = if item.maybe && own.is_failure() { Outcome::Unknown } else { own };
            }
        }
        if self.rolled_back && !batch.back {
            self.taken_back = self.first_owed(0);
        }
    }
}

impl Batch {
    /// What came of it, where it is not tried again.
    fn failed(&self) -> Outcome {
        Outcome::Failed(self.last.as_ref().and_then(|(status, _)| *status))
    }

    /// An attempt was begun of which nothing is known.
    pub(super) const fn is_under_way(&self) -> bool {
        self.begun > self.attempts
    }
}
