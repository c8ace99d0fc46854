//! What is answered at once: allow, challenge or block, and why?
//!
//! A decision is a function of four things: the [`snapshot`] of the latest detection, the [`policy`], the account model
//! where there is one ([`scored`] asks it about [`features`]), and the [`record::Inputs`], which are what was seen of the
//! account up to that moment. The inputs come from [`live`], which
//! folds events in their order: [`counter`]s of selectors, [`burst`]s of them, [`provisional`] campaigns with a `review` of them, and what is
//! known of each account. Whoever has these gets the same decision, bit for bit.

use serde::{Deserialize, Serialize};

pub mod snapshot;
pub mod exposed;
mod membership;
pub mod counter;
pub mod burst;
pub mod provisional;
pub mod known;
mod review;
pub mod record;
pub mod grounds;
pub mod features;
pub mod scored;
pub mod reason;
pub mod policy;
pub mod live;
#[cfg(test)]
mod tests;

/// What an account is told. From the mildest to the strictest.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// Let it pass.
    #[default]
    Allow,
    /// Put a test to it.
    Challenge,
    /// Turn it away.
    Block,
}

impl Answer {
    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Challenge => "challenge",
            Self::Block => "block",
        }
    }
}
