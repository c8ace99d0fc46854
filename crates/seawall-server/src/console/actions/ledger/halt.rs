//! When does an action halt by itself, before it wrongs more people?

use seawall_charts::text::{count, percent};

use super::{Action, Standing, Step};

/// What somebody saw who let a halted action go on: it takes as much again to halt it once more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tolerated {
    /// Accounts of the stage that the site did not take.
    pub(super) failures: u32,
    /// Accounts that were wronged.
    pub(super) appeals: u32,
}

impl Action {
    /// Accounts that something was done to, as far as is known, of whom it was found later that it should not have been.
    pub fn upheld(&self) -> u32 {
        let is_done = |row: &&u32| self.item(**row).is_some_and(|item| item.done.is_done());
        self.upheld.iter().filter(is_done).count() as u32
    }

    /// Whether its account at a row was found to be wronged.
    pub fn is_upheld(&self, row: u32) -> bool {
        self.upheld.contains(&row)
    }

    /// Whether more may come of it that a limit would halt.
    pub fn may_halt(&self) -> bool {
        self.plan.limits.is_some()
            && matches!(self.standing(), Standing::Ready | Standing::Running | Standing::Paused)
    }

    /// That it halts, where a limit is passed and there is more to come of the stage, or a stage that begins by itself.
    pub(super) fn halt(&self) -> Option<Step> {
        let is_over = self.is_stage_over();
        if is_over && (self.plan.by_itself.is_none() || self.stage >= self.plan.stages.len()) {
            return None;
        }
        let why = if is_over { None } else { self.too_many_failures() };
        why.or_else(|| self.too_many_appeals()).map(|why| Step::Paused { why })
    }

    fn too_many_failures(&self) -> Option<String> {
        let max = self.plan.limits?.failures_max;
        let rows = self.plan.rows(self.stage);
        let accounts = rows.end - rows.start;
        let more = self.failures().saturating_sub(self.tolerated.failures);
        (f64::from(more) > max * f64::from(accounts)).then(|| {
            let since = if self.tolerated.failures > 0 { " more" } else { "" };
            format!(
                "halted by itself: {}{since} of {} in stage {} were refused or failed, more than {}",
                count(u64::from(more)),
                count(u64::from(accounts)),
                self.stage,
                percent(max)
            )
        })
    }

    fn too_many_appeals(&self) -> Option<String> {
        let limits = self.plan.limits?;
        let more = self.upheld().saturating_sub(self.tolerated.appeals);
        let is_passed = more >= limits.appeals_least
            && f64::from(more) > limits.appeals_max * f64::from(self.done);
        is_passed.then(|| {
            let since = if self.tolerated.appeals > 0 { " more" } else { "" };
            format!(
                "halted by itself: {}{since} of {} were restored after an appeal or labelled exonerated, more than {}",
                count(u64::from(more)),
                count(u64::from(self.done)),
                percent(limits.appeals_max)
            )
        })
    }
}
