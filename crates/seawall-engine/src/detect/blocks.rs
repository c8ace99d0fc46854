//! Is a group one body, or several that have nothing telling in common?
//!
//! Organisations that each have a mail domain and machines of their own look like one operation with
//! pools of both, if some popular thing holds them together. But an operation's pools mix: its domains
//! occur on each other's machines. Organisations' do not.

use seawall_core::{cluster::disjoint_sets::DisjointSets, selector::Role};

use super::{peers::Peers, profile::Profile, scene::Scene};
use crate::count::{RARE, evidence_kinds};

/// Bits from which a value connects those that have it.
pub(crate) const TELLING_BITS: f64 = 3.0;
/// Members that must have it.
const MEMBERS_MIN: u32 = 3;

/// Parts the rows of a group by what connects them; rows stay ascending, and parts are in order of
/// their first row.
pub(crate) fn blocks(
    scene: &Scene<'_>,
    peers: &Peers,
    profile: &Profile,
    rows: &[u32],
) -> Vec<Vec<u32>> {
    let mut connected = DisjointSets::new(rows.len());
    for (kind, _) in evidence_kinds().filter(|(_, info)| info.role == Role::Link) {
        // The first account with each telling value.
        let mut telling: Vec<(u32, u32)> = profile
            .values(kind)
            .into_iter()
            .filter(|(id, members)| {
                *members >= MEMBERS_MIN && profile.value_bits(peers, kind, *id) >= TELLING_BITS
            })
            .map(|(id, _)| (id, u32::MAX))
            .collect();
        telling.sort_unstable();
        if telling.is_empty() {
            continue;
        }
        for (account, row) in rows.iter().enumerate() {
            let ids = scene.shared.columns[usize::from(kind.0)].ids_of(*row as usize);
            for id in ids.iter().filter(|id| **id != RARE) {
                let Ok(at) = telling.binary_search_by_key(id, |entry| entry.0) else { continue };
                if telling[at].1 == u32::MAX {
                    telling[at].1 = account as u32;
                } else {
                    connected.join(telling[at].1, account as u32);
                }
            }
        }
    }
    let mut blocks: Vec<Vec<u32>> = Vec::new();
    let mut number = vec![u32::MAX; rows.len()];
    for account in 0..rows.len() as u32 {
        let root = connected.first_of(account) as usize;
        if number[root] == u32::MAX {
            number[root] = blocks.len() as u32;
            blocks.push(Vec::new());
        }
        blocks[number[root] as usize].push(rows[account as usize]);
    }
    blocks
}
