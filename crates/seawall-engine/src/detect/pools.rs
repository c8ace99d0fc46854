//! Which small groups are pieces of one operation?
//!
//! An operation that rents few accounts to each of its devices, or spreads them over months, falls into
//! groups each of which chance could explain. What its pieces have in common (a template and a mail
//! provider, say) is too usual to be hot by itself; together it is not. Pieces that agree in two
//! families beside what makes each of them a group are weighed together.

use std::collections::BTreeMap;

use seawall_core::{
    cluster::{disjoint_sets::DisjointSets, latent_class::SPLIT_RATIO},
    selector::{Family, KindId, Role},
};

use super::{
    groups::Group,
    growing::{Compared, Growing},
    in_parallel,
    peers::{Background, Peers},
    profile::{Gathered, Round},
    sample::Samples,
    scene::Scene,
};
use crate::count::{ABSENT, RARE, evidence_kinds};

/// Accounts up to which a group may be a piece.
const PIECE_MAX: usize = 300;
/// Share of a piece's accounts that must have a value for it to be part of the piece's signature.
const SIGNATURE_SHARE: f64 = 0.6;
/// Bits by which it must tell them from their peers.
const SIGNATURE_BITS: f64 = 2.0;
/// Pieces that are compared with each other for one pair of values.
const COMPARED_MAX: usize = 64;

/// A value that most of a piece's accounts have.
type Sign = (Family, KindId, u32);

/// Replaces pieces of one operation by one group each.
pub(crate) fn pool(scene: &Scene<'_>, peers: &Peers, groups: Vec<Group>) -> Vec<Group> {
    let signatures = in_parallel(scene.threads, groups.len(), |index| {
        let rows = &groups[index].rows;
        if rows.len() > PIECE_MAX { Vec::new() } else { signature(scene, peers, rows) }
    });
    let mut holders: BTreeMap<(Sign, Sign), Vec<u32>> = BTreeMap::new();
    for (index, signature) in signatures.iter().enumerate() {
        for (position, first) in signature.iter().enumerate() {
            for second in signature[position + 1..].iter().filter(|sign| sign.0 != first.0) {
                holders.entry((*first, *second)).or_default().push(index as u32);
            }
        }
    }
    let mut pooled = Pooled::new(groups);
    for holders in holders.values() {
        for (position, first) in holders.iter().enumerate() {
            for second in holders.iter().skip(position + 1).take(COMPARED_MAX) {
                pooled.unite_if_alike(scene, *first, *second);
            }
        }
    }
    pooled.into_groups()
}

/// Values that most accounts of a group have and few of their peers, ascending; none unless there are two
/// in different families, since pieces are compared for pairs of them.
fn signature(scene: &Scene<'_>, peers: &Peers, rows: &[u32]) -> Vec<Sign> {
    let mut common = common_values(scene, rows);
    let several_families = |signs: &[Sign]| signs.iter().any(|sign| sign.0 != signs[0].0);
    if !several_families(&common) {
        return Vec::new();
    }
    let gathered = Gathered::binding(scene, peers, rows.to_vec());
    let accounts = (0..rows.len() as u32).collect();
    let round = Round::new(scene, &gathered, accounts, Background::Others);
    let kind_bits = round.kind_bits();
    common.retain(|(_, kind, _)| kind_bits[usize::from(kind.0)] >= SIGNATURE_BITS);
    common.sort_unstable();
    common
}

/// The binding values that most accounts of a group have, one of each kind.
fn common_values(scene: &Scene<'_>, rows: &[u32]) -> Vec<Sign> {
    let least = SIGNATURE_SHARE * rows.len() as f64;
    let mut common = Vec::new();
    let mut ids: Vec<u32> = Vec::new();
    for (kind, info) in evidence_kinds().filter(|(_, info)| info.role == Role::Link) {
        let column = &scene.shared.columns[usize::from(kind.0)];
        ids.clear();
        if column.is_many() {
            for row in rows {
                ids.extend(column.ids_of(*row as usize).iter());
            }
        } else {
            column.first_ids(rows, &mut ids);
        }
        ids.retain(|id| *id != RARE && *id != ABSENT);
        if (ids.len() as f64) < least {
            continue;
        }
        ids.sort_unstable();
        let widest = ids
            .chunk_by(|a, b| a == b)
            .max_by_key(|chunk| (chunk.len(), std::cmp::Reverse(chunk[0])));
        if let Some(chunk) = widest
            && chunk.len() as f64 >= least
        {
            common.push((info.family, kind, chunk[0]));
        }
    }
    common
}

/// Groups while they are being united.
struct Pooled {
    groups: Vec<Growing>,
    united: DisjointSets,
    compared: Compared,
    samples: Samples,
}

impl Pooled {
    fn new(groups: Vec<Group>) -> Self {
        let united = DisjointSets::new(groups.len());
        let groups = groups.into_iter().map(Growing::from).collect();
        Self { groups, united, compared: Compared::default(), samples: Samples::default() }
    }

    fn unite_if_alike(&mut self, scene: &Scene<'_>, first: u32, second: u32) {
        let (first, second) = (self.united.first_of(first), self.united.first_of(second));
        let (a, b) = (first.min(second), first.max(second));
        let Ok([own, others]) = self.groups.get_disjoint_mut([a as usize, b as usize]) else {
            return;
        };
        if !self.compared.is_due((a, b), own.accounts() + others.accounts()) {
            return;
        }
        let [sample, other] = self.samples.of(scene, [(a, &mut *own), (b, &mut *others)]);
        if !sample.is_split(other, SPLIT_RATIO) {
            self.samples.forget(b);
            own.absorb(std::mem::take(others));
            self.united.join(a, b);
        }
    }

    fn into_groups(self) -> Vec<Group> {
        let mut groups: Vec<Group> = self.groups.into_iter().map(Growing::into_group).collect();
        groups.retain(|group| !group.rows.is_empty());
        groups.sort_by_key(|group| (group.rows[0], group.nodes[0]));
        groups
    }
}
