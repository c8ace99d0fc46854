//! Does a bundle of hostile files break the verifier?
#![no_main]

use std::sync::Arc;

use seawall_evidence::{
    storage::{Memory, RelativePath, Storage as _},
    verify::{Level, Options, verify},
};

/// Where a verifier looks.
const PATHS: &[&str] = &[
    "bagit.txt",
    "bag-info.txt",
    "manifest-sha256.txt",
    "tagmanifest-sha256.txt",
    "data/case.json",
    "data/custody/log/checkpoint",
    "data/custody/log/tile/0/000.p/1",
    "data/custody/log/tile/entries/000.p/1",
    "data/custody/exported.txt",
    "data/keys/people.json",
    "data/keys/clock.der",
    "data/seals/seal-1.note",
    "data/tst/seal-1-1.tsr",
    "data/figures/figures.json",
    "data/queries/Q-001.json",
    "data/aggregates/Q-001.ndjson",
    "data/documents/D2-v1.json",
    "data/datasets/item-1.json",
];

libfuzzer_sys::fuzz_target!(|files: Vec<(u8, Vec<u8>)>| {
    let bundle = Memory::new();
    for (number, content) in files {
        let path = PATHS[usize::from(number) % PATHS.len()];
        let path = RelativePath::new(path).expect("a path of the format");
        bundle.replace(&path, &content).expect("memory takes it");
    }
    let report = verify(Arc::new(bundle), &Options::level(Level::Two)).expect("memory reads");
    assert_eq!(report.exit_code(), 7);
});
