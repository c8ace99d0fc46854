//! What has an account shown so far, and which campaigns could it belong to?

use std::{
    collections::HashMap,
    hash::{BuildHasherDefault, Hasher},
};

use super::{
    membership::{Profile, most_bits},
    snapshot::Snapshot,
};
use crate::{
    campaign::{evidence::BINDING_BITS, membership::Belonging},
    selector::{KindId, Role},
};

/// Campaigns that one value points to: the strongest.
const CAMPAIGNS_PER_VALUE: usize = 4;
/// Campaigns that an account is held against.
pub const CANDIDATES_MAX: usize = 8;

/// The values of an account, in the order of kinds, and what it is compared within.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exposed {
    /// (Kind, hash of the value), ascending.
    pub values: Vec<(KindId, u64)>,
    /// Its comparison group, where the snapshot has one.
    pub stratum: Option<u16>,
}

impl Exposed {
    /// Its values of a kind.
    pub fn of(&self, kind: KindId) -> &[(KindId, u64)] {
        let start = self.values.partition_point(|value| value.0 < kind);
        let length = self.values[start..].iter().take_while(|value| value.0 == kind).count();
        &self.values[start..start + length]
    }

    /// Its value of a kind that has one at most.
    pub fn one(&self, kind: KindId) -> u64 {
        self.of(kind).first().map_or(0, |value| value.1)
    }
}

/// A campaign that a value points to.
#[derive(Clone, Copy, Debug)]
struct Pointer {
    campaign: u32,
    bits: f32,
}

/// Adds a pointer where it is among the strongest; those of earlier campaigns come first among equals.
fn point(own: &mut Vec<Pointer>, pointer: Pointer) {
    let at = own.partition_point(|other| other.bits >= pointer.bits);
    if at < CAMPAIGNS_PER_VALUE {
        own.insert(at, pointer);
        own.truncate(CAMPAIGNS_PER_VALUE);
    }
}

/// The hash of a hash. What is looked up by it is what a detection found, which nobody can fill at will.
#[derive(Clone, Copy, Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(*byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// A snapshot that is ready to be asked.
#[derive(Debug)]
pub struct Loaded {
    /// The snapshot itself.
    pub snapshot: Snapshot,
    /// Its id.
    pub id: String,
    /// For each telling value, the campaigns that it points to. Values of different kinds have different hashes.
    pointers: HashMap<u64, Vec<Pointer>, BuildHasherDefault<AsItIs>>,
    /// The campaigns, laid out for asking.
    profiles: Vec<Profile>,
}

impl Loaded {
    /// Prepares a snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        let id = Snapshot::id(&snapshot.encode());
        Self::with_id(snapshot, id)
    }

    /// Prepares a snapshot whose id is known.
    pub fn with_id(snapshot: Snapshot, id: String) -> Self {
        let mut pointers: HashMap<u64, Vec<Pointer>, _> = HashMap::default();
        for (number, campaign) in (0..).zip(&snapshot.campaigns) {
            for kind in &campaign.kinds {
                if KindId(kind.kind).kind().role != Role::Link {
                    continue;
                }
                for value in &kind.values {
                    let bits = most_bits(&snapshot, kind, value);
                    if bits > BINDING_BITS {
                        let pointer = Pointer { campaign: number, bits: bits as f32 };
                        point(pointers.entry(value.value).or_default(), pointer);
                    }
                }
            }
        }
        let campaigns = snapshot.campaigns.iter();
        let profiles = campaigns.map(|campaign| Profile::new(&snapshot, campaign)).collect();
        Self { snapshot, id, pointers, profiles }
    }

    /// All evidence on an account that is no member of a campaign. Campaigns are numbered as in the snapshot.
    pub(super) fn belonging(&self, campaign: u32, exposed: &Exposed) -> Belonging {
        self.profiles[campaign as usize].belonging(&self.snapshot, exposed)
    }

    /// Values that point to a campaign.
    pub fn telling(&self) -> usize {
        self.pointers.len()
    }

    /// Whether a value points to a campaign.
    pub fn is_telling(&self, value: u64) -> bool {
        self.pointers.contains_key(&value)
    }

    /// The campaigns that an account could belong to, the likeliest first: those that most families point to.
    pub fn candidates(&self, exposed: &Exposed) -> Vec<u32> {
        /// Families that point to a campaign, one bit each, and their bits.
        struct Tie {
            campaign: u32,
            families: u16,
            bits: f32,
        }
        let mut ties: Vec<Tie> = Vec::new();
        for (kind, value) in &exposed.values {
            let Some(pointers) = self.pointers.get(value) else { continue };
            let family = 1 << kind.kind().family as u16;
            for pointer in pointers {
                match ties.iter_mut().find(|tie| tie.campaign == pointer.campaign) {
                    Some(tie) => {
                        tie.families |= family;
                        tie.bits += pointer.bits;
                    }
                    None => ties.push(Tie {
                        campaign: pointer.campaign,
                        families: family,
                        bits: pointer.bits,
                    }),
                }
            }
        }
        ties.sort_by(|a, b| {
            let families = b.families.count_ones().cmp(&a.families.count_ones());
            families.then(b.bits.total_cmp(&a.bits)).then(a.campaign.cmp(&b.campaign))
        });
        ties.truncate(CANDIDATES_MAX);
        ties.into_iter().map(|tie| tie.campaign).collect()
    }
}
