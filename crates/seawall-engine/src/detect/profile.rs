//! How strongly does each account belong to a group?
//!
//! For each kind: how often the group has each value, how often comparable peers do, and what share of
//! the group follows. An account's bits in a family are those of its best kind.

use seawall_core::{
    campaign::{
        evidence::{BINDING_BITS, KNOWN_MIN, kind_bits, mixing_share, peer_share},
        findings::FAMILIES,
    },
    selector::{Family, KindId, Role},
};

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
    /// Members with each id, ascending by id.
    counts: Vec<(u32, u32)>,
    /// Members with each (id, stratum), ascending.
    by_stratum: Vec<((u32, u16), u32)>,
    /// Bits of a member with each entry of `by_stratum`; empty for kinds with many values an account.
    member_bits: Vec<f64>,
    /// Bits of a member whose value no other member has.
    unshared_bits: f64,
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
    /// Binding families with enough bits.
    pub(crate) binding: u8,
    /// Most members that share one of its binding values: few where it is a household's.
    pub(crate) widest: u32,
    /// It lacks what nearly every member has: see [`CONTRADICTION_BITS`].
    pub(crate) contradicts: bool,
}

/// Bits at or below which an account contradicts the group in a binding family.
const CONTRADICTION_BITS: f64 = -3.9;

/// How a value is counted for an account.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It is one of the members: leave it out.
    Member,
    /// It is not: a little discount for the chance of having been missed.
    Outsider,
}

/// Peer counts behind a bit: for statements.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PeerCounts {
    pub(crate) peers: u64,
    pub(crate) peers_total: u64,
}

fn lookup<K: Ord + Copy>(sorted: &[(K, u32)], key: K) -> u32 {
    sorted.binary_search_by_key(&key, |entry| entry.0).map_or(0, |index| sorted[index].1)
}

impl Profile {
    /// Profiles the given rows.
    pub(crate) fn new(
        scene: &Scene<'_>,
        peers: &Peers,
        rows: &[u32],
        background: Background,
    ) -> Self {
        let mut profile = Self {
            kinds: vec![KindProfile::default(); scene.shared.columns.len()],
            members: rows.len() as u32,
            background,
        };
        for (kind, _) in evidence_kinds() {
            let index = usize::from(kind.0);
            profile.kinds[index] = KindProfile::count(scene, index, rows);
            profile.settle(scene, peers, index, rows);
        }
        profile
    }

    /// Finds the mixing share of a kind, and the bits that follow from it.
    fn settle(&mut self, scene: &Scene<'_>, peers: &Peers, index: usize, rows: &[u32]) {
        let kind = &self.kinds[index];
        let known = kind.known as usize;
        if known < KNOWN_MIN {
            return;
        }
        let single = scene.shared.columns[index].offsets.is_empty();
        let ratios: Vec<(f64, u32)> = if single {
            let others = f64::from(kind.known) - 1.0;
            kind.by_stratum
                .iter()
                .map(|((id, stratum), members)| {
                    let within = (f64::from(lookup(&kind.counts, *id)) - 1.0) / others;
                    let ratio = if within > 0.0 {
                        within / self.peer_share(peers, index, *id, *stratum)
                    } else {
                        0.0
                    };
                    (ratio, *members)
                })
                .collect()
        } else {
            rows.iter()
                .filter_map(|row| self.ratio(scene, peers, index, *row, Standing::Member))
                .map(|ratio| (ratio, 1))
                .collect()
        };
        let share = mixing_share(&ratios, known);
        let kind = &mut self.kinds[index];
        kind.share = share;
        kind.unshared_bits = kind_bits(share, 0.0, scene.kind_bits_max());
        if single {
            kind.member_bits = ratios
                .iter()
                .map(|ratio| kind_bits(share, ratio.0, scene.kind_bits_max()))
                .collect();
        }
    }

    /// Bits of an account in one kind; `None` where it has no value.
    fn bits_of(
        &self,
        scene: &Scene<'_>,
        peers: &Peers,
        index: usize,
        row: u32,
        standing: Standing,
    ) -> Option<f64> {
        let kind = &self.kinds[index];
        let column = &scene.shared.columns[index];
        if standing == Standing::Outsider || !column.offsets.is_empty() {
            let ratio = self.ratio(scene, peers, index, row, standing)?;
            return Some(kind_bits(kind.share, ratio, scene.kind_bits_max()));
        }
        match *column.ids.get(row as usize)? {
            crate::count::ABSENT => None,
            RARE => Some(kind.unshared_bits),
            id => {
                let key = (id, scene.shared.strata[row as usize]);
                let at = kind.by_stratum.binary_search_by_key(&key, |entry| entry.0);
                Some(at.map_or(kind.unshared_bits, |at| kind.member_bits[at]))
            }
        }
    }

    /// Likelihood ratio of an account's value; `None` where it has none.
    fn ratio(
        &self,
        scene: &Scene<'_>,
        peers: &Peers,
        index: usize,
        row: u32,
        standing: Standing,
    ) -> Option<f64> {
        let kind = &self.kinds[index];
        let column = &scene.shared.columns[index];
        if !column.has(row as usize) {
            return None;
        }
        // Of several values, the one that most members have.
        let best = column
            .ids_of(row as usize)
            .iter()
            .filter(|id| **id != RARE)
            .map(|id| (lookup(&kind.counts, *id), std::cmp::Reverse(*id)))
            .max();
        let (count, id) = best.map_or((0, 0), |(count, id)| (count, id.0));
        let (discount, known) = match standing {
            Standing::Member => (1.0, f64::from(kind.known) - 1.0),
            Standing::Outsider => (0.3, f64::from(kind.known)),
        };
        let within = (f64::from(count) - discount).max(0.0) / known.max(1.0);
        if within == 0.0 {
            return Some(0.0);
        }
        let stratum = scene.shared.strata[row as usize];
        Some(within / self.peer_share(peers, index, id, stratum))
    }

    /// Share of comparable peers with a value: the larger of what the history and what the other
    /// accounts of the input say.
    fn peer_share(&self, peers: &Peers, index: usize, id: u32, stratum: u16) -> f64 {
        let kind = &self.kinds[index];
        let peer = &peers.kinds[index];
        let slot = peer.slot(id);
        let in_stratum = slot
            .and_then(|slot| {
                let strata = &peer.strata[slot];
                strata.binary_search_by_key(&stratum, |entry| entry.0).ok().map(|at| strata[at])
            })
            .map_or(Counts::default(), |entry| entry.1);
        let total = slot.map_or(Counts::default(), |slot| peer.totals[slot]);
        let present = peer.present[usize::from(stratum)];
        let current = match self.background {
            Background::Ungrouped => {
                let left = |counts: Counts| f64::from(counts.judged.saturating_sub(counts.grouped));
                peer_share(left(in_stratum), left(present), left(total), left(peer.present_all))
            }
            Background::Others => peer_share(
                f64::from(in_stratum.judged) - f64::from(lookup(&kind.by_stratum, (id, stratum))),
                f64::from(present.judged) - f64::from(lookup(&kind.known_by_stratum, stratum)),
                f64::from(total.judged) - f64::from(lookup(&kind.counts, id)),
                f64::from(peer.present_all.judged) - f64::from(kind.known),
            ),
        };
        if peer.present_all.trusted == 0 {
            return current;
        }
        let trusted = peer_share(
            f64::from(in_stratum.trusted),
            f64::from(present.trusted),
            f64::from(total.trusted),
            f64::from(peer.present_all.trusted),
        );
        current.max(trusted)
    }

    /// All evidence on one account.
    pub(crate) fn belonging(
        &self,
        scene: &Scene<'_>,
        peers: &Peers,
        row: u32,
        standing: Standing,
    ) -> Belonging {
        let mut belonging = Belonging::default();
        let mut positive = [0.0_f64; 11];
        let mut negative = [0.0_f64; 11];
        let mut binding = [0.0_f64; 11];
        let mut opposing = [0.0_f64; 11];
        for (kind, info) in evidence_kinds() {
            let index = usize::from(kind.0);
            if self.kinds[index].share == 0.0 {
                continue;
            }
            let Some(bits) = self.bits_of(scene, peers, index, row, standing) else { continue };
            let family = info.family as usize;
            if bits > positive[family] {
                positive[family] = bits;
                belonging.family_kinds[family] = kind.0;
            }
            negative[family] = negative[family].min(bits);
            if info.role == Role::Link {
                binding[family] = binding[family].max(bits);
                opposing[family] = opposing[family].min(bits);
                if bits > BINDING_BITS {
                    belonging.widest = belonging.widest.max(self.sharing(scene, kind, row));
                }
            }
        }
        let mut sum = self.prior_bits(scene);
        for family in 0..FAMILIES.len() {
            let bits = if positive[family] > 0.0 { positive[family] } else { negative[family] };
            belonging.family_bits[family] = bits as f32;
            belonging.binding += u8::from(binding[family] > BINDING_BITS);
            // What accounts do varies by itself; what they are made with does not.
            belonging.contradicts |= FAMILIES[family] != Family::Action
                && binding[family] <= 0.0
                && opposing[family] <= CONTRADICTION_BITS;
            sum += bits;
        }
        belonging.bits = sum as f32;
        belonging
    }

    /// Bits of the prior: the group's share of all judged accounts.
    pub(crate) fn prior_bits(&self, scene: &Scene<'_>) -> f64 {
        (f64::from(self.members.max(1)) / f64::from(scene.subjects.max(1))).log2()
    }

    /// Mean bits of each kind over the members that have it, times the share of members that do.
    pub(crate) fn kind_bits(&self, scene: &Scene<'_>, peers: &Peers, rows: &[u32]) -> Vec<f64> {
        (0..self.kinds.len())
            .map(|index| {
                if self.kinds[index].share == 0.0 {
                    return 0.0;
                }
                let sum: f64 = rows
                    .iter()
                    .filter_map(|row| self.bits_of(scene, peers, index, *row, Standing::Member))
                    .sum();
                sum / rows.len() as f64
            })
            .collect()
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

    /// Members whose value of a kind is known.
    pub(crate) fn known(&self, kind: KindId) -> u32 {
        self.kinds[usize::from(kind.0)].known
    }

    /// How many peers have a value: trusted accounts where there is a history, other accounts otherwise.
    pub(crate) fn peers_with(&self, peers: &Peers, kind: KindId, id: u32) -> PeerCounts {
        let peer = &peers.kinds[usize::from(kind.0)];
        let total = peer.slot(id).map_or(Counts::default(), |slot| peer.totals[slot]);
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

    /// Bits by which a value is more frequent among members than among all peers.
    pub(crate) fn value_bits(&self, peers: &Peers, kind: KindId, id: u32, stratum: u16) -> f64 {
        let own = &self.kinds[usize::from(kind.0)];
        let within = f64::from(lookup(&own.counts, id)) / f64::from(own.known.max(1));
        (within / self.peer_share(peers, usize::from(kind.0), id, stratum)).log2()
    }
}

impl KindProfile {
    fn count(scene: &Scene<'_>, index: usize, rows: &[u32]) -> Self {
        let column = &scene.shared.columns[index];
        let mut values: Vec<(u32, u16)> = Vec::with_capacity(rows.len());
        let mut strata: Vec<u16> = Vec::with_capacity(rows.len());
        let mut known = 0;
        for row in rows {
            if !column.has(*row as usize) {
                continue;
            }
            known += 1;
            let stratum = scene.shared.strata[*row as usize];
            strata.push(stratum);
            for id in column.ids_of(*row as usize).iter().filter(|id| **id != RARE) {
                values.push((*id, stratum));
            }
        }
        values.sort_unstable();
        strata.sort_unstable();
        Self {
            known,
            counts: values
                .chunk_by(|a, b| a.0 == b.0)
                .map(|chunk| (chunk[0].0, chunk.len() as u32))
                .collect(),
            by_stratum: values
                .chunk_by(|a, b| a == b)
                .map(|chunk| (chunk[0], chunk.len() as u32))
                .collect(),
            known_by_stratum: strata
                .chunk_by(|a, b| a == b)
                .map(|chunk| (chunk[0], chunk.len() as u32))
                .collect(),
            ..Self::default()
        }
    }
}
