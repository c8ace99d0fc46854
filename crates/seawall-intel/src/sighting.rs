//! Which accounts were seen with what others know? Evidence with a source, never truth.
//!
//! Events are looked up piece by piece, on as many threads as one likes ([`Piece`]); what comes of the pieces does not
//! depend on how the events were cut up, nor on their order ([`Gathered`]).

use std::collections::{BTreeMap, HashMap};

use jiff::Timestamp;
use seawall_core::event::Event;
use serde_json::json;

use crate::{
    indicator::{Indicator, NotUsed},
    known::Known,
    misp::WarningList,
    observe::{PATHS, Seen},
    pattern::{Facts as _, Hit, Index},
    stix::{Archive, Draft, Object, StixId, Tlp, stamp},
};

/// Events that are kept of one pattern which asks for several.
const EVENTS_MAX: usize = 100_000;

/// Indicators, ready to be looked for.
#[derive(Debug)]
pub struct Watch {
    indicators: Vec<Indicator>,
    confidence_min: u8,
    index: Index,
    unused: Vec<(StixId, NotUsed)>,
}

impl Watch {
    /// The indicators of an archive that are not revoked, of which their source is sure enough, and that no warning
    /// list knows. One without confidence counts as sure. How much of that is left counts when an event is looked at.
    pub fn new(archive: &Archive, warnings: &[WarningList], confidence_min: u8) -> Self {
        let (mut indicators, mut patterns, mut unused) = (Vec::new(), Vec::new(), Vec::new());
        let seen = last_seen(archive);
        for object in archive.active_of("indicator") {
            match Indicator::of(object, archive) {
                Err(reason) => unused.push((object.id().clone(), reason)),
                Ok((indicator, _))
                    if indicator.confidence.is_some_and(|it| it < confidence_min) =>
                {
                    unused.push((indicator.id, NotUsed::Unsure(confidence_min)));
                }
                Ok((indicator, compiled)) => {
                    if let Some(list) = well_known(&indicator, warnings) {
                        unused.push((indicator.id, NotUsed::WellKnown(list)));
                        continue;
                    }
                    let renewed = seen.get(&indicator.id).copied();
                    indicators.push(match renewed {
                        Some(at) => indicator.renewed(at),
                        None => indicator,
                    });
                    patterns.push(compiled);
                }
            }
        }
        Self { indicators, confidence_min, index: Index::new(patterns, &PATHS), unused }
    }

    /// What is looked for.
    pub fn indicators(&self) -> &[Indicator] {
        &self.indicators
    }

    /// How sure an indicator has to be.
    pub fn confidence_min(&self) -> u8 {
        self.confidence_min
    }

    /// What is not looked for, and why.
    pub fn unused(&self) -> &[(StixId, NotUsed)] {
        &self.unused
    }
}

/// When anybody last saw what an indicator is about. Nobody saw what they only write down later, nor by looking in vain
/// (a count of 0).
fn last_seen(archive: &Archive) -> BTreeMap<StixId, Timestamp> {
    let mut seen = BTreeMap::new();
    for sighting in archive.active_of("sighting") {
        let of = sighting.text("sighting_of_ref").and_then(|id| id.parse::<StixId>().ok());
        let (Some(of), Some(modified)) = (of, sighting.modified()) else { continue };
        if sighting.body().get("count").is_some_and(|count| count == 0) {
            continue;
        }
        let at = sighting.time("last_seen").map_or(modified, |at| at.min(modified));
        let last = seen.entry(of).or_insert(at);
        *last = at.max(*last);
    }
    seen
}

/// The warning list that knows what an indicator is about, where that is one thing.
fn well_known(indicator: &Indicator, warnings: &[WarningList]) -> Option<String> {
    let known =
        Known::guessed(&indicator.name).ok().filter(|it| it.pattern() == indicator.pattern)?;
    warnings.iter().find_map(|list| list.warns(&known)).map(|warning| warning.list.to_owned())
}

/// What was found in a piece of the events.
#[derive(Debug)]
pub struct Piece<'w> {
    watch: &'w Watch,
    hits: Vec<Hit>,
    gathered: Gathered,
}

impl<'w> Piece<'w> {
    /// Nothing yet.
    pub fn new(watch: &'w Watch) -> Self {
        Self { watch, hits: Vec::new(), gathered: Gathered::default() }
    }

    /// Looks an event up.
    pub fn event(&mut self, event: &Event<'_>) {
        let seen = Seen::new(event);
        let mut failed = 0;
        self.watch.index.hits(&seen, &mut self.hits, &mut failed);
        self.gathered.failed += failed;
        let mut last = None;
        for hit in &self.hits {
            let indicator = &self.watch.indicators[hit.pattern as usize];
            let at = Timestamp::from_microsecond(seen.microseconds()).unwrap_or_default();
            if !indicator.is_valid_at(at) {
                self.gathered.outdated += u64::from(last != Some(hit.pattern));
            } else if indicator.confidence_at(at) < self.watch.confidence_min {
                self.gathered.faded += u64::from(last != Some(hit.pattern));
            } else if !self.watch.index.is_single(hit.pattern) {
                self.gathered.part(*hit, seen.microseconds(), event.account);
            } else if last != Some(hit.pattern) {
                self.gathered.seen((hit.pattern, event.account), at, 1);
            }
            last = Some(hit.pattern);
        }
    }

    /// What was found.
    pub fn into_gathered(self) -> Gathered {
        self.gathered
    }
}

/// What was found in pieces, put together.
#[derive(Debug, Default)]
pub struct Gathered {
    /// By indicator and account.
    sightings: BTreeMap<(u32, String), (Timestamp, Timestamp, u64)>,
    /// Events that are part of what a pattern asks for: by pattern, then time and account; which tests hold.
    parts: HashMap<u32, BTreeMap<(i64, String), Vec<u32>>>,
    failed: u64,
    outdated: u64,
    faded: u64,
}

impl Gathered {
    fn seen(&mut self, (indicator, account): (u32, &str), at: Timestamp, count: u64) {
        self.put((indicator, account.to_owned()), (at, at, count));
    }

    fn put(&mut self, key: (u32, String), (first, last, count): (Timestamp, Timestamp, u64)) {
        let entry = self.sightings.entry(key).or_insert((first, last, 0));
        *entry = (entry.0.min(first), entry.1.max(last), entry.2 + count);
    }

    fn part(&mut self, hit: Hit, at: i64, account: &str) {
        let tests = self.parts.entry(hit.pattern).or_default();
        let tests = tests.entry((at, account.to_owned())).or_default();
        if !tests.contains(&hit.test) {
            tests.push(hit.test);
        }
    }

    /// Takes in what another piece found.
    pub fn add(&mut self, other: Self) {
        for (key, value) in other.sightings {
            self.put(key, value);
        }
        let mut parts: Vec<_> = other.parts.into_iter().collect();
        parts.sort_unstable_by_key(|(pattern, _)| *pattern);
        for (pattern, events) in parts {
            for ((at, account), tests) in events {
                for test in tests {
                    self.part(Hit { pattern, test }, at, &account);
                }
            }
        }
        self.failed += other.failed;
        self.outdated += other.outdated;
        self.faded += other.faded;
    }

    /// The sightings, in the order of indicators and accounts.
    pub fn finish(mut self, watch: &Watch) -> Sightings {
        let mut undecided = Vec::new();
        let mut parts: Vec<_> = std::mem::take(&mut self.parts).into_iter().collect();
        parts.sort_unstable_by_key(|(pattern, _)| *pattern);
        for (pattern, events) in parts {
            if events.len() > EVENTS_MAX {
                undecided.push(watch.indicators[pattern as usize].id.clone());
                continue;
            }
            let (keys, mut tests): (Vec<_>, Vec<_>) =
                events.into_iter().map(|(key, tests)| (key.clone(), (key.0, tests))).unzip();
            for (_, tests) in &mut tests {
                tests.sort_unstable();
            }
            match watch.index.together(pattern, &tests) {
                Err(_) => undecided.push(watch.indicators[pattern as usize].id.clone()),
                Ok(None) => {}
                Ok(Some(fitting)) => {
                    for number in fitting {
                        let (at, account) = &keys[number];
                        let at = Timestamp::from_microsecond(*at).unwrap_or_default();
                        self.seen((pattern, account), at, 1);
                    }
                }
            }
        }
        let sightings = self.sightings.into_iter();
        let items = sightings.map(|((number, account), (first_seen, last_seen, count))| Sighting {
            indicator: watch.indicators[number as usize].clone(),
            account,
            first_seen,
            last_seen,
            count,
        });
        Sightings {
            items: items.collect(),
            undecided,
            failed: self.failed,
            outdated: self.outdated,
            faded: self.faded,
        }
    }
}

/// An account was seen with what an indicator is about.
#[derive(Clone, Debug)]
pub struct Sighting {
    /// The indicator.
    pub indicator: Indicator,
    /// The account.
    pub account: String,
    /// When first.
    pub first_seen: Timestamp,
    /// When last.
    pub last_seen: Timestamp,
    /// In how many events; of a pattern that asks for several, in how many of the first way that fits.
    pub count: u64,
}

/// What was seen.
#[derive(Clone, Debug)]
pub struct Sightings {
    /// In the order of indicators and accounts.
    pub items: Vec<Sighting>,
    /// Patterns that could not be decided: too many events or ways.
    pub undecided: Vec<StixId>,
    /// Comparisons that failed.
    pub failed: u64,
    /// Events that had what an indicator is about outside its time.
    pub outdated: u64,
    /// Events that had it when its confidence had fallen below what was asked for.
    pub faded: u64,
}

impl Sightings {
    /// As objects of STIX: one for each indicator, without accounts.
    pub fn objects(&self, by: &StixId, tlp: Tlp) -> Vec<Object> {
        let mut by_indicator: BTreeMap<&StixId, (Timestamp, Timestamp, u64, u64)> = BTreeMap::new();
        for sighting in &self.items {
            let (first, last) = (sighting.first_seen, sighting.last_seen);
            let entry = by_indicator.entry(&sighting.indicator.id).or_insert((first, last, 0, 0));
            *entry = (entry.0.min(first), entry.1.max(last), entry.2 + sighting.count, entry.3 + 1);
        }
        let object = |(indicator, (first, last, count, accounts)): (&StixId, _)| {
            let (first, last): (Timestamp, Timestamp) = (first, last);
            Draft::new("sighting", &format!("{by}\n{indicator}"), first, last)
                .by(by, tlp)
                .with("sighting_of_ref", indicator.as_str())
                .with("first_seen", stamp(first))
                .with("last_seen", stamp(last))
                .with("count", json!(u64::min(count, 999_999_999)))
                .with("description", format!("seen at {accounts} accounts"))
                .done()
        };
        by_indicator.into_iter().map(object).collect()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use seawall_core::event::{Event, EventType, Time};

    use super::{Gathered, Piece, Watch};
    use crate::{
        indicator::{Terms, pattern_object, source_identity},
        misp::WarningList,
        stix::{Archive, Draft, Tlp},
    };

    const PATTERNS: [&str; 6] = [
        "[domain-name:value = 'evil.com']",
        "[ipv4-addr:value ISSUBSET '10.0.0.0/8']",
        "[email-addr:value MATCHES '^farm[0-9]+@' AND user-account:user_id != 'a3']",
        "[user-account:user_id LIKE 'a%'] REPEATS 3 TIMES WITHIN 20 SECONDS",
        "[domain-name:value = 'evil.com'] FOLLOWEDBY [ipv4-addr:value = '10.0.0.7/32']",
        "[email-addr:value = 'x@evil.com' OR autonomous-system:number IN (64496, 5)]",
    ];

    fn watch(warnings: &[WarningList]) -> Watch {
        let mut archive = Archive::default();
        let identity = source_identity("CERT");
        let at = "2026-01-01T00:00:00Z".parse().unwrap();
        let source = identity.id().clone();
        archive.add(identity);
        for pattern in PATTERNS {
            let terms =
                Terms { source: source.clone(), at, days: 2, confidence: 60, tlp: Tlp::Green };
            let name = if pattern.contains("= 'evil.com']") { "evil.com" } else { pattern };
            archive.add(pattern_object(pattern, name, None, &terms));
        }
        Watch::new(&archive, warnings, 50)
    }

    struct Row {
        seconds: i64,
        account: &'static str,
        email: &'static str,
        ip: &'static str,
        asn: u32,
    }

    fn look(watch: &Watch, rows: &[Row], pieces: usize) -> Vec<(String, String, u64)> {
        let mut gathered = Gathered::default();
        for piece_rows in rows.chunks(rows.len().div_ceil(pieces).max(1)) {
            let mut piece = Piece::new(watch);
            for row in piece_rows {
                let time = Time::from_milliseconds(1_767_225_600_000 + row.seconds * 1000).unwrap();
                let mut event = Event::new(time, EventType::Signup, row.account);
                event.email = Some(row.email);
                event.ip = Some(row.ip.parse().unwrap());
                event.asn = Some(row.asn);
                piece.event(&event);
            }
            gathered.add(piece.into_gathered());
        }
        let sightings = gathered.finish(watch);
        assert!(sightings.undecided.is_empty());
        sightings.items.into_iter().map(|it| (it.indicator.pattern, it.account, it.count)).collect()
    }

    #[test]
    fn what_was_said_too_long_ago_is_not_sure_enough_unless_somebody_saw_it() {
        let mut archive = Archive::default();
        let at = |text: &str| -> jiff::Timestamp { text.parse().unwrap() };
        let identity = source_identity("CERT");
        let terms = Terms {
            source: identity.id().clone(),
            at: at("2025-12-01T00:00:00Z"),
            days: 60,
            confidence: 60,
            tlp: Tlp::Green,
        };
        let object = pattern_object("[domain-name:value = 'evil.com']", "it", None, &terms);
        let sighting = |count: u8| {
            let seen = at("2025-12-31T00:00:00Z");
            Draft::new("sighting", &count.to_string(), seen, seen)
                .with("sighting_of_ref", object.id().as_str())
                .with("count", count)
                .done()
        };
        archive.add(identity);
        archive.add(object.clone());
        // After 31 days of 60: 60 × (1 − √(31/60)) = 16.9.
        let found = |archive: &Archive| {
            [0, 16, 17].map(|min| look(&Watch::new(archive, &[], min), &rows()[..1], 1).len())
        };
        assert_eq!(found(&archive), [1, 1, 0]);
        archive.add(sighting(0));
        assert_eq!(found(&archive), [1, 1, 0], "looked for in vain");
        archive.add(sighting(3));
        assert_eq!(found(&archive), [1, 1, 1]);
    }

    fn rows() -> Vec<Row> {
        let row = |seconds, account, email, ip, asn| Row { seconds, account, email, ip, asn };
        vec![
            row(0, "a1", "x@mail.evil.com", "10.0.0.6", 1),
            row(5, "a2", "farm12@fine.com", "10.0.0.7", 64_496),
            row(10, "a3", "farm13@fine.com", "11.0.0.7", 5),
            row(900, "b1", "X@EVIL.com", "192.0.2.1", 1),
            row(86_400 * 2, "a9", "x@evil.com", "10.0.0.7", 5),
        ]
    }

    #[test]
    fn each_sort_of_pattern_is_found() {
        let found = look(&watch(&[]), &rows(), 1);
        let accounts = |number: usize| -> Vec<&str> {
            let of = |it: &&(String, String, u64)| it.0 == PATTERNS[number];
            found.iter().filter(of).map(|it| it.1.as_str()).collect()
        };
        assert_eq!(accounts(0), ["a1", "b1"]);
        assert_eq!(accounts(1), ["a1", "a2"]);
        // A comparison of two objects holds for none.
        assert_eq!(accounts(2), [""; 0]);
        assert_eq!(accounts(3), ["a1", "a2", "a3"]);
        assert_eq!(accounts(4), ["a1", "a2"]);
        assert_eq!(accounts(5), ["a2", "a3", "b1"]);
    }

    #[test]
    fn what_is_well_known_is_not_looked_for() {
        let list = r#"{"name": "W", "type": "string", "list": ["evil.com"], "matching_attributes": ["domain"]}"#;
        let watch = watch(&[WarningList::read(list).unwrap()]);
        assert_eq!((watch.indicators().len(), watch.unused().len()), (5, 1));
        assert_eq!(watch.unused()[0].1.to_string(), "well known: W");
    }

    proptest! {
        #[test]
        fn pieces_and_order_do_not_matter(pieces in 1_usize..6, turn in 0_usize..5) {
            let watch = watch(&[]);
            let mut turned = rows();
            turned.rotate_left(turn);
            prop_assert_eq!(look(&watch, &rows(), 1), look(&watch, &turned, pieces));
        }
    }
}
