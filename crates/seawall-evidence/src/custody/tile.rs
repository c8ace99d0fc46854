//! In which file does an entry, or a hash of the tree, lie? Tiles by C2SP *tlog-tiles*.
//!
//! On [`crate::merkle`] alone: what the crate `tlog_tiles` 0.2 adds are these paths, at the price of a second
//! generation of the hash crates and of `url`.

use crate::{
    hash::Digest,
    merkle::{self, Frontier},
    storage::RelativePath,
};

/// Entries in a bundle, and hashes in a tile, when it is full.
pub const ENTRIES_IN_TILE: u64 = 256;

/// What is in a tile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TileKind {
    /// Entries, each behind its length in two bytes: an *entry bundle*.
    Entries,
    /// Hashes of the tree; a hash of level *n* stands for 256ⁿ leaves.
    Hashes(u8),
}

/// One file of a log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    /// What is in it.
    pub kind: TileKind,
    /// Which of its kind, from 0.
    pub index: u64,
    /// How many entries or hashes it holds; 256 is full.
    pub width: u64,
}

impl Tile {
    /// Its path in the folder of the log.
    pub fn path(&self) -> RelativePath {
        let kind = match self.kind {
            TileKind::Entries => "entries".to_owned(),
            TileKind::Hashes(level) => level.to_string(),
        };
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        let partial = if self.is_full() { String::new() } else { format!(".p/{}", self.width) };
        RelativePath::own(format!("tile/{kind}/{}{partial}", groups.join("/")))
    }

    /// The tile that has this path.
    pub fn of_path(path: &RelativePath) -> Option<Self> {
        let (kind, rest) = path.as_str().strip_prefix("tile/")?.split_once('/')?;
        let kind = match kind {
            "entries" => TileKind::Entries,
            level => TileKind::Hashes(level.parse().ok()?),
        };
        let (groups, width) = match rest.split_once(".p/") {
            Some((groups, width)) => (groups, width.parse().ok()?),
            None => (rest, ENTRIES_IN_TILE),
        };
        let index = groups.split('/').try_fold(0_u64, |index, group| {
            let number: u64 = group.trim_start_matches('x').parse().ok()?;
            index.checked_mul(1000)?.checked_add(number)
        })?;
        let tile = Self { kind, index, width };
        (tile.path() == *path).then_some(tile)
    }

    /// Does it hold all that it will ever hold?
    pub fn is_full(&self) -> bool {
        self.width == ENTRIES_IN_TILE
    }

    /// Largest size that its file can have.
    pub(super) fn bytes_max(&self) -> u64 {
        match self.kind {
            TileKind::Entries => self.width * (2 + 65_535),
            TileKind::Hashes(_) => self.width * 32,
        }
    }

    /// The newest tile of that kind and index in a log of `size` entries, if there is one.
    pub fn at(kind: TileKind, index: u64, size: u64) -> Option<Self> {
        let held = match kind {
            TileKind::Entries => size,
            TileKind::Hashes(level) => size.checked_shr(8 * u32::from(level)).unwrap_or(0),
        };
        let width = held.checked_sub(index.checked_mul(ENTRIES_IN_TILE)?)?.min(ENTRIES_IN_TILE);
        (width > 0).then_some(Self { kind, index, width })
    }
}

/// All files that a log of `size` entries is made of, but for its checkpoint.
pub(super) fn tiles(size: u64) -> impl Iterator<Item = Tile> {
    let of_kind = move |kind| (0_u64..).map_while(move |index| Tile::at(kind, index, size));
    let levels = (0_u8..8).map(TileKind::Hashes);
    std::iter::once(TileKind::Entries).chain(levels).flat_map(of_kind)
}

/// Puts an entry into a bundle.
pub(super) fn push_entry(bundle: &mut Vec<u8>, entry: &[u8]) {
    let length = u16::try_from(entry.len()).expect("an entry has at most 65,535 bytes");
    bundle.extend_from_slice(&length.to_be_bytes());
    bundle.extend_from_slice(entry);
}

/// The entries of a bundle that should hold `width`. Nothing if it holds more, fewer, or half of one.
pub(super) fn split_entries(mut bundle: &[u8], width: u64) -> Option<Vec<&[u8]>> {
    let mut entries = Vec::new();
    for _ in 0..width {
        let (length, rest) = bundle.split_first_chunk::<2>()?;
        let (entry, rest) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
        entries.push(entry);
        bundle = rest;
    }
    bundle.is_empty().then_some(entries)
}

/// The hashes of a tile that should hold `width`.
pub(super) fn split_hashes(tile: &[u8], width: u64) -> Option<Vec<Digest>> {
    let (hashes, rest) = tile.as_chunks::<32>();
    let fits = rest.is_empty() && hashes.len() as u64 == width;
    fits.then(|| hashes.iter().map(|hash| Digest::from_bytes(*hash)).collect())
}

/// The right edge of a log's tiles: all that an append must know of what came before.
#[derive(Debug, Clone, Default)]
pub(super) struct Edge {
    /// The hashes of the tile of each level that is not full yet.
    levels: Vec<Vec<Digest>>,
    tree: Frontier,
}

impl Edge {
    pub(super) fn size(&self) -> u64 {
        self.tree.leaves()
    }

    pub(super) fn root(&self) -> Digest {
        self.tree.root()
    }

    /// Adds a leaf. `full` gets each tile that it fills.
    pub(super) fn push(&mut self, leaf: Digest, mut full: impl FnMut(Tile, &[Digest])) {
        self.tree.push(leaf);
        let mut hash = leaf;
        for level in 0.. {
            if self.levels.len() == level {
                self.levels.push(Vec::new());
            }
            let hashes = &mut self.levels[level];
            hashes.push(hash);
            if (hashes.len() as u64) < ENTRIES_IN_TILE {
                return;
            }
            let kind = TileKind::Hashes(level as u8);
            let index = (self.tree.leaves() >> (8 * (level + 1))) - 1;
            full(Tile { kind, index, width: ENTRIES_IN_TILE }, hashes);
            hash = merkle::root(hashes);
            hashes.clear();
        }
    }

    /// The tiles that are not full.
    pub(super) fn partial(&self) -> impl Iterator<Item = (Tile, &[Digest])> {
        let size = self.tree.leaves();
        self.levels.iter().enumerate().filter(|(_, hashes)| !hashes.is_empty()).map(
            move |(level, hashes)| {
                let kind = TileKind::Hashes(level as u8);
                let index = size >> (8 * (level + 1));
                (Tile { kind, index, width: hashes.len() as u64 }, hashes.as_slice())
            },
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of the specification.
    #[test]
    fn paths_of_the_specification() {
        for (kind, index, width, path) in [
            (TileKind::Hashes(0), 1_234_067, 256, "tile/0/x001/x234/067"),
            (TileKind::Hashes(1), 0, 17, "tile/1/000.p/17"),
            (TileKind::Entries, 273, 112, "tile/entries/273.p/112"),
        ] {
            let tile = Tile { kind, index, width };
            assert_eq!(tile.path().as_str(), path);
            assert_eq!(Tile::of_path(&tile.path()), Some(tile));
        }
        for bad in ["tile/0/0", "tile/0/x000/000", "tile/0/000.p/256", "tile/00/000", "tile/0/1000"]
        {
            assert_eq!(Tile::of_path(&RelativePath::own(bad)), None, "{bad}");
        }
    }

    /// "a tree of size 70,000 [has] 256 full level 0 tiles, …" as the specification counts them.
    #[test]
    fn files_of_the_specification() {
        let all: Vec<String> = tiles(70_000).map(|tile| tile.path().to_string()).collect();
        for expected in [
            "tile/0/272",
            "tile/0/273.p/112",
            "tile/1/000",
            "tile/1/001.p/17",
            "tile/2/000.p/1",
            "tile/entries/273.p/112",
        ] {
            assert!(all.iter().any(|path| path == expected), "{expected}");
        }
        assert_eq!(all.len(), 274 + 274 + 2 + 1);
        assert_eq!(tiles(0).count(), 0);
        assert!(tiles(256).any(|tile| tile.path().as_str() == "tile/1/000.p/1"));
    }

    #[test]
    fn the_edge_is_that_of_the_tree() {
        let leaves: Vec<Digest> =
            (0..70_000_u64).map(|index| merkle::leaf(index.to_be_bytes())).collect();
        let mut edge = Edge::default();
        let mut made = Vec::new();
        for leaf in &leaves {
            edge.push(*leaf, |tile, hashes| made.push((tile, hashes.to_vec())));
        }
        assert_eq!(edge.root(), merkle::root(&leaves));
        made.extend(edge.partial().map(|(tile, hashes)| (tile, hashes.to_vec())));
        let mut expected: Vec<Tile> =
            tiles(70_000).filter(|tile| tile.kind != TileKind::Entries).collect();
        expected.sort_unstable();
        made.sort_unstable_by_key(|(tile, _)| *tile);
        assert_eq!(made.iter().map(|(tile, _)| *tile).collect::<Vec<_>>(), expected);
        for (tile, hashes) in &made {
            let TileKind::Hashes(level) = tile.kind else { unreachable!() };
            let leaves_each = 256_usize.pow(level.into());
            let first = tile.index as usize * 256 * leaves_each;
            for (position, hash) in hashes.iter().enumerate() {
                let start = first + position * leaves_each;
                assert_eq!(*hash, merkle::root(&leaves[start..start + leaves_each]));
            }
        }
    }

    #[test]
    fn torn_bundles_are_refused() {
        let mut bundle = Vec::new();
        push_entry(&mut bundle, b"one");
        push_entry(&mut bundle, b"");
        assert_eq!(split_entries(&bundle, 2).unwrap(), [b"one".as_slice(), b""]);
        assert!(split_entries(&bundle, 1).is_none() && split_entries(&bundle, 3).is_none());
        for length in 0..bundle.len() {
            assert!(split_entries(&bundle[..length], 2).is_none());
        }
    }
}
