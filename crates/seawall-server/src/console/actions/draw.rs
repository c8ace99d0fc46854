//! Which members of a campaign is something done to, and in which order?
//!
//! The order is by lot, and the lot is the action's id: whoever has the id and the members comes to the same order, and
//! nobody who makes accounts can know it before. Stages are pieces of that order, so the first of them is a fair sample
//! of all. [`draw`] reads every row, for the list that is kept; [`outline`] tells the same of it from the index alone,
//! for a preview.

use std::collections::BTreeSet;

use sha2::{Digest as _, Sha256};
use xxhash_rust::xxh3::{xxh3_64, xxh3_64_with_seed};

use seawall_core::selector::spelled_pseudonym;

use super::{list::Line, plan::Scope};
use crate::{
    access::hexadecimal,
    console::runs::{Member, Row},
};

/// Accounts of an action at most.
pub(in crate::console) const ACCOUNTS_MAX: usize = 1_000_000;

/// Below this probability, membership is doubtful.
const DOUBTFUL: f64 = 0.95;

/// The place of an account in the lot of an action.
pub(in crate::console) fn key(action: &str, pseudonym: &str) -> u64 {
    xxh3_64_with_seed(pseudonym.as_bytes(), seed(action))
}

fn seed(action: &str) -> u64 {
    xxh3_64(action.as_bytes())
}

/// People among accounts, each of which belongs as surely as its row says. What a probability leaves to one is a whole
/// number of 2⁻⁵³, so the sum is exact, and the same in any order.
fn people(confidences: impl Iterator<Item = f64>) -> f64 {
    const OF_ONE: f64 = (1_u64 << 53) as f64;
    let parts = confidences.map(|own| ((1.0 - own).clamp(0.0, 1.0) * OF_ONE) as u128);
    parts.sum::<u128>() as f64 / OF_ONE
}

/// The accounts of an action, in its order.
#[derive(Debug)]
pub(in crate::console) struct Drawn {
    /// By lot, each with its row.
    pub(in crate::console) lines: Vec<Line>,
    /// Members that the scope has, but that somebody said do not belong.
    pub(in crate::console) left_out: u32,
}

/// Draws the accounts of an action. `read` hands every member on; `doubted` are pseudonyms of those that do not belong.
pub(in crate::console) fn draw<E>(
    action: &str,
    scope: Scope,
    doubted: &BTreeSet<String>,
    read: impl FnOnce(&mut dyn FnMut(Row)) -> Result<(), E>,
) -> Result<Drawn, E> {
    let (mut lines, mut left_out) = (Vec::new(), 0);
    read(&mut |row| {
        if !scope.takes(row.confidence, row.bits) {
            return;
        }
        if doubted.contains(&row.pseudonym) {
            left_out += 1;
            return;
        }
        if lines.len() >= 2 * ACCOUNTS_MAX {
            // Of a sample it is known already who is not in it; of others there are more than an action may have.
            cut(&mut lines, scope);
            lines.truncate(ACCOUNTS_MAX);
        }
        let key = key(action, &row.pseudonym);
        lines.push(Line { row: 0, key, account: row.account, confidence: row.confidence });
    })?;
    cut(&mut lines, scope);
    for (row, line) in (0..).zip(&mut lines) {
        line.row = row;
    }
    Ok(Drawn { lines, left_out })
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
        people(own.iter().map(|line| line.confidence))
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

/// An account of an action, without its id.
#[derive(Clone, Copy, Debug)]
struct Lot {
    key: u64,
    /// Its place within the campaign, in the order of the file.
    index: u32,
    confidence: f64,
}

/// What can be told of the accounts of an action without reading their rows.
#[derive(Debug)]
pub(in crate::console) struct Outline {
    lots: Vec<Lot>,
    /// Members that the scope has, but that somebody said do not belong.
    pub(in crate::console) left_out: u32,
    /// There are more than an action may have.
    pub(in crate::console) too_many: bool,
    /// Tells it from any other: SHA-256 over its lots.
    pub(in crate::console) sha256: String,
}

/// Tells what [`draw`] would come to. `account` reads the id of a member: of those alone that share their lot.
pub(in crate::console) fn outline<E>(
    action: &str,
    scope: Scope,
    doubted: &BTreeSet<String>,
    members: impl Iterator<Item = Member>,
    account: &mut dyn FnMut(u32) -> Result<String, E>,
) -> Result<Outline, E> {
    let (mut lots, mut left_out, mut too_many) = (Vec::new(), 0, false);
    let seed = seed(action);
    let doubted: BTreeSet<&[u8]> = doubted.iter().map(String::as_bytes).collect();
    for member in members.filter(|own| scope.takes(own.confidence, own.bits)) {
        let pseudonym = spelled_pseudonym(member.hash);
        if !doubted.is_empty() && doubted.contains(&pseudonym[..]) {
            left_out += 1;
            continue;
        }
        if lots.len() >= 2 * ACCOUNTS_MAX {
            cut_lots(&mut lots, scope, account)?;
            too_many |= lots.len() > ACCOUNTS_MAX;
            lots.truncate(ACCOUNTS_MAX);
        }
        let key = xxh3_64_with_seed(&pseudonym, seed);
        lots.push(Lot { key, index: member.index, confidence: member.confidence });
    }
    cut_lots(&mut lots, scope, account)?;
    too_many |= lots.len() > ACCOUNTS_MAX;
    let mut digest = Sha256::new();
    for lot in &lots {
        digest.update(lot.key.to_le_bytes());
        digest.update(lot.confidence.to_le_bytes());
    }
    let sha256 = hexadecimal(digest.finalize().into());
    Ok(Outline { lots, left_out, too_many, sha256 })
}

/// Puts lots in order as [`cut`] does lines.
fn cut_lots<E>(
    lots: &mut Vec<Lot>,
    scope: Scope,
    account: &mut dyn FnMut(u32) -> Result<String, E>,
) -> Result<(), E> {
    lots.sort_unstable_by_key(|lot| (lot.key, lot.index));
    if lots.windows(2).any(|two| two[0].key == two[1].key) {
        let mut told_apart = Vec::with_capacity(lots.len());
        for tied in lots.chunk_by(|left, right| left.key == right.key) {
            if let [one] = tied {
                told_apart.push(*one);
                continue;
            }
            let named: Result<Vec<_>, E> =
                tied.iter().map(|lot| Ok((account(lot.index)?, *lot))).collect();
            let mut named = named?;
            // Stable: of one account twice, the row that stands first is kept.
            named.sort_by(|left, right| left.0.cmp(&right.0));
            named.dedup_by(|left, right| left.0 == right.0);
            told_apart.extend(named.into_iter().map(|(_, lot)| lot));
        }
        *lots = told_apart;
    }
    if let Some(max) = scope.accounts_max() {
        lots.truncate(max as usize);
    }
    Ok(())
}

impl Outline {
    /// How many accounts it has.
    pub(in crate::console) fn accounts(&self) -> u32 {
        self.lots.len() as u32
    }

    /// As [`Drawn::people`].
    pub(in crate::console) fn people(&self, rows: std::ops::Range<u32>) -> f64 {
        let own = &self.lots[rows.start as usize..rows.end as usize];
        people(own.iter().map(|lot| lot.confidence))
    }

    /// How many belong with a probability below 0.95.
    pub(in crate::console) fn doubtful(&self) -> u64 {
        self.lots.iter().filter(|lot| lot.confidence < DOUBTFUL).count() as u64
    }

    /// The first of the order, by their places within the campaign.
    pub(in crate::console) fn first(&self, accounts: usize) -> impl Iterator<Item = u32> {
        self.lots.iter().take(accounts).map(|lot| lot.index)
    }
}

#[cfg(test)]
mod tests {
    use seawall_core::selector::pseudonym;

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

    /// What a preview tells from the index is what reading all rows gives, also where two share their pseudonym and where a
    /// row stands twice.
    #[test]
    fn an_outline_tells_what_reading_every_row_gives() {
        let hash = |index: u32| match index {
            // Two that have one pseudonym; the last one of all stands there twice.
            11 => (u64::from(10_u32) << 40) + 5,
            999 => u64::from(998_u32) << 40,
            _ => u64::from(index) << 40,
        };
        let once = |index: u32| if index == 999 { 998 } else { index };
        let account = |index: u32| format!("account-{}", 2000 - once(index));
        let confidence = |index: u32| f64::from(index * 997 % 1_000_000) / 1e6;
        let bits = |index: u32| f64::from(index) / 1e3;
        let doubted: BTreeSet<String> = [3, 7, 500].map(|own| pseudonym(hash(own))).into();
        let scopes = [
            Scope::All,
            Scope::Confidence { least: confidence(420) },
            Scope::Bits { least: 0.3 },
            Scope::Sample { accounts: 20 },
            Scope::Sample { accounts: 5000 },
        ];
        for (scope, action) in scopes.into_iter().zip(["act-1", "act-2", "act-3", "act-4", "act-5"])
        {
            let rows = |each: &mut dyn FnMut(Row)| {
                (0..1000).for_each(|index| {
                    each(Row {
                        account: account(index),
                        pseudonym: pseudonym(hash(index)),
                        confidence: confidence(index),
                        bits: bits(index),
                        prior_bits: 0.0,
                        families: Vec::new(),
                    });
                });
                Ok::<(), ()>(())
            };
            let drawn = draw(action, scope, &doubted, rows).expect("read");
            let members = (0..1000).map(|index| Member {
                index,
                hash: hash(index),
                confidence: confidence(index),
                bits: bits(index),
            });
            let mut read = 0;
            let outlined = outline(action, scope, &doubted, members, &mut |index| {
                read += 1;
                Ok::<_, ()>(account(index))
            });
            let outlined = outlined.expect("read");
            let accounts: Vec<String> =
                outlined.lots.iter().map(|lot| account(lot.index)).collect();
            let lines: Vec<&str> = drawn.lines.iter().map(|line| line.account.as_str()).collect();
            assert_eq!(accounts, lines, "{scope:?}");
            assert_eq!(outlined.left_out, drawn.left_out);
            assert!(read <= 4, "{read} rows were read");
            let all = outlined.accounts();
            for (from, to) in [(0, all / 100), (all / 100, all / 10), (0, all)] {
                let (told, read) = (outlined.people(from..to), drawn.people(from..to));
                assert_eq!(told.to_bits(), read.to_bits(), "{scope:?}");
                let own = &drawn.lines[from as usize..to as usize];
                let summed: f64 = own.iter().map(|line| 1.0 - line.confidence).sum();
                assert!((told - summed).abs() < 1e-9);
            }
            let doubtful = drawn.lines.iter().filter(|line| line.confidence < 0.95).count();
            assert_eq!(outlined.doubtful(), doubtful as u64);
            let first: Vec<String> = outlined.first(20).map(account).collect();
            assert_eq!(first, lines[..20]);
        }
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
