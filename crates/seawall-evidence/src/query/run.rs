//! What is the answer? One reading of the columns that the questions need.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroUsize,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use serde_json::{Map, Value};

use super::{
    aggregate::{Aggregate, GROUPS_MAX, exact},
    error::Error,
    groups::{Extreme, Groups, State, text},
    members::Members,
    model::{Query, Question},
    plan::Plan,
    texts::Texts,
};
use crate::{
    dataset::{
        self, Manifest,
        cells::{Cell, Cells},
        error::RowFault,
        freeze::schema_difference,
        manifest::ValueType,
        row,
        table::Table,
    },
    hash::Digest,
    work,
};

/// The data that are asked.
#[derive(Debug, Clone, Copy)]
pub struct Data<'a> {
    /// What they should be.
    pub manifest: &'a Manifest,
    /// Where each file lies, by the name that the manifest gives it.
    pub paths: &'a BTreeMap<String, PathBuf>,
    /// Where files of members lie, by their hashes.
    pub members: &'a BTreeMap<Digest, PathBuf>,
}

impl<'a> Data<'a> {
    /// The data of a manifest, beside which there are no files of members.
    pub fn new(manifest: &'a Manifest, paths: &'a BTreeMap<String, PathBuf>) -> Self {
        const NOBODY: &BTreeMap<Digest, PathBuf> = &BTreeMap::new();
        Self { manifest, paths, members: NOBODY }
    }
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

/// What came of a question: it is stated as a query together with its answer.
pub type Asked = Result<(Query, Aggregate), Error>;

/// Asks a question. That the files are those of the manifest is not checked here: `dataset::verify` does.
///
/// # Errors
///
/// [`Error::Memory`] or [`Error::Groups`] past the limits; an overflow is an error, never a rounded sum.
pub fn ask(question: &Question, data: Data<'_>, limits: Limits) -> Asked {
    ask_all(&[question], data, limits, NonZeroUsize::MIN).remove(0)
}

/// Asks questions in one reading, on some threads, of which only the time depends; their answers in order. Each is
/// what [`ask`] gives.
pub fn ask_all(
    questions: &[&Question],
    data: Data<'_>,
    limits: Limits,
    threads: NonZeroUsize,
) -> Vec<Asked> {
    let asking = Asking::new(questions, data, limits, Decoded::Needed);
    asking.read(threads);
    asking.finish()
}

/// Which columns are decoded while questions are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decoded {
    /// All of the dataset.
    All,
    /// Those that a question needs.
    Needed,
}

/// Questions that are asked while rows go by.
///
/// Rows come in any order, and groups that are shared by all threads take them in: what they come to does not depend
/// on it. Where anything goes wrong, the question is asked again by itself, row after row, so that an error does not
/// depend on it either.
pub(crate) struct Asking<'a> {
    data: Data<'a>,
    limits: Limits,
    asked: Vec<Result<One<'a>, Error>>,
    /// Positions of the columns that are decoded, ascending.
    decoded: Vec<usize>,
}

struct One<'a> {
    question: &'a Question,
    plan: Plan<'a>,
    /// Which of the decoded columns has which slot.
    columns: Vec<usize>,
    /// Nothing once something went wrong.
    groups: Mutex<Option<Groups<'a>>>,
}

impl<'a> Asking<'a> {
    pub(crate) fn new(
        questions: &[&'a Question],
        data: Data<'a>,
        limits: Limits,
        decoded: Decoded,
    ) -> Self {
        let mut known = BTreeMap::new();
        let mut read = |members: &Members| read_members(members, data, limits, &mut known);
        let plans: Vec<_> = questions
            .iter()
            .map(|question| {
                let mut plan = Plan::new(question, data.manifest)?;
                plan.read_members(&mut read)?;
                Ok((*question, plan))
            })
            .collect();
        let decoded: Vec<usize> = match decoded {
            Decoded::All => (0..data.manifest.schema.len()).collect(),
            Decoded::Needed => {
                let needed = plans.iter().flatten().flat_map(|(_, plan)| &plan.positions);
                needed.copied().collect::<BTreeSet<usize>>().into_iter().collect()
            }
        };
        let one = |(question, plan): (&'a Question, Plan<'a>)| {
            let place =
                |position| decoded.binary_search(position).expect("what is needed is decoded");
            let columns = plan.positions.iter().map(place).collect();
            let groups = Mutex::new(Some(Groups::new(&plan, limits)));
            One { question, plan, columns, groups }
        };
        let asked = plans.into_iter().map(|plan: Result<_, Error>| plan.map(one)).collect();
        Self { data, limits, asked, decoded }
    }

    /// Takes in rows of a batch of the decoded columns, whose texts are valid UTF-8.
    pub(crate) fn take(&self, rows: usize, cells: &[Cells]) {
        let mut selected = Vec::new();
        for one in self.asked.iter().flatten() {
            let columns: Vec<&Cells> = one.columns.iter().map(|index| &cells[*index]).collect();
            one.plan.select(&columns, rows, &mut selected);
            let mut groups = one.groups.lock().unwrap_or_else(PoisonError::into_inner);
            if groups.as_mut().is_some_and(|groups| groups.take(&columns, &selected).is_err()) {
                *groups = None;
            }
        }
    }

    /// Reads all rows and takes them in.
    fn read(&self, threads: NonZeroUsize) {
        let Ok(tables) = tables(self.data) else { return self.give_up() };
        let groups = |table: usize| 0..tables[table].row_groups().len();
        let jobs: Vec<(usize, usize)> = (0..tables.len())
            .flat_map(|table| groups(table).map(move |row_group| (table, row_group)))
            .collect();
        let positions = Some(self.decoded.as_slice());
        work::run(jobs.len(), threads, |job| {
            let (table, row_group) = jobs[job];
            let read = tables[table].batches(row_group, positions, &mut |rows, cells| {
                if cells.iter().any(|cells| cells.first_not_text(rows).is_some()) {
                    self.give_up();
                }
                self.take(rows, cells);
                Ok(())
            });
            if read.is_err() {
                self.give_up();
            }
        });
    }

    fn give_up(&self) {
        for one in self.asked.iter().flatten() {
            *one.groups.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
    }

    /// What came of each question, once all rows were taken in.
    pub(crate) fn finish(self) -> Vec<Asked> {
        let (data, limits) = (self.data, self.limits);
        let finish = |one: One<'a>| {
            let groups = one.groups.into_inner().unwrap_or_else(PoisonError::into_inner);
            let settled = groups.and_then(|mut groups| groups.settle().ok().map(|()| groups));
            let groups = match settled {
                Some(groups) => groups,
                None => alone(&one.plan, data, limits)?,
            };
            let aggregate = Aggregate::new(lines(&one.plan, &groups))?;
            let query = Query {
                question: one.question.clone(),
                sql: one.question.sql(data.manifest)?,
                output_sha256: aggregate.sha256(),
            };
            Ok((query, aggregate))
        };
        self.asked.into_iter().map(|one| one.and_then(finish)).collect()
    }
}

/// Reads members, each once.
fn read_members(
    members: &Members,
    data: Data<'_>,
    limits: Limits,
    known: &mut BTreeMap<Members, Arc<Texts>>,
) -> Result<Arc<Texts>, Error> {
    if let Some(texts) = known.get(members) {
        return Ok(Arc::clone(texts));
    }
    let missing = || Error::NoMembers { file: members.file };
    let path = data.members.get(&members.file).ok_or_else(missing)?;
    let texts = Arc::new(members.read(path, limits)?);
    known.insert(members.clone(), Arc::clone(&texts));
    Ok(texts)
}

/// The files of a dataset, opened.
fn tables(data: Data<'_>) -> Result<Vec<Table>, Error> {
    let open = |file: &dataset::manifest::File| {
        let missing = || dataset::Error::Read {
            file: file.name.clone(),
            source: std::io::ErrorKind::NotFound.into(),
        };
        let table = Table::open(&file.name, data.paths.get(&file.name).ok_or_else(missing)?)?;
        match schema_difference(&data.manifest.schema, table.columns()) {
            Some(difference) => {
                Err(dataset::Error::Schema { file: file.name.clone(), difference }.into())
            }
            None => Ok(table),
        }
    };
    data.manifest.files.iter().map(open).collect()
}

/// Takes in all rows in their order, for one question.
fn alone<'a>(plan: &Plan<'a>, data: Data<'_>, limits: Limits) -> Result<Groups<'a>, Error> {
    let mut groups = Groups::new(plan, limits);
    for table in tables(data)? {
        for row_group in 0..table.row_groups().len() {
            read(plan, &table, row_group, &mut groups)?;
        }
    }
    groups.settle()?;
    Ok(groups)
}

fn read(
    plan: &Plan<'_>,
    table: &Table,
    row_group: usize,
    groups: &mut Groups<'_>,
) -> Result<(), Error> {
    let (mut done, mut stopped, mut selected) = (0, None, Vec::new());
    let read = table.batches(row_group, Some(&plan.positions), &mut |rows, cells| {
        let wrong = cells.iter().enumerate();
        let wrong = wrong.filter_map(|(slot, cells)| Some((cells.first_not_text(rows)?, slot)));
        if let Some((row, slot)) = wrong.min() {
            let column = table.columns()[plan.positions[slot]].name.clone();
            return Err(table.fault(row_group, done + row as u64, RowFault::NotText(column)));
        }
        let columns: Vec<&Cells> = cells.iter().collect();
        plan.select(&columns, rows, &mut selected);
        done += rows as u64;
        groups.take(&columns, &selected).map_err(|error| {
            stopped = Some(error);
            // The reader only knows errors of its own: this one is put in its place below.
            dataset::Error::TooManyRows
        })
    });
    match stopped {
        Some(error) => Err(error),
        None => Ok(read?),
    }
}

/// The lines of the aggregate, in order.
fn lines(plan: &Plan<'_>, groups: &Groups<'_>) -> Vec<Map<String, Value>> {
    let types: Vec<ValueType> = plan.group_by.iter().map(|key| key.value_type).collect();
    let line = |(cells, states): (Vec<Option<Cell<'_>>>, Vec<&State>)| {
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
        State::Least(extreme, _) | State::Greatest(extreme, _) => extreme.as_ref().map(|extreme| {
            json(match extreme {
                Extreme::Integer(integer) => Cell::Integer(*integer),
                Extreme::Time(nanoseconds) => Cell::Time(*nanoseconds),
                Extreme::Text(bytes) => Cell::Text(text(bytes)),
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
