//! Do trees agree with published vectors, and with the definition read literally?

use proptest::prelude::*;

use super::*;

/// Leaves, roots and paths from the tests of the Certificate Transparency log server
/// (`merkle/merkle_tree_test.cc`), which Trillian and its successors use too.
const LEAVES: [&[u8]; 8] = [
    b"",
    b"\x00",
    b"\x10",
    b"\x20\x21",
    b"\x30\x31",
    b"\x40\x41\x42\x43",
    b"\x50\x51\x52\x53\x54\x55\x56\x57",
    b"\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f",
];

const ROOTS: [&str; 8] = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
];

const LEAF_1: &str = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7";
const LEAVES_2_3: &str = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e";
const LEAF_4: &str = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b";
const LEAVES_4_5: &str = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a";
const LEAVES_6_7: &str = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0";
const LEAVES_4_7: &str = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4";

/// Index, size and audit path.
const INCLUSION: &[(u64, u64, &[&str])] = &[
    (0, 1, &[]),
    (0, 8, &[LEAF_1, LEAVES_2_3, LEAVES_4_7]),
    (5, 8, &[LEAF_4, LEAVES_6_7, ROOTS[3]]),
    (2, 3, &[ROOTS[1]]),
    (1, 5, &[ROOTS[0], LEAVES_2_3, LEAF_4]),
];

/// Old size, size and proof.
const CONSISTENCY: &[(u64, u64, &[&str])] = &[
    (1, 1, &[]),
    (1, 8, &[LEAF_1, LEAVES_2_3, LEAVES_4_7]),
    (6, 8, &[LEAVES_4_5, LEAVES_6_7, ROOTS[3]]),
    (2, 5, &[LEAVES_2_3, LEAF_4]),
];

fn digest(text: &str) -> Digest {
    text.parse().unwrap()
}

fn leaves() -> Vec<Digest> {
    LEAVES.iter().map(leaf).collect()
}

/// MTH of RFC 6962, section 2.1, as it stands there.
fn by_definition(leaves: &[Digest]) -> Digest {
    match leaves {
        [] => Digest::of([]),
        [leaf] => *leaf,
        _ => {
            let mut split = 1;
            while split * 2 < leaves.len() {
                split *= 2;
            }
            node(by_definition(&leaves[..split]), by_definition(&leaves[split..]))
        }
    }
}

#[test]
fn published_roots() {
    assert_eq!(
        root(&[]),
        digest("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    );
    let mut tree = Frontier::new();
    for (leaf, expected) in leaves().into_iter().zip(ROOTS) {
        tree.push(leaf);
        assert_eq!(tree.root(), digest(expected));
    }
    assert_eq!(tree.leaves(), 8);
}

#[test]
fn published_inclusion_paths() {
    for (index, size, path) in INCLUSION {
        let path: Vec<Digest> = path.iter().map(|text| digest(text)).collect();
        let leaves = &leaves()[..*size as usize];
        assert_eq!(inclusion_path(leaves, *index), Some(path.clone()));
        let root = digest(ROOTS[*size as usize - 1]);
        assert!(is_included(leaves[*index as usize], *index, *size, &path, root));
    }
}

#[test]
fn published_consistency_proofs() {
    for (old_size, size, path) in CONSISTENCY {
        let path: Vec<Digest> = path.iter().map(|text| digest(text)).collect();
        assert_eq!(consistency_path(&leaves()[..*size as usize], *old_size), Some(path.clone()));
        let at = |size: u64| (size, digest(ROOTS[size as usize - 1]));
        assert!(is_consistent(at(*old_size), at(*size), &path));
    }
}

#[test]
fn what_is_not_there_has_no_proof() {
    assert_eq!(inclusion_ranges(0, 0), None);
    assert_eq!(inclusion_ranges(8, 8), None);
    assert_eq!(consistency_ranges(9, 8), None);
    let largest = u64::MAX;
    assert_eq!(inclusion_ranges(largest - 1, largest).map(|path| path.len()), Some(63));
    let empty = (0, Digest::of([]));
    let one = (1, digest(ROOTS[0]));
    assert!(is_consistent(empty, one, &[]));
    assert!(!is_consistent((0, one.1), one, &[]), "the root of nothing is fixed");
    assert!(!is_consistent(one, empty, &[]));
}

fn numbered(size: u64) -> Vec<Digest> {
    (0..size).map(|index| leaf(index.to_be_bytes())).collect()
}

proptest! {
    #[test]
    fn roots_are_those_of_the_definition(size in 0_u64..300) {
        let leaves = numbered(size);
        prop_assert_eq!(root(&leaves), by_definition(&leaves));
    }

    #[test]
    fn each_leaf_has_a_proof_and_no_other_does(size in 1_u64..80, index in any::<prop::sample::Index>(), bent in any::<prop::sample::Index>()) {
        let leaves = numbered(size);
        let root = root(&leaves);
        let index = index.index(size as usize);
        let path = inclusion_path(&leaves, index as u64).unwrap();
        for other in 0..size {
            let proven = is_included(leaves[index], other, size, &path, root);
            prop_assert_eq!(proven, other == index as u64);
        }
        let mut longer = path.clone();
        longer.push(root);
        prop_assert!(!is_included(leaves[index], index as u64, size, &longer, root));
        if !path.is_empty() {
            let mut bent_path = path.clone();
            let at = bent.index(path.len());
            bent_path[at] = leaf(bent_path[at]);
            prop_assert!(!is_included(leaves[index], index as u64, size, &bent_path, root));
            prop_assert!(!is_included(leaves[index], index as u64, size, &path[1..], root));
        }
    }

    #[test]
    fn only_what_was_there_is_consistent(old_size in 1_u64..80, more in 0_u64..80, changed in any::<prop::sample::Index>()) {
        let size = old_size + more;
        let new = numbered(size);
        let at = |leaves: &[Digest]| (leaves.len() as u64, root(leaves));
        let old = &new[..old_size as usize];
        let path = consistency_path(&new, old_size).unwrap();
        prop_assert!(is_consistent(at(old), at(&new), &path));
        let mut rewritten = new.clone();
        let index = changed.index(old_size as usize);
        rewritten[index] = leaf("rewritten");
        let proof_of_rewritten = consistency_path(&rewritten, old_size).unwrap();
        prop_assert!(!is_consistent(at(old), at(&rewritten), &path));
        prop_assert!(!is_consistent(at(old), at(&rewritten), &proof_of_rewritten));
        let mut longer = path.clone();
        longer.push(new[0]);
        prop_assert!(!is_consistent(at(old), at(&new), &longer));
    }
}
