//! What runs out, and when?
//!
//! Days are counted as Rule 6(a) of the Federal Rules of Civil Procedure has it: the day of the event is left out,
//! every day after it counts, and a period that ends on a Saturday, Sunday or legal holiday runs on to the next day
//! that is none. Each deadline has two days: the last by that rule, and the day by which to act without relying on
//! it.

use jiff::{ToSpan as _, civil::Date};
use serde::{Deserialize, Serialize};

use super::{Id, Moment};

mod calendar;

pub use calendar::{holiday, is_business_day};

/// What runs out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeadlineKind {
    /// A temporary restraining order lapses.
    TroExpiry,
    /// A hearing on a preliminary injunction.
    PiHearing,
    /// Security is to be given.
    Bond,
    /// An answer is due after service.
    Answer,
    /// Service is to be proved.
    ServiceProof,
    /// The court wants a report.
    StatusReport,
    /// What a provider keeps on request of an authority may be let go.
    Preservation,
    /// What a provider keeps on a European preservation order may be let go.
    EuPreservation,
    /// An appeal is to be answered.
    AppealAnswer,
    /// The window for complaints about a restriction closes.
    ComplaintWindow,
    /// A registration runs out.
    DomainExpiry,
    /// Notice of a certificate is due before a hearing.
    CertificateNotice,
    /// A hold is to be looked at.
    HoldReview,
}

/// How a period is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Period {
    /// Calendar days.
    Days(i32),
    /// Days that are no Saturday, Sunday or legal holiday.
    BusinessDays(i32),
    /// Months of the calendar.
    Months(i32),
    /// A day that somebody set.
    Set,
}

/// How one kind of deadline is counted, and by what rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rule {
    /// What runs out.
    pub kind: DeadlineKind,
    /// After how long.
    pub period: Period,
    /// Whether a period that ends on a day without business runs on.
    pub rolls: bool,
    /// Where that is from.
    pub basis: &'static str,
    /// In words.
    pub title: &'static str,
}

const fn rule(
    kind: DeadlineKind,
    period: Period,
    rolls: bool,
    title: &'static str,
    basis: &'static str,
) -> Rule {
    Rule { kind, period, rolls, basis, title }
}

/// How each kind is counted.
#[rustfmt::skip]
pub const RULES: [Rule; 13] = [
    rule(DeadlineKind::TroExpiry, Period::Days(14), true, "restraining order lapses", "FRCP 65(b)(2)"),
    rule(DeadlineKind::PiHearing, Period::Set, false, "hearing on the injunction", "the order"),
    rule(DeadlineKind::Bond, Period::Set, true, "security is due", "FRCP 65(c), the order"),
    rule(DeadlineKind::Answer, Period::Days(21), true, "answer is due", "FRCP 12(a)(1)(A)(i)"),
    rule(DeadlineKind::ServiceProof, Period::Days(90), true, "service is to be proved", "FRCP 4(l), 4(m)"),
    rule(DeadlineKind::StatusReport, Period::Set, true, "status report is due", "the order"),
    rule(DeadlineKind::Preservation, Period::Days(90), false, "preservation ends", "18 USC 2703(f)(2)"),
    rule(DeadlineKind::EuPreservation, Period::Days(60), false, "preservation ends", "Regulation (EU) 2023/1543, art. 11"),
    rule(DeadlineKind::AppealAnswer, Period::BusinessDays(10), false, "appeal is to be answered", "the site's own promise"),
    rule(DeadlineKind::ComplaintWindow, Period::Months(6), false, "complaint window closes", "Regulation (EU) 2022/2065, art. 20(1)"),
    rule(DeadlineKind::DomainExpiry, Period::Set, false, "registration runs out", "the registration data"),
    rule(DeadlineKind::CertificateNotice, Period::Set, true, "notice of the certificate is due", "FRE 902(11)"),
    rule(DeadlineKind::HoldReview, Period::Days(90), false, "hold is to be looked at", "the site's own rule"),
];

/// How `kind` is counted.
pub fn rule_of(kind: DeadlineKind) -> Rule {
    let known = RULES.iter().find(|rule| rule.kind == kind);
    known.copied().unwrap_or(rule(kind, Period::Set, false, "", ""))
}

/// A deadline of the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Deadline {
    /// Its id.
    pub id: Id,
    /// What runs out.
    pub kind: DeadlineKind,
    /// From which moment it counts.
    pub from: Moment,
    /// How often the period was renewed.
    #[serde(default)]
    pub renewals: u32,
    /// The day that was set, where somebody set one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub set: Option<Date>,
    /// What it is about: an order, a request, an asset.
    pub source: Id,
    /// Who sees to it.
    pub owner: Id,
}

/// By when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// By then without relying on a rule that lengthens.
    pub safe: Date,
    /// The last day by the rule.
    pub last: Date,
}

/// Why a deadline has no day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoDay {
    /// The day is somebody's to set.
    #[error("the day of this deadline is set by somebody\nhint: state it with --due")]
    NotSet,
    /// The day is beyond the calendar.
    #[error("the day is beyond the calendar")]
    Beyond,
}

/// When `deadline` falls due.
pub fn due(deadline: &Deadline) -> Result<Due, NoDay> {
    let rule = rule_of(deadline.kind);
    let start = deadline.from.date();
    let times = i32::try_from(deadline.renewals).ok().and_then(|count| count.checked_add(1));
    let times = times.ok_or(NoDay::Beyond)?;
    let many = |count: i32| count.checked_mul(times).ok_or(NoDay::Beyond);
    let later = |span: jiff::Span| start.checked_add(span).map_err(|_| NoDay::Beyond);
    let safe = match (deadline.set, rule.period) {
        (Some(set), _) => set,
        (None, Period::Days(days)) => {
            later(jiff::Span::new().try_days(many(days)?).map_err(|_| NoDay::Beyond)?)?
        }
        (None, Period::Months(months)) => {
            later(jiff::Span::new().try_months(many(months)?).map_err(|_| NoDay::Beyond)?)?
        }
        (None, Period::BusinessDays(days)) => business_days_after(start, many(days)?)?,
        (None, Period::Set) => return Err(NoDay::NotSet),
    };
    let last = if rule.rolls { next_business_day(safe)? } else { safe };
    Ok(Due { safe, last })
}

fn next_business_day(mut date: Date) -> Result<Date, NoDay> {
    while !is_business_day(date) {
        date = date.checked_add(1.day()).map_err(|_| NoDay::Beyond)?;
    }
    Ok(date)
}

fn business_days_after(mut date: Date, count: i32) -> Result<Date, NoDay> {
    let mut left = count;
    while left > 0 {
        date = date.checked_add(1.day()).map_err(|_| NoDay::Beyond)?;
        if is_business_day(date) {
            left -= 1;
        }
    }
    Ok(date)
}

/// How urgent a deadline is; said in words, never in colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Urgency {
    /// The last day is over.
    Missed,
    /// It is today.
    Today,
    /// Within seven days.
    Soon,
    /// Later.
    Later,
}

/// How urgent that is on the day `today`.
pub fn urgency(due: Due, today: Date) -> Urgency {
    let soon = today.checked_add(7.days()).unwrap_or(Date::MAX);
    if due.last < today {
        Urgency::Missed
    } else if due.safe <= today {
        Urgency::Today
    } else if due.safe <= soon {
        Urgency::Soon
    } else {
        Urgency::Later
    }
}

#[cfg(test)]
mod tests;
