//! Who said what of an account, and how much does it count?
//!
//! Weights are those of the design: a person's word counts most, a campaign's membership and the site's trust are weak, and
//! whom somebody wronged before counts five times, so that it is not done again.

use std::collections::HashMap;

use seawall_core::selector::account_hash;

/// Weight of a member of a campaign.
const CAMPAIGN_WEIGHT: f32 = 0.4;
/// Weight of a trusted account.
const TRUSTED_WEIGHT: f32 = 0.5;
/// Weight of an account whose appeal was upheld.
const EXONERATED_WEIGHT: f32 = 5.0;

/// What is said of an account.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// The site trusts it.
    Trusted,
    /// A detection put it into a campaign.
    Member,
    /// A person's word: a person's account.
    Genuine,
    /// A person's word: an operation's.
    Fraudulent,
    /// A person's word: a decision against it is withdrawn.
    Exonerated,
}

impl Word {
    /// Whether it says that the account is an operation's.
    pub const fn is_fraudulent(self) -> bool {
        matches!(self, Self::Fraudulent | Self::Member)
    }

    /// How much it counts.
    pub const fn weight(self) -> f32 {
        match self {
            Self::Trusted => TRUSTED_WEIGHT,
            Self::Member => CAMPAIGN_WEIGHT,
            Self::Genuine | Self::Fraudulent => 1.0,
            Self::Exonerated => EXONERATED_WEIGHT,
        }
    }

    /// Whether a person said it.
    pub const fn is_strong(self) -> bool {
        matches!(self, Self::Genuine | Self::Fraudulent | Self::Exonerated)
    }
}

/// What is said of an account in all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Said {
    trusted: bool,
    member: bool,
    person: Option<Word>,
    /// Hash of its campaign, 0 where none is known.
    campaign: u64,
}

/// All that is said.
#[derive(Clone, Debug, Default)]
pub struct Labels {
    accounts: HashMap<u64, Said>,
}

impl Labels {
    /// Accounts that something is said of.
    pub fn len(&self) -> usize {
        self.accounts.len()
    }

    /// Whether nothing is said of anybody.
    pub fn is_empty(&self) -> bool {
        self.accounts.is_empty()
    }

    /// Adds a word on an account; of a person's words the last counts. `campaign` is what keeps accounts together when
    /// some are kept out, where it is known.
    pub fn add(&mut self, account: &str, word: Word, campaign: Option<&str>) {
        let campaign = campaign.map(|id| xxhash_rust::xxh3::xxh3_64(id.as_bytes()).max(1));
        self.add_hashed(account_hash(account), word, campaign);
    }

    /// As [`Self::add`], for the hash of an account.
    pub fn add_hashed(&mut self, account: u64, word: Word, campaign: Option<u64>) {
        let said = self.accounts.entry(account).or_default();
        match word {
            Word::Trusted => said.trusted = true,
            Word::Member => said.member = true,
            Word::Genuine | Word::Fraudulent | Word::Exonerated => said.person = Some(word),
        }
        said.campaign = campaign.unwrap_or(said.campaign);
    }

    /// A person takes a word back, or cannot tell.
    pub fn withdraw(&mut self, account: &str) {
        if let Some(said) = self.accounts.get_mut(&account_hash(account)) {
            said.person = None;
        }
    }

    /// What counts of what is said of an account, and its campaign (0 for none). A person's word goes before all; whom the
    /// site trusts and a detection put into a campaign nobody can tell, and nothing is learned from.
    pub fn of(&self, account: u64) -> Option<(Word, u64)> {
        let said = self.accounts.get(&account)?;
        let word = match (said.person, said.member, said.trusted) {
            (Some(word), _, _) => word,
            (None, true, false) => Word::Member,
            (None, false, true) => Word::Trusted,
            (None, true, true) | (None, false, false) => return None,
        };
        Some((word, if word.is_fraudulent() { said.campaign } else { 0 }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_persons_word_goes_before_all_others_and_contradictions_count_for_nothing() {
        let mut labels = Labels::default();
        let of = |labels: &Labels| labels.of(account_hash("a")).map(|found| found.0);
        assert_eq!(of(&labels), None);
        labels.add("a", Word::Trusted, None);
        assert_eq!(of(&labels), Some(Word::Trusted));
        labels.add("a", Word::Member, Some("c-1"));
        assert_eq!(of(&labels), None);
        labels.add("a", Word::Fraudulent, None);
        assert_eq!(of(&labels), Some(Word::Fraudulent));
        assert_ne!(labels.of(account_hash("a")).expect("a word").1, 0);
        labels.add("a", Word::Exonerated, None);
        assert_eq!(labels.of(account_hash("a")), Some((Word::Exonerated, 0)));
        labels.withdraw("a");
        assert_eq!(of(&labels), None);
    }
}
