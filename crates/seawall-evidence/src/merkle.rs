//! Is this one of those, and are those still what they were? Merkle trees of RFC 6962, section 2.1.

use std::ops::Range;

use crate::hash::{Digest, Hasher};

/// The hash of a leaf: SHA-256(`0x00` ‖ data).
pub fn leaf(data: impl AsRef<[u8]>) -> Digest {
    let mut hasher = Hasher::new();
    hasher.update([0]);
    hasher.update(data);
    hasher.finish()
}

/// The hash of a node: SHA-256(`0x01` ‖ left ‖ right).
pub fn node(left: Digest, right: Digest) -> Digest {
    let mut content = [1; 65];
    content[1..33].copy_from_slice(left.as_bytes());
    content[33..].copy_from_slice(right.as_bytes());
    Digest::of(content)
}

/// The root over leaves, which are given as hashes.
pub fn root(leaves: &[Digest]) -> Digest {
    let mut tree = Frontier::new();
    for leaf in leaves {
        tree.push(*leaf);
    }
    tree.root()
}

/// The root of a tree whose leaves come one by one. Keeps one hash for each bit that is set in the number of leaves.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    /// Roots of the perfect subtrees, the largest first.
    subtrees: Vec<Digest>,
    leaves: u64,
}

impl Frontier {
    /// A tree without leaves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a leaf, given as its hash.
    pub fn push(&mut self, leaf: Digest) {
        let mut subtree = leaf;
        for _ in 0..self.leaves.trailing_ones() {
            let left = self
                .subtrees
                .pop()
                .expect("there is a subtree for each bit of the number of leaves");
            subtree = node(left, subtree);
        }
        self.subtrees.push(subtree);
        self.leaves += 1;
    }

    /// How many leaves there are.
    pub fn leaves(&self) -> u64 {
        self.leaves
    }

    /// The root; SHA-256 of nothing where there are no leaves.
    pub fn root(&self) -> Digest {
        let right_to_left = self.subtrees.iter().rev().copied();
        right_to_left.reduce(|right, left| node(left, right)).unwrap_or_else(|| Digest::of([]))
    }
}

/// The parts of a tree of `size` leaves whose roots prove that leaf `index` is in it: the audit path, from the
/// leaf upward (RFC 6962, section 2.1.1). Nothing if there is no such leaf.
pub fn inclusion_ranges(index: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if index >= size {
        return None;
    }
    let mut whole = 0..size;
    let mut path = Vec::new();
    while whole.end - whole.start > 1 {
        let split = whole.start + left_size(whole.end - whole.start);
        if index < split {
            path.push(split..whole.end);
            whole.end = split;
        } else {
            path.push(whole.start..split);
            whole.start = split;
        }
    }
    path.reverse();
    Some(path)
}

/// The parts of a tree of `size` leaves whose roots prove that its first `old_size` leaves are those of an
/// older tree (RFC 6962, section 2.1.2). Nothing if the older tree is larger; empty if either says nothing.
pub fn consistency_ranges(old_size: u64, size: u64) -> Option<Vec<Range<u64>>> {
    if old_size > size {
        return None;
    }
    if old_size == 0 || old_size == size {
        return Some(Vec::new());
    }
    let mut whole = 0..size;
    let mut path = Vec::new();
    while whole.end != old_size {
        let split = whole.start + left_size(whole.end - whole.start);
        if old_size <= split {
            path.push(split..whole.end);
            whole.end = split;
        } else {
            path.push(whole.start..split);
            whole.start = split;
        }
    }
    if whole.start > 0 {
        path.push(whole);
    }
    path.reverse();
    Some(path)
}

/// The largest power of two below `size`, which is two or more.
fn left_size(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// The audit path of leaf `index`, given the hashes of all leaves. Nothing if there is no such leaf.
pub fn inclusion_path(leaves: &[Digest], index: u64) -> Option<Vec<Digest>> {
    Some(roots_of(leaves, inclusion_ranges(index, leaves.len() as u64)?))
}

/// The proof that the first `old_size` of `leaves` were a tree before. Nothing if there are not so many.
pub fn consistency_path(leaves: &[Digest], old_size: u64) -> Option<Vec<Digest>> {
    Some(roots_of(leaves, consistency_ranges(old_size, leaves.len() as u64)?))
}

fn roots_of(leaves: &[Digest], ranges: Vec<Range<u64>>) -> Vec<Digest> {
    let slice = |range: Range<u64>| &leaves[range.start as usize..range.end as usize];
    ranges.into_iter().map(|range| root(slice(range))).collect()
}

/// The root that `path` leads to from leaf `index` of `size`. Nothing if no path of that length does
/// (RFC 9162, section 2.1.3.2).
pub fn root_from_inclusion(leaf: Digest, index: u64, size: u64, path: &[Digest]) -> Option<Digest> {
    let ranges = inclusion_ranges(index, size)?;
    if ranges.len() != path.len() {
        return None;
    }
    Some(ranges.iter().zip(path).fold(leaf, |reached, (range, other)| {
        if range.start > index { node(reached, *other) } else { node(*other, reached) }
    }))
}

/// Does `path` prove that `leaf` is number `index` of the `size` leaves under `root`?
pub fn is_included(leaf: Digest, index: u64, size: u64, path: &[Digest], root: Digest) -> bool {
    root_from_inclusion(leaf, index, size, path) == Some(root)
}

/// Does `path` prove that the tree of `size` leaves under `root` goes on from that of `old_size` under `old_root`?
/// (RFC 9162, section 2.1.4.2.)
pub fn is_consistent(
    (old_size, old_root): (u64, Digest),
    (size, root): (u64, Digest),
    path: &[Digest],
) -> bool {
    let Some(ranges) = consistency_ranges(old_size, size) else { return false };
    if ranges.len() != path.len() {
        return false;
    }
    if old_size == 0 {
        return old_root == Digest::of([]);
    }
    if old_size == size {
        return old_root == root;
    }
    let mut parts = ranges.iter().zip(path);
    // The old tree as a whole is a part of the new one exactly if its size is a power of two.
    let start = if old_size.is_power_of_two() {
        Some(old_root)
    } else {
        parts.next().map(|(_, first)| *first)
    };
    let Some(start) = start else { return false };
    let (old, new) = parts.fold((start, start), |(old, new), (range, other)| {
        if range.start >= old_size {
            (old, node(new, *other))
        } else {
            (node(*other, old), node(*other, new))
        }
    });
    (old, new) == (old_root, root)
}

#[cfg(test)]
mod tests;
