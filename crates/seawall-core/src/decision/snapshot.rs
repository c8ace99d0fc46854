//! What does the latest detection know, in the form that decisions need?
//!
//! A snapshot is made at the end of a run, from what the run weighed its campaigns with: an account that the batch
//! would have let join a campaign joins it here too, by the same numbers. It is a file: a header, the content, a check.
//! Values are hashes; nothing in it can be read as a person's.

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::xxh3_128;

use crate::{
    campaign::membership::Counts,
    selector::{KindId, registry::KINDS},
};

const MAGIC: &[u8; 8] = b"SEAWALLS";
/// The format that is written.
pub const SNAPSHOT_FORMAT: u32 = 1;
/// Largest snapshot that is read.
pub const SNAPSHOT_BYTES_MAX: usize = 2 << 30;

/// A (country, client) and the comparison group of its accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StratumKey {
    /// Hash of the country's value, 0 where there is none.
    pub country: u64,
    /// Hash of the client's value, 0 where there is none.
    pub client: u64,
    /// Number of the comparison group.
    pub stratum: u16,
}

/// How often signups bring a value, where nothing is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Hash of the value.
    pub value: u64,
    /// Accounts to expect for each signup.
    pub mean: f32,
    /// Negative binomial size.
    pub size: f32,
}

/// What is usual in a kind of selector.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct KindBaseline {
    /// Distinct values that several accounts share: how many tests the kind is worth.
    pub values: u32,
    /// What to expect of a value never seen before, beyond its first account.
    pub unseen: Option<Rate>,
    /// The commonest values, ascending.
    pub rates: Vec<Rate>,
    /// Accounts with any value, by comparison group.
    pub present: Vec<Counts>,
    /// Accounts with any value.
    pub present_all: Counts,
}

/// A value that several members of a campaign have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileValue {
    /// Its hash.
    pub value: u64,
    /// Members that have it.
    pub members: u32,
    /// All accounts that have it.
    pub total: Counts,
    /// By comparison group, ascending: members and all accounts that have it.
    pub strata: Vec<(u16, u32, Counts)>,
}

/// What a campaign has of one kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ProfileKind {
    /// Position of the kind in the registry.
    pub kind: u8,
    /// Share of members that follow the campaign in this kind.
    pub share: f64,
    /// Members whose value is known.
    pub known: u32,
    /// The same by comparison group, ascending.
    pub known_by_stratum: Vec<(u16, u32)>,
    /// Values, ascending by hash.
    pub values: Vec<ProfileValue>,
}

/// A campaign as decisions know it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignProfile {
    /// Its id.
    pub campaign: String,
    /// Members.
    pub members: u32,
    /// Bits for each account against the most favourable innocent explanation.
    pub bits: f64,
    /// Share of clusters as strong that chance alone would make.
    pub decoy_q: f64,
    /// 0 to 1, from bits, size and decoys.
    pub confidence: f64,
    /// Its accounts were made and left alone.
    pub dormant: bool,
    /// What it has of each kind that says something, in the order of the registry.
    pub kinds: Vec<ProfileKind>,
}

/// What the latest detection knows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Name and version of every kind: values of another derivation cannot be compared.
    pub kinds: Vec<(String, u16)>,
    /// Accounts that were judged.
    pub judged: u32,
    /// Last event, in seconds since the Unix epoch.
    pub last_seen: i64,
    /// The input had one binding family only.
    pub single_family: bool,
    /// Ascending by country and client.
    pub strata: Vec<StratumKey>,
    /// In the order of the registry.
    pub baselines: Vec<KindBaseline>,
    /// Campaigns at or above the reporting threshold.
    pub campaigns: Vec<CampaignProfile>,
}

/// Why a file is no snapshot that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SnapshotError {
    /// Not a snapshot.
    #[error("not a snapshot\nhint: `seawall detect` writes one as snapshot.bin")]
    NotASnapshot,
    /// A format of another version.
    #[error(
        "a snapshot of format {0}, and this program knows {SNAPSHOT_FORMAT}\nhint: detect again with this version"
    )]
    Format(u32),
    /// It was changed or cut.
    #[error("the snapshot is damaged\nhint: detect again")]
    Damaged,
    /// Made by a version whose selectors are other ones.
    #[error(
        "the snapshot's selector `{0}` is derived in another way\nhint: detect again with this version"
    )]
    Kinds(String),
}

impl Snapshot {
    /// The kinds as this program derives them.
    pub fn own_kinds() -> Vec<(String, u16)> {
        KINDS.iter().map(|kind| (kind.name.to_owned(), kind.version)).collect()
    }

    /// A snapshot of nothing: without a detection, decisions have only what they see themselves.
    pub fn empty() -> Self {
        let baselines = KINDS.iter().map(|_| KindBaseline::default()).collect();
        Self { kinds: Self::own_kinds(), baselines, ..Self::default() }
    }

    /// The file: the same snapshot gives the same bytes.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend_from_slice(&SNAPSHOT_FORMAT.to_le_bytes());
        let mut bytes =
            postcard::to_extend(self, bytes).expect("a snapshot is plain data in memory");
        let check = xxh3_128(&bytes).to_le_bytes();
        bytes.extend_from_slice(&check);
        bytes
    }

    /// Reads a file, and checks all that decisions rely on.
    pub fn decode(bytes: &[u8]) -> Result<Self, SnapshotError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(SnapshotError::NotASnapshot)?;
        let (format, rest) = rest.split_first_chunk().ok_or(SnapshotError::NotASnapshot)?;
        let format = u32::from_le_bytes(*format);
        if format != SNAPSHOT_FORMAT {
            return Err(SnapshotError::Format(format));
        }
        let (content, check) = rest.split_last_chunk().ok_or(SnapshotError::Damaged)?;
        if xxh3_128(&bytes[..bytes.len() - check.len()]) != u128::from_le_bytes(*check) {
            return Err(SnapshotError::Damaged);
        }
        let snapshot: Self = postcard::from_bytes(content).map_err(|_| SnapshotError::Damaged)?;
        let own = Self::own_kinds();
        if let Some((theirs, _)) =
            snapshot.kinds.iter().zip(&own).find(|(theirs, own)| theirs != own)
        {
            return Err(SnapshotError::Kinds(theirs.0.clone()));
        }
        if snapshot.is_sound(own.len()) { Ok(snapshot) } else { Err(SnapshotError::Damaged) }
    }

    /// Its id: `s-` and 32 hexadecimal digits, from the bytes of its file.
    pub fn id(encoded: &[u8]) -> String {
        format!("s-{:032x}", xxh3_128(encoded))
    }

    /// Whether everything that is looked up is in order, and numbers are numbers.
    fn is_sound(&self, kinds: usize) -> bool {
        let key = |key: &StratumKey| (key.country, key.client);
        self.kinds.len() == kinds
            && self.baselines.len() == kinds
            && self.strata.is_sorted_by(|a, b| key(a) < key(b))
            && self.baselines.iter().all(|kind| {
                kind.rates.is_sorted_by(|a, b| a.value < b.value)
                    && kind.rates.iter().chain(&kind.unseen).all(|rate| {
                        rate.mean > 0.0
                            && rate.mean.is_finite()
                            && rate.size > 0.0
                            && rate.size.is_finite()
                    })
            })
            && self.campaigns.iter().all(|campaign| {
                campaign.kinds.is_sorted_by(|a, b| a.kind < b.kind)
                    && campaign.kinds.iter().all(|kind| {
                        usize::from(kind.kind) < kinds
                            && (0.0..=1.0).contains(&kind.share)
                            && kind.values.is_sorted_by(|a, b| a.value < b.value)
                            && kind.known_by_stratum.is_sorted_by(|a, b| a.0 < b.0)
                            && kind
                                .values
                                .iter()
                                .all(|value| value.strata.is_sorted_by(|a, b| a.0 < b.0))
                    })
            })
    }

    /// The comparison group of a (country, client); none where the run had no such account.
    pub fn stratum(&self, country: u64, client: u64) -> Option<u16> {
        let find = |key| {
            let found = self.strata.binary_search_by_key(&key, |key| (key.country, key.client));
            found.ok().map(|index| self.strata[index].stratum)
        };
        // A country that too few accounts have counts as none.
        find((country, client)).or_else(|| find((0, client)))
    }

    /// What to expect of a value: its own rate, or that of values never seen before (`true`).
    pub fn rate(&self, kind: KindId, value: u64) -> Option<(Rate, bool)> {
        let baseline = &self.baselines[usize::from(kind.0)];
        match baseline.rates.binary_search_by_key(&value, |rate| rate.value) {
            Ok(index) => Some((baseline.rates[index], false)),
            Err(_) => baseline.unseen.map(|rate| (rate, true)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_snapshot_comes_back_as_it_was() {
        let mut snapshot = Snapshot::empty();
        snapshot.baselines[0].rates = vec![Rate { value: 3, mean: 0.5, size: 2.0 }];
        let bytes = snapshot.encode();
        assert_eq!(bytes, snapshot.encode());
        assert_eq!(Snapshot::decode(&bytes), Ok(snapshot));
    }

    #[test]
    fn whatever_byte_is_changed_it_is_refused() {
        let bytes = Snapshot::empty().encode();
        for at in (0..bytes.len()).step_by(7).chain([0, 8, bytes.len() - 1]) {
            let mut changed = bytes.clone();
            changed[at] ^= 0x41;
            assert!(Snapshot::decode(&changed).is_err(), "byte {at}");
            assert!(Snapshot::decode(&bytes[..at]).is_err(), "cut at {at}");
        }
    }

    #[test]
    fn disorder_and_other_selectors_are_refused() {
        let mut snapshot = Snapshot::empty();
        let rate = |value| Rate { value, mean: 0.5, size: 2.0 };
        snapshot.baselines[0].rates = vec![rate(3), rate(2)];
        assert_eq!(Snapshot::decode(&snapshot.encode()), Err(SnapshotError::Damaged));
        let mut snapshot = Snapshot::empty();
        snapshot.kinds[2].1 += 1;
        let refused = Snapshot::decode(&snapshot.encode());
        assert_eq!(refused, Err(SnapshotError::Kinds(KINDS[2].name.to_owned())));
    }
}
