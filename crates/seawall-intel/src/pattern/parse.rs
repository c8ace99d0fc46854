//! What does a pattern ask for? A recursive descent over the grammar of STIX 2.1, of bounded depth.

use super::{
    DEPTH_MAX, PATTERN_BYTES_MAX, Pattern,
    lexer::{Token, tokens},
    syntax::{Check, Comparison, Expression, Literal, Order, Path, Step, Test},
};

/// Why a text is no pattern.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    /// It is too long.
    #[error("a pattern of more than {PATTERN_BYTES_MAX} bytes")]
    Long,
    /// Its parentheses are nested too deeply.
    #[error("parentheses within more than {DEPTH_MAX} others, at byte {at}")]
    Deep {
        /// Where.
        at: usize,
    },
    /// No word begins there.
    #[error("nothing that a pattern can have begins at byte {at}")]
    Word {
        /// Where.
        at: usize,
    },
    /// Something else was expected.
    #[error("{expected} expected at byte {at}")]
    Expected {
        /// What.
        expected: &'static str,
        /// Where; the length of the text for its end.
        at: usize,
    },
}

/// A rule beyond the grammar that a pattern breaks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Violation {
    /// A qualifier twice on one observation.
    #[error("`{0}` twice on one observation")]
    QualifierTwice(&'static str),
    /// A hash that cannot be one of its kind.
    #[error("not a hash of the kind `{0}`")]
    Hash(String),
}

/// Hexadecimal digits of the hashes that STIX names.
const HASH_DIGITS: [(&str, usize); 13] = [
    ("MD5", 32),
    ("RIPEMD160", 40),
    ("SHA1", 40),
    ("SHA224", 56),
    ("SHA256", 64),
    ("SHA384", 96),
    ("SHA512", 128),
    ("SHA3224", 56),
    ("SHA3256", 64),
    ("SHA3384", 96),
    ("SHA3512", 128),
    ("WHIRLPOOL", 128),
    ("TLSH", 70),
];

pub(super) fn parse(text: &str) -> Result<Pattern, ParseError> {
    if text.len() > PATTERN_BYTES_MAX {
        return Err(ParseError::Long);
    }
    let tokens = tokens(text).map_err(|at| ParseError::Word { at })?;
    let mut parser =
        Parser { tokens: &tokens, at: 0, end: text.len(), depth: 0, violations: Vec::new() };
    let expression = parser.followed_by()?;
    if parser.at < tokens.len() {
        return Err(parser.expected("the end"));
    }
    Ok(Pattern { expression, violations: parser.violations })
}

struct Parser<'a> {
    tokens: &'a [(usize, Token<'a>)],
    at: usize,
    end: usize,
    depth: usize,
    violations: Vec<Violation>,
}

impl<'a> Parser<'a> {
    fn place(&self) -> usize {
        self.tokens.get(self.at).map_or(self.end, |(at, _)| *at)
    }

    fn expected(&self, expected: &'static str) -> ParseError {
        ParseError::Expected { expected, at: self.place() }
    }

    fn peek(&self) -> Option<&'a Token<'a>> {
        self.tokens.get(self.at).map(|(_, token)| token)
    }

    fn take(&mut self, wanted: &Token<'_>) -> bool {
        let taken = self.peek() == Some(wanted);
        self.at += usize::from(taken);
        taken
    }

    fn sign(&mut self, sign: &'static str) -> bool {
        self.take(&Token::Sign(sign))
    }

    fn word(&mut self, word: &'static str) -> bool {
        self.take(&Token::Word(word))
    }

    fn must(&mut self, taken: bool, expected: &'static str) -> Result<(), ParseError> {
        if taken { Ok(()) } else { Err(self.expected(expected)) }
    }

    /// What stands between `(` and `)`.
    fn nested<T>(
        &mut self,
        inside: impl FnOnce(&mut Self) -> Result<T, ParseError>,
    ) -> Result<T, ParseError> {
        if self.depth == DEPTH_MAX {
            return Err(ParseError::Deep { at: self.place() });
        }
        self.depth += 1;
        let inner = inside(self)?;
        self.depth -= 1;
        let closed = self.sign(")");
        self.must(closed, "`)`")?;
        Ok(inner)
    }

    /// One or several, with a word between them.
    fn several<T>(
        &mut self,
        between: &'static str,
        one: impl Fn(&mut Self) -> Result<T, ParseError>,
        many: impl FnOnce(Vec<T>) -> T,
    ) -> Result<T, ParseError> {
        let first = one(self)?;
        if !self.word(between) {
            return Ok(first);
        }
        let mut all = vec![first, one(self)?];
        while self.word(between) {
            all.push(one(self)?);
        }
        Ok(many(all))
    }

    fn followed_by(&mut self) -> Result<Expression, ParseError> {
        self.several("FOLLOWEDBY", Self::observation_or, Expression::FollowedBy)
    }

    fn observation_or(&mut self) -> Result<Expression, ParseError> {
        self.several("OR", Self::observation_and, Expression::Or)
    }

    fn observation_and(&mut self) -> Result<Expression, ParseError> {
        self.several("AND", Self::observation, Expression::And)
    }

    fn observation(&mut self) -> Result<Expression, ParseError> {
        // Qualifiers may come again where parentheses keep them apart.
        let mut known: Option<Vec<&'static str>> = None;
        let mut expression = if self.sign("[") {
            known = Some(Vec::new());
            let comparison = self.comparison()?;
            let closed = self.sign("]");
            self.must(closed, "`]`")?;
            Expression::Test(comparison)
        } else {
            let opened = self.sign("(");
            self.must(opened, "`[` or `(`")?;
            self.nested(Self::followed_by)?
        };
        loop {
            let name;
            (name, expression) = match self.peek() {
                Some(Token::Word("WITHIN")) => ("WITHIN", self.within(expression)?),
                Some(Token::Word("REPEATS")) => ("REPEATS", self.repeats(expression)?),
                Some(Token::Word("START")) => ("START", self.start_stop(expression)?),
                _ => return Ok(expression),
            };
            if let Some(known) = &mut known {
                if known.contains(&name) {
                    self.violations.push(Violation::QualifierTwice(name));
                }
                known.push(name);
            }
        }
    }

    fn within(&mut self, inner: Expression) -> Result<Expression, ParseError> {
        self.at += 1;
        let seconds = match self.peek() {
            Some(Token::Literal(Literal::Integer(seconds @ 0..))) => *seconds as f64,
            Some(Token::Literal(Literal::Float(seconds))) if seconds.is_sign_positive() => *seconds,
            _ => return Err(self.expected("a number of seconds")),
        };
        self.at += 1;
        let unit = self.word("SECONDS");
        self.must(unit, "`SECONDS`")?;
        Ok(Expression::Within(Box::new(inner), seconds))
    }

    fn repeats(&mut self, inner: Expression) -> Result<Expression, ParseError> {
        self.at += 1;
        let Some(Token::Literal(Literal::Integer(times @ 0..))) = self.peek() else {
            return Err(self.expected("a number of times"));
        };
        self.at += 1;
        let unit = self.word("TIMES");
        self.must(unit, "`TIMES`")?;
        Ok(Expression::Repeats(Box::new(inner), times.unsigned_abs()))
    }

    fn start_stop(&mut self, inner: Expression) -> Result<Expression, ParseError> {
        self.at += 1;
        let start = self.time()?;
        let stop = self.word("STOP");
        self.must(stop, "`STOP`")?;
        let stop = self.time()?;
        Ok(Expression::StartStop(Box::new(inner), start, stop))
    }

    fn time(&mut self) -> Result<String, ParseError> {
        let Some(Token::Literal(Literal::Time(time))) = self.peek() else {
            return Err(self.expected("a time such as `t'2016-06-01T00:00:00Z'`"));
        };
        self.at += 1;
        Ok(time.clone())
    }

    fn comparison(&mut self) -> Result<Comparison, ParseError> {
        self.several("OR", Self::comparison_and, Comparison::Or)
    }

    fn comparison_and(&mut self) -> Result<Comparison, ParseError> {
        self.several("AND", Self::test, Comparison::And)
    }

    fn test(&mut self) -> Result<Comparison, ParseError> {
        if self.sign("(") {
            return self.nested(Self::comparison);
        }
        let before = self.word("NOT");
        if self.word("EXISTS") {
            let path = self.path()?;
            return Ok(Comparison::Test(Test { path, negated: before, check: Check::Exists }));
        }
        if before {
            return Err(self.expected("`EXISTS`"));
        }
        let path = self.path()?;
        let negated = self.word("NOT");
        let check = self.check()?;
        self.judge(&path, &check);
        Ok(Comparison::Test(Test { path, negated, check }))
    }

    fn check(&mut self) -> Result<Check, ParseError> {
        let Some(operator) = self.peek() else { return Err(self.expected("an operator")) };
        self.at += 1;
        Ok(match operator {
            Token::Sign("=" | "==") => Check::Equal(self.literal()?),
            Token::Sign("!=" | "<>") => Check::NotEqual(self.literal()?),
            Token::Sign("<") => Check::Order(Order::Less, self.orderable()?),
            Token::Sign("<=") => Check::Order(Order::LessOrEqual, self.orderable()?),
            Token::Sign(">") => Check::Order(Order::Greater, self.orderable()?),
            Token::Sign(">=") => Check::Order(Order::GreaterOrEqual, self.orderable()?),
            Token::Word("IN") => Check::In(self.set()?),
            Token::Word("LIKE") => Check::Like(self.text()?),
            Token::Word("MATCHES") => Check::Matches(self.text()?),
            Token::Word("ISSUBSET") => Check::Subset(self.text()?),
            Token::Word("ISSUPERSET") => Check::Superset(self.text()?),
            _ => {
                self.at -= 1;
                return Err(self.expected("an operator"));
            }
        })
    }

    fn literal(&mut self) -> Result<Literal, ParseError> {
        let literal = match self.peek() {
            Some(Token::Literal(literal)) => literal.clone(),
            Some(Token::Word("true")) => Literal::Boolean(true),
            Some(Token::Word("false")) => Literal::Boolean(false),
            _ => return Err(self.expected("a constant")),
        };
        self.at += 1;
        Ok(literal)
    }

    fn orderable(&mut self) -> Result<Literal, ParseError> {
        match self.peek() {
            Some(Token::Word(_)) => Err(self.expected("a constant that has an order")),
            _ => self.literal(),
        }
    }

    fn text(&mut self) -> Result<String, ParseError> {
        let Some(Token::Literal(Literal::Text(text))) = self.peek() else {
            return Err(self.expected("a text in quotes"));
        };
        self.at += 1;
        Ok(text.clone())
    }

    fn set(&mut self) -> Result<Vec<Literal>, ParseError> {
        let opened = self.sign("(");
        self.must(opened, "`(`")?;
        let mut literals = Vec::new();
        if self.sign(")") {
            return Ok(literals);
        }
        loop {
            literals.push(self.literal()?);
            if self.sign(")") {
                return Ok(literals);
            }
            let comma = self.sign(",");
            self.must(comma, "`,` or `)`")?;
        }
    }

    fn path(&mut self) -> Result<Path, ParseError> {
        let object_type = match self.peek() {
            Some(Token::Word(word)) if !is_keyword(word) => *word,
            Some(Token::HyphenWord(word)) => *word,
            _ => return Err(self.expected("a type of object")),
        };
        self.at += 1;
        let colon = self.sign(":");
        self.must(colon, "`:`")?;
        let mut steps = vec![self.key()?];
        loop {
            if self.sign(".") {
                steps.push(self.key()?);
            } else if self.sign("[") {
                let step = match self.peek() {
                    Some(Token::Literal(Literal::Integer(index))) => Step::Index(*index),
                    Some(Token::Sign("*")) => Step::Any,
                    _ => return Err(self.expected("a number or `*`")),
                };
                self.at += 1;
                steps.push(step);
                let closed = self.sign("]");
                self.must(closed, "`]`")?;
            } else {
                return Ok(Path { object_type: object_type.to_owned(), steps });
            }
        }
    }

    fn key(&mut self) -> Result<Step, ParseError> {
        let key = match self.peek() {
            Some(Token::Word(word)) if !is_keyword(word) => (*word).to_owned(),
            Some(Token::Literal(Literal::Text(text))) => text.clone(),
            _ => return Err(self.expected("a property")),
        };
        self.at += 1;
        Ok(Step::Key(key))
    }

    /// Hashes must be able to be what they say.
    fn judge(&mut self, path: &Path, check: &Check) {
        let is_hashes = |step: &Step| matches!(step, Step::Key(key) if key == "hashes");
        let Some(Step::Key(kind)) = path.steps.last().filter(|_| path.steps.iter().any(is_hashes))
        else {
            return;
        };
        let literals = match check {
            Check::Equal(literal) | Check::NotEqual(literal) => std::slice::from_ref(literal),
            Check::In(literals) => literals,
            _ => return,
        };
        let plain = kind.to_ascii_uppercase().replace('-', "");
        let Some((_, digits)) = HASH_DIGITS.into_iter().find(|(known, _)| *known == plain) else {
            return;
        };
        let is_hash = |text: &String| {
            text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        let sound = literals.iter().all(|it| matches!(it, Literal::Text(text) if is_hash(text)));
        if !sound {
            self.violations.push(Violation::Hash(kind.clone()));
        }
    }
}

fn is_keyword(word: &str) -> bool {
    const KEYWORDS: [&str; 19] = [
        "AND",
        "OR",
        "NOT",
        "FOLLOWEDBY",
        "LIKE",
        "MATCHES",
        "ISSUPERSET",
        "ISSUBSET",
        "EXISTS",
        "LAST",
        "IN",
        "START",
        "STOP",
        "SECONDS",
        "true",
        "false",
        "WITHIN",
        "REPEATS",
        "TIMES",
    ];
    KEYWORDS.contains(&word)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{DEPTH_MAX, PATTERN_BYTES_MAX, ParseError, Violation};
    use crate::pattern::Pattern;

    #[test]
    fn parentheses_have_a_bottom() {
        let nested = |depth: usize| format!("{}[a:b=1]{}", "(".repeat(depth), ")".repeat(depth));
        assert!(Pattern::parse(&nested(DEPTH_MAX)).is_ok());
        let error = Pattern::parse(&nested(DEPTH_MAX + 1)).unwrap_err();
        assert_eq!(error, ParseError::Deep { at: DEPTH_MAX + 1 });
        let within = format!("[{}a:b=1{}]", "(".repeat(100_000), ")".repeat(100_000));
        assert_eq!(Pattern::parse(&within), Err(ParseError::Deep { at: DEPTH_MAX + 2 }));
    }

    #[test]
    fn long_patterns_are_read_up_to_a_limit() {
        let many = |count: usize| format!("[{}]", vec!["a:b='c'"; count].join(" OR "));
        assert!(Pattern::parse(&many(20_000)).is_ok());
        assert!(many(20_000).len() < PATTERN_BYTES_MAX);
        assert_eq!(Pattern::parse(&many(100_000)), Err(ParseError::Long));
    }

    #[test]
    fn errors_say_where() {
        let expected = |text: &str| match Pattern::parse(text) {
            Err(ParseError::Expected { expected, at }) => (expected, at),
            other => panic!("{text}: {other:?}"),
        };
        assert_eq!(expected("[a:b = ]"), ("a constant", 7));
        assert_eq!(expected("a:b = 1"), ("`[` or `(`", 0));
        assert_eq!(expected("[a:b = 1] WITHIN 5 HOURS"), ("`SECONDS`", 19));
        assert_eq!(expected("[a:b = 1"), ("`]`", 8));
        assert_eq!(expected("[a:b > true]"), ("a constant that has an order", 7));
        assert_eq!(expected("[NOT a:b = 1]"), ("`EXISTS`", 5));
    }

    #[test]
    fn rules_beyond_the_grammar_are_told() {
        let violations = |text: &str| Pattern::parse(text).unwrap().violations().to_vec();
        let twice = "[a:b=1] REPEATS 2 TIMES WITHIN 3 SECONDS REPEATS 4 TIMES";
        assert_eq!(violations(twice), [Violation::QualifierTwice("REPEATS")]);
        assert_eq!(violations("([a:b=1] REPEATS 2 TIMES) REPEATS 2 TIMES"), []);
        let hash = "[file:hashes.'SHA-256' IN ('f00')]";
        assert_eq!(violations(hash), [Violation::Hash("SHA-256".into())]);
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "[\\[\\]()a-z:.='0-9<>! *,thbANDORIN\\\\-]{0,60}") {
            let _ = Pattern::parse(&text);
        }
    }
}
