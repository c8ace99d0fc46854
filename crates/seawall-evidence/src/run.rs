//! Which detection said so, and does it say so again?
//!
//! A bundle keeps little of a detection: what went in, by hash, which program and configuration, and the hash of who
//! came out in which campaign. That is enough for someone with the same inputs to run it again and compare. The format
//! is in `docs/reference/case-format.md`, section "A detection".

use serde::{Deserialize, Serialize};

use crate::{
    canonical,
    hash::{Digest, Hasher},
    text::{Id, Words},
    verify::{Check, Failure, Outcome},
};

/// What a bundle keeps of a detection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// Id of the run.
    pub id: Id,
    /// Name and version of the program.
    pub tool: Words,
    /// Hash of the configuration, as the program printed it.
    pub configuration_sha256: Digest,
    /// Hash of the manifest that the program wrote.
    pub manifest_sha256: Digest,
    /// What it read, in order.
    pub inputs: Vec<Input>,
    /// Members of all campaigns.
    pub members: u64,
    /// Hash of the membership.
    pub membership_sha256: Digest,
}

/// Something that a detection read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Input {
    /// The item.
    pub item: Id,
    /// Hash of its content.
    pub sha256: Digest,
}

/// Who is in which campaign, as a hash and a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Membership {
    /// Hash over the lines.
    pub sha256: Digest,
    /// How many lines.
    pub members: u64,
}

/// An account is in one campaign twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a member is there twice in one campaign")]
pub struct Twice;

impl Membership {
    /// The membership of these pairs of account and campaign, in any order: SHA-256 over the sorted lines
    /// `account,campaign`, each ended by a line feed. Fields are quoted where RFC 4180 wants it, and nowhere else.
    pub fn new<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> Result<Self, Twice> {
        let mut lines: Vec<Box<str>> = pairs
            .into_iter()
            .map(|(account, campaign)| format!("{},{}\n", field(account), field(campaign)).into())
            .collect();
        lines.sort_unstable();
        if lines.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Twice);
        }
        let mut hasher = Hasher::new();
        for line in &lines {
            hasher.update(line.as_bytes());
        }
        Ok(Self { sha256: hasher.finish(), members: lines.len() as u64 })
    }
}

/// A field of RFC 4180, section 2: quoted if it holds a comma, a quote or the end of a line.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

impl Run {
    /// Reads what a bundle keeps of a detection.
    pub fn parse(bytes: &[u8]) -> Result<Self, canonical::Error> {
        canonical::parse(bytes)
    }

    /// It as canonical JSON.
    pub fn to_bytes(&self) -> Result<Vec<u8>, canonical::Error> {
        canonical::to_bytes(self)
    }
}

/// What the detector found when it ran again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Again {
    /// It ran.
    Found(Membership),
    /// Something that it needs is not at hand: an input, or that version.
    Missing(String),
    /// It could not run.
    Failed(String),
}

/// Checks a run of a bundle: `detect` runs the detector of that version on those inputs with that configuration.
pub fn check(bytes: &[u8], detect: impl FnOnce(&Run) -> Again) -> Vec<Check> {
    let run = match Run::parse(bytes) {
        Ok(run) => run,
        Err(error) => return vec![Check::new("run", Outcome::Fail(Failure::Integrity), error)],
    };
    let id = format!("run:{}", run.id);
    let differs = Outcome::Fail(Failure::Number);
    let found = match detect(&run) {
        Again::Found(found) => found,
        Again::Missing(what) => return vec![Check::new(id, Outcome::Skip, what)],
        Again::Failed(what) => return vec![Check::new(id, differs, what)],
    };
    let mut checks = Vec::new();
    if found.members != run.members {
        let check =
            Check::new(id.as_str(), differs, "the detector finds another number of members");
        checks.push(check.with_difference(found.members, run.members));
    }
    if found.sha256 != run.membership_sha256 {
        let check = Check::new(id.as_str(), differs, "the detector finds other members");
        checks.push(check.with_difference(found.sha256, run.membership_sha256));
    }
    if checks.is_empty() {
        let what = format!("the detector finds the same {} members", run.members);
        checks.push(Check::new(id, Outcome::Pass, what));
    }
    checks
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAIRS: [(&str, &str); 4] = [("b", "c-1"), ("a,1", "c-1"), ("a\"2", "c-2"), ("a", "c-1")];

    /// As `printf '"a""2",c-2\n"a,1",c-1\na,c-1\nb,c-1\n' | sha256sum`.
    const SHA256: &str = "1f2708fb568c024c1914a4d77c5396ee6cc383d49dbcaf29dbf85bfa045fbb44";

    fn run() -> Run {
        Run {
            id: Id::new("run-1").unwrap(),
            tool: Words::new("seawall 0.1.0").unwrap(),
            configuration_sha256: Digest::of("configuration"),
            manifest_sha256: Digest::of("manifest"),
            inputs: vec![Input { item: Id::new("item-1").unwrap(), sha256: Digest::of("input") }],
            members: 4,
            membership_sha256: SHA256.parse().unwrap(),
        }
    }

    #[test]
    fn order_does_not_matter() {
        let expected = Membership { sha256: SHA256.parse().unwrap(), members: 4 };
        assert_eq!(Membership::new(PAIRS), Ok(expected));
        assert_eq!(Membership::new(PAIRS.into_iter().rev()), Ok(expected));
        assert_eq!(Membership::new(PAIRS.into_iter().chain([("b", "c-1")])), Err(Twice));
        // A comma in an account cannot pass for the one between the fields.
        assert_ne!(Membership::new([("a,b", "c")]), Membership::new([("a", "b,c")]));
    }

    #[test]
    fn another_membership_is_told() {
        let bytes = run().to_bytes().unwrap();
        let again =
            |pairs: &[(&str, &str)]| Again::Found(Membership::new(pairs.iter().copied()).unwrap());
        let outcomes = |again: Again| -> Vec<Outcome> {
            check(&bytes, |run| {
                assert_eq!(run.inputs.len(), 1);
                again
            })
            .into_iter()
            .map(|check| check.outcome)
            .collect()
        };
        let differs = Outcome::Fail(Failure::Number);
        assert_eq!(outcomes(again(&PAIRS)), [Outcome::Pass]);
        assert_eq!(outcomes(again(&PAIRS[1..])), [differs, differs]);
        let moved = [("b", "c-2"), PAIRS[1], PAIRS[2], PAIRS[3]];
        assert_eq!(outcomes(again(&moved)), [differs]);
        assert_eq!(outcomes(Again::Missing("no input".into())), [Outcome::Skip]);
        assert_eq!(outcomes(Again::Failed("out of memory".into())), [differs]);
        let broken = check(b"{}", |_| Again::Missing(String::new()));
        assert_eq!(broken[0].outcome, Outcome::Fail(Failure::Integrity));
    }
}
