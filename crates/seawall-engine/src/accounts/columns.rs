//! All accounts, column by column, in canonical order.

use super::earliest::Dated;
use crate::{
    aside::{Bulky, Stretch},
    bits::Marks,
};

/// What judging asks of accounts, column by column in the order of (first seen, hash of the id), and of all of them.
#[derive(Debug, Default)]
pub struct Accounts {
    /// Hash of each account id; elsewhere while accounts are judged, since an account is a row then.
    pub hashes: Vec<u64>,
    /// Those whose signup is in the input.
    pub(crate) signed_up: Marks,
    /// Those that are trusted by the site's latest word.
    pub(crate) trusted: Marks,
    /// First event, seconds since 1990.
    pub first_seen: Vec<u32>,
    /// Those that logged in or acted, and were still seen a day after their first event.
    pub(crate) came_back: Marks,
    /// Last event of all, seconds since 1990.
    pub last_seen: u32,
    /// Logins and actions of all.
    pub deeds: u64,
    /// Events folded in.
    pub events: u64,
}

/// What else is known of accounts, in the same order: nothing that judging asks for. All columns but the steps have one
/// entry a row.
#[derive(Debug, Default)]
pub struct Details {
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
}

impl Bulky for Details {
    fn bytes(&self) -> u64 {
        let numbers = [&self.last_seen, &self.signup_at, &self.logins, &self.actions];
        let halves: usize = numbers.iter().map(|numbers| numbers.len()).sum();
        let steps = self.steps.len() * size_of::<Dated>();
        (halves * 4 + self.active_days.len() * 8 + steps) as u64
    }

    fn stretches(&mut self) -> Vec<Stretch<'_>> {
        let Self { last_seen, signup_at, logins, actions, active_days, steps } = self;
        vec![
            Stretch::Halves(last_seen),
            Stretch::Halves(signup_at),
            Stretch::Halves(logins),
            Stretch::Halves(actions),
            Stretch::Words(active_days),
            Stretch::Dated(steps),
        ]
    }
}

/// Seconds after its first event from which an account that does something came back.
const DAY_SECONDS: u32 = 86_400;

impl Accounts {
    /// What judging asks for, from that and all else.
    pub(super) fn new(
        hashes: Vec<u64>,
        trusted: Marks,
        first_seen: Vec<u32>,
        details: &Details,
        events: u64,
    ) -> Self {
        let Details { logins, actions, last_seen, signup_at, .. } = details;
        let came_back = |row: &usize| {
            (logins[*row] > 0 || actions[*row] > 0)
                && last_seen[*row] - first_seen[*row] >= DAY_SECONDS
        };
        let rows = hashes.len();
        let marks = |said: &dyn Fn(&usize) -> bool| Marks::new(rows, (0..rows).filter(said));
        Self {
            signed_up: marks(&|row| signup_at[*row] != u32::MAX),
            trusted,
            came_back: marks(&came_back),
            last_seen: last_seen.iter().max().copied().unwrap_or(0),
            deeds: logins.iter().chain(actions).map(|count| u64::from(*count)).sum(),
            hashes,
            first_seen,
            events,
        }
    }

    /// Accounts of which nothing is known but when they signed up, in that order.
    pub(crate) fn signups(seconds: Vec<u32>) -> Self {
        let rows = seconds.len();
        Self {
            signed_up: Marks::new(rows, 0..rows),
            last_seen: seconds.last().copied().unwrap_or(0),
            events: rows as u64,
            first_seen: seconds,
            ..Self::default()
        }
    }

    /// The same of some of them, in the order given; their hashes stay where they are.
    pub(crate) fn of_rows(&self, rows: &[u32]) -> Self {
        Self {
            hashes: Vec::new(),
            signed_up: self.signed_up.of_rows(rows),
            trusted: self.trusted.of_rows(rows),
            first_seen: rows.iter().map(|row| self.first_seen[*row as usize]).collect(),
            came_back: self.came_back.of_rows(rows),
            ..*self
        }
    }

    /// Number of accounts.
    pub fn len(&self) -> usize {
        self.first_seen.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.first_seen.is_empty()
    }
}
