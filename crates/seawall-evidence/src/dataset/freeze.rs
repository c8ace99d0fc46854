//! How does a dataset become one that cannot change any more?

use std::{num::NonZeroUsize, path::PathBuf};

use super::{
    completeness::{self, Gap, Source},
    error::Error,
    manifest::{self, Column, FILES_MAX, File, Manifest, ROWS_MAX, Window, root_of},
    measure::{self, Measured, measure},
    salt::SaltKey,
    table::Table,
};

/// What is to be frozen.
#[derive(Debug, Clone)]
pub struct Request {
    /// Id of the dataset.
    pub id: String,
    /// The time that the data are of.
    pub window: Window,
    /// What each source says it sent.
    pub sources: Vec<Claim>,
    /// The files, in order.
    pub files: Vec<Part>,
}

/// What a source says it sent.
#[derive(Debug, Clone)]
pub struct Claim {
    /// What it is called.
    pub name: String,
    /// The first number in the window, as the source counts.
    pub first: u64,
    /// The last number in the window.
    pub last: u64,
    /// Numbers that have no row, in order.
    pub gaps: Vec<Gap>,
}

/// A Parquet file of a dataset.
#[derive(Debug, Clone)]
pub struct Part {
    /// What the manifest calls it.
    pub name: String,
    /// The source that all its rows come from.
    pub source: String,
    /// Where it lies.
    pub path: PathBuf,
}

/// Reads the files and states what they hold. Memory is that of a few batches for each thread; the number of threads
/// changes nothing but the time.
///
/// # Errors
///
/// [`Error::Incomplete`] if what a source sent is neither in the files nor in a gap: then nothing is frozen.
pub fn freeze(request: &Request, key: &SaltKey, threads: NonZeroUsize) -> Result<Manifest, Error> {
    manifest::names("file", FILES_MAX, request.files.iter().map(|part| part.name.as_str()))?;
    let tables: Vec<Table> = request
        .files
        .iter()
        .map(|part| Table::open(&part.name, &part.path))
        .collect::<Result<_, _>>()?;
    let schema = common_schema(&tables)?;
    manifest::check_schema(&schema)?;
    manifest::check_window(&request.window, &schema)?;
    if tables.iter().fold(0_u64, |sum, table| sum.saturating_add(table.rows())) > ROWS_MAX {
        return Err(Error::TooManyRows);
    }
    // What is missing is told before hours are spent on hashing the rest.
    let sources = count_sources(request, &tables)?;
    completeness::check(&sources)?;
    let measured = measure(&parts(tables), &request.window, key, threads, &|_, _| {});
    let files = request.files.iter().zip(measured).map(|(part, measured)| file(part, measured));
    let files = files.collect::<Result<Vec<_>, _>>()?;
    let frozen = Manifest {
        id: request.id.clone(),
        schema,
        window: request.window.clone(),
        sources,
        root: root_of(&files),
        files,
        salt_key: key.id(),
    };
    frozen.check()?;
    Ok(frozen)
}

/// The files, whose rows are counted on from one to the next.
fn parts(tables: Vec<Table>) -> Vec<measure::Part> {
    let mut first_row = 0;
    let part = |table: Table| {
        let rows = table.rows();
        let part = measure::Part { table, first_row, content: None };
        first_row += rows;
        part
    };
    tables.into_iter().map(part).collect()
}

fn common_schema(tables: &[Table]) -> Result<Vec<Column>, Error> {
    let Some(first) = tables.first() else { return Ok(Vec::new()) };
    for table in tables {
        if let Some(difference) = schema_difference(first.columns(), table.columns()) {
            return Err(Error::Schema { file: table.name().to_owned(), difference });
        }
    }
    Ok(first.columns().to_vec())
}

/// In what the columns that were found differ from those that were expected.
pub(crate) fn schema_difference(expected: &[Column], found: &[Column]) -> Option<String> {
    let shown = |column: Option<&Column>| match column {
        Some(column) => format!("{} ({})", column.name, column.value_type.as_str()),
        None => "none".to_owned(),
    };
    let count = expected.len().max(found.len());
    let position = (0..count).find(|position| expected.get(*position) != found.get(*position))?;
    let (expected, found) = (shown(expected.get(position)), shown(found.get(position)));
    Some(format!("column {}: expected {expected}, got {found}", position + 1))
}

fn count_sources(request: &Request, tables: &[Table]) -> Result<Vec<Source>, Error> {
    let mut sources: Vec<Source> = request
        .sources
        .iter()
        .map(|claim| Source {
            name: claim.name.clone(),
            first: claim.first,
            last: claim.last,
            received: claim.last.saturating_sub(claim.first).saturating_add(1),
            sealed: 0,
            gaps: claim.gaps.clone(),
        })
        .collect();
    for (part, table) in request.files.iter().zip(tables) {
        let Some(source) = sources.iter_mut().find(|source| source.name == part.source) else {
            return Err(Error::UnknownSource { source_name: part.source.clone() });
        };
        source.sealed += table.rows();
    }
    Ok(sources)
}

fn file(part: &Part, measured: Measured) -> Result<File, Error> {
    let (sha256, bytes) = measured.content?;
    let row_groups = measured.row_groups.into_iter().collect::<Result<Vec<_>, _>>()?;
    let rows = row_groups.iter().map(|group| group.rows).sum();
    Ok(File {
        name: part.name.clone(),
        source: part.source.clone(),
        sha256,
        bytes,
        rows,
        row_groups,
    })
}
