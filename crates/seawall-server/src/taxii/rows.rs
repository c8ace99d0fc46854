//! How do objects lie in tables?
//!
//! | table | key | content |
//! |---|---|---|
//! | `objects` | collection, date added | flags, version of STIX, version, id, the object as it came |
//! | `versions` | collection, id | a list: version, version of STIX, date added |
//! | `types` | collection, type, date added | – |
//! | `stamps` | collection, version, date added | – |
//! | `statuses` | id of the status | API root, the status as JSON |
//! | `marks` | collection | the latest date that was ever given |
//!
//! Numbers are big-endian with the sign turned, so that the order of keys is that of times.

use seawall_intel::taxii::{Filters, Microseconds, SpecVersion, VersionFilter};
use seawall_store::tables::Bytes;

/// The id of a collection, as bytes.
pub(super) type CollectionKey = [u8; 16];

/// The last version of the latest version of STIX that an object has: what is shown where nothing else is asked for.
const CURRENT: u8 = 1;
/// Of the latest version of STIX that the object has.
const LATEST: u8 = 2;

/// One version of one object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub(super) version: Microseconds,
    pub(super) added: Microseconds,
    pub(super) spec_version: SpecVersion,
}

const ENTRY_BYTES: usize = 17;

fn ordered(time: Microseconds) -> [u8; 8] {
    (time as u64 ^ (1 << 63)).to_be_bytes()
}

fn time_of(bytes: [u8; 8]) -> Microseconds {
    (u64::from_be_bytes(bytes) ^ (1 << 63)) as Microseconds
}

/// The time that a key ends with.
pub(super) fn time_at_end(key: &[u8]) -> Microseconds {
    key.last_chunk::<8>().copied().map(time_of).unwrap_or_default()
}

pub(super) fn object_key(collection: CollectionKey, added: Microseconds) -> Vec<u8> {
    [&collection[..], &ordered(added)].concat()
}

pub(super) fn versions_key(collection: CollectionKey, id: &str) -> Vec<u8> {
    [&collection[..], id.as_bytes()].concat()
}

pub(super) fn type_key(
    collection: CollectionKey,
    object_type: &str,
    added: Microseconds,
) -> Vec<u8> {
    // No type has a zero in it.
    [&collection[..], object_type.as_bytes(), &[0], &ordered(added)].concat()
}

pub(super) fn stamp_key(
    collection: CollectionKey,
    version: Microseconds,
    added: Microseconds,
) -> Vec<u8> {
    [&collection[..], &ordered(version), &ordered(added)].concat()
}

/// The content of a mark.
pub(super) fn mark(added: Microseconds) -> [u8; 8] {
    ordered(added)
}

/// The list of versions of an object; what is no whole entry is not one.
pub(super) fn entries(content: &[u8]) -> Vec<Entry> {
    let entry = |bytes: &[u8]| {
        let (version, rest) = bytes.split_first_chunk::<8>()?;
        let (spec_version, added) = rest.split_first()?;
        Some(Entry {
            version: time_of(*version),
            spec_version: SpecVersion::from_byte(*spec_version)?,
            added: time_of(added.try_into().ok()?),
        })
    };
    content.chunks_exact(ENTRY_BYTES).filter_map(entry).collect()
}

/// The content of a list of versions, oldest first.
pub(super) fn entries_content(entries: &[Entry]) -> Vec<u8> {
    let mut content = Vec::with_capacity(entries.len() * ENTRY_BYTES);
    for entry in entries {
        content.extend(ordered(entry.version));
        content.push(entry.spec_version as u8);
        content.extend(ordered(entry.added));
    }
    content
}

/// What each version is among those of its object; they are in order.
pub(super) fn flags(entries: &[Entry]) -> Vec<u8> {
    let latest = entries.iter().map(|entry| entry.spec_version).max();
    let current = entries.iter().rposition(|entry| Some(entry.spec_version) == latest);
    let flags = |(place, entry): (usize, &Entry)| {
        let is_latest = Some(entry.spec_version) == latest;
        u8::from(Some(place) == current) * CURRENT + u8::from(is_latest) * LATEST
    };
    entries.iter().enumerate().map(flags).collect()
}

/// The versions of an object that are asked for; they are in order.
pub(super) fn chosen(entries: &[Entry], filters: &Filters, versions: &VersionFilter) -> Vec<Entry> {
    let latest = entries.iter().map(|entry| entry.spec_version).max();
    let of_these = |entry: &&Entry| match &filters.spec_versions {
        Some(these) => these.contains(&entry.spec_version),
        None => Some(entry.spec_version) == latest,
    };
    let left: Vec<Entry> = entries.iter().filter(of_these).copied().collect();
    let (first, last) = (left.first().copied(), left.last().copied());
    left.into_iter()
        .filter(|entry| {
            versions.all
                || versions.at.contains(&entry.version)
                || (versions.first && Some(*entry) == first)
                || (versions.last && Some(*entry) == last)
        })
        .collect()
}

/// An object as it lies in its table.
#[derive(Clone, Debug)]
pub(super) struct Row(Bytes);

/// Flags, version of STIX, version, length of the id.
const HEAD_BYTES: usize = 12;

impl Row {
    pub(super) const fn new(content: Bytes) -> Self {
        Self(content)
    }

    fn head(&self) -> Option<&[u8; HEAD_BYTES]> {
        self.0.first_chunk()
    }

    fn has(&self, flag: u8) -> bool {
        self.head().is_some_and(|head| head[0] & flag != 0)
    }

    pub(super) fn is_current(&self) -> bool {
        self.has(CURRENT)
    }

    pub(super) fn is_latest(&self) -> bool {
        self.has(LATEST)
    }

    pub(super) fn spec_version(&self) -> Option<SpecVersion> {
        SpecVersion::from_byte(self.head()?[1])
    }

    pub(super) fn version(&self) -> Microseconds {
        let version = self.head().and_then(|head| head[2..10].try_into().ok());
        version.map(time_of).unwrap_or_default()
    }

    fn id_bytes(&self) -> usize {
        self.head().map_or(0, |head| usize::from(u16::from_be_bytes([head[10], head[11]])))
    }

    pub(super) fn id(&self) -> &str {
        let id = self.0.get(HEAD_BYTES..HEAD_BYTES + self.id_bytes());
        id.and_then(|id| std::str::from_utf8(id).ok()).unwrap_or_default()
    }

    pub(super) fn object_type(&self) -> &str {
        self.id().split_once("--").map_or("", |(object_type, _)| object_type)
    }

    /// The object, as it came.
    pub(super) fn text(&self) -> &[u8] {
        self.0.get(HEAD_BYTES + self.id_bytes()..).unwrap_or_default()
    }

    /// The same with other flags.
    pub(super) fn with_flags(&self, flags: u8) -> Vec<u8> {
        let mut content = self.0.to_vec();
        if let Some(first) = content.first_mut() {
            *first = flags;
        }
        content
    }
}

/// The content of an object's row.
pub(super) fn row_content(flags: u8, entry: &Entry, id: &str, text: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(HEAD_BYTES + id.len() + text.len());
    content.extend([flags, entry.spec_version as u8]);
    content.extend(ordered(entry.version));
    content.extend((id.len() as u16).to_be_bytes());
    content.extend(id.as_bytes());
    content.extend(text);
    content
}

#[cfg(test)]
mod tests {
    use seawall_intel::taxii::{Filters, SpecVersion, VersionFilter};

    use super::{
        CURRENT, Entry, LATEST, chosen, entries, entries_content, flags, object_key, time_at_end,
    };

    fn list() -> Vec<Entry> {
        [(1, SpecVersion::V21), (2, SpecVersion::V21), (3, SpecVersion::V20)]
            .map(|(version, spec_version)| Entry { version, added: version + 10, spec_version })
            .to_vec()
    }

    #[test]
    fn keys_are_in_the_order_of_times() {
        let times = [i64::MIN, -5, -1, 0, 1, 1_770_000_000_000_000, i64::MAX];
        let keys: Vec<Vec<u8>> = times.iter().map(|time| object_key([7; 16], *time)).collect();
        assert!(keys.is_sorted());
        let back: Vec<i64> = keys.iter().map(|key| time_at_end(key)).collect();
        assert_eq!(back, times);
        assert_eq!(entries(&entries_content(&list())), list());
    }

    #[test]
    fn the_latest_version_of_stix_comes_before_the_last_version() {
        assert_eq!(flags(&list()), [LATEST, LATEST | CURRENT, 0]);
        let versions = |filters: &Filters, versions: &VersionFilter| -> Vec<i64> {
            chosen(&list(), filters, versions).iter().map(|entry| entry.version).collect()
        };
        let none = Filters::default();
        assert_eq!(versions(&none, &VersionFilter::LAST), [2]);
        assert_eq!(versions(&none, &VersionFilter::ALL), [1, 2]);
        let both = Filters {
            spec_versions: Some([SpecVersion::V20, SpecVersion::V21].into()),
            ..Filters::default()
        };
        assert_eq!(versions(&both, &VersionFilter::LAST), [3]);
        let first = VersionFilter { first: true, at: [2].into(), ..VersionFilter::default() };
        assert_eq!(versions(&both, &first), [1, 2]);
    }
}
