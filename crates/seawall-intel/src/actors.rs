//! What do objects and galaxies claim of actors, and how are claims passed on?

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seawall_core::actor::{
    Assertion, Claim, ClaimKey, Entry, Picture, Relation, Source, Stance, Standing, Target, Thing,
    ThingKind,
};
use serde_json::{Value, json};

use crate::{
    known::{Kind, Known},
    misp::{Cluster, Galaxy},
    stix::{Archive, Draft, Object, StixId, Tlp},
};

/// The entries that a galaxy of actors makes; none where its clusters are something else.
pub fn entries_of_galaxy(galaxy: &Galaxy, at: Timestamp) -> Vec<Entry> {
    if !galaxy.of_actors {
        return Vec::new();
    }
    // Another version of a galaxy is the same source.
    let name = format!("MISP galaxy {}", galaxy.galaxy_type);
    galaxy.clusters.iter().flat_map(|cluster| entries_of_cluster(cluster, &name, at)).collect()
}

fn entries_of_cluster(cluster: &Cluster, source: &str, at: Timestamp) -> Vec<Entry> {
    let source = Source { name: source.to_owned(), references: cluster.references.clone() };
    let id = |uuid| format!("threat-actor--{uuid}");
    let subject = id(cluster.uuid);
    let thing = Thing {
        id: subject.clone(),
        kind: ThingKind::Actor,
        name: one_line(&cluster.name),
        description: cluster.description.clone(),
    };
    let mut entries = vec![Entry::Thing { thing, source: source.clone() }];
    let mut assert = |relation, target, confidence| {
        let assertion = Assertion {
            subject: subject.clone(),
            relation,
            target,
            stance: Stance::Supports,
            source: source.clone(),
            grade: None,
            confidence,
            asserted_at: at,
        };
        entries.push(Entry::Assert { assertion });
    };
    for synonym in cluster.synonyms.iter().filter(|it| **it != cluster.name) {
        assert(Relation::AlsoKnownAs, Target::Text(one_line(synonym)), None);
    }
    if let Some(country) = &cluster.country {
        assert(Relation::LocatedIn, Target::Text(one_line(country)), None);
    }
    for related in cluster.related.iter().filter(|related| related.to != cluster.uuid) {
        // To be alike is not to be one.
        let relation = match related.relation.as_str() {
            "similar" => Relation::SimilarTo,
            _ => Relation::RelatedTo,
        };
        assert(relation, Target::Thing(id(related.to)), related.likelihood);
    }
    entries
}

/// The entries that the objects of an archive make: actors, campaigns, infrastructure, tools, wallets, domains and
/// accounts, and the relationships between them. `source` is who says so where an object names nobody.
pub fn entries_of_objects(archive: &Archive, source: &str, at: Timestamp) -> Vec<Entry> {
    let relationships: Vec<_> = archive.active_of("relationship").collect();
    let mut wanted = BTreeSet::new();
    for relationship in &relationships {
        wanted.extend(relationship.text("source_ref"));
        wanted.extend(relationship.text("target_ref"));
    }
    let mut entries = Vec::new();
    for object in archive.active() {
        let Some(kind) = thing_kind(object.object_type()) else { continue };
        // Tools and observables alone say nothing of actors.
        let own =
            matches!(kind, ThingKind::Actor | ThingKind::Campaign | ThingKind::Infrastructure);
        if own || wanted.contains(object.id().as_str()) {
            entries.extend(entries_of_object(
                object,
                kind,
                &source_of(object, archive, source),
                at,
            ));
        }
    }
    for relationship in relationships {
        let source = source_of(relationship, archive, source);
        entries.extend(entry_of_relationship(relationship, source, at));
    }
    entries
}

fn thing_kind(object_type: &str) -> Option<ThingKind> {
    Some(match object_type {
        "threat-actor" | "intrusion-set" => ThingKind::Actor,
        "campaign" => ThingKind::Campaign,
        "infrastructure" => ThingKind::Infrastructure,
        "tool" | "malware" => ThingKind::Capability,
        "cryptocurrency-wallet" => ThingKind::Wallet,
        "domain-name" => ThingKind::Domain,
        "user-account" => ThingKind::SocialAccount,
        _ => return None,
    })
}

fn source_of(object: &Object, archive: &Archive, otherwise: &str) -> Source {
    let creator = object.text("created_by_ref").and_then(|id| id.parse().ok());
    let identity = creator.and_then(|id: StixId| archive.latest(&id));
    let name = identity.and_then(|it| it.text("name")).unwrap_or(otherwise);
    let references = object.body().get("external_references").and_then(Value::as_array);
    let references = references.into_iter().flatten();
    Source {
        name: one_line(name),
        references: references
            .filter_map(|it| it.get("url")?.as_str())
            .take(20)
            .map(str::to_owned)
            .collect(),
    }
}

fn entries_of_object(
    object: &Object,
    kind: ThingKind,
    source: &Source,
    at: Timestamp,
) -> Vec<Entry> {
    let named = ["name", "value", "account_login", "display_name", "user_id"];
    let name = named.into_iter().find_map(|name| object.text(name)).unwrap_or(object.id().as_str());
    let name = one_line(name);
    let thing = Thing {
        id: object.id().to_string(),
        kind,
        name: name.clone(),
        description: object.text("description").map(str::to_owned),
    };
    let mut entries = vec![Entry::Thing { thing, source: source.clone() }];
    let names: BTreeSet<String> = object.texts("aliases").map(one_line).collect();
    let roles: BTreeSet<String> = object.texts("roles").map(one_line).collect();
    let said = [(Relation::AlsoKnownAs, names), (Relation::HasRole, roles)];
    for (relation, text) in said
        .into_iter()
        .flat_map(|(relation, texts)| texts.into_iter().map(move |it| (relation, it)))
    {
        if relation == Relation::AlsoKnownAs && text == name {
            continue;
        }
        let assertion = Assertion {
            subject: object.id().to_string(),
            relation,
            target: Target::Text(text),
            stance: Stance::Supports,
            source: source.clone(),
            grade: None,
            confidence: object.confidence(),
            asserted_at: object.modified().unwrap_or(at),
        };
        entries.push(Entry::Assert { assertion });
    }
    entries
}

fn entry_of_relationship(object: &Object, source: Source, at: Timestamp) -> Option<Entry> {
    let (from, to) = (object.text("source_ref")?, object.text("target_ref")?);
    let kind =
        |id: &str| thing_kind(id.split_once("--").map_or(id, |(object_type, _)| object_type));
    let (from_kind, to_kind) = (kind(from)?, kind(to)?);
    let (subject, relation, target) = match (object.text("relationship_type")?, from_kind, to_kind)
    {
        ("attributed-to", ThingKind::Campaign | ThingKind::Infrastructure, ThingKind::Actor) => {
            (to, Relation::Runs, from)
        }
        ("uses", ..) => (from, Relation::Uses, to),
        ("owns", ..) => (from, Relation::Owns, to),
        ("hosts" | "controls" | "compromises", ..) => (from, Relation::Runs, to),
        ("duplicate-of", ..) => (from, Relation::SameAs, to),
        ("sells-to", ..) => (from, Relation::SellsTo, to),
        ("provides", ..) => (from, Relation::Provides, to),
        ("part-of", ..) | ("attributed-to", ThingKind::Actor, ThingKind::Actor) => {
            (from, Relation::PartOf, to)
        }
        ("derived-from" | "variant-of" | "related-to", ..) => (from, Relation::RelatedTo, to),
        _ => return None,
    };
    let assertion = Assertion {
        subject: subject.to_owned(),
        relation,
        target: Target::Thing(target.to_owned()),
        stance: Stance::Supports,
        source,
        grade: None,
        confidence: object.confidence(),
        asserted_at: object.modified().unwrap_or(at),
    };
    Some(Entry::Assert { assertion })
}

/// Without line breaks and other control characters.
fn one_line(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// What is known of some things, for others: their objects, and the claims between them, said by `by`. Sources and
/// weak claims are named as such, and what contradicts goes along as an opinion.
pub fn objects(picture: &Picture, things: &BTreeSet<String>, by: &StixId, tlp: Tlp) -> Vec<Object> {
    let mut made = BTreeMap::new();
    for id in things {
        if let Some(object) = object_of_thing(picture, id, by, tlp) {
            made.insert(id.as_str(), object);
        }
    }
    let ids: BTreeMap<&str, StixId> = made.iter().map(|(id, it)| (*id, it.id().clone())).collect();
    let mut objects: BTreeMap<StixId, Object> =
        made.into_values().map(|object| (object.id().clone(), object)).collect();
    for (key, claim) in &picture.claims {
        let Target::Thing(target) = &key.target else { continue };
        let (Some(from), Some(to)) = (ids.get(key.subject.as_str()), ids.get(target.as_str()))
        else {
            continue;
        };
        if claim.standing() != Standing::Withdrawn {
            for object in objects_of_claim(key, claim, (from, to), by, tlp) {
                objects.insert(object.id().clone(), object);
            }
        }
    }
    objects.into_values().collect()
}

/// When a thing was first and last spoken of.
fn times(picture: &Picture, id: &str) -> (Timestamp, Timestamp) {
    let claims = || picture.of_subject(id).chain(picture.leading_to(id)).map(|(_, claim)| claim);
    let first = claims().filter_map(|claim| claim.first_asserted_at).min();
    let last = claims().filter_map(|claim| claim.last_asserted_at).max();
    // Nobody said when: the time at which Seawall's own objects begin.
    let start = "2026-01-01T00:00:00Z".parse().expect("a time");
    (first.unwrap_or(start), last.unwrap_or(start))
}

fn object_of_thing(picture: &Picture, id: &str, by: &StixId, tlp: Tlp) -> Option<Object> {
    let (thing, sources) = picture.things.get(id)?;
    let observable = |kind| Known::new(kind, &thing.name).ok().map(|known| known.object());
    let object_type = match thing.kind {
        ThingKind::Actor => "threat-actor",
        ThingKind::Campaign => "campaign",
        ThingKind::Infrastructure | ThingKind::Service => "infrastructure",
        ThingKind::Capability => "tool",
        ThingKind::Wallet => return observable(Kind::Wallet),
        ThingKind::Domain => return observable(Kind::Domain),
        ThingKind::SocialAccount => return observable(Kind::AccountName),
    };
    let (first, last) = times(picture, id);
    let texts = |relation: Relation| -> Vec<String> {
        let said = picture.of_subject(id).filter(|(key, claim)| {
            key.relation == relation && claim.standing() != Standing::Withdrawn
        });
        said.map(|(key, _)| key.target.as_str().to_owned()).collect()
    };
    let mut draft = Draft::new(object_type, id, first, last)
        .by(by, tlp)
        .with("name", thing.name.as_str())
        .with("description", thing.description.clone().unwrap_or_default())
        .with("external_references", references(sources.iter()));
    if object_type == "threat-actor" {
        draft = draft
            .with("threat_actor_types", json!(["crime-syndicate"]))
            .with("roles", texts(Relation::HasRole));
    }
    if object_type != "tool" {
        draft = draft.with("aliases", texts(Relation::AlsoKnownAs));
    }
    Some(draft.done())
}

/// Where something was said; each source once.
fn references<'a>(sources: impl Iterator<Item = &'a Source>) -> Value {
    let mut references = Vec::new();
    for source in sources {
        // As text: an address in its own field would have to come with the hash of what is there.
        let mut texts = source.references.clone();
        if texts.is_empty() {
            texts.push(source.name.clone());
        }
        for text in texts {
            references.push(json!({"source_name": source.name, "description": text}));
        }
    }
    references.dedup();
    references.into()
}

fn objects_of_claim(
    key: &ClaimKey,
    claim: &Claim,
    (from, to): (&StixId, &StixId),
    by: &StixId,
    tlp: Tlp,
) -> Vec<Object> {
    let start = "2026-01-01T00:00:00Z".parse().expect("a time");
    let first = claim.first_asserted_at.unwrap_or(start);
    let last = claim.last_asserted_at.unwrap_or(start);
    let id = format!("{}\n{}\n{}", key.subject, key.relation.name(), key.target.as_str());
    // STIX's own words where it has them (appendix B); everything else is a relation that the text explains.
    let (from, relationship, to) = match (key.relation, from.object_type(), to.object_type()) {
        (Relation::Runs, "threat-actor", "campaign") => (to, "attributed-to", from),
        (Relation::Uses, ..) => (from, "uses", to),
        (Relation::Owns, "threat-actor", "infrastructure") => (from, "owns", to),
        (Relation::SameAs, first, second) if first == second => (from, "duplicate-of", to),
        _ => (from, "related-to", to),
    };
    let grades: Vec<String> = claim
        .supports
        .values()
        .map(|said| match said.grade {
            Some(grade) => format!("{} ({grade})", said.source.name),
            None => format!("{} (not graded)", said.source.name),
        })
        .collect();
    let description = format!(
        "{}: {}, by {}",
        key.relation.name().replace('_', " "),
        claim.standing().words(),
        grades.join("; ")
    );
    // One source alone, or one that is contradicted, is never passed on as more than an even chance.
    let weak = claim.standing() != Standing::Corroborated;
    let (least, _) = claim.confidences().unwrap_or((50, 50));
    let confidence = if weak { least.min(50) } else { least };
    let relationship = Draft::new("relationship", &id, first, last)
        .by(by, tlp)
        .with("relationship_type", relationship)
        .with("source_ref", from.as_str())
        .with("target_ref", to.as_str())
        .with("description", description)
        .with("confidence", confidence)
        .with("external_references", references(claim.supports.values().map(|said| &said.source)))
        .done();
    let about = json!([relationship.id()]);
    let mut objects = vec![relationship];
    for said in claim.contradicts.values() {
        let opinion = Draft::new("opinion", &format!("{id}\n{}", said.source.name), first, last)
            .by(by, tlp)
            .with("opinion", "disagree")
            .with("explanation", format!("{} contradicts", said.source.name))
            .with("object_refs", about.clone());
        objects.push(opinion.done());
    }
    for alternative in &claim.alternatives {
        let note = Draft::new("note", &format!("{id}\n{}", alternative.explanation), first, last)
            .by(by, tlp)
            .with("abstract", format!("Another explanation: {}", alternative.explanation))
            .with("content", format!("Against it: {}", alternative.against))
            .with("object_refs", about.clone());
        objects.push(note.done());
    }
    objects
}
