//! Which members of a campaign is something done to, and in which order?
//!
//! The order is by lot, and the lot is the action's id: whoever has the id and the members comes to the same order, and
//! nobody who makes accounts can know it before. Stages are pieces of that order, so the first of them is a fair sample
//! of all.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use super::{list::Line, plan::Scope};
use crate::{access::hexadecimal, console::runs::Row};

/// Accounts of an action at most.
pub(in crate::console) const ACCOUNTS_MAX: usize = 1_000_000;

/// The place of an account in the lot of an action.
pub(in crate::console) fn key(action: &str, pseudonym: &str) -> u64 {
    xxh3_64_with_seed(pseudonym.as_bytes(), xxh3_64(action.as_bytes()))
}

/// The accounts of an action, in its order.
#[derive(Debug)]
pub(in crate::console) struct Drawn {
    /// By lot, each with its row.
    pub(in crate::console) lines: Vec<Line>,
    /// Members that the scope has, but that somebody said do not belong.
    pub(in crate::console) left_out: u32,
    /// There are more than an action may have.
    pub(in crate::console) too_many: bool,
}

/// Draws the accounts of an action. `read` hands every member on; `doubted` are pseudonyms of those that do not belong.
pub(in crate::console) fn draw<E>(
    action: &str,
    scope: Scope,
    doubted: &BTreeSet<String>,
    read: impl FnOnce(&mut dyn FnMut(Row)) -> Result<(), E>,
) -> Result<Drawn, E> {
    let (mut lines, mut left_out, mut too_many) = (Vec::new(), 0, false);
    read(&mut |row| {
        if !scope.takes(row.confidence, row.bits) {
            return;
        }
        if doubted.contains(&row.pseudonym) {
            left_out += 1;
            return;
        }
        if lines.len() >= 2 * ACCOUNTS_MAX {
            // Of a sample it is known already who is not in it.
            cut(&mut lines, scope);
            too_many |= lines.len() > ACCOUNTS_MAX;
            lines.truncate(ACCOUNTS_MAX);
        }
        let key = key(action, &row.pseudonym);
        lines.push(Line { row: 0, key, account: row.account, confidence: row.confidence });
    })?;
    cut(&mut lines, scope);
    too_many |= lines.len() > ACCOUNTS_MAX;
    for (row, line) in (0..).zip(&mut lines) {
        line.row = row;
    }
    Ok(Drawn { lines, left_out, too_many })
}

/// Puts lines in order, and leaves of a sample those that it has.
fn cut(lines: &mut Vec<Line>, scope: Scope) {
    // Two of one pseudonym are told apart by their ids.
    lines.sort_by(|left, right| (left.key, &left.account).cmp(&(right.key, &right.account)));
    lines.dedup_by(|left, right| left.account == right.account);
    if let Some(max) = scope.accounts_max() {
        lines.truncate(max as usize);
    }
}

impl Drawn {
    /// People among the accounts of some rows, where each belongs as surely as its row says.
    pub(in crate::console) fn people(&self, rows: std::ops::Range<u32>) -> f64 {
        let own = &self.lines[rows.start as usize..rows.end as usize];
        // Summed in one order, so that it comes to the same.
        own.iter().map(|line| (1.0 - line.confidence).clamp(0.0, 1.0)).sum()
    }

    /// SHA-256 of the list as it is written.
    pub(in crate::console) fn sha256(&self) -> String {
        let mut digest = Sha256::new();
        for line in &self.lines {
            digest.update(line.text().as_bytes());
        }
        hexadecimal(digest.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(index: u32, confidence: f64) -> Row {
        Row {
            account: format!("account-{index}"),
            pseudonym: format!("a-{index:010x}"),
            confidence,
            bits: 10.0,
            prior_bits: 0.0,
            families: Vec::new(),
        }
    }

    fn drawn(action: &str, scope: Scope, backwards: bool) -> Drawn {
        let doubted = BTreeSet::from(["a-0000000007".to_owned()]);
        let mut indices: Vec<u32> = (0..1000).collect();
        if backwards {
            indices.reverse();
        }
        let read = |each: &mut dyn FnMut(Row)| {
            for index in &indices {
                each(row(*index, 0.5 + f64::from(*index) / 2000.0));
            }
            Ok::<(), ()>(())
        };
        draw(action, scope, &doubted, read).expect("read")
    }

    #[test]
    fn an_action_has_one_order_whatever_the_order_of_the_file() {
        let (one, same) = (drawn("act-1", Scope::All, false), drawn("act-1", Scope::All, true));
        assert_eq!(one.sha256(), same.sha256());
        assert_eq!((one.lines.len(), one.left_out), (999, 1));
        assert_ne!(one.sha256(), drawn("act-2", Scope::All, false).sha256());
        let sample = drawn("act-1", Scope::Sample { accounts: 20 }, true);
        assert_eq!(sample.lines, one.lines[..20]);
    }

    #[test]
    fn a_scope_has_those_that_it_says_and_people_are_what_the_probabilities_say() {
        let sure = drawn("act-1", Scope::Confidence { least: 0.9 }, false);
        assert_eq!(sure.lines.len(), 200);
        // 0.9 to 0.9995 in equal steps: a mean of 0.05025 that each is somebody's.
        assert!((sure.people(0..200) - 10.05).abs() < 1e-9, "{}", sure.people(0..200));
    }

    /// The first stage is a sample: it is as sure as all are, within three standard deviations.
    #[test]
    fn the_first_stage_is_like_all() {
        let all = drawn("act-1", Scope::All, false);
        let mean = |rows: std::ops::Range<u32>| {
            let accounts = f64::from(rows.end - rows.start);
            all.people(rows) / accounts
        };
        let deviation = 0.5 / 12_f64.sqrt() / 100_f64.sqrt();
        assert!((mean(0..100) - mean(0..999)).abs() < 3.0 * deviation);
    }
}
