//! How strongly does each account belong to a group?
//!
//! For each kind: how often the group has each value, how often comparable peers do, and what share of
//! the group follows. An account's bits in a family are those of its best kind.

mod gathered;
mod round;

use seawall_core::{
    campaign::{
        evidence::{BINDING_BITS, kind_bits, peer_share},
        findings::FAMILIES,
    },
    selector::{Family, Kind, KindId, Role},
};

pub(crate) use self::{gathered::Gathered, round::Round};
use super::{
    peers::{Background, Counts, Peers},
    scene::Scene,
};
use crate::count::{RARE, evidence_kinds};

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

/// One account's evidence.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Belonging {
    /// Bits by family, in the order of [`FAMILIES`].
    pub(crate) family_bits: [f32; 11],
    /// Kind behind each family's bits.
    pub(crate) family_kinds: [u8; 11],
    /// Prior and families.
    pub(crate) bits: f32,
    /// Families that bind it, one bit each, and [`REPEATED`].
    pub(crate) binding: u16,
    /// Most members that share one of its binding values: few where it is a household's.
    pub(crate) widest: u32,
    /// It lacks what nearly every member has: see [`CONTRADICTION_BITS`].
    pub(crate) contradicts: bool,
}

/// Bits at or below which an account contradicts the group in a binding family, unless it shares something
/// else there ([`lack`]), or acted with the group time and again.
const CONTRADICTION_BITS: f64 = -3.9;
/// Discount on a value's count among members for an account that is none: it may have been missed for
/// good reason.
const OUTSIDER_DISCOUNT: f64 = 0.3;

/// One likelihood ratio from those of an account's values, of which there are `count`. One of many agrees
/// more easily than a single one does, and many that agree say more: the mean. Where accounts are seen
/// dealing with each other and nothing else, the one that agrees best must do.
fn of_several(scene: &Scene<'_>, each: impl Iterator<Item = f64>, count: usize) -> f64 {
    if scene.single_family {
        each.fold(0.0, f64::max)
    } else {
        each.sum::<f64>() / count.max(1) as f64
    }
}

/// Set of families with the one member that stands for actions together with the group, time and again:
/// no family, but no single coincidence either.
pub(crate) const REPEATED: u16 = 1 << 15;
/// Actions at the same time as other members that are more than one coincidence.
pub(crate) const REPEATED_MIN: usize = 4;

/// Whether an account's values of a kind, taken together, are more than one coincidence.
pub(crate) fn counts_repeatedly(info: &Kind) -> bool {
    info.name == "lockstep"
}

/// Bits by which a value may bind more strongly within a comparison group than over all.
const STRATUM_BITS: f64 = 1.0;

/// Peer counts behind a bit: for statements.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PeerCounts {
    pub(crate) peers: u64,
    pub(crate) peers_total: u64,
}

/// How often peers have a value.
#[derive(Clone, Copy, Debug)]
struct PeerView {
    /// Of the account's comparison group, with the value.
    in_stratum: Counts,
    /// Of the account's comparison group, with any value of the kind.
    present: Counts,
    /// With the value.
    total: Counts,
    /// With any value of the kind.
    present_all: Counts,
}

impl PeerView {
    /// Share of comparable peers with the value: the larger of what the history and what the other
    /// accounts of the input say. `members` are the group's own, in the order of the fields.
    fn share(&self, background: Background, members: [u32; 4]) -> f64 {
        let counts = [self.in_stratum, self.present, self.total, self.present_all];
        let of = |count: fn(&Counts) -> u32| counts.map(|counts| f64::from(count(&counts)));
        let [value, total, value_all, total_all] = match background {
            Background::Ungrouped => of(|counts| counts.judged.saturating_sub(counts.grouped)),
            Background::Others => {
                let judged = of(|counts| counts.judged);
                std::array::from_fn(|index| judged[index] - f64::from(members[index]))
            }
        };
        let current = peer_share(value, total, value_all, total_all);
        if self.present_all.trusted == 0 {
            return current;
        }
        let [value, total, value_all, total_all] = of(|counts| counts.trusted);
        current.max(peer_share(value, total, value_all, total_all))
    }
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
fn prior_bits(members: u32, scene: &Scene<'_>) -> f64 {
    (f64::from(members.max(1)) / f64::from(scene.subjects.max(1))).log2()
}

/// The kinds of one account, added up.
#[derive(Default)]
struct Evidence {
    belonging: Belonging,
    positive: [f64; 11],
    negative: [f64; 11],
    binding: [f64; 11],
    opposing: [f64; 11],
}

impl Evidence {
    /// `share`: of members that follow the group in this kind; `sharing`: members that share the account's
    /// value.
    fn add(
        &mut self,
        kind: KindId,
        info: &Kind,
        share: f64,
        bits: f64,
        sharing: impl FnOnce() -> u32,
    ) {
        let family = info.family as usize;
        if bits > self.positive[family] {
            self.positive[family] = bits;
            self.belonging.family_kinds[family] = kind.0;
        }
        self.negative[family] = self.negative[family].min(bits);
        if info.role == Role::Link {
            self.binding[family] = self.binding[family].max(bits);
            // In a group that is all alike, a lack says more than the least bits of a kind.
            let lacks = bits <= CONTRADICTION_BITS;
            let against = if lacks { (1.0 - share).log2().min(bits) } else { bits };
            self.opposing[family] = self.opposing[family].min(against);
            if bits > BINDING_BITS {
                self.belonging.widest = self.belonging.widest.max(sharing());
            }
        }
    }

    /// Several values of a kind, each a coincidence of its own: their bits add up.
    fn add_repeated(
        &mut self,
        kind: KindId,
        info: &Kind,
        each: impl Iterator<Item = f64>,
        bits_max: f64,
    ) {
        let (count, sum) = each
            .filter(|bits| *bits > BINDING_BITS)
            .fold((0, 0.0), |(count, sum), bits| (count + 1, sum + bits));
        if count >= REPEATED_MIN {
            self.add(kind, info, 0.0, f64::min(sum, bits_max), || 0);
            self.belonging.binding |= REPEATED;
        }
    }

    fn into_belonging(mut self, prior_bits: f64) -> Belonging {
        let mut sum = prior_bits;
        let repeated = self.belonging.binding & REPEATED != 0;
        for (family, name) in FAMILIES.iter().enumerate() {
            let positive = self.positive[family];
            let lack = if repeated { 0.0 } else { lack(*name, self.opposing[family]) };
            let bits = if positive > 0.0 { positive + lack } else { self.negative[family] };
            self.belonging.family_bits[family] = bits as f32;
            self.belonging.binding |= u16::from(self.binding[family] > BINDING_BITS) << family;
            // What accounts do varies by itself; what they are made with does not.
            self.belonging.contradicts |= *name != Family::Action
                && !repeated
                && self.opposing[family] <= CONTRADICTION_BITS
                && self.binding[family] + lack <= 0.0;
            sum += bits;
        }
        self.belonging.bits = sum as f32;
        self.belonging
    }
}

/// What an account lacks in a family is taken from what it shares there: with devices, where one value
/// hardly ever stands for another. Names and addresses of one operation vary, and any will do.
fn lack(family: Family, opposing_bits: f64) -> f64 {
    if family == Family::Device && opposing_bits <= CONTRADICTION_BITS {
        opposing_bits
    } else {
        0.0
    }
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
                evidence.add_repeated(kind, info, each, bits_max);
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

#[cfg(test)]
mod tests {
    use super::*;

    /// What an account belongs by that lacks the fingerprint all others have, and shares their user agent.
    fn without_the_fingerprint(share: f64, shared_bits: f64) -> Belonging {
        let mut evidence = Evidence::default();
        let mut add = |name: &str, share: f64, bits: f64| {
            let kind = KindId::from_name(name).expect("a kind");
            evidence.add(kind, kind.kind(), share, bits, || 100);
        };
        add("ja4", share, kind_bits(share, 0.0, 12.0));
        add("user_agent", 0.9, shared_bits);
        evidence.into_belonging(0.0)
    }

    #[test]
    fn a_lacking_device_is_taken_from_what_is_shared() {
        let belonging = without_the_fingerprint(0.95, 7.0);
        assert!(!belonging.contradicts);
        assert!((f64::from(belonging.bits) - (7.0 + 0.05_f64.log2())).abs() < 0.01);
    }

    #[test]
    fn the_more_alike_a_group_the_more_a_lack_tells() {
        assert!(without_the_fingerprint(0.995, 7.0).contradicts);
        assert!(!without_the_fingerprint(0.995, 9.0).contradicts);
    }
}
