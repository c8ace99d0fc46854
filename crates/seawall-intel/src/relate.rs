//! Which campaigns have what an actor has? A reason to look, and a claim of one source at most.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use seawall_core::{
    actor::{
        Assertion, Entry, Picture, Relation, Source, Stance, Standing, Target, Thing, ThingKind,
    },
    campaign::findings::{Campaign, SelectorEvidence},
    selector::{Family, Role},
};

use crate::{
    known::{Kind, Known},
    selectors::selector_hashes,
    stix::{Archive, own_id},
};

/// The name under which Seawall itself says something of actors.
pub const SOURCE: &str = "Seawall detection";

/// Claims that lead from an actor to what it has.
const HAS: [Relation; 4] = [Relation::Runs, Relation::Uses, Relation::Owns, Relation::Provides];
/// How many claims away something may be to count as an actor's.
const STEPS_MAX: usize = 3;
/// Of so many peers at most one may have what counts.
const PEERS_FOR_ONE: u64 = 1_000;

/// An actor and a campaign that have something in common.
#[derive(Clone, Debug, PartialEq)]
pub struct Tie {
    /// Id of the actor.
    pub actor: String,
    /// What both have: kind and value for people, and by which thing or indicator it is the actor's.
    pub shared: Vec<SharedSelector>,
    /// Families of what binds and hardly any innocent account has.
    pub families: usize,
    /// How sure that makes that the actor runs the campaign, 0 to 100.
    pub confidence: u8,
}

/// What a campaign and an actor both have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SharedSelector {
    /// Kind of selector.
    pub kind: String,
    /// Its value for people.
    pub value: String,
    /// Members of the campaign that have it.
    pub members: u64,
    /// The thing or the indicator by which it is the actor's.
    pub through: String,
}

/// Confidence by families: one could be chance or a false trail, and what one party alone says is never more than
/// likely (ICD 203).
const fn confidence(families: usize) -> u8 {
    match families {
        0 => 10,
        1 => 30,
        2 => 50,
        _ => 60,
    }
}

/// What actors have, ready to be compared with campaigns.
#[derive(Debug)]
pub struct Marks {
    /// By the hash of a selector: the actor, and through what.
    by_hash: BTreeMap<String, BTreeSet<(String, String)>>,
}

impl Marks {
    /// What the picture and the indicators of an archive say that actors have. What is contradicted or was withdrawn
    /// does not count.
    pub fn new(picture: &Picture, archive: &Archive) -> Self {
        let mut patterns: BTreeMap<String, String> = BTreeMap::new();
        for (thing, _) in picture.things.values().filter(|(it, _)| it.kind == ThingKind::Domain) {
            if let Ok(known) = Known::new(Kind::Domain, &thing.name) {
                patterns.insert(thing.id.clone(), known.pattern());
            }
        }
        let mut indicates: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for relationship in archive.active_of("relationship") {
            if relationship.text("relationship_type") == Some("indicates")
                && let Some(from) = relationship.text("source_ref")
                && let Some(to) = relationship.text("target_ref")
            {
                indicates.entry(to.to_owned()).or_default().push(from.to_owned());
            }
        }
        for indicator in archive.active_of("indicator") {
            if let Some(pattern) = indicator.text("pattern") {
                patterns.insert(indicator.id().to_string(), pattern.to_owned());
            }
        }
        let named = patterns.iter().map(|(id, pattern)| (pattern.as_str(), id.as_str()));
        let mut hashes: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (hash, id) in selector_hashes(named) {
            hashes.entry(id).or_default().push(hash);
        }
        let mut by_hash: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
        for (actor, _) in picture.things.values().filter(|(it, _)| it.kind == ThingKind::Actor) {
            for thing in reached(picture, &actor.id) {
                let indicators = indicates.get(&thing).into_iter().flatten();
                for through in indicators.chain([&thing]) {
                    for hash in hashes.get(through.as_str()).into_iter().flatten() {
                        let mark = (actor.id.clone(), through.clone());
                        by_hash.entry(hash.clone()).or_default().insert(mark);
                    }
                }
            }
        }
        Self { by_hash }
    }

    /// The actors that have something of a campaign, surest first.
    pub fn ties(&self, campaign: &Campaign) -> Vec<Tie> {
        let mut found: BTreeMap<&str, (BTreeSet<SharedSelector>, BTreeSet<Family>)> =
            BTreeMap::new();
        for selector in &campaign.selectors {
            for (actor, through) in self.by_hash.get(&selector.value_hash).into_iter().flatten() {
                let (shared, families) = found.entry(actor).or_default();
                shared.insert(SharedSelector {
                    kind: selector.kind.clone(),
                    value: selector.value.clone(),
                    members: selector.members,
                    through: through.clone(),
                });
                if counts(selector) {
                    families.insert(selector.family);
                }
            }
        }
        let tie = |(actor, (shared, families)): (&str, (BTreeSet<_>, BTreeSet<_>))| Tie {
            actor: actor.to_owned(),
            shared: shared.into_iter().collect(),
            families: families.len(),
            confidence: confidence(families.len()),
        };
        let mut ties: Vec<Tie> = found.into_iter().map(tie).collect();
        ties.sort_by(|left, right| {
            let rank = |tie: &Tie| (tie.families, tie.shared.len());
            rank(right).cmp(&rank(left)).then_with(|| left.actor.cmp(&right.actor))
        });
        ties
    }
}

/// Whether what a campaign has tells it from people: it binds, and hardly any innocent account has it.
fn counts(selector: &SelectorEvidence) -> bool {
    selector.role == Role::Link && selector.peers * PEERS_FOR_ONE <= selector.peers_total
}

/// An actor, and all that it runs, uses, owns or provides, some claims away.
fn reached(picture: &Picture, actor: &str) -> BTreeSet<String> {
    let mut all = BTreeSet::from([actor.to_owned()]);
    let mut edge = vec![actor.to_owned()];
    for _ in 0..STEPS_MAX {
        let mut next = Vec::new();
        for id in &edge {
            for (key, claim) in picture.of_subject(id) {
                let stands =
                    matches!(claim.standing(), Standing::OneSource | Standing::Corroborated);
                if let Target::Thing(to) = &key.target
                    && HAS.contains(&key.relation)
                    && stands
                    && all.insert(to.clone())
                {
                    next.push(to.clone());
                }
            }
        }
        edge = next;
    }
    all
}

/// The id of one of our own campaigns among things.
pub fn campaign_thing_id(campaign: &Campaign) -> String {
    own_id("campaign", &format!("own\n{}", campaign.campaign)).to_string()
}

/// What is written down of a campaign and its ties: the campaign, the domains that tell it from people, and for each tie
/// the claim that the actor runs it. `run` says which run it was.
pub fn entries(campaign: &Campaign, ties: &[Tie], run: &str, at: Timestamp) -> Vec<Entry> {
    let source = |references| Source { name: SOURCE.to_owned(), references };
    let own = source(vec![run.to_owned()]);
    let id = campaign_thing_id(campaign);
    let thing = |id: &str, kind, name: &str| Entry::Thing {
        thing: Thing { id: id.to_owned(), kind, name: name.to_owned(), description: None },
        source: own.clone(),
    };
    let claim = |subject: &str, relation, target: &str, source, confidence| Entry::Assert {
        assertion: Assertion {
            subject: subject.to_owned(),
            relation,
            target: Target::Thing(target.to_owned()),
            stance: Stance::Supports,
            source,
            grade: None,
            confidence,
            asserted_at: at,
        },
    };
    let name = format!("{} ({})", campaign.campaign, campaign.name);
    let mut entries = vec![thing(&id, ThingKind::Campaign, &name)];
    for selector in campaign.selectors.iter().filter(|selector| counts(selector)) {
        if !["email_domain", "email_host", "recovery_domain"].contains(&selector.kind.as_str()) {
            continue;
        }
        let Ok(known) = Known::new(Kind::Domain, &selector.value) else { continue };
        let domain = known.object().id().to_string();
        entries.push(thing(&domain, ThingKind::Domain, known.value()));
        entries.push(claim(&id, Relation::Uses, &domain, own.clone(), None));
    }
    for tie in ties {
        let shared = |own: &SharedSelector| {
            format!("{} of {} members share {} with it", own.members, campaign.accounts, own.kind)
        };
        let references = std::iter::once(run.to_owned()).chain(tie.shared.iter().map(shared));
        let source = source(references.take(20).collect());
        entries.push(claim(&tie.actor, Relation::Runs, &id, source, Some(tie.confidence)));
    }
    entries
}

#[cfg(test)]
mod tests {
    use seawall_core::{
        actor::{Entry, Picture, Record},
        campaign::findings::{Campaign, fixture},
        selector::{KindId, kind_seed, value_hash},
    };

    use super::*;
    use crate::{
        indicator::{Terms, indicator_object, source_identity},
        stix::{Draft, Tlp},
    };

    fn at() -> Timestamp {
        "2026-03-01T00:00:00Z".parse().unwrap()
    }

    fn record(picture: &mut Picture, entries: Vec<Entry>) {
        for entry in entries {
            picture.apply(&Record { at: at(), by: "ana".into(), entry }).unwrap();
        }
    }

    fn actor(id: &str) -> Entry {
        let thing =
            Thing { id: id.into(), kind: ThingKind::Actor, name: id.into(), description: None };
        Entry::Thing { thing, source: Source { name: "CERT".into(), references: vec![] } }
    }

    /// A campaign with two domains and a fingerprint, none of which a peer has.
    fn campaign() -> Campaign {
        let mut campaign = fixture::findings().campaigns[0].clone();
        let pattern = campaign.selectors[0].clone();
        let selector = |kind: &str, value: &str, family| SelectorEvidence {
            kind: kind.into(),
            value: value.into(),
            value_hash: format!(
                "{:016x}",
                value_hash(kind_seed(KindId::from_name(kind).unwrap().kind()), value)
            ),
            family,
            role: Role::Link,
            peers: 0,
            ..pattern.clone()
        };
        campaign.selectors = vec![
            selector("email_domain", "evil.com", Family::Domain),
            selector("email_domain", "worse.com", Family::Domain),
            selector("ja4", "t13d1516h2_8daaf6152771_b186095e22b6", Family::Device),
        ];
        campaign
    }

    #[test]
    fn what_an_actor_has_ties_it_to_a_campaign() {
        let mut picture = Picture::default();
        let domain = Known::new(Kind::Domain, "evil.com").unwrap().object().id().to_string();
        record(&mut picture, vec![actor("threat-actor--1"), actor("threat-actor--2")]);
        let said = |subject: &str, relation, target: &str| Entry::Assert {
            assertion: Assertion {
                subject: subject.into(),
                relation,
                target: Target::Thing(target.into()),
                stance: Stance::Supports,
                source: Source { name: "CERT".into(), references: vec![] },
                grade: None,
                confidence: None,
                asserted_at: at(),
            },
        };
        let thing = Thing {
            id: domain.clone(),
            kind: ThingKind::Domain,
            name: "evil.com".into(),
            description: None,
        };
        let source = Source { name: "CERT".into(), references: vec![] };
        record(
            &mut picture,
            vec![Entry::Thing { thing, source }, said("threat-actor--1", Relation::Owns, &domain)],
        );
        let campaign = campaign();
        let ties = Marks::new(&picture, &Archive::default()).ties(&campaign);
        assert_eq!(ties.len(), 1);
        assert_eq!(
            (ties[0].actor.as_str(), ties[0].families, ties[0].confidence),
            ("threat-actor--1", 1, 30)
        );

        // Written down, the next campaign with the other domain leads to the same actor through this one.
        record(&mut picture, entries(&campaign, &ties, "run 1", at()));
        let mut next = campaign.clone();
        next.campaign = "c-ffffffffffff".into();
        next.selectors.remove(0);
        let ties = Marks::new(&picture, &Archive::default()).ties(&next);
        assert_eq!((ties.len(), ties[0].shared[0].value.as_str()), (1, "worse.com"));
    }

    #[test]
    fn an_indicator_of_an_actor_counts_and_what_people_share_does_not() {
        let id = "threat-actor--e18dca82-0524-4338-9a66-e13e67c81ac4";
        let mut picture = Picture::default();
        record(&mut picture, vec![actor(id)]);
        let mut archive = Archive::default();
        let identity = source_identity("CERT");
        let terms = Terms {
            source: identity.id().clone(),
            at: at(),
            days: 30,
            confidence: 70,
            tlp: Tlp::Green,
        };
        let indicator =
            indicator_object(&Known::new(Kind::Domain, "worse.com").unwrap(), None, &terms);
        let relationship = Draft::new("relationship", "r", at(), at())
            .with("relationship_type", "indicates")
            .with("source_ref", indicator.id().as_str())
            .with("target_ref", id)
            .done();
        for object in [identity, indicator, relationship] {
            archive.add(object);
        }
        let mut campaign = campaign();
        let marks = Marks::new(&picture, &archive);
        assert_eq!(marks.ties(&campaign)[0].confidence, 30);
        campaign.selectors[1].peers = campaign.selectors[1].peers_total / 10;
        assert_eq!(marks.ties(&campaign)[0].confidence, 10);
    }
}
