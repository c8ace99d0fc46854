//! What follows from the grounds?
//!
//! A policy is a reviewed file: rules in the Common Expression Language (CEL) over named variables, an answer each, and
//! limits that no rule can pass. Every rule is checked when the file is read: that it is CEL, that its variables exist,
//! that its types fit, that it gives true or false. A rule that says `block` may not rest on what only the last hours
//! know.

mod budget;
mod check;
mod file;
mod variables;

use std::collections::BTreeSet;

use cel::{Context, Program, Value};
use xxhash_rust::xxh3::xxh3_128;

pub use budget::{Budget, Budgets, Spent};
pub use file::{Mode, PolicyError};
use variables::Asked;
pub use variables::{VARIABLES, Variable, VariableType};

use super::{Answer, grounds::Grounds, record::Inputs};
use file::PolicyFile;

/// The policy that is used where none is given.
pub const DEFAULT: &str = include_str!("policy/default.toml");
/// Longest policy that is read.
pub const POLICY_BYTES_MAX: usize = 1 << 20;

/// A rule that is ready to be asked.
struct Rule {
    id: String,
    program: Program,
    answer: Answer,
    mode: Mode,
}

/// A checked policy.
pub struct Policy {
    id: String,
    text: String,
    file: PolicyFile,
    rules: Vec<Rule>,
    context: Context<'static, 'static>,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Policy").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A rule, for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ToldRule<'a> {
    /// Its id.
    pub id: &'a str,
    /// When it applies: an expression of CEL.
    pub when: &'a str,
    /// What it answers.
    pub answer: Answer,
    /// Whether it counts, or is only watched.
    pub mode: Mode,
    /// Why, in words.
    pub reason: &'a str,
}

/// What a policy says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// What the account is told.
    pub answer: Answer,
    /// The rule that says so.
    pub rule: Option<String>,
    /// What the rules alone would say, where something made it milder.
    pub without_limit: Option<Answer>,
    /// What made it milder.
    pub limit: Option<String>,
    /// Rules that are only watched, with what they would say.
    pub shadow: Vec<(String, Answer)>,
}

impl Policy {
    /// Reads and checks a policy.
    pub fn parse(text: &str) -> Result<Self, PolicyError> {
        let file = PolicyFile::parse(text)?;
        let mut rules = Vec::new();
        for rule in &file.rules {
            let program = check::compile(rule)?;
            let (id, mode) = (rule.id.clone(), rule.mode);
            rules.push(Rule { id, program, answer: rule.decision, mode });
        }
        let digits = format!("{:032x}", xxh3_128(text.as_bytes()));
        let id = format!("{}-{}", file.version, &digits[..16]);
        Ok(Self { id, text: text.to_owned(), file, rules, context: Context::default() })
    }

    /// The policy that is used where none is given.
    pub fn standard() -> Self {
        Self::parse(DEFAULT).expect("the default policy is tested")
    }

    /// Its id: its version and 16 hexadecimal digits from its text.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Its version, as its authors count.
    pub const fn version(&self) -> u32 {
        self.file.version
    }

    /// Its text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// What it is for, in words.
    pub fn description(&self) -> &str {
        &self.file.description
    }

    /// Its rules, in their order.
    pub fn rules(&self) -> impl Iterator<Item = ToldRule<'_>> {
        self.file.rules.iter().map(|rule| ToldRule {
            id: &rule.id,
            when: &rule.when,
            answer: rule.decision,
            mode: rule.mode,
            reason: &rule.reason,
        })
    }

    /// What is answered when a decision takes longer than [`Self::deadline_milliseconds`].
    pub const fn late(&self) -> Answer {
        self.file.late
    }

    /// How long a decision may take.
    pub const fn deadline_milliseconds(&self) -> u32 {
        self.file.deadline_milliseconds
    }

    /// What may be spent on challenges and blocks.
    pub const fn budget(&self) -> &Budget {
        &self.file.budget
    }

    /// Asks all rules. The strictest answer of those that apply and are enforced counts; then the limits.
    pub fn ask(&self, grounds: &Grounds, inputs: &Inputs) -> Outcome {
        let asked = Asked { grounds, inputs };
        let mut context = self.context.new_inner_scope();
        context.set_variable_resolver(&asked);
        let mut outcome = Outcome {
            answer: Answer::Allow,
            rule: None,
            without_limit: None,
            limit: None,
            shadow: Vec::new(),
        };
        for rule in &self.rules {
            // A rule that cannot be asked applies to nobody; types are checked, so that is a division by zero.
            if !matches!(rule.program.execute(&context), Ok(Value::Bool(true))) {
                continue;
            }
            match rule.mode {
                Mode::Shadow => outcome.shadow.push((rule.id.clone(), rule.answer)),
                Mode::Enforce if rule.answer > outcome.answer || outcome.rule.is_none() => {
                    outcome.answer = rule.answer;
                    outcome.rule = Some(rule.id.clone());
                }
                Mode::Enforce => {}
            }
        }
        self.limit(&mut outcome, grounds, inputs);
        outcome
    }

    /// Makes an answer milder where it must be.
    fn limit(&self, outcome: &mut Outcome, grounds: &Grounds, inputs: &Inputs) {
        let asked = outcome.answer;
        if outcome.answer == Answer::Block && !grounds.may_block(inputs) {
            outcome.answer = Answer::Challenge;
            outcome.limit = Some("nothing that a detection weighed, or anybody named".to_owned());
        }
        if let Some((milder, limit)) = self.file.budget.limit(outcome.answer, &inputs.spent) {
            outcome.answer = milder;
            outcome.limit = Some(limit);
        }
        outcome.without_limit = (outcome.answer != asked).then_some(asked);
    }

    /// Ids of rules that are in both policies and read otherwise, or in one only.
    pub fn difference(&self, other: &Self) -> Vec<String> {
        let of = |policy: &Self| -> BTreeSet<String> {
            policy.file.rules.iter().map(|rule| format!("{}\u{0}{rule:?}", rule.id)).collect()
        };
        let (own, theirs) = (of(self), of(other));
        let ids = own.symmetric_difference(&theirs);
        let ids: BTreeSet<String> =
            ids.filter_map(|rule| Some(rule.split_once('\u{0}')?.0.to_owned())).collect();
        ids.into_iter().collect()
    }
}

#[cfg(test)]
mod tests;
