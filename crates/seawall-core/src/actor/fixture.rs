//! What does a journal of an actor look like? A hand-made one for the tests and pictures of everything that shows
//! actors: who sells to whom, with what, and sources that do not agree. Behind the feature `fixture`; never in a release.

use jiff::Timestamp;

use super::{
    Alternative, Assertion, Entry, Record, Relation, Source, Stance, Target, Thing, ThingKind,
};

/// Id of the actor that everything is about.
pub const START: &str = "actor-market";

const THINGS: [(&str, ThingKind, &str); 16] = [
    (START, ThingKind::Actor, "Market K"),
    ("actor-dev", ThingKind::Actor, "Tool maker D"),
    ("actor-buyer-1", ThingKind::Actor, "Spam crew R"),
    ("actor-buyer-2", ThingKind::Actor, "Phishing crew S"),
    ("actor-buyer-3", ThingKind::Actor, "Unknown buyer"),
    ("service-shop", ThingKind::Service, "mail account shop"),
    ("service-solver", ThingKind::Service, "challenge solver"),
    ("domain-1", ThingKind::Domain, "accounts.example"),
    ("domain-2", ThingKind::Domain, "solve.example"),
    ("domain-3", ThingKind::Domain, "mirror-accounts.example"),
    ("social-1", ThingKind::SocialAccount, "@market_k"),
    ("wallet-1", ThingKind::Wallet, "bc1qexample0market"),
    ("hosting-1", ThingKind::Infrastructure, "198.51.100.0/24"),
    ("campaign-1", ThingKind::Campaign, "c-91f24a07be3d"),
    ("campaign-2", ThingKind::Campaign, "c-4be07d113a52"),
    ("campaign-3", ThingKind::Campaign, "c-d3310c5e8f10"),
];

/// (source, grade, whether it supports the claim)
type Said = (&'static str, &'static str, bool);

/// (subject, relation, target, who says what of it)
const CLAIMS: [(&str, Relation, &str, &[Said]); 20] = [
    (
        START,
        Relation::SellsTo,
        "actor-buyer-1",
        &[("Registrar reply", "A1", true), ("Vendor report", "B2", true)],
    ),
    (START, Relation::SellsTo, "actor-buyer-2", &[("Vendor report", "B2", true)]),
    (START, Relation::SellsTo, "actor-buyer-3", &[("Forum post", "F6", true)]),
    (
        "actor-dev",
        Relation::PartOf,
        START,
        &[("Vendor report", "B2", true), ("Forum post", "E5", false)],
    ),
    (
        START,
        Relation::Provides,
        "service-shop",
        &[
            ("Test purchase", "A1", true),
            ("Vendor report", "B2", true),
            ("Registrar reply", "A2", true),
        ],
    ),
    (START, Relation::Provides, "service-solver", &[("Vendor report", "B2", true)]),
    (
        "service-shop",
        Relation::Uses,
        "domain-1",
        &[("Test purchase", "A1", true), ("Passive DNS", "A2", true)],
    ),
    ("service-shop", Relation::Uses, "domain-3", &[("Passive DNS", "A2", true)]),
    (
        "service-solver",
        Relation::Uses,
        "domain-2",
        &[("Passive DNS", "A2", true), ("Vendor report", "B2", true)],
    ),
    (
        START,
        Relation::Owns,
        "domain-1",
        &[("Registrar reply", "A1", true), ("Passive DNS", "A2", true)],
    ),
    (START, Relation::Owns, "domain-3", &[("Passive DNS", "A2", true)]),
    ("actor-dev", Relation::Owns, "domain-2", &[("Vendor report", "B2", true)]),
    (START, Relation::Owns, "social-1", &[("Test purchase", "A1", true)]),
    (
        START,
        Relation::Owns,
        "wallet-1",
        &[("Test purchase", "A1", true), ("Chain analysis", "C3", true)],
    ),
    (
        START,
        Relation::Uses,
        "hosting-1",
        &[("Passive DNS", "A2", true), ("Hosting company", "B3", false)],
    ),
    (
        START,
        Relation::Runs,
        "campaign-1",
        &[("Test purchase", "A1", true), ("Own detection", "A2", true)],
    ),
    (START, Relation::Runs, "campaign-2", &[("Own detection", "A2", true)]),
    ("actor-dev", Relation::Runs, "campaign-3", &[("Own detection", "B3", true)]),
    (START, Relation::AlsoKnownAs, "mk_accounts", &[("Forum post", "E5", true)]),
    (START, Relation::LocatedIn, "XX", &[("Vendor report", "C3", true)]),
];

fn at(day: usize) -> Timestamp {
    format!("2026-05-{:02}T09:30:00Z", 1 + day % 28).parse().expect("a moment")
}

/// The journal.
pub fn records() -> Vec<Record> {
    let source = |name: &str| Source { name: name.to_owned(), references: Vec::new() };
    let record = |day: usize, entry: Entry| Record { at: at(day), by: "ana".to_owned(), entry };
    let things = THINGS.iter().map(|(id, kind, name)| {
        let thing = Thing {
            id: (*id).to_owned(),
            kind: *kind,
            name: (*name).to_owned(),
            description: None,
        };
        record(0, Entry::Thing { thing, source: source("Own research") })
    });
    let claims =
        CLAIMS.iter().enumerate().flat_map(|(number, (subject, relation, target, said))| {
            said.iter().enumerate().map(move |(index, (name, grade, supports))| {
                let target = (*target).to_owned();
                let target = if relation.is_of_text() {
                    Target::Text(target)
                } else {
                    Target::Thing(target)
                };
                let assertion = Assertion {
                    subject: (*subject).to_owned(),
                    relation: *relation,
                    target,
                    stance: if *supports { Stance::Supports } else { Stance::Contradicts },
                    source: source(name),
                    grade: grade.parse().ok(),
                    confidence: Some(70),
                    asserted_at: at(number + index),
                };
                record(number + index, Entry::Assert { assertion })
            })
        });
    let weighed = Entry::Weigh {
        subject: START.to_owned(),
        relation: Relation::Runs,
        target: Target::Thing("campaign-1".to_owned()),
        alternative: Alternative {
            explanation: "a reseller bought the accounts and sold them on".to_owned(),
            against: "the accounts of the test purchase were made after it was paid".to_owned(),
        },
    };
    things.chain(claims).chain([record(27, weighed)]).collect()
}
