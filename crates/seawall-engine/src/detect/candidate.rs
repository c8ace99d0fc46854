//! What may be a campaign: a group with all evidence on it.

use std::sync::Arc;

use seawall_core::campaign::{
    findings::{ByReview, Explanation},
    innocence::Facts,
};

use super::{
    groups::Group,
    peers::Peers,
    profile::{Belonging, Profile},
};

/// How strong a candidate is: its bits, and how many members it has.
pub(crate) type Score = (f64, usize);

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
    /// Rows of its members, ascending.
    pub(crate) fn rows(&self) -> Vec<u32> {
        self.members.iter().map(|member| member.0).collect()
    }

    /// The same, where `row_of` says which row each of its rows is among all.
    pub(crate) fn among_all(mut self, row_of: &[u32]) -> Self {
        for (row, _) in &mut self.members {
            *row = row_of[*row as usize];
        }
        self.members.sort_unstable_by_key(|member| member.0);
        self
    }

    /// Its selectors and its members, without the evidence.
    pub(crate) fn into_group(self) -> Group {
        Group { rows: self.rows(), nodes: self.nodes }
    }

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
