//! Which groups are there, and what has been measured of each so far? Exact, and within a stated amount of memory.
//!
//! What it comes to does not depend on the order in which rows are taken in, and neither does whether it fits.

use std::{cmp::Ordering, hash::BuildHasher as _};

use hashbrown::{DefaultHashBuilder, HashSet, HashTable};

use super::{
    distinct::Distinct,
    error::Error,
    model::Of,
    plan::{Plan, Taken},
    run::Limits,
    texts::{ENTRY_BYTES, Texts},
};
use crate::dataset::{
    cells::{Cell, Cells},
    manifest::ValueType,
};

/// A value in 64 bits: an integer, a time, a boolean, or the number under which a text is known.
type Word = i64;

/// The share of the memory in which texts may wait until they are told apart: one in so many.
const WAITING_SHARE: u64 = 8;

/// The groups, and the state of each measure in each.
#[derive(Debug)]
pub(super) struct Groups<'a> {
    measures: Vec<Taken<'a>>,
    /// Slots of the columns to group by.
    key_slots: Vec<usize>,
    limits: Limits,
    /// The values that make each group, group after group.
    keys: Vec<Option<Word>>,
    /// Number of each group, by the values that make it.
    numbers: HashTable<u32>,
    hasher: DefaultHashBuilder,
    groups: usize,
    /// States of each measure, by group.
    states: Vec<Vec<State>>,
    texts: Texts,
    /// What each measure has told apart.
    seen: Vec<Seen>,
    bytes: u64,
    /// Of the batch at hand: the group of each row, and the number of the text that is looked at.
    of_rows: Vec<u32>,
    numbers_of_rows: Vec<Option<u32>>,
}

/// What a measure has come to.
#[derive(Debug, Clone)]
pub(super) enum State {
    Count(u64),
    Sum(Option<i128>),
    /// The least or greatest so far, of text its own copy, and the bytes of the longest text that might have been it.
    Least(Option<Extreme>, usize),
    Greatest(Option<Extreme>, usize),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extreme {
    Integer(i64),
    Time(i64),
    Text(Vec<u8>),
}

/// Values that were told apart.
#[derive(Debug)]
enum Seen {
    Texts(Distinct),
    /// All other values, with their group.
    Words(HashSet<(u32, Word)>),
}

impl Seen {
    fn new(measure: &Taken<'_>, limits: Limits) -> Self {
        match measure.column {
            Some((_, ValueType::Text)) if measure.of == Of::CountDistinct => {
                let waiting_bytes = limits.memory_bytes / WAITING_SHARE;
                Self::Texts(Distinct::new(usize::try_from(waiting_bytes).unwrap_or(usize::MAX)))
            }
            _ => Self::Words(HashSet::new()),
        }
    }
}

impl<'a> Groups<'a> {
    pub(super) fn new(plan: &Plan<'a>, limits: Limits) -> Self {
        let measures = plan.measures.clone();
        let mut groups = Self {
            key_slots: plan.group_by.iter().map(|key| key.slot).collect(),
            limits,
            keys: Vec::new(),
            numbers: HashTable::new(),
            hasher: DefaultHashBuilder::default(),
            groups: 0,
            states: vec![Vec::new(); measures.len()],
            texts: Texts::default(),
            seen: measures.iter().map(|measure| Seen::new(measure, limits)).collect(),
            bytes: 0,
            of_rows: Vec::new(),
            numbers_of_rows: Vec::new(),
            measures,
        };
        // Without anything to group by there is one group, also of no rows.
        if plan.group_by.is_empty() {
            groups.add_group();
        }
        groups
    }

    /// Takes in the rows of a batch that have these positions. `columns` are the columns by slot, whose texts are
    /// valid UTF-8.
    pub(super) fn take(&mut self, columns: &[&Cells], rows: &[u32]) -> Result<(), Error> {
        let mut of_rows = std::mem::take(&mut self.of_rows);
        self.find_groups(columns, rows, &mut of_rows);
        for measure in 0..self.measures.len() {
            self.measure(measure, columns, rows, &of_rows)?;
        }
        self.of_rows = of_rows;
        self.check()
    }

    /// To be called once all rows were taken in, before anything is asked.
    pub(super) fn settle(&mut self) -> Result<(), Error> {
        for (seen, states) in self.seen.iter_mut().zip(&mut self.states) {
            let Seen::Texts(distinct) = seen else { continue };
            self.bytes += distinct.settle();
            for (group, state) in states.iter_mut().enumerate() {
                *state = State::Count(distinct.count(group));
            }
        }
        self.check()
    }

    fn check(&self) -> Result<(), Error> {
        if self.bytes > self.limits.memory_bytes {
            return Err(Error::Memory { max_bytes: self.limits.memory_bytes });
        }
        if self.groups > self.limits.groups {
            return Err(Error::Groups { max: self.limits.groups });
        }
        Ok(())
    }

    fn find_groups(&mut self, columns: &[&Cells], rows: &[u32], of_rows: &mut Vec<u32>) {
        of_rows.clear();
        let width = self.key_slots.len();
        if width == 0 {
            of_rows.resize(rows.len(), 0);
            return;
        }
        let mut keys = vec![None; rows.len() * width];
        let mut numbers = std::mem::take(&mut self.numbers_of_rows);
        for position in 0..width {
            let cells = columns[self.key_slots[position]];
            let places = keys.iter_mut().skip(position).step_by(width);
            if let Cells::Text(_) = cells {
                self.bytes += self.texts.numbers(cells, rows, &mut numbers);
                places.zip(&numbers).for_each(|(place, number)| *place = number.map(Word::from));
            } else {
                places.zip(rows).for_each(|(place, row)| *place = cells.word(*row as usize));
            }
        }
        self.numbers_of_rows = numbers;
        of_rows.extend(keys.chunks(width).map(|key| self.group(key)));
    }

    /// The number of the group that has this key.
    fn group(&mut self, key: &[Option<Word>]) -> u32 {
        let width = key.len();
        let hash = self.hasher.hash_one(key);
        let keys = &self.keys;
        let of = |number: u32| &keys[number as usize * width..][..width];
        if let Some(number) = self.numbers.find(hash, |number| of(*number) == key) {
            return *number;
        }
        let number = self.groups as u32;
        let hasher = &self.hasher;
        self.numbers.insert_unique(hash, number, |number| hasher.hash_one(of(*number)));
        self.keys.extend_from_slice(key);
        self.add_group();
        number
    }

    fn add_group(&mut self) {
        for (measure, states) in self.measures.iter().zip(&mut self.states) {
            states.push(match measure.of {
                Of::Count | Of::CountDistinct => State::Count(0),
                Of::Sum => State::Sum(None),
                Of::Minimum => State::Least(None, 0),
                Of::Maximum => State::Greatest(None, 0),
            });
        }
        self.groups += 1;
        let words = self.key_slots.len() as u64 * size_of::<Option<Word>>() as u64;
        let states = self.measures.len() as u64 * size_of::<State>() as u64;
        self.bytes += ENTRY_BYTES + words + states;
    }

    fn measure(
        &mut self,
        measure: usize,
        columns: &[&Cells],
        rows: &[u32],
        of_rows: &[u32],
    ) -> Result<(), Error> {
        let taken = self.measures[measure];
        let Some((slot, _)) = taken.column else {
            for group in of_rows {
                count(&mut self.states[measure][*group as usize]);
            }
            return Ok(());
        };
        let cells = columns[slot];
        let words = match &mut self.seen[measure] {
            Seen::Texts(distinct) => {
                self.bytes += distinct.take(cells, rows, of_rows);
                return Ok(());
            }
            Seen::Words(words) => words,
        };
        let states = &mut self.states[measure];
        for (row, group) in rows.iter().zip(of_rows) {
            let (row, state) = (*row as usize, &mut states[*group as usize]);
            match state {
                State::Count(_) if !cells.is_valid(row) => {}
                State::Count(number) if taken.of == Of::CountDistinct => {
                    let word = cells.word(row).map(|word| (*group, word));
                    let is_new = word.is_some_and(|word| words.insert(word));
                    *number += u64::from(is_new);
                    self.bytes += u64::from(is_new) * ENTRY_BYTES;
                }
                State::Count(_) => count(state),
                State::Sum(sum) => {
                    let Some(word) = cells.word(row) else { continue };
                    let overflow = || Error::Overflow { measure: taken.name.to_owned() };
                    *sum = Some(sum.unwrap_or(0).checked_add(word.into()).ok_or_else(overflow)?);
                }
                State::Least(extreme, longest) => {
                    self.bytes += keep(extreme, longest, cells, row, Ordering::Less);
                }
                State::Greatest(extreme, longest) => {
                    self.bytes += keep(extreme, longest, cells, row, Ordering::Greater);
                }
            }
        }
        Ok(())
    }

    /// The groups in the order of the values that make them, absent ones first, and what was measured of each.
    pub(super) fn sorted(&self, types: &[ValueType]) -> Vec<(Vec<Option<Cell<'_>>>, Vec<&State>)> {
        let texts = self.texts.by_number();
        let cell = |word: Word, value_type: &ValueType| match value_type {
            ValueType::Boolean => Cell::Boolean(word != 0),
            ValueType::Integer => Cell::Integer(word),
            ValueType::Time => Cell::Time(word),
            ValueType::Text => Cell::Text(text(texts[word as usize])),
        };
        let width = self.key_slots.len();
        let mut groups: Vec<(Vec<Option<Cell<'_>>>, Vec<&State>)> = (0..self.groups)
            .map(|number| {
                let key = &self.keys[number * width..][..width];
                let cells = key.iter().zip(types).map(|(word, of)| word.map(|word| cell(word, of)));
                (cells.collect(), self.states.iter().map(|states| &states[number]).collect())
            })
            .collect();
        groups.sort_by(|left, right| left.0.cmp(&right.0));
        groups
    }
}

/// Bytes that were looked at when they came in.
pub(super) fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).expect("what is taken in is UTF-8")
}

fn count(state: &mut State) {
    if let State::Count(count) = state {
        *count += 1;
    }
}

/// Keeps the value if it is on the wanted side of what is there; the bytes of text that this may cost.
fn keep(
    extreme: &mut Option<Extreme>,
    longest: &mut usize,
    cells: &Cells,
    row: usize,
    wanted: Ordering,
) -> u64 {
    let Some(text) = cells.bytes(row) else {
        let new = cells.word(row).map(|word| match cells {
            Cells::Time(_) => Extreme::Time(word),
            _ => Extreme::Integer(word),
        });
        if let Some(new) = new
            && extreme.as_ref().is_none_or(|old| new.cmp(old) == wanted)
        {
            *extreme = Some(new);
        }
        return 0;
    };
    match extreme {
        Some(Extreme::Text(old)) => {
            if text.cmp(old) == wanted {
                text.clone_into(old);
            }
        }
        _ => *extreme = Some(Extreme::Text(text.to_vec())),
    }
    let more = text.len().saturating_sub(*longest);
    *longest += more;
    more as u64
}
