//! What of a profile do later decisions need?

use seawall_core::{
    campaign::membership::Counts,
    decision::snapshot::{ProfileKind, ProfileValue},
};

use super::{super::peers::Peers, Profile, lookup};
use crate::{count::evidence_kinds, detect::scene::Scene};

impl Profile {
    /// The kinds that say something, with the counts that an account that is no member is weighed with.
    pub(crate) fn kept(&self, scene: &Scene<'_>, peers: &Peers) -> Vec<ProfileKind> {
        evidence_kinds()
            .filter_map(|(kind, _)| {
                let index = usize::from(kind.0);
                let own = &self.kinds[index];
                let peer = &peers.kinds[index];
                let hashes = &scene.shared.columns[index].hashes;
                // Ids are in the order of hashes.
                let values = own.counts.iter().map(|(id, members)| ProfileValue {
                    value: hashes[*id as usize - 1],
                    members: *members,
                    total: without_grouped(peer.total(*id)),
                    strata: peer
                        .strata_of(*id)
                        .map(|(stratum, counts)| {
                            let members = lookup(&own.by_stratum, (*id, stratum));
                            (stratum, members, without_grouped(counts))
                        })
                        .collect(),
                });
                (own.share > 0.0).then(|| ProfileKind {
                    kind: kind.0,
                    share: own.share,
                    known: own.known,
                    known_by_stratum: own.known_by_stratum.clone(),
                    values: values.collect(),
                })
            })
            .collect()
    }
}

/// Later accounts are held against everyone but the members, so who was in some group does not matter.
pub(crate) fn without_grouped(counts: Counts) -> Counts {
    Counts { grouped: 0, ..counts }
}
