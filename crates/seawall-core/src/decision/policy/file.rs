//! What stands in a policy's file?

use serde::Deserialize;

use super::{POLICY_BYTES_MAX, budget::Budget};
use crate::decision::Answer;

/// Rules that a policy may have.
const RULES_MAX: usize = 200;
/// Longest expression.
const WHEN_BYTES_MAX: usize = 4096;

/// Whether a rule counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// It does.
    #[default]
    Enforce,
    /// What it would say is kept, and nothing follows.
    Shadow,
}

/// Why a file is no policy.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    /// Not TOML, or not these keys.
    #[error("not a policy: {0}\nhint: `seawall policy show` prints one to begin with")]
    File(String),
    /// A rule that cannot stand.
    #[error("rule `{rule}`: {why}\nhint: `seawall policy variables` lists what a rule can ask")]
    Rule {
        /// Its id.
        rule: String,
        /// What is wrong with it.
        why: String,
    },
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RuleFile {
    pub(super) id: String,
    pub(super) when: String,
    pub(super) decision: Answer,
    #[serde(default)]
    pub(super) mode: Mode,
    /// For those who read the file.
    #[serde(default)]
    pub(super) reason: String,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PolicyFile {
    pub(super) version: u32,
    /// For those who read the file.
    #[serde(default)]
    pub(super) description: String,
    pub(super) deadline_milliseconds: u32,
    pub(super) late: Answer,
    pub(super) budget: Budget,
    #[serde(default)]
    pub(super) rules: Vec<RuleFile>,
}

impl PolicyFile {
    pub(super) fn parse(text: &str) -> Result<Self, PolicyError> {
        let wrong = |why: String| Err(PolicyError::File(why));
        if text.len() > POLICY_BYTES_MAX {
            return wrong(format!("longer than {POLICY_BYTES_MAX} bytes"));
        }
        let file: Self = match toml::from_str(text) {
            Ok(file) => file,
            Err(error) => return wrong(error.to_string().trim_end().to_owned()),
        };
        if file.rules.len() > RULES_MAX {
            return wrong(format!("more than {RULES_MAX} rules"));
        }
        if file.deadline_milliseconds == 0 {
            return wrong("a deadline of 0: every decision would be late".to_owned());
        }
        if file.description.len() > WHEN_BYTES_MAX {
            return wrong(format!("a description longer than {WHEN_BYTES_MAX} bytes"));
        }
        file.budget.check().map_err(PolicyError::File)?;
        for (index, rule) in file.rules.iter().enumerate() {
            let wrong =
                |why: &str| Err(PolicyError::Rule { rule: rule.id.clone(), why: why.to_owned() });
            let plain =
                |letter: u8| letter.is_ascii_alphanumeric() || matches!(letter, b'-' | b'_');
            if rule.id.is_empty() || rule.id.len() > 64 || !rule.id.bytes().all(plain) {
                return wrong("an id is 1 to 64 letters, digits, `-` and `_`");
            }
            if file.rules[..index].iter().any(|other| other.id == rule.id) {
                return wrong("two rules have this id");
            }
            if rule.when.len() > WHEN_BYTES_MAX || rule.reason.len() > WHEN_BYTES_MAX {
                return wrong("longer than 4096 bytes");
            }
        }
        Ok(file)
    }
}
