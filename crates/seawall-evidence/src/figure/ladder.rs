//! What is counted when accounts are counted? Six counts, each of which is at most the one before it.

use serde::{Deserialize, Serialize};

/// One step of the ladder. Reports of one operation differ by orders of magnitude because each counts another step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Somebody tried.
    Attempted,
    /// There was an account.
    Created,
    /// It was still there a day later.
    SurvivedDay,
    /// It did something.
    Used,
    /// It was on sale.
    Offered,
    /// It was sold.
    Sold,
}

impl Step {
    /// The steps, from the most accounts to the fewest.
    pub const ALL: [Self; 6] =
        [Self::Attempted, Self::Created, Self::SurvivedDay, Self::Used, Self::Offered, Self::Sold];

    /// What is counted, in words for a document: no digit and no number word, since each number there is a figure.
    pub fn definition(self) -> &'static str {
        match self {
            Self::Attempted => {
                "Attempts to register an account that reached the service, whether or not an account came of it. \
                 Each attempt counts once, also where several belong to one account."
            }
            Self::Created => {
                "Accounts that came to exist: the service answered the attempt with a new account. \
                 An account counts once, whatever became of it later."
            }
            Self::SurvivedDay => {
                "Accounts created that were neither suspended nor closed within a day of their creation, to the \
                 second."
            }
            Self::Used => {
                "Accounts created for which the service recorded at least one act other than registration, sign-in \
                 and challenge."
            }
            Self::Offered => {
                "Accounts created that somebody offered to others for money or another reward, as far as an offer \
                 names the account or the account was handed over in answer to it. A stock that a shop states counts \
                 as what the shop states, and not here."
            }
            Self::Sold => {
                "Accounts offered that were handed over to a buyer: bought in a recorded purchase, or shown as sold by \
                 a record of the seller."
            }
        }
    }

    /// What the count is called.
    pub fn label(self) -> &'static str {
        match self {
            Self::Attempted => "accounts attempted",
            Self::Created => "accounts created",
            Self::SurvivedDay => "accounts that survived a day",
            Self::Used => "accounts used",
            Self::Offered => "accounts offered",
            Self::Sold => "accounts sold",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn definitions_fit_a_document() {
        for step in Step::ALL {
            assert!(
                !step.definition().contains(|letter: char| letter.is_ascii_digit()),
                "{step:?}"
            );
            assert!(step.definition().ends_with('.'));
        }
        assert!(Step::ALL.is_sorted());
    }
}
