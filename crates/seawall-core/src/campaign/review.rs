//! What did people say of earlier campaigns, for the next detection to go by?
//!
//! A file of it is an input like any other: one JSON object a line, written by `seawall review export`. It says what
//! belongs together and what does not, and never how strong evidence is. A campaign is known again by what binds it, since
//! the members, and with them its id, change from run to run.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

/// Longest file.
pub const BYTES_MAX: u64 = 64 << 20;
/// Selectors by which a campaign is known again, at most.
const BOUND_BY_MAX: usize = 64;
/// Selectors that must bind it again, or all where it has fewer, …
const COMMON_MIN: usize = 3;
/// … and one in so many of them.
const COMMON_SHARE: usize = 2;
/// Longest id of a campaign or person, and longest selector.
const ID_BYTES_MAX: usize = 128;
/// Longest reason.
const NOTE_CHARACTERS_MAX: usize = 4000;

/// Kinds and value hashes of what binds a campaign: `email_domain:00f1…`.
pub type Binding = BTreeSet<String>;

/// Something that people said of a campaign, and that stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
    /// Id of the campaign.
    pub campaign: String,
    /// What bound it when it was looked at.
    pub bound_by: Binding,
    /// What was said.
    #[serde(flatten)]
    pub said: Said,
    /// Id of the person.
    pub by: String,
    /// When, RFC 3339.
    pub at: String,
    /// Why.
    #[serde(default)]
    pub note: String,
}

/// What was said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "said", rename_all = "snake_case")]
pub enum Said {
    /// It is part of another one.
    Merged {
        /// Of which.
        into: String,
        /// What bound that one.
        into_bound_by: Binding,
    },
    /// What carries a selector is somebody else's.
    Split {
        /// Kind and value hash.
        selector: String,
        /// What that part is called.
        #[serde(default)]
        name: String,
    },
    /// It is no operation's.
    Dismissed,
}

impl Said {
    /// Its word.
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Merged { .. } => "merged",
            Self::Split { .. } => "split",
            Self::Dismissed => "dismissed",
        }
    }
}

/// All that people said and that stands, in an order of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reviews {
    all: Vec<Reviewed>,
}

/// A line is not what was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line} of the reviews {why}\nhint: write them with `seawall review export`")]
pub struct ReviewsError {
    /// Which, from 1.
    pub line: usize,
    /// What is wrong.
    pub why: &'static str,
}

/// Campaigns that people said are one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Union<'a> {
    /// The id that stays.
    pub into: &'a str,
    /// What binds each, by id: the one that stays as well.
    pub parts: BTreeMap<&'a str, &'a Binding>,
    /// What was said, each by somebody.
    pub said: Vec<&'a Reviewed>,
}

impl Reviews {
    /// Those, whatever their order.
    pub fn new(mut all: Vec<Reviewed>) -> Self {
        let key = |own: &Reviewed| {
            (own.campaign.clone(), own.said.word(), own.at.clone(), own.by.clone())
        };
        all.sort_by_cached_key(key);
        Self { all }
    }

    /// Reads a file of them.
    pub fn parse(text: &str) -> Result<Self, ReviewsError> {
        let mut all = Vec::new();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |why| ReviewsError { line: index + 1, why };
            let own: Reviewed =
                serde_json::from_str(line).map_err(|_| wrong("cannot be understood"))?;
            if !own.is_sound() {
                return Err(wrong("is longer than any that is written"));
            }
            all.push(own);
        }
        Ok(Self::new(all))
    }

    /// All, in their order.
    pub fn all(&self) -> &[Reviewed] {
        &self.all
    }

    /// Campaigns that are one, by the id that stays. What is merged into one that was merged itself goes with it; one
    /// that would come round to itself stays where that began.
    pub fn unions(&self) -> Vec<Union<'_>> {
        let into: BTreeMap<&str, &str> = self
            .all
            .iter()
            .filter_map(|own| match &own.said {
                Said::Merged { into, .. } => Some((own.campaign.as_str(), into.as_str())),
                _ => None,
            })
            .collect();
        let mut unions: BTreeMap<&str, Union<'_>> = BTreeMap::new();
        for own in &self.all {
            let Said::Merged { into: next, into_bound_by } = &own.said else { continue };
            let mut last = next.as_str();
            let mut passed = BTreeSet::from([own.campaign.as_str()]);
            while passed.insert(last) {
                last = into.get(last).copied().unwrap_or(last);
            }
            let union = unions.entry(last).or_insert_with(|| Union {
                into: last,
                parts: BTreeMap::new(),
                said: Vec::new(),
            });
            union.parts.insert(&own.campaign, &own.bound_by);
            union.parts.entry(next).or_insert(into_bound_by);
            union.said.push(own);
        }
        unions.into_values().collect()
    }
}

impl Reviewed {
    fn is_sound(&self) -> bool {
        let short = |text: &str| text.len() <= ID_BYTES_MAX;
        let sound = |binding: &Binding| {
            binding.len() <= BOUND_BY_MAX && binding.iter().all(|own| short(own))
        };
        let said = match &self.said {
            Said::Merged { into, into_bound_by } => short(into) && sound(into_bound_by),
            Said::Split { selector, name } => {
                short(selector) && name.chars().count() <= ID_BYTES_MAX
            }
            Said::Dismissed => true,
        };
        said && [&self.campaign, &self.by, &self.at].into_iter().all(|own| short(own))
            && sound(&self.bound_by)
            && self.note.chars().count() <= NOTE_CHARACTERS_MAX
    }
}

/// In how much a campaign that is bound by those now is one that was bound by these; none where it is another.
pub fn common(then: &Binding, now: &Binding) -> Option<usize> {
    let common = then.intersection(now).count();
    let least = COMMON_MIN.min(then.len()).max(then.len().div_ceil(COMMON_SHARE)).max(1);
    (common >= least).then_some(common)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn binding(selectors: &[&str]) -> Binding {
        selectors.iter().map(|own| (*own).to_owned()).collect()
    }

    fn merged(campaign: &str, into: &str) -> Reviewed {
        Reviewed {
            campaign: campaign.to_owned(),
            bound_by: binding(&[campaign]),
            said: Said::Merged { into: into.to_owned(), into_bound_by: binding(&[into]) },
            by: "p-1".to_owned(),
            at: "2026-03-01T00:00:00Z".to_owned(),
            note: String::new(),
        }
    }

    #[test]
    fn what_is_merged_into_one_that_was_merged_goes_with_it() {
        let reviews = Reviews::new(vec![merged("c-b", "c-c"), merged("c-a", "c-b")]);
        let unions = reviews.unions();
        assert_eq!(unions.len(), 1);
        assert_eq!(unions[0].into, "c-c");
        assert_eq!(unions[0].parts.keys().copied().collect::<Vec<_>>(), ["c-a", "c-b", "c-c"]);
        // What comes round ends.
        assert!(
            !Reviews::new(vec![merged("c-a", "c-b"), merged("c-b", "c-a")]).unions().is_empty()
        );
    }

    #[test]
    fn a_campaign_is_known_again_by_half_of_what_bound_it() {
        let then = binding(&["a", "b", "c", "d", "e", "f"]);
        assert_eq!(common(&then, &binding(&["a", "b", "c", "x", "y"])), Some(3));
        assert_eq!(common(&then, &binding(&["a", "b", "x"])), None);
        assert_eq!(common(&binding(&["a", "b"]), &binding(&["a", "b"])), Some(2));
        assert_eq!(common(&binding(&["a", "b"]), &binding(&["a"])), None);
        assert_eq!(common(&Binding::new(), &then), None);
    }

    #[test]
    fn a_file_is_read_as_it_was_written_and_a_strange_line_is_named() {
        let all = vec![merged("c-a", "c-b"), merged("c-c", "c-b")];
        let lines: Vec<String> =
            all.iter().rev().map(|own| serde_json::to_string(own).expect("JSON")).collect();
        assert_eq!(Reviews::parse(&lines.join("\n")), Ok(Reviews::new(all)));
        let strange = format!("{}\n\n{{\"said\":\"deleted\"}}\n", lines[0]);
        assert_eq!(Reviews::parse(&strange).map_err(|error| error.line), Err(3));
        let mut long = merged("c-a", "c-b");
        long.note = "x".repeat(NOTE_CHARACTERS_MAX + 1);
        let long = serde_json::to_string(&long).expect("JSON");
        assert!(Reviews::parse(&long).is_err());
    }
}
