//! What speaks for and against an account, before any policy is asked?

use super::{
    exposed::{Exposed, Loaded},
    record::{Inputs, Membership, ProvisionalMembership},
    scored::Scored,
};
use crate::{
    campaign::{
        evidence::probability,
        membership::{Belonging, MEMBER_BITS, REPEATED, prior_bits},
    },
    selector::KindId,
};

/// The best membership and what it rests on.
#[derive(Clone, Debug)]
pub struct Found {
    /// As it is told.
    pub membership: Membership,
    /// Position of the campaign in the snapshot.
    pub campaign: usize,
    /// Bits of the campaign itself.
    pub campaign_bits: f64,
    /// Its members.
    pub campaign_members: u32,
    /// 0 to 1, from bits, size and decoys.
    pub campaign_confidence: f64,
    /// Bits by family and kind.
    pub belonging: Belonging,
}

/// What a policy is asked about.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// The campaign of the snapshot that the account fits best.
    pub membership: Option<Found>,
    /// Bits for the campaign that it fits second best.
    pub second_bits: Option<f64>,
    /// The provisional campaign.
    pub provisional: Option<ProvisionalMembership>,
    /// Its selectors that are shared by more accounts than expected.
    pub burst_selectors: u32,
    /// Their families.
    pub burst_families: u32,
    /// What the account model says, where there is one and the account just signed up.
    pub scored: Option<Scored>,
}

/// Where an account belongs among the campaigns of a snapshot.
#[derive(Clone, Debug, Default)]
pub(super) struct Weighed {
    /// The campaign that it fits best.
    best: Option<Found>,
    /// Bits for the one that it fits second best.
    second_bits: Option<f64>,
}

impl Weighed {
    /// Whether it is a member of the one that it fits best.
    pub(super) fn is_member(&self) -> bool {
        self.best.as_ref().is_some_and(|found| found.membership.bound)
    }
}

impl Grounds {
    /// Finds them, without what a model says: that is asked about them.
    pub fn find(loaded: &Loaded, inputs: &Inputs) -> Self {
        Self::of(loaded, inputs, weigh(loaded, &inputs.exposed(loaded)))
    }

    /// The same, where the account was weighed already.
    pub(super) fn of(loaded: &Loaded, inputs: &Inputs, weighed: Weighed) -> Self {
        let alarmed = inputs.selectors.iter().filter(|own| own.alarmed);
        let families = alarmed
            .clone()
            .fold(0_u16, |set, own| set | 1 << KindId(own.kind).kind().family as u16);
        Self {
            membership: weighed.best,
            second_bits: weighed.second_bits,
            provisional: provisional(loaded, inputs),
            burst_selectors: alarmed.count() as u32,
            burst_families: families.count_ones(),
            scored: None,
        }
    }

    /// Whether anything here may be a reason to block: what a detection weighed against innocent explanations, or
    /// what somebody named. What only this hour knows is not.
    pub fn may_block(&self, inputs: &Inputs) -> bool {
        self.membership.as_ref().is_some_and(|found| found.membership.bound)
            || !inputs.indicators.is_empty()
    }
}

/// Holds an account against the campaigns that it could belong to. Best is one that it could join before one that it could
/// not, then by bits.
pub(super) fn weigh(loaded: &Loaded, exposed: &Exposed) -> Weighed {
    let snapshot = &loaded.snapshot;
    let mut best: Option<Found> = None;
    let mut second_bits: Option<f64> = None;
    let mut pass = |bits: f64| {
        second_bits = Some(second_bits.map_or(bits, |own: f64| own.max(bits)));
    };
    for index in loaded.candidates(exposed) {
        let campaign = &snapshot.campaigns[index as usize];
        let belonging = loaded.belonging(index, exposed);
        let bits = f64::from(belonging.bits);
        // Whether it comes back shows later only, so silence binds nobody here.
        let bound = bits >= MEMBER_BITS && belonging.is_bound(false, snapshot.single_family);
        let rank = |found: &Found| (found.membership.bound, found.membership.bits);
        let better = best.as_ref().map(rank).is_none_or(|(best_bound, best_bits)| {
            bound.cmp(&best_bound).then(bits.total_cmp(&best_bits)).is_gt()
        });
        if !better {
            pass(bits);
            continue;
        }
        if let Some(found) = &best {
            pass(found.membership.bits);
        }
        let membership = Membership {
            campaign: campaign.campaign.clone(),
            bits,
            probability: probability(bits),
            families: (belonging.binding & !REPEATED).count_ones(),
            bound,
        };
        best = Some(Found {
            membership,
            campaign: index as usize,
            campaign_bits: campaign.bits,
            campaign_members: campaign.members,
            campaign_confidence: campaign.confidence,
            belonging,
        });
    }
    Weighed { best, second_bits }
}

fn provisional(loaded: &Loaded, inputs: &Inputs) -> Option<ProvisionalMembership> {
    let tied = inputs.provisional.as_ref()?;
    let (families, bits) = tied.weigh(&loaded.snapshot);
    let prior = prior_bits(tied.accounts, loaded.snapshot.judged);
    Some(ProvisionalMembership {
        campaign: format!("p-{:016x}", tied.campaign),
        bits: bits + prior,
        families,
        accounts: tied.accounts,
    })
}
