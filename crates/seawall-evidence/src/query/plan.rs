//! What does a question mean for the columns of its dataset? Everything is looked up and typed before a row is read.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use serde_json::Value;

use super::{
    error::Error,
    members::Members,
    model::{
        CONDITIONS_MAX, Comparison, Condition, GROUP_BY_MAX, MEASURES_MAX, Measure, ONE_OF_MAX, Of,
        Question,
    },
    texts::Texts,
};
use crate::{
    canonical::INTEGER_MAX,
    dataset::{
        Manifest,
        cells::Cells,
        manifest::{NAME_BYTES_MAX, ValueType},
    },
    time::Time,
};

/// A question whose columns are found and whose values are typed.
#[derive(Debug)]
pub(super) struct Plan<'a> {
    /// Positions of the columns that are read, ascending. A slot is an index into it.
    pub(super) positions: Vec<usize>,
    pub(super) conditions: Vec<(usize, Test)>,
    pub(super) group_by: Vec<Key<'a>>,
    pub(super) measures: Vec<Taken<'a>>,
}

/// A column to group by.
#[derive(Debug)]
pub(super) struct Key<'a> {
    pub(super) name: &'a str,
    pub(super) slot: usize,
    pub(super) value_type: ValueType,
}

/// A measure to take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taken<'a> {
    pub(super) name: &'a str,
    pub(super) of: Of,
    /// The column and its type; nothing where rows are counted.
    pub(super) column: Option<(usize, ValueType)>,
}

/// What must hold of a value.
#[derive(Debug)]
pub(super) enum Test {
    Present,
    Absent,
    Compare(Comparison, Constant),
    OneOf(Allowed),
    MemberOf(Members),
}

/// Values of which one must be there.
#[derive(Debug)]
pub(super) enum Allowed {
    /// Integers, times, booleans.
    Words(BTreeSet<i64>),
    Texts(Arc<Texts>),
}

impl FromIterator<Constant> for Allowed {
    fn from_iter<I: IntoIterator<Item = Constant>>(constants: I) -> Self {
        let (mut words, mut texts) = (BTreeSet::new(), Texts::default());
        for constant in constants {
            match constant {
                Constant::Boolean(boolean) => drop(words.insert(boolean.into())),
                Constant::Integer(word) | Constant::Time(word) => drop(words.insert(word)),
                Constant::Text(text) => drop(texts.number(text.as_bytes())),
            }
        }
        if texts.len() > 0 { Self::Texts(Arc::new(texts)) } else { Self::Words(words) }
    }
}

/// A value that a question names.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Constant {
    Boolean(bool),
    Integer(i64),
    /// Nanoseconds since 1970.
    Time(i64),
    Text(String),
}

impl Constant {
    /// How a value of the same type stands to it; nothing where the value is absent.
    fn order_of(&self, cells: &Cells, row: usize) -> Option<Ordering> {
        match self {
            Self::Boolean(boolean) => cells.word(row).map(|word| word.cmp(&i64::from(*boolean))),
            Self::Integer(word) | Self::Time(word) => cells.word(row).map(|other| other.cmp(word)),
            Self::Text(text) => cells.bytes(row).map(|other| other.cmp(text.as_bytes())),
        }
    }

    /// The value as a column of this type has it. An integer beyond 2⁵³ − 1 comes as text, and only such.
    pub(super) fn new(value: &Value, value_type: ValueType) -> Result<Self, &'static str> {
        match (value_type, value) {
            (ValueType::Boolean, Value::Bool(boolean)) => Ok(Self::Boolean(*boolean)),
            (ValueType::Integer, Value::Number(number)) => {
                let integer = number
                    .as_i64()
                    .filter(|integer| (-INTEGER_MAX..=INTEGER_MAX).contains(integer));
                integer.map(Self::Integer).ok_or("an integer beyond 2^53 - 1 is written as text")
            }
            (ValueType::Integer, Value::String(text)) => {
                let large = |integer: &i64| !(-INTEGER_MAX..=INTEGER_MAX).contains(integer);
                let integer =
                    text.parse().ok().filter(large).filter(|integer| integer.to_string() == *text);
                integer.map(Self::Integer).ok_or("text that is no integer beyond 2^53 - 1")
            }
            (ValueType::Time, Value::String(text)) => {
                let time: Time = text.parse().map_err(|_| "not a time with nine decimals")?;
                let nanoseconds = i64::try_from(time.timestamp().as_nanosecond());
                nanoseconds.map(Self::Time).map_err(|_| "a time outside the years 1677 to 2262")
            }
            (ValueType::Text, Value::String(text)) if text.contains('\0') => {
                Err("text with a zero character")
            }
            (ValueType::Text, Value::String(text)) => Ok(Self::Text(text.clone())),
            _ => Err("its value is not of the column's type"),
        }
    }
}

impl<'a> Plan<'a> {
    pub(super) fn new(question: &'a Question, manifest: &Manifest) -> Result<Self, Error> {
        if question.dataset != manifest.id {
            let (asked, given) = (question.dataset.clone(), manifest.id.clone());
            return Err(Error::OtherDataset { asked, given });
        }
        let Question { conditions, group_by, measures, .. } = question;
        between("conditions", conditions.len(), 0, CONDITIONS_MAX)?;
        between("columns to group by", group_by.len(), 0, GROUP_BY_MAX)?;
        between("measures", measures.len(), 1, MEASURES_MAX)?;
        distinct(group_by.iter().chain(measures.iter().map(|measure| &measure.name)))?;
        let columns = Columns::new(question, manifest)?;
        Ok(Self {
            conditions: conditions
                .iter()
                .map(|condition| columns.test(condition))
                .collect::<Result<_, _>>()?,
            group_by: group_by.iter().map(|name| columns.key(name)).collect::<Result<_, _>>()?,
            measures: measures
                .iter()
                .map(|measure| columns.taken(measure))
                .collect::<Result<_, _>>()?,
            positions: columns.positions,
        })
    }
}

fn between(what: &'static str, count: usize, min: usize, max: usize) -> Result<(), Error> {
    if (min..=max).contains(&count) { Ok(()) } else { Err(Error::Count { what, count, min, max }) }
}

/// A line of an aggregate has a field for each: no two of one name.
fn distinct<'a>(names: impl Iterator<Item = &'a String>) -> Result<(), Error> {
    let mut seen = BTreeSet::new();
    for name in names {
        let printable =
            !name.is_empty() && name.len() <= NAME_BYTES_MAX && !name.chars().any(char::is_control);
        if !printable || !seen.insert(name) {
            return Err(Error::Name { name: name.clone() });
        }
    }
    Ok(())
}

/// The columns that a question needs.
struct Columns {
    positions: Vec<usize>,
    found: BTreeMap<String, (usize, ValueType)>,
}

impl Columns {
    fn new(question: &Question, manifest: &Manifest) -> Result<Self, Error> {
        let of_conditions = question.conditions.iter().map(|condition| &condition.column);
        let of_measures = question.measures.iter().filter_map(|measure| measure.column.as_ref());
        let needed: BTreeSet<&String> =
            question.group_by.iter().chain(of_conditions).chain(of_measures).collect();
        let position = |name: &&String| {
            let found = manifest.schema.iter().position(|column| column.name == **name);
            found.ok_or_else(|| Error::NoColumn { column: (*name).clone() })
        };
        let mut positions: Vec<usize> = needed.iter().map(position).collect::<Result<_, _>>()?;
        positions.sort_unstable();
        let found = positions.iter().enumerate().map(|(slot, position)| {
            let column = &manifest.schema[*position];
            (column.name.clone(), (slot, column.value_type))
        });
        Ok(Self { found: found.collect(), positions })
    }

    fn key<'a>(&self, name: &'a String) -> Result<Key<'a>, Error> {
        let (slot, value_type) = self.column(name)?;
        Ok(Key { name, slot, value_type })
    }

    fn column(&self, name: &String) -> Result<(usize, ValueType), Error> {
        self.found.get(name).copied().ok_or_else(|| Error::NoColumn { column: name.clone() })
    }

    fn test(&self, condition: &Condition) -> Result<(usize, Test), Error> {
        let (slot, value_type) = self.column(&condition.column)?;
        let wrong = |what| Error::Condition { column: condition.column.clone(), what };
        let test = match (condition.is, &condition.value) {
            (Comparison::Present, None) => Test::Present,
            (Comparison::Absent, None) => Test::Absent,
            (Comparison::Present | Comparison::Absent, Some(_)) => {
                return Err(wrong("it needs no value"));
            }
            (_, None) => return Err(wrong("it needs a value")),
            (Comparison::OneOf, Some(Value::Array(values))) => {
                between("values that a condition allows", values.len(), 1, ONE_OF_MAX)?;
                let constants = values.iter().map(|value| Constant::new(value, value_type));
                Test::OneOf(constants.collect::<Result<_, _>>().map_err(wrong)?)
            }
            (Comparison::OneOf, Some(_)) => return Err(wrong("it needs a list of values")),
            (Comparison::MemberOf, Some(_)) if value_type != ValueType::Text => {
                return Err(wrong("only text can be that of a member"));
            }
            (Comparison::MemberOf, Some(value)) => {
                Test::MemberOf(Members::of(value).map_err(wrong)?)
            }
            (is, Some(value)) => {
                let ordered = !matches!(is, Comparison::Equal | Comparison::NotEqual);
                if ordered && value_type == ValueType::Boolean {
                    return Err(wrong("true and false have no order"));
                }
                Test::Compare(is, Constant::new(value, value_type).map_err(wrong)?)
            }
        };
        Ok((slot, test))
    }

    fn taken<'a>(&self, measure: &'a Measure) -> Result<Taken<'a>, Error> {
        let wrong = |what| Error::Measure { measure: measure.name.clone(), what };
        let column = measure.column.as_ref().map(|name| self.column(name)).transpose()?;
        let what = match (measure.of, column) {
            (Of::CountDistinct | Of::Sum | Of::Minimum | Of::Maximum, None) => "it needs a column",
            (Of::Sum, Some((_, value_type))) if value_type != ValueType::Integer => {
                "only integers have a sum"
            }
            (Of::Minimum | Of::Maximum, Some((_, ValueType::Boolean))) => {
                "true and false have no order"
            }
            _ => return Ok(Taken { name: &measure.name, of: measure.of, column }),
        };
        Err(wrong(what))
    }
}

impl Plan<'_> {
    /// Reads the members that conditions speak of, with `read`.
    pub(super) fn read_members(
        &mut self,
        read: &mut dyn FnMut(&Members) -> Result<Arc<Texts>, Error>,
    ) -> Result<(), Error> {
        for (_, test) in &mut self.conditions {
            if let Test::MemberOf(members) = test {
                *test = Test::OneOf(Allowed::Texts(read(members)?));
            }
        }
        Ok(())
    }

    /// The rows of a batch for which all conditions hold. `columns` are the columns by slot.
    pub(super) fn select(&self, columns: &[&Cells], rows: usize, selected: &mut Vec<u32>) {
        selected.clear();
        selected.extend(0..u32::try_from(rows).expect("a batch has a few thousand rows"));
        for (slot, test) in &self.conditions {
            let cells = columns[*slot];
            selected.retain(|row| test.holds(cells, *row as usize));
        }
    }
}

impl Test {
    #[inline]
    fn holds(&self, cells: &Cells, row: usize) -> bool {
        match self {
            Self::Present => cells.is_valid(row),
            Self::Absent => !cells.is_valid(row),
            Self::Compare(is, constant) => {
                constant.order_of(cells, row).is_some_and(|order| match is {
                    Comparison::Equal => order.is_eq(),
                    Comparison::NotEqual => order.is_ne(),
                    Comparison::Less => order.is_lt(),
                    Comparison::AtMost => order.is_le(),
                    Comparison::More => order.is_gt(),
                    Comparison::AtLeast => order.is_ge(),
                    Comparison::Present
                    | Comparison::Absent
                    | Comparison::OneOf
                    | Comparison::MemberOf => false,
                })
            }
            Self::OneOf(Allowed::Words(words)) => {
                cells.word(row).is_some_and(|word| words.contains(&word))
            }
            // Nobody, as long as they have not been read.
            Self::MemberOf(_) => false,
            Self::OneOf(Allowed::Texts(texts)) => {
                cells.bytes(row).is_some_and(|text| texts.contains(text))
            }
        }
    }
}
