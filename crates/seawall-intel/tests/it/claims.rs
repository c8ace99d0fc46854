//! Is what sources say of the actors of Storm-1152 and Octo Tempest kept apart, and seen?

use std::collections::BTreeSet;

use jiff::Timestamp;
use seawall_core::actor::{Entry, Picture, Record, Relation, Target, names};
use seawall_intel::{actors, misp::Galaxy, stix::Archive};

use super::round_trip::{objects, shared, text};

const STORM_MISP: &str = "threat-actor--e18dca82-0524-4338-9a66-e13e67c81ac4";
const STORM_MICROSOFT: &str = "threat-actor--d9d23fe2-8efb-51cf-8913-91ed75f9379e";
const SPIDER_MISP: &str = "threat-actor--3b238f3a-c67a-4a9e-b474-dc3897e00129";
const SPIDER_MITRE: &str = "intrusion-set--44d37b89-a739-4810-9111-0d2617a8939b";

fn entries(test: &str) -> Option<Vec<Entry>> {
    let at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    let mut entries = Vec::new();
    for name in ["threat-actor", "microsoft-activity-group"] {
        let path = shared(test, &format!("intel/misp/galaxy-{name}.json"))?;
        entries.extend(actors::entries_of_galaxy(&Galaxy::read(&text(&path)).unwrap(), at));
    }
    let mut archive = Archive::default();
    for object in objects(&text(&shared(test, "intel/stix/mobile-attack-17.1.json.gz")?)) {
        archive.add(object);
    }
    entries.extend(actors::entries_of_objects(&archive, "MITRE", at));
    Some(entries)
}

/// The picture, and how many relations lead to what is not known.
fn picture(entries: Vec<Entry>) -> (Picture, usize) {
    let (mut picture, mut open) = (Picture::default(), 0);
    let (things, rest): (Vec<_>, Vec<_>) =
        entries.into_iter().partition(|entry| matches!(entry, Entry::Thing { .. }));
    for entry in things.into_iter().chain(rest) {
        let record =
            Record { at: "2026-01-01T00:00:00Z".parse().unwrap(), by: "ana".into(), entry };
        open += usize::from(picture.apply(&record).is_err());
    }
    (picture, open)
}

#[test]
fn a_duplicate_and_a_conflict_are_seen_and_nothing_is_merged() {
    let test = "a_duplicate_and_a_conflict_are_seen_and_nothing_is_merged";
    let Some(entries) = entries(test) else { return };
    let (picture, open) = picture(entries);
    assert!(picture.things.len() > 1_040 + 179, "{}", picture.things.len());
    let findings = names::findings(&picture);

    let pair = |first: &str, second: &str| {
        let mut pair = [first.to_owned(), second.to_owned()];
        pair.sort();
        pair
    };
    let storm = pair(STORM_MISP, STORM_MICROSOFT);
    let duplicate = findings.iter().find_map(|finding| match finding {
        names::Finding::Duplicate { actors, names, of_both, sources } if *actors == storm => {
            Some((names.clone(), *of_both, sources.clone()))
        }
        _ => None,
    });
    let (names, of_both, sources) = duplicate.expect("Storm-1152 is there twice");
    assert_eq!(names, BTreeSet::from(["Storm-1152".to_owned()]));
    assert!(of_both);
    let sources: BTreeSet<String> = sources.into_iter().flatten().collect();
    assert!(sources.contains("MISP galaxy threat-actor"), "{sources:?}");
    assert!(sources.contains("MISP galaxy microsoft-activity-group"), "{sources:?}");

    let spider = pair(SPIDER_MISP, SPIDER_MITRE);
    let conflict = findings.iter().find_map(|finding| match finding {
        names::Finding::Conflict { actors, scheme, names, .. }
            if *actors == spider && scheme == "storm" =>
        {
            Some(names.clone())
        }
        _ => None,
    });
    let numbers: BTreeSet<String> =
        conflict.expect("two numbers for one actor").into_iter().flatten().map(|it| it.0).collect();
    assert_eq!(numbers, BTreeSet::from(["Storm-0875".to_owned(), "Storm-0971".to_owned()]));

    // Both stay, nobody made them one, and no source says that one sells to the other.
    for id in [STORM_MISP, STORM_MICROSOFT, SPIDER_MISP, SPIDER_MITRE] {
        assert!(picture.things.contains_key(id), "{id}");
    }
    let silent = [Relation::SameAs, Relation::SellsTo];
    assert!(picture.claims.keys().all(|key| !silent.contains(&key.relation)));
    // What leads elsewhere is counted, not dropped in silence.
    assert!(open > 0 && open < picture.claims.len(), "{open}");
}

#[test]
fn a_relation_is_as_sure_as_its_source_says() {
    let Some(entries) = entries("a_relation_is_as_sure_as_its_source_says") else { return };
    let (picture, _) = picture(entries);
    let octo = "threat-actor--565b1ffa-6aa0-534d-a7bd-82ae942dd813";
    let similar = picture.of_subject(octo).find(|(key, _)| {
        key.relation == Relation::SimilarTo && key.target == Target::Thing(SPIDER_MISP.into())
    });
    let (_, claim) = similar.expect("Octo Tempest is like Scattered Spider");
    // "likely" of estimative language.
    assert_eq!(claim.confidences(), Some((70, 70)));
    assert_eq!(claim.standing().words(), "one source");
}
