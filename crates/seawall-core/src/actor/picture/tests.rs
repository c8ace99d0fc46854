//! Does the picture keep apart what sources keep apart?

use jiff::Timestamp;
use proptest::prelude::*;

use super::{
    super::entry::{Assertion, Entry, Record, Relation, Source, Stance, Target, Thing, ThingKind},
    Alternative, Claim, Confidence, Misfit, Picture, Standing,
};

pub(crate) fn source(name: &str) -> Source {
    Source { name: name.to_owned(), references: Vec::new() }
}

fn at(day: u8) -> Timestamp {
    format!("2024-01-{day:02}T00:00:00Z").parse().unwrap()
}

pub(crate) fn record(entry: Entry) -> Record {
    Record { at: at(31), by: "ana".into(), entry }
}

pub(crate) fn thing(id: &str, name: &str, by: &str) -> Record {
    let (id, name) = (id.to_owned(), name.to_owned());
    let thing = Thing { id, kind: ThingKind::Actor, name, description: None };
    record(Entry::Thing { thing, source: source(by) })
}

pub(crate) fn said(subject: &str, relation: Relation, target: &str, by: &str) -> Assertion {
    let target = target.to_owned();
    Assertion {
        subject: subject.into(),
        relation,
        target: if relation.is_of_text() { Target::Text(target) } else { Target::Thing(target) },
        stance: Stance::Supports,
        source: source(by),
        grade: None,
        confidence: Some(70),
        asserted_at: at(1),
    }
}

pub(crate) fn assert(assertion: Assertion) -> Record {
    record(Entry::Assert { assertion })
}

fn claim(picture: &Picture) -> &Claim {
    picture.claims.values().next().unwrap()
}

fn stands(picture: &Picture) -> Option<(Standing, Confidence)> {
    let claim = picture.claims.values().next()?;
    Some((claim.standing(), claim.assessed()))
}

#[test]
fn a_claim_stands_as_its_sources_do() {
    let mut picture = Picture::default();
    let mut add = |record: Record| picture.apply(&record).map(|()| stands(&picture));
    let sells = |by: &str| said("a", Relation::SellsTo, "b", by);
    add(thing("a", "A", "X")).unwrap();
    add(thing("b", "B", "X")).unwrap();
    let first = add(assert(sells("X"))).unwrap().unwrap();
    assert_eq!(first, (Standing::OneSource, Confidence::Low));
    // The same source again is one source.
    let again = add(assert(Assertion { asserted_at: at(5), ..sells("X") })).unwrap().unwrap();
    assert_eq!(again.0, Standing::OneSource);
    let two = add(assert(sells("Y"))).unwrap().unwrap();
    assert_eq!(two, (Standing::Corroborated, Confidence::Moderate));
    let graded = |by: &str| Assertion {
        grade: Some("B2".parse().unwrap()),
        asserted_at: at(6),
        ..sells(by)
    };
    add(assert(graded("X"))).unwrap();
    add(assert(graded("Y"))).unwrap();
    let alternative = Alternative { explanation: "a reseller".into(), against: "no".into() };
    let (subject, target) = ("a".to_owned(), Target::Thing("b".into()));
    let relation = Relation::SellsTo;
    let weigh =
        Entry::Weigh { subject: subject.clone(), relation, target: target.clone(), alternative };
    assert_eq!(add(record(weigh)).unwrap().unwrap().1, Confidence::High);
    let against = Assertion { stance: Stance::Contradicts, ..sells("Z") };
    let contradicted = add(assert(against)).unwrap().unwrap();
    assert_eq!(contradicted, (Standing::Contradicted, Confidence::Low));
    for source in ["X", "Y"] {
        let (subject, target) = (subject.clone(), target.clone());
        let (source, reason) = (source.to_owned(), "wrong".to_owned());
        add(record(Entry::Withdraw { subject, relation, target, source, reason })).unwrap();
    }
    assert_eq!(claim(&picture).standing(), Standing::Withdrawn);
    assert_eq!(claim(&picture).withdrawn.len(), 2);
    assert_eq!(claim(&picture).first_asserted_at, Some(at(1)));
    assert_eq!(claim(&picture).last_asserted_at, Some(at(6)));
}

#[test]
fn what_does_not_fit_is_refused() {
    let mut picture = Picture::default();
    picture.apply(&thing("a", "A", "X")).unwrap();
    let mut refused = |assertion: Assertion| picture.apply(&assert(assertion)).unwrap_err();
    assert_eq!(refused(said("c", Relation::Uses, "a", "X")), Misfit::Unknown("c".into()));
    assert_eq!(refused(said("a", Relation::Uses, "c", "X")), Misfit::Unknown("c".into()));
    assert_eq!(refused(said("a", Relation::SameAs, "a", "X")), Misfit::Self_);
    let name = Target::Thing("a".into());
    let wrong = Assertion { target: name, ..said("a", Relation::AlsoKnownAs, "x", "X") };
    assert_eq!(refused(wrong), Misfit::Target(Relation::AlsoKnownAs));
    let sure = Assertion { confidence: Some(101), ..said("a", Relation::HasRole, "x", "X") };
    assert_eq!(refused(sure), Misfit::Confidence);
    assert_eq!(refused(said("a", Relation::HasRole, "x\ny", "X")), Misfit::Text("target"));
}

#[test]
fn records_are_the_same_after_they_were_written() {
    let assertion =
        Assertion { grade: Some("A1".parse().unwrap()), ..said("a", Relation::Owns, "b", "X") };
    for record in [thing("a", "A", "X"), assert(assertion)] {
        let text = serde_json::to_string(&record).unwrap();
        assert_eq!(serde_json::from_str::<Record>(&text).unwrap(), record, "{text}");
    }
}

proptest! {
    #[test]
    fn the_order_of_assertions_does_not_matter(
        mut days in proptest::collection::vec((1_u8..28, 0_u8..3, prop::bool::ANY), 1..12),
    ) {
        // One source does not say both things at one time.
        days.sort_by_key(|(day, source, _)| (*day, *source));
        days.dedup_by_key(|(day, source, _)| (*day, *source));
        let picture = |order: &mut dyn Iterator<Item = &(u8, u8, bool)>| {
            let mut records = vec![thing("a", "A", "X"), thing("b", "B", "X")];
            records.extend(order.map(|(day, by, supports)| {
                let stance = if *supports { Stance::Supports } else { Stance::Contradicts };
                let by = ["X", "Y", "Z"][usize::from(*by)];
                let said = said("a", Relation::Uses, "b", by);
                assert(Assertion { asserted_at: at(*day), stance, ..said })
            }));
            Picture::of(&records).unwrap()
        };
        prop_assert_eq!(picture(&mut days.iter()), picture(&mut days.iter().rev()));
    }
}
