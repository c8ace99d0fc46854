//! What must be kept, for how long, and what may be disposed of? A hold beats retention.

use jiff::ToSpan as _;
use serde::{Deserialize, Serialize};

use super::{Id, Moment, state::HoldState};

/// A duty to keep, whatever retention says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hold {
    /// Its id.
    pub id: Id,
    /// What it covers; nothing named is everything.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<Id>,
    /// Why: an order, a letter, a foreseen suit.
    pub basis: String,
    /// Since when.
    pub from: Moment,
    /// When somebody has to look at it.
    pub review_by: Moment,
}

impl Hold {
    /// Whether it covers `item`.
    pub fn covers(&self, item: &Id) -> bool {
        self.items.is_empty() || self.items.contains(item)
    }

    /// Its state on `now`, unless somebody released it.
    pub fn state(&self, now: Moment) -> HoldState {
        if now >= self.review_by { HoldState::ReviewDue } else { HoldState::Active }
    }
}

/// For how long a class of content is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Retention {
    /// Raw events: 13 months from acquisition.
    RawEvents,
    /// Aggregates of campaigns: 5 years from acquisition.
    Aggregates,
    /// Evidence: 7 years from the close of the case.
    CaseEvidence,
    /// Credentials of test purchases: 30 days from acquisition.
    PurchaseCredentials,
    /// Files of appeals: 1 year from acquisition.
    AppealFiles,
}

impl Retention {
    /// Until when it has to be kept; `None` while the clock has not begun.
    pub fn keep_until(self, acquired_at: Moment, closed_at: Option<Moment>) -> Option<Moment> {
        let (from, span) = match self {
            Self::RawEvents => (acquired_at, 13.months()),
            Self::Aggregates => (acquired_at, 5.years()),
            Self::CaseEvidence => (closed_at?, 7.years()),
            Self::PurchaseCredentials => (acquired_at, 30.days()),
            Self::AppealFiles => (acquired_at, 1.year()),
        };
        let until = from.timestamp().to_zoned(jiff::tz::TimeZone::UTC).checked_add(span).ok()?;
        Some(Moment::new(until.timestamp()))
    }
}

/// Why something may not be disposed of.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Kept {
    /// A hold covers it.
    #[error("hold {hold} covers it: {basis}\nhint: a hold is released by a second person")]
    Held {
        /// Which hold.
        hold: Id,
        /// Why it holds.
        basis: String,
    },
    /// A document or exhibit rests on it while the case is open.
    #[error("it is cited while the case is open\nhint: close the case first")]
    Cited,
    /// Its time has not come.
    #[error("it has to be kept until {until}")]
    NotYet {
        /// Until when.
        until: String,
    },
}

/// What is known of an item that somebody wants to dispose of.
#[derive(Clone, Copy, Debug)]
pub struct Disposal<'a> {
    /// Which item.
    pub item: &'a Id,
    /// Its class.
    pub retention: Retention,
    /// When it came in.
    pub acquired_at: Moment,
    /// Whether a document or exhibit rests on it.
    pub cited: bool,
    /// When the case was closed, if it is.
    pub closed_at: Option<Moment>,
    /// Whether disposal is due to an order or a right of erasure, so that the retention period need not be over.
    pub required: bool,
}

/// Whether it may be disposed of on `now`; every reason why not.
pub fn may_dispose(disposal: Disposal<'_>, holds: &[Hold], now: Moment) -> Result<(), Vec<Kept>> {
    let mut kept: Vec<Kept> = holds
        .iter()
        .filter(|hold| hold.covers(disposal.item))
        .map(|hold| Kept::Held { hold: hold.id.clone(), basis: hold.basis.clone() })
        .collect();
    if disposal.cited && disposal.closed_at.is_none() {
        kept.push(Kept::Cited);
    }
    if !disposal.required {
        let until = disposal.retention.keep_until(disposal.acquired_at, disposal.closed_at);
        match until {
            Some(until) if until <= now => {}
            Some(until) => kept.push(Kept::NotYet { until: until.date().to_string() }),
            None => {
                kept.push(Kept::NotYet {
                    until: "seven years after the case is closed".to_owned(),
                });
            }
        }
    }
    if kept.is_empty() { Ok(()) } else { Err(kept) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Moment {
        text.parse().unwrap()
    }

    fn id(text: &str) -> Id {
        text.parse().unwrap()
    }

    fn hold(items: &[&str]) -> Hold {
        Hold {
            id: id("hold-1"),
            items: items.iter().map(|item| id(item)).collect(),
            basis: "suit foreseen".to_owned(),
            from: at("2023-12-01T00:00:00Z"),
            review_by: at("2024-03-01T00:00:00Z"),
        }
    }

    #[test]
    fn a_hold_beats_retention_and_every_other_reason() {
        let item = id("item-1");
        let disposal = Disposal {
            item: &item,
            retention: Retention::PurchaseCredentials,
            acquired_at: at("2023-12-01T00:00:00Z"),
            cited: false,
            closed_at: None,
            required: false,
        };
        let late = at("2024-06-01T00:00:00Z");
        assert_eq!(may_dispose(disposal, &[], late), Ok(()));
        assert_eq!(may_dispose(disposal, &[hold(&["item-2"])], late), Ok(()));
        for hold in [hold(&[]), hold(&["item-1"])] {
            for disposal in [disposal, Disposal { required: true, ..disposal }] {
                let kept = may_dispose(disposal, std::slice::from_ref(&hold), late).unwrap_err();
                assert!(matches!(kept[..], [Kept::Held { .. }]));
            }
        }
        let early = at("2023-12-30T23:59:59Z");
        assert_eq!(
            may_dispose(disposal, &[], early),
            Err(vec![Kept::NotYet { until: "2023-12-31".to_owned() }])
        );
    }

    #[test]
    fn cited_evidence_stays_while_the_case_is_open() {
        let item = id("item-1");
        let disposal = Disposal {
            item: &item,
            retention: Retention::CaseEvidence,
            acquired_at: at("2023-12-01T00:00:00Z"),
            cited: true,
            closed_at: None,
            required: false,
        };
        let late = at("2040-01-01T00:00:00Z");
        assert_eq!(may_dispose(disposal, &[], late).unwrap_err().len(), 2);
        let closed = Disposal { closed_at: Some(at("2025-01-31T00:00:00Z")), ..disposal };
        assert_eq!(may_dispose(closed, &[], late), Ok(()));
        assert!(may_dispose(closed, &[], at("2032-01-30T00:00:00Z")).is_err());
    }

    #[test]
    fn months_are_those_of_the_calendar() {
        let until = Retention::RawEvents.keep_until(at("2023-01-31T10:00:00Z"), None).unwrap();
        assert_eq!(until, at("2024-02-29T10:00:00Z"));
    }

    #[test]
    fn a_hold_is_to_be_looked_at() {
        let hold = hold(&[]);
        assert_eq!(hold.state(at("2024-02-29T23:59:59Z")), HoldState::Active);
        assert_eq!(hold.state(at("2024-03-01T00:00:00Z")), HoldState::ReviewDue);
    }
}
