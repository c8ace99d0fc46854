//! Which accounts have enough in common with a campaign to be compared with it?
//!
//! Comparing every account with every campaign would be a product. Each binding value names the
//! campaigns it tells of, so that one pass over the accounts finds the few worth comparing.

use seawall_core::selector::{Kind, KindId, Role};

use super::{
    candidate::Candidate,
    peers::Peers,
    profile::{REPEATED, REPEATED_MIN, counts_repeatedly},
    scene::Scene,
};
use crate::count::{RARE, evidence_kinds};

/// Accounts a campaign needs before others are compared with it.
const EXPAND_MIN: usize = 20;

/// The campaigns that each value tells of.
pub(crate) struct Ties {
    kinds: Vec<KindTies>,
}

struct KindTies {
    kind: KindId,
    info: &'static Kind,
    /// One bit for each id: whether it tells of any campaign.
    telling: Vec<u64>,
    /// (id, campaign), ascending.
    campaigns: Vec<(u32, u32)>,
}

impl Ties {
    pub(crate) fn new(scene: &Scene<'_>, peers: &Peers, candidates: &[Candidate]) -> Self {
        let kinds = evidence_kinds()
            .filter(|(_, info)| info.role == Role::Link)
            .map(|(kind, info)| {
                let mut campaigns: Vec<(u32, u32)> = Vec::new();
                for (index, candidate) in candidates.iter().enumerate() {
                    if candidate.members.len() >= EXPAND_MIN {
                        let values = candidate.profile.binding_values(scene, peers, kind);
                        campaigns.extend(values.into_iter().map(|id| (id, index as u32)));
                    }
                }
                campaigns.sort_unstable();
                let values = scene.shared.columns[usize::from(kind.0)].hashes.len();
                let mut telling = vec![0_u64; values / 64 + 1];
                for (id, _) in &campaigns {
                    telling[*id as usize / 64] |= 1 << (id % 64);
                }
                KindTies { kind, info, telling, campaigns }
            })
            .filter(|ties| !ties.campaigns.is_empty())
            .collect();
        Self { kinds }
    }

    /// Leaves in `tied` the campaigns that an account's values tell of, each with a set of families.
    pub(crate) fn of(&self, scene: &Scene<'_>, row: usize, tied: &mut Vec<(u32, u16)>) {
        tied.clear();
        let mut repeated: Vec<u32> = Vec::new();
        for ties in &self.kinds {
            let column = &scene.shared.columns[usize::from(ties.kind.0)];
            for id in column.ids_of(row).iter().filter(|id| **id != RARE) {
                if ties.telling[*id as usize / 64] >> (id % 64) & 1 == 0 {
                    continue;
                }
                let start = ties.campaigns.partition_point(|entry| entry.0 < *id);
                for (_, campaign) in
                    ties.campaigns[start..].iter().take_while(|entry| entry.0 == *id)
                {
                    let family = 1 << ties.info.family as u16;
                    match tied.iter_mut().find(|entry| entry.0 == *campaign) {
                        Some(entry) => entry.1 |= family,
                        None => tied.push((*campaign, family)),
                    }
                    if counts_repeatedly(ties.info) {
                        repeated.push(*campaign);
                    }
                }
            }
        }
        for (campaign, families) in tied.iter_mut() {
            if repeated.iter().filter(|other| *other == campaign).count() >= REPEATED_MIN {
                *families |= REPEATED;
            }
        }
        tied.sort_unstable();
    }
}
