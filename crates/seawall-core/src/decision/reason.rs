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

/// A ground before it is put into words: most are not, since a few are told.
struct Ground {
    kind: KindId,
    bits: f64,
    value: u64,
    /// Accounts that share the value, and those whose value is known: of the campaign, where there is one.
    members: [u64; 2],
    /// The same of others.
    peers: [u64; 2],
}

/// What grounds are grounds for.
#[derive(Clone, Copy)]
enum For<'a> {
    /// A campaign of the snapshot.
    Campaign(&'a str),
    /// One in the making.
    Provisional,
    /// Nothing yet: it is shared by more than expected.
    Burst,
}

/// The strongest reasons: of the campaign, else of the provisional one, else the bursts.
pub(super) fn reasons(loaded: &Loaded, inputs: &Inputs, grounds: &Grounds) -> Vec<Reason> {
    let (mut found, mut what) = match &grounds.membership {
        Some(found) if found.membership.families > 0 => {
            let campaign = &loaded.snapshot.campaigns[found.campaign].campaign;
            (of_campaign(loaded, inputs, found), For::Campaign(campaign))
        }
        _ => (Vec::new(), For::Provisional),
    };
    if found.is_empty() {
        (found, what) = (of_provisional(inputs), For::Provisional);
    }
    if found.is_empty() {
        (found, what) = (of_bursts(inputs), For::Burst);
    }
    let name = |own: &Ground| own.kind.kind().name;
    found.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(name(a).cmp(name(b))));
    found.truncate(REASONS_MAX);
    found.iter().map(|ground| ground.told(what)).collect()
}

impl Ground {
    fn told(&self, what: For<'_>) -> Reason {
        let Self { bits, members: [members, members_known], peers: [peers, peers_total], .. } =
            *self;
        let kind = self.kind.kind();
        let title = kind.title;
        let text = match what {
            For::Campaign(campaign) => format!(
                "the same {title} as {members} of {members_known} accounts of {campaign}, and {peers} of {peers_total} others"
            ),
            For::Provisional => format!(
                "a {title} that {members} of {members_known} accounts of a campaign in the making share"
            ),
            For::Burst => {
                format!("a {title} that {members} accounts came with lately, more than expected")
            }
        };
        Reason {
            family: kind.family,
            kind: kind.name.to_owned(),
            bits,
            text,
            value_hash: format!("{:016x}", self.value),
            members,
            members_known,
            peers,
            peers_total,
        }
    }
}

fn of_campaign(loaded: &Loaded, inputs: &Inputs, found: &Found) -> Vec<Ground> {
    let campaign = &loaded.snapshot.campaigns[found.campaign];
    let exposed = inputs.exposed(loaded);
    let mut grounds = Vec::new();
    for index in 0..FAMILIES.len() {
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
        let peers = if present.trusted > 0 {
            [u64::from(value.total.trusted), u64::from(present.trusted)]
        } else {
            let rest = |all: u32, own: u64| u64::from(all).saturating_sub(own);
            [rest(value.total.judged, members), rest(present.judged, known)]
        };
        grounds.push(Ground { kind, bits, value: value.value, members: [members, known], peers });
    }
    grounds
}

fn of_provisional(inputs: &Inputs) -> Vec<Ground> {
    let Some(tied) = &inputs.provisional else { return Vec::new() };
    let ground = |tie: &super::provisional::Tie| Ground {
        kind: KindId(tie.kind),
        bits: 0.0,
        value: tie.value,
        members: [u64::from(tie.accounts), u64::from(tied.accounts)],
        peers: [0, 0],
    };
    tied.ties.iter().map(ground).collect()
}

fn of_bursts(inputs: &Inputs) -> Vec<Ground> {
    let ground = |own: &super::record::Observed| Ground {
        kind: KindId(own.kind),
        bits: 0.0,
        value: own.value,
        members: [u64::from(own.accounts), 0],
        peers: [0, 0],
    };
    inputs.selectors.iter().filter(|own| own.alarmed).map(ground).collect()
}
