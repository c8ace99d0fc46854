//! What of a pattern can be made ready once?

use std::net::IpAddr;

use ipnet::IpNet;
use jiff::Timestamp;
use regex::{Regex, RegexBuilder, bytes};
use unicode_normalization::UnicodeNormalization as _;

use super::{
    EvaluateError, Observation, Pattern,
    bind::{self, Node, Span},
    evaluate,
    syntax::{Check, Comparison, Expression, Literal, Order, Path, Test},
};

/// Memory that one regular expression may take. What needs more is refused.
const REGEX_BYTES_MAX: usize = 1 << 20;
/// How deeply a regular expression may be nested.
const REGEX_DEPTH_MAX: u32 = 64;

/// Why a sound pattern cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompileError {
    /// There is no such time.
    #[error("there is no time `{0}`")]
    Time(String),
    /// The regular expression is none, or needs what is not supported: looking around, references back.
    #[error(
        "a regular expression that cannot be used\nhint: look-around and back-references are not supported, since they have no bound on time"
    )]
    Regex(#[source] Box<regex::Error>),
    /// The members of a set are of different kinds.
    #[error("a set of constants of different kinds")]
    Set,
    /// `WITHIN` of no time.
    #[error("`WITHIN` takes more than 0 seconds")]
    Within,
    /// `REPEATS` of no times.
    #[error("`REPEATS` takes at least 1 time")]
    Repeats,
    /// No network.
    #[error("`{0}` is neither an address nor a network")]
    Network(String),
}

/// A pattern that can be asked.
#[derive(Clone, Debug)]
pub struct Compiled {
    /// What has to be observed; tests are numbers of `tests`.
    pub(super) root: Node,
    /// What single observations are asked.
    pub(super) tests: Vec<Ready>,
}

/// A comparison that is ready.
#[derive(Clone, Debug)]
pub(super) enum Ready {
    Or(Vec<Self>),
    And(Vec<Self>),
    Test { path: Path, negated: bool, check: ReadyCheck },
}

#[derive(Clone, Debug)]
pub(super) enum ReadyCheck {
    Equal(Constant),
    NotEqual(Constant),
    Order(Order, Constant),
    In(Vec<Constant>),
    /// On text; on bytes, where it can be asked about those.
    Matches(Regex, Option<bytes::Regex>),
    Like(Regex),
    Subset(IpNet),
    Superset(IpNet),
    Exists,
}

/// A constant that is ready.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Constant {
    Integer(i64),
    Float(f64),
    Bytes(Vec<u8>),
    Text(String),
    Boolean(bool),
    Time(Timestamp),
}

impl Compiled {
    /// Makes a pattern ready.
    pub fn new(pattern: &Pattern) -> Result<Self, CompileError> {
        let mut tests = Vec::new();
        let root = node(&pattern.expression, &[], &mut tests)?;
        Ok(Self { root, tests })
    }

    /// Which observations fit, as numbers in their order, each once: the first way that is found. `None` where none
    /// is.
    pub fn fits(&self, observed: &[Observation<'_>]) -> Result<Option<Vec<usize>>, EvaluateError> {
        let mut candidates = Vec::with_capacity(self.tests.len());
        for test in &self.tests {
            let mut fitting = Vec::new();
            for (number, observation) in observed.iter().enumerate() {
                if evaluate::holds(test, observation)? {
                    fitting.push(number);
                }
            }
            candidates.push(fitting);
        }
        let spans: Vec<Span> = observed
            .iter()
            .map(|it| Span {
                first: it.first.as_microsecond(),
                last: it.last.as_microsecond(),
                number: it.number,
            })
            .collect();
        bind::bind(&self.root, &candidates, &spans)
    }
}

/// Times of `START` and `STOP` hold for each observation, so they go down to the tests.
fn node(
    expression: &Expression,
    spans: &[(i64, i64)],
    tests: &mut Vec<Ready>,
) -> Result<Node, CompileError> {
    let mut all = |children: &[Expression]| {
        children.iter().map(|child| node(child, spans, tests)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match expression {
        Expression::Test(comparison) => {
            tests.push(ready(comparison)?);
            Node::Test { test: tests.len() - 1, spans: spans.to_vec() }
        }
        Expression::And(children) => Node::And(all(children)?),
        Expression::Or(children) => Node::Or(all(children)?),
        Expression::FollowedBy(children) => Node::FollowedBy(all(children)?),
        Expression::Within(inner, seconds) => {
            // NaN is no literal, and infinity is cut off.
            if *seconds <= 0.0 {
                return Err(CompileError::Within);
            }
            match node(inner, spans, tests)? {
                // One observation is always within any time.
                test @ Node::Test { .. } => test,
                inner => Node::Within(Box::new(inner), (seconds * 1e6) as i64),
            }
        }
        Expression::Repeats(inner, times) => {
            if *times == 0 {
                return Err(CompileError::Repeats);
            }
            match node(inner, spans, tests)? {
                inner if *times == 1 => inner,
                Node::Repeats(inner, before) if matches!(*inner, Node::Test { .. }) => {
                    Node::Repeats(inner, before.saturating_mul(*times))
                }
                inner => Node::Repeats(Box::new(inner), *times),
            }
        }
        Expression::StartStop(inner, start, stop) => {
            let mut spans = spans.to_vec();
            spans.push((time(start)?.as_microsecond(), time(stop)?.as_microsecond()));
            node(inner, &spans, tests)?
        }
    })
}

fn ready(comparison: &Comparison) -> Result<Ready, CompileError> {
    let all = |children: &[Comparison]| children.iter().map(ready).collect::<Result<Vec<_>, _>>();
    Ok(match comparison {
        Comparison::Or(children) => Ready::Or(all(children)?),
        Comparison::And(children) => Ready::And(all(children)?),
        Comparison::Test(Test { path, negated, check }) => {
            Ready::Test { path: path.clone(), negated: *negated, check: ready_check(check)? }
        }
    })
}

fn ready_check(check: &Check) -> Result<ReadyCheck, CompileError> {
    Ok(match check {
        Check::Equal(literal) => ReadyCheck::Equal(constant(literal)?),
        Check::NotEqual(literal) => ReadyCheck::NotEqual(constant(literal)?),
        Check::Order(order, literal) => ReadyCheck::Order(*order, constant(literal)?),
        Check::In(literals) => {
            let set = literals.iter().map(constant).collect::<Result<Vec<_>, _>>()?;
            if set.windows(2).any(|pair| sort(&pair[0]) != sort(&pair[1])) {
                return Err(CompileError::Set);
            }
            ReadyCheck::In(set)
        }
        Check::Like(text) => ReadyCheck::Like(regex(&like(&normal(text)))?),
        Check::Matches(text) => {
            let text = normal(text);
            ReadyCheck::Matches(regex(&text)?, bytes_regex(&text))
        }
        Check::Subset(text) => ReadyCheck::Subset(network(text)?),
        Check::Superset(text) => ReadyCheck::Superset(network(text)?),
        Check::Exists => ReadyCheck::Exists,
    })
}

/// Which constants may stand in one set: numbers of both kinds, otherwise one kind.
fn sort(constant: &Constant) -> u8 {
    match constant {
        Constant::Integer(_) | Constant::Float(_) => 0,
        Constant::Bytes(_) => 1,
        Constant::Text(_) => 2,
        Constant::Boolean(_) => 3,
        Constant::Time(_) => 4,
    }
}

fn constant(literal: &Literal) -> Result<Constant, CompileError> {
    Ok(match literal {
        Literal::Integer(number) => Constant::Integer(*number),
        Literal::Float(number) => Constant::Float(*number),
        Literal::Bytes(bytes) => Constant::Bytes(bytes.clone()),
        Literal::Text(text) => Constant::Text(text.clone()),
        Literal::Boolean(is) => Constant::Boolean(*is),
        Literal::Time(text) => Constant::Time(time(text)?),
    })
}

fn time(text: &str) -> Result<Timestamp, CompileError> {
    text.parse().map_err(|_| CompileError::Time(text.to_owned()))
}

/// Texts are compared with expressions in Unicode's form C.
pub(super) fn normal(text: &str) -> String {
    text.nfc().collect()
}

/// `%` is any text, `_` any one character.
fn like(text: &str) -> String {
    let mut regex = String::from("(?s)^");
    for letter in text.chars() {
        match letter {
            '%' => regex.push_str(".*"),
            '_' => regex.push('.'),
            letter => regex.push_str(&regex::escape(letter.encode_utf8(&mut [0; 4]))),
        }
    }
    regex.push('$');
    regex
}

fn regex(text: &str) -> Result<Regex, CompileError> {
    RegexBuilder::new(text)
        .size_limit(REGEX_BYTES_MAX)
        .dfa_size_limit(REGEX_BYTES_MAX)
        .nest_limit(REGEX_DEPTH_MAX)
        .build()
        .map_err(|error| CompileError::Regex(Box::new(error)))
}

/// The same for bytes, where a character stands for the byte of its number.
fn bytes_regex(text: &str) -> Option<bytes::Regex> {
    use std::fmt::Write as _;
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match u32::from(letter) {
            0..128 => escaped.push(letter),
            byte @ 128..256 => write!(escaped, "\\x{byte:02x}").expect("into memory"),
            _ => return None,
        }
    }
    bytes::RegexBuilder::new(&escaped)
        .unicode(false)
        .size_limit(REGEX_BYTES_MAX)
        .dfa_size_limit(REGEX_BYTES_MAX)
        .nest_limit(REGEX_DEPTH_MAX)
        .build()
        .ok()
}

/// An address or a network.
pub(super) fn network(text: &str) -> Result<IpNet, CompileError> {
    parse_network(text).ok_or_else(|| CompileError::Network(text.to_owned()))
}

/// As [`network`], where it is not worth saying what is wrong.
pub(super) fn parse_network(text: &str) -> Option<IpNet> {
    text.parse().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

#[cfg(test)]
mod tests {
    use super::{CompileError, Compiled};
    use crate::pattern::Pattern;

    fn compile(text: &str) -> Result<Compiled, CompileError> {
        Compiled::new(&Pattern::parse(text).unwrap())
    }

    #[test]
    fn what_cannot_be_asked_is_refused() {
        assert!(matches!(compile("[a:b = t'2023-02-29T00:00:00Z']"), Err(CompileError::Time(_))));
        assert!(matches!(compile("[a:b IN (1, 'a')]"), Err(CompileError::Set)));
        assert!(matches!(compile("[a:b=1] WITHIN 0 SECONDS"), Err(CompileError::Within)));
        assert!(matches!(compile("[a:b=1] REPEATS 0 TIMES"), Err(CompileError::Repeats)));
        assert!(matches!(compile("[a:b ISSUBSET '1.2.3.400']"), Err(CompileError::Network(_))));
        for regex in ["(?=a)", "(a)\\\\1", "(", "a{1000000}", "(((a{100}){100}){100})"] {
            let text = format!("[a:b MATCHES '{regex}']");
            assert!(matches!(compile(&text), Err(CompileError::Regex(_))), "{regex}");
        }
        assert!(compile("[a:b IN (1, 2.5)] WITHIN 5 SECONDS").is_ok());
    }
}
