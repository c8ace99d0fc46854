//! What was checked, and what came of it? One line for each check.

use std::fmt;

use serde::Serialize;

/// What came of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It holds.
    Pass,
    /// It does not.
    Fail(Failure),
    /// Something that it needs is not there.
    Skip,
}

/// How a check failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// A byte, a hash, a signature, an order or an approval is not what it was.
    Integrity,
    /// A number differs from what the sealed data give.
    Number,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Check {
    /// What was looked at: `log.root`, `seal:seal-01H…`. Without spaces.
    pub id: String,
    /// What came of it.
    pub outcome: Outcome,
    /// In words.
    pub what: String,
    /// What there should be, and what there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<(String, String)>,
}

impl Check {
    /// A check that came out like this.
    pub fn new(id: impl Into<String>, outcome: Outcome, what: impl fmt::Display) -> Self {
        // One check is one line, whatever the bundle holds.
        let what: String = what.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        Self { id: id.into().replace(char::is_whitespace, "_"), outcome, what, difference: None }
    }

    /// The same, with what there should be and what there is.
    #[must_use]
    pub fn with_difference(self, expected: impl fmt::Display, got: impl fmt::Display) -> Self {
        Self { difference: Some((expected.to_string(), got.to_string())), ..self }
    }

    /// Did it fail?
    pub fn failed(&self) -> bool {
        matches!(self.outcome, Outcome::Fail(_))
    }
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = match self.outcome {
            Outcome::Pass => "PASS",
            Outcome::Fail(_) => "FAIL",
            Outcome::Skip => "SKIP",
        };
        write!(f, "{} {outcome} {}", self.id, self.what)?;
        if let Some((expected, got)) = &self.difference {
            write!(f, " (expected {expected}, got {got})")?;
        }
        Ok(())
    }
}

/// All checks, in the order in which they were made.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// The checks.
    pub checks: Vec<Check>,
}

impl Report {
    /// Adds a check.
    pub fn push(&mut self, check: Check) {
        self.checks.push(check);
    }

    /// Adds checks.
    pub fn extend(&mut self, checks: impl IntoIterator<Item = Check>) {
        self.checks.extend(checks);
    }

    /// It holds.
    pub fn pass(&mut self, id: impl Into<String>, what: impl fmt::Display) {
        self.push(Check::new(id, Outcome::Pass, what));
    }

    /// It was tampered with.
    pub fn fail(&mut self, id: impl Into<String>, what: impl fmt::Display) {
        self.push(Check::new(id, Outcome::Fail(Failure::Integrity), what));
    }

    /// It is not what it should be.
    pub fn differ(
        &mut self,
        id: impl Into<String>,
        what: impl fmt::Display,
        expected: impl fmt::Display,
        got: impl fmt::Display,
    ) {
        let check = Check::new(id, Outcome::Fail(Failure::Integrity), what);
        self.push(check.with_difference(expected, got));
    }

    /// It cannot be checked.
    pub fn skip(&mut self, id: impl Into<String>, what: impl fmt::Display) {
        self.push(Check::new(id, Outcome::Skip, what));
    }

    /// The exit code: 0 if every check passed, 7 for integrity, else 6 for numbers, else 3 if something was missing.
    pub fn exit_code(&self) -> u8 {
        let any = |outcome| self.checks.iter().any(|check| check.outcome == outcome);
        if any(Outcome::Fail(Failure::Integrity)) {
            7
        } else if any(Outcome::Fail(Failure::Number)) {
            6
        } else if any(Outcome::Skip) {
            3
        } else {
            0
        }
    }

    /// How many failures there are: to see whether something went well in between.
    pub(crate) fn failures(&self) -> usize {
        self.checks.iter().filter(|check| check.failed()).count()
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.checks.iter().try_for_each(|check| writeln!(f, "{check}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_worst_decides() {
        let mut report = Report::default();
        assert_eq!(report.exit_code(), 0);
        report.pass("a", "fine");
        assert_eq!(report.exit_code(), 0);
        report.skip("b", "missing");
        assert_eq!(report.exit_code(), 3);
        report.push(Check::new("F-012", Outcome::Fail(Failure::Number), "of page 3"));
        assert_eq!(report.exit_code(), 6);
        report.differ("log root", "two\nlines", 1, 2);
        assert_eq!(report.exit_code(), 7);
        assert_eq!(
            report.to_string(),
            "a PASS fine\nb SKIP missing\nF-012 FAIL of page 3\n\
             log_root FAIL two lines (expected 1, got 2)\n"
        );
    }
}
