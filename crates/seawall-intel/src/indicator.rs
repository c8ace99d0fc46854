//! What is to be looked for, how long, and how sure is it?

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    decay::Decay,
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
    /// When it was last said: its last version, or a sighting by anybody.
    pub asserted_at: Timestamp,
    /// How fast it decays.
    pub decay: Decay,
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
        let valid_until = object.time("valid_until");
        let asserted_at = object.modified().map_or(valid_from, |at| at.max(valid_from));
        let creator = object.text("created_by_ref").unwrap_or("not said");
        let identity = creator.parse().ok().and_then(|id| archive.latest(&id));
        let source = identity.and_then(|it| it.text("name")).unwrap_or(creator);
        let indicator = Self {
            id: object.id().clone(),
            name: object.text("name").unwrap_or(pattern).to_owned(),
            source: source.to_owned(),
            pattern: pattern.to_owned(),
            valid_from,
            valid_until,
            confidence: object.confidence(),
            asserted_at,
            decay: Decay::of(&parsed),
            tlp: Tlp::of(object),
        };
        Ok((indicator.settled(), compiled))
    }

    /// The same, said again at a time.
    pub(crate) fn renewed(mut self, at: Timestamp) -> Self {
        self.asserted_at = self.asserted_at.max(at);
        self.settled()
    }

    /// A source that says how long it is good knows better than a table: nothing is left when it expires.
    fn settled(mut self) -> Self {
        if let Some(until) = self.valid_until {
            self.decay.lifetime = until.duration_since(self.asserted_at);
        }
        self
    }

    /// How sure it is at a time, 0 to 100, rounded down. One that does not say how sure it is counts as sure, and decays
    /// like others.
    pub fn confidence_at(&self, at: Timestamp) -> u8 {
        let left = self.decay.left(at.duration_since(self.asserted_at));
        (f64::from(self.confidence.unwrap_or(100)) * left) as u8
    }

    /// Until when it is good and as sure as that, to the second; `None` where it never was.
    pub fn sure_until(&self, confidence_min: u8) -> Option<Timestamp> {
        let said = self.confidence.unwrap_or(100);
        if said < confidence_min {
            return None;
        }
        let left = f64::from(confidence_min) / f64::from(said.max(1));
        let sure = self.asserted_at.saturating_add(self.decay.age_at(left));
        let sure = sure.expect("seconds are no calendar unit");
        Some(self.valid_until.map_or(sure, |until| until.min(sure)))
    }

    /// How sure its source is, and how sure that is at a time, in words: "confidence 60, 35 today".
    pub fn confidence_words(&self, at: Timestamp) -> String {
        let said = self.confidence.map_or("not said".to_owned(), |said| said.to_string());
        format!("confidence {said}, {} today", self.confidence_at(at))
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
    fn confidence_falls_until_it_is_said_again() {
        let mut archive = Archive::default();
        archive.add(source_identity("Meta"));
        let object = indicator_object(&Known::guessed("evil.com").unwrap(), None, &terms());
        let (indicator, _) = Indicator::of(&object, &archive).unwrap();
        let at = |text: &str| text.parse().unwrap();
        // 60 × (1 − √(days / 30)): a quarter of the time takes half of it.
        for (time, confidence) in [
            ("2023-06-01T00:00:00Z", 60),
            ("2024-01-01T00:00:00Z", 60),
            ("2024-01-08T12:00:00Z", 30),
            ("2024-01-31T00:00:00Z", 0),
        ] {
            assert_eq!(indicator.confidence_at(at(time)), confidence, "{time}");
        }
        assert_eq!(
            indicator.confidence_words(at("2024-01-06T04:48:00Z")),
            "confidence 60, 35 today"
        );
        assert_eq!(indicator.sure_until(30), Some(at("2024-01-08T12:00:00Z")));
        assert_eq!(indicator.sure_until(0), indicator.valid_until);
        assert_eq!(indicator.sure_until(61), None);
        let renewed = indicator.renewed(at("2024-01-16T00:00:00Z"));
        assert_eq!(renewed.confidence_at(at("2024-01-16T00:00:00Z")), 60);
        assert_eq!(renewed.confidence_at(at("2024-01-31T00:00:00Z")), 0);
    }

    #[test]
    fn what_never_expires_and_is_of_no_confidence_fades_too() {
        let mut body =
            indicator_object(&Known::guessed("evil.com").unwrap(), None, &terms()).body().clone();
        body.remove("valid_until");
        body.remove("confidence");
        let object = crate::stix::Object::new(body.into()).unwrap();
        let (indicator, _) = Indicator::of(&object, &Archive::default()).unwrap();
        let at = |text: &str| text.parse().unwrap();
        assert_eq!(indicator.confidence_at(at("2024-01-31T00:00:00Z")), 50, "30 days of 120");
        assert_eq!(indicator.confidence_at(at("2024-05-01T00:00:00Z")), 0);
        assert!(indicator.is_valid_at(at("2034-05-01T00:00:00Z")));
        assert_eq!(
            indicator.confidence_words(at("2024-01-31T00:00:00Z")),
            "confidence not said, 50 today"
        );
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
