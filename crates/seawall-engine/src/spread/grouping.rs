//! How is a column grouped in parts?
//!
//! A part has all rows whose hashes begin with the same bits, so that equal hashes are in one part, and the order of the
//! parts is that of the hashes: who groups a part needs nothing of the others, and numbers go on from part to part.

use super::Flaw;
use crate::count::{ABSENT, Grouped, RARE, SHARED_MIN, group};

/// The part that a hash belongs to, by so many leading bits; at most 31.
pub const fn part_of(hash: u64, bits: u32) -> u32 {
    (hash >> 33 >> (31 - bits)) as u32
}

/// What was found in a part.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Which one.
    pub part: u32,
    /// Rows in it.
    pub rows: u64,
    /// For each row whose value enough rows share, the number of the value above and the row below. Values are numbered
    /// from 1 in the order of their hashes.
    pub shared: Vec<u64>,
}

/// Finds the rows of a part that share values: hashes, none of them 0, and the row of each. In the order of the numbers.
pub fn shared_rows(hashes: &[u64], rows: &[u32]) -> Vec<u64> {
    let ids = group(hashes).ids.into_iter();
    let shared = ids.zip(rows).filter(|(id, _)| *id != RARE && *id != ABSENT);
    let mut shared: Vec<u64> =
        shared.map(|(id, row)| u64::from(id) << 32 | u64::from(*row)).collect();
    shared.sort_unstable();
    shared
}

/// Puts together what was found in the parts of a column, cut by so many bits; in any order.
pub fn join(values: &[u64], bits: u32, mut parts: Vec<Part>) -> Result<Grouped, Flaw> {
    parts.sort_unstable_by_key(|part| part.part);
    let present = values.iter().filter(|value| **value != 0).count() as u64;
    let found = parts.iter().map(|part| part.rows).sum();
    if found != present || parts.windows(2).any(|two| two[0].part == two[1].part) {
        return Err(Flaw::Rows { expected: present, found });
    }
    let ids = values.iter().map(|value| if *value == 0 { ABSENT } else { RARE }).collect();
    let mut grouped = Grouped { ids, present, ..Grouped::default() };
    for part in &mut parts {
        part.shared.sort_unstable();
        take(values, bits, part, &mut grouped)?;
    }
    Ok(grouped)
}

/// Numbers the values of a part from the next one up.
fn take(values: &[u64], bits: u32, part: &Part, grouped: &mut Grouped) -> Result<(), Flaw> {
    for (own, number) in part.shared.chunk_by(|a, b| a >> 32 == b >> 32).zip(1_u64..) {
        let first = values.get(own[0] as u32 as usize).ok_or(Flaw::Foreign)?;
        let in_order = grouped.hashes.last().is_none_or(|last| last < first);
        let fits = own[0] >> 32 == number && part_of(*first, bits) == part.part && in_order;
        if !fits || own.len() < SHARED_MIN as usize {
            return Err(Flaw::Foreign);
        }
        grouped.hashes.push(*first);
        grouped.counts.push(own.len() as u32);
        for row in own.iter().map(|shared| *shared as u32 as usize) {
            if values.get(row) != Some(first) || grouped.ids[row] != RARE {
                return Err(Flaw::Foreign);
            }
            grouped.ids[row] = grouped.hashes.len() as u32;
        }
    }
    Ok(())
}
