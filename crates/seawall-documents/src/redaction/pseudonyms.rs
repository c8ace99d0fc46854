//! Which name stands for whom in one case? Drawn by chance from a seed, so that it says nothing about the value.
//!
//! The table is the key to the names: it is an item of evidence of its own, sealed and filed under seal.

use std::collections::BTreeMap;

use seawall_evidence::hash::Digest;
use serde::{Deserialize, Serialize};

/// What a pseudonym stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pseudonym {
    /// `ACCT-000123`.
    Account,
    /// `VICTIM-01`.
    Victim,
    /// `Doe-1`.
    Defendant,
}

/// The names given in a case. What has a name keeps it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pseudonyms {
    numbers: BTreeMap<Pseudonym, BTreeMap<String, u64>>,
}

impl Pseudonyms {
    /// Gives names to those of `values` that have none. The numbers of a batch are shuffled by the case's secret
    /// `seed`: neither the order in which values came nor how they are sorted can be read from them.
    pub fn assign(
        &mut self,
        seed: &[u8; 32],
        kind: Pseudonym,
        values: impl IntoIterator<Item = String>,
    ) {
        let known = self.numbers.entry(kind).or_default();
        let mut new: Vec<String> =
            values.into_iter().filter(|value| !known.contains_key(value)).collect();
        new.sort_unstable();
        new.dedup();
        let taken = known.len() as u64;
        for last in (1..new.len()).rev() {
            new.swap(last, draw(seed, kind, taken, last as u64));
        }
        known.extend(new.into_iter().zip(taken + 1..));
    }

    /// The name that stands for `value`, if it was given one.
    pub fn name(&self, kind: Pseudonym, value: &str) -> Option<String> {
        let number = self.numbers.get(&kind)?.get(value)?;
        Some(match kind {
            Pseudonym::Account => format!("ACCT-{number:06}"),
            Pseudonym::Victim => format!("VICTIM-{number:02}"),
            Pseudonym::Defendant => format!("Doe-{number}"),
        })
    }

    /// All values with their names, by name.
    pub fn table(&self) -> Vec<(String, Pseudonym, String)> {
        let mut all = self.all();
        all.sort_by_key(|(value, kind, _)| (*kind, self.numbers[kind][*value]));
        all.into_iter().map(|(value, kind, name)| (name, kind, value.to_owned())).collect()
    }

    /// All values with their names, the longest values first: so that none is found within another.
    pub(super) fn all(&self) -> Vec<(&str, Pseudonym, String)> {
        let mut all: Vec<(&str, Pseudonym, String)> = Vec::new();
        for (kind, values) in &self.numbers {
            let named = |value: &String| self.name(*kind, value);
            all.extend(
                values.keys().filter_map(|value| Some((value.as_str(), *kind, named(value)?))),
            );
        }
        all.sort_by_key(|(value, ..)| (std::cmp::Reverse(value.len()), *value));
        all
    }
}

/// A number from 0 to `last`, as rows of samples are drawn: the first eight bytes of a hash, modulo. With less than
/// 2^40 values the modulo favours no number by more than 2^-24.
fn draw(seed: &[u8; 32], kind: Pseudonym, taken: u64, last: u64) -> usize {
    let mut input = seed.to_vec();
    input.push(kind as u8);
    input.extend(taken.to_be_bytes());
    input.extend(last.to_be_bytes());
    let digest = Digest::of(&input);
    let bytes = digest.as_bytes().first_chunk::<8>().expect("a hash has 32 bytes");
    (u64::from_be_bytes(*bytes) % (last + 1)) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    const SEED: [u8; 32] = [7; 32];

    fn values(range: std::ops::Range<u32>) -> impl Iterator<Item = String> {
        range.map(|number| format!("user{number:04}@mail.example"))
    }

    #[test]
    fn names_stay_when_others_come() {
        let mut names = Pseudonyms::default();
        names.assign(&SEED, Pseudonym::Account, values(0..100));
        let before = names.clone();
        names.assign(&SEED, Pseudonym::Account, values(50..200));
        for value in values(0..100) {
            assert_eq!(
                names.name(Pseudonym::Account, &value),
                before.name(Pseudonym::Account, &value)
            );
        }
        let all: std::collections::BTreeSet<String> =
            values(0..200).map(|value| names.name(Pseudonym::Account, &value).unwrap()).collect();
        assert_eq!(all.len(), 200);
        assert_eq!(all.first().unwrap(), "ACCT-000001");
        assert_eq!(all.last().unwrap(), "ACCT-000200");
    }

    #[test]
    fn names_do_not_follow_the_order_of_values_and_depend_on_the_seed() {
        let numbers = |seed: &[u8; 32]| -> Vec<String> {
            let mut names = Pseudonyms::default();
            names.assign(seed, Pseudonym::Account, values(0..200));
            values(0..200).map(|value| names.name(Pseudonym::Account, &value).unwrap()).collect()
        };
        let drawn = numbers(&SEED);
        let ascents = drawn.windows(2).filter(|pair| pair[0] < pair[1]).count();
        assert!((70..130).contains(&ascents), "{ascents} of 199 ascend");
        assert_ne!(drawn, numbers(&[8; 32]));
        assert_eq!(drawn, numbers(&SEED));
    }

    #[test]
    fn kinds_have_their_own_names() {
        let mut names = Pseudonyms::default();
        names.assign(&SEED, Pseudonym::Victim, ["a".to_owned()]);
        names.assign(&SEED, Pseudonym::Defendant, ["b".to_owned()]);
        assert_eq!(names.name(Pseudonym::Victim, "a").unwrap(), "VICTIM-01");
        assert_eq!(names.name(Pseudonym::Defendant, "b").unwrap(), "Doe-1");
        assert_eq!(names.name(Pseudonym::Defendant, "a"), None);
    }
}
