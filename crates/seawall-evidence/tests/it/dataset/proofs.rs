//! Does a row proof show its row, and nothing else?

use seawall_evidence::{
    dataset::{
        Error,
        proof::{self, Unproven, prove},
    },
    hash::Digest,
};
use serde_json::Value;

use super::world::{World, rows, write};

#[test]
fn each_row_can_be_shown() {
    let world = World::new();
    let manifest = world.freeze();
    let paths = world.paths();
    for index in [0, 1, 49, 50, 99, 100, 129, 130, 131, 229] {
        let shown =
            prove(&manifest, |name| paths.get(name).map(AsRef::as_ref), &world.key, index).unwrap();
        proof::verify(&manifest, &shown).unwrap();
        assert_eq!(
            shown.row["serial"],
            Value::from(index),
            "rows are numbered as they were written"
        );
        let moved = proof::RowProof { index: (index + 1) % 230, ..shown.clone() };
        assert!(proof::verify(&manifest, &moved).is_err());
    }
    let none = prove(&manifest, |name| paths.get(name).map(AsRef::as_ref), &world.key, 230);
    assert!(matches!(none, Err(Error::NoRow { index: 230, rows: 230 })));
}

#[test]
fn a_bent_proof_proves_nothing() {
    let world = World::new();
    let manifest = world.freeze();
    let paths = world.paths();
    let good = prove(&manifest, |name| paths.get(name).map(AsRef::as_ref), &world.key, 60).unwrap();
    let bent = |change: &dyn Fn(&mut proof::RowProof)| {
        let mut proof = good.clone();
        change(&mut proof);
        proof::verify(&manifest, &proof).unwrap_err()
    };
    let in_group = |error| matches!(error, Unproven::NotInGroup { index: 60 });
    assert!(in_group(bent(&|proof| drop(proof.row.insert("serial".into(), 61.into())))));
    assert!(in_group(bent(&|proof| drop(proof.row.remove("serial")))));
    assert!(in_group(bent(&|proof| proof.salt = Digest::of("salt"))));
    assert!(in_group(bent(&|proof| proof.group_path.truncate(1))));
    assert!(in_group(bent(&|proof| proof.group_path.swap(0, 1))));
    let in_dataset = |error| matches!(error, Unproven::NotInDataset { index: 60 });
    assert!(in_dataset(bent(&|proof| proof.dataset_path[0] = Digest::of("path"))));
    assert!(in_dataset(bent(&|proof| proof.dataset_path.push(Digest::of("path")))));
    assert!(matches!(bent(&|proof| proof.row_group = 0), Unproven::Place { .. }));
    assert!(matches!(bent(&|proof| proof.file = "b.parquet".into()), Unproven::Place { .. }));
    assert!(matches!(bent(&|proof| proof.index = 230), Unproven::NoRow { .. }));
    assert!(matches!(
        bent(&|proof| drop(proof.row.insert("x".into(), Value::Null))),
        Unproven::Row(_)
    ));
}

#[test]
fn nothing_is_proven_from_data_that_changed() {
    let world = World::new();
    let manifest = world.freeze();
    let paths = world.paths();
    write(&world.path("a.parquet"), &rows(8, 130));
    let error =
        prove(&manifest, |name| paths.get(name).map(AsRef::as_ref), &world.key, 60).unwrap_err();
    assert!(matches!(error, Error::Changed { row_group: 1, .. }), "{error}");
}
