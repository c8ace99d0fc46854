//! How strongly does each account belong to a group?
//!
//! For each kind: how often the group has each value, how often comparable peers do, and what share of
//! the group follows. An account's bits in a family are those of its best kind.

mod gathered;
mod kept;
mod round;

use seawall_core::{
    campaign::{
        evidence::{BINDING_BITS, kind_bits},
        membership::{self, Evidence, OUTSIDER_DISCOUNT, PeerView, STRATUM_BITS},
    },
    selector::KindId,
};

pub(crate) use self::{gathered::Gathered, kept::without_grouped, round::Round};
use super::{
    peers::{Background, Peers},
    scene::Scene,
};
use crate::count::{RARE, evidence_kinds};
pub(crate) use seawall_core::campaign::membership::{
    Belonging, REPEATED, REPEATED_MIN, counts_repeatedly,
};

/// What a group has of one kind.
#[derive(Clone, Debug, Default)]
struct KindProfile {
    /// Share of members that follow the group in this kind; 0 where it says nothing.
    share: f64,
    /// Members whose value is known.
    known: u32,
    /// Members with each id that several have, ascending by id.
    counts: Vec<(u32, u32)>,
    /// Members with each such id by stratum, ascending.
    by_stratum: Vec<((u32, u16), u32)>,
    /// Members with any value, by stratum, ascending.
    known_by_stratum: Vec<(u16, u32)>,
}

/// A group's profile over all kinds.
#[derive(Clone, Debug)]
pub(crate) struct Profile {
    kinds: Vec<KindProfile>,
    members: u32,
    background: Background,
}

/// One likelihood ratio from those of an account's values: see [`membership::of_several`].
fn of_several(scene: &Scene<'_>, each: impl Iterator<Item = f64>, count: usize) -> f64 {
    membership::of_several(scene.single_family, each, count)
}

/// Peer counts behind a bit: for statements.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PeerCounts {
    pub(crate) peers: u64,
    pub(crate) peers_total: u64,
}

/// Least that the cap on a kind's bits comes down to for a large group.
const CAP_BITS_MIN: f64 = 5.0;

/// Most bits that one kind may say of a group of accounts. A group that holds all accounts with some
/// property has them for the asking: what the property tells is how small the group is, and no more.
fn group_bits_max(members: u32, scene: &Scene<'_>) -> f64 {
    let bits_max = scene.kind_bits_max();
    if scene.single_family {
        bits_max
    } else {
        (-prior_bits(members, scene)).clamp(CAP_BITS_MIN, bits_max)
    }
}

/// Bits of the prior: a group's share of all judged accounts.
pub(crate) fn prior_bits(members: u32, scene: &Scene<'_>) -> f64 {
    membership::prior_bits(members, scene.subjects)
}

fn lookup<K: Ord + Copy>(sorted: &[(K, u32)], key: K) -> u32 {
    sorted.binary_search_by_key(&key, |entry| entry.0).map_or(0, |index| sorted[index].1)
}

impl Profile {
    /// All evidence on an account that is no member.
    pub(crate) fn belonging(&self, scene: &Scene<'_>, peers: &Peers, row: u32) -> Belonging {
        let mut evidence = Evidence::default();
        let bits_max = scene.kind_bits_max();
        for (kind, info) in evidence_kinds() {
            let index = usize::from(kind.0);
            let share = self.kinds[index].share;
            if share == 0.0 {
                continue;
            }
            let Some(ratio) = self.ratio(scene, peers, index, row) else { continue };
            let bits = kind_bits(share, ratio, bits_max);
            evidence.add(kind, info, share, bits, || self.sharing(scene, kind, row));
            if counts_repeatedly(info) && bits > BINDING_BITS {
                let ids = scene.shared.columns[index].ids_of(row as usize);
                let each = ids.iter().map(|id| {
                    let ratio = self.ratio_of(scene, peers, index, *id, row);
                    kind_bits(share, ratio, bits_max)
                });
                evidence.add_repeated(kind, info, each);
            }
        }
        evidence.into_belonging(self.prior_bits(scene))
    }

    /// Likelihood ratio of the value of an account that is no member, the mean over several; `None` where
    /// it has none.
    fn ratio(&self, scene: &Scene<'_>, peers: &Peers, index: usize, row: u32) -> Option<f64> {
        let column = &scene.shared.columns[index];
        if !column.has(row as usize) {
            return None;
        }
        let ids = column.ids_of(row as usize);
        let each = ids
            .iter()
            .filter(|id| **id != RARE)
            .map(|id| self.ratio_of(scene, peers, index, *id, row));
        Some(of_several(scene, each, ids.len()))
    }

    /// Likelihood ratio of one of its values.
    fn ratio_of(&self, scene: &Scene<'_>, peers: &Peers, index: usize, id: u32, row: u32) -> f64 {
        let kind = &self.kinds[index];
        let count = f64::from(lookup(&kind.counts, id));
        let within = (count - OUTSIDER_DISCOUNT).max(0.0) / f64::from(kind.known).max(1.0);
        if within == 0.0 {
            return 0.0;
        }
        let stratum = scene.shared.strata[row as usize];
        within / self.peer_share(peers, index, id, stratum)
    }

    fn peer_share(&self, peers: &Peers, index: usize, id: u32, stratum: u16) -> f64 {
        let kind = &self.kinds[index];
        let peer = &peers.kinds[index];
        let view = PeerView {
            in_stratum: peer.counts(id, stratum),
            present: peer.present[usize::from(stratum)],
            total: peer.total(id),
            present_all: peer.present_all,
        };
        let members = match self.background {
            Background::Ungrouped => [0; 4],
            Background::Others => [
                lookup(&kind.by_stratum, (id, stratum)),
                lookup(&kind.known_by_stratum, stratum),
                lookup(&kind.counts, id),
                kind.known,
            ],
        };
        view.share(self.background, members)
    }

    /// Values of a kind that may speak for an account that is no member, with the bits that they may say of
    /// it in any comparison group.
    pub(crate) fn speaking_values(
        &self,
        scene: &Scene<'_>,
        peers: &Peers,
        kind: KindId,
    ) -> Vec<(u32, f64)> {
        let index = usize::from(kind.0);
        let own = &self.kinds[index];
        let peer = &peers.kinds[index];
        if own.share == 0.0 {
            return Vec::new();
        }
        let bits_max = scene.kind_bits_max();
        let most = |(id, count): &(u32, u32)| {
            let (total, all) = (peer.total(*id), peer.present_all);
            let view = PeerView { in_stratum: total, present: all, total, present_all: all };
            let members = [*count, own.known, *count, own.known];
            let within = (f64::from(*count) - OUTSIDER_DISCOUNT) / f64::from(own.known);
            let bits =
                kind_bits(own.share, within / view.share(self.background, members), bits_max);
            (*id, f64::min(bits + STRATUM_BITS, bits_max))
        };
        own.counts.iter().map(most).filter(|value| value.1 > BINDING_BITS).collect()
    }

    /// Bits of the prior: the group's share of all judged accounts.
    pub(crate) fn prior_bits(&self, scene: &Scene<'_>) -> f64 {
        prior_bits(self.members, scene)
    }

    /// Members that have each value of a kind, most first.
    pub(crate) fn values(&self, kind: KindId) -> Vec<(u32, u32)> {
        let mut values = self.kinds[usize::from(kind.0)].counts.clone();
        values.sort_unstable_by_key(|entry| (std::cmp::Reverse(entry.1), entry.0));
        values
    }

    /// Members that have the same value of a kind as an account has; of several values, the commonest.
    pub(crate) fn sharing(&self, scene: &Scene<'_>, kind: KindId, row: u32) -> u32 {
        scene.shared.columns[usize::from(kind.0)]
            .ids_of(row as usize)
            .iter()
            .filter(|id| **id != RARE)
            .map(|id| lookup(&self.kinds[usize::from(kind.0)].counts, *id))
            .max()
            .unwrap_or(0)
    }

    /// Number of members.
    pub(crate) fn members(&self) -> u32 {
        self.members
    }

    /// Members whose value of a kind is known.
    pub(crate) fn known(&self, kind: KindId) -> u32 {
        self.kinds[usize::from(kind.0)].known
    }

    /// How many peers have a value: trusted accounts where there is a history, other accounts otherwise.
    pub(crate) fn peers_with(&self, peers: &Peers, kind: KindId, id: u32) -> PeerCounts {
        let peer = &peers.kinds[usize::from(kind.0)];
        let total = peer.total(id);
        if peer.present_all.trusted > 0 {
            return PeerCounts {
                peers: u64::from(total.trusted),
                peers_total: u64::from(peer.present_all.trusted),
            };
        }
        let own = &self.kinds[usize::from(kind.0)];
        PeerCounts {
            peers: u64::from(total.judged.saturating_sub(lookup(&own.counts, id))),
            peers_total: u64::from(peer.present_all.judged.saturating_sub(own.known)),
        }
    }

    /// Bits by which a value is more frequent among members than among their peers: the mean over the
    /// members that have it.
    pub(crate) fn value_bits(&self, peers: &Peers, kind: KindId, id: u32) -> f64 {
        let index = usize::from(kind.0);
        let own = &self.kinds[index];
        let members = lookup(&own.counts, id);
        if members == 0 {
            return 0.0;
        }
        let within = f64::from(members) / f64::from(own.known);
        let start = own.by_stratum.partition_point(|entry| entry.0.0 < id);
        let sum: f64 = own.by_stratum[start..]
            .iter()
            .take_while(|entry| entry.0.0 == id)
            .map(|((_, stratum), count)| {
                f64::from(*count) * (within / self.peer_share(peers, index, id, *stratum)).log2()
            })
            .sum();
        sum / f64::from(members)
    }
}
