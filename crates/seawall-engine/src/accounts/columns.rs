//! All accounts, column by column, in canonical order.

use super::earliest::Dated;

/// Facts about an account.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Its signup is in the input.
    pub signup: bool,
    /// The site's latest word is that it is trusted.
    pub trusted: bool,
}

/// Accounts in the order of (first seen, hash of the id). All columns have one entry a row.
#[derive(Debug, Default)]
pub struct Accounts {
    /// Hash of each account id.
    pub hashes: Vec<u64>,
    /// Facts.
    pub flags: Vec<Flags>,
    /// First event, seconds since 1990.
    pub first_seen: Vec<u32>,
    /// Last event, seconds since 1990.
    pub last_seen: Vec<u32>,
    /// Signup, seconds since 1990, `u32::MAX` where the input has none.
    pub signup_at: Vec<u32>,
    /// Logins.
    pub logins: Vec<u32>,
    /// Actions.
    pub actions: Vec<u32>,
    /// Days with a login or action, one bit each, modulo 64.
    pub active_days: Vec<u64>,
    /// Earliest logins and actions.
    pub(crate) steps: Vec<Dated>,
    /// Events folded in.
    pub events: u64,
}

impl Accounts {
    /// Number of accounts.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }
}
