//! Which accounts have enough in common with a campaign to be compared with it?
//!
//! Comparing every account with every campaign would be a product. Each binding value names the
//! campaigns it tells of and how much it may say, so that one pass over the accounts finds the few worth
//! comparing.

use seawall_core::{
    campaign::{findings::FAMILIES, membership::MEMBER_BITS},
    selector::{Kind, KindId, Role},
};

use super::{
    candidate::Candidate,
    peers::Peers,
    profile::{REPEATED, REPEATED_MIN, counts_repeatedly},
    scene::Scene,
};
use crate::count::{RARE, evidence_kinds};

/// Accounts a campaign needs before others are compared with it.
const EXPAND_MIN: usize = 20;

/// Bits by family, in the order of [`FAMILIES`].
type FamilyBits = [f32; FAMILIES.len()];

/// What each value may say for which campaigns.
pub(crate) struct Ties {
    /// Of kinds that bind.
    binding: Vec<KindTies>,
    /// Of kinds that only corroborate.
    corroborating: Vec<KindTies>,
    campaigns: Vec<CampaignTies>,
}

struct KindTies {
    kind: KindId,
    info: &'static Kind,
    /// One bit for each id: whether it tells of any campaign.
    telling: Vec<u64>,
    /// (id, campaign, bits), ascending.
    values: Vec<(u32, u32, f32)>,
}

struct CampaignTies {
    prior_bits: f32,
    /// Most bits that corroborating values may add.
    support: FamilyBits,
}

/// A campaign that an account's values tell of.
pub(crate) struct Tie {
    pub(crate) campaign: u32,
    /// Binding families, one bit each, and [`REPEATED`].
    pub(crate) families: u16,
    /// Most bits of the binding values.
    bits: FamilyBits,
}

/// The campaigns that an account's values tell of, ascending, with room to find them in.
pub(crate) struct Tied {
    pub(crate) ties: Vec<Tie>,
    /// For each campaign its place among the ties, [`NOWHERE`] where it has none.
    places: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

impl Tied {
    fn clear(&mut self) {
        for tie in self.ties.drain(..) {
            self.places[tie.campaign as usize] = NOWHERE;
        }
    }

    fn note(&mut self, campaign: u32, info: &Kind, bits: f32) {
        let place = &mut self.places[campaign as usize];
        if *place == NOWHERE {
            *place = self.ties.len() as u32;
            self.ties.push(Tie { campaign, families: 0, bits: FamilyBits::default() });
        }
        let tie = &mut self.ties[*place as usize];
        tie.families |= 1 << info.family as u16;
        let own = &mut tie.bits[info.family as usize];
        *own = own.max(bits);
    }
}

impl Ties {
    pub(crate) fn new(scene: &Scene<'_>, peers: &Peers, candidates: &[Candidate]) -> Self {
        let mut campaigns: Vec<CampaignTies> = candidates
            .iter()
            .map(|candidate| CampaignTies {
                prior_bits: candidate.profile.prior_bits(scene) as f32,
                support: FamilyBits::default(),
            })
            .collect();
        let (mut binding, mut corroborating) = (Vec::new(), Vec::new());
        for (kind, info) in evidence_kinds() {
            let mut values: Vec<(u32, u32, f32)> = Vec::new();
            for (index, candidate) in candidates.iter().enumerate() {
                if candidate.members.len() < EXPAND_MIN {
                    continue;
                }
                for (id, bits) in candidate.profile.speaking_values(scene, peers, kind) {
                    values.push((id, index as u32, bits as f32));
                    if info.role != Role::Link {
                        let support = &mut campaigns[index].support[info.family as usize];
                        *support = support.max(bits as f32);
                    }
                }
            }
            let kinds = if info.role == Role::Link { &mut binding } else { &mut corroborating };
            if !values.is_empty() {
                kinds.push(KindTies::new(scene, kind, info, values));
            }
        }
        Self { binding, corroborating, campaigns }
    }

    /// Room for the campaigns of one account after the other.
    pub(crate) fn room(&self) -> Tied {
        Tied { ties: Vec::new(), places: vec![NOWHERE; self.campaigns.len()] }
    }

    /// Leaves in `tied` the campaigns that an account's values tell of.
    pub(crate) fn of(&self, scene: &Scene<'_>, row: usize, tied: &mut Tied) {
        tied.clear();
        let mut repeated: Vec<u32> = Vec::new();
        for ties in &self.binding {
            let column = &scene.shared.columns[usize::from(ties.kind.0)];
            for id in column.ids_of(row).iter().filter(|id| **id != RARE) {
                for (_, campaign, bits) in ties.of(*id) {
                    tied.note(*campaign, ties.info, *bits);
                    if counts_repeatedly(ties.info) {
                        repeated.push(*campaign);
                    }
                }
            }
        }
        for tie in &mut tied.ties {
            if repeated.iter().filter(|other| **other == tie.campaign).count() >= REPEATED_MIN {
                tie.families |= REPEATED;
            }
        }
        tied.ties.sort_unstable_by_key(|tie| tie.campaign);
    }

    /// What is said against any account before anything is known of it.
    pub(crate) fn prior_bits(&self, tie: &Tie) -> f32 {
        self.campaigns[tie.campaign as usize].prior_bits
    }

    /// Whether an account may fit a campaign by itself or with others, going by what ties it and what corroborates it:
    /// without the prior, which counts once against any number. Most would not even with the best that could corroborate
    /// them.
    pub(crate) fn may_fit(&self, scene: &Scene<'_>, row: usize, tie: &Tie) -> bool {
        let least = MEMBER_BITS as f32;
        // Acts together with a campaign, time and again, add up.
        tie.families & REPEATED != 0
            || bits_max(tie, &self.campaigns[tie.campaign as usize].support) >= least
                && bits_max(tie, &self.support(scene, row, tie.campaign)) >= least
    }

    /// Most bits that an account's corroborating values may say for a campaign.
    fn support(&self, scene: &Scene<'_>, row: usize, campaign: u32) -> FamilyBits {
        let mut support = FamilyBits::default();
        for ties in &self.corroborating {
            let column = &scene.shared.columns[usize::from(ties.kind.0)];
            for id in column.ids_of(row).iter().filter(|id| **id != RARE) {
                let own = ties.of(*id);
                if let Ok(at) = own.binary_search_by_key(&campaign, |value| value.1) {
                    let best = &mut support[ties.info.family as usize];
                    *best = best.max(own[at].2);
                }
            }
        }
        support
    }
}

fn bits_max(tie: &Tie, support: &FamilyBits) -> f32 {
    tie.bits.iter().zip(support).map(|(own, other)| own.max(*other)).sum()
}

impl KindTies {
    fn new(
        scene: &Scene<'_>,
        kind: KindId,
        info: &'static Kind,
        mut values: Vec<(u32, u32, f32)>,
    ) -> Self {
        values.sort_unstable_by_key(|value| (value.0, value.1));
        let ids = scene.shared.columns[usize::from(kind.0)].hashes.len();
        let mut telling = vec![0_u64; ids / 64 + 1];
        for (id, _, _) in &values {
            telling[*id as usize / 64] |= 1 << (id % 64);
        }
        Self { kind, info, telling, values }
    }

    /// The campaigns that a value tells of.
    fn of(&self, id: u32) -> &[(u32, u32, f32)] {
        if self.telling[id as usize / 64] >> (id % 64) & 1 == 0 {
            return &[];
        }
        let from = &self.values[self.values.partition_point(|value| value.0 < id)..];
        &from[..from.partition_point(|value| value.0 == id)]
    }
}
