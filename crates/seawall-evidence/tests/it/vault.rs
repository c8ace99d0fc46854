//! Does the vault give back what came in, name what was changed, and forget what was disposed of?

use std::{
    io::{self, Read},
    sync::Arc,
};

use proptest::prelude::*;
use rand::{SeedableRng as _, rngs::StdRng};
use seawall_evidence::{
    hash::Digest,
    storage::{
        Memory, Storage as _,
        faulty::{FAULTS, Faulty},
    },
    vault::{Added, CHUNK_BYTES, CaseKey, Error, Known, Problem, Recovered, Said, Vault},
};

use crate::support::path;

const BYTES_MAX: u64 = 1 << 30;

fn random(seed: u64) -> StdRng {
    StdRng::seed_from_u64(seed)
}

fn vault(disk: &Memory) -> Vault {
    Vault::new(Arc::new(disk.clone()), CaseKey::generate(&mut random(1)))
}

fn add(vault: &Vault, mut content: &[u8]) -> Added {
    vault.add(&mut content, BYTES_MAX, &mut random(2)).unwrap()
}

fn known(added: Added) -> Known {
    Known {
        sha256: added.sha256,
        size: added.size,
        ciphertext_sha256: Some(added.ciphertext_sha256),
        is_disposed: false,
    }
}

fn object_path(sha256: Digest) -> seawall_evidence::storage::RelativePath {
    let hash = sha256.to_string();
    path(&format!("vault/sha256/{}/{}/{hash}", &hash[..2], &hash[2..4]))
}

#[test]
fn what_comes_in_comes_out() {
    let disk = Memory::new();
    let vault = vault(&disk);
    for size in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
        let content = vec![b'a'; size];
        let added = add(&vault, &content);
        assert_eq!((added.sha256, added.size), (Digest::of(&content), size as u64));
        assert_eq!(vault.read(added.sha256, BYTES_MAX).unwrap(), content);
        let stored = disk.read(&object_path(added.sha256), BYTES_MAX).unwrap().unwrap();
        assert_eq!(Digest::of(&stored), added.ciphertext_sha256);
        assert!(!stored.windows(9).any(|window| window == b"aaaaaaaaa"), "encrypted");
        assert_eq!(vault.check(&[known(added)]).unwrap(), []);
        vault.dispose(added.sha256).unwrap();
        disk.delete(&object_path(added.sha256)).unwrap();
    }
}

#[test]
fn the_same_content_is_kept_once() {
    let disk = Memory::new();
    let vault = vault(&disk);
    let first = add(&vault, b"content");
    let before = disk.list(None).unwrap();
    let mut other = random(3);
    let again = vault.add(&mut b"content".as_slice(), BYTES_MAX, &mut other).unwrap();
    assert_eq!(again, Added { was_there: true, ..first });
    assert_eq!(disk.list(None).unwrap(), before);
}

#[test]
fn too_much_is_refused() {
    let disk = Memory::new();
    let endless = &mut io::repeat(0);
    let refused = vault(&disk).add(endless, 1_000_000, &mut random(2));
    assert!(matches!(refused, Err(Error::TooLarge(1_000_000))));
    assert_eq!(disk.list(None).unwrap().files, []);
    let added = add(&vault(&disk), b"abc");
    assert!(matches!(vault(&disk).read(added.sha256, 2), Err(Error::TooLarge(2))));
}

#[test]
fn another_key_opens_nothing() {
    let disk = Memory::new();
    let added = add(&vault(&disk), b"content");
    let stranger = Vault::new(Arc::new(disk), CaseKey::generate(&mut random(9)));
    assert!(matches!(stranger.read(added.sha256, 99), Err(Error::WrongKey(_))));
    let key = CaseKey::generate(&mut random(1));
    let text = key.secret_text();
    assert_eq!(text.parse::<CaseKey>().unwrap().secret_text(), text);
    assert_eq!(format!("{key:?}"), "CaseKey");
}

#[test]
fn what_is_disposed_of_is_gone_and_said_so() {
    let disk = Memory::new();
    let vault = vault(&disk);
    let (kept, gone) = (add(&vault, b"kept"), add(&vault, b"gone"));
    let key = path(&format!("keys/{}", gone.sha256));
    let stolen = disk.read(&key, 999).unwrap().unwrap();
    vault.dispose(gone.sha256).unwrap();
    assert!(matches!(vault.read(gone.sha256, 99), Err(Error::NoKey(_))));
    let disposed = Known { is_disposed: true, ..known(gone) };
    assert_eq!(vault.check(&[known(kept), disposed]).unwrap(), []);
    assert_eq!(vault.check(&[known(kept), known(gone)]).unwrap(), [Problem::NoKey(gone.sha256)]);
    disk.write_new(&key, &stolen).unwrap();
    let problems = vault.check(&[known(kept), disposed]).unwrap();
    assert_eq!(problems, [Problem::NotDisposed(gone.sha256)]);
}

#[test]
fn flip_swap_add_delete_are_each_named() {
    let disk = Memory::new();
    let (one, two) = (add(&vault(&disk), b"one"), add(&vault(&disk), b"two"));
    let known = [known(one), known(two)];
    let (object_1, object_2) = (object_path(one.sha256), object_path(two.sha256));
    let key_1 = path(&format!("keys/{}", one.sha256));
    let key_2 = path(&format!("keys/{}", two.sha256));
    let read = |disk: &Memory, file| disk.read(file, 9999).unwrap().unwrap();
    let tampered = |tamper: &dyn Fn(&Memory)| {
        let disk = disk.copy();
        tamper(&disk);
        vault(&disk).check(&known).unwrap()
    };
    assert_eq!(tampered(&|_| {}), []);
    let length = read(&disk, &object_1).len();
    for byte in 0..length {
        let flip = |disk: &Memory| {
            let mut content = read(disk, &object_1);
            content[byte] ^= 1;
            disk.replace(&object_1, &content).unwrap();
        };
        assert_eq!(tampered(&flip), [Problem::Changed(one.sha256)]);
        // Also where the hash of the object was not recorded.
        let disk = disk.copy();
        flip(&disk);
        let bare = Known { ciphertext_sha256: None, ..known[0] };
        assert_eq!(vault(&disk).check(&[bare, known[1]]).unwrap(), [Problem::Changed(one.sha256)]);
    }
    let swapped = tampered(&|disk| {
        let (first, second) = (read(disk, &object_1), read(disk, &object_2));
        disk.replace(&object_1, &second).unwrap();
        disk.replace(&object_2, &first).unwrap();
    });
    let swap = |expected: Added, found: Added| Problem::Swapped {
        expected: expected.sha256,
        found: found.sha256,
    };
    assert!(swapped.contains(&swap(one, two)) && swapped.contains(&swap(two, one)));
    let keys_too = tampered(&|disk| disk.replace(&key_1, &read(disk, &key_2)).unwrap());
    assert_eq!(keys_too, [Problem::WrongKey(one.sha256)], "a key fits its own object only");
    let added = path("vault/sha256/ab/cd/extra");
    assert_eq!(
        tampered(&|disk| disk.write_new(&added, b"").unwrap()),
        [Problem::Added(added.clone())]
    );
    assert_eq!(tampered(&|disk| disk.delete(&object_1).unwrap()), [Problem::Missing(one.sha256)]);
    assert_eq!(tampered(&|disk| disk.delete(&key_1).unwrap()), [Problem::NoKey(one.sha256)]);
    let longer = Known { size: 4, ..known[0] };
    let problems = vault(&disk).check(&[longer, known[1]]).unwrap();
    assert_eq!(problems, [Problem::Size { sha256: one.sha256, expected: 4, got: 3 }]);
}

#[test]
fn a_crash_leaves_all_or_nothing_readable() {
    let content = vec![7; 3 * CHUNK_BYTES];
    for fault in FAULTS {
        for operation in 0.. {
            let disk = Memory::new();
            let faulty = Arc::new(Faulty::new(Arc::new(disk.clone()), fault, operation));
            let broken = Vault::new(faulty.clone(), CaseKey::generate(&mut random(1)));
            let added = broken.add(&mut content.as_slice(), BYTES_MAX, &mut random(2));
            if !faulty.has_struck() {
                added.unwrap();
                break;
            }
            let vault = vault(&disk);
            let again = vault.add(&mut content.as_slice(), BYTES_MAX, &mut random(4)).unwrap();
            assert!(added.is_err() || again.was_there);
            assert_eq!(vault.read(again.sha256, BYTES_MAX).unwrap(), content);
            assert_eq!(vault.check(&[known(again)]).unwrap(), []);
        }
    }
}

/// An object whose entry was never acknowledged is named and taken away; one that the log speaks of stays.
#[test]
fn what_the_log_never_spoke_of_does_not_stay() {
    let content = vec![7; 2 * CHUNK_BYTES];
    let sha256 = Digest::of(&content);
    let (mut removed, mut kept) = (0, 0);
    for fault in FAULTS {
        for operation in 0.. {
            let disk = Memory::new();
            let earlier = add(&vault(&disk), b"of an earlier entry");
            vault(&disk).settle(earlier.sha256).unwrap();
            let faulty = Arc::new(Faulty::new(Arc::new(disk.clone()), fault, operation));
            let broken = Vault::new(faulty.clone(), CaseKey::generate(&mut random(1)));
            let added = broken.add(&mut content.as_slice(), BYTES_MAX, &mut random(2));
            let vault = vault(&disk);
            if let Ok(added) = added {
                let spoken = Vault::new(Arc::new(disk.copy()), CaseKey::generate(&mut random(1)));
                assert_eq!(spoken.recover(&|_| Said::Kept).unwrap(), []);
                assert_eq!(spoken.check(&[known(earlier), known(added)]).unwrap(), []);
                kept += 1;
            }
            let recovered = vault.recover(&|_| Said::Nothing).unwrap();
            assert!(recovered.iter().all(|one| *one == Recovered::Removed(sha256)));
            removed += recovered.len();
            assert_eq!(vault.check(&[known(earlier)]).unwrap(), []);
            assert_eq!(disk.list(Some(&path("pending"))).unwrap().files, []);
            assert_eq!(vault.recover(&|_| Said::Nothing).unwrap(), [], "once");
            if !faulty.has_struck() {
                break;
            }
        }
    }
    assert!(removed > 8 && kept == FAULTS.len(), "{removed} {kept}");
}

/// A disposal whose entry was acknowledged comes about, whatever happens after it.
#[test]
fn a_disposal_comes_about_after_a_crash() {
    for fault in FAULTS {
        for operation in 0.. {
            let disk = Memory::new();
            let added = add(&vault(&disk), b"content");
            vault(&disk).settle(added.sha256).unwrap();
            vault(&disk).announce(added.sha256).unwrap();
            let faulty = Arc::new(Faulty::new(Arc::new(disk.clone()), fault, operation));
            let broken = Vault::new(faulty.clone(), CaseKey::generate(&mut random(1)));
            let disposed = broken.dispose(added.sha256).is_ok();
            let recovered = vault(&disk).recover(&|_| Said::Disposed).unwrap();
            assert!(recovered.is_empty() || !disposed);
            let gone = Known { is_disposed: true, ..known(added) };
            assert_eq!(vault(&disk).check(&[gone]).unwrap(), []);
            if !faulty.has_struck() {
                assert!(disposed);
                break;
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// However the content trickles in, and wherever an object is cut off.
    #[test]
    fn streams(content in prop::collection::vec(any::<u8>(), 0..200_000), piece in 1_usize..5000, cut in any::<prop::sample::Index>()) {
        struct Trickle<'a>(&'a [u8], usize);
        impl Read for Trickle<'_> {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                let bytes = self.1.min(buffer.len());
                self.0.read(&mut buffer[..bytes])
            }
        }
        let disk = Memory::new();
        let vault = vault(&disk);
        let added = vault.add(&mut Trickle(&content, piece), BYTES_MAX, &mut random(5)).unwrap();
        prop_assert_eq!(added.sha256, Digest::of(&content));
        prop_assert_eq!(vault.read(added.sha256, BYTES_MAX).unwrap(), content);
        let place = object_path(added.sha256);
        let object = disk.read(&place, BYTES_MAX).unwrap().unwrap();
        disk.replace(&place, &object[..cut.index(object.len())]).unwrap();
        prop_assert!(vault.read(added.sha256, BYTES_MAX).is_err());
    }
}
