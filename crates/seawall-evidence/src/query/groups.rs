//! Which groups are there, and what has been measured of each so far? Exact, and within a stated amount of memory.

use std::collections::{HashMap, HashSet};

use super::{
    error::Error,
    model::Of,
    plan::{Plan, Taken},
    run::Limits,
};
use crate::dataset::{cells::Cell, manifest::ValueType};

/// Memory of an entry of a hash table beside its content, roughly.
const ENTRY_BYTES: u64 = 48;

/// A value in 64 bits: an integer, a time, a boolean, or the number under which a text is known.
type Word = i64;

/// The groups, and the state of each measure in each.
pub(super) struct Groups<'a> {
    measures: &'a [Taken<'a>],
    limits: Limits,
    /// Number of each group, by the values that make it.
    numbers: HashMap<Box<[Option<Word>]>, usize>,
    /// States of the measures, group after group.
    states: Vec<State>,
    texts: Texts,
    /// Pairs of group and value that a measure has seen, for each measure.
    seen: Vec<HashSet<(usize, Word)>>,
    bytes: u64,
    key: Vec<Option<Word>>,
}

/// What a measure has come to.
#[derive(Debug, Clone)]
pub(super) enum State {
    Count(u64),
    Sum(Option<i128>),
    /// The least or greatest so far, of text its own copy.
    Least(Option<Extreme>),
    Greatest(Option<Extreme>),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Extreme {
    Integer(i64),
    Time(i64),
    Text(String),
}

/// Texts and the numbers that stand for them.
#[derive(Default)]
struct Texts {
    numbers: HashMap<Box<str>, Word>,
}

impl Texts {
    /// The number of a text, and the bytes that it cost to remember it.
    fn number(&mut self, text: &str) -> (Word, u64) {
        if let Some(number) = self.numbers.get(text) {
            return (*number, 0);
        }
        let number = self.numbers.len() as Word;
        self.numbers.insert(text.into(), number);
        (number, ENTRY_BYTES + text.len() as u64)
    }
}

impl<'a> Groups<'a> {
    pub(super) fn new(plan: &'a Plan<'a>, limits: Limits) -> Self {
        let mut groups = Self {
            measures: &plan.measures,
            limits,
            numbers: HashMap::new(),
            states: Vec::new(),
            texts: Texts::default(),
            seen: plan.measures.iter().map(|_| HashSet::new()).collect(),
            bytes: 0,
            key: Vec::new(),
        };
        // Without anything to group by there is one group, also of no rows.
        if plan.group_by.is_empty() {
            groups.add_group();
        }
        groups
    }

    /// Takes in a row: the values that make its group, and the value of each measure's column.
    pub(super) fn take<'c>(
        &mut self,
        key: impl Iterator<Item = Option<Cell<'c>>>,
        values: impl Iterator<Item = Option<Cell<'c>>>,
    ) -> Result<(), Error> {
        self.key.clear();
        for cell in key {
            let word = cell.map(|cell| self.word(cell));
            self.key.push(word);
        }
        let group = match self.numbers.get(self.key.as_slice()) {
            Some(number) => *number,
            None => self.add_group(),
        };
        for (measure, value) in values.enumerate() {
            self.measure(group, measure, value)?;
        }
        if self.bytes > self.limits.memory_bytes {
            return Err(Error::Memory { max_bytes: self.limits.memory_bytes });
        }
        if self.numbers.len() > self.limits.groups {
            return Err(Error::Groups { max: self.limits.groups });
        }
        Ok(())
    }

    fn word(&mut self, cell: Cell<'_>) -> Word {
        match cell {
            Cell::Boolean(boolean) => boolean.into(),
            Cell::Integer(word) | Cell::Time(word) => word,
            Cell::Text(text) => {
                let (number, bytes) = self.texts.number(text);
                self.bytes += bytes;
                number
            }
        }
    }

    fn add_group(&mut self) -> usize {
        let number = self.numbers.len();
        self.numbers.insert(self.key.as_slice().into(), number);
        self.states.extend(self.measures.iter().map(|measure| match measure.of {
            Of::Count | Of::CountDistinct => State::Count(0),
            Of::Sum => State::Sum(None),
            Of::Minimum => State::Least(None),
            Of::Maximum => State::Greatest(None),
        }));
        let words = self.key.len() as u64 * size_of::<Option<Word>>() as u64;
        let states = self.measures.len() as u64 * size_of::<State>() as u64;
        self.bytes += ENTRY_BYTES + words + states;
        number
    }

    fn measure(
        &mut self,
        group: usize,
        measure: usize,
        value: Option<Cell<'_>>,
    ) -> Result<(), Error> {
        let taken = &self.measures[measure];
        if taken.column.is_some() && value.is_none() {
            return Ok(());
        }
        let is_new = match (taken.of, value) {
            (Of::CountDistinct, Some(value)) => {
                let word = self.word(value);
                let is_new = self.seen[measure].insert((group, word));
                self.bytes += u64::from(is_new) * ENTRY_BYTES;
                is_new
            }
            _ => true,
        };
        match (&mut self.states[group * self.measures.len() + measure], value) {
            (State::Count(count), _) => *count += u64::from(is_new),
            (State::Sum(sum), Some(Cell::Integer(integer))) => {
                let total = sum.unwrap_or(0).checked_add(integer.into());
                let overflow = || Error::Overflow { measure: taken.name.to_owned() };
                *sum = Some(total.ok_or_else(overflow)?);
            }
            (State::Least(extreme), Some(value)) => {
                self.bytes += keep(extreme, value, |new, old| new < old);
            }
            (State::Greatest(extreme), Some(value)) => {
                self.bytes += keep(extreme, value, |new, old| new > old);
            }
            (State::Sum(_) | State::Least(_) | State::Greatest(_), _) => {}
        }
        Ok(())
    }

    /// The groups in the order of the values that make them, absent ones first, and what was measured of each.
    pub(super) fn sorted(&self, types: &[ValueType]) -> Vec<(Vec<Option<Cell<'_>>>, &[State])> {
        let mut texts = vec![""; self.texts.numbers.len()];
        #[expect(clippy::iter_over_hash_type, reason = "each text goes to the place of its number")]
        for (text, number) in &self.texts.numbers {
            texts[*number as usize] = text;
        }
        let cell = |word: Word, value_type: &ValueType| match value_type {
            ValueType::Boolean => Cell::Boolean(word != 0),
            ValueType::Integer => Cell::Integer(word),
            ValueType::Time => Cell::Time(word),
            ValueType::Text => Cell::Text(texts[word as usize]),
        };
        let width = self.measures.len();
        let mut groups: Vec<(Vec<Option<Cell<'_>>>, &[State])> = self
            .numbers
            .iter()
            .map(|(key, number)| {
                let cells = key.iter().zip(types).map(|(word, of)| word.map(|word| cell(word, of)));
                (cells.collect(), &self.states[number * width..(number + 1) * width])
            })
            .collect();
        groups.sort_by(|left, right| left.0.cmp(&right.0));
        groups
    }
}

/// Keeps the value if it is better than what is there; the bytes of text that this costs.
fn keep(
    extreme: &mut Option<Extreme>,
    value: Cell<'_>,
    better: impl Fn(Cell<'_>, Cell<'_>) -> bool,
) -> u64 {
    let current = extreme.as_ref().map(|extreme| match extreme {
        Extreme::Integer(integer) => Cell::Integer(*integer),
        Extreme::Time(nanoseconds) => Cell::Time(*nanoseconds),
        Extreme::Text(text) => Cell::Text(text),
    });
    if current.is_some_and(|current| !better(value, current)) {
        return 0;
    }
    let (new, bytes) = match value {
        Cell::Integer(integer) => (Extreme::Integer(integer), 0),
        Cell::Time(nanoseconds) => (Extreme::Time(nanoseconds), 0),
        Cell::Text(text) => (Extreme::Text(text.to_owned()), text.len() as u64),
        Cell::Boolean(_) => return 0,
    };
    *extreme = Some(new);
    bytes
}
