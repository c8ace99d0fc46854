//! Does the validator of OASIS find nothing in what we write, and does `stix2` read it?

use std::{collections::BTreeSet, path::Path, process::Command};

use seawall_core::{
    actor::{
        Alternative, Assertion, Entry, Picture, Record, Relation, Source, Stance, Target, Thing,
        ThingKind,
    },
    campaign::findings::fixture,
};
use seawall_intel::{
    actors,
    indicator::{Terms, indicator_object, source_identity},
    known::Known,
    share::{self, Conditions},
    stix::{Object, Tlp, write_bundle},
};

use super::python;

/// Runs the validator and the check of ids on a bundle.
fn sound(python: &Path, name: &str, objects: &[Object]) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(format!("{name}.json"));
    let mut out = Vec::new();
    write_bundle(&mut out, &objects.iter().collect::<Vec<_>>()).unwrap();
    fs_err::write(&path, &out).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/validate.py");
    let output = Command::new(python).arg(script).arg(&path).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{name}: {said}{}", String::from_utf8_lossy(&output.stderr));
}

fn conditions(tlp: Tlp) -> Conditions {
    let at = "2026-03-01T00:00:00Z".parse().unwrap();
    Conditions { organisation: "Site".into(), tlp, at, days: 90 }
}

#[test]
fn what_is_shared_is_sound() {
    let test = "what_is_shared_is_sound";
    let Some(python) = python::with(test, &["stix2", "stix2validator"]) else { return };
    let findings = fixture::findings();
    let shared = share::objects(&findings.campaigns[0], &conditions(Tlp::AmberStrict));
    assert!(shared.iter().any(|object| object.object_type() == "indicator"));
    sound(&python, "shared", &shared);
    let at = "2026-03-02T00:00:00Z".parse().unwrap();
    sound(&python, "recalled", &share::recalled(&shared, at));
}

/// MISP's converter drops what it does not know; what is to be looked for must be left.
#[test]
fn what_is_shared_gets_into_misp_with_all_its_domains() {
    let test = "what_is_shared_gets_into_misp_with_all_its_domains";
    let Some(python) = python::with(test, &["misp_stix_converter"]) else { return };
    let findings = fixture::findings();
    let shared = share::objects(&findings.campaigns[0], &conditions(Tlp::Amber));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("shared.json");
    let mut out = Vec::new();
    write_bundle(&mut out, &shared.iter().collect::<Vec<_>>()).unwrap();
    fs_err::write(&path, &out).unwrap();
    let said = python::run(&python, "misp_stix.py", &[path.as_os_str()]);
    let taken: BTreeSet<&str> = said.lines().collect();
    let domains = shared.iter().filter(|object| object.object_type() == "domain-name");
    let domains: Vec<&str> = domains.filter_map(|object| object.text("value")).collect();
    assert!(!domains.is_empty());
    for domain in domains {
        assert!(taken.contains(format!("domain {domain}").as_str()), "{domain}: {said}");
    }
}

#[test]
fn indicators_of_every_kind_are_sound() {
    let test = "indicators_of_every_kind_are_sound";
    let Some(python) = python::with(test, &["stix2", "stix2validator"]) else { return };
    let identity = source_identity("CERT");
    let at = "2026-03-01T00:00:00Z".parse().unwrap();
    let terms =
        Terms { source: identity.id().clone(), at, days: 30, confidence: 60, tlp: Tlp::Green };
    let mut objects = vec![identity, Tlp::Green.object()];
    for (kind, text) in [
        ("domain", "evil.com"),
        ("ip", "198.51.100.0/24"),
        ("ipv6", "2001:db8::1"),
        ("url", "https://evil.com/it's\\"),
        ("email", "a@evil.com"),
        ("md5", &"a".repeat(32)),
        ("phone", "+14155552671"),
        ("user-agent", "Mozilla/5.0"),
        ("AS", "64496"),
        ("btc", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080"),
        ("username", "farm_01"),
    ] {
        let known = Known::named(kind, text).unwrap();
        objects.push(indicator_object(&known, Some("x"), &terms));
        objects.push(known.object());
    }
    sound(&python, "indicators", &objects);
}

/// Claims of every sort, with somebody who contradicts and another explanation.
fn claims() -> Vec<Record> {
    let source = |name: &str| Source {
        name: name.into(),
        references: vec!["https://example.com/report".into()],
    };
    let record =
        |entry| Record { at: "2026-03-01T00:00:00Z".parse().unwrap(), by: "ana".into(), entry };
    let mut records = Vec::new();
    for (kind, name) in ThingKind::ALL {
        let name = if kind == ThingKind::Domain { "evil.com" } else { name };
        let thing = Thing { id: format!("t-{name}"), kind, name: name.into(), description: None };
        records.push(record(Entry::Thing { thing, source: source("X") }));
    }
    let thing = Thing {
        id: "t-other".into(),
        kind: ThingKind::Actor,
        name: "other".into(),
        description: Some("d".into()),
    };
    records.push(record(Entry::Thing { thing, source: source("X") }));
    let mut assert = |relation: Relation, target: &str, stance, by: &str| {
        let target = if relation.is_of_text() {
            Target::Text(target.into())
        } else {
            Target::Thing(target.into())
        };
        let assertion = Assertion {
            subject: "t-actor".into(),
            relation,
            target,
            stance,
            source: source(by),
            grade: Some("B2".parse().unwrap()),
            confidence: Some(70),
            asserted_at: "2026-02-01T00:00:00Z".parse().unwrap(),
        };
        records.push(record(Entry::Assert { assertion }));
    };
    assert(Relation::AlsoKnownAs, "Storm-1152", Stance::Supports, "X");
    assert(Relation::HasRole, "infrastructure-operator", Stance::Supports, "X");
    for (relation, target) in [
        (Relation::Runs, "t-campaign"),
        (Relation::Owns, "t-infrastructure"),
        (Relation::Provides, "t-service"),
        (Relation::Uses, "t-capability"),
        (Relation::Owns, "t-wallet"),
        (Relation::Owns, "t-evil.com"),
        (Relation::Owns, "t-social_account"),
        (Relation::SellsTo, "t-other"),
        (Relation::SameAs, "t-other"),
    ] {
        assert(relation, target, Stance::Supports, "X");
        assert(relation, target, Stance::Supports, "Y");
    }
    assert(Relation::SellsTo, "t-other", Stance::Contradicts, "Z");
    records.push(record(Entry::Weigh {
        subject: "t-actor".into(),
        relation: Relation::SellsTo,
        target: Target::Thing("t-other".into()),
        alternative: Alternative { explanation: "a reseller".into(), against: "no trace".into() },
    }));
    records
}

#[test]
fn what_is_known_of_actors_is_sound() {
    let test = "what_is_known_of_actors_is_sound";
    let Some(python) = python::with(test, &["stix2", "stix2validator"]) else { return };
    let picture = Picture::of(&claims()).unwrap();
    let things: BTreeSet<String> = picture.things.keys().cloned().collect();
    let identity = source_identity("Site");
    let mut objects = actors::objects(&picture, &things, identity.id(), Tlp::Amber);
    let types: BTreeSet<&str> = objects.iter().map(Object::object_type).collect();
    assert!(
        ["opinion", "note", "relationship", "threat-actor"].iter().all(|it| types.contains(it))
    );
    objects.extend([identity, Tlp::Amber.object()]);
    sound(&python, "actors", &objects);
}
