//! Which selectors, and so which accounts, belong together.
//!
//! The graph has selectors for nodes, never accounts: millions of nodes at most, however many
//! accounts there are.

pub mod community;
pub mod disjoint_sets;
pub mod latent_class;
