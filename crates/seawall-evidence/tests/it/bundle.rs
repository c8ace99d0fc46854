//! Does a bundle leave whole, always the same, and does it hold?

use std::{path::Path, sync::Arc};

use seawall_evidence::{
    bundle,
    storage::{
        Folder, Memory, Storage,
        faulty::{Fault, Faulty},
    },
    verify::{Check, Level, Options, verify},
};

use crate::{
    support::{log_key, path},
    world::{World, whole_bundle},
};

#[test]
fn a_bundle_holds() {
    let report = verify(Arc::new(whole_bundle()), &Options::level(Level::Zero)).unwrap();
    let failed: Vec<_> = report.checks.iter().filter(|check| check.failed()).collect();
    assert!(failed.is_empty(), "{report}");
    for id in ["bag", "log.root", "exported", "seal:seal-1", "approval:6", "release:D2-v1"] {
        assert!(report.checks.iter().any(|check| check.id == id), "{id}\n{report}");
    }
}

#[test]
fn the_same_case_gives_the_same_bundle() {
    let (one, two) = (whole_bundle(), whole_bundle());
    let listing = one.list(None).unwrap();
    assert_eq!(listing, two.list(None).unwrap());
    assert!(listing.files.len() > 15);
    for file in listing.files {
        let read = |disk: &Memory| disk.read(&file.path, 1 << 20).unwrap().unwrap();
        assert_eq!(read(&one), read(&two), "{}", file.path);
    }
}

#[test]
fn the_vault_of_the_case_holds() {
    let mut world = World::new();
    world.play();
    assert_eq!(world.vault.check(&world.known).unwrap(), []);
}

#[test]
fn what_was_not_logged_or_has_changed_does_not_leave() {
    let mut world = World::new();
    world.play();
    let list = world.contents().list().unwrap();
    let write = |world: &World, list| {
        let log = world.log.reader();
        bundle::write(&Memory::new(), &world.contents(), list, log, &world.info())
    };
    assert!(matches!(write(&world, &list), Err(bundle::Error::NotLogged(_))));
    let list = world.export();
    write(&world, &list).unwrap();
    let mut contents = world.contents();
    let twice = contents.add(path("data/case.json"), Vec::new());
    assert!(matches!(twice, Err(bundle::Error::Twice(_))));
    let in_custody = contents.add(path("data/custody/x"), Vec::new());
    assert!(matches!(in_custody, Err(bundle::Error::Twice(_))));
    let signups = seawall_evidence::hash::Digest::of(crate::world::SIGNUPS);
    world.vault.dispose(signups).unwrap();
    assert!(matches!(write(&world, &list), Err(bundle::Error::Read { .. })));
}

#[test]
fn a_folder_appears_whole_or_not_at_all() {
    let mut world = World::new();
    world.play();
    let list = world.export();
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("bundle");
    let export = |target: &Path| {
        bundle::export(target, &world.contents(), &list, world.log.reader(), &world.info())
    };
    // What an earlier attempt left.
    fs_err::create_dir_all(root.path().join(".bundle.partial/data")).unwrap();
    fs_err::write(root.path().join(".bundle.partial/data/old"), "").unwrap();
    export(&target).unwrap();
    assert_eq!(fs_err::read_dir(root.path()).unwrap().count(), 1);
    let report = verify(Arc::new(Folder::new(&target)), &Options::level(Level::Zero)).unwrap();
    assert!(!report.checks.iter().any(Check::failed), "{report}");
    assert!(export(&target).is_err(), "nothing is overwritten");
    // Broken at any point, nothing of that name is there.
    for operation in (0..).step_by(7) {
        let partial: Arc<dyn Storage> = Arc::new(Memory::new());
        let faulty = Faulty::new(partial, Fault::CrashWithin, operation);
        let log = world.log.reader();
        let written = bundle::write(&faulty, &world.contents(), &list, log, &world.info());
        assert_eq!(written.is_err(), faulty.has_struck());
        if written.is_ok() {
            break;
        }
    }
}

#[test]
fn no_flipped_bit_passes() {
    let bundle = whole_bundle();
    let clean = verify(Arc::new(bundle.copy()), &Options::level(Level::Zero)).unwrap().exit_code();
    assert_ne!(clean, 7);
    for file in bundle.list(None).unwrap().files {
        let content = bundle.read(&file.path, 1 << 20).unwrap().unwrap();
        for part in 0..8 {
            let mut bad = content.clone();
            let at = (content.len() - 1) * part / 7;
            bad[at] ^= 1 << part;
            bundle.replace(&file.path, &bad).unwrap();
            let report = verify(Arc::new(bundle.clone()), &Options::level(Level::Zero)).unwrap();
            assert_eq!(report.exit_code(), 7, "{} byte {at}\n{report}", file.path);
        }
        bundle.replace(&file.path, &content).unwrap();
    }
}

#[cfg(unix)]
#[test]
fn links_and_hidden_files_are_told() {
    let mut world = World::new();
    world.play();
    let list = world.export();
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("bundle");
    let log = world.log.reader();
    bundle::export(&target, &world.contents(), &list, log, &world.info()).unwrap();
    let secret = root.path().join("secret");
    fs_err::write(&secret, "secret").unwrap();
    for name in ["data/documents/D9-v1.pdf", "data/exhibits/Ex-9.pdf"] {
        std::os::unix::fs::symlink(&secret, target.join(name)).unwrap();
    }
    fs_err::create_dir(target.join(".staging")).unwrap();
    fs_err::write(target.join(".staging/x"), "x").unwrap();
    fs_err::write(target.join("data/a b"), "x").unwrap();
    let report = verify(Arc::new(Folder::new(&target)), &Options::level(Level::Zero)).unwrap();
    assert_eq!(report.exit_code(), 7);
    let strange = report.checks.iter().filter(|check| check.id == "bag.strange").count();
    assert_eq!(strange, 4, "{report}");
}

#[test]
fn the_verifier_that_goes_along_runs() {
    let Some(python) = crate::python::with("the verifier that goes along", &["cryptography"])
    else {
        return;
    };
    let mut world = World::new();
    world.play();
    let list = world.export();
    let root = tempfile::tempdir().unwrap();
    let target = root.path().join("bundle");
    let log = world.log.reader();
    bundle::export(&target, &world.contents(), &list, log, &world.info()).unwrap();
    let report = || verify(Arc::new(Folder::new(&target)), &Options::level(Level::Zero)).unwrap();
    let before = report();
    let checkpoint = root.path().join("checkpoint");
    fs_err::write(&checkpoint, world.log.checkpoint_note().to_string()).unwrap();
    let output = std::process::Command::new(python)
        .arg(target.join("data/verify.py"))
        .args(["--key", &log_key().verifier().key().to_string(), "--older"])
        .arg(&checkpoint)
        .output()
        .unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(before.exit_code().into()), "{told}");
    for line in ["bag PASS", "log.older PASS", "case.key PASS", "time_stamp:seal-1 SKIP not yet"] {
        assert!(told.contains(line), "{line}\n{told}");
    }
    assert_eq!(report(), before, "it leaves nothing behind");
}
