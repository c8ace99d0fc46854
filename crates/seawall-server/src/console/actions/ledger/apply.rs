//! What does a step make of an action?

use std::collections::BTreeMap;

use super::{Action, Batch, Came, Outcome, Spread, Step, Tolerated};

impl Action {
    pub(super) fn apply(&mut self, at: i64, by: &str, step: &Step) {
        match step {
            Step::Proposed { .. } => {}
            Step::Approved => self.approved_by = Some(by.to_owned()),
            Step::Withdrawn { .. } => self.withdrawn = true,
            Step::Started { stage } => self.start(*stage, at),
            Step::Paused { .. } => {
                if !self.is_paused {
                    self.paused_at = at;
                }
                self.is_paused = true;
            }
            Step::Resumed => self.resume(at),
            Step::Held { .. } => self.held = true,
            Step::Again => self.ask_again(at),
            Step::RolledBack { .. } => self.roll_back(),
            Step::Appealed { row, .. } => {
                self.appealed.insert(*row);
                self.upheld.insert(*row);
            }
            Step::Exonerated { row } => {
                self.upheld.insert(*row);
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

    fn start(&mut self, stage: usize, at: i64) {
        self.stage = stage;
        let rows = self.plan.rows(stage);
        let counts = self.counts(rows.clone());
        self.failures = counts.refused + counts.failed + counts.unknown;
        self.tolerated.failures = 0;
        let delay = self.plan.delay_seconds_max;
        self.spread = (delay > 0).then(|| Spread::new(&self.id, stage, rows, delay, at));
    }

    /// Somebody lets it go on, and saw what there is.
    fn go_on(&mut self, at: i64) {
        if !std::mem::take(&mut self.is_paused) {
            return;
        }
        if let Some(spread) = &mut self.spread {
            spread.put_off((at - self.paused_at).max(0));
        }
        self.tolerated = Tolerated { failures: self.failures, appeals: self.upheld() };
    }

    /// What waits for its next attempt need not wait any longer.
    fn resume(&mut self, at: i64) {
        self.go_on(at);
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

    fn ask_again(&mut self, at: i64) {
        for row in 0..self.plan.accounts {
            let item = &mut self.items[row as usize];
            if self.rolled_back && item.is_retryable() {
                item.back = Outcome::Waiting;
                self.taken_back = self.taken_back.min(row);
            } else if !self.rolled_back && item.done.is_failure() && item.back == Outcome::Waiting {
                self.set_done(row, Outcome::Waiting);
                self.again.insert(row);
            }
        }
        self.go_on(at);
    }

    /// What came of what was to be done to an account.
    fn set_done(&mut self, row: u32, outcome: Outcome) {
        let is_of_stage = self.plan.rows(self.stage).contains(&row);
        let Some(item) = self.items.get_mut(row as usize) else { return };
        let before = std::mem::replace(&mut item.done, outcome);
        if is_of_stage {
            self.failures += u32::from(outcome.is_failure());
            self.failures -= u32::from(before.is_failure());
        }
        self.done += u32::from(outcome.is_done());
        self.done -= u32::from(before.is_done());
    }

    fn send(&mut self, number: u32, back: bool, rows: &[u32], at: i64) {
        for row in rows {
            if back {
                if let Some(item) = self.items.get_mut(*row as usize) {
                    item.back = Outcome::Sending;
                }
                self.appealed.remove(row);
            } else {
                self.set_done(*row, Outcome::Sending);
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
                let is_unknown = item.maybe && own.is_failure();
                self.set_done(*row, if is_unknown { Outcome::Unknown } else { own });
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
