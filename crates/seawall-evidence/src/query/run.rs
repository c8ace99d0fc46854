//! What is the answer? One pass over the columns that the question needs.

use std::{collections::BTreeMap, path::PathBuf};

use serde_json::{Map, Value};

use super::{
    aggregate::{Aggregate, GROUPS_MAX, exact},
    error::Error,
    groups::{Extreme, Groups, State},
    model::{Query, Question},
    plan::Plan,
};
use crate::dataset::{
    self, Manifest,
    cells::{Cell, Cells, NotUtf8},
    error::RowFault,
    freeze::schema_difference,
    manifest::ValueType,
    row,
    table::Table,
};

/// The data that are asked.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a> {
    /// What they should be.
    pub manifest: &'a Manifest,
    /// Where each file lies, by the name that the manifest gives it.
    pub paths: &'a BTreeMap<String, PathBuf>,
}

/// How much an answer may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Memory for groups and for the values that are told apart, roughly.
    pub memory_bytes: u64,
    /// Groups.
    pub groups: usize,
}

impl Default for Limits {
    /// 1 GiB, and a million groups.
    fn default() -> Self {
        Self { memory_bytes: 1 << 30, groups: GROUPS_MAX }
    }
}

/// Asks a question, and states it as a query together with its answer. That the files are those of the manifest is not
/// checked here: `dataset::verify` does.
///
/// # Errors
///
/// [`Error::Memory`] or [`Error::Groups`] past the limits; an overflow is an error, never a rounded sum.
pub fn ask(
    question: &Question,
    data: Data<'_>,
    limits: Limits,
) -> Result<(Query, Aggregate), Error> {
    let plan = Plan::new(question, data.manifest)?;
    let mut groups = Groups::new(&plan, limits);
    for file in &data.manifest.files {
        let missing = || dataset::Error::Read {
            file: file.name.clone(),
            source: std::io::ErrorKind::NotFound.into(),
        };
        let table = Table::open(&file.name, data.paths.get(&file.name).ok_or_else(missing)?)?;
        if let Some(difference) = schema_difference(&data.manifest.schema, table.columns()) {
            return Err(dataset::Error::Schema { file: file.name.clone(), difference }.into());
        }
        for row_group in 0..table.row_groups().len() {
            read(&plan, &table, row_group, &mut groups)?;
        }
    }
    let aggregate = Aggregate::new(lines(&plan, &groups))?;
    let query = Query {
        question: question.clone(),
        sql: question.sql(data.manifest)?,
        output_sha256: aggregate.sha256(),
    };
    Ok((query, aggregate))
}

fn read(
    plan: &Plan<'_>,
    table: &Table,
    row_group: usize,
    groups: &mut Groups<'_>,
) -> Result<(), Error> {
    let mut done = 0;
    let mut stopped = None;
    let read = table.batches(row_group, Some(&plan.positions), &mut |rows, cells| {
        for row in 0..rows {
            match take(plan, cells, row, groups) {
                Ok(()) => {}
                Err(Stopped::Fault(slot)) => {
                    let column = &table.columns()[plan.positions[slot]];
                    return Err(table.fault(
                        row_group,
                        done + row as u64,
                        RowFault::NotText(column.name.clone()),
                    ));
                }
                Err(Stopped::Error(error)) => {
                    stopped = Some(error);
                    // The reader only knows errors of its own: this one is put in its place below.
                    return Err(dataset::Error::TooManyRows);
                }
            }
        }
        done += rows as u64;
        Ok(())
    });
    match stopped {
        Some(error) => Err(error),
        None => Ok(read?),
    }
}

/// Why a row could not be taken in.
enum Stopped {
    /// The value in this slot is not text.
    Fault(usize),
    Error(Error),
}

fn take(
    plan: &Plan<'_>,
    cells: &[Cells],
    row: usize,
    groups: &mut Groups<'_>,
) -> Result<(), Stopped> {
    let get = |slot: usize| cells[slot].get(row).map_err(|NotUtf8| Stopped::Fault(slot));
    for (slot, test) in &plan.conditions {
        if !test.holds(get(*slot)?) {
            return Ok(());
        }
    }
    // Looked at before the groups change, so that what cannot be read changes nothing.
    for slot in plan
        .group_by
        .iter()
        .map(|key| key.slot)
        .chain(plan.measures.iter().filter_map(|taken| taken.column.map(|(slot, _)| slot)))
    {
        get(slot)?;
    }
    let known = |slot: usize| cells[slot].get(row).ok().flatten();
    let key = plan.group_by.iter().map(|key| known(key.slot));
    let values = plan.measures.iter().map(|taken| taken.column.and_then(|(slot, _)| known(slot)));
    groups.take(key, values).map_err(Stopped::Error)
}

/// The lines of the aggregate, in order.
fn lines(plan: &Plan<'_>, groups: &Groups<'_>) -> Vec<Map<String, Value>> {
    let types: Vec<ValueType> = plan.group_by.iter().map(|key| key.value_type).collect();
    let line = |(cells, states): (Vec<Option<Cell<'_>>>, &[State])| {
        let keys = plan.group_by.iter().zip(cells).map(|(key, cell)| (key.name, cell.map(json)));
        let measured =
            plan.measures.iter().zip(states).map(|(taken, state)| (taken.name, measured(state)));
        keys.chain(measured).filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    };
    groups.sorted(&types).into_iter().map(line).collect()
}

fn measured(state: &State) -> Option<Value> {
    match state {
        State::Count(count) => Some(exact((*count).into())),
        State::Sum(sum) => sum.map(exact),
        State::Least(extreme) | State::Greatest(extreme) => extreme.as_ref().map(|extreme| {
            json(match extreme {
                Extreme::Integer(integer) => Cell::Integer(*integer),
                Extreme::Time(nanoseconds) => Cell::Time(*nanoseconds),
                Extreme::Text(text) => Cell::Text(text),
            })
        }),
    }
}

fn json(cell: Cell<'_>) -> Value {
    match cell {
        Cell::Boolean(boolean) => boolean.into(),
        Cell::Integer(integer) => exact(integer.into()),
        Cell::Time(nanoseconds) => row::time(nanoseconds).to_string().into(),
        Cell::Text(text) => text.into(),
    }
}
