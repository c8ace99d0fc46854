//! What follows from all events that others told us of? Indicators, each with its source and its end.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use super::{
    Transmitters,
    event::{Meaning, SecurityEvent},
};
use crate::{
    indicator::source_identity,
    stix::{Draft, Object, StixId, Tlp, stamp},
};

/// What events say, as objects of STIX.
#[derive(Debug, Default)]
pub struct Signals {
    objects: Vec<Object>,
    /// Indicators that hold, by who said so and what finds it.
    open: BTreeMap<(String, String), Vec<Object>>,
    said_nothing: u64,
    not_trusted: u64,
}

impl Signals {
    /// Takes in a checked event. Nothing is believed of who is no transmitter any more.
    pub fn apply(&mut self, event: &SecurityEvent, transmitters: &Transmitters) {
        let Some(transmitter) = transmitters.of(&event.issuer) else {
            self.not_trusted += 1;
            return;
        };
        let patterns = event.patterns(transmitter.audience());
        match event.meaning() {
            Meaning::Suspect(..) | Meaning::Cleared if patterns.is_empty() => {
                self.said_nothing += 1;
            }
            Meaning::Suspect(what, confidence) => {
                let identity = source_identity(&event.issuer);
                let terms = (confidence.min(transmitter.confidence_max), transmitter.days);
                for (pattern, name) in patterns {
                    let object = indicator(event, &pattern, &name, (what, terms), identity.id());
                    let key = (event.issuer.clone(), pattern);
                    self.open.entry(key).or_default().push(object.clone());
                    self.objects.push(object);
                }
                self.objects.push(identity);
            }
            Meaning::Cleared => {
                for (pattern, _) in patterns {
                    let key = (event.issuer.clone(), pattern);
                    let open = self.open.remove(&key).unwrap_or_default();
                    let (ended, left): (Vec<_>, Vec<_>) = open.into_iter().partition(|object| {
                        object.time("valid_from").is_some_and(|from| from < event.at)
                    });
                    self.objects.extend(ended.iter().map(|object| end(object, event)));
                    if !left.is_empty() {
                        self.open.insert(key, left);
                    }
                }
            }
            Meaning::Nothing => self.said_nothing += 1,
        }
    }

    /// The objects, in the order in which they came about; versions of one stand one after the other.
    pub fn into_objects(self) -> Vec<Object> {
        self.objects
    }

    /// Events that say nothing of accounts that we could look for: of other things, of types that are not known, of ids
    /// that are not ours.
    pub fn said_nothing(&self) -> u64 {
        self.said_nothing
    }

    /// Events of who is no transmitter any more.
    pub fn not_trusted(&self) -> u64 {
        self.not_trusted
    }
}

/// The indicator of an event. It is of a single person: it goes nowhere else.
fn indicator(
    event: &SecurityEvent,
    pattern: &str,
    name: &str,
    (what, (confidence, days)): (&str, (u8, u16)),
    by: &StixId,
) -> Object {
    let key = format!("{}\n{}\n{pattern}", event.issuer, event.id);
    let until = event.at.saturating_add(SignedDuration::from_hours(24 * i64::from(days)));
    let said = match event.detail() {
        Some(detail) => format!("{}: {detail}", event.short_type()),
        None => event.short_type().to_owned(),
    };
    Draft::new("indicator", &key, event.issued_at, event.issued_at)
        .by(by, Tlp::Red)
        .with("name", name)
        .with("description", said)
        .with("indicator_types", vec![what])
        .with("pattern", pattern)
        .with("pattern_type", "stix")
        .with("pattern_version", "2.1")
        .with("valid_from", stamp(event.at))
        .with("valid_until", stamp(until.expect("hours are no calendar unit")))
        .with("confidence", confidence)
        .done()
}

/// An indicator that holds no longer: a later version which ends where the event was.
fn end(object: &Object, event: &SecurityEvent) -> Object {
    let mut body = object.body().clone();
    let later =
        object.modified().unwrap_or(Timestamp::MIN).saturating_add(SignedDuration::from_millis(1));
    let modified = event.issued_at.max(later.expect("milliseconds are no calendar unit"));
    let until = object.time("valid_until").map_or(event.at, |until| until.min(event.at));
    body.insert("modified".to_owned(), stamp(modified).into());
    body.insert("valid_until".to_owned(), stamp(until).into());
    Object::new(body.into()).expect("an object stays one")
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{SecurityEvent, Signals, Transmitters};
    use crate::{
        indicator::Indicator,
        signals::Transmitter,
        stix::{Archive, Tlp},
    };

    const RISC: &str = "https://schemas.openid.net/secevent/risc/event-type/";

    /// The key of RFC 8037, A.2.
    fn transmitters(issuer: &str) -> Transmitters {
        let keys = r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        let own = Transmitter::new(issuer.to_owned(), vec!["us".to_owned()], keys).unwrap();
        Transmitters::new(vec![own])
    }

    fn event(id: &str, seconds: u32, name: &str, payload: &Value) -> SecurityEvent {
        let claims = json!({
            "iss": "them", "iat": 1_767_225_600 + seconds, "jti": id,
            "sub_id": {"format": "email", "email": "x@evil.com"},
            "events": {format!("{RISC}{name}"): payload},
        });
        let now = "2026-02-01T00:00:00Z".parse().unwrap();
        SecurityEvent::of(serde_json::from_value(claims).unwrap(), now).unwrap()
    }

    fn archive(events: &[SecurityEvent], transmitters: &Transmitters) -> Archive {
        let mut signals = Signals::default();
        for event in events {
            signals.apply(event, transmitters);
        }
        let mut archive = Archive::default();
        for object in signals.into_objects() {
            archive.add(object);
        }
        assert!(archive.conflicts().is_empty());
        archive
    }

    #[test]
    fn an_event_is_an_indicator_with_a_source_until_it_is_taken_back() {
        let them = transmitters("them");
        let disabled = event("1", 0, "account-disabled", &json!({"reason": "bulk-account"}));
        let enabled = event("2", 60, "account-enabled", &json!({}));
        let again = event("3", 120, "account-disabled", &json!({"reason": "hijacking"}));
        let at = |seconds: u32| event("x", seconds, "account-purged", &json!({})).at;
        let good = |events: &[SecurityEvent], seconds: u32| {
            let archive = archive(events, &them);
            let of = |it: &_| Indicator::of(it, &archive).unwrap().0;
            let mut all: Vec<_> = archive.active_of("indicator").map(|it| of(it)).collect();
            assert!(all.iter().all(|it| it.source == "them" && it.tlp == Some(Tlp::Red)));
            all.retain(|it| it.is_valid_at(at(seconds)));
            all.iter().map(|it| it.confidence.unwrap()).collect::<Vec<_>>()
        };
        let events = [disabled.clone(), enabled.clone(), again.clone()];
        assert_eq!(good(&events[..1], 30), [80]);
        assert_eq!(good(&events[..2], 30), [80], "it was so then");
        assert_eq!(good(&events[..2], 60), [0; 0]);
        assert_eq!(good(&events, 130), [60]);
        // What comes late takes nothing back that was said after it happened.
        assert_eq!(good(&[disabled, again, enabled], 130), [60]);
    }

    #[test]
    fn nothing_is_believed_of_who_is_no_transmitter_any_more() {
        let events = [event("1", 0, "account-disabled", &json!({}))];
        assert!(archive(&events, &transmitters("others")).is_empty());
        let own = event("2", 0, "sessions-revoked", &json!({"initiating_entity": "user"}));
        assert!(archive(&[own], &transmitters("them")).is_empty(), "a user may log out");
    }
}
