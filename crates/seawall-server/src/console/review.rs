//! What did people say of campaigns, and what has come of it? A fold over their entries; pure.
//!
//! Nothing that was said is lost: an undo is an entry as well, and what it undoes stays in the history. A change names the
//! version that its author saw, and is refused where there is a newer one.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

mod agreement;
mod export;

pub use agreement::Agreement;
pub use export::Exported;

/// Longest note.
pub const NOTE_CHARACTERS_MAX: usize = 4000;
/// How long a claim holds, in milliseconds.
pub const CLAIM: i64 = 15 * 60 * 1000;
/// Share of selectors in common from which two campaigns resemble each other.
const RESEMBLING: f64 = 0.5;

/// What somebody says a campaign is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// One operation's.
    Confirmed,
    /// No operation's.
    Dismissed,
}

impl Decision {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
        }
    }

    /// The decision of a word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Confirmed, Self::Dismissed].into_iter().find(|own| own.as_str() == word)
    }
}

/// Something that was said of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Which.
    pub campaign: String,
    /// What.
    #[serde(flatten)]
    pub said: Said,
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// Somebody looks at it; nobody else should.
    Claimed {
        /// Until when, in milliseconds since the Unix epoch.
        until: i64,
    },
    /// Nobody looks at it any more.
    Released,
    /// It is left for others.
    Skipped {
        /// Why.
        reason: String,
    },
    /// It is one, or is not.
    Decided {
        /// Which.
        decision: Decision,
        /// Why.
        note: String,
        /// Kinds and hashes of what binds it, so that it is known again when its members change.
        bound_by: BTreeSet<String>,
    },
    /// A model proposes what people should say of it, in somebody's name. It changes nothing.
    Proposed {
        /// What.
        decision: Decision,
        /// Why, in the words of the model.
        note: String,
        /// Id of the token with which it asked.
        token: String,
    },
    /// Something about it.
    Noted {
        /// What.
        note: String,
    },
    /// It is called otherwise.
    Named {
        /// How.
        name: String,
    },
    /// It is part of another one.
    Merged {
        /// Of which.
        into: String,
        /// Why.
        note: String,
        /// Kinds and hashes of what binds it; earlier versions did not keep them.
        #[serde(default)]
        bound_by: BTreeSet<String>,
        /// The same of the one that it is part of.
        #[serde(default)]
        into_bound_by: BTreeSet<String>,
    },
    /// Accounts that carry a selector are somebody else's.
    Split {
        /// Kind and hash of the selector.
        selector: String,
        /// What they are called.
        name: String,
        /// Why.
        note: String,
        /// Kinds and hashes of what binds the whole; earlier versions did not keep them.
        #[serde(default)]
        bound_by: BTreeSet<String>,
    },
    /// An account belongs to it, or does not.
    Member {
        /// Pseudonym of the account.
        account: String,
        /// Whether it does.
        belongs: bool,
    },
    /// What somebody said does not count any more.
    Undone {
        /// Number of its entry.
        entry: u64,
    },
}

impl Said {
    /// Whether it changes what the campaign is; claims do not.
    const fn changes(&self) -> bool {
        !matches!(
            self,
            Self::Claimed { .. } | Self::Released | Self::Skipped { .. } | Self::Proposed { .. }
        )
    }
}

/// What a campaign is, by what was said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Status {
    /// Nobody decided yet.
    #[default]
    Suspected,
    /// It is an operation's.
    Confirmed,
    /// It is none.
    Dismissed,
    /// It is part of another.
    Merged,
    /// People who decided do not agree.
    Disputed,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Suspected, Self::Confirmed, Self::Disputed, Self::Dismissed, Self::Merged];

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Suspected => "suspected",
            Self::Confirmed => "confirmed",
            Self::Dismissed => "dismissed",
            Self::Merged => "merged",
            Self::Disputed => "disputed",
        }
    }
}

/// An entry with who made it and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Its number in the journal.
    pub sequence: u64,
    /// When, in milliseconds since the Unix epoch.
    pub at: i64,
    /// Who.
    pub by: String,
    /// What.
    pub said: Said,
    /// Somebody took it back.
    pub undone: bool,
}

/// What was said of one campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Review {
    /// All that was said, in order, without claims.
    pub history: Vec<Event>,
    /// Who looks at it, and until when.
    pub claim: Option<(String, i64)>,
}

impl Review {
    /// Counts what people said. Whoever changes something says which it saw; a model makes nobody look again.
    pub fn version(&self) -> u64 {
        let of_people = |event: &&Event| !matches!(event.said, Said::Proposed { .. });
        self.history.iter().rev().find(of_people).map_or(0, |event| event.sequence + 1)
    }

    fn standing(&self) -> impl DoubleEndedIterator<Item = &Event> {
        self.history.iter().filter(|event| !event.undone)
    }

    /// The last decision of everyone who gave one.
    pub fn decisions(&self) -> BTreeMap<&str, Decision> {
        let mut decisions = BTreeMap::new();
        for event in self.standing() {
            if let Said::Decided { decision, .. } = event.said {
                decisions.insert(event.by.as_str(), decision);
            }
        }
        decisions
    }

    /// What models proposed since somebody decided, by for whom.
    pub fn proposals(&self) -> BTreeMap<&str, &Event> {
        let mut proposals = BTreeMap::new();
        for event in self.standing() {
            match event.said {
                Said::Decided { .. } => proposals.clear(),
                Said::Proposed { .. } => {
                    proposals.insert(event.by.as_str(), event);
                }
                _ => {}
            }
        }
        proposals
    }

    /// What it is.
    pub fn status(&self) -> Status {
        if self.merged_into().is_some() {
            return Status::Merged;
        }
        let decisions: BTreeSet<Decision> = self.decisions().into_values().collect();
        match (decisions.len(), decisions.first()) {
            (0, _) | (_, None) => Status::Suspected,
            (1, Some(Decision::Confirmed)) => Status::Confirmed,
            (1, Some(Decision::Dismissed)) => Status::Dismissed,
            _ => Status::Disputed,
        }
    }

    /// What it is part of.
    pub fn merged_into(&self) -> Option<&str> {
        self.standing().rev().find_map(|event| match &event.said {
            Said::Merged { into, .. } => Some(into.as_str()),
            _ => None,
        })
    }

    /// What people call it.
    pub fn name(&self) -> Option<&str> {
        self.standing().rev().find_map(|event| match &event.said {
            Said::Named { name } => Some(name.as_str()),
            _ => None,
        })
    }

    /// What was said of its accounts last.
    pub fn members(&self) -> BTreeMap<&str, bool> {
        let mut members = BTreeMap::new();
        for event in self.standing() {
            if let Said::Member { account, belongs } = &event.said {
                members.insert(account.as_str(), *belongs);
            }
        }
        members
    }

    /// Who looks at it now, other than this one.
    pub fn claimed_by_other(&self, person: &str, now: i64) -> Option<&str> {
        let (by, until) = self.claim.as_ref()?;
        (by != person && now < *until).then_some(by.as_str())
    }

    /// What somebody did last that can be undone.
    pub fn last_of(&self, person: &str) -> Option<&Event> {
        self.standing()
            .rev()
            .find(|event| event.by == person && !matches!(event.said, Said::Undone { .. }))
    }

    fn bound_by(&self) -> Option<&BTreeSet<String>> {
        self.standing().rev().find_map(|event| match &event.said {
            Said::Decided { bound_by, .. } => Some(bound_by),
            _ => None,
        })
    }
}

/// Why something cannot be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refused {
    /// Something was said since; what it was.
    Stale(Vec<Event>),
    /// Somebody else looks at it.
    Claimed(String),
    /// It makes no sense.
    Wrong(&'static str),
}

/// What was said of all campaigns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviews {
    by_campaign: BTreeMap<String, Review>,
}

impl Reviews {
    /// What was said of one.
    pub fn of(&self, campaign: &str) -> Option<&Review> {
        self.by_campaign.get(campaign)
    }

    /// What one is.
    pub fn status(&self, campaign: &str) -> Status {
        self.of(campaign).map(Review::status).unwrap_or_default()
    }

    /// All that something was said of.
    pub fn all(&self) -> impl Iterator<Item = (&str, &Review)> {
        self.by_campaign.iter().map(|(id, review)| (id.as_str(), review))
    }

    /// How often two people said the same.
    pub fn agreement(&self) -> Agreement {
        Agreement::of(self.by_campaign.values())
    }

    /// What people said of the campaign that resembles one most, by what binds it; not of itself.
    pub fn resembling(
        &self,
        campaign: &str,
        bound_by: &BTreeSet<String>,
    ) -> Option<(&str, Status)> {
        let share = |own: &BTreeSet<String>| {
            let common = own.intersection(bound_by).count();
            common as f64 / (own.len() + bound_by.len() - common).max(1) as f64
        };
        self.all()
            .filter(|(id, _)| *id != campaign)
            .filter_map(|(id, review)| Some((id, review, share(review.bound_by()?))))
            .filter(|(_, _, share)| *share >= RESEMBLING)
            .max_by(|left, right| left.2.total_cmp(&right.2))
            .map(|(id, review, _)| (id, review.status()))
    }

    /// Whether something may be said by somebody who saw a version.
    pub fn check(&self, entry: &Entry, by: &str, saw: u64, now: i64) -> Result<(), Refused> {
        let nothing = Review::default();
        let review = self.of(&entry.campaign).unwrap_or(&nothing);
        if let Some(other) = review.claimed_by_other(by, now)
            && !matches!(
                entry.said,
                Said::Noted { .. } | Said::Member { .. } | Said::Proposed { .. }
            )
        {
            return Err(Refused::Claimed(other.to_owned()));
        }
        if entry.said.changes()
            && !matches!(entry.said, Said::Noted { .. } | Said::Member { .. })
            && saw != review.version()
        {
            let since = review.history.iter().filter(|event| event.sequence >= saw);
            return Err(Refused::Stale(since.cloned().collect()));
        }
        match &entry.said {
            Said::Proposed { .. }
                if !matches!(review.status(), Status::Suspected | Status::Disputed) =>
            {
                Err(Refused::Wrong("people decided about it already"))
            }
            Said::Proposed { .. } if review.proposals().contains_key(by) => {
                Err(Refused::Wrong("a proposal for this person waits already"))
            }
            Said::Merged { into, .. } => self.check_merge(&entry.campaign, into),
            Said::Undone { entry } => {
                let found = review.history.iter().find(|event| event.sequence == *entry);
                match found {
                    Some(event) if event.undone => Err(Refused::Wrong("This was undone already.")),
                    Some(event) if event.by != by => {
                        Err(Refused::Wrong("Only who did something can undo it."))
                    }
                    Some(Event { said: Said::Undone { .. }, .. }) | None => {
                        Err(Refused::Wrong("There is nothing to undo."))
                    }
                    Some(_) => Ok(()),
                }
            }
            _ => Ok(()),
        }
    }

    /// What is merged into another must not come round to itself.
    fn check_merge(&self, campaign: &str, into: &str) -> Result<(), Refused> {
        let mut at = into;
        for _ in 0..64 {
            if at == campaign {
                return Err(Refused::Wrong("A campaign cannot become part of itself."));
            }
            match self.of(at).and_then(Review::merged_into) {
                Some(next) => at = next,
                None => return Ok(()),
            }
        }
        Err(Refused::Wrong("Too many campaigns are merged into each other."))
    }

    pub(super) fn apply(&mut self, sequence: u64, at: i64, by: &str, entry: &Entry) {
        let review = self.by_campaign.entry(entry.campaign.clone()).or_default();
        match &entry.said {
            Said::Claimed { until } => {
                review.claim = Some((by.to_owned(), *until));
                return;
            }
            Said::Released => {
                review.claim = None;
                return;
            }
            Said::Undone { entry } => {
                if let Some(event) =
                    review.history.iter_mut().find(|event| event.sequence == *entry)
                {
                    event.undone = true;
                }
            }
            // Whoever decided is done with it; who writes a note still looks at it.
            Said::Decided { .. } | Said::Merged { .. } | Said::Skipped { .. } => {
                review.claim = None;
            }
            _ => {}
        }
        let (by, said) = (by.to_owned(), entry.said.clone());
        review.history.push(Event { sequence, at, by, said, undone: false });
    }
}

#[cfg(test)]
mod tests;
