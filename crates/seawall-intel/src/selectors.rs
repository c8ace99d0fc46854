//! Which selectors do indicators name? What detection and decisions can look for by themselves, event by event.
//!
//! A value becomes the selector that an event with it would expose, by the same derivation: so both mean the same.

use std::collections::BTreeMap;

use jiff::Timestamp;
use seawall_core::{
    event::{Event, EventType, Time},
    selector::{Deriver, KindId, Lists, kind_seed, value_hash},
};

use crate::{observe::PATHS, pattern::Pattern, sighting::Watch, stix::StixId};

/// A selector that an indicator names.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedSelector {
    /// Its kind.
    pub kind: KindId,
    /// Its canonical value.
    pub value: String,
    /// The indicator.
    pub indicator: StixId,
    /// Who says it.
    pub source: String,
    /// How sure it is now, 0 to 100.
    pub confidence: u8,
    /// The same, and what its source said, in words.
    pub confidence_words: String,
    /// Until when it is good and sure enough, this moment not in it.
    pub sure_until: Timestamp,
}

/// What indicators name, and how many of them name nothing that stands alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NamedSelectors {
    /// By kind, value and indicator.
    pub items: Vec<NamedSelector>,
    /// Indicators that ask for more than one value, or for none that a selector is made of.
    pub beyond: u64,
    /// Indicators whose confidence has fallen below what is asked for.
    pub faded: u64,
}

/// What the indicators of a watch name that are good and sure enough at a time.
pub fn named_selectors(watch: &Watch, at: Timestamp) -> NamedSelectors {
    let mut translator = Translator::default();
    let mut named = BTreeMap::new();
    let (mut beyond, mut faded) = (0, 0);
    let of_now = watch.indicators().iter().filter(|indicator| indicator.is_valid_at(at));
    for indicator in of_now {
        let sure_until = indicator.sure_until(watch.confidence_min()).filter(|until| at < *until);
        let Some(sure_until) = sure_until else {
            faded += 1;
            continue;
        };
        let selectors = translator.of(&indicator.pattern);
        beyond += u64::from(selectors.is_empty());
        for (kind, value) in selectors {
            let own = NamedSelector {
                kind,
                value: value.clone(),
                indicator: indicator.id.clone(),
                source: indicator.source.clone(),
                confidence: indicator.confidence_at(at),
                confidence_words: indicator.confidence_words(at),
                sure_until,
            };
            named.insert((kind, value, indicator.id.clone()), own);
        }
    }
    NamedSelectors { items: named.into_values().collect(), beyond, faded }
}

/// The selectors of which each alone fits a pattern, by the hashes that findings have them under.
pub(crate) fn selector_hashes<'a>(
    patterns: impl Iterator<Item = (&'a str, &'a str)>,
) -> Vec<(String, &'a str)> {
    let mut translator = Translator::default();
    let mut found = Vec::new();
    for (pattern, name) in patterns {
        for (kind, value) in translator.of(pattern) {
            found.push((format!("{:016x}", value_hash(kind_seed(kind.kind()), &value)), name));
        }
    }
    found
}

/// Puts a text into a field.
type Set = for<'a> fn(&mut Event<'a>, &'a str);

/// Which field of an event a path stands for, and which kinds are made of it.
const FIELDS: [(&str, Set, &[&str]); 15] = [
    (PATHS[3], |event, text| event.device_id = Some(text), &["device_id"]),
    (PATHS[4], |event, text| event.ja4 = Some(text), &["ja4"]),
    (PATHS[5], |event, text| event.payment_id = Some(text), &["payment"]),
    (PATHS[6], |event, text| event.invite = Some(text), &["invite"]),
    (PATHS[7], |event, text| event.referrer = Some(text), &["referrer"]),
    (PATHS[8], |event, text| event.ip = text.parse().ok(), &["ip"]),
    (PATHS[9], |event, text| event.ip = text.parse().ok(), &["ip"]),
    (PATHS[10], |event, text| event.ip = text.parse().ok(), &["ip"]),
    (PATHS[11], |event, text| event.user_agent = Some(text), &["user_agent"]),
    (PATHS[12], |event, text| event.asn = text.parse().ok(), &["asn"]),
    (PATHS[13], |event, text| event.asn = text.parse().ok(), &["asn"]),
    (PATHS[14], set_mailbox, &["email", "recovery_email"]),
    (DOMAIN, set_mailbox, &["email_host", "email_domain", "recovery_domain"]),
    (PATHS[17], |event, text| event.user_agent = Some(text), &["user_agent"]),
    (PATHS[18], |event, text| event.phone = Some(text), &["phone"]),
];

const DOMAIN: &str = PATHS[15];

fn set_mailbox<'a>(event: &mut Event<'a>, text: &'a str) {
    event.email = Some(text);
    event.recovery_email = Some(text);
}

/// Makes selectors of values.
#[derive(Default)]
struct Translator {
    deriver: Deriver,
    lists: Lists,
}

impl Translator {
    /// Each selector alone fits the pattern; none where it asks for more.
    fn of(&mut self, pattern: &str) -> Vec<(KindId, String)> {
        let plain = Pattern::parse(pattern).ok().and_then(|pattern| pattern.plain());
        let mut selectors = Vec::new();
        for (path, value) in plain.unwrap_or_default() {
            let found = self.of_value(&path, &value);
            if found.is_empty() {
                // A part of an alternative that nothing stands for: the rest alone would say less than the source did.
                return Vec::new();
            }
            selectors.extend(found);
        }
        selectors
    }

    fn of_value(&mut self, path: &str, value: &str) -> Vec<(KindId, String)> {
        let Some((_, set, kinds)) = FIELDS.iter().find(|(known, ..)| *known == path) else {
            return Vec::new();
        };
        let value = if path == DOMAIN { format!("x@{value}") } else { value.to_owned() };
        let time = Time::from_milliseconds(1_704_067_200_000).expect("a time in range");
        let mut event = Event::new(time, EventType::Signup, "-");
        set(&mut event, &value);
        let mut found = Vec::new();
        let mut text = String::new();
        for name in *kinds {
            let Some(kind) = KindId::from_name(name) else { continue };
            if self.deriver.text(kind, &event, &self.lists, &mut text) {
                found.push((kind, text.clone()));
                // A host below a registered domain is that host, and not all that is registered with it.
                if *name == "email_host" {
                    break;
                }
            }
        }
        found
    }
}

#[cfg(test)]
mod tests {
    use super::{NamedSelectors, named_selectors};
    use crate::{
        indicator::{Terms, pattern_object, source_identity},
        sighting::Watch,
        stix::{Archive, FARM_EXTENSION, Tlp},
    };

    fn archive(patterns: &[&str]) -> Archive {
        let mut archive = Archive::default();
        let identity = source_identity("CERT");
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        let terms =
            Terms { source: identity.id().clone(), at, days: 30, confidence: 70, tlp: Tlp::Green };
        archive.add(identity);
        for pattern in patterns {
            archive.add(pattern_object(pattern, "it", None, &terms));
        }
        archive
    }

    fn named(patterns: &[&str]) -> NamedSelectors {
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        named_selectors(&Watch::new(&archive(patterns), &[], 0), at)
    }

    fn texts(patterns: &[&str]) -> Vec<String> {
        let named = named(patterns);
        named.items.iter().map(|own| format!("{} {}", own.kind.kind().name, own.value)).collect()
    }

    #[test]
    fn a_value_becomes_the_selector_that_an_event_would_expose() {
        assert_eq!(
            texts(&["[domain-name:value = 'Evil.COM']"]),
            ["email_domain evil.com", "recovery_domain evil.com"]
        );
        assert_eq!(texts(&["[domain-name:value = 'mail.evil.com']"]), ["email_host mail.evil.com"]);
        assert_eq!(
            texts(&["[email-addr:value = 'A.B+c@gmail.com']"]),
            ["email ab@gmail.com", "recovery_email ab@gmail.com"]
        );
        // What one subscriber has of IPv6 counts as one address.
        assert_eq!(texts(&["[ipv6-addr:value = '2001:DB8::1']"]), ["ip 2001:db8::/64"]);
        assert_eq!(
            texts(&[&format!("[user-account:extensions.'{FARM_EXTENSION}'.device_id = 'd1']")]),
            ["device_id d1"]
        );
    }

    #[test]
    fn what_asks_for_more_names_nothing() {
        let named = named(&[
            "[domain-name:value = 'a.com' AND user-agent:value = 'x']",
            "[domain-name:value = 'a.com' OR file:name = 'x']",
            "[file:name = 'x']",
        ]);
        assert_eq!((named.items.len(), named.beyond), (0, 3));
    }

    #[test]
    fn a_name_has_its_source_and_its_time() {
        let own = &named(&["[domain-name:value = 'evil.com']"]).items[0];
        assert_eq!((own.source.as_str(), own.confidence), ("CERT", 70));
        assert_eq!(own.sure_until.to_string(), "2026-01-31T00:00:00Z");
    }

    #[test]
    fn what_has_faded_is_not_named() {
        // 70 × (1 − √(days / 30)) is 35 after a quarter of the time.
        let named = |min: u8, at: &str| {
            named_selectors(
                &Watch::new(&archive(&["[domain-name:value = 'evil.com']"]), &[], min),
                at.parse().unwrap(),
            )
        };
        let soon = named(35, "2026-01-08T11:00:00Z");
        assert_eq!((soon.items.len(), soon.faded), (2, 0));
        assert_eq!(soon.items[0].sure_until.to_string(), "2026-01-08T12:00:00Z");
        assert_eq!(soon.items[0].confidence_words, "confidence 70, 35 today");
        let later = named(35, "2026-01-08T12:00:01Z");
        assert_eq!((later.items.len(), later.faded), (0, 1));
    }
}
