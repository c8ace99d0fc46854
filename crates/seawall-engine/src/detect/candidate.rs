//! What may be a campaign: a group with all evidence on it.

use std::sync::Arc;

use seawall_core::campaign::{
    findings::{ByReview, Explanation},
    innocence::Facts,
};

use super::{
    peers::Peers,
    profile::{Belonging, Profile},
    score::Score,
};

/// A group with all evidence on it.
pub(crate) struct Candidate {
    pub(crate) nodes: Vec<u32>,
    /// Rows of its members, ascending, with the evidence on each.
    pub(crate) members: Vec<(u32, Belonging)>,
    pub(crate) profile: Profile,
    /// What it was weighed against.
    pub(crate) peers: Arc<Peers>,
    pub(crate) facts: Facts,
    /// Mean bits by kind.
    pub(crate) kind_bits: Vec<f64>,
    pub(crate) explanations: Vec<Explanation>,
    /// Bits against the most favourable innocent explanation.
    pub(crate) bits: f64,
    pub(crate) bits_unexcused: f64,
    /// Its accounts were made and left alone.
    pub(crate) dormant: bool,
    /// The earlier campaign that people say it is.
    pub(crate) called: Option<String>,
    /// What they said.
    pub(crate) reviewed: Vec<ByReview>,
}

impl Candidate {
    /// How strong it is.
    pub(crate) fn score(&self) -> Score {
        (self.bits, self.members.len())
    }
}

/// The strongest first; among equals the largest, then the earliest.
pub(crate) fn order(a: &Candidate, b: &Candidate) -> std::cmp::Ordering {
    b.bits
        .total_cmp(&a.bits)
        .then(b.members.len().cmp(&a.members.len()))
        .then(a.members[0].0.cmp(&b.members[0].0))
}
