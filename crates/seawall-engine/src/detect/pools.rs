//! Which small groups are pieces of one operation?
//!
//! An operation that rents few accounts to each of its devices, or spreads them over months, falls into
//! groups each of which chance could explain. What its pieces have in common (a template and a mail
//! provider, say) is too usual to be hot by itself; together it is not. Pieces that agree in two
//! families beside what makes each of them a group are weighed together.

use std::collections::BTreeMap;

use seawall_core::{
    cluster::latent_class::SPLIT_RATIO,
    selector::{Family, KindId, Role},
};

use super::{
    groups::{self, Group},
    in_parallel,
    peers::{Background, Peers},
    profile::{Gathered, Round},
    scene::Scene,
};
use crate::count::evidence_kinds;

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
    let mut holders: BTreeMap<(Sign, Sign), Vec<usize>> = BTreeMap::new();
    for (index, signature) in signatures.iter().enumerate() {
        for (position, first) in signature.iter().enumerate() {
            for second in signature[position + 1..].iter().filter(|sign| sign.0 != first.0) {
                holders.entry((*first, *second)).or_default().push(index);
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

/// Values that most accounts of a group have and few of their peers, ascending.
fn signature(scene: &Scene<'_>, peers: &Peers, rows: &[u32]) -> Vec<Sign> {
    let gathered = Gathered::new(scene, peers, rows.to_vec());
    let accounts = (0..rows.len() as u32).collect();
    let round = Round::new(scene, &gathered, accounts, Background::Others);
    let kind_bits = round.kind_bits();
    let profile = round.into_profile();
    let mut signature = Vec::new();
    for (kind, info) in evidence_kinds().filter(|(_, info)| info.role == Role::Link) {
        if kind_bits[usize::from(kind.0)] < SIGNATURE_BITS {
            continue;
        }
        let values = profile.values(kind);
        if let Some((id, members)) = values.first()
            && f64::from(*members) >= SIGNATURE_SHARE * rows.len() as f64
        {
            signature.push((info.family, kind, *id));
        }
    }
    signature.sort_unstable();
    signature
}

/// Groups while they are being united.
struct Pooled {
    groups: Vec<Group>,
    into: Vec<usize>,
    /// Accounts that two groups had when they were last compared.
    compared: BTreeMap<(usize, usize), usize>,
}

impl Pooled {
    fn new(groups: Vec<Group>) -> Self {
        let into = (0..groups.len()).collect();
        Self { groups, into, compared: BTreeMap::new() }
    }

    fn resolve(&self, mut index: usize) -> usize {
        while self.into[index] != index {
            index = self.into[index];
        }
        index
    }

    fn unite_if_alike(&mut self, scene: &Scene<'_>, first: usize, second: usize) {
        let (first, second) = (self.resolve(first), self.resolve(second));
        let (a, b) = (first.min(second), first.max(second));
        let size = self.groups[a].rows.len() + self.groups[b].rows.len();
        if a == b || self.compared.insert((a, b), size) == Some(size) {
            return;
        }
        if groups::ratio(scene, &self.groups[a].rows, &self.groups[b].rows) < SPLIT_RATIO {
            let other = std::mem::take(&mut self.groups[b]);
            self.groups[a].absorb(other);
            self.into[b] = a;
        }
    }

    fn into_groups(self) -> Vec<Group> {
        let mut groups = self.groups;
        groups.retain(|group| !group.rows.is_empty());
        groups.sort_by_key(|group| (group.rows[0], group.nodes[0]));
        groups
    }
}
