//! What is a source worth, how sure is it, and what else could explain what was seen?
//!
//! Whoever is accused reads it, so it says what it rests on, how good that is, and what speaks against the other
//! explanations. None of it is a score.

use serde::{Deserialize, Serialize};

/// How sure it is, in the words of estimative language (Intelligence Community Directive 203, analytic confidence).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// The information is scant, doubtful or in pieces.
    Low,
    /// It is credible and plausible, and not enough for more.
    Moderate,
    /// It is of high quality, or from several sources that do not depend on each other.
    High,
}

impl Confidence {
    /// In a word.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Moderate => "moderate",
            Self::High => "high",
        }
    }
}

/// What a source is worth, by the Admiralty code (NATO AJP-2.1): `B2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Grade {
    /// `A`, reliable, to `E`, unreliable; `F` where that cannot be judged.
    reliability: char,
    /// `1`, confirmed by others, to `5`, improbable; `6` where that cannot be judged.
    credibility: char,
}

/// It is no grade of the Admiralty code.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is no grade of a source\nhint: a letter from A to F for how reliable it is, and a digit from 1 to 6 for how credible what it says is: `B2`"
)]
pub struct NotAGrade(String);

impl TryFrom<String> for Grade {
    type Error = NotAGrade;

    fn try_from(text: String) -> Result<Self, NotAGrade> {
        let mut characters = text.chars();
        match (characters.next(), characters.next(), characters.next()) {
            (Some(reliability @ 'A'..='F'), Some(credibility @ '1'..='6'), None) => {
                Ok(Self { reliability, credibility })
            }
            _ => Err(NotAGrade(text)),
        }
    }
}

impl Grade {
    /// Whether the source is at least usually reliable, and what it says at least probably true: `A1` to `B2`.
    pub const fn is_good(self) -> bool {
        matches!((self.reliability, self.credibility), ('A' | 'B', '1' | '2'))
    }
}

impl From<Grade> for String {
    fn from(grade: Grade) -> Self {
        Self::from_iter([grade.reliability, grade.credibility])
    }
}

impl std::fmt::Display for Grade {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}{}", self.reliability, self.credibility)
    }
}

impl std::str::FromStr for Grade {
    type Err = NotAGrade;

    fn from_str(text: &str) -> Result<Self, NotAGrade> {
        text.to_owned().try_into()
    }
}

/// Another explanation of what was seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alternative {
    /// What else it could be.
    pub explanation: String,
    /// What speaks against it.
    pub against: String,
}

impl Alternative {
    /// Whether it says what else it could be, and what speaks against that.
    pub fn is_weighed(&self) -> bool {
        [&self.explanation, &self.against].into_iter().all(|text| !text.trim().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grade_is_a_letter_and_a_digit() {
        for text in ["A1", "B2", "F6"] {
            let grade = Grade::try_from(text.to_owned()).expect(text);
            assert_eq!(String::from(grade), text);
        }
        for text in ["", "A", "2B", "G1", "A7", "A0", "a1", "B22", "Ｂ2"] {
            assert!(Grade::try_from(text.to_owned()).is_err(), "{text}");
        }
    }
}
