//! When does what was observed fit a pattern? STIX 2.1 patterning (chapter 9), the whole of its grammar.
//!
//! A pattern is parsed once ([`Pattern`]), made ready once ([`Compiled`]), and then asked about observations, or,
//! together with many others, about every event of a log ([`Index`]).

mod about;
mod bind;
mod compile;
mod evaluate;
mod index;
mod lexer;
mod observation;
mod parse;
mod plain;
mod syntax;

pub use compile::{CompileError, Compiled};
pub use evaluate::EvaluateError;
pub use index::{Atom, Facts, Hit, Index};
pub use observation::{Observation, observations};
pub use parse::{ParseError, Violation};

use syntax::Expression;

/// Longest pattern that is read.
pub const PATTERN_BYTES_MAX: usize = 1 << 18;
/// How deeply parentheses may be nested.
pub const DEPTH_MAX: usize = 64;

/// A pattern that follows the grammar.
#[derive(Clone, Debug, PartialEq)]
pub struct Pattern {
    expression: Expression,
    violations: Vec<Violation>,
}

impl Pattern {
    /// Parses a pattern.
    pub fn parse(text: &str) -> Result<Self, ParseError> {
        parse::parse(text)
    }

    /// Rules beyond the grammar that it breaks: it can be understood all the same.
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }
}
