//! Is every kind registered once, documented, and known by what the documentation says of it?

use std::collections::BTreeSet;

use crate::selector::{Derive, Family, KindId, KindSet, Role, kind_seed};

const DOCUMENTATION: &str = include_str!("../../../../../docs/selectors.md");

/// A kind's columns in the table: name, family, role, and how it is shown.
fn rows() -> Vec<(String, String, String, String)> {
    DOCUMENTATION
        .lines()
        .filter(|line| line.starts_with("| `"))
        .map(|line| {
            let cells: Vec<&str> = line.trim_matches('|').split(" | ").map(str::trim).collect();
            assert_eq!(cells.len(), 7, "{line}");
            let name = cells[0].trim_matches('`').to_owned();
            (name, cells[3].to_owned(), cells[4].to_owned(), cells[5].to_owned())
        })
        .collect()
}

fn lower(debug: &impl std::fmt::Debug) -> String {
    format!("{debug:?}").to_lowercase()
}

#[test]
fn the_table_is_the_registry() {
    let documented = rows();
    let registered: Vec<_> = KindId::all()
        .map(|id| {
            let kind = id.kind();
            (kind.name.to_owned(), lower(&kind.family), lower(&kind.role), kind.personal)
        })
        .collect();
    assert!(registered.len() >= 36);
    assert_eq!(documented.len(), registered.len());
    for (row, kind) in documented.into_iter().zip(registered) {
        assert_eq!((&row.0, &row.1, &row.2), (&kind.0, &kind.1, &kind.2));
        assert_eq!(row.3 != "as it is", kind.3, "{}: how it is shown", kind.0);
    }
}

#[test]
fn names_and_seeds_are_distinct() {
    let names: BTreeSet<_> = KindId::all().map(|id| id.kind().name).collect();
    let seeds: BTreeSet<_> = KindId::all().map(|id| kind_seed(id.kind())).collect();
    assert_eq!(names.len(), KindId::all().count());
    assert_eq!(seeds.len(), KindId::all().count());
    for id in KindId::all() {
        let kind = id.kind();
        assert_eq!(KindId::from_name(kind.name), Some(id));
        assert!(
            kind.name
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
        );
        assert!(!kind.title.is_empty() && kind.version >= 1);
    }
    assert_eq!(KindId::from_name("nonsense"), None);
}

#[test]
fn rented_things_never_bind() {
    for id in KindId::all() {
        let kind = id.kind();
        if matches!(kind.family, Family::Network | Family::Challenge | Family::Timing) {
            assert_ne!(kind.role, Role::Link, "{}", kind.name);
        }
        if matches!(kind.derive, Derive::Action(_)) {
            assert_eq!(kind.family, Family::Action, "{}", kind.name);
        }
    }
}

#[test]
fn sets_of_kinds_hold_what_is_put_in() {
    let mut set = KindSet::EMPTY;
    for id in KindId::all() {
        assert!(!set.contains(id) && KindSet::ALL.contains(id));
        set.insert(id);
        assert!(set.contains(id));
    }
    let first = KindId(0);
    set.remove(first);
    assert!(!set.contains(first) && set.contains(KindId(1)));
}
