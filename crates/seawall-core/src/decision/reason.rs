//! Why, in words with numbers?

use serde::{Deserialize, Serialize};

use super::{
    exposed::Loaded,
    grounds::{Found, Grounds},
    membership::value_of,
    record::Inputs,
};
use crate::{
    campaign::{evidence::BINDING_BITS, findings::FAMILIES},
    selector::{Family, KindId},
};

/// Reasons that are told.
const REASONS_MAX: usize = 3;

/// One ground of a decision, with its numbers.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    /// The family of evidence.
    pub family: Family,
    /// The kind that says most within it.
    pub kind: String,
    /// Bits that it speaks for membership; 0 where the ground is a burst alone.
    pub bits: f64,
    /// One sentence.
    pub text: String,
    /// Hash of the value, 16 hexadecimal digits.
    pub value_hash: String,
    /// Accounts of the campaign that share the value.
    pub members: u64,
    /// Accounts of the campaign whose value is known.
    pub members_known: u64,
    /// Other accounts that share it.
    pub peers: u64,
    /// Other accounts whose value is known.
    pub peers_total: u64,
}

/// The strongest reasons: of the campaign, else of the provisional one, else the bursts.
pub(super) fn reasons(loaded: &Loaded, inputs: &Inputs, grounds: &Grounds) -> Vec<Reason> {
    let mut reasons = match &grounds.membership {
        Some(found) if found.membership.families > 0 => of_campaign(loaded, inputs, found),
        _ => Vec::new(),
    };
    if reasons.is_empty() {
        reasons = of_provisional(inputs);
    }
    if reasons.is_empty() {
        reasons = of_bursts(inputs);
    }
    reasons.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(a.kind.cmp(&b.kind)));
    reasons.truncate(REASONS_MAX);
    reasons
}

fn of_campaign(loaded: &Loaded, inputs: &Inputs, found: &Found) -> Vec<Reason> {
    let campaign = &loaded.snapshot.campaigns[found.campaign];
    let exposed = inputs.exposed(loaded);
    let mut reasons = Vec::new();
    for (index, family) in FAMILIES.iter().enumerate() {
        let bits = f64::from(found.belonging.family_bits[index]);
        if bits <= BINDING_BITS {
            continue;
        }
        let kind = KindId(found.belonging.family_kinds[index]);
        let Some(own) = campaign.kinds.iter().find(|own| own.kind == kind.0) else { continue };
        let shared = exposed.of(kind).iter().filter_map(|(_, value)| value_of(own, *value));
        let Some(value) = shared.max_by_key(|value| (value.members, value.value)) else { continue };
        let present = loaded.snapshot.baselines[usize::from(kind.0)].present_all;
        let (members, known) = (u64::from(value.members), u64::from(own.known));
        // Trusted accounts where there is a history, otherwise everyone else.
        let (peers, peers_total) = if present.trusted > 0 {
            (u64::from(value.total.trusted), u64::from(present.trusted))
        } else {
            let rest = |all: u32, own: u64| u64::from(all).saturating_sub(own);
            (rest(value.total.judged, members), rest(present.judged, known))
        };
        let title = kind.kind().title;
        reasons.push(Reason {
            family: *family,
            kind: kind.kind().name.to_owned(),
            bits,
            text: format!(
                "the same {title} as {members} of {known} accounts of {}, and {peers} of {peers_total} others",
                campaign.campaign
            ),
            value_hash: format!("{:016x}", value.value),
            members,
            members_known: known,
            peers,
            peers_total,
        });
    }
    reasons
}

fn of_provisional(inputs: &Inputs) -> Vec<Reason> {
    let Some(tied) = &inputs.provisional else { return Vec::new() };
    let reason = |tie: &super::provisional::Tie| {
        let kind = KindId(tie.kind).kind();
        let (members, known) = (u64::from(tie.accounts), u64::from(tied.accounts));
        Reason {
            family: kind.family,
            kind: kind.name.to_owned(),
            bits: 0.0,
            text: format!(
                "a {} that {members} of {known} accounts of a campaign in the making share",
                kind.title
            ),
            value_hash: format!("{:016x}", tie.value),
            members,
            members_known: known,
            peers: 0,
            peers_total: 0,
        }
    };
    tied.ties.iter().map(reason).collect()
}

fn of_bursts(inputs: &Inputs) -> Vec<Reason> {
    let reason = |own: &super::record::Observed| {
        let kind = KindId(own.kind).kind();
        let text = format!(
            "a {} that {} accounts came with lately, more than expected",
            kind.title, own.accounts
        );
        Reason {
            family: kind.family,
            kind: kind.name.to_owned(),
            bits: 0.0,
            text,
            value_hash: format!("{:016x}", own.value),
            members: u64::from(own.accounts),
            members_known: 0,
            peers: 0,
            peers_total: 0,
        }
    };
    inputs.selectors.iter().filter(|own| own.alarmed).map(reason).collect()
}
