//! Which accounts are one operation's, and how sure that is.

pub mod bursts;
pub mod evidence;
pub mod findings;
pub mod groups;
pub mod innocence;
pub mod lineage;
pub mod membership;
pub mod organisations;
pub mod review;
