//! What has to be kept of provisional campaigns, and what of it is taken back?

use super::{
    Node, Pair, Provisional,
    room::{NODES_MAX, PAIRS_MAX},
};
use crate::selector::registry::KINDS;

impl Provisional {
    /// All nodes, in their order.
    pub(in crate::decision) fn kept_nodes(&self) -> impl Iterator<Item = Node> {
        self.nodes.iter().cloned()
    }

    /// All pairs, ascending.
    pub(in crate::decision) fn kept_pairs(&self) -> impl Iterator<Item = (u32, u32, Pair)> {
        let pairs = self.pairs.iter().map(|((a, b), pair)| (*a, *b, *pair));
        let mut pairs: Vec<(u32, u32, Pair)> = pairs.collect();
        pairs.sort_unstable_by_key(|(a, b, _)| (*a, *b));
        pairs.into_iter()
    }

    /// Puts a node back, behind those that are there; `false` where it cannot have been.
    pub(in crate::decision) fn put_node(&mut self, node: Node) -> bool {
        let number = self.nodes.len() as u32;
        // A node is above those that came after it, so every way up ends.
        let is_sound = self.nodes.len() < NODES_MAX
            && node.parent <= number
            && usize::from(node.kind.0) < KINDS.len()
            && self.by_value.insert(node.value, number).is_none();
        if is_sound {
            self.nodes.push(node);
        }
        is_sound
    }

    /// Puts a pair back whose nodes are there; `false` where it cannot have been.
    pub(in crate::decision) fn put_pair(&mut self, a: u32, b: u32, pair: Pair) -> bool {
        let is_sound = self.pairs.len() < PAIRS_MAX && a < b && (b as usize) < self.nodes.len();
        is_sound && self.pairs.insert((a, b), pair).is_none()
    }

    /// Says whether a campaign has doubled since it was reviewed.
    pub(in crate::decision) const fn set_due(&mut self, is_due: bool) {
        self.due = is_due;
    }
}
