//! What is to be done to which accounts, and in which stages? Pure.

use serde::{Deserialize, Serialize};

/// What the site is asked to do to an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// Test it before it does anything else.
    Challenge,
    /// Let it in, and keep it from reaching others.
    Restrict,
    /// Shut it out.
    Suspend,
    /// Take any of these back.
    Restore,
}

impl Verb {
    /// All of them, the mildest first.
    pub const ALL: [Self; 4] = [Self::Challenge, Self::Restrict, Self::Suspend, Self::Restore];

    /// Its word, in forms and in what is sent.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Challenge => "challenge",
            Self::Restrict => "restrict",
            Self::Suspend => "suspend",
            Self::Restore => "restore",
        }
    }

    /// Its word at the head of a sentence.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Challenge => "Challenge",
            Self::Restrict => "Restrict",
            Self::Suspend => "Suspend",
            Self::Restore => "Restore",
        }
    }

    /// What it comes to, for people.
    pub const fn meaning(self) -> &'static str {
        match self {
            Self::Challenge => "a test before it does anything else",
            Self::Restrict => "it may look, and reach nobody",
            Self::Suspend => "it is shut out",
            Self::Restore => "as if nothing had been done",
        }
    }

    /// What has been done to it.
    pub const fn done(self) -> &'static str {
        match self {
            Self::Challenge => "challenged",
            Self::Restrict => "restricted",
            Self::Suspend => "suspended",
            Self::Restore => "restored",
        }
    }

    /// The verb of a word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|own| own.as_str() == word)
    }
}

/// Which members of the campaign.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Scope {
    /// All that are listed.
    All,
    /// Those that belong at least this surely, 0 to 1.
    Confidence {
        /// The bound.
        least: f64,
    },
    /// Those with at least so many bits.
    Bits {
        /// The bound.
        least: f64,
    },
    /// So many, drawn by lot.
    Sample {
        /// How many.
        accounts: u32,
    },
}

impl Scope {
    /// Its word, in forms.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Confidence { .. } => "confidence",
            Self::Bits { .. } => "bits",
            Self::Sample { .. } => "sample",
        }
    }

    /// Whether a member may be in it. How many are drawn is said by [`Self::accounts_max`].
    pub fn takes(self, confidence: f64, bits: f64) -> bool {
        match self {
            Self::All | Self::Sample { .. } => true,
            Self::Confidence { least } => confidence >= least,
            Self::Bits { least } => bits >= least,
        }
    }

    /// Accounts that it has at most.
    pub const fn accounts_max(self) -> Option<u32> {
        match self {
            Self::Sample { accounts } => Some(accounts),
            Self::All | Self::Confidence { .. } | Self::Bits { .. } => None,
        }
    }
}

/// When an action halts by itself.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Share of a stage that may be refused or fail.
    pub failures_max: f64,
    /// Share of those it was done to that may turn out to be wronged.
    pub appeals_max: f64,
    /// So many must be, whatever their share: one of three tells little.
    pub appeals_least: u32,
}

/// Longest time that a stage may be spread over: a week.
pub const DELAY_SECONDS_MAX: u32 = 7 * 24 * 3600;

/// What is to be done, as it was proposed; never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// To the accounts of which campaign.
    pub campaign: String,
    /// What that was called.
    pub called: String,
    /// The run that found it.
    pub run: String,
    /// What.
    pub verb: Verb,
    /// To which of its members.
    pub scope: Scope,
    /// How many those are.
    pub accounts: u32,
    /// Members left out, since somebody said that they do not belong.
    pub left_out: u32,
    /// People among them by the probabilities of membership, as whoever proposed and approved it saw it.
    pub people: f64,
    /// Where each stage ends in the list: the first row that is not in it.
    pub stages: Vec<u32>,
    /// SHA-256 of the list.
    pub list: String,
    /// Accounts that are asked for at a time.
    pub batch: u32,
    /// Each stage is spread over so many seconds at most; at once where it is 0.
    #[serde(default)]
    pub delay_seconds_max: u32,
    /// When it halts by itself; plans of earlier versions do not.
    #[serde(default)]
    pub limits: Option<Limits>,
    /// The next stage begins by itself where no more than this share of the one before was refused or failed.
    pub by_itself: Option<f64>,
    /// A second person has to approve it.
    pub needs_approval: bool,
    /// Why, in the words of whoever proposed it.
    pub reason: String,
}

impl Plan {
    /// Rows of a stage, from 1.
    pub fn rows(&self, stage: usize) -> std::ops::Range<u32> {
        let end = |stage: usize| -> u32 {
            let at = stage.min(self.stages.len());
            at.checked_sub(1).and_then(|at| self.stages.get(at)).copied().unwrap_or(0)
        };
        end(stage.saturating_sub(1))..end(stage)
    }

    /// The stage of a row, from 1.
    pub fn stage_of(&self, row: u32) -> usize {
        self.stages.partition_point(|end| *end <= row) + 1
    }
}

/// Where the stages end: one in a hundred, one in ten, all.
pub fn stages(accounts: u32) -> Vec<u32> {
    let mut ends = vec![accounts.div_ceil(100), accounts.div_ceil(10), accounts];
    ends.dedup();
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_grow_end_with_the_last_account_and_none_is_empty() {
        assert_eq!(stages(100_000), [1_000, 10_000, 100_000]);
        assert_eq!(stages(5), [1, 5]);
        assert_eq!(stages(1), [1]);
        for accounts in 1..2_000 {
            let ends = stages(accounts);
            assert_eq!(ends.last(), Some(&accounts));
            assert!(ends[0] > 0 && ends.windows(2).all(|pair| pair[0] < pair[1]), "{accounts}");
        }
    }
}
