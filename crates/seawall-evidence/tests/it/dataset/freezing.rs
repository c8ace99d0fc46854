//! Does freezing give what the format says, and refuse what is not complete?

use std::num::NonZeroUsize;

use hmac::{Hmac, KeyInit as _, Mac as _};
use seawall_evidence::{
    canonical,
    dataset::{
        Error, Manifest, SaltKey, completeness::Gap, error::RowFault, freeze, freeze::Claim,
        manifest::ValueType, verify,
    },
    hash::Digest,
    merkle,
};
use serde_json::{Map, Value};

use super::world::{GROUP_ROWS, Row, TWO, World, time};
use crate::python;

/// A row as the format says, by a generic writer of JSON.
fn as_json(row: &Row) -> Value {
    let integer = |integer: i64| {
        if integer.unsigned_abs() < 1 << 53 {
            Value::from(integer)
        } else {
            Value::from(integer.to_string())
        }
    };
    let mut fields = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        if let Some(value) = value {
            fields.insert(name.to_owned(), value);
        }
    };
    set("account", row.account.clone().map(Value::from));
    set("time", Some(time(row.time * 1000).to_string().into()));
    set("country", row.country.map(Value::from));
    set("amount", row.amount.map(integer));
    set("port", row.port.map(Value::from));
    set("used", row.used.map(Value::from));
    set("serial", Some(row.serial.into()));
    Value::Object(fields)
}

fn leaf(key: &[u8; 32], index: u64, row: &Row) -> Digest {
    let mut salt = Hmac::<sha2::Sha256>::new_from_slice(key).unwrap();
    salt.update(&index.to_be_bytes());
    let mut content = salt.finalize().into_bytes().to_vec();
    content.extend(canonical::to_bytes(&as_json(row)).unwrap());
    merkle::leaf(content)
}

#[test]
fn roots_are_those_of_the_rows() {
    let world = World::new();
    let manifest = world.freeze();
    let leaves: Vec<Digest> =
        (0..).zip(&world.rows).map(|(index, row)| leaf(&[42; 32], index, row)).collect();
    let mut groups = Vec::new();
    for leaves in [&leaves[..130], &leaves[130..]] {
        groups.extend(leaves.chunks(GROUP_ROWS).map(merkle::root));
    }
    let stated: Vec<Digest> =
        manifest.files.iter().flat_map(|file| &file.row_groups).map(|group| group.root).collect();
    assert_eq!(stated, groups);
    assert_eq!(manifest.root, merkle::root(&groups.iter().map(merkle::leaf).collect::<Vec<_>>()));
    assert_eq!(manifest.rows(), 230);
    assert_eq!(manifest.value_type("time"), Some(ValueType::Time));
    let sealed: Vec<u64> = manifest.sources.iter().map(|source| source.sealed).collect();
    assert_eq!(sealed, [130, 100]);
    assert_eq!(Manifest::parse(&manifest.to_bytes().unwrap()).unwrap(), manifest);
    assert!(verify(&manifest, &world.paths(), &world.key, TWO).unwrap().is_empty());
}

#[test]
fn python_finds_the_same_root() {
    let Some(python) = python::with_duckdb("python_finds_the_same_root") else { return };
    let world = World::new();
    let manifest = world.freeze();
    let path = world.path("manifest.json");
    fs_err::write(&path, manifest.to_bytes().unwrap()).unwrap();
    let arguments =
        [path.as_os_str(), world.key.to_hex().as_ref(), world.folder.path().as_os_str()]
            .map(std::ffi::OsStr::to_owned);
    let arguments: Vec<&std::ffi::OsStr> = arguments.iter().map(AsRef::as_ref).collect();
    let printed = python::run(&python, "dataset/oracle.py", &arguments);
    assert_eq!(printed.trim(), manifest.root.to_string());
}

#[test]
fn threads_change_nothing() {
    let world = World::new();
    let frozen = |threads| {
        freeze(&world.request, &world.key, NonZeroUsize::new(threads).unwrap())
            .unwrap()
            .to_bytes()
            .unwrap()
    };
    let one = frozen(1);
    assert!([2, 3, 16].into_iter().all(|threads| frozen(threads) == one));
}

#[test]
fn a_missing_partition_cannot_be_frozen_as_complete() {
    let mut world = World::new();
    world.request.files.pop();
    let error = freeze(&world.request, &world.key, TWO).unwrap_err();
    assert!(matches!(error, Error::Incomplete(_)));
    let table: Vec<String> = error
        .to_string()
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(table[1], "source received sealed gaps unaccounted");
    assert_eq!(table[2], "edge-a 133 130 3 0");
    assert_eq!(table[3], "edge-b 100 0 0 100");
}

#[test]
fn gaps_and_sources_must_make_sense() {
    let gap = |first, last, reason: &str| Gap { first, last, reason: reason.into() };
    let cases: &[(&str, Vec<Gap>)] = &[
        ("share numbers", vec![gap(1050, 1051, "lost"), gap(1051, 1052, "lost")]),
        ("share numbers", vec![gap(1052, 1052, "lost"), gap(1050, 1051, "lost")]),
        ("share numbers", vec![gap(999, 1001, "lost")]),
        ("share numbers", vec![gap(1050, 1050, "lost"); 3]),
        ("after the source", vec![gap(1131, 1133, "lost")]),
        ("before it begins", vec![gap(1052, 1050, "lost")]),
        ("no reason", vec![gap(1050, 1052, " ")]),
        ("neither sealed nor in a gap", vec![gap(1050, 1051, "lost")]),
        ("neither sealed nor in a gap", vec![gap(1050, 1053, "lost")]),
    ];
    for (message, gaps) in cases {
        let mut world = World::new();
        world.request.sources[0].gaps.clone_from(gaps);
        let error = freeze(&world.request, &world.key, TWO).unwrap_err().to_string();
        assert!(error.contains(message), "{error}: {gaps:?}");
    }
    let mut world = World::new();
    world.request.sources.push(Claim {
        name: "edge-a".into(),
        first: 1,
        last: 1,
        gaps: Vec::new(),
    });
    assert!(matches!(
        freeze(&world.request, &world.key, TWO),
        Err(Error::Twice { what: "source", .. })
    ));
    let mut world = World::new();
    world.request.files[1].source = "edge-c".into();
    assert!(matches!(freeze(&world.request, &world.key, TWO), Err(Error::UnknownSource { .. })));
    let mut world = World::new();
    world.request.sources[1] =
        Claim { name: "edge-b".into(), first: 100, last: 1, gaps: Vec::new() };
    assert!(matches!(freeze(&world.request, &world.key, TWO), Err(Error::Source { .. })));
}

#[test]
fn rows_outside_the_window_are_refused() {
    let mut world = World::new();
    let first = world.rows.iter().map(|row| row.time).min().unwrap() * 1000;
    world.request.window.from = time(first + 1);
    let error = freeze(&world.request, &world.key, TWO).unwrap_err();
    assert!(matches!(error, Error::Row { fault: RowFault::OutsideWindow(_), .. }), "{error}");
    world.request.window.from = time(first);
    assert!(freeze(&world.request, &world.key, TWO).is_ok());
    world.request.window.column = Some("amount".into());
    assert!(matches!(freeze(&world.request, &world.key, TWO), Err(Error::NoTimeColumn { .. })));
    world.request.window.to = world.request.window.from;
    assert!(matches!(freeze(&world.request, &world.key, TWO), Err(Error::EmptyWindow)));
}

#[test]
fn another_key_gives_other_roots() {
    let world = World::new();
    let other = SaltKey::from_bytes([43; 32]);
    let one = freeze(&world.request, &world.key, TWO).unwrap();
    let two = freeze(&world.request, &other, TWO).unwrap();
    assert_ne!(one.root, two.root);
    assert!(matches!(verify(&one, &world.paths(), &other, TWO), Err(Error::WrongKey { .. })));
}
