//! What has an account shown so far, and which campaigns could it belong to?

use std::collections::HashMap;

use super::{
    membership::{most_bits, strange_bits},
    snapshot::Snapshot,
};
use crate::{
    campaign::evidence::BINDING_BITS,
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

/// A snapshot that is ready to be asked.
#[derive(Debug)]
pub struct Loaded {
    /// The snapshot itself.
    pub snapshot: Snapshot,
    /// Its id.
    pub id: String,
    /// For each telling value, the campaigns that it points to. Values of different kinds have different hashes.
    pointers: HashMap<u64, Vec<Pointer>>,
    /// For each campaign, the hashes of all its values in the order of its kinds: looking a value up stays within a few
    /// lines of memory.
    values: Vec<Box<[u64]>>,
    /// For each campaign and kind, the bits of an account that has values of the kind, and none that members have.
    strange: Vec<Box<[f64]>>,
}

impl Loaded {
    /// Prepares a snapshot.
    pub fn new(snapshot: Snapshot) -> Self {
        let id = Snapshot::id(&snapshot.encode());
        Self::with_id(snapshot, id)
    }

    /// Prepares a snapshot whose id is known.
    pub fn with_id(snapshot: Snapshot, id: String) -> Self {
        let mut pointers: HashMap<u64, Vec<Pointer>> = HashMap::new();
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
        let values = snapshot.campaigns.iter().map(|campaign| {
            let values = campaign.kinds.iter().flat_map(|kind| &kind.values);
            values.map(|value| value.value).collect()
        });
        let strange = snapshot.campaigns.iter().map(|campaign| {
            campaign.kinds.iter().map(|kind| strange_bits(&snapshot, kind)).collect()
        });
        Self { values: values.collect(), strange: strange.collect(), snapshot, id, pointers }
    }

    /// Hashes of a campaign's values, kind by kind, each ascending. Campaigns are numbered as in the snapshot.
    pub fn values(&self, campaign: u32) -> &[u64] {
        &self.values[campaign as usize]
    }

    /// For each kind of a campaign, the bits of an account that has values of it, and none that members have.
    pub fn strange(&self, campaign: u32) -> &[f64] {
        &self.strange[campaign as usize]
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
