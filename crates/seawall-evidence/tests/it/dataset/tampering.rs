//! Is each change of frozen data named by its file, row group and rows?

use seawall_evidence::{
    dataset::{Difference, Error, Manifest, verify},
    hash::Digest,
};

use super::world::{Row, TWO, World, time, write};

/// A change, and what must be said of it.
struct Case {
    name: &'static str,
    change: fn(&World, &mut Manifest),
    named: fn(&Difference) -> bool,
}

fn rewrite(world: &World, change: impl FnOnce(&mut Vec<Row>)) {
    let mut rows = world.rows[..130].to_vec();
    change(&mut rows);
    write(&world.path("a.parquet"), &rows);
}

const CASES: &[Case] = &[
    Case {
        name: "one value of one row changed",
        change: |world, _| rewrite(world, |rows| rows[60].amount = Some(12_345)),
        named: |found| matches!(found, Difference::Root { file, row_group: 1, .. } if file == "a.parquet"),
    },
    Case {
        name: "an absent value made an empty text",
        change: |world, _| {
            let absent = world.rows[..50].iter().position(|row| row.country.is_none()).unwrap();
            rewrite(world, |rows| rows[absent].country = Some(""));
        },
        named: |found| matches!(found, Difference::Root { row_group: 0, .. }),
    },
    Case {
        name: "two rows swapped",
        change: |world, _| rewrite(world, |rows| rows.swap(110, 111)),
        named: |found| matches!(found, Difference::Root { row_group: 2, .. }),
    },
    Case {
        name: "two row groups swapped",
        change: |world, _| rewrite(world, |rows| rows[..100].rotate_left(50)),
        named: |found| matches!(found, Difference::Root { row_group: 1, .. }),
    },
    Case {
        name: "a row dropped",
        change: |world, _| rewrite(world, |rows| drop(rows.pop())),
        named: |found| {
            matches!(found, Difference::Rows { row_group: 2, expected: 30, got: 29, .. })
        },
    },
    Case {
        name: "a row group dropped",
        change: |world, _| rewrite(world, |rows| rows.truncate(100)),
        named: |found| matches!(found, Difference::RowGroups { expected: 3, got: 2, .. }),
    },
    Case {
        name: "a file deleted",
        change: |world, _| std::fs::remove_file(world.path("b.parquet")).unwrap(),
        named: |found| matches!(found, Difference::Unreadable(_)),
    },
    Case {
        name: "two files swapped",
        change: |world, _| {
            std::fs::rename(world.path("a.parquet"), world.path("c.parquet")).unwrap();
            std::fs::rename(world.path("b.parquet"), world.path("a.parquet")).unwrap();
            std::fs::rename(world.path("c.parquet"), world.path("b.parquet")).unwrap();
        },
        named: |found| matches!(found, Difference::Content { file, .. } if file == "a.parquet"),
    },
    Case {
        name: "bytes added after the end",
        change: |world, _| {
            let mut bytes = fs_err::read(world.path("a.parquet")).unwrap();
            bytes.push(0);
            fs_err::write(world.path("a.parquet"), bytes).unwrap();
        },
        named: |found| matches!(found, Difference::Unreadable(_)),
    },
    Case {
        name: "the same rows written by another program",
        change: |world, _| {
            let mut rows = world.rows[..130].to_vec();
            rows.push(world.rows[0].clone());
            write(&world.path("a.parquet"), &rows);
            write(&world.path("a.parquet"), &world.rows[..130]);
            let mut bytes = fs_err::read(world.path("a.parquet")).unwrap();
            // A byte between the pages that nothing reads: the magic number at the start.
            bytes[0] = b'Q';
            fs_err::write(world.path("a.parquet"), bytes).unwrap();
        },
        named: |found| matches!(found, Difference::Content { .. }),
    },
    Case {
        name: "a file's hash in the manifest changed",
        change: |_, manifest| manifest.files[0].sha256 = Digest::of("other"),
        named: |found| matches!(found, Difference::Content { .. }),
    },
    Case {
        name: "a row group's root in the manifest changed",
        change: |_, manifest| manifest.files[1].row_groups[0].root = Digest::of("other"),
        named: |found| matches!(found, Difference::Root { file, row_group: 0, .. } if file == "b.parquet"),
    },
    Case {
        name: "the root in the manifest changed",
        change: |_, manifest| manifest.root = Digest::of("other"),
        named: |found| matches!(found, Difference::DatasetRoot { .. }),
    },
    Case {
        name: "a column in the manifest renamed",
        change: |_, manifest| manifest.schema[2].name = "land".into(),
        named: |found| matches!(found, Difference::Schema { .. }),
    },
    Case {
        name: "a source dropped from the manifest",
        change: |_, manifest| drop(manifest.sources.pop()),
        named: |found| matches!(found, Difference::Manifest(_)),
    },
    Case {
        name: "a gap filled in the manifest",
        change: |_, manifest| manifest.sources[0].gaps.clear(),
        named: |found| matches!(found, Difference::Manifest(_)),
    },
    Case {
        name: "the window in the manifest narrowed",
        change: |_, manifest| {
            let later = manifest.window.from.timestamp().as_nanosecond() as i64 + 3_600_000_000_000;
            manifest.window.from = time(later);
        },
        named: |found| matches!(found, Difference::Unreadable(_)),
    },
];

#[test]
fn each_change_is_named() {
    for case in CASES {
        let world = World::new();
        let mut manifest = world.freeze();
        (case.change)(&world, &mut manifest);
        let found = verify(&manifest, &world.paths(), &world.key, TWO).unwrap();
        let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
        assert!(found.iter().any(case.named), "{}: {shown:#?}", case.name);
    }
}

#[test]
fn a_manifest_that_states_impossible_rows_is_refused() {
    let world = World::new();
    let mut manifest = world.freeze();
    manifest.files[0].rows = u64::MAX;
    let error = verify(&manifest, &world.paths(), &world.key, TWO).unwrap_err();
    assert!(matches!(error, Error::TooManyRows), "{error}");
    assert!(manifest.check().is_err());
}

#[test]
fn what_did_not_change_is_not_named() {
    let world = World::new();
    let manifest = world.freeze();
    rewrite(&world, |rows| rows[60].amount = Some(12_345));
    let found = verify(&manifest, &world.paths(), &world.key, TWO).unwrap();
    let roots = found.iter().filter(|found| matches!(found, Difference::Root { .. })).count();
    assert_eq!(roots, 1, "one row group of five changed");
    assert!(found.iter().all(|found| !found.to_string().contains("b.parquet")));
}
