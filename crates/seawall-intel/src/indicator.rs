//! What is to be looked for, how long, and how sure is it?

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    known::Known,
    pattern::{CompileError, Compiled, ParseError, Pattern, Violation},
    stix::{Archive, Draft, Object, StixId, Tlp, stamp},
};

/// What a source says of all that it hands over at once.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Who says it: an identity.
    pub source: StixId,
    /// When it was said.
    pub at: Timestamp,
    /// How long it is good for.
    pub days: u16,
    /// How sure the source is, 0 to 100.
    pub confidence: u8,
    /// How far it may be passed on.
    pub tlp: Tlp,
}

/// The identity of a source that has none of its own.
pub fn source_identity(name: &str) -> Object {
    // Always the same version: a source is not another for being heard again.
    let known = "2026-01-01T00:00:00Z".parse().expect("a time");
    Draft::new("identity", &format!("source\n{name}"), known, known)
        .with("name", name)
        .with("identity_class", "organization")
        .done()
}

/// An indicator for a thing that a source knows.
pub fn indicator_object(known: &Known, comment: Option<&str>, terms: &Terms) -> Object {
    pattern_object(&known.pattern(), known.value(), comment, terms)
}

/// An indicator with a pattern of the source's own.
pub fn pattern_object(pattern: &str, name: &str, comment: Option<&str>, terms: &Terms) -> Object {
    let until = terms.at.saturating_add(SignedDuration::from_hours(24 * i64::from(terms.days)));
    let until = until.expect("hours are no calendar unit");
    let key = format!("{}\n{pattern}", terms.source);
    Draft::new("indicator", &key, terms.at, terms.at)
        .by(&terms.source, terms.tlp)
        .with("name", name)
        .with("description", comment.unwrap_or_default())
        .with("indicator_types", json!(["malicious-activity"]))
        .with("pattern", pattern)
        .with("pattern_type", "stix")
        .with("pattern_version", "2.1")
        .with("valid_from", stamp(terms.at))
        .with("valid_until", stamp(until))
        .with("confidence", terms.confidence)
        .done()
}

/// An indicator, as far as looking for it goes.
#[derive(Clone, Debug)]
pub struct Indicator {
    /// Its id.
    pub id: StixId,
    /// What it is called.
    pub name: String,
    /// Who says it: the name of the identity, else its id.
    pub source: String,
    /// Its pattern, as it was given.
    pub pattern: String,
    /// From when on it is good.
    pub valid_from: Timestamp,
    /// Until when, this moment not in it.
    pub valid_until: Option<Timestamp>,
    /// How sure its source is, where it says so.
    pub confidence: Option<u8>,
    /// How far it may be passed on, where that is said.
    pub tlp: Option<Tlp>,
}

/// Why an indicator is not looked for.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum NotUsed {
    /// Its pattern is in another language, such as YARA.
    #[error("a pattern in another language than STIX")]
    Language,
    /// It lacks what every indicator has.
    #[error("no `pattern` or no `valid_from`")]
    Incomplete,
    /// Its pattern is none.
    #[error(transparent)]
    Pattern(#[from] ParseError),
    /// Its pattern breaks a rule.
    #[error(transparent)]
    Rule(#[from] Violation),
    /// Its pattern cannot be used.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// It is well known, and says nothing.
    #[error("well known: {0}")]
    WellKnown(String),
    /// Its source is less sure of it than was asked for.
    #[error("less sure than {0}")]
    Unsure(u8),
}

impl Indicator {
    /// What an object says, and its pattern, ready.
    pub fn of(object: &Object, archive: &Archive) -> Result<(Self, Compiled), NotUsed> {
        if object.text("pattern_type").is_some_and(|language| language != "stix") {
            return Err(NotUsed::Language);
        }
        let pattern = object.text("pattern").ok_or(NotUsed::Incomplete)?;
        let valid_from = object.time("valid_from").ok_or(NotUsed::Incomplete)?;
        let parsed = Pattern::parse(pattern)?;
        if let Some(violation) = parsed.violations().first() {
            return Err(violation.clone().into());
        }
        let compiled = Compiled::new(&parsed)?;
        let creator = object.text("created_by_ref").unwrap_or("not said");
        let identity = creator.parse().ok().and_then(|id| archive.latest(&id));
        let source = identity.and_then(|it| it.text("name")).unwrap_or(creator);
        let indicator = Self {
            id: object.id().clone(),
            name: object.text("name").unwrap_or(pattern).to_owned(),
            source: source.to_owned(),
            pattern: pattern.to_owned(),
            valid_from,
            valid_until: object.time("valid_until"),
            confidence: object.confidence(),
            tlp: Tlp::of(object),
        };
        Ok((indicator, compiled))
    }

    /// Whether it is good at a time.
    pub fn is_valid_at(&self, at: Timestamp) -> bool {
        self.valid_from <= at && self.valid_until.is_none_or(|until| at < until)
    }
}

#[cfg(test)]
mod tests {
    use super::{Indicator, NotUsed, Terms, indicator_object, pattern_object, source_identity};
    use crate::{
        known::Known,
        stix::{Archive, Tlp},
    };

    fn terms() -> Terms {
        let source = source_identity("Meta").id().clone();
        let at = "2024-01-01T00:00:00Z".parse().unwrap();
        Terms { source, at, days: 30, confidence: 60, tlp: Tlp::Green }
    }

    #[test]
    fn an_indicator_is_good_for_a_time() {
        let mut archive = Archive::default();
        archive.add(source_identity("Meta"));
        let object = indicator_object(&Known::guessed("evil.com").unwrap(), Some("x"), &terms());
        let (indicator, _) = Indicator::of(&object, &archive).unwrap();
        assert_eq!((indicator.source.as_str(), indicator.confidence), ("Meta", Some(60)));
        for (at, valid) in [
            ("2023-12-31T23:59:59Z", false),
            ("2024-01-01T00:00:00Z", true),
            ("2024-01-30T23:59:59Z", true),
            ("2024-01-31T00:00:00Z", false),
        ] {
            assert_eq!(indicator.is_valid_at(at.parse().unwrap()), valid, "{at}");
        }
    }

    #[test]
    fn what_cannot_be_looked_for_says_why() {
        let of = |pattern: &str| {
            let object = pattern_object(pattern, "x", None, &terms());
            Indicator::of(&object, &Archive::default()).map(|_| ()).unwrap_err()
        };
        assert!(matches!(of("[a:b"), NotUsed::Pattern(_)));
        assert!(matches!(of("[file:hashes.MD5 = 'x']"), NotUsed::Rule(_)));
        assert!(matches!(of("[a:b MATCHES '(?=a)']"), NotUsed::Compile(_)));
    }
}
