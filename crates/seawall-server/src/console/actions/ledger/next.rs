//! What does the server do next about an action?

use super::{Action, Batch, Came, Outcome, Step};

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// To be written to the journal; then it is asked again what is next.
    Keep(Step),
    /// To be sent.
    Send(Batch),
}

impl Action {
    /// What is due at a moment, in milliseconds since the Unix epoch. Asked while nothing of this action is under way.
    pub fn next(&self, now: i64) -> Option<Next> {
        if self.withdrawn {
            return None;
        }
        if self.rolled_back
            && !self.is_paused
            && let Some(forwards) = &self.open[0]
        {
            return Some(Next::Keep(Step::LeftOff { batch: forwards.number }));
        }
        self.back(now).or_else(|| self.forwards(now))
    }

    /// Of what a server that was killed was asking for, nobody knows whether it arrived.
    pub fn lost(&self, now: i64) -> Vec<Step> {
        let of = |own: &Batch| Step::Answered {
            batch: own.number,
            attempt: own.attempts + 1,
            came: Came::Again,
            status: None,
            unanswered: true,
            why: Some("the server ended before it had an answer".to_owned()),
            refused: Vec::new(),
            next_at: Some(now),
        };
        self.open().filter(|own| own.is_under_way()).map(of).collect()
    }

    /// What is taken back. What one account is restored by is sent also while the action is paused.
    fn back(&self, now: i64) -> Option<Next> {
        if let Some(open) = &self.open[1] {
            let is_alone = !self.rolled_back;
            let is_due = open.next_at <= now && (is_alone || !self.is_paused);
            return is_due.then(|| attempt(open));
        }
        let max = self.plan.batch.max(1) as usize;
        let mut rows: Vec<u32> = self.appealed.iter().copied().take(max).collect();
        if rows.is_empty() && self.rolled_back && !self.is_paused {
            let owed = |row: &u32| self.items[*row as usize].is_owed();
            rows = (self.taken_back..self.plan.accounts).filter(owed).take(max).collect();
        }
        (!rows.is_empty()).then(|| self.batch(true, rows))
    }

    fn batch(&self, back: bool, rows: Vec<u32>) -> Next {
        Next::Keep(Step::Sending { batch: self.batches, back, rows })
    }

    fn forwards(&self, now: i64) -> Option<Next> {
        if self.is_paused || self.rolled_back || self.stage == 0 || !self.may_start() {
            return None;
        }
        if let Some(halt) = self.halt() {
            return Some(Next::Keep(halt));
        }
        if let Some(open) = &self.open[0] {
            return (open.next_at <= now).then(|| attempt(open));
        }
        let max = self.plan.batch.max(1) as usize;
        let again: Vec<u32> = self.again.iter().copied().take(max).collect();
        if !again.is_empty() {
            return Some(self.batch(false, again));
        }
        let end = self.plan.rows(self.stage).end;
        let due = self.spread.as_ref().map_or(end, |spread| spread.end(now).min(end));
        let is_waiting =
            |row: &u32| self.item(*row).is_some_and(|item| item.done == Outcome::Waiting);
        let rows: Vec<u32> = (self.asked..due).filter(is_waiting).take(max).collect();
        if !rows.is_empty() {
            return Some(self.batch(false, rows));
        }
        // The rest of a stage that is spread comes later.
        if due < end { None } else { self.stage_by_itself() }
    }

    /// The next stage, where it begins by itself and the one before went well.
    fn stage_by_itself(&self) -> Option<Next> {
        let share_max = self.plan.by_itself.filter(|_| !self.held)?;
        if self.stage >= self.plan.stages.len() {
            return None;
        }
        let (failures, rows) = (self.failures(), self.plan.rows(self.stage));
        let step = if f64::from(failures) <= share_max * f64::from(rows.end - rows.start) {
            Step::Started { stage: self.stage + 1 }
        } else {
            Step::Held { failures }
        };
        Some(Next::Keep(step))
    }
}

/// That an attempt begins is kept before it does; of the first one, with the batch.
fn attempt(open: &Batch) -> Next {
    if open.is_under_way() {
        return Next::Send(open.clone());
    }
    Next::Keep(Step::Trying { batch: open.number, attempt: open.attempts + 1 })
}
