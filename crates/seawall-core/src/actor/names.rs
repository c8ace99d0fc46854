//! Which actors could be one, and where do sources disagree about names? To be seen and judged by people: nothing is
//! merged here.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    entry::{Relation, Target, ThingKind},
    picture::{Picture, Standing},
};

/// What is to be judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// Two actors share a name, and nobody said whether they are one.
    Duplicate {
        /// Their ids, in order.
        actors: [String; 2],
        /// Names that they share, each as the first of them has it.
        names: BTreeSet<String>,
        /// Whether it is the name that both mainly go by.
        of_both: bool,
        /// Who names them: of the first, of the second.
        sources: [BTreeSet<String>; 2],
    },
    /// Sources give different numbers of one scheme to what they take for one actor: one of them is wrong.
    Conflict {
        /// The actors that share a name, by id.
        actors: [String; 2],
        /// The names that tell that they are taken for one.
        shared: BTreeSet<String>,
        /// The scheme: `storm`.
        scheme: String,
        /// Names of that scheme, of the first and of the second, each with its sources.
        names: [BTreeMap<String, BTreeSet<String>>; 2],
    },
}

/// A name without case, spaces and marks: `Storm-1152` and `STORM 1152` are one.
pub fn plain(name: &str) -> String {
    name.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Letters and number of a name that is one of a numbered scheme: `UNC3944`, `Storm-0971`, `TA505`.
fn scheme(name: &str) -> Option<(String, u32)> {
    let plain = plain(name);
    let letters = plain.trim_end_matches(|letter: char| letter.is_ascii_digit());
    let digits = &plain[letters.len()..];
    let sound =
        (1..=8).contains(&letters.len()) && letters.bytes().all(|it| it.is_ascii_lowercase());
    Some((letters.to_owned(), digits.parse().ok()?)).filter(|_| sound)
}

/// Names of an actor: how each is written, and who says it.
type Names = BTreeMap<String, (String, BTreeSet<String>)>;

/// Everything about names that people have to judge, in the order of ids.
pub fn findings(picture: &Picture) -> Vec<Finding> {
    let actors: BTreeMap<&str, Names> = picture
        .things
        .values()
        .filter(|(thing, _)| thing.kind == ThingKind::Actor)
        .map(|(thing, _)| (thing.id.as_str(), names_of(picture, &thing.id)))
        .collect();
    let mut by_name: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (id, names) in &actors {
        for name in names.keys() {
            by_name.entry(name).or_default().insert(id);
        }
    }
    let mut pairs: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
    for (name, ids) in by_name {
        for first in &ids {
            for second in ids.iter().filter(|second| *second > first) {
                pairs.entry((first, second)).or_default().insert(name);
            }
        }
    }
    let mut findings = Vec::new();
    for ((first, second), shared) in pairs {
        let names = [&actors[first], &actors[second]];
        let ids = [first.to_owned(), second.to_owned()];
        let written: BTreeSet<String> =
            shared.iter().map(|name| names[0][*name].0.clone()).collect();
        if !is_judged(picture, first, second) {
            findings.push(Finding::Duplicate {
                actors: ids.clone(),
                names: written.clone(),
                of_both: plain(&picture.things[first].0.name)
                    == plain(&picture.things[second].0.name),
                sources: ids.clone().map(|id| {
                    picture.things[&id].1.iter().map(|source| source.name.clone()).collect()
                }),
            });
        }
        findings.extend(conflicts(&ids, &names, &written));
    }
    findings
}

fn names_of(picture: &Picture, id: &str) -> Names {
    let (thing, sources) = &picture.things[id];
    let mut names = Names::new();
    let named = sources.iter().map(|source| source.name.clone()).collect();
    names.insert(plain(&thing.name), (thing.name.clone(), named));
    for (name, claim) in picture.names(id) {
        let entry = names.entry(plain(name)).or_insert_with(|| (name.to_owned(), BTreeSet::new()));
        entry.1.extend(claim.supports.keys().cloned());
    }
    names
}

/// Whether somebody said of two things that they are one, or that they are not.
fn is_judged(picture: &Picture, first: &str, second: &str) -> bool {
    [(first, second), (second, first)].into_iter().any(|(subject, target)| {
        picture.of_subject(subject).any(|(key, claim)| {
            key.relation == Relation::SameAs
                && key.target == Target::Thing(target.to_owned())
                && (claim.standing() != Standing::Withdrawn || !claim.contradicts.is_empty())
        })
    })
}

/// Schemes of which each has numbers, but none that both have.
fn conflicts(ids: &[String; 2], names: &[&Names; 2], shared: &BTreeSet<String>) -> Vec<Finding> {
    let numbered = names.map(|names| {
        let mut schemes: BTreeMap<String, BTreeMap<u32, &(String, BTreeSet<String>)>> =
            BTreeMap::new();
        for written in names.values() {
            if let Some((letters, number)) = scheme(&written.0) {
                schemes.entry(letters).or_default().insert(number, written);
            }
        }
        schemes
    });
    let [first, second] = &numbered;
    let disagree = first.iter().filter_map(|(letters, numbers)| {
        let others = second.get(letters)?;
        let none_in_common = !numbers.keys().any(|number| others.contains_key(number));
        none_in_common.then(|| Finding::Conflict {
            actors: ids.clone(),
            shared: shared.clone(),
            scheme: letters.clone(),
            names: [numbers, others].map(|numbers| {
                numbers.values().map(|(name, by)| (name.clone(), by.clone())).collect()
            }),
        })
    });
    disagree.collect()
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            entry::Relation,
            picture::{
                Picture,
                tests::{assert, said, thing},
            },
        },
        Finding, findings, plain, scheme,
    };

    #[test]
    fn names_are_compared_without_marks() {
        assert_eq!(plain("SCATTERED SPIDER"), plain("Scattered-Spider"));
        assert_eq!(scheme("Storm-0971"), Some(("storm".into(), 971)));
        assert_eq!(scheme("Octo Tempest"), None);
        assert_eq!(scheme("0ktapus"), None);
    }

    #[test]
    fn a_duplicate_stays_until_somebody_judges_it() {
        let mut records =
            vec![thing("a", "Storm-1152", "MISP"), thing("b", "STORM 1152", "Microsoft")];
        let found = findings(&Picture::of(&records).unwrap());
        let [Finding::Duplicate { actors, of_both: true, .. }] = found.as_slice() else {
            panic!("{found:?}")
        };
        assert_eq!(actors, &["a", "b"]);
        records.push(assert(said("b", Relation::SameAs, "a", "ana")));
        assert_eq!(findings(&Picture::of(&records).unwrap()), []);
    }

    #[test]
    fn numbers_that_exclude_each_other_are_a_conflict() {
        let alias = |id, name, by| assert(said(id, Relation::AlsoKnownAs, name, by));
        let mut records = vec![
            thing("a", "Scattered Spider", "MISP"),
            thing("b", "Scattered Spider", "MITRE"),
            alias("a", "Storm-0971", "MISP"),
            alias("a", "UNC3944", "MISP"),
            alias("b", "Storm-0875", "MITRE"),
            alias("b", "UNC3944", "MITRE"),
        ];
        let found = findings(&Picture::of(&records).unwrap());
        assert_eq!(found.len(), 2, "{found:?}");
        let Finding::Conflict { scheme, names, .. } = &found[1] else { panic!("{found:?}") };
        assert_eq!(scheme, "storm");
        assert!(
            names[0]["Storm-0971"].contains("MISP") && names[1]["Storm-0875"].contains("MITRE")
        );
        // A judgement that they are one leaves the conflict, a common number ends it.
        records.push(assert(said("b", Relation::SameAs, "a", "ana")));
        assert_eq!(findings(&Picture::of(&records).unwrap()).len(), 1);
        records.push(alias("b", "Storm-0971", "ana"));
        assert_eq!(findings(&Picture::of(&records).unwrap()), []);
    }
}
