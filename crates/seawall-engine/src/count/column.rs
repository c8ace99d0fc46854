//! The values of one kind: which accounts share which.
//!
//! A column is read millions of times in any order, and there are dozens of them, so it takes as little memory as it
//! can: a number of just enough bits for each account, or, where most accounts share nothing, marks of those that do and
//! numbers for them alone.

use std::{ops::Range, sync::Arc};

use super::group::{ABSENT, Grouped, RARE};
use crate::{
    aside::{Bulky, Stretch},
    bits::{Marks, Packed, Ranked, width},
};

/// Accounts that are looked up at once.
const ROWS_AT_ONCE: usize = 128;

/// Says of an account that it is not among others.
pub(crate) const NOWHERE: u32 = u32::MAX;

/// The shared values of one kind.
#[derive(Clone, Debug, Default)]
pub struct Column {
    ids: Ids,
    /// Hash of each shared value, ascending.
    pub hashes: Arc<[u64]>,
    /// Accounts that have each shared value; where this is a column of some of the accounts, still of all.
    pub counts: Arc<[u32]>,
    /// Accounts that have any value of this kind.
    pub present: u64,
}

/// What each account has.
#[derive(Clone, Debug, Default)]
pub(crate) enum Ids {
    /// Nothing, whoever it is.
    #[default]
    None,
    /// That is elsewhere, and nobody may ask.
    Away,
    /// For each account 0 where it has nothing, 1 for a value of its own, else one more than the id.
    Dense { rows: usize, codes: Packed },
    /// Ids of those that share.
    Sparse { rows: usize, has: Has, shares: Ranked, ids: Packed },
    /// Several values an account.
    Many { rows: usize, has: Marks, shares: Ranked, starts: Vec<u32>, ids: Vec<u32> },
}

/// Which accounts have a value, where few share one.
#[derive(Clone, Debug)]
pub(crate) enum Has {
    Sharing,
    All,
    Some(Marks),
}

/// Ids of an account's values; [`RARE`] stands for a value of its own.
#[derive(Clone, Copy, Debug)]
pub enum IdsOf<'a> {
    /// No value.
    None,
    /// One.
    One(u32),
    /// Shared ones of several.
    Many(&'a [u32]),
}

impl std::ops::Deref for IdsOf<'_> {
    type Target = [u32];

    fn deref(&self) -> &[u32] {
        match self {
            Self::None => &[],
            Self::One(id) => std::slice::from_ref(id),
            Self::Many(ids) => ids,
        }
    }
}

impl Column {
    /// A column of one value an account.
    pub(crate) fn single(grouped: Grouped) -> Self {
        let Grouped { ids, hashes, counts, present } = grouped;
        let shared = counts.iter().map(|count| u64::from(*count)).sum();
        let ids = Ids::layout(&ids, hashes.len() as u32, [present, shared]);
        Self { ids, hashes: hashes.into(), counts: counts.into(), present }
    }

    /// A column of several values an account, of which there are `rows`: for each that has any, in order of row, its
    /// shared ids, ascending.
    pub(crate) fn many<'i>(
        rows: usize,
        of_rows: impl Iterator<Item = (u32, IdsOf<'i>)>,
        hashes: Vec<u64>,
        counts: Vec<u32>,
    ) -> Self {
        let (mut has, mut shares) = (Vec::new(), Vec::new());
        let (mut starts, mut ids) = (vec![0], Vec::new());
        for (row, own) in of_rows {
            has.push(row);
            if !own.is_empty() {
                shares.push(row);
                ids.extend_from_slice(&own);
                starts.push(ids.len() as u32);
            }
        }
        let present = has.len() as u64;
        let has = Marks::new(rows, has.into_iter().map(|row| row as usize));
        let shares = Ranked::new(rows, shares.into_iter().map(|row| row as usize));
        let ids = Ids::Many { rows, has, shares, starts, ids };
        Self { ids, hashes: hashes.into(), counts: counts.into(), present }
    }

    /// Takes out what each account has, and leaves what is known of the values.
    pub(crate) fn take_ids(&mut self) -> Ids {
        std::mem::replace(&mut self.ids, Ids::Away)
    }

    /// The same values with what each account has.
    pub(crate) fn with_ids(&self, ids: Ids) -> Self {
        let (hashes, counts) = (Arc::clone(&self.hashes), Arc::clone(&self.counts));
        Self { ids, hashes, counts, present: self.present }
    }

    /// Whether what each account has is elsewhere.
    pub(crate) fn is_away(&self) -> bool {
        matches!(self.ids, Ids::Away)
    }

    /// Whether an account may have several values.
    pub fn is_many(&self) -> bool {
        match self.ids {
            Ids::Away => away(),
            Ids::Many { .. } => true,
            Ids::None | Ids::Dense { .. } | Ids::Sparse { .. } => false,
        }
    }

    /// The id of an account's value where it has one at most: [`ABSENT`], [`RARE`] or an id.
    #[inline]
    pub fn id_of(&self, row: usize) -> u32 {
        match &self.ids {
            Ids::Dense { codes, .. } => id_of_code(codes.get(row)),
            Ids::Sparse { has, shares, ids, .. } => {
                // All is looked up, whatever comes of it: to wait for one look before the next costs more.
                let (shared, rank) = shares.look(row);
                let own = match has {
                    Has::Sharing => false,
                    Has::All => true,
                    Has::Some(marks) => marks.has(row),
                };
                let chosen = 0_u32.wrapping_sub(u32::from(shared));
                let lone = RARE * u32::from(own);
                ids.get(rank) & chosen | lone & !chosen
            }
            Ids::None | Ids::Many { .. } => ABSENT,
            Ids::Away => away(),
        }
    }

    /// The ids of an account's values: none, one or several. [`RARE`] stands for a value of its own.
    #[inline]
    pub fn ids_of(&self, row: usize) -> IdsOf<'_> {
        match &self.ids {
            Ids::Many { shares, starts, ids, .. } => match shares.look(row) {
                (true, at) => IdsOf::Many(&ids[starts[at] as usize..starts[at + 1] as usize]),
                _ => IdsOf::None,
            },
            _ => match self.id_of(row) {
                ABSENT => IdsOf::None,
                id => IdsOf::One(id),
            },
        }
    }

    /// Adds the first of each account's ids: [`ABSENT`], [`RARE`] or an id.
    pub(crate) fn first_ids(&self, rows: &[u32], ids: &mut Vec<u32>) {
        ids.reserve(rows.len());
        for rows in rows.chunks(ROWS_AT_ONCE) {
            // What says where an id is comes first for all of them, so that the misses of the cache overlap.
            if let Ids::Sparse { shares, .. } = &self.ids {
                let rank = |row: &u32| shares.look(*row as usize).1;
                std::hint::black_box(rows.iter().map(rank).fold(0, usize::max));
            }
            if self.is_many() {
                let first = |row: &u32| self.ids_of(*row as usize).first().copied();
                ids.extend(rows.iter().map(|row| first(row).unwrap_or(ABSENT)));
            } else {
                ids.extend(rows.iter().map(|row| self.id_of(*row as usize)));
            }
        }
    }

    /// Whether the account has a value of this kind, shared or not.
    pub fn has(&self, row: usize) -> bool {
        match &self.ids {
            Ids::Many { has, .. } => has.has(row),
            _ => self.id_of(row) != ABSENT,
        }
    }

    /// Calls back with each (row, id) of a shared value, in order of row.
    pub fn for_each_shared(&self, each: impl FnMut(u32, u32)) {
        self.for_each_shared_among(0..self.ids.rows(), each);
    }

    /// The same for some rows.
    pub(crate) fn for_each_shared_among(
        &self,
        among: Range<usize>,
        mut each: impl FnMut(u32, u32),
    ) {
        match &self.ids {
            Ids::None => {}
            Ids::Away => away(),
            Ids::Dense { codes, .. } => {
                for row in among {
                    let code = codes.get(row);
                    if code > 1 {
                        each(row as u32, code - 1);
                    }
                }
            }
            Ids::Sparse { shares, ids, .. } => {
                for (row, at) in shares.rows(among) {
                    each(row as u32, ids.get(at));
                }
            }
            Ids::Many { shares, starts, ids, .. } => {
                for (row, at) in shares.rows(among) {
                    for id in &ids[starts[at] as usize..starts[at + 1] as usize] {
                        each(row as u32, *id);
                    }
                }
            }
        }
    }

    /// Calls back with the row of each account that has no value, in order of row.
    pub fn for_each_absent(&self, each: impl FnMut(usize)) {
        match &self.ids {
            Ids::None | Ids::Sparse { has: Has::All, .. } => {}
            Ids::Away => away(),
            Ids::Dense { rows, codes } => {
                (0..*rows).filter(|row| codes.get(*row) == 0).for_each(each);
            }
            Ids::Sparse { rows, has: Has::Sharing, shares, .. } => {
                shares.others(*rows).for_each(each);
            }
            Ids::Sparse { rows, has: Has::Some(has), .. } | Ids::Many { rows, has, .. } => {
                has.others(*rows).for_each(each);
            }
        }
    }

    /// The same values of `count` accounts in another order: `places` says which each account is then, [`NOWHERE`] if it
    /// is none of them.
    pub(crate) fn placed(&self, places: &[u32], count: usize) -> Self {
        if self.is_many() {
            let mut source = vec![NOWHERE; count];
            for (from, place) in (0_u32..).zip(places).filter(|(_, place)| **place != NOWHERE) {
                source[*place as usize] = from;
            }
            let with = (0_u32..).zip(source).filter(|(_, from)| self.has(*from as usize));
            let of_rows = with.map(|(row, from)| (row, self.ids_of(from as usize)));
            let moved = Self::many(count, of_rows, Vec::new(), Vec::new());
            return Self { present: moved.present, ..self.with_ids(moved.ids) };
        }
        let ids = self.placed_ids(places, count);
        let with = |those: fn(&u32) -> bool| ids.iter().filter(|id| those(id)).count() as u64;
        let (present, shared) = (with(|id| *id != ABSENT), with(|id| *id != ABSENT && *id != RARE));
        let ids = Ids::layout(&ids, self.hashes.len() as u32, [present, shared]);
        Self { present, ..self.with_ids(ids) }
    }

    /// Only those of its values that are marked, by id, and that some accounts have, some `count` times in all: the id of
    /// each is one more than its rank then.
    pub(crate) fn narrowed(&self, accounts: &Marks, values: &Ranked, count: usize) -> Self {
        let narrow = |row: usize, id: u32| {
            let (wanted, rank) = values.look(id as usize);
            (wanted && accounts.has(row)).then_some(rank as u32 + 1)
        };
        let (rows, most) = (self.ids.rows(), values.count());
        let ids = match &self.ids {
            Ids::None => Ids::None,
            Ids::Away => away(),
            Ids::Dense { codes, .. } => {
                let codes = (0..rows).map(|row| (row, codes.get(row)));
                let shared = codes.filter(|(_, code)| *code > 1);
                let sharing = shared.filter_map(|(row, code)| Some((row, narrow(row, code - 1)?)));
                Ids::sparse(rows, [most, count as u32], sharing)
            }
            Ids::Sparse { shares, ids, .. } => {
                let shared = shares.rows(0..rows).map(|(row, at)| (row, ids.get(at)));
                let sharing = shared.filter_map(|(row, id)| Some((row, narrow(row, id)?)));
                Ids::sparse(rows, [most, count as u32], sharing)
            }
            Ids::Many { shares, starts, ids, .. } => {
                let (mut kept, mut of_rows) = (Vec::new(), Vec::new());
                for (row, at) in shares.rows(0..rows) {
                    let own = &ids[starts[at] as usize..starts[at + 1] as usize];
                    let start = kept.len();
                    kept.extend(own.iter().filter_map(|id| narrow(row, *id)));
                    of_rows.extend((start < kept.len()).then_some((row as u32, start..kept.len())));
                }
                let of_rows = of_rows.into_iter().map(|(row, own)| (row, IdsOf::Many(&kept[own])));
                Self::many(rows, of_rows, Vec::new(), Vec::new()).ids
            }
        };
        Self { ids, ..Self::default() }
    }

    /// The id of each account in that order, where it has one at most. Account by account in the order they have now:
    /// to write all over the place waits for nothing, to read does.
    fn placed_ids(&self, places: &[u32], count: usize) -> Vec<u32> {
        let lone = if let Ids::Sparse { has: Has::All, .. } = &self.ids { RARE } else { ABSENT };
        let mut ids = vec![lone; count];
        let mut put = |row: usize, id: u32| {
            if let Some(own) = ids.get_mut(places[row] as usize) {
                *own = id;
            }
        };
        match &self.ids {
            Ids::Dense { rows, codes } => {
                (0..*rows).for_each(|row| put(row, id_of_code(codes.get(row))));
            }
            Ids::Sparse { has, .. } => {
                if let Has::Some(has) = has {
                    has.rows().for_each(|row| put(row, RARE));
                }
                self.for_each_shared(|row, id| put(row as usize, id));
            }
            Ids::None | Ids::Many { .. } => {}
            Ids::Away => away(),
        }
        ids
    }
}

/// Whoever asks a column must have it brought first: nothing that it could say would be true.
#[cold]
fn away() -> ! {
    unreachable!("a column is brought before it is asked")
}

/// What a code of a dense layout stands for.
#[inline]
fn id_of_code(code: u32) -> u32 {
    match code {
        0 => ABSENT,
        1 => RARE,
        code => code - 1,
    }
}

impl Bulky for Ids {
    fn bytes(&self) -> u64 {
        let bytes = match self {
            Self::None | Self::Away => 0,
            Self::Dense { codes, .. } => codes.parts().1.len() * 8,
            Self::Sparse { has, shares, ids, .. } => {
                let has = if let Has::Some(has) = has { has.words().len() } else { 0 };
                (has + shares.words().len() + ids.parts().1.len()) * 8
            }
            Self::Many { has, shares, starts, ids, .. } => {
                (has.words().len() + shares.words().len()) * 8 + (starts.len() + ids.len()) * 4
            }
        };
        bytes as u64
    }

    fn stretches(&mut self) -> Vec<Stretch<'_>> {
        match self {
            Self::None | Self::Away => Vec::new(),
            Self::Dense { codes, .. } => vec![Stretch::Words(codes.words_mut())],
            Self::Sparse { has, shares, ids, .. } => {
                let has = if let Has::Some(has) = has { Some(has.words_mut()) } else { None };
                let words = has.into_iter().chain([shares.words_mut(), ids.words_mut()]);
                words.map(Stretch::Words).collect()
            }
            Self::Many { has, shares, starts, ids, .. } => vec![
                Stretch::Words(has.words_mut()),
                Stretch::Words(shares.words_mut()),
                Stretch::Halves(starts),
                Stretch::Halves(ids),
            ],
        }
    }
}

impl Ids {
    /// The smallest layout of one id an account, none of which is above `most`. It follows from how many accounts have a
    /// value, and how many a shared one.
    fn layout(of_rows: &[u32], most: u32, [present, shared]: [u64; 2]) -> Self {
        if present == 0 {
            return Self::None;
        }
        let rows = of_rows.len();
        let all = rows as u64;
        let has_bits = if present == shared || present == all { 0 } else { all };
        // Counts take as much as the marks that they are of.
        let sparse_bits = has_bits + 2 * all + shared * u64::from(width(most));
        if sparse_bits >= all * u64::from(width(most + 1)) {
            let code = |id: &u32| match *id {
                ABSENT => 0,
                RARE => 1,
                id => id + 1,
            };
            let codes = Packed::new(rows, most + 1, of_rows.iter().map(code));
            return Self::Dense { rows, codes };
        }
        let with = |those: fn(u32) -> bool| (0..rows).filter(move |row| those(of_rows[*row]));
        let is_shared = |id: u32| id != ABSENT && id != RARE;
        let has = if present == shared {
            Has::Sharing
        } else if present == all {
            Has::All
        } else {
            Has::Some(Marks::new(rows, with(|id| id != ABSENT)))
        };
        let shares = Ranked::new(rows, with(is_shared));
        let ids = of_rows.iter().copied().filter(|id| is_shared(*id));
        let ids = Packed::new(shared as usize, most, ids);
        Self::Sparse { rows, has, shares, ids }
    }

    /// Of those that share alone, some `count` rows, each with its id, none of which is above `most`.
    fn sparse(
        rows: usize,
        [most, count]: [u32; 2],
        sharing: impl Iterator<Item = (usize, u32)>,
    ) -> Self {
        let mut marks = Marks::new(rows, std::iter::empty());
        let sharing = sharing.map(|(row, id)| {
            marks.mark(row);
            id
        });
        let ids = Packed::new(count as usize, most, sharing);
        Self::Sparse { rows, has: Has::Sharing, shares: Ranked::new(rows, marks.rows()), ids }
    }

    fn rows(&self) -> usize {
        match self {
            Self::None => 0,
            Self::Away => away(),
            Self::Dense { rows, .. } | Self::Sparse { rows, .. } | Self::Many { rows, .. } => *rows,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::count::group;
    use proptest::prelude::*;

    /// Values of accounts: few, many, and hardly any; each with none, some or all accounts that have none.
    fn values() -> impl Strategy<Value = Vec<u64>> {
        (1_u64..400, 0_u64..3, 1_usize..300).prop_flat_map(|(most, absent, rows)| {
            proptest::collection::vec((0..most, 0..3_u64), rows).prop_map(move |drawn| {
                let value = |(value, chance): (u64, u64)| if chance < absent { 0 } else { value };
                drawn.into_iter().map(value).collect::<Vec<u64>>()
            })
        })
    }

    fn several() -> impl Strategy<Value = Vec<Vec<u32>>> {
        let of_one = proptest::collection::btree_set(1_u32..6, 0..3);
        proptest::collection::vec(of_one.prop_map(|ids| ids.into_iter().collect()), 1..300)
    }

    /// A column of either sort, with how many rows each has.
    fn both(values: &[u64], several: &[Vec<u32>]) -> [(Column, usize); 2] {
        let of_rows = (0..).zip(several).filter(|(row, ids)| row % 5 == 0 || !ids.is_empty());
        let of_rows = of_rows.map(|(row, ids)| (row, IdsOf::Many(ids.as_slice())));
        let many = Column::many(several.len(), of_rows, vec![1, 2, 3, 4, 5], vec![3; 5]);
        [(Column::single(group(values)), values.len()), (many, several.len())]
    }

    proptest! {
        #[test]
        fn rows_in_order_are_as_any_row(
            values in values(),
            several in several(),
            ends in [0_usize..300, 0..300],
        ) {
            for (column, rows) in both(&values, &several) {
                let [start, end] = ends.map(|end| end.min(rows));
                let mut found = Vec::new();
                column.for_each_shared_among(start..end, |row, id| found.push((row, id)));
                let of_row = |row: usize| {
                    let ids = column.ids_of(row);
                    let shared = ids.iter().filter(|id| **id != RARE);
                    shared.map(|id| (row as u32, *id)).collect::<Vec<_>>()
                };
                prop_assert_eq!(found, (start..end).flat_map(of_row).collect::<Vec<_>>());
                let mut absent = Vec::new();
                column.for_each_absent(|row| absent.push(row));
                let none = column.present == 0;
                let without: Vec<usize> = (0..rows).filter(|row| !none && !column.has(*row)).collect();
                prop_assert_eq!(absent, without);
            }
        }

        #[test]
        fn of_some_values_there_is_who_has_them(
            values in values(),
            several in several(),
            keys in proptest::collection::vec(0_u32..1 << 20, 400),
        ) {
            for (column, rows) in both(&values, &several) {
                let accounts = Marks::new(rows, (0..rows).filter(|row| keys[*row] % 4 > 0));
                let chosen: Vec<usize> =
                    (1..=column.hashes.len()).filter(|id| keys[*id] % 3 > 0).collect();
                let marked = Ranked::new(column.hashes.len() + 1, chosen.iter().copied());
                let (mut found, mut wanted) = (Vec::new(), Vec::new());
                column.narrowed(&accounts, &marked, rows).for_each_shared(|row, id| {
                    found.push((row, chosen[id as usize - 1] as u32));
                });
                column.for_each_shared(|row, id| {
                    if accounts.has(row as usize) && chosen.contains(&(id as usize)) {
                        wanted.push((row, id));
                    }
                });
                prop_assert_eq!(found, wanted);
            }
        }

        #[test]
        fn some_rows_in_another_order_have_what_they_had(
            values in values(),
            several in several(),
            keys in proptest::collection::vec(0_u32..1 << 20, 300),
        ) {
            for (column, rows) in both(&values, &several) {
                let mut source: Vec<usize> = (0..rows).filter(|row| keys[*row] % 3 > 0).collect();
                source.sort_by_key(|row| keys[*row]);
                let mut places = vec![NOWHERE; rows];
                for (place, from) in source.iter().enumerate() {
                    places[*from] = place as u32;
                }
                let placed = column.placed(&places, source.len());
                for (place, from) in source.iter().enumerate() {
                    prop_assert_eq!(&*placed.ids_of(place), &*column.ids_of(*from));
                    prop_assert_eq!(placed.has(place), column.has(*from));
                }
                let with = source.iter().filter(|from| column.has(**from)).count();
                prop_assert_eq!(placed.present, with as u64);
                prop_assert_eq!(&placed.hashes, &column.hashes);
            }
        }
    }
}
