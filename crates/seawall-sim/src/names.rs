//! What are people called, and what do they make of it when a site asks for a name?

mod cultures;
mod domains;
mod styles;

pub(crate) use cultures::Culture;
#[cfg(test)]
pub(crate) use domains::PROVIDERS;
pub(crate) use domains::{Domain, Sector};
pub(crate) use styles::{Digits, Local, PATTERNS, Pattern};

use crate::rng::Zipf;

/// A person's name, as ranks in the lists of a culture.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Name {
    /// Whose lists.
    pub culture: Culture,
    /// Rank of the given name, 0 the commonest.
    pub given: u32,
    /// Rank of the family name, 0 the commonest.
    pub family: u32,
}

/// How common names are.
#[derive(Clone, Debug)]
pub(crate) struct NameRanks {
    /// Ranks of given names.
    pub given: Zipf,
    /// Ranks of family names.
    pub family: Zipf,
}

impl NameRanks {
    /// Of real populations, roughly: hundreds of given names and tens of thousands of family names.
    pub(crate) fn new() -> Self {
        Self { given: Zipf::new(1_200, 0.8), family: Zipf::new(40_000, 0.85) }
    }
}
